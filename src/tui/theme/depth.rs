//! How many colours the terminal has, and the nearest colour it can show.

use ratatui::style::Color;

/// How many colours can be shown. Found from the environment, without a question to the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// No colour at all: `NO_COLOR`, `TERM=dumb`. Bold, underline and reverse still speak.
    None,
    /// The sixteen colours that the person chose for the terminal.
    Ansi16,
    /// The xterm palette.
    Indexed,
    /// 24 bits.
    True,
}

impl Depth {
    /// The nearest colour to `color` that can be shown. RGB to sixteen colours is a last resort:
    /// [`super::Theme::resolve`] prefers colours that were chosen for sixteen.
    pub fn fit(self, color: Color) -> Color {
        match (self, color) {
            (Depth::None, _) => Color::Reset,
            (Depth::True, c) => c,
            (Depth::Indexed, Color::Rgb(r, g, b)) => Color::Indexed(to_256(r, g, b)),
            (Depth::Indexed, c) => c,
            (Depth::Ansi16, c @ (Color::Rgb(..) | Color::Indexed(_))) => to_16(c),
            (Depth::Ansi16, c) => c,
        }
    }
}

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest entry of the xterm palette's cube or grey ramp.
fn to_256(r: u8, g: u8, b: u8) -> u8 {
    let step = |v: u8| (0..6usize).min_by_key(|&i| STEPS[i].abs_diff(v)).unwrap_or(0);
    let (i, j, k) = (step(r), step(g), step(b));
    let cube = (STEPS[i], STEPS[j], STEPS[k]);
    let mean = (u32::from(r) + u32::from(g) + u32::from(b)) / 3;
    let ramp = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + 10 * ramp;
    if distance((r, g, b), (grey, grey, grey)) < distance((r, g, b), cube) {
        232 + ramp
    } else {
        (16 + 36 * i + 6 * j + k) as u8
    }
}

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let d = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    2 * d(a.0, b.0) + 4 * d(a.1, b.1) + 3 * d(a.2, b.2)
}

/// The sixteen colours and what xterm makes of them.
const ANSI: [(Color, (u8, u8, u8)); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (205, 0, 0)),
    (Color::Green, (0, 205, 0)),
    (Color::Yellow, (205, 205, 0)),
    (Color::Blue, (0, 0, 238)),
    (Color::Magenta, (205, 0, 205)),
    (Color::Cyan, (0, 205, 205)),
    (Color::Gray, (229, 229, 229)),
    (Color::DarkGray, (127, 127, 127)),
    (Color::LightRed, (255, 0, 0)),
    (Color::LightGreen, (0, 255, 0)),
    (Color::LightYellow, (255, 255, 0)),
    (Color::LightBlue, (92, 92, 255)),
    (Color::LightMagenta, (255, 0, 255)),
    (Color::LightCyan, (0, 255, 255)),
    (Color::White, (255, 255, 255)),
];

fn to_16(color: Color) -> Color {
    let Some(rgb) = rgb(color) else { return color };
    ANSI.iter().min_by_key(|(_, known)| distance(rgb, *known)).map_or(Color::Reset, |(c, _)| *c)
}

/// Red, green and blue of a colour on a terminal with xterm's palette; `None` for the terminal's own default.
pub fn rgb(color: Color) -> Option<(u8, u8, u8)> {
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(n @ 0..=15) => Some(ANSI[usize::from(n)].1),
        Color::Indexed(n @ 16..=231) => {
            let n = usize::from(n - 16);
            Some((STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6]))
        }
        Color::Indexed(n) => {
            let v = 8 + 10 * (n - 232);
            Some((v, v, v))
        }
        named => ANSI.iter().find(|(c, _)| *c == named).map(|(_, rgb)| *rgb),
    }
}

/// The sixteen colours by the names theme files use.
pub(super) fn named(name: &str) -> Option<Color> {
    Some(match name {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright-black" => Color::DarkGray,
        "bright-red" => Color::LightRed,
        "bright-green" => Color::LightGreen,
        "bright-yellow" => Color::LightYellow,
        "bright-blue" => Color::LightBlue,
        "bright-magenta" => Color::LightMagenta,
        "bright-cyan" => Color::LightCyan,
        "bright-white" => Color::White,
        _ => return None,
    })
}
