//! What a document defines for all of it: the addresses of its links, the names of its footnotes.

use pulldown_cmark::{CowStr, Parser};
use std::collections::{BTreeMap, BTreeSet};

/// Definitions seen so far. They stand at the end, mostly, while the sections that use them are laid out alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    links: BTreeMap<String, String>,
    notes: BTreeSet<String>,
}

impl Known {
    pub fn links(&mut self, parser: &Parser<'_>) {
        for (label, link) in parser.reference_definitions().iter() {
            self.links.insert(label.to_lowercase(), link.dest.to_string());
        }
    }

    pub fn note(&mut self, name: &str) {
        if !self.notes.contains(name) {
            self.notes.insert(name.to_owned());
        }
    }

    /// The address of a link whose definition stands elsewhere, and its title.
    pub fn address(&self, label: &str) -> Option<(CowStr<'_>, CowStr<'_>)> {
        let url = self.links.get(&label.to_lowercase())?;
        Some((url.as_str().into(), "".into()))
    }

    /// Definitions of the footnotes that a text names, to be put before it: the parser takes a name that is not
    /// defined in the same text for plain brackets. A number is a footnote although its note is still to come.
    pub fn notes_of(&self, text: &str) -> String {
        let mut all = String::new();
        let mut added: Vec<&str> = Vec::new();
        for (at, sign) in text.match_indices("[^") {
            let rest = &text[at + sign.len()..];
            let Some(name) = rest.find([']', '\n']).map(|end| &rest[..end]) else { continue };
            let number = !name.is_empty() && name.bytes().all(|c| c.is_ascii_digit());
            if (number || self.notes.contains(name)) && !added.contains(&name) {
                all.push_str(&format!("[^{name}]: .\n\n"));
                added.push(name);
            }
        }
        if !all.is_empty() {
            // a rule, so that text that is indented is not taken for more of the note
            all.push_str("---\n\n");
        }
        all
    }
}
