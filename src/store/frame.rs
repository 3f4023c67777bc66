//! One commit as bytes: magic, length, checksum; what was asked for, and every row as it must stand afterwards.

use super::disk::Changes;
use super::writer::Writer;
use super::{StoreError, Write, record};
use serde::Serialize;
use std::collections::HashMap;

/// What one caller asked for in one batch.
pub(super) type Said<'a> = (Writer, &'a [Write]);

pub(super) const MAGIC: [u8; 4] = *b"fwj1";
/// Magic, length and checksum.
pub(super) const HEAD: usize = 12;

/// One commit.
#[derive(Debug, PartialEq)]
pub(super) struct Frame {
    /// 1, 2, 3, ...: a gap means that frames are missing.
    pub(super) number: u64,
    /// The store was made anew: the rows of earlier frames say nothing any more.
    pub(super) anew: bool,
    pub(super) rows: Changes,
    /// Who asked and for what, as it was written down: opening needs the rows only.
    said: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Frame {
    /// What was asked for, by whom; what does not read is passed over.
    pub(super) fn said(self) -> impl Iterator<Item = (Writer, Write)> {
        self.said.into_iter().filter_map(|(by, write)| {
            Some((serde_json::from_slice(&by).ok()?, serde_json::from_slice(&write).ok()?))
        })
    }
}

/// How a row's value stands in a frame.
const GONE: u8 = 0;
const HERE: u8 = 1;
/// A record of one of the writes, whose text is not said twice: its head, and the write's number.
const SAID: u8 = 2;

/// The bytes of one commit.
pub(super) fn encode(
    number: u64,
    anew: bool,
    rows: &Changes,
    said: &[Said<'_>],
) -> Result<Vec<u8>, StoreError> {
    let mut bytes = vec![0; HEAD];
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.push(u8::from(anew));
    let mut texts = HashMap::new();
    put_length(&mut bytes, said.iter().map(|(_, writes)| writes.len()).sum());
    for (by, writes) in said {
        let by = json(by)?;
        for write in *writes {
            put(&mut bytes, &by);
            let text = json(write)?;
            put(&mut bytes, &text);
            let number = texts.len();
            texts.insert(text, number);
        }
    }
    put_length(&mut bytes, rows.len());
    for (key, value) in rows {
        put(&mut bytes, key);
        let Some(value) = value else {
            bytes.push(GONE);
            continue;
        };
        let split = value.split_at_checked(record::HEAD);
        match split.and_then(|(head, text)| Some((head, *texts.get(text)?))) {
            Some((head, number)) => {
                bytes.push(SAID);
                bytes.extend_from_slice(head);
                put_length(&mut bytes, number);
            }
            None => {
                bytes.push(HERE);
                put(&mut bytes, value);
            }
        }
    }
    let length = bytes.len() - HEAD;
    let length =
        u32::try_from(length).map_err(|_| StoreError::Record("it is larger than 4 GB".to_owned()))?;
    let crc = crc32fast::hash(&bytes[HEAD..]);
    bytes[..4].copy_from_slice(&MAGIC);
    bytes[4..8].copy_from_slice(&length.to_be_bytes());
    bytes[8..HEAD].copy_from_slice(&crc.to_be_bytes());
    Ok(bytes)
}

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|e| StoreError::Record(e.to_string()))
}

/// One that does not fit makes a frame of more than 4 GB, which is refused.
fn put_length(bytes: &mut Vec<u8>, length: usize) {
    bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

fn put(bytes: &mut Vec<u8>, field: &[u8]) {
    put_length(bytes, field.len());
    bytes.extend_from_slice(field);
}

/// A frame at the beginning of the bytes, and how long it is.
pub(super) fn decode(bytes: &[u8]) -> Option<(Frame, usize)> {
    let mut head = bytes.strip_prefix(&MAGIC)?;
    let length = take_length(&mut head)?;
    let crc = u32::from_be_bytes(take(&mut head)?);
    let mut body = head.get(..length)?;
    if crc32fast::hash(body) != crc {
        return None;
    }
    let number = u64::from_be_bytes(take(&mut body)?);
    let anew = take::<1>(&mut body)? == [1];
    let mut said = Vec::new();
    for _ in 0..take_length(&mut body)? {
        let by = field(&mut body)?.to_vec();
        said.push((by, field(&mut body)?.to_vec()));
    }
    let mut rows = Changes::new();
    for _ in 0..take_length(&mut body)? {
        let key = field(&mut body)?.to_vec();
        let value = match take::<1>(&mut body)? {
            [HERE] => Some(field(&mut body)?.to_vec()),
            [SAID] => {
                let head: [u8; record::HEAD] = take(&mut body)?;
                let (_, text) = said.get(take_length(&mut body)?)?;
                Some([&head, text.as_slice()].concat())
            }
            _ => None,
        };
        rows.insert(key, value);
    }
    Some((Frame { number, anew, rows, said }, HEAD + length))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(take(bytes)?) as usize)
}

fn field<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_length(bytes)?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}
