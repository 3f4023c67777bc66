//! Records: one version byte, then JSON; a reader for every version there ever was.
//!
//! A record is the [`Write`] that made it, so it says by itself what it is: what can still be found
//! in a damaged file is enough to restore it.

use super::{StoreError, Write};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The newest record version, and the store format as a whole.
pub const FORMAT: u32 = 1;
/// The first program that reads it.
pub(super) const NEEDS: &str = "0.1.0";

/// The newest version's byte, as it stands before every record.
pub(super) const VERSION: u8 = 1;

/// What stands before a record's text.
pub(super) const HEAD: usize = 1;

type Reader = fn(&[u8]) -> serde_json::Result<Write>;

/// A reader for each version, the first for version 1.
const READERS: &[Reader] = &[|json| serde_json::from_slice(json)];

pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![VERSION];
    serde_json::to_writer(&mut bytes, value).map_err(|e| StoreError::Record(e.to_string()))?;
    Ok(bytes)
}

/// A record that a person's data is in.
pub fn decode(bytes: &[u8]) -> Result<Write, StoreError> {
    let (version, json) = split(bytes)?;
    let reader = READERS.get(usize::from(version) - 1).ok_or_else(|| {
        StoreError::Record(format!("it has version {version}, this program knows up to {VERSION}"))
    })?;
    reader(json).map_err(|e| StoreError::Record(e.to_string()))
}

/// A record that can be made again from others (totals): only the newest version is read.
pub(super) fn decode_derived<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    let (version, json) = split(bytes)?;
    if version != VERSION {
        return Err(StoreError::Record(format!("a total has version {version}")));
    }
    serde_json::from_slice(json).map_err(|e| StoreError::Record(e.to_string()))
}

fn split(bytes: &[u8]) -> Result<(u8, &[u8]), StoreError> {
    match bytes.split_first() {
        Some((version, json)) if *version > 0 => Ok((*version, json)),
        _ => Err(StoreError::Record("it is empty".to_owned())),
    }
}
