//! Text into cells: what `Buffer::set_stringn` does, without looking for graphemes where every byte is one.

use super::graphemes;
use ratatui::buffer::Buffer;
use ratatui::style::Style;

/// Writes text from `x` on, at most `columns` wide; the column after it.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, text: &str, columns: u16, style: Style) -> u16 {
    let end = x.saturating_add(columns).min(buffer.area.right());
    let (mut at, mut rest) = (x, text);
    while at < end && !rest.is_empty() {
        let plain = rest.bytes().take_while(|b| *b == b' ' || b.is_ascii_graphic()).count();
        // what follows may be a mark on the last of them
        let plain = if plain == rest.len() { plain } else { plain.saturating_sub(1) };
        if plain == 0 {
            let Some((grapheme, width)) = graphemes(rest).next() else { break };
            let (next, _) = buffer.set_stringn(at, y, grapheme, usize::from(end - at), style);
            // it has no room, and what follows does not take its place
            if next == at && width > 0 && !grapheme.contains(char::is_control) {
                break;
            }
            at = next;
            rest = &rest[grapheme.len()..];
            continue;
        }
        let cells = plain.min(usize::from(end - at));
        let first = buffer.index_of(at, y);
        for (n, cell) in buffer.content[first..first + cells].iter_mut().enumerate() {
            cell.set_symbol(&rest[n..=n]).set_style(style);
        }
        at += u16::try_from(cells).unwrap_or(0);
        rest = &rest[plain..];
    }
    at
}
