//! What a command printed for a terminal, as the text that a reader of that terminal would see.

/// Colours, titles, links and movements of the cursor are gone (ECMA-48 sequences, whole), and letters that were struck
/// over for bold or underlined (`_\u{8}x`) stand once. What is cut off in the middle of a sequence ends there.
pub fn printed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.next_if(|c| !c.is_control()) {
                Some('[') => csi(&mut chars),
                // OSC, DCS, SOS, PM, APC: a string up to BEL or ST
                Some(']' | 'P' | 'X' | '^' | '_') => string(&mut chars),
                // a character set and the like: `ESC ( B`
                Some(' '..='/') => {
                    while chars.next_if(|c| matches!(c, ' '..='/')).is_some() {}
                    chars.next_if(|c| matches!(c, '0'..='~'));
                }
                _ => {}
            },
            '\u{9b}' => csi(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => string(&mut chars),
            '\u{8}' if !out.ends_with('\n') => drop(out.pop()),
            '\u{7}' | '\u{8}' => {}
            c => out.push(c),
        }
    }
    out
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Parameters, intermediates and the letter at the end; whatever else stands there is no part of it.
fn csi(chars: &mut Chars<'_>) {
    while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
    chars.next_if(|c| matches!(c, '@'..='~'));
}

fn string(chars: &mut Chars<'_>) {
    // a string that was never ended takes no more than its line
    while let Some(c) = chars.next_if(|c| *c != '\n') {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' => {
                chars.next_if_eq(&'\\');
                return;
            }
            _ => {}
        }
    }
}
