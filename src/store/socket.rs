//! The socket between a store's owner and its guests: length-prefixed JSON, one frame a message.

use super::op::{Answer, Changed, Op};
use super::record;
use super::write::Write;
use super::writer::Writer;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// Owner and guest must agree on it: both store the same format, and speak these frames.
const PROTOCOL: u32 = 2;
/// A longer frame is no frame.
const LONGEST: u32 = 1 << 30;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToOwner {
    Hello { protocol: u32, format: u32 },
    Write { id: u64, by: Writer, writes: Vec<Write> },
    Read { id: u64, op: Op },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToGuest {
    Hello { protocol: u32, format: u32 },
    Answer { id: u64, answer: Answer },
    Changed(Changed),
}

impl ToOwner {
    pub(super) const HELLO: Self = Self::Hello { protocol: PROTOCOL, format: record::FORMAT };

    pub(super) fn greets(&self) -> bool {
        matches!(self, Self::Hello { protocol: PROTOCOL, format: record::FORMAT })
    }
}

impl ToGuest {
    pub(super) const HELLO: Self = Self::Hello { protocol: PROTOCOL, format: record::FORMAT };

    pub(super) fn greets(&self) -> bool {
        matches!(self, Self::Hello { protocol: PROTOCOL, format: record::FORMAT })
    }
}

pub(super) fn send<T: Serialize>(stream: &mut UnixStream, frame: &T) -> io::Result<()> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, frame)?;
    let length = u32::try_from(bytes.len() - 4).ok().filter(|n| *n <= LONGEST);
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    bytes[..4].copy_from_slice(&length.to_be_bytes());
    stream.write_all(&bytes)
}

pub(super) fn receive<T: DeserializeOwned>(stream: &mut UnixStream) -> io::Result<T> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    stream.take(u64::from(length)).read_to_end(&mut bytes)?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// Takes the place of a socket that a dead owner left. Only who holds the lock may.
pub(super) fn listen(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    short(path, |path| UnixListener::bind(path))
}

pub(super) fn connect(path: &Path) -> io::Result<UnixStream> {
    short(path, |path| UnixStream::connect(path))
}

/// A socket's address holds 100 characters or so; a longer path is said through its open directory.
fn short<T>(path: &Path, with: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if path.as_os_str().len() > 100 => {
            let dir = File::open(parent)?;
            with(&PathBuf::from(format!("/proc/self/fd/{}", dir.as_raw_fd())).join(name))
        }
        _ => with(path),
    }
}
