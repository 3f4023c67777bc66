//! Themes: colours by meaning, read from TOML, fitted to what the terminal can show.

mod bundled;
mod depth;
mod meaning;
mod parse;

pub use bundled::{BUNDLED, DEFAULT};
pub use depth::{Depth, rgb};
pub use meaning::Meaning;
pub use parse::ThemeError;

use ratatui::style::{Modifier, Style};

/// A style for every meaning. Switching the theme is another value of this type; laid-out rows hold meanings,
/// so nothing is laid out again.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub name: String,
    /// Whether the background is dark.
    pub dark: bool,
    styles: Vec<Style>,
}

impl Theme {
    /// A theme that comes with the program, by its name without regard to case.
    pub fn bundled(name: &str) -> Option<Theme> {
        let (file, text) = BUNDLED.iter().find(|(file, _)| {
            file.strip_suffix(".toml").is_some_and(|stem| stem.eq_ignore_ascii_case(name))
        })?;
        Theme::parse(file, text).ok()
    }

    /// Whether a person who writes this means this theme: case and hyphens do not matter, so that `catppuccin-mocha`
    /// is *Catppuccin Mocha*.
    pub fn is_called(&self, name: &str) -> bool {
        use crate::app::panes::themes::letters;
        letters(&self.name) == letters(name)
    }

    /// The style of a meaning. Its background is set only where it differs from the text's.
    pub fn style(&self, meaning: Meaning) -> Style {
        self.styles.get(meaning as usize).copied().unwrap_or_default()
    }

    /// Foreground and background of the whole picture: fill with this first.
    pub fn base(&self) -> Style {
        self.style(Meaning::Text)
    }

    /// The same theme for a terminal with fewer colours. At sixteen colours a theme made of RGB takes the colours
    /// of `ansi` (the person's own sixteen), without colour bold, underline and reverse carry the meaning.
    pub fn resolve(&self, depth: Depth) -> Theme {
        let mut out = self.clone();
        match depth {
            Depth::True => {}
            Depth::Indexed => {
                for style in &mut out.styles {
                    style.fg = style.fg.map(|c| depth.fit(c));
                    style.bg = style.bg.map(|c| depth.fit(c));
                }
            }
            Depth::Ansi16 => {
                let plain = |s: &Style| [s.fg, s.bg].iter().flatten().all(|&c| Depth::Ansi16.fit(c) == c);
                if !self.styles.iter().all(plain)
                    && let Some(ansi) = Theme::bundled("ansi")
                {
                    out.styles = ansi.styles;
                }
            }
            Depth::None => {
                for (style, meaning) in out.styles.iter_mut().zip(Meaning::ALL) {
                    *style = Style::new().add_modifier(without_colour(*meaning));
                }
            }
        }
        out
    }
}

fn without_colour(meaning: Meaning) -> Modifier {
    match meaning {
        Meaning::Selection | Meaning::Match => Modifier::REVERSED,
        Meaning::Heading | Meaning::User | Meaning::Accent | Meaning::Error | Meaning::Warn => Modifier::BOLD,
        Meaning::Link => Modifier::UNDERLINED,
        _ => Modifier::empty(),
    }
}
