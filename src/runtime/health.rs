//! How the endpoints of one model are doing, for the details of the picker: health, the person's own history, and the
//! hosts behind a reseller, which are asked for when somebody looks.

use super::desk::Desk;
use super::now;
use crate::app::{Event, HealthRow};
use crate::config;
use crate::store::{By, StoreError};
use crate::words::{At, Dimension, Endpoint, EndpointId, ModelId, Totals, TurnId};
use std::collections::BTreeMap;
use std::time::Duration;

/// Days of history in a model's details.
const PAST: i32 = 90;
/// Hosts are asked for again when what is known of them is older: while somebody looks, and before the price of a draft
/// is said.
const SEEN: Duration = Duration::from_secs(600);
const QUOTED: Duration = Duration::from_secs(6 * 3600);

impl Desk {
    /// Says what is known, and again when the hosts are known better.
    pub fn health(&self, turn: TurnId, model: &ModelId) {
        let (desk, model) = (self.clone(), model.clone());
        self.answer_from_afar(async move {
            let gateway = &desk.core.gateway;
            gateway.recall_hosts(&desk.dirs.cache, &model).await;
            let known = desk.rows(turn, &model).await?;
            if !desk.config.network.refresh {
                return Ok(known);
            }
            // the loop is gone: nobody looks any more
            let _ = desk.events.send(known).await;
            // what cannot be fetched stays as it was, with its day
            let _ = gateway.refresh_hosts(&desk.dirs.cache, SEEN, &model).await;
            desk.rows(turn, &model).await
        });
    }

    /// Asks for the hosts behind a model that somebody is about to use, once in a run.
    pub fn look_behind(&self, model: &ModelId) {
        if !self.config.network.refresh || !self.quotes.is_first_look(model) {
            return;
        }
        let (desk, model) = (self.clone(), model.clone());
        desk.network.clone().spawn(async move {
            desk.core.gateway.recall_hosts(&desk.dirs.cache, &model).await;
            // without them the price of the reseller's list stands
            let _ = desk.core.gateway.refresh_hosts(&desk.dirs.cache, QUOTED, &model).await;
        });
    }

    async fn rows(&self, turn: TurnId, model: &ModelId) -> Result<Event, StoreError> {
        let at = now();
        let today = self.config.day(at);
        let mut mine: BTreeMap<EndpointId, Totals> = BTreeMap::new();
        for demo in [false, true] {
            for (key, totals) in self.core.store.rollups(today - PAST..today + 1, demo, By::Model).await? {
                if let Dimension::Model(id, _, endpoint) = key.of
                    && id == *model
                {
                    *mine.entry(endpoint).or_default() += &totals;
                }
            }
        }
        let endpoints = self.core.gateway.catalog().endpoints(model).to_vec();
        let rows = endpoints.iter().map(|endpoint| self.row(endpoint, &mut mine, at)).collect();
        Ok(Event::Health { turn, rows })
    }

    fn row(&self, endpoint: &Endpoint, mine: &mut BTreeMap<EndpointId, Totals>, at: At) -> HealthRow {
        let health = self.core.gateway.health();
        let known = health.get(&endpoint.id);
        let state = match known {
            _ if !config::usable(&self.usable)(endpoint) => "no key".to_owned(),
            None => "unknown".to_owned(),
            Some(known) => known.resting(at).unwrap_or_else(|| "healthy".to_owned()),
        };
        let catalog = self.core.gateway.catalog();
        let facts = catalog.facts(&endpoint.id);
        HealthRow {
            endpoint: endpoint.id.clone(),
            state,
            ttft_ms: known.and_then(|h| h.ttft.median()).map(millis),
            tokens_per_second: known.and_then(|h| h.throughput.median()),
            errors: known.and_then(|h| h.failure_share(at)),
            mine: mine.remove(&endpoint.id).unwrap_or_default(),
            hosts: facts.map(|facts| facts.hosts.clone()).unwrap_or_default(),
            hosts_as_of: facts.map(|facts| facts.hosts_as_of.clone()).unwrap_or_default(),
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds of waiting, never negative"
)]
fn millis(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}
