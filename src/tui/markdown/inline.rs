//! Text within a block: emphasis, links, images, and the few HTML tags that models write in running text.

use super::{link, math};
use crate::tui::text::{Face, Line};
use crate::tui::theme::Meaning;
use crate::words::clean_line;
use ratatui::style::Modifier;
use std::sync::Arc;

/// What the next piece of text looks like.
#[derive(Default)]
pub(super) struct Inline {
    faces: Vec<Face>,
    /// Open HTML tags, innermost last.
    tags: Vec<&'static Tag>,
    link: Option<Arc<str>>,
    /// The address of the link that is open, whether the terminal is told it or not.
    address: Option<String>,
    link_text: String,
    /// Inside an image: its address and the text so far.
    image: Option<(String, String)>,
}

/// An HTML tag that says how its text looks.
struct Tag {
    name: &'static str,
    look: Look,
}

enum Look {
    Add(Modifier),
    Code,
    Above,
    Below,
    /// It groups; the text in it is as any other.
    Plain,
}

#[rustfmt::skip]
const TAGS: &[Tag] = &[
    Tag { name: "b", look: Look::Add(Modifier::BOLD) },
    Tag { name: "strong", look: Look::Add(Modifier::BOLD) },
    Tag { name: "summary", look: Look::Add(Modifier::BOLD) },
    Tag { name: "mark", look: Look::Add(Modifier::BOLD) },
    Tag { name: "i", look: Look::Add(Modifier::ITALIC) },
    Tag { name: "em", look: Look::Add(Modifier::ITALIC) },
    Tag { name: "var", look: Look::Add(Modifier::ITALIC) },
    Tag { name: "cite", look: Look::Add(Modifier::ITALIC) },
    Tag { name: "u", look: Look::Add(Modifier::UNDERLINED) },
    Tag { name: "ins", look: Look::Add(Modifier::UNDERLINED) },
    Tag { name: "s", look: Look::Add(Modifier::CROSSED_OUT) },
    Tag { name: "del", look: Look::Add(Modifier::CROSSED_OUT) },
    Tag { name: "code", look: Look::Code },
    Tag { name: "kbd", look: Look::Code },
    Tag { name: "samp", look: Look::Code },
    Tag { name: "sup", look: Look::Above },
    Tag { name: "sub", look: Look::Below },
    Tag { name: "details", look: Look::Plain },
    Tag { name: "small", look: Look::Plain },
    Tag { name: "span", look: Look::Plain },
    Tag { name: "center", look: Look::Plain },
    Tag { name: "div", look: Look::Plain },
    Tag { name: "p", look: Look::Plain },
];

impl Inline {
    pub fn face(&self) -> Face {
        let mut face = self.faces.last().copied().unwrap_or(Face::new(Meaning::Text));
        for tag in &self.tags {
            match tag.look {
                Look::Add(modifier) => face = face.with(modifier),
                Look::Code => face = Face::new(Meaning::Code).with(face.add),
                Look::Above | Look::Below | Look::Plain => {}
            }
        }
        face
    }

    /// Text from here on looks like this.
    pub fn open(&mut self, face: Face) {
        self.faces.push(face);
    }

    /// Text from here on has this too.
    pub fn add(&mut self, modifier: Modifier) {
        let face = self.faces.last().copied().unwrap_or(Face::new(Meaning::Text));
        self.faces.push(face.with(modifier));
    }

    pub fn close(&mut self) {
        self.faces.pop();
    }

    /// A block ended: a tag that was never closed does not reach into the next one.
    pub fn end_block(&mut self) {
        self.tags.clear();
    }

    pub fn link(&self) -> Option<&Arc<str>> {
        self.link.as_ref()
    }

    /// Running text: into the label of an image, or as it looks in the line.
    pub fn text(&mut self, text: &str) -> Option<(String, Face)> {
        if let Some((_, alt)) = &mut self.image {
            alt.push_str(text);
            return None;
        }
        if self.address.is_some() {
            self.link_text.push_str(text);
        }
        let script = self.tags.iter().rev().find_map(|tag| match tag.look {
            Look::Above => math::superscript(text),
            Look::Below => math::subscript(text),
            _ => None,
        });
        Some((script.unwrap_or_else(|| text.to_owned()), self.face()))
    }

    /// Whether the tag is known; it is not shown then.
    pub fn html(&mut self, html: &str) -> bool {
        let Some(inner) = html.strip_prefix('<').and_then(|h| h.strip_suffix('>')) else { return false };
        if inner.starts_with("!--") {
            return true;
        }
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |rest| (true, rest));
        let name = inner.split([' ', '/']).next().unwrap_or("").to_ascii_lowercase();
        let Some(tag) = TAGS.iter().find(|tag| tag.name == name) else { return false };
        // a handler or a style is no formatting: it is shown as it was written
        if inner.len() > name.len() && !matches!(tag.look, Look::Plain) {
            return false;
        }
        if !closes {
            self.tags.push(tag);
        } else if let Some(at) = self.tags.iter().rposition(|open| open.name == tag.name) {
            self.tags.remove(at);
        }
        true
    }

    /// Neither in a link nor in the label of an image: an address here is a link by itself.
    pub fn is_running(&self) -> bool {
        self.address.is_none() && self.image.is_none()
    }

    pub fn open_link(&mut self, address: &str) {
        self.link = link::opened(address);
        let face = self.face();
        let meaning = if self.link.is_some() { Face::new(Meaning::Link) } else { face };
        self.open(meaning.with(face.add));
        self.address = Some(clean_line(address));
        self.link_text.clear();
    }

    /// The address, when it has to be written behind the label: the terminal shows no links, or not this one, or the
    /// label looks like another address.
    pub fn close_link(&mut self, shown: bool) -> Option<String> {
        self.close();
        let linked = self.link.take().is_some();
        let address = self.address.take()?;
        let told = shown && linked || same_address(&address, &self.link_text);
        (!told || link::misleads(&self.link_text, &address)).then_some(address)
    }

    pub fn open_image(&mut self, address: &str) {
        self.image = Some((clean_line(address), String::new()));
    }

    /// The place of an image: nothing is fetched from the network, so its label and address stand for it.
    pub fn close_image(&mut self, line: &mut Line) {
        let Some((url, alt)) = self.image.take() else { return };
        let what = if alt.is_empty() { "image".to_owned() } else { format!("image: {alt}") };
        let link = link::opened(&url);
        line.push(&format!("[{what}]"), Face::new(Meaning::Link), link.as_ref());
    }
}

fn same_address(url: &str, label: &str) -> bool {
    let bare = |s: &str| s.trim_start_matches("mailto:").trim_end_matches('/').to_owned();
    bare(url) == bare(label)
}
