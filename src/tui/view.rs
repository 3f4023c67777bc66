//! The whole picture: where each band stands at each size, and who draws it.

use super::paint::{Caps, Picture};
use super::panes::{self, bands, overlay, status};
use super::text::{fit, put, width};
use super::theme::{Meaning, Theme};
use super::{Composer, Conversation};
use crate::app::{Event, MeterPlace, Model, Order, Target};
use crate::words::Needle;
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// The screen's own state: what only it can know (widths, heights, the text engine) and what it has laid out.
#[derive(Debug)]
pub struct Tui {
    pub(super) composer: Composer,
    pub(super) conversation: Conversation,
    themes: Vec<Theme>,
    theme: Theme,
    /// The name it was chosen by.
    wears: String,
    /// What a click at a place means; later ones lie on top.
    pub(super) zones: Vec<(Rect, Target)>,
}

/// What every pane draws with.
pub struct Canvas<'a> {
    pub picture: &'a mut Picture,
    pub theme: &'a Theme,
    pub zones: &'a mut Vec<(Rect, Target)>,
}

impl Canvas<'_> {
    pub fn style(&self, meaning: Meaning) -> Style {
        self.theme.style(meaning)
    }

    /// Draws text that fits or ends in `…`; returns the column after it. The text is one clean line.
    pub fn text(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let area = self.picture.buffer.area;
        if y >= area.bottom() || x >= area.right() {
            return x;
        }
        let columns = columns.min(area.right() - x);
        let text = fit(text, usize::from(columns));
        put(&mut self.picture.buffer, x, y, &text, columns, style)
    }

    /// Draws text that ends at column `right`; returns where it begins.
    pub fn text_right(&mut self, right: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let text = fit(text, usize::from(columns));
        let x = right.saturating_sub(u16::try_from(width(&text)).unwrap_or(columns));
        self.text(x, y, columns, &text, style);
        x
    }

    pub fn fill(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.picture.buffer.area);
        if area.is_empty() {
            return;
        }
        let mut blank = Cell::default();
        blank.set_style(style);
        for y in area.y..area.bottom() {
            let first = self.picture.buffer.index_of(area.x, y);
            self.picture.buffer.content[first..first + usize::from(area.width)].fill(blank.clone());
        }
    }

    pub fn zone(&mut self, area: Rect, target: Target) {
        self.zones.push((area, target));
    }
}

/// Where everything stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    pub title: Rect,
    pub conversation: Rect,
    pub queue: Rect,
    pub side: Rect,
    pub meter: Rect,
    pub completion: Rect,
    pub composer: Rect,
    pub quote: Rect,
    pub status: Rect,
}

/// Below this nothing can be read.
pub const LEAST: (u16, u16) = (24, 6);

impl Layout {
    /// Bands from the bottom up; the conversation has what is left, in rows as wide as the terminal.
    pub fn of(model: &Model, composer_rows: usize) -> Self {
        let (columns, rows) = (model.columns, model.rows);
        let mut left = rows;
        let mut take = |wanted: u16| {
            let rows = wanted.min(left);
            left -= rows;
            Rect::new(0, left, columns, rows)
        };
        let most = usize::from((rows / 3).clamp(1, 12));
        let status = take(panes::status::notice_rows(model));
        let quote = take(u16::from(rows >= 30 && !model.draft().text.is_empty()));
        let composer = take(u16::try_from(composer_rows.clamp(1, most)).unwrap_or(1));
        let offered = model.completion.as_ref().map_or(0, |c| c.items.len().min(6));
        let completion = take(u16::try_from(offered).unwrap_or(0).min(rows / 3));
        let place = match model.settings.meter {
            MeterPlace::Right if columns < 100 => MeterPlace::Bottom,
            place => place,
        };
        let meter = match place {
            MeterPlace::Bottom => take(match rows {
                0..10 => 0,
                10..20 => 1,
                20..36 => 2,
                _ => 3,
            }),
            _ => Rect::default(),
        };
        let waiting = u16::try_from(bands::pending(model).len()).unwrap_or(u16::MAX);
        let queue = take(waiting.min(3).min((rows / 8).max(1)));
        let title = Rect::new(0, 0, columns, u16::from(rows >= 8));
        let body = Rect::new(0, title.height, columns, left.saturating_sub(title.height));
        let aside = if place == MeterPlace::Right { 30 } else { 0 };
        let conversation = Rect { width: columns - aside, ..body };
        let side = Rect { x: conversation.right(), width: aside, ..body };
        Self { title, conversation, queue, side, meter, completion, composer, quote, status }
    }
}

