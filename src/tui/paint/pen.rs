//! The terminal's pen: the shortest change from one look to another.

use super::grid::{Look, ON_BLANKS};
use super::ink::{Ink, Kind};
use ratatui::style::Modifier;
use std::io::Write;

/// Attributes, how they are switched on and how off.
const ATTRIBUTES: &[(Modifier, u8, u8)] = &[
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// The look that drawing a glyph needs when the pen has `now`: on a blank most of it cannot be seen, so nothing changes.
pub(super) fn needed(now: Look, wanted: Look, blank: bool) -> Look {
    if !blank {
        return Look { mods: wanted.mods & !Modifier::HIDDEN, ..wanted };
    }
    let seen = wanted.mods & ON_BLANKS;
    let fg = if seen.is_empty() { now.fg } else { wanted.fg };
    Look { fg, bg: wanted.bg, mods: (now.mods & !ON_BLANKS) | seen }
}

/// Appends the shortest sequence that turns the pen from `from` (`None`: unknown) to `to`.
pub(super) fn change(from: Option<Look>, to: Look, out: &mut Vec<u8>) {
    if from == Some(to) {
        return;
    }
    let start = out.len();
    if let Some(from) = from {
        step(from, to, out);
    }
    let stepped = out.len() - start;
    let reset = out.len();
    afresh(to, out);
    if stepped > 0 && stepped <= out.len() - reset {
        out.truncate(reset);
    } else {
        out.drain(start..reset);
    }
}

/// Bytes that the change takes.
pub(super) fn cost(from: Option<Look>, to: Look) -> usize {
    let mut out = Vec::with_capacity(32);
    change(from, to, &mut out);
    out.len()
}

fn step(from: Look, to: Look, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    let gone = from.mods & !to.mods;
    let mut off = 0;
    // what is switched off together with `gone` (bold and dim share 22) has to be switched on again
    let mut kept = from.mods & to.mods;
    for (attribute, _, code) in ATTRIBUTES {
        if gone.contains(*attribute) && off != *code {
            off = *code;
            param(out, off);
            for (other, _, shared) in ATTRIBUTES {
                if shared == code {
                    kept &= !*other;
                }
            }
        }
    }
    for (attribute, code, _) in ATTRIBUTES {
        if to.mods.contains(*attribute) && !kept.contains(*attribute) {
            param(out, *code);
        }
    }
    if from.fg != to.fg {
        color(out, to.fg, 30);
    }
    if from.bg != to.bg {
        color(out, to.bg, 40);
    }
    end(out);
}

fn afresh(to: Look, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\x1b[");
    if to == Look::default() {
        out.push(b'm');
        return;
    }
    param(out, 0);
    for (attribute, code, _) in ATTRIBUTES {
        if to.mods.contains(*attribute) {
            param(out, *code);
        }
    }
    if to.fg != Ink::OWN {
        color(out, to.fg, 30);
    }
    if to.bg != Ink::OWN {
        color(out, to.bg, 40);
    }
    end(out);
}

/// The separator after the last parameter becomes the end of the sequence.
fn end(out: &mut [u8]) {
    if let Some(last) = out.last_mut() {
        *last = b'm';
    }
}

fn param(out: &mut Vec<u8>, n: u8) {
    write!(out, "{n};").expect("writing to memory does not fail");
}

/// `base` is 30 for the foreground, 40 for the background.
fn color(out: &mut Vec<u8>, ink: Ink, base: u8) {
    match ink.kind() {
        Kind::Own => param(out, base + 9),
        Kind::Named(n @ 0..8) => param(out, base + n),
        Kind::Named(n) => param(out, base + 60 + n - 8),
        Kind::Indexed(n) => {
            write!(out, "{};5;{n};", base + 8).expect("writing to memory does not fail");
        }
        Kind::Rgb(r, g, b) => {
            write!(out, "{};2;{r};{g};{b};", base + 8).expect("writing to memory does not fail");
        }
    }
}
