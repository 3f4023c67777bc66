//! The vocabulary every other room shares: plain data, no IO, no clock, no dice of its own.
//!
//! **Invariant:** nothing here knows a screen, a socket, a file or a provider by name.

mod at;
mod cache_mark;
mod clean;
mod dice;
mod endpoint;
mod failure;
mod fold;
mod ids;
mod ledger;
mod message;
mod nearest;
mod needle;
mod of;
mod preferences;
mod purse;
mod reply;
mod request;
mod rollup;
mod said;
mod session;
mod sort;
mod terms;
mod thresholds;
mod took;
mod usage;
mod usd;
mod why;

pub use at::At;
pub use cache_mark::CacheMark;
pub use clean::{clean, clean_line};
pub use dice::Dice;
pub use endpoint::{DataPolicy, Endpoint, Override, Prices, Quantization, service_tier};
pub use failure::{Failure, FailureKind, Remedy};
pub use fold::{fold, folded};
pub use ids::{EndpointId, GenerationId, MessageId, ModelId, ModelRef, ProviderId, SessionId, TurnId};
pub use ledger::{AttemptRow, Entry, GenerationRow, OpenRow};
pub use message::{Message, MessageState, Part, Reasoning, ReasoningKind, Role, Source};
pub use nearest::meant;
pub use needle::Needle;
pub use of::Of;
pub use preferences::{CostTier, DataCollection, Preferences, Profile, Rescue, SpreadRule, Unfinished};
pub use purse::{Cap, Hold, Over, Purse, Used};
pub use reply::{Attempt, Chosen, Cost, CostLine, CostSource, Dearer, Delta, Outcome, Receipt, Reply, Stop};
pub use request::{Effort, Params, Purpose, ReasoningParams, Request, ResponseFormat, Tool, ToolChoice};
pub use rollup::{Dimension, RollupKey, Sketch, Totals};
pub use said::{Join, Said};
pub use session::{Chip, ChipBody, Draft, Fork, Session, Titled, Unsent};
pub use sort::{Partition, Sort, SortBy};
pub use terms::Terms;
pub use thresholds::{MaxPrice, Percentiles};
pub use took::seconds;
pub use usage::Usage;
pub use usd::{Usd, UsdError};
pub use why::{Considered, Decision, Estimate, Filter, Verdict};
