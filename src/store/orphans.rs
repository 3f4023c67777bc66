//! What processes that are gone left open: the rows that book it, and the receipt of the reply they were hearing.

use super::disk::Disk;
use super::{StoreError, Write, ledger, sessions};
use crate::words::{Entry, MessageState, OpenRow, Outcome};
use std::sync::Arc;

/// The open rows of the dead, and what is to be written to close them.
pub(super) fn find(disk: &Disk) -> Result<(Vec<OpenRow>, Vec<Write>), StoreError> {
    let (mut rows, mut writes) = (Vec::new(), Vec::new());
    for (by, row) in ledger::open(disk)? {
        if by.lives() {
            continue;
        }
        let entries = row.close(&ledger::attempts(disk, row.generation)?);
        writes.extend(receipted(disk, &row, &entries)?);
        writes.extend(entries.into_iter().map(Write::Ledger));
        rows.push(row);
    }
    Ok((rows, writes))
}

/// The reply it was hearing, with what was booked for it: so its figures are there, also when it is gone on with.
fn receipted(disk: &Disk, row: &OpenRow, entries: &[Entry]) -> Result<Option<Write>, StoreError> {
    let receipt = entries.iter().find_map(|entry| match entry {
        Entry::Generation(generation) => Some(generation.receipt.clone()),
        _ => None,
    });
    let (Some(id), Some(mut receipt)) = (row.message, receipt) else { return Ok(None) };
    // one that does not read costs its figures, not the start
    let Ok(Some((session, mut message))) = sessions::without_pieces(disk, id) else { return Ok(None) };
    if message.state != MessageState::Partial {
        return Ok(None);
    }
    // no endpoint failed: whoever reads the reply is told that it was stopped
    if let Some(last) = receipt.attempts.last_mut() {
        last.outcome = Outcome::Cancelled;
    }
    let changed = Arc::make_mut(&mut message);
    changed.receipt = Some(Box::new(match changed.receipt.take() {
        Some(before) => receipt.after(*before),
        None => receipt,
    }));
    Ok(Some(Write::PutMessage { session, message }))
}
