//! Files, environment and keys, resolved into each room's own options.
//!
//! Layers, later wins: defaults, `config.toml`, environment, flags. **Invariant:** no secret is ever printed:
//! `Debug` of everything here shows where a key comes from, not the key.

mod check;
mod dirs;
mod file;
mod keys;
mod origin;
mod overlay;
mod read;
mod ring;
mod rows;
mod terminal;

pub use dirs::{Dirs, DirsError};
pub use file::{
    Budgets, Config, Endpoint, Limits, Network, PolicyFile, Preset, PricesFile, Provider, Reserve, Serve,
    ServeKey, Timeouts,
};
pub use keys::{KeyError, KeySource, Secret, run_within};
pub use origin::{Origin, Origins, show, show_json};
pub use overlay::loose;
pub use read::{ConfigError, Environment, load, parse};
pub use ring::usable;
pub use terminal::{Images, Meter, Notify, Progress};
