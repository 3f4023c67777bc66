//! Where a store's files are, who may see them, and who holds them.

use super::record::{FORMAT, NEEDS};
use super::{StoreError, socket};
use rustix::fs::{FlockOperation, Mode, flock};
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The data directory and what the store keeps in it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    root: PathBuf,
}

/// A file in a store that was made anew, once everything is in it.
pub(super) const WHOLE: &str = "whole";

/// What `store/version` says, read before sled touches anything.
#[derive(Serialize, Deserialize)]
struct Version {
    format: u32,
    /// The first program that reads it.
    needs: String,
}

impl Place {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// sled's own directory.
    pub(super) fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// A store in the making, until it is whole.
    pub(super) fn draft(&self) -> PathBuf {
        self.root.join("store.new")
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    pub(super) fn exports(&self) -> PathBuf {
        self.root.join("exports")
    }

    fn socket(&self) -> PathBuf {
        self.root.join("owner.sock")
    }

    /// Makes the directories that are missing, for nobody but their owner, and looks at the format.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        let fault = |e: io::Error| self.unusable(&e);
        // a rescue that was killed between its last two steps
        if !self.store().exists() && self.draft().join(WHOLE).exists() {
            fs::rename(self.draft(), self.store()).map_err(fault)?;
        }
        for dir in [&self.root, &self.store(), &self.journal(), &self.exports()] {
            DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(fault)?;
        }
        // the data directory itself may be somebody's choice; what is in these is private
        for dir in [self.store(), self.journal(), self.exports()] {
            fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(fault)?;
        }
        let version = self.store().join("version");
        match fs::read(&version) {
            Ok(bytes) => self.check(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.declare(&self.store()).map_err(fault)
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// Writes down in which format a store is.
    pub(super) fn declare(&self, store: &Path) -> io::Result<()> {
        let version = serde_json::to_vec(&Version { format: FORMAT, needs: NEEDS.to_owned() })?;
        replace(&store.join("version"), &version)
    }

    fn check(&self, bytes: &[u8]) -> Result<(), StoreError> {
        match serde_json::from_slice::<Version>(bytes) {
            Ok(version) if version.format > FORMAT => Err(StoreError::Newer {
                path: self.root.display().to_string(),
                found: version.format,
                known: FORMAT,
                needs: version.needs,
            }),
            Ok(_) => Ok(()),
            Err(error) => Err(StoreError::Damaged(format!("its version file does not read: {error}"))),
        }
    }

    /// The right to open the files, for as long as the file lives; `None`: another has it.
    pub(super) fn lock(&self) -> Result<Option<File>, StoreError> {
        let fault = |e: io::Error| self.unusable(&e);
        let path = self.root.join("lock");
        let mut file =
            File::options().create(true).truncate(false).read(true).write(true).open(path).map_err(fault)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(fault(error.into())),
        }
        file.rewind()
            .and_then(|()| file.set_len(0))
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(|e| StoreError::of_io(&e, &self.root))?;
        Ok(Some(file))
    }

    /// Who says that it holds the lock.
    pub(super) fn holder(&self) -> Option<u32> {
        let mut text = String::new();
        File::open(self.root.join("lock")).ok()?.read_to_string(&mut text).ok()?;
        text.trim().parse().ok()
    }

    pub(super) fn listen(&self) -> io::Result<UnixListener> {
        let listener = socket::listen(&self.socket())?;
        fs::set_permissions(self.socket(), fs::Permissions::from_mode(0o600))?;
        Ok(listener)
    }

    pub(super) fn connect(&self) -> io::Result<UnixStream> {
        socket::connect(&self.socket())
    }

    pub(super) fn forget_socket(&self) {
        // a stale one is recognised by the next owner
        let _ = fs::remove_file(self.socket());
    }

    pub(super) fn busy(&self) -> StoreError {
        StoreError::Busy { path: self.root.display().to_string(), pid: self.holder() }
    }

    fn unusable(&self, error: &io::Error) -> StoreError {
        match StoreError::of_io(error, &self.root) {
            full @ StoreError::Full { .. } => full,
            _ => StoreError::Unusable { path: self.root.display().to_string(), why: error.to_string() },
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

/// Writes a file so that there is always a whole one under its name.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // two processes that start at once must not share a draft: one would rename it away under the other
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

/// While this runs, new files are for nobody but their owner: sled makes its own with the usual mode,
/// and this program lives on shared hosts. The mask is the process's, so two openings take turns.
pub(super) fn privately<T>(run: impl FnOnce() -> T) -> T {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let old = rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let result = run();
    rustix::process::umask(old);
    result
}
