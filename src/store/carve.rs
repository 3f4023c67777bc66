//! Finds records in the bytes of damaged files. sled writes values as they are, and every record says what it is.

use super::Write;
use super::record::VERSION;
use serde_json::Deserializer;
use std::fs;
use std::path::Path;

/// The records in a damaged store's log and in the files beside it, in the order in which they lie there.
pub(super) fn records(store: &Path) -> impl Iterator<Item = Write> + use<> {
    let mut files = vec![store.join("db")];
    for dir in ["blobs", "files"] {
        let entries = fs::read_dir(store.join(dir)).into_iter().flatten();
        files.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
    }
    files.into_iter().filter_map(|path| fs::read(path).ok()).flat_map(|bytes| {
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let rest = bytes.get(from..)?;
                let start = from + rest.iter().position(|byte| *byte == VERSION)? + 1;
                from = start;
                if bytes.get(start..start + 2) != Some(b"{\"") {
                    continue;
                }
                let mut values = Deserializer::from_slice(&bytes[start..]).into_iter::<Write>();
                if let Some(Ok(write)) = values.next() {
                    from = start + values.byte_offset();
                    return Some(write);
                }
            }
        })
    })
}
