//! The bytes that show an image: kitty's protocol with its placeholders, iTerm2's inline files, sixel.

use super::decode::{self, Pixels};
use super::{Extent, Image, Kind, sixel};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How the terminal shows images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Graphics {
    #[default]
    None,
    /// The image is sent once, invisible; cells of text with a private character show its parts, and move as text does.
    Kitty,
    /// The file is sent to a place; the terminal keeps it in the cells.
    Iterm,
    /// Pixels are drawn over the cells.
    Sixel,
}

/// Kitty takes so many characters of base64 at a time.
const CHUNK: usize = 4_096;
/// On a distant terminal larger files are sent with only as many pixels as are shown.
const FAR: usize = 64 << 10;

/// The sequences that send an image, to be shown in so many cells. `None`: it cannot be decoded.
/// `id` is kitty's; the others draw at the cursor.
pub fn send(graphics: Graphics, image: &Image, size: Extent, id: u8, far: bool) -> Option<Vec<Vec<u8>>> {
    let (columns, rows) = (size.columns, size.rows);
    let shown = || -> Option<Pixels> {
        let (w, h) = (columns * size.cell.0.max(1), rows * size.cell.1.max(1));
        Some(decode::decode(image)?.within(w.into(), h.into()))
    };
    let shrink = far && image.base64.len() > FAR;
    let png = || shown()?.png().map(|png| STANDARD.encode(png));
    Some(match graphics {
        Graphics::None => Vec::new(),
        Graphics::Kitty => {
            // kitty takes PNG as it is
            let shrunk = if shrink || image.kind != Kind::Png { Some(png()?) } else { None };
            let data = shrunk.as_deref().unwrap_or(&image.base64).as_bytes();
            let last = data.len().div_ceil(CHUNK).saturating_sub(1);
            let head = format!("a=T,U=1,q=2,f=100,i={id},c={columns},r={rows},");
            data.chunks(CHUNK)
                .enumerate()
                .map(|(n, chunk)| {
                    let head = if n == 0 { head.as_str() } else { "q=2," };
                    let more = u8::from(n < last);
                    [format!("\x1b_G{head}m={more};").as_bytes(), chunk, b"\x1b\\"].concat()
                })
                .collect()
        }
        Graphics::Iterm => {
            let shrunk = if shrink { Some(png()?) } else { None };
            let data = shrunk.as_deref().unwrap_or(&image.base64);
            // padding is no byte of the file: a terminal may believe the size
            let padding = data.bytes().rev().take_while(|byte| *byte == b'=').count();
            let bytes = (data.len() / 4 * 3).saturating_sub(padding);
            vec![
                format!(
                    "\x1b]1337;File=inline=1;size={bytes};width={columns};height={rows};preserveAspectRatio=1;doNotMoveCursor=1:{data}\x07"
                )
                .into_bytes(),
            ]
        }
        Graphics::Sixel => vec![sixel::encode(&shown()?)],
    })
}

/// Lets kitty forget an image.
pub fn forget_kitty(id: u8) -> Vec<u8> {
    format!("\x1b_Ga=d,d=I,q=2,i={id}\x1b\\").into_bytes()
}
