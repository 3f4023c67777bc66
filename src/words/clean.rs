//! Text from outside made inert: no control character, escape sequence or bidirectional trick gets through.

use std::borrow::Cow;

/// Text that a model, a provider or a file wrote, safe to draw: newlines and tabs stay, every other control
/// character becomes its visible picture (`␛`), bidirectional overrides and isolates become `�`, lone `\r` a newline.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && c != '\t' && replacement(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            c => out.push(replacement(c).unwrap_or(c)),
        }
    }
    Cow::Owned(out)
}

/// As [`clean`], on one line: newlines and tabs become spaces. For titles, notices and table cells.
pub fn clean_line(text: &str) -> String {
    clean(text).chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).collect()
}

fn replacement(c: char) -> Option<char> {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + c as u32),
        '\u{7f}' => Some('\u{2421}'),
        // C1 controls: `\u{9b}` is a one-character CSI in some terminals
        '\u{80}'..='\u{9f}' => Some('\u{fffd}'),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            Some('\u{fffd}')
        }
        // line and paragraph separators, interlinear annotation, tags: drawn differently everywhere
        '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{fff9}'..='\u{fffb}' => Some('\u{fffd}'),
        _ => None,
    }
}
