//! Every theme is complete and readable; a broken theme file is answered with file, line and what is allowed.

use fareway::tui::theme::{BUNDLED, DEFAULT, Depth, Meaning, Theme, rgb};
use ratatui::style::{Color, Modifier, Style};
use std::path::Path;

/// WCAG relative luminance.
fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let channel = |v: u8| {
        let v = f64::from(v) / 255.0;
        if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
}

fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Foreground and background as they are seen; a default colour is what a dark terminal with xterm's palette has.
fn seen(style: Style, base: Style) -> ((u8, u8, u8), (u8, u8, u8)) {
    let fg = rgb(style.fg.or(base.fg).unwrap_or(Color::Reset)).unwrap_or((229, 229, 229));
    let bg = rgb(style.bg.or(base.bg).unwrap_or(Color::Reset)).unwrap_or((0, 0, 0));
    if style.add_modifier.contains(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) }
}

#[test]
fn every_file_in_themes_is_bundled() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes");
    let mut files: Vec<String> = std::fs::read_dir(dir)
        .expect("the folder of themes")
        .map(|e| e.expect("a readable entry").file_name().to_string_lossy().into_owned())
        .collect();
    let mut bundled: Vec<String> = BUNDLED.iter().map(|(file, _)| (*file).to_owned()).collect();
    files.sort();
    bundled.sort();
    assert_eq!(files, bundled);
    assert!(files.len() >= 10);
    assert!(Theme::bundled(DEFAULT).is_some());
}

#[test]
fn every_theme_is_complete_and_readable() {
    let mut wrong = Vec::new();
    for (file, text) in BUNDLED {
        let theme = Theme::parse(file, text).unwrap_or_else(|e| panic!("{e}"));
        let base = theme.base();
        let grounds = [base, theme.style(Meaning::Bar), theme.style(Meaning::Panel)];
        for &meaning in Meaning::ALL {
            let style = theme.style(meaning);
            let least = match meaning {
                Meaning::Border => 1.2,
                Meaning::Dim | Meaning::Comment => 3.0,
                _ => 4.5,
            };
            // what has no background of its own is drawn on bands and panels too
            let everywhere = matches!(
                meaning,
                Meaning::Dim
                    | Meaning::Accent
                    | Meaning::Ok
                    | Meaning::Warn
                    | Meaning::Error
                    | Meaning::Money
            );
            for ground in if everywhere { &grounds[..] } else { &grounds[..1] } {
                let (fg, bg) = seen(style, *ground);
                let ratio = contrast(fg, bg);
                if ratio < least {
                    wrong.push(format!("{file}: {} has {ratio:.2}, needs {least}", meaning.key()));
                }
            }
        }
        let (_, ground) = seen(base, base);
        assert_eq!(theme.dark, luminance(ground) < 0.5, "{file}: kind does not fit its background");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_theme_fits_every_depth() {
    for (file, text) in BUNDLED {
        let theme = Theme::parse(file, text).expect("a bundled theme");
        for &meaning in Meaning::ALL {
            for depth in [Depth::None, Depth::Ansi16, Depth::Indexed] {
                let style = theme.resolve(depth).style(meaning);
                for color in [style.fg, style.bg].into_iter().flatten() {
                    assert_eq!(depth.fit(color), color, "{file} {} at {depth:?}", meaning.key());
                }
            }
        }
    }
}

#[test]
fn broken_themes_say_where_and_what() {
    let good = BUNDLED[0].1;
    let cases = [
        (good.replace("name = ", "nom = "), "mine.toml:1: unknown key or wrong type `nom`"),
        (good.replace("kind = \"dark\"", "kind = \"grey\""), "mine.toml:2: kind is \"dark\" or \"light\""),
        (
            good.replace("[colors]", "[colors]\nblurb = \"red\""),
            "mine.toml:5: unknown key `blurb`; [colors] has text, dim",
        ),
        (
            good.replace("[syntax]", "[syntax]\ncoment = \"red\""),
            "unknown key `coment`; [syntax] has keyword",
        ),
        (good.replace("\ndim = \"", "\ndim = \"pinkish "), "mine.toml:6: `dim`: `pinkish` is no colour"),
        (good.replace("\ndim = \"", "\ndin = \""), "mine.toml:6: unknown key `din`"),
        (good.replace("name = \"Night\"", "name = \"Night"), "mine.toml:1: "),
        ("name = \"x\"\nkind = \"dark\"\n".to_owned(), "mine.toml:1: `text` is missing"),
    ];
    for (text, start) in cases {
        let error = Theme::parse("mine.toml", &text).expect_err(start).to_string();
        assert!(error.contains(start), "{error}\n  should hold {start}");
    }
}
