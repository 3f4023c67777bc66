//! From terminal events to the app's: keys by the one table, bursts of characters as one paste.

use super::Tui;
use super::vi::{Done, Mode};
use crate::app::{Code, Event, Key, Model, Run, Scroll};
use crossterm::event::{
    Event as Terminal, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

/// A run of characters this long in one read was pasted without brackets: Enter in it is a line end.
const BURST: usize = 16;

/// Joins a run of typed characters that came in one read into one paste, so that 20 KB cost one edit and not 20,000.
pub fn join(events: impl IntoIterator<Item = Terminal>) -> Vec<Terminal> {
    let mut joined: Vec<Terminal> = Vec::new();
    let mut run: Vec<Terminal> = Vec::new();
    let mut text = String::new();
    for event in events {
        match typed(&event) {
            Some(c) => {
                text.push(c);
                run.push(event);
            }
            None => {
                flush(&mut run, &mut text, &mut joined);
                joined.push(event);
            }
        }
    }
    flush(&mut run, &mut text, &mut joined);
    joined
}

fn flush(run: &mut Vec<Terminal>, text: &mut String, joined: &mut Vec<Terminal>) {
    // an Enter at the end of a short burst, or of a single line that a slow line delivered at once, is a person
    // pressing Enter; only line ends inside say that it was pasted
    if run.len() > BURST {
        let enter = (text.find('\n') == Some(text.len() - 1)).then(|| run.pop()).flatten();
        if enter.is_some() {
            text.pop();
        }
        joined.push(Terminal::Paste(std::mem::take(text)));
        joined.extend(enter);
        run.clear();
    } else {
        joined.append(run);
        text.clear();
    }
}

fn typed(event: &Terminal) -> Option<char> {
    let Terminal::Key(KeyEvent { code, modifiers, kind, .. }) = event else { return None };
    if *kind == KeyEventKind::Release || modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    match code {
        KeyCode::Char(c) => Some(*c),
        KeyCode::Enter => Some('\n'),
        KeyCode::Tab => Some('\t'),
        _ => None,
    }
}

/// A key press in our own words; `None` for releases and keys we have no name for.
pub fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let code = match event.code {
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Insert => Code::Insert,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let code = match code {
        // terminals differ on whether Ctrl-Shift-K says K
        Code::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        code => code,
    };
    let says_shift = matches!(code, Code::Char(_) | Code::BackTab);
    Some(Key {
        code,
        ctrl,
        alt: event.modifiers.contains(KeyModifiers::ALT),
        shift: event.modifiers.contains(KeyModifiers::SHIFT) && !says_shift,
    })
}

/// Rows of half a page.
const HALF: i32 = 12;

/// Whether the composer's modes have a say: a selected message, a comparison and a completion have keys of their own.
fn is_vi(key: Key, model: &Model) -> bool {
    let empty = model.draft().text.is_empty();
    let closes = model.completion.is_some() && key.code == Code::Esc;
    let asks = empty && key == Key::char('?');
    let columns = model.compare.is_some() && empty;
    !(model.thread().selected.is_some() || columns || closes || asks)
}

impl Tui {
    /// What a terminal event means now. The composer takes what is its own and reports its whole draft.
    pub fn input(&mut self, event: Terminal, model: &Model) -> Option<Event> {
        match event {
            Terminal::Key(event) => self.press(key(event)?, model),
            Terminal::Paste(text) => Some(Event::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))),
            Terminal::Resize(columns, rows) => Some(Event::Resized { columns, rows }),
            Terminal::FocusGained => Some(Event::Focus(true)),
            Terminal::FocusLost => Some(Event::Focus(false)),
            Terminal::Mouse(mouse) => self.mouse(mouse, model),
        }
    }

    fn press(&mut self, key: Key, model: &Model) -> Option<Event> {
        if !model.overlays.is_empty() {
            return Some(Event::Key(key));
        }
        if model.settings.vi
            && is_vi(key, model)
            && let Some(event) = self.vi(key, model)
        {
            return event;
        }
        match model.keymap.action(key, model).map(|action| action.run) {
            Some(Run::Do(_)) => Some(Event::Key(key)),
            Some(Run::Edit(edit)) if self.composer.edit(edit) => Some(Event::Edited(self.composer.draft())),
            Some(Run::Edit(_)) => Some(Event::Key(key)),
            None => {
                let c = key.typed()?;
                self.composer.insert(c.encode_utf8(&mut [0; 4]));
                Some(Event::Edited(self.composer.draft()))
            }
        }
    }

    /// The composer's mode while vi keys are on.
    pub fn mode(&self) -> Mode {
        self.composer.mode().0
    }

    /// A key for vi; `None`: it is not vi's.
    fn vi(&mut self, key: Key, model: &Model) -> Option<Option<Event>> {
        Some(match self.composer.vi(key) {
            Done::No => return None,
            // past the first or the last row: the prompts sent before
            Done::Rows(by) => {
                let id = if by < 0 { "up" } else { "down" };
                model.keymap.keys(id).first().copied().map(Event::Key)
            }
            Done::Scroll(halves) => {
                self.conversation.scroll(model, Scroll::Lines(halves * HALF)).map(Event::Scrolled)
            }
            Done::Yes | Done::Undo | Done::Redo => Some(Event::Edited(self.composer.draft())),
        })
    }

    fn mouse(&mut self, mouse: MouseEvent, model: &Model) -> Option<Event> {
        let by = match mouse.kind {
            MouseEventKind::ScrollUp => -3,
            MouseEventKind::ScrollDown => 3,
            MouseEventKind::Down(MouseButton::Left) => {
                let at = ratatui::layout::Position::new(mouse.column, mouse.row);
                let hit = self.zones.iter().rev().find(|(area, _)| area.contains(at));
                return hit.map(|(_, target)| Event::Pressed(*target));
            }
            _ => return None,
        };
        if model.overlays.is_empty() {
            return self.conversation.scroll(model, Scroll::Lines(by)).map(Event::Scrolled);
        }
        Some(Event::Key(Key::plain(if by < 0 { Code::Up } else { Code::Down })))
    }
}
