//! Files for a draft: read, recognised, refused with one sentence.

use crate::app::{Attached, IMAGE_TOKENS, PDF_TOKENS};
use crate::words::{Chip, ChipBody, Source};
use base64::Engine;
use std::io::Read;
use std::path::Path;

/// More than this in one file is refused: no model has room for it.
pub const MOST: u64 = 32 << 20;

/// What a file is, by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Text(String),
    Image(Source),
    Pdf(Source),
}

/// Reads a file that is to go along with a prompt.
pub fn read(path: &Path) -> Result<Content, String> {
    let shown = path.display();
    let meta = std::fs::metadata(path).map_err(|e| format!("cannot read {shown}: {e}"))?;
    if meta.is_dir() {
        return Err(format!("{shown} is a folder; attach its files one by one"));
    }
    let file = std::fs::File::open(path).map_err(|e| format!("cannot read {shown}: {e}"))?;
    let bytes = limited(file, &shown.to_string())?;
    let data = |media_type: &str| Source::Data {
        media_type: media_type.to_owned(),
        base64: base64::engine::general_purpose::STANDARD.encode(&bytes),
    };
    if let Some(media_type) = image_type(&bytes) {
        return Ok(Content::Image(data(media_type)));
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(Content::Pdf(data("application/pdf")));
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(Content::Text(text)),
        _ => Err(format!("{shown} is neither text nor an image nor a PDF")),
    }
}

/// All of it, unless it is more than any model takes.
pub fn limited(mut from: impl Read, what: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    from.by_ref().take(MOST + 1).read_to_end(&mut bytes).map_err(|e| format!("cannot read {what}: {e}"))?;
    if bytes.len() as u64 > MOST {
        return Err(format!("{what} is larger than {} MB; no model has room for it", MOST >> 20));
    }
    Ok(bytes)
}

/// The picture formats that models take, by their first bytes.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// A text in a fence longer than any run of backquotes within, under its name.
pub fn fenced(name: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{name}:\n{fence}\n{text}{end}{fence}\n\n")
}

/// A file as a chip in the composer.
pub fn chip(path: &str, home: &Path) -> Result<Attached, String> {
    let at = crate::config::Config::expand(path, Some(home));
    let name = at.file_name().map_or_else(|| path.to_owned(), |n| n.to_string_lossy().into_owned());
    let (body, tokens) = match read(&at)? {
        Content::Text(text) => {
            let tokens = text.len() as u64 / 4;
            (ChipBody::Text { name: name.clone(), text }, tokens)
        }
        Content::Image(source) => (ChipBody::Image { name: name.clone(), source }, IMAGE_TOKENS),
        Content::Pdf(source) => (ChipBody::File { name: name.clone(), source }, PDF_TOKENS),
    };
    Ok(Attached { chip: Chip { label: format!("⟦{name}⟧"), body }, tokens })
}
