//! What the terminal can do, found from the environment alone: no question is asked, so nothing waits for an answer.

use super::{Notify, Wrap};
use crate::tui::image::Graphics;
use crate::tui::theme::Depth;

/// The variables that say what the terminal is. A value, so that a test can make any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    pub term: String,
    pub colorterm: String,
    pub term_program: String,
    /// `NO_COLOR` is set and not empty (no-color.org).
    pub no_color: bool,
    /// `TMUX` is set.
    pub tmux: bool,
    /// `STY` is set: GNU screen.
    pub screen: bool,
    /// `WT_SESSION` is set: Windows Terminal, which sets no COLORTERM.
    pub windows_terminal: bool,
    /// `SSH_CONNECTION` or `SSH_TTY` is set.
    pub ssh: bool,
    /// What the config says about images, whatever the terminal says.
    pub images: Option<Graphics>,
    /// What it says about notifications.
    pub notify: Option<Notify>,
    /// What it says about progress.
    pub progress: Option<bool>,
    /// Variables of its own say that the terminal shows progress (OSC 9;4).
    pub shows_progress: bool,
    /// `LC_TERMINAL` is `iTerm2`, which ssh hands on.
    pub iterm: bool,
    /// `VTE_VERSION` is set: GNOME Terminal and its relatives, which take no clipboard from programs.
    pub vte: bool,
    /// Only kitty sets `KITTY_WINDOW_ID`.
    pub kitty: bool,
    /// Only WezTerm sets `WEZTERM_PANE`, only Konsole (22.04 and later are meant) `KONSOLE_VERSION`; iTerm2 sets
    /// `LC_TERMINAL`, which ssh hands on.
    pub inline_files: bool,
    /// `ACCESSIBLE` is set and not empty or `0`: no motion, no cursor tricks.
    pub accessible: bool,
}

impl Environment {
    /// Reads them through `get`, usually `|name| std::env::var(name).ok()`.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Environment {
        let text = |name: &str| get(name).unwrap_or_default();
        let set = |name: &str| !text(name).is_empty();
        Environment {
            term: text("TERM"),
            colorterm: text("COLORTERM"),
            term_program: text("TERM_PROGRAM"),
            no_color: set("NO_COLOR"),
            tmux: set("TMUX"),
            screen: set("STY"),
            windows_terminal: set("WT_SESSION"),
            ssh: set("SSH_CONNECTION") || set("SSH_TTY"),
            images: None,
            notify: None,
            progress: None,
            shows_progress: shows_progress(&text),
            iterm: text("LC_TERMINAL") == "iTerm2",
            vte: set("VTE_VERSION"),
            kitty: set("KITTY_WINDOW_ID"),
            inline_files: set("WEZTERM_PANE")
                || text("LC_TERMINAL") == "iTerm2"
                || text("KONSOLE_VERSION").parse::<u32>().is_ok_and(|v| v >= 220_400),
            accessible: set("ACCESSIBLE") && text("ACCESSIBLE") != "0",
        }
    }

    /// One of those that have true colour, synchronised output and kitty's keyboard protocol. `TERM` comes through ssh.
    pub(super) fn is_modern(&self) -> bool {
        ["kitty", "foot", "alacritty", "ghostty", "wezterm"].iter().any(|t| self.term.contains(t))
            || matches!(self.term_program.as_str(), "WezTerm" | "ghostty")
    }
}

/// What the painter may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caps {
    pub depth: Depth,
    /// Erasing fills with the current background (GNU screen fills with the default).
    pub erase_fills: bool,
    /// OSC 8 links are shown, or at least swallowed.
    pub links: bool,
    /// A frame is shown at once (synchronised output): only where the terminal is known to have it.
    pub sync: bool,
    /// Scroll regions work. Every terminal with a cursor has them; `TERM=dumb` does not.
    pub regions: bool,
    /// It is tmux that we write to.
    pub tmux: bool,
    /// How images are shown.
    pub images: Graphics,
    /// Pixels of a cell, as far as the kernel knows.
    pub cell: (u16, u16),
    /// The terminal is at the other end of a line: what is large is not sent without being asked for.
    pub far: bool,
}

