//! The images of a message: a caption that always says what it is, and the rows that show it where the terminal can.

use super::figures::size;
use crate::tui::image::{Extent, Graphics, Image, Slice, fit};
use crate::tui::paint::{Caps, MOST_CELLS};
use crate::tui::text::Row;
use crate::words::{Source, clean_line};
use std::collections::HashMap;
use std::sync::Arc;

/// Over a line, larger files are shown only when the person asks.
const FAR: usize = 64 << 10;

/// What images of one message are laid out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Means {
    pub graphics: Graphics,
    pub cell: (u16, u16),
    /// Rows that one may take.
    pub rows: u16,
    /// The terminal is at the other end of a line.
    pub far: bool,
    /// The line is slow: nothing is sent without being asked for.
    pub slow: bool,
    /// The person asked for the other thing than what is done by itself.
    pub flipped: bool,
}

impl Means {
    pub fn of(caps: &Caps, height: usize, slow: bool, flipped: bool) -> Means {
        let rows = u16::try_from(height).unwrap_or(u16::MAX).saturating_sub(3).clamp(3, 20);
        Means { graphics: caps.images, cell: caps.cell, rows, far: caps.far, slow, flipped }
    }

    fn shows(self, bytes: usize) -> bool {
        let asks = self.slow || self.far && bytes > FAR;
        self.graphics != Graphics::None && asks == self.flipped
    }
}

/// Images that were looked at, by their place in the message: their headers are read once.
pub type Known = HashMap<usize, (usize, Option<Arc<Image>>)>;

/// The caption and the rows of an image. `key` is what shows a hidden one.
pub fn lay_out(
    known: &mut Known,
    place: usize,
    name: &str,
    source: &Source,
    columns: u16,
    means: Means,
    key: &str,
) -> (String, Vec<Row>) {
    let name = if name.is_empty() { "image".to_owned() } else { clean_line(name) };
    let Source::Data { media_type, base64 } = source else {
        return (format!("▣ {name} · {}", about(source)), Vec::new());
    };
    let cached = known.get(&place).filter(|(length, _)| *length == base64.len());
    let image = match cached {
        Some((_, image)) => image.clone(),
        None => {
            let image = Image::of(base64).map(Arc::new);
            known.insert(place, (base64.len(), image.clone()));
            image
        }
    };
    let bytes = base64.len() / 4 * 3;
    let Some(image) = image else {
        return (format!("▣ {name} · {} · {}", clean_line(media_type), size(bytes)), Vec::new());
    };
    let (width, height) = image.pixels;
    let mut caption = format!("▣ {name} · {} {width}×{height} · {}", image.kind.name(), size(bytes));
    if !means.shows(bytes) {
        if means.graphics != Graphics::None && !key.is_empty() {
            caption.push_str(&format!(" · {key} shows it"));
        }
        return (caption, Vec::new());
    }
    let most = Extent { columns: columns.min(MOST_CELLS), rows: means.rows, cell: means.cell };
    let (columns, rows) = fit(image.pixels, most);
    let rows =
        (0..rows).map(|row| Row::of_image(Slice { image: image.clone(), columns, rows, row })).collect();
    (caption, rows)
}

/// Where a file's bytes are, or what they are.
pub fn about(source: &Source) -> String {
    match source {
        Source::Url { url } => clean_line(url),
        Source::Data { media_type, base64 } => {
            format!("{} · {}", clean_line(media_type), size(base64.len() / 4 * 3))
        }
        Source::Id { id } => clean_line(id),
    }
}
