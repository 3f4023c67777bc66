//! News from outside: what other processes changed in the store, local servers, fresh model lists.

use super::desk::Desk;
use crate::app::{Event, Level};
use crate::store::Changed;
use crate::words::TurnId;
use std::time::Duration;
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

/// Says when something was booked, at most once a second: sums on the screen are those of all processes.
pub async fn watch_ledger(desk: Desk) {
    let mut changes = desk.core.store.changes();
    let mut more = false;
    loop {
        if !more {
            match changes.recv().await {
                Ok(Changed::Ledger) | Err(RecvError::Lagged(_)) => {}
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            }
        }
        if desk.events.send(Event::Booked).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        more = false;
        while let Ok(change) = changes.try_recv() {
            more |= change == Changed::Ledger;
        }
    }
}

/// Models and prices are fetched again when they are older than this.
pub const AGE: Duration = Duration::from_secs(6 * 3600);
/// The person asked for it: only what was fetched this minute is good enough.
const NOW: Duration = Duration::from_secs(60);

pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What was fetched last, local servers, then fresh lists; each shows as soon as it is there.
pub async fn begin(desk: Desk) {
    if desk.config.network.discover && !desk.core.gateway.discover(env).await.is_empty() {
        desk.models();
    }
    let gateway = &desk.core.gateway;
    gateway.recall(&desk.dirs.cache).await;
    let own = desk.config.listed_providers(&gateway.catalog(), &desk.usable);
    gateway.recall_lists(&desk.dirs.cache, &own).await;
    desk.models();
    if desk.config.network.refresh {
        // what cannot be fetched stays as it was; the picker shows how old it is
        let _ = gateway.refresh(&desk.dirs.cache, AGE).await;
    }
    let _ = gateway.refresh_lists(&desk.dirs.cache, AGE, &own).await;
    // the client is built before the first question needs it
    let _ = desk.core.gateway.warm().await;
    desk.models();
}

/// Looks for local servers and fresh lists now, because the person asked.
pub async fn refresh(desk: Desk, turn: TurnId) {
    let mut said: Vec<String> = Vec::new();
    if desk.config.network.discover {
        let found = desk.core.gateway.discover(env).await;
        said.extend(found.iter().map(|f| format!("{} has {} models", f.provider, f.models)));
    }
    if desk.config.network.refresh {
        said.extend(desk.core.gateway.refresh(&desk.dirs.cache, NOW).await.iter().map(ToString::to_string));
    }
    let own = desk.config.listed_providers(&desk.core.gateway.catalog(), &desk.usable);
    let refused = desk.core.gateway.refresh_lists(&desk.dirs.cache, NOW, &own).await;
    said.extend(refused.iter().map(ToString::to_string));
    desk.models();
    let said = if said.is_empty() { "the list of models is fresh".to_owned() } else { said.join("; ") };
    let _ = desk.events.send(Event::Refreshed { turn, said }).await;
}
