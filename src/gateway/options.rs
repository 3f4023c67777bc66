//! What the shell may set: clocks, limits, time zone, the demonstration's pace.

use super::collections::Sources;
use crate::metering::{Basis, Limit, Unpriced};
use crate::routing::Names;
use crate::words::Preferences;
use std::path::PathBuf;
use std::time::Duration;

/// How the gateway behaves; `Options::default()` is what a person gets who configures nothing.
#[derive(Clone, Debug)]
pub struct Options {
    pub clocks: Clocks,
    /// A PEM file of certificates to trust beside the system's: a company's own authority.
    pub ca_file: Option<PathBuf>,
    /// How many attempts one request may make, all endpoints, keys and pauses together.
    pub max_attempts: u32,
    /// The longest pause that is worth waiting for the same endpoint; a longer `Retry-After` ends the request.
    pub max_wait: Duration,
    /// A decompressed body larger than this is refused.
    pub max_body: u64,
    /// The open row of the ledger is renewed at most this often while a reply streams.
    pub save_every: Duration,
    /// How fast the demonstration talks: 1 as a real model would, 0 without any pause.
    pub demo_pace: f64,
    /// Seeds routing's draws and the generation ids; `None`: from the system.
    pub seed: Option<u64>,
    /// The civil days of budgets and of the ledger; `None`: the system's zone.
    pub zone: Option<jiff::tz::TimeZone>,
    /// The person's aliases, favourites and presets.
    pub names: Names,
    /// What stands under every request's own preferences.
    pub preferences: Preferences,
    pub limits: Vec<Limit>,
    /// What is set aside for a request: its likely cost or its worst.
    pub basis: Basis,
    pub unpriced: Unpriced,
    /// From this percentage on a budget is warned of.
    pub warn: u8,
    pub sources: Sources,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clocks: Clocks::default(),
            ca_file: None,
            max_attempts: 12,
            max_wait: Duration::from_secs(20),
            max_body: 128 << 20,
            save_every: Duration::from_millis(500),
            demo_pace: 1.0,
            seed: None,
            zone: None,
            names: Names::default(),
            preferences: Preferences::default(),
            limits: Vec::new(),
            basis: Basis::default(),
            unpriced: Unpriced::default(),
            warn: 80,
            sources: Sources::default(),
        }
    }
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Name, connection and TLS.
    pub connect: Duration,
    /// From sending to the first token; comments and keep-alives do not count as one.
    pub first_token: Duration,
    /// The same for servers on this machine, which may have to load the model first.
    pub first_token_local: Duration,
    /// Between two pieces of a reply; comments and keep-alives count as life.
    pub idle: Duration,
    /// The whole request with all its attempts.
    pub total: Duration,
}

impl Default for Clocks {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_token: Duration::from_secs(30),
            first_token_local: Duration::from_secs(120),
            idle: Duration::from_secs(60),
            total: Duration::from_secs(600),
        }
    }
}
