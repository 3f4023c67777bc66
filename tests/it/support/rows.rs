//! A row of the ledger as most tests want it: an answered message of a chat.

use fareway::words::{At, GenerationRow, Outcome, Purpose, Receipt};

/// Booked at `at` on `day`, of no session.
pub fn answered(at: At, day: i32, receipt: Receipt) -> GenerationRow {
    GenerationRow {
        at,
        day,
        session: None,
        message: None,
        purpose: Purpose::Chat,
        tags: Vec::new(),
        key_label: None,
        outcome: Outcome::Answered,
        receipt,
    }
}