impl Tui {
    /// With the themes the picker offers, fitted to the terminal's colours; the first is the default.
    pub fn new(themes: Vec<Theme>) -> Self {
        let theme = themes.first().cloned().unwrap_or_else(fallback);
        Self {
            composer: Composer::default(),
            conversation: Conversation::new(Caps::modern()),
            themes,
            theme,
            wears: String::new(),
            zones: Vec::new(),
        }
    }

    /// What the terminal can show beside text.
    pub fn fit(&mut self, caps: &Caps) {
        self.conversation = Conversation::new(caps.clone());
    }

    /// Names for `Event::Themes`.
    pub fn theme_names(&self) -> Vec<String> {
        self.themes.iter().map(|t| t.name.clone()).collect()
    }

    /// Whether the picker offers this one.
    pub fn has_theme(&self, name: &str) -> bool {
        self.themes.iter().any(|theme| theme.is_called(name))
    }

    /// What the app orders of the screen; what it changes comes back as an event.
    pub fn order(&mut self, order: &Order, model: &Model) -> Option<Event> {
        match order {
            Order::Draft(draft) => {
                self.composer.replace(draft);
                None
            }
            Order::Arrive(draft) => {
                self.composer.set(draft);
                None
            }
            Order::Insert(text) => {
                self.composer.insert(text);
                Some(Event::Edited(self.composer.draft()))
            }
            Order::Scroll(by) if model.compare.is_some() => {
                panes::compare::scroll(&mut self.conversation, model, *by).map(Event::Scrolled)
            }
            Order::Scroll(by) => self.conversation.scroll(model, *by).map(Event::Scrolled),
            Order::Find { message, words, nth } => {
                self.conversation.find(model, *message, &Needle::new(words), *nth).map(Event::Scrolled)
            }
            Order::Images => {
                self.conversation.flip_images(model);
                None
            }
        }
    }

    /// Takes the theme of that name, the default for none; what is not known changes nothing.
    fn dress(&mut self, name: &str) {
        if self.wears != name {
            name.clone_into(&mut self.wears);
            let default = self.themes.first().filter(|_| name.is_empty());
            if let Some(theme) = self.themes.iter().find(|t| t.is_called(name)).or(default) {
                self.theme = theme.clone();
            }
        }
    }

    /// Draws everything. The work does not grow with the conversation.
    pub fn view(&mut self, model: &Model, picture: &mut Picture) {
        self.zones.clear();
        self.dress(&model.settings.theme);
        picture.clear(model.columns, model.rows, self.theme.base());
        picture.cell = self.conversation.cell();
        let Self { composer, conversation, theme, zones, .. } = self;
        let mut canvas = Canvas { picture, theme, zones };
        let whole = Rect::new(0, 0, model.columns, model.rows);
        if model.columns < LEAST.0 || model.rows < LEAST.1 {
            canvas.text(0, 0, model.columns, "too small: 40x12 is enough", theme.style(Meaning::Warn));
            return;
        }
        let columns = model.columns.saturating_sub(PROMPT);
        let layout = Layout::of(model, composer.height(columns));
        bands::title(&mut canvas, layout.title, model);
        if model.compare.is_some() {
            panes::compare::draw(&mut canvas, layout.conversation, model, conversation);
        } else {
            conversation.draw(&mut canvas, layout.conversation, model);
        }
        bands::queue(&mut canvas, layout.queue, model);
        panes::meter::draw(&mut canvas, layout.meter, model);
        panes::meter::side(&mut canvas, layout.side, model);
        bands::completion(&mut canvas, layout.completion, model);
        let caret = bands::composer(&mut canvas, layout.composer, model, composer);
        status::quote(&mut canvas, layout.quote, model);
        status::status(&mut canvas, layout.status, model, layout.quote.is_empty());
        if model.settings.vi {
            status::mode(&mut canvas, layout.status, composer);
        }
        let caret: Option<Position> = match overlay::draw(&mut canvas, whole, model) {
            overlay::Caret::None => None,
            overlay::Caret::At(position) => Some(position),
            overlay::Caret::Composer if model.thread().selected.is_none() => caret,
            overlay::Caret::Composer => None,
        };
        picture.cursor = caret;
    }
}

/// Columns of the composer's prompt mark.
pub const PROMPT: u16 = 2;

fn fallback() -> Theme {
    Theme::bundled("night")
        .unwrap_or_else(|| Theme::bundled("ansi").expect("the bundled themes parse: a test holds them to it"))
}
