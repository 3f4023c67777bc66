//! Values of more than 64 KB live beside sled in files named by their SHA-256: sled is slow and wasteful with them.

use super::StoreError;
use sha2::{Digest, Sha256};
use sled::IVec;
use std::cell::Cell;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

const LARGE: usize = 64 << 10;
/// Stands where a record has its version: the value is a file's SHA-256.
const MARK: u8 = 0xff;

pub(super) struct Files {
    dir: PathBuf,
    /// A file was added whose name is not yet safely on disk.
    dirty: Cell<bool>,
}

impl Files {
    pub(super) fn under(store: &Path) -> Self {
        Self { dir: store.join("files"), dirty: Cell::new(false) }
    }

    /// Only these keys' values grow with what a person or model wrote.
    pub(super) fn may_be_large(key: &[u8]) -> bool {
        matches!(key.first(), Some(b's' | b'm' | b'p' | b'd' | b'c' | b'n'))
    }

    /// The SHA-256 that a value stands for, if it is a file's.
    pub(super) fn name(value: &[u8]) -> Option<[u8; 32]> {
        value.strip_prefix(&[MARK])?.try_into().ok()
    }

    /// A value as sled shall hold it: itself, or its file's name after writing the file.
    pub(super) fn place(&self, value: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        if value.len() <= LARGE {
            return Ok(value);
        }
        let name: [u8; 32] = Sha256::digest(&value).into();
        let path = self.path(&name);
        let fault = |e: std::io::Error| StoreError::of_io(&e, &self.dir);
        if !path.exists() {
            fs::create_dir_all(&self.dir).map_err(fault)?;
            let draft = path.with_extension("new");
            let mut file = File::create(&draft).map_err(fault)?;
            file.write_all(&value).and_then(|()| file.sync_data()).map_err(fault)?;
            fs::rename(&draft, &path).map_err(fault)?;
            self.dirty.set(true);
        }
        Ok([&[MARK][..], &name].concat())
    }

    /// A value as it was given. A file that is missing or changed is one bad record, not a damaged store.
    pub(super) fn resolve(&self, value: IVec) -> Result<IVec, StoreError> {
        let Some(name) = Self::name(&value) else {
            return Ok(value);
        };
        // the one wrong version byte: the record's reader says that it does not read
        let unreadable = IVec::from(&[0u8][..]);
        match fs::read(self.path(&name)) {
            Ok(bytes) if <[u8; 32]>::from(Sha256::digest(&bytes)) == name => Ok(bytes.into()),
            _ => Ok(unreadable),
        }
    }

    pub(super) fn sync(&self) -> Result<(), StoreError> {
        if self.dirty.replace(false) {
            File::open(&self.dir)
                .and_then(|dir| dir.sync_all())
                .map_err(|e| StoreError::of_io(&e, &self.dir))?;
        }
        Ok(())
    }

    /// Removes a file that no record names any more. Records hold their own ids, so no two share a file.
    pub(super) fn forget(&self, name: &[u8; 32]) {
        // what stays behind costs space and nothing else
        let _ = fs::remove_file(self.path(name));
    }

    pub(super) fn bytes(&self) -> u64 {
        fs::read_dir(&self.dir)
            .map(|entries| entries.filter_map(|e| e.ok()?.metadata().ok()).map(|m| m.len()).sum())
            .unwrap_or(0)
    }

    fn path(&self, name: &[u8; 32]) -> PathBuf {
        let hex: String = name.iter().map(|b| format!("{b:02x}")).collect();
        self.dir.join(hex)
    }
}
