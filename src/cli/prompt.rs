//! What a prompt on the command line is made of: words, stdin, files.

use super::Fail;
use crate::runtime::attach::{self, Content};
use crate::words::Part;
use std::io::IsTerminal;
use std::path::Path;

/// Joins words and stdin into one text part; files come before it.
pub fn read(words: &[String], files: &[impl AsRef<Path>]) -> Result<Vec<Part>, Fail> {
    let mut parts = Vec::new();
    for file in files {
        parts.push(attach(file.as_ref())?);
    }
    let mut text = words.join(" ");
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let piped = attach::limited(stdin.lock(), "stdin").map_err(Fail::usage)?;
        let piped = String::from_utf8(piped).ok().filter(|text| !text.contains('\0'));
        let piped = piped
            .ok_or_else(|| Fail::usage("stdin is not UTF-8 text; attach an image or a PDF with --file"))?;
        if !piped.trim().is_empty() {
            if !text.trim().is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(piped.trim_end_matches('\n'));
        }
    }
    if text.trim().is_empty() && parts.is_empty() {
        return Err(Fail::usage("nothing to ask; write a prompt: fareway ask \"why is the sky blue?\""));
    }
    if !text.trim().is_empty() {
        parts.push(Part::text(text));
    }
    Ok(parts)
}

/// A file as a part: images and PDFs as they are, text in a fenced block under its name.
fn attach(path: &Path) -> Result<Part, Fail> {
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    Ok(match attach::read(path).map_err(Fail::usage)? {
        Content::Text(text) => Part::text(attach::fenced(&name, &text)),
        Content::Image(source) => Part::image(source),
        Content::Pdf(source) => Part::File { name, source },
    })
}
