//! The bundled snapshot: `catalog.bin`, an index and one compressed shelf of rows per author, unpacked when asked for.
//!
//! Layout: length of the head (u32, little endian), the head (gzip of JSON), then the shelves (each a gzip of a JSON
//! array of rows) back to back. `scripts/catalog.py` writes it; docs/catalog.md says from what.

use super::model::Origin;
use super::row::ModelRow;
use crate::words::ProviderId;
use flate2::read::GzDecoder;
use serde::Deserialize;
use std::io::Read;
use std::sync::Arc;

static BYTES: &[u8] = include_bytes!("catalog.bin");

/// The index of the snapshot.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    /// The day it was made, `2026-11-23`.
    pub made: String,
    sources: Vec<SourceHead>,
    /// Pages that the sources name for their prices.
    pages: Vec<Arc<str>>,
    pub shelves: Vec<ShelfHead>,
    #[serde(skip)]
    start: usize,
}

#[derive(Debug, Deserialize)]
struct SourceHead {
    name: Arc<str>,
    date: Arc<str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ShelfHead {
    pub author: String,
    at: usize,
    len: usize,
    /// Ids without the author.
    pub ids: Vec<String>,
    /// `[other name without the author, position in ids]`.
    #[serde(default)]
    pub aliases: Vec<(String, usize)>,
    /// Who serves any of them, so that nobody looks in vain.
    pub providers: Vec<ProviderId>,
    /// How many of them have no endpoint with an address: until the config gives one they are not shown.
    #[serde(default)]
    pub hidden: usize,
}

impl Head {
    /// Reads the index, not the shelves.
    pub fn read() -> Self {
        read_head(BYTES).expect("the bundled snapshot is well formed: a test reads all of it")
    }

    /// Unpacks one shelf.
    pub fn rows(&self, shelf: &ShelfHead) -> Vec<ModelRow> {
        let from = self.start + shelf.at;
        let packed = BYTES.get(from..from + shelf.len).unwrap_or_default();
        unpack(packed).expect("the bundled snapshot is well formed: a test reads all of it")
    }

    pub fn origin(&self, said_by: Option<u8>, page: Option<u16>) -> Option<Origin> {
        let source = self.sources.get(usize::from(said_by?))?;
        Some(Origin {
            source: source.name.clone(),
            date: source.date.clone(),
            page: page.and_then(|p| self.pages.get(usize::from(p))).cloned(),
        })
    }
}

fn read_head(bytes: &[u8]) -> Option<Head> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let mut head: Head = unpack(rest.get(..length)?)?;
    head.start = 4 + length;
    Some(head)
}

fn unpack<T: serde::de::DeserializeOwned>(packed: &[u8]) -> Option<T> {
    let mut json = Vec::with_capacity(packed.len() * 8);
    GzDecoder::new(packed).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}
