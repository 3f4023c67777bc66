//! What the window says around the picture: its title, and whether work is under way. Derived from the session.

use super::Model;
use crate::words::Purpose;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    pub title: String,
    pub progress: Progress,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    #[default]
    None,
    /// A reply is under way; how far it is nobody knows.
    Working,
    /// The last reply failed, and nobody has looked since.
    Failed,
}

/// How the last reply ended that nobody has seen yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    Answered,
    Failed,
}

impl Model {
    /// Changes when something begins or ends, never with every token: a title costs the line as much as a line of text.
    pub fn window(&self) -> Window {
        let session = self.session();
        let model = self.model().as_str();
        let model = model.rsplit_once('/').map_or(model, |(_, short)| short);
        let name = if session.title.is_empty() { "fareway" } else { &session.title };
        let mut title = self.state();
        title.push_str(name);
        if !model.is_empty() {
            title.push_str(" · ");
            title.push_str(model);
        }
        let progress = match self.unseen {
            _ if self.answering() > 0 => Progress::Working,
            Some(Unseen::Failed) => Progress::Failed,
            _ => Progress::None,
        };
        Window { title, progress }
    }

    /// First in the title, because tabs are narrow: waiting, replying and how many at once, ended unseen.
    fn state(&self) -> String {
        let plain = self.settings.accessible;
        let shown = self.live.values().filter(|live| live.purpose != Purpose::Title);
        let (count, heard) =
            shown.fold((0, false), |(count, heard), live| (count + 1, heard || live.meter.has_begun()));
        let sign = match (heard, self.unseen) {
            (true, _) => {
                if plain {
                    "replying"
                } else {
                    "●"
                }
            }
            (false, _) if count > 0 => {
                if plain {
                    "waiting"
                } else {
                    "○"
                }
            }
            (_, Some(Unseen::Answered)) => {
                if plain {
                    "answered"
                } else {
                    "✓"
                }
            }
            (_, Some(Unseen::Failed)) => {
                if plain {
                    "failed"
                } else {
                    "✗"
                }
            }
            (_, None) => return String::new(),
        };
        if count > 1 { format!("{sign} {count} ") } else { format!("{sign} ") }
    }
}