impl Caps {
    pub fn of(env: &Environment) -> Caps {
        let term = env.term.as_str();
        let dumb = term == "dumb" || term.is_empty() && !env.windows_terminal;
        let gnu_screen = (env.screen || term.starts_with("screen")) && !env.tmux;
        let console = term == "linux";
        let depth = if env.no_color || dumb {
            Depth::None
        } else if console || matches!(term, "vt100" | "vt220" | "ansi" | "xterm-color" | "cygwin") {
            Depth::Ansi16
        } else if !gnu_screen && matches!(env.colorterm.as_str(), "truecolor" | "24bit")
            || env.windows_terminal
            || term.ends_with("-direct")
            || env.is_modern()
            || matches!(env.term_program.as_str(), "iTerm.app" | "vscode")
        {
            Depth::True
        } else if term.contains("256color") || env.tmux || gnu_screen {
            // Terminal.app and plain xterm land here
            Depth::Indexed
        } else {
            Depth::Ansi16
        };
        Caps {
            depth,
            erase_fills: !gnu_screen && !dumb,
            links: !(dumb || console || gnu_screen),
            sync: Wrap::of(env) == Wrap::None && (env.is_modern() || env.term_program == "iTerm.app"),
            regions: !dumb,
            tmux: env.tmux,
            images: if depth < Depth::Indexed {
                Graphics::None
            } else {
                env.images.unwrap_or_else(|| graphics(env))
            },
            cell: CELL,
            far: env.ssh,
        }
    }

    /// What a slow line is spared: true colours cost a tenth of a reply's bytes, links as much.
    pub fn lean(self) -> Caps {
        Caps { depth: self.depth.min(Depth::Indexed), links: false, ..self }
    }

    /// Everything a modern terminal has: for tests and benchmarks.
    pub fn modern() -> Caps {
        Caps {
            depth: Depth::True,
            erase_fills: true,
            links: true,
            sync: false,
            regions: true,
            tmux: false,
            images: Graphics::None,
            cell: CELL,
            far: false,
        }
    }
}

/// A cell of a usual size.
const CELL: (u16, u16) = (8, 16);

/// Whether the terminal's own variables say that it shows progress. Others take it for a notification "4;3".
fn shows_progress(text: &impl Fn(&str) -> String) -> bool {
    let number = |name: &str| text(name).split('.').next().and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    // iTerm2 says so since 3.6.6: features begin with a capital letter, this one has no other
    let features = text("TERM_FEATURES");
    let alone = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let listed = features.split('P').skip(1).any(alone);
    !text("WT_SESSION").is_empty()
        || text("ConEmuANSI") == "ON"
        || matches!(text("TERM_PROGRAM").as_str(), "ghostty" | "WezTerm")
        || text("TERM") == "xterm-ghostty"
        || number("PTYXIS_VERSION") >= 48
        || number("VTE_VERSION") >= 8_000
        || listed
}

/// How the terminal is known to show images. In a multiplexer nobody knows whether it hands them on: the config says so.
fn graphics(env: &Environment) -> Graphics {
    let term = env.term.as_str();
    let program = env.term_program.as_str();
    if env.tmux || env.screen || term.starts_with("screen") || term.starts_with("tmux") {
        Graphics::None
    } else if env.kitty || term.contains("kitty") || term.contains("ghostty") || program == "ghostty" {
        Graphics::Kitty
    } else if env.inline_files || matches!(program, "iTerm.app" | "WezTerm" | "mintty") {
        Graphics::Iterm
    } else if ["foot", "mlterm", "contour", "yaft"].iter().any(|t| term.starts_with(t)) {
        Graphics::Sixel
    } else {
        Graphics::None
    }
}
