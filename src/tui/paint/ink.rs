//! A colour of the terminal in one word: cells are compared by the thousand.

use ratatui::style::Color;

/// 0 is the terminal's own colour, 1 to 16 are the named ones, 256 and more the palette, from 2^24 on RGB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Ink(pub u32);

/// What an ink is to the terminal.
pub(super) enum Kind {
    Own,
    /// One of the sixteen.
    Named(u8),
    Indexed(u8),
    Rgb(u8, u8, u8),
}

impl Ink {
    /// The terminal's own.
    pub const OWN: Ink = Ink(0);

    pub fn indexed(n: u8) -> Ink {
        Ink(256 + u32::from(n))
    }

    pub fn kind(self) -> Kind {
        let [rgb, r, g, b] = self.0.to_be_bytes();
        match self.0 {
            0 => Kind::Own,
            n @ 1..=16 => Kind::Named(n as u8 - 1),
            _ if rgb > 0 => Kind::Rgb(r, g, b),
            _ if b < 16 => Kind::Named(b),
            _ => Kind::Indexed(b),
        }
    }
}

impl From<Color> for Ink {
    fn from(color: Color) -> Ink {
        Ink(match color {
            Color::Rgb(r, g, b) => u32::from_be_bytes([1, r, g, b]),
            Color::Indexed(n) => return Ink::indexed(n),
            Color::Reset => 0,
            Color::Black => 1,
            Color::Red => 2,
            Color::Green => 3,
            Color::Yellow => 4,
            Color::Blue => 5,
            Color::Magenta => 6,
            Color::Cyan => 7,
            Color::Gray => 8,
            Color::DarkGray => 9,
            Color::LightRed => 10,
            Color::LightGreen => 11,
            Color::LightYellow => 12,
            Color::LightBlue => 13,
            Color::LightMagenta => 14,
            Color::LightCyan => 15,
            Color::White => 16,
        })
    }
}
