//! What a file of pixels is and how many it has, from its first bytes: nothing is decoded for that.

/// The formats that models take and make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Png,
    Jpeg,
    Gif,
    WebP,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
        }
    }
}

/// Format, width and height. `None`: it is none of the four, or damaged, or has no pixel.
pub fn look(bytes: &[u8]) -> Option<(Kind, u32, u32)> {
    let found = match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', _, _, _, _, b'I', b'H', b'D', b'R', ..] => {
            Some((Kind::Png, be(bytes, 16, 4)?, be(bytes, 20, 4)?))
        }
        [0xff, 0xd8, rest @ ..] => jpeg(rest).map(|(w, h)| (Kind::Jpeg, w, h)),
        [b'G', b'I', b'F', b'8', ..] => Some((Kind::Gif, le(bytes, 6, 2)?, le(bytes, 8, 2)?)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            webp(bytes).map(|(w, h)| (Kind::WebP, w, h))
        }
        _ => None,
    };
    found.filter(|(_, w, h)| *w > 0 && *h > 0)
}

fn be(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    Some(bytes.get(at..at + count)?.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

fn le(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    Some(bytes.get(at..at + count)?.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// Walks the segments to the frame header.
fn jpeg(mut rest: &[u8]) -> Option<(u32, u32)> {
    loop {
        let [0xff, marker, ..] = rest else { return None };
        match marker {
            0xff => rest = &rest[1..],
            0x01 | 0xd0..=0xd9 => rest = &rest[2..],
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((be(rest, 7, 2)?, be(rest, 5, 2)?));
            }
            _ => rest = rest.get(2 + be(rest, 2, 2)? as usize..)?,
        }
    }
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => Some((le(bytes, 26, 2)? & 0x3fff, le(bytes, 28, 2)? & 0x3fff)),
        b"VP8L" => {
            let bits = le(bytes, 21, 4)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((le(bytes, 24, 3)? + 1, le(bytes, 27, 3)? + 1)),
        _ => None,
    }
}
