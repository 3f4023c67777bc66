//! News from outside: what other processes changed in the store, local servers, fresh model lists.

use super::desk::Desk;
use crate::app::{Event, Level};
use crate::store::Changed;
use tokio::sync::broadcast::error::RecvError;

/// Follows the store until the loop is gone. Costs nothing while nothing changes.
pub async fn watch(desk: Desk) {
    let mut changes = desk.core.store.changes();
    loop {
        let event = match changes.recv().await {
            Ok(Changed::Notice(text)) => Event::Notice(Level::Warning, text),
            Ok(Changed::Session(_)) | Err(RecvError::Lagged(_)) => {
                match desk.core.store.sessions(None, 10_000).await {
                    Ok(sessions) => Event::Sessions(sessions),
                    Err(error) => Event::Notice(Level::Error, error.to_string()),
                }
            }
            Ok(_) => continue,
            Err(RecvError::Closed) => return,
        };
        if desk.events.send(event).await.is_err() {
            return;
        }
    }
}

/// Looks for local servers and fresh lists now.
pub async fn refresh(desk: Desk) {
    desk.models();
}
