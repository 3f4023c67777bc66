//! An image as the conversation holds it: its bytes, its size in cells, and the rows it is cut into.

use super::head::{Kind, look};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// So many characters of base64 hold the header of any image that has a sound one, long EXIF data included.
const HEAD: usize = 256 << 10;

/// An image that can be shown.
#[derive(Clone)]
pub struct Image {
    pub kind: Kind,
    /// Width and height in pixels.
    pub pixels: (u32, u32),
    /// The file, as it came with the message.
    pub base64: Arc<str>,
    /// Tells images apart.
    pub key: u64,
}

impl Image {
    /// `None`: no format that is known, or damaged at its beginning.
    pub fn of(base64: &str) -> Option<Image> {
        let head = base64.as_bytes().get(..base64.len().min(HEAD) / 4 * 4)?;
        let (kind, width, height) = look(&STANDARD.decode(head).ok()?)?;
        let mut hasher = DefaultHasher::new();
        base64.hash(&mut hasher);
        Some(Image { kind, pixels: (width, height), base64: base64.into(), key: hasher.finish() })
    }

    /// The file. `None`: its base64 is damaged.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.base64.as_bytes()).ok()
    }
}

impl PartialEq for Image {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Image({} {}x{})", self.kind.name(), self.pixels.0, self.pixels.1)
    }
}

/// Cells that an image may take, and how many pixels a cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub columns: u16,
    pub rows: u16,
    pub cell: (u16, u16),
}

/// One row of cells of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    pub image: Arc<Image>,
    /// The whole image in cells.
    pub columns: u16,
    pub rows: u16,
    /// Which of its rows this is.
    pub row: u16,
}

/// Columns and rows of an image at its own proportions: never larger than it is, never larger than the box.
pub fn fit((width, height): (u32, u32), at_most: Extent) -> (u16, u16) {
    let (cell_width, cell_height) = (u64::from(at_most.cell.0.max(1)), u64::from(at_most.cell.1.max(1)));
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let most = (u64::from(at_most.columns.max(1)) * cell_width, u64::from(at_most.rows.max(1)) * cell_height);
    // pixels that it takes: the smaller of the two scales, and at most one to one
    let (w, h) = if width <= most.0 && height <= most.1 {
        (width, height)
    } else if width * most.1 > height * most.0 {
        (most.0, (height * most.0 / width).max(1))
    } else {
        ((width * most.1 / height).max(1), most.1)
    };
    let cells = |pixels: u64, cell: u64, most: u16| {
        u16::try_from(pixels.div_ceil(cell)).unwrap_or(u16::MAX).clamp(1, most.max(1))
    };
    (cells(w, cell_width, at_most.columns), cells(h, cell_height, at_most.rows))
}
