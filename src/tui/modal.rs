//! vi keys on the composer's text engine: what they change is one edit there, and one step to undo.

use super::Composer;
use super::vi::{Done, Mode, Text, Vi};
use crate::app::Key;

/// vi's memory and what it undoes.
#[derive(Debug, Default)]
pub struct Modal {
    vi: Vi,
    undo: Vec<Text>,
    redo: Vec<Text>,
}

/// Steps that can be undone.
const STEPS: usize = 200;

impl Composer {
    /// `NORMAL`, `VISUAL`, ... and the keys of an unfinished command.
    pub fn mode(&self) -> (Mode, String) {
        (self.modal.vi.mode, self.modal.vi.pending())
    }

    fn units(&self) -> Text {
        let (row, column) = self.engine.cursor();
        Text::new(&self.engine.lines().join("\n"), row, column)
    }

    /// A key while vi keys are on.
    pub fn vi(&mut self, key: Key) -> Done {
        let before = self.units();
        let mode = self.modal.vi.mode;
        let mut text = before.clone();
        let mut done = self.modal.vi.key(key, &mut text);
        match done {
            Done::No => return Done::No,
            Done::Undo => text = self.step_back(&before),
            Done::Redo => text = self.step_forth(&before),
            Done::Rows(rows) => {
                let by = rows.signum();
                let moved = (0..rows.abs()).take_while(|_| self.vertical(by)).count();
                if moved == 0 {
                    return done;
                }
                text = self.units();
                text.settle(true);
                done = Done::Yes;
            }
            Done::Scroll(_) => return done,
            Done::Yes => {
                let begins = mode != Mode::Insert && self.modal.vi.mode == Mode::Insert;
                if begins || text.all() != before.all() {
                    self.modal.undo.push(before.clone());
                    self.modal.redo.clear();
                    let over = self.modal.undo.len().saturating_sub(STEPS);
                    self.modal.undo.drain(..over);
                }
            }
        }
        self.take_over(&before, &text);
        done
    }

    fn step_back(&mut self, now: &Text) -> Text {
        while let Some(step) = self.modal.undo.pop() {
            if step.all() != now.all() {
                self.modal.redo.push(now.clone());
                return step;
            }
        }
        now.clone()
    }

    fn step_forth(&mut self, now: &Text) -> Text {
        match self.modal.redo.pop() {
            Some(step) => {
                self.modal.undo.push(now.clone());
                step
            }
            None => now.clone(),
        }
    }

    /// The engine's text becomes this one, as an edit of its own.
    fn take_over(&mut self, before: &Text, text: &Text) {
        self.rewrite(&before.all(), &text.all());
        let (row, column) = text.cursor();
        self.jump(row, column);
    }

    /// Another draft was put into the composer.
    pub(super) fn replaced(&mut self) {
        self.modal.undo.clear();
        self.modal.redo.clear();
        let mut text = self.units();
        if text.len() == 0 {
            // a prompt was sent: the next one is to be written
            self.modal.vi.reset();
        } else if self.modal.vi.mode != Mode::Insert {
            text.settle(true);
            let (row, column) = text.cursor();
            self.jump(row, column);
        }
    }

    /// The bytes of each line that are selected.
    pub(super) fn selected(&self) -> Vec<(usize, usize)> {
        if !matches!(self.modal.vi.mode, Mode::Visual | Mode::Lines) {
            return Vec::new();
        }
        let text = self.units();
        let Some((from, to)) = self.modal.vi.selection(&text) else { return Vec::new() };
        let (from, to) = (text.slice(0, from).len(), text.slice(0, to).len());
        let mut start = 0;
        let mut ranges = Vec::new();
        for line in self.engine.lines() {
            let within = |at: usize| at.clamp(start, start + line.len()) - start;
            ranges.push((within(from), within(to)));
            start += line.len() + 1;
        }
        ranges
    }
}
