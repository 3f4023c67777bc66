//! Sixel: six rows of pixels a band, one colour at a time. 216 fixed colours, the error spread to the neighbours.

use super::decode::Pixels;
use std::fmt::Write;

/// Levels of each colour.
const LEVELS: i32 = 6;

/// The sequence that draws the pixels from the cursor on. What is transparent stays as it is.
pub(super) fn encode(pixels: &Pixels) -> Vec<u8> {
    let indices = dither(pixels);
    let (width, height) = (pixels.width, pixels.height);
    let mut out = format!("\x1bP0;1q\"1;1;{width};{height}");
    let mut used = [false; 216];
    indices.iter().flatten().for_each(|index| used[usize::from(*index)] = true);
    for index in (0..216usize).filter(|index| used[*index]) {
        let [r, g, b] = [index / 36, index / 6 % 6, index % 6].map(|level| level * 100 / 5);
        let _ = write!(out, "#{index};2;{r};{g};{b}");
    }
    for top in (0..height).step_by(6) {
        let mut colours: Vec<(u8, Vec<u8>)> = Vec::new();
        for y in top..(top + 6).min(height) {
            for x in 0..width {
                let Some(index) = indices[y * width + x] else { continue };
                let at = colours.iter().position(|(known, _)| *known == index).unwrap_or_else(|| {
                    colours.push((index, vec![0; width]));
                    colours.len() - 1
                });
                colours[at].1[x] |= 1 << (y - top);
            }
        }
        for (n, (index, bits)) in colours.iter().enumerate() {
            let _ = write!(out, "{}#{index}", if n > 0 { "$" } else { "" });
            let end = bits.iter().rposition(|b| *b != 0).map_or(0, |x| x + 1);
            for run in bits[..end].chunk_by(|a, b| a == b) {
                let sign = char::from(63 + run[0]);
                if run.len() > 3 {
                    let _ = write!(out, "!{}{sign}", run.len());
                } else {
                    out.extend(std::iter::repeat_n(sign, run.len()));
                }
            }
        }
        out.push('-');
    }
    out.push_str("\x1b\\");
    out.into_bytes()
}

/// For each pixel its colour, by Floyd and Steinberg; `None` where it is transparent.
fn dither(pixels: &Pixels) -> Vec<Option<u8>> {
    let width = pixels.width;
    let mut below = vec![[0i32; 3]; width + 2];
    let mut indices = Vec::with_capacity(width * pixels.height);
    for row in pixels.rgba.chunks_exact(width * 4) {
        let here = std::mem::replace(&mut below, vec![[0; 3]; width + 2]);
        let mut ahead = [0; 3];
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            if pixel[3] < 128 {
                ahead = [0; 3];
                indices.push(None);
                continue;
            }
            let mut index = 0;
            for c in 0..3 {
                let wanted = (i32::from(pixel[c]) + (here[x + 1][c] + ahead[c]) / 16).clamp(0, 255);
                let level = (wanted * (LEVELS - 1) + 127) / 255;
                let error = wanted - level * 255 / (LEVELS - 1);
                index = index * LEVELS + level;
                ahead[c] = error * 7;
                below[x][c] += error * 3;
                below[x + 1][c] += error * 5;
                below[x + 2][c] += error;
            }
            indices.push(u8::try_from(index).ok());
        }
    }
    indices
}
