//! Server-sent events without IO: bytes cut anywhere become events (WHATWG HTML, section 9.2.6).
//!
//! Kinder than the standard where servers are careless: an event that the end of the stream leaves without its blank
//! line is given at [`Sse::end`], a line that is a bare JSON object counts as an event, invalid UTF-8 is passed on.

use memchr::memchr2;

/// Longest event we hold before we call it garbage.
pub const LIMIT: usize = 64 << 20;

/// One event: its name (empty if none was given) and its data, lines joined by `\n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SseEvent<'a> {
    pub name: &'a [u8],
    pub data: &'a [u8],
}

/// More than 64 MB without an end of line or event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event of more than 64 MB")]
pub struct TooLong;

/// The state between two pieces of a stream.
#[derive(Debug, Default)]
pub struct Sse {
    /// A line whose end has not come.
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    name: Vec<u8>,
    after_cr: bool,
    fields: u64,
}

impl Sse {
    /// How many lines were fields or comments; zero after a while means this is no event stream.
    pub fn fields(&self) -> u64 {
        self.fields
    }

    /// Hears `bytes`, gives every event that is complete. `Err` from `event` stops at once.
    pub fn feed<E: From<TooLong>>(
        &mut self,
        mut bytes: &[u8],
        event: &mut impl FnMut(SseEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.after_cr && !bytes.is_empty() {
            self.after_cr = false;
            if bytes[0] == b'\n' {
                bytes = &bytes[1..];
            }
        }
        while let Some(end) = memchr2(b'\n', b'\r', bytes) {
            let (line, mut rest) = (&bytes[..end], &bytes[end + 1..]);
            if bytes[end] == b'\r' {
                match rest.first() {
                    Some(b'\n') => rest = &rest[1..],
                    Some(_) => {}
                    None => self.after_cr = true,
                }
            }
            bytes = rest;
            if self.line.is_empty() {
                // the common case, an event of one line with its blank line in the same piece, is not copied
                if !self.has_data
                    && let Some(data) = line.strip_prefix(b"data:")
                    && let Some(after) = bytes.strip_prefix(b"\n").or_else(|| bytes.strip_prefix(b"\r\n"))
                {
                    self.fields += 1;
                    bytes = after;
                    event(SseEvent { name: &self.name, data: trim(data) })?;
                    self.name.clear();
                    continue;
                }
                self.take(line, event)?;
            } else {
                self.bound(line.len())?;
                let mut whole = std::mem::take(&mut self.line);
                whole.extend_from_slice(line);
                self.take(&whole, event)?;
                whole.clear();
                self.line = whole;
            }
        }
        self.bound(bytes.len())?;
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    /// The stream has ended: gives the event that is still open.
    pub fn end<E: From<TooLong>>(
        &mut self,
        event: &mut impl FnMut(SseEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.take(&line, event)?;
        }
        self.dispatch(event)
    }

    fn bound(&self, more: usize) -> Result<(), TooLong> {
        if self.line.len() + self.data.len() + more > LIMIT { Err(TooLong) } else { Ok(()) }
    }

    fn take<E: From<TooLong>>(
        &mut self,
        line: &[u8],
        event: &mut impl FnMut(SseEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match line.first() {
            None => return self.dispatch(event),
            Some(b':') => {
                self.fields += 1;
                return Ok(());
            }
            Some(b'{') => return event(SseEvent { name: &self.name, data: line }),
            Some(_) => {}
        }
        let (field, value) = match memchr::memchr(b':', line) {
            Some(colon) => (&line[..colon], trim(&line[colon + 1..])),
            None => (line, &b""[..]),
        };
        match field {
            b"data" => {
                self.bound(value.len())?;
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(value);
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            b"id" | b"retry" => {}
            _ => return Ok(()),
        }
        self.fields += 1;
        Ok(())
    }

    fn dispatch<E>(&mut self, event: &mut impl FnMut(SseEvent<'_>) -> Result<(), E>) -> Result<(), E> {
        let heard =
            if self.has_data { event(SseEvent { name: &self.name, data: &self.data }) } else { Ok(()) };
        self.has_data = false;
        self.data.clear();
        self.name.clear();
        heard
    }
}

fn trim(value: &[u8]) -> &[u8] {
    value.strip_prefix(b" ").unwrap_or(value)
}
