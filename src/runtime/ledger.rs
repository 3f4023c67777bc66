//! The gateway's ledger over the store; holds rows back until the store is open.

use crate::gateway::Ledger;
use crate::store::{Store, Write};
use crate::words::Entry;
use std::sync::{Mutex, PoisonError};

/// Hands rows to the store's thread without waiting.
pub struct StoreLedger(Mutex<State>);

enum State {
    Waiting(Vec<Entry>),
    Open(Store),
}

impl StoreLedger {
    pub fn new() -> Self {
        Self(Mutex::new(State::Waiting(Vec::new())))
    }

    /// The store is open: what was held back goes to it.
    pub fn attach(&self, store: Store) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Waiting(rows) = std::mem::replace(&mut *state, State::Open(store.clone())) {
            put(&store, rows);
        }
    }
}

impl Default for StoreLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl Ledger for StoreLedger {
    fn write(&self, rows: Vec<Entry>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *state {
            State::Waiting(held) => held.extend(rows),
            State::Open(store) => put(store, rows),
        }
    }
}

fn put(store: &Store, rows: Vec<Entry>) {
    if !rows.is_empty() {
        // called from `Drop`: a failed write is told by the store's own notices
        drop(store.write(rows.into_iter().map(Write::Ledger).collect()));
    }
}
