//! HTML that models write between their Markdown: known tags are obeyed, the others stand as they were written.

use super::walk::Walk;
use crate::tui::text::Face;
use crate::tui::theme::Meaning;

impl Walk<'_> {
    pub(super) fn tag(&mut self, html: &str) {
        if matches!(html.to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />") {
            self.hard_break();
        } else if !self.inline.html(html) {
            self.push(html, Face::new(Meaning::Dim));
        }
    }

    /// A line of a block of HTML: known tags are obeyed, the others stand as they were written.
    pub(super) fn html_line(&mut self, line: &str) {
        let mut rest = line.trim();
        while let Some(start) = rest.find('<') {
            let Some(end) = rest[start..].find('>').map(|n| start + n + 1) else { break };
            self.text(&rest[..start]);
            self.tag(&rest[start..end]);
            rest = &rest[end..];
        }
        self.text(rest);
        let line = std::mem::take(&mut self.flow.line);
        if line.is_empty() {
            // it held only tags
            return;
        }
        if !std::mem::replace(&mut self.html, true) {
            self.flow.gap();
        }
        self.flow.line = line;
        self.flow.flush();
    }

    pub(super) fn hard_break(&mut self) {
        if self.table.is_some() {
            self.text(" ");
        } else {
            self.flow.flush();
        }
    }
}
