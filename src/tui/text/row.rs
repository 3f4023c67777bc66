//! One laid-out row of a document: pieces of text with a meaning each, and what copying and searching need.

use super::{graphemes, put};
use crate::tui::image::Slice;
use crate::tui::paint::Picture;
use crate::tui::theme::{Meaning, Theme};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use std::sync::Arc;

/// How a piece of text looks: what it means, and what the author added to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Face {
    pub meaning: Meaning,
    pub add: Modifier,
}

impl Face {
    pub const fn new(meaning: Meaning) -> Self {
        Self { meaning, add: Modifier::empty() }
    }

    pub fn with(self, add: Modifier) -> Self {
        Self { add: self.add | add, ..self }
    }

    pub fn style(self, theme: &Theme) -> Style {
        theme.style(self.meaning).add_modifier(self.add)
    }
}

/// What a row belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowKind {
    #[default]
    Text,
    /// Space between blocks.
    Blank,
    Heading,
    /// A row of code; its text without the gutter is the code itself.
    Code,
    /// The language label above a code block.
    CodeLabel,
    Table,
    Rule,
    Image,
}

/// How the text of a row continues on the next one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Joint {
    /// The line ends here.
    #[default]
    End,
    /// Wrapped at a space.
    Space,
    /// Wrapped inside a word, or between characters that need no space.
    Word,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    /// Where it ends in the text, in bytes; it begins where the one before ends.
    end: u32,
    face: Face,
    /// 0, or the index of its link plus one.
    link: u16,
}

/// A row ready to draw at any place, with any theme.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    text: Box<str>,
    stretches: Vec<Stretch>,
    links: Vec<Arc<str>>,
    pub kind: RowKind,
    /// Counts code blocks of the document from 1; 0 outside of one.
    pub code: u32,
    /// Background of the rest of the row, up to the edge.
    pub fill: Option<Meaning>,
    pub joint: Joint,
    /// It may be wider than it was laid out for, and is scrolled sideways: so many columns at its left stay.
    pub stays: Option<u16>,
    /// A row of cells of an image, drawn after the gutter.
    pub image: Option<Slice>,
    gutter: u32,
}

impl Row {
    /// An empty row between blocks.
    pub fn blank() -> Row {
        Row { kind: RowKind::Blank, ..Row::default() }
    }

    /// A row of an image.
    pub fn of_image(slice: Slice) -> Row {
        Row { kind: RowKind::Image, image: Some(slice), ..Row::default() }
    }

    pub fn is_blank(&self) -> bool {
        self.text.is_empty() && self.fill.is_none() && self.image.is_none()
    }

    /// Everything that is drawn, gutter included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text without list markers, quote bars and frames at its left: for copying.
    pub fn content(&self) -> &str {
        self.text.get(self.gutter as usize..).unwrap_or("")
    }

    /// Columns the text takes.
    pub fn width(&self) -> usize {
        super::width(&self.text)
    }

    /// Its pieces: text, face, link.
    pub fn pieces(&self) -> impl Iterator<Item = (&str, Face, Option<&Arc<str>>)> {
        let mut from = 0;
        self.stretches.iter().map(move |s| {
            let text = &self.text[from..s.end as usize];
            from = s.end as usize;
            (text, s.face, s.link.checked_sub(1).and_then(|i| self.links.get(usize::from(i))))
        })
    }

    /// The addresses that this row links to.
    pub fn links(&self) -> &[Arc<str>] {
        &self.links
    }

    /// How far the row can be scrolled sideways in so many columns.
    pub fn beyond(&self, columns: usize) -> usize {
        if self.stays.is_some() { self.width().saturating_sub(columns) } else { 0 }
    }

    /// Draws the row at `x`, `y`, at most `columns` wide.
    pub fn draw(&self, picture: &mut Picture, x: u16, y: u16, columns: u16, theme: &Theme) {
        self.draw_from(0, picture, Rect::new(x, y, columns, 1), theme);
    }

    /// Draws the row scrolled sideways by `shift` columns, or as far as it goes. A mark at an edge says that there is more.
    pub fn draw_from(&self, shift: usize, picture: &mut Picture, at: Rect, theme: &Theme) {
        let at = at.intersection(picture.buffer.area);
        if at.is_empty() {
            return;
        }
        if let Some(fill) = self.fill {
            let style = Style { fg: None, ..theme.style(fill) };
            picture.buffer.set_style(at, style);
        }
        if let Some(slice) = &self.image {
            return picture.image(at.x, at.y, at.width, slice);
        }
        let beyond = self.beyond(at.width.into());
        if beyond > 0 {
            return self.draw_part(shift.min(beyond), beyond, picture, at, theme);
        }
        let mut x = at.x;
        for (text, face, link) in self.pieces() {
            if x >= at.right() {
                break;
            }
            let style = face.style(theme);
            let end = put(&mut picture.buffer, x, at.y, text, at.right() - x, style);
            if let Some(url) = link {
                picture.link(x, end, at.y, Arc::clone(url));
            }
            x = end;
        }
    }

    fn draw_part(&self, shift: usize, beyond: usize, picture: &mut Picture, at: Rect, theme: &Theme) {
        let stays = usize::from(self.stays.unwrap_or(0));
        let mut column = 0;
        for (text, face, link) in self.pieces() {
            let style = face.style(theme);
            for (grapheme, width) in graphemes(text) {
                let from = column;
                column += width;
                let to = match from {
                    from if from < stays => from,
                    from if from < stays + shift => continue,
                    from => from - shift,
                };
                if to + width > usize::from(at.width) || width == 0 {
                    continue;
                }
                let x = at.x + u16::try_from(to).unwrap_or(0);
                let (end, _) = picture.buffer.set_stringn(x, at.y, grapheme, width, style);
                if let Some(url) = link {
                    picture.link(x, end, at.y, Arc::clone(url));
                }
            }
        }
        let mark = Face::new(Meaning::Accent).style(theme);
        if shift > 0 {
            let x = at.x + u16::try_from(stays.saturating_sub(1)).unwrap_or(0);
            picture.buffer.set_stringn(x, at.y, "‹", 1, mark);
        }
        if shift < beyond {
            picture.buffer.set_stringn(at.right() - 1, at.y, "›", 1, mark);
        }
    }
}

/// Puts a row together from pieces.
#[derive(Debug, Default)]
pub(crate) struct RowBuilder {
    text: String,
    row: Row,
}

impl RowBuilder {
    pub(crate) fn push(&mut self, text: &str, face: Face, link: Option<&Arc<str>>) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let link = link.map_or(0, |url| self.link(url));
        match self.row.stretches.last_mut() {
            Some(last) if last.face == face && last.link == link => last.end = end,
            _ => self.row.stretches.push(Stretch { end, face, link }),
        }
    }

    fn link(&mut self, url: &Arc<str>) -> u16 {
        let links = &mut self.row.links;
        let at = links.iter().position(|known| known == url).unwrap_or_else(|| {
            links.push(Arc::clone(url));
            links.len() - 1
        });
        u16::try_from(at + 1).unwrap_or(0)
    }

    /// All that was pushed so far is decoration.
    pub(crate) fn end_gutter(&mut self) {
        self.row.gutter = u32::try_from(self.text.len()).unwrap_or(0);
    }

    pub(crate) fn finish(mut self) -> Row {
        self.row.text = self.text.into_boxed_str();
        self.row
    }
}
