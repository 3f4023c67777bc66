//! Which endpoint answers, and why: pure, time and chance are arguments.
//!
//! A request comes in as it was asked ([`expand`] lays presets and config under it), [`plan`] orders the endpoints,
//! the gateway asks them and reports to [`HealthBook`] and [`KeyBook`], and [`next`] says what follows a failure.

mod arrange;
mod ask;
pub mod auto;
mod candidate;
mod explain;
mod filter;
mod gather;
mod hash;
mod health;
mod held;
mod keys;
mod last_word;
mod lock;
mod names;
mod next;
mod plan;
mod preferences;
mod presets;
mod price;
mod refuse;
mod slug;
mod soft;
mod sticky;
mod strategy;

pub use ask::{Ask, TierWish};
pub use auto::classify;
pub use candidate::Candidate;
pub use health::{Admission, Breaker, End, Health, HealthBook, Quantiles, Rate, Standing, Ticket};
pub use held::{Held, free_behind, held};
pub use keys::{KeyBook, Pick};
pub use last_word::{last_word, later};
pub use names::{AUTO, Names, Resolved, Target, resolve};
pub use next::{NextInput, NextStep, Tried, hedge, next};
pub use plan::{MAX_DEARER, Plan, PlanInput, Refused, decide, plan};
pub use preferences::{join, profile};
pub use presets::{Preset, expand};
pub use price::{Load, Rates, cost};
pub use sticky::{Conversation, Stick, StickyBook};
pub use strategy::{Draws, Ranking, Strategy, shares, strategy};
