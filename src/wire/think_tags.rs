//! Thoughts that a host leaves among the text: a reply that begins with `<think>` is split at its tags.
//!
//! llama.cpp (`--reasoning-format none`), vLLM without a reasoning parser, LM Studio, older Ollama and many hosts of
//! open models send what R1 and its like say word for word. Only the very beginning of a reply counts: whoever talks
//! about the tag later means it.
//!
//! Where the host's template has written the opening tag into the prompt, only `</think>` is heard, long after the
//! thoughts were passed on. Nothing in such a stream tells it from a reply that talks about the tag, so it is never
//! guessed: the endpoint says so with the quirk [`OPENED`].

use crate::words::{Delta, Endpoint, Reasoning};

/// The quirk: replies begin within their thoughts.
pub const OPENED: &str = "think_opened";

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// One reply's text on its way from the decoder.
#[derive(Debug, Default)]
pub struct ThinkTags {
    place: Place,
    /// What may yet turn out to be (part of) a tag, or white space beside one.
    held: String,
    /// The thoughts so far of a reply that begins within them, whose end has not been heard.
    opened: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Place {
    /// Only white space so far, and perhaps the beginning of the tag.
    #[default]
    Start,
    /// Within the tags; whether anything was thought yet.
    Within { begun: bool },
    /// Past the closing tag: the white space after it belongs to nobody.
    After,
    /// The reply itself.
    Said,
}

impl ThinkTags {
    pub fn of(endpoint: &Endpoint) -> Self {
        Self { opened: endpoint.has_quirk(OPENED).then(String::new), ..Self::default() }
    }

    /// Hears a piece of text and passes it on as what it is.
    pub fn hear(&mut self, text: String, out: &mut Vec<Delta>) {
        if self.place == Place::Said {
            say(text, out);
            return;
        }
        self.held.push_str(&text);
        let before = out.len();
        self.sort(out);
        self.remember(&out[before..]);
    }

    /// Thoughts come in a field of their own here: a tag in the text is text.
    pub fn apart(&mut self, out: &mut Vec<Delta>) {
        if self.place == Place::Start {
            self.flush(out);
            self.place = Place::Said;
        }
    }

    /// No more text can follow, or something else comes first: what was held is what it looks like.
    pub fn flush(&mut self, out: &mut Vec<Delta>) {
        let held = std::mem::take(&mut self.held);
        let before = out.len();
        match self.place {
            Place::Start if !held.is_empty() => {
                self.place = Place::Said;
                say(held, out);
            }
            Place::Within { .. } => think(held.trim_end(), out),
            Place::Start | Place::After | Place::Said => {}
        }
        self.remember(&out[before..]);
    }

    /// The model ended the reply of its own accord. Thoughts that the prompt was to have opened and nobody closed were
    /// none (thinking is switched off, say): they are the reply, which is not to be lost.
    pub fn finish(&mut self, out: &mut Vec<Delta>) {
        self.flush(out);
        say(self.opened.take().unwrap_or_default(), out);
    }

    fn remember(&mut self, passed_on: &[Delta]) {
        if !matches!(self.place, Place::Within { .. } | Place::Start) {
            self.opened = None;
        }
        if let Some(opened) = &mut self.opened {
            for delta in passed_on {
                if let Delta::Reasoning { piece, .. } = delta {
                    opened.push_str(&piece.text);
                }
            }
        }
    }

    fn sort(&mut self, out: &mut Vec<Delta>) {
        if self.place == Place::Start {
            let begun = self.held.trim_start();
            if let Some(rest) = begun.strip_prefix(OPEN) {
                self.held = rest.to_owned();
                self.place = Place::Within { begun: false };
                self.opened = None;
            } else if self.opened.is_some() && !OPEN.starts_with(begun) {
                self.place = Place::Within { begun: false };
            } else if !OPEN.starts_with(begun) {
                self.place = Place::Said;
                say(std::mem::take(&mut self.held), out);
            }
        }
        if let Place::Within { begun } = &mut self.place {
            if !*begun {
                let blank = self.held.len() - self.held.trim_start().len();
                self.held.drain(..blank);
            }
            let (thought, rest) = match self.held.split_once(CLOSE) {
                Some((thought, rest)) => (thought.trim_end(), Some(rest)),
                None => (self.held[..self.held.len() - half(&self.held)].trim_end(), None),
            };
            think(thought, out);
            *begun |= !thought.is_empty();
            let end = thought.len();
            match rest.map(str::to_owned) {
                Some(rest) => {
                    self.held = rest;
                    self.place = Place::After;
                }
                None => drop(self.held.drain(..end)),
            }
        }
        if self.place == Place::After {
            let said = self.held.trim_start();
            if !said.is_empty() {
                say(said.to_owned(), out);
                self.place = Place::Said;
            }
            self.held.clear();
        }
    }
}

/// How many bytes at the end of the text may be the beginning of the closing tag.
fn half(text: &str) -> usize {
    (1..CLOSE.len()).rev().find(|&length| text.ends_with(&CLOSE[..length])).unwrap_or(0)
}

fn say(text: String, out: &mut Vec<Delta>) {
    if !text.is_empty() {
        out.push(Delta::Text(text));
    }
}

fn think(text: &str, out: &mut Vec<Delta>) {
    if !text.is_empty() {
        out.push(Delta::Reasoning {
            index: 0,
            piece: Reasoning { text: text.to_owned(), ..Reasoning::default() },
        });
    }
}
