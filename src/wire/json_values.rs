//! The JSON objects of a body, each as soon as it is complete: one object, a line each (NDJSON), or an array of them.

use super::sse::{LIMIT, TooLong};
use memchr::memchr2;

/// Finds the top-level objects in bytes cut anywhere. Looks at brackets and strings only; parsing is the caller's.
#[derive(Debug, Default)]
pub struct JsonValues {
    /// The beginning of an object whose end has not come.
    held: Vec<u8>,
    depth: u32,
    in_string: bool,
    escaped: bool,
    objects: u64,
}

impl JsonValues {
    /// Whether an object has begun and not ended.
    pub fn is_open(&self) -> bool {
        self.depth > 0
    }

    /// How many objects were given.
    pub fn objects(&self) -> u64 {
        self.objects
    }

    /// Hears `bytes`, gives every object that is complete. Commas, brackets and space between objects are skipped.
    pub fn feed<E: From<TooLong>>(
        &mut self,
        bytes: &[u8],
        value: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut start = 0;
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                match memchr2(b'"', b'\\', &bytes[at..]) {
                    None => break,
                    Some(n) => {
                        at += n + 1;
                        if bytes[at - 1] == b'"' {
                            self.in_string = false;
                        } else {
                            self.escaped = true;
                        }
                    }
                }
                continue;
            }
            match bytes[at] {
                b'"' if self.depth > 0 => self.in_string = true,
                b'{' => {
                    if self.depth == 0 {
                        start = at;
                    }
                    self.depth += 1;
                }
                b'[' if self.depth > 0 => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.objects += 1;
                        let piece = &bytes[start..=at];
                        if self.held.is_empty() {
                            value(piece)?;
                        } else {
                            let mut whole = std::mem::take(&mut self.held);
                            whole.extend_from_slice(piece);
                            value(&whole)?;
                        }
                        start = at + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        if self.depth > 0 {
            if self.held.len() + bytes.len() - start > LIMIT {
                return Err(TooLong.into());
            }
            self.held.extend_from_slice(&bytes[start..]);
        }
        Ok(())
    }
}
