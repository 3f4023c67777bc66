//! Pixels out of files: only where the terminal cannot take the file itself.

use super::{Image, Kind};
use std::io::Cursor;

/// Larger images would be a pause and hundreds of megabytes.
const MOST_PIXELS: u64 = 40_000_000;

/// Red, green, blue, opacity; row after row.
pub(super) struct Pixels {
    pub width: usize,
    pub height: usize,
    pub rgba: Vec<u8>,
}

/// `None`: the file is damaged or too large.
pub(super) fn decode(image: &Image) -> Option<Pixels> {
    if u64::from(image.pixels.0) * u64::from(image.pixels.1) > MOST_PIXELS {
        return None;
    }
    let bytes = image.bytes()?;
    match image.kind {
        Kind::Png => png(&bytes),
        Kind::Jpeg => jpeg(&bytes),
        Kind::Gif => gif(&bytes),
        Kind::WebP => webp(&bytes),
    }
    .filter(|p| p.width > 0 && p.height > 0 && p.rgba.len() == p.width * p.height * 4)
}

fn png(bytes: &[u8]) -> Option<Pixels> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut data = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut data).ok()?;
    data.truncate(info.buffer_size());
    let rgba = match info.color_type {
        png::ColorType::Rgba => data,
        png::ColorType::Rgb => opaque(&data),
        png::ColorType::Grayscale => data.iter().flat_map(|g| [*g, *g, *g, 255]).collect(),
        png::ColorType::GrayscaleAlpha => {
            data.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()
        }
        png::ColorType::Indexed => return None,
    };
    Some(Pixels { width: info.width as usize, height: info.height as usize, rgba })
}

fn jpeg(bytes: &[u8]) -> Option<Pixels> {
    use zune_jpeg::zune_core::colorspace::ColorSpace;
    use zune_jpeg::zune_core::options::DecoderOptions;
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(Cursor::new(bytes), options);
    let rgba = decoder.decode().ok()?;
    let (width, height) = decoder.dimensions()?;
    Some(Pixels { width, height, rgba })
}

/// The first picture of it.
fn gif(bytes: &[u8]) -> Option<Pixels> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut decoder = options.read_info(Cursor::new(bytes)).ok()?;
    let (width, height) = (usize::from(decoder.width()), usize::from(decoder.height()));
    let frame = decoder.read_next_frame().ok()??;
    let mut rgba = vec![0; width * height * 4];
    let (left, top, columns) = (usize::from(frame.left), usize::from(frame.top), usize::from(frame.width));
    for (y, row) in frame.buffer.chunks_exact((columns * 4).max(1)).enumerate() {
        let from = ((top + y) * width + left) * 4;
        let shown = row.len().min(width.saturating_sub(left) * 4);
        if let Some(into) = rgba.get_mut(from..from + shown) {
            into.copy_from_slice(&row[..shown]);
        }
    }
    Some(Pixels { width, height, rgba })
}

fn webp(bytes: &[u8]) -> Option<Pixels> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).ok()?;
    let (width, height) = decoder.dimensions();
    let mut data = vec![0; decoder.output_buffer_size()?];
    decoder.read_image(&mut data).ok()?;
    let rgba = if decoder.has_alpha() { data } else { opaque(&data) };
    Some(Pixels { width: width as usize, height: height as usize, rgba })
}

fn opaque(rgb: &[u8]) -> Vec<u8> {
    rgb.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect()
}

impl Pixels {
    /// At most so large, at its own proportions: each pixel is the mean of those it stands for.
    pub fn within(self, width: usize, height: usize) -> Pixels {
        let (w, h) = (self.width.min(width.max(1)), self.height.min(height.max(1)));
        let (w, h) = if w * self.height < h * self.width {
            (w, (self.height * w / self.width).max(1))
        } else {
            ((self.width * h / self.height).max(1), h)
        };
        if (w, h) == (self.width, self.height) {
            return self;
        }
        let mut rgba = Vec::with_capacity(w * h * 4);
        for y in 0..h {
            let rows = y * self.height / h..((y + 1) * self.height / h).max(y * self.height / h + 1);
            for x in 0..w {
                let columns = x * self.width / w..((x + 1) * self.width / w).max(x * self.width / w + 1);
                rgba.extend_from_slice(&self.mean(rows.clone(), columns));
            }
        }
        Pixels { width: w, height: h, rgba }
    }

    fn mean(&self, rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> [u8; 4] {
        let mut sums = [0u64; 4];
        let mut weight = 0u64;
        let count = (rows.len() * columns.len()) as u64;
        for y in rows {
            let row = &self.rgba[(y * self.width + columns.start) * 4..(y * self.width + columns.end) * 4];
            for pixel in row.chunks_exact(4) {
                // what cannot be seen has no colour
                let alpha = u64::from(pixel[3]);
                weight += alpha;
                for (sum, value) in sums.iter_mut().zip(&pixel[..3]) {
                    *sum += u64::from(*value) * alpha;
                }
            }
        }
        let colour = |sum: u64| u8::try_from(sum / weight.max(1)).unwrap_or(u8::MAX);
        [
            colour(sums[0]),
            colour(sums[1]),
            colour(sums[2]),
            u8::try_from(weight / count.max(1)).unwrap_or(u8::MAX),
        ]
    }

    /// As a PNG file.
    pub fn png(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut encoder =
            png::Encoder::new(&mut out, u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.rgba).ok()?;
        writer.finish().ok()?;
        Some(out)
    }
}
