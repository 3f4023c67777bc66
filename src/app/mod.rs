//! The session as a pure function: `update(&mut Model, At, Event) -> Vec<Effect>`.
//!
//! **Invariant:** no IO, no clock, no dice but the model's own. Widths and heights are the screen's business.

mod act;
mod actions;
mod card;
mod compare;
mod effect;
mod event;
mod key;
mod keys;
mod line;
mod live;
mod model;
pub mod panes;
mod send;
mod settings;
mod switch;
mod thread;
mod turns;
mod update;

pub use act::blocks;
pub use actions::{ACTIONS, Action, Edit, Run, When};
pub use card::Card;
pub use effect::{Effect, Order, Save, Scroll, Which};
pub use event::{Attached, Began, BudgetState, Event, HealthRow, Hit, Level, Opened, Quote, Spent, Target};
pub use key::{Code, Key};
pub use keys::Keymap;
pub use line::Line;
pub use live::{Live, Reading, Waiting, seconds, short};
pub use model::{Compare, Completion, Item, Model, Notice, Pending};
pub use settings::{MeterPlace, Place, Rating, Settings};
pub use thread::{Node, Thread};
pub use turns::{ending, notes, reading};
pub use update::update;
