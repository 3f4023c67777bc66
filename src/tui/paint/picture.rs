//! One whole picture of the terminal: a ratatui buffer, its links, its images and the caret.

use super::images::PLACEHOLDER;
use crate::tui::image::Slice;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::sync::Arc;

/// Cells of one row that link to an address (OSC 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub y: u16,
    /// First column.
    pub from: u16,
    /// One after the last column.
    pub to: u16,
    pub url: Arc<str>,
}

/// What the screen is to show. Widgets draw into `buffer`; rows draw with their links.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub buffer: Buffer,
    pub links: Vec<Link>,
    /// Rows of images, where they begin: their cells hold `PLACEHOLDER` unless something lies over them.
    pub slices: Vec<(u16, u16, Slice)>,
    /// Pixels of a cell, for terminals that draw by pixels.
    pub cell: (u16, u16),
    /// Where the hardware cursor stands; hidden when `None`.
    pub cursor: Option<Position>,
}

impl Picture {
    pub fn new(width: u16, height: u16) -> Picture {
        Picture {
            buffer: Buffer::empty(Rect::new(0, 0, width, height)),
            links: Vec::new(),
            slices: Vec::new(),
            cell: (8, 16),
            cursor: None,
        }
    }

    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Makes it empty again, at this size and in this style, keeping its memory.
    pub fn clear(&mut self, width: u16, height: u16, ground: Style) {
        let area = Rect::new(0, 0, width, height);
        let mut blank = Cell::default();
        blank.set_style(ground);
        self.buffer.area = area;
        self.buffer.content.clear();
        self.buffer.content.resize(area.area() as usize, blank);
        self.links.clear();
        self.slices.clear();
        self.cursor = None;
    }

    /// Shows a row of an image from `x` on, as far as it fits into `columns`.
    pub fn image(&mut self, x: u16, y: u16, columns: u16, slice: &Slice) {
        if slice.columns > columns
            || y >= self.buffer.area.bottom()
            || x + slice.columns > self.buffer.area.right()
        {
            return;
        }
        for column in x..x + slice.columns {
            self.buffer[(column, y)].set_symbol(PLACEHOLDER);
        }
        self.slices.push((x, y, slice.clone()));
    }

    /// Makes the cells `from..to` of row `y` a link. Control characters in an address would end it early: then there is none.
    pub fn link(&mut self, from: u16, to: u16, y: u16, url: Arc<str>) {
        if from < to && !url.chars().any(char::is_control) && url.len() <= MAX_URL {
            self.links.push(Link { y, from, to, url });
        }
    }
}

/// Terminals cut addresses at about 2,000 bytes.
const MAX_URL: usize = 2_000;
