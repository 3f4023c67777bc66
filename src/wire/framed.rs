//! One decoder for every framing: sees by itself whether a body is an event stream, JSON objects or something else.

use super::Decoder;
use super::json_values::JsonValues;
use super::numbers::mended;
use super::sse::{Sse, TooLong};
use crate::words::{Delta, Failure, FailureKind, clean, clean_line};

/// How one format understands the objects that framing gives it.
pub trait Voice: Send {
    /// Hears one event or object. `name` is the event's name, often empty.
    fn hear(&mut self, name: &[u8], data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure>;

    /// The bytes have ended. `whole`: they were a plain JSON body, which needs no end mark.
    /// `Err` with `Cut` when the answer's end was not heard.
    fn close(&mut self, whole: bool, out: &mut Vec<Delta>) -> Result<(), Failure>;
}

/// How much of a body that nobody understands is kept for the error.
const HEAD: usize = 2048;

/// A [`Voice`] with framing around it.
pub struct Framed<V> {
    voice: V,
    framing: Framing,
    head: Vec<u8>,
    over: bool,
}

enum Framing {
    /// Only white space so far.
    Unknown,
    Events(Box<Sse>),
    Objects(Box<JsonValues>),
    /// HTML or the like.
    Other,
}

/// `From<TooLong>` for the closures below.
struct Ended(Failure);

impl From<TooLong> for Ended {
    fn from(long: TooLong) -> Self {
        Ended(Failure::new(FailureKind::Malformed, format!("the provider sent {long}")))
    }
}

impl<V: Voice> Framed<V> {
    pub fn new(voice: V) -> Self {
        Self { voice, framing: Framing::Unknown, head: Vec::new(), over: false }
    }

    fn hear(&mut self, mut bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        if matches!(self.framing, Framing::Unknown) {
            // white space as keep-alive (OpenRouter), a byte order mark
            let first =
                bytes.iter().position(|b| !b.is_ascii_whitespace() && !matches!(b, 0xef | 0xbb | 0xbf));
            let Some(first) = first else { return Ok(()) };
            bytes = &bytes[first..];
            self.framing = match bytes[0] {
                b'{' | b'[' => Framing::Objects(Box::default()),
                b'<' => Framing::Other,
                _ => Framing::Events(Box::default()),
            };
        }
        let voice = &mut self.voice;
        let heard = match &mut self.framing {
            Framing::Events(sse) => {
                if sse.fields() == 0 {
                    keep(&mut self.head, bytes);
                }
                sse.feed(bytes, &mut |event| hear(voice, event.name, event.data, out).map_err(Ended))
            }
            Framing::Objects(values) => {
                if values.objects() == 0 {
                    keep(&mut self.head, bytes);
                }
                values.feed(bytes, &mut |object| hear(voice, b"", object, out).map_err(Ended))
            }
            Framing::Unknown | Framing::Other => {
                keep(&mut self.head, bytes);
                Ok(())
            }
        };
        heard.map_err(|Ended(failure)| failure)
    }

    fn end(&mut self, out: &mut Vec<Delta>) -> Result<(), Failure> {
        let voice = &mut self.voice;
        match &mut self.framing {
            Framing::Unknown => {
                Err(Failure::new(FailureKind::Empty, "the provider closed the connection without an answer"))
            }
            Framing::Other => Err(garbage(&self.head)),
            Framing::Events(sse) => {
                // a half event at the end is a stream that was cut, not garbage
                let mut half = false;
                let last = sse.end(&mut |event| {
                    hear(voice, event.name, event.data, out).map_err(|failure| {
                        half = failure.kind == FailureKind::Malformed;
                        Ended(failure)
                    })
                });
                if sse.fields() == 0 {
                    return Err(garbage(&self.head));
                }
                match last {
                    Err(_) if half => voice.close(false, out).and(Err(cut())),
                    Err(Ended(failure)) => Err(failure),
                    Ok(()) => voice.close(false, out),
                }
            }
            Framing::Objects(values) => {
                if values.is_open() {
                    return Err(cut());
                }
                if values.objects() == 0 {
                    return Err(garbage(&self.head));
                }
                voice.close(true, out)
            }
        }
    }
}

impl<V: Voice> Decoder for Framed<V> {
    fn feed(&mut self, bytes: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
        if self.over {
            return Ok(());
        }
        let heard = self.hear(bytes, out);
        self.over = heard.is_err();
        heard
    }

    fn finish(&mut self, out: &mut Vec<Delta>) -> Result<(), Failure> {
        if self.over {
            return Ok(());
        }
        self.over = true;
        self.end(out)
    }
}

/// Hears an object; one that is no JSON because of a `NaN` in it is heard without.
fn hear(voice: &mut impl Voice, name: &[u8], data: &[u8], out: &mut Vec<Delta>) -> Result<(), Failure> {
    let before = out.len();
    match voice.hear(name, data, out) {
        Err(failure) if failure.kind == FailureKind::Malformed && out.len() == before => {
            mended(data).map_or(Err(failure), |mended| voice.hear(name, &mended, out))
        }
        heard => heard,
    }
}

fn keep(head: &mut Vec<u8>, bytes: &[u8]) {
    let room = HEAD.saturating_sub(head.len());
    head.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// The failure of a stream that ended before its answer did.
pub fn cut() -> Failure {
    Failure::new(FailureKind::Cut, "the provider's stream broke off before its end")
}

/// The failure of bytes that are not the format's.
pub fn malformed(what: &str, raw: &[u8]) -> Failure {
    let raw = raw_text(raw);
    let mut failure =
        Failure::new(FailureKind::Malformed, format!("the provider's answer is not readable: {what}"));
    failure.raw = (!raw.is_empty()).then_some(raw);
    failure
}

fn garbage(head: &[u8]) -> Failure {
    let text = String::from_utf8_lossy(head);
    let what = if looks_like_html(&text) { "an HTML page" } else { "neither JSON nor an event stream" };
    let mut failure = malformed(what, head);
    if let Some(title) = html_title(&text) {
        failure.message = format!("{} (\u{201c}{title}\u{201d})", failure.message);
    }
    failure
}

pub fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start().get(..15).unwrap_or(text.trim_start()).to_ascii_lowercase();
    start.starts_with("<!doctype")
        || start.starts_with("<html")
        || start.starts_with("<head")
        || start.starts_with("<body")
}

pub fn html_title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find('<')?;
    let title = clean_line(text.get(start..end)?.trim());
    (!title.is_empty()).then(|| title.chars().take(80).collect())
}

/// What a provider said, for `Failure::raw`: at most 2 KB, harmless to draw.
pub fn raw_text(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(&raw[..raw.len().min(HEAD)]);
    let mut text = clean(text.trim()).into_owned();
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
