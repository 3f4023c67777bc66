//! Cards for the picker, from the catalog and the keys at hand.

use crate::app::{Card, Cards};
use crate::catalog::{Catalog, Model};
use crate::config;
use crate::words::{Endpoint, ProviderId};
use std::collections::BTreeSet;

/// One card for each model that somebody serves. Opens the whole catalog.
pub fn all(catalog: &Catalog, usable: &BTreeSet<ProviderId>) -> Cards {
    let is_usable = config::usable(usable);
    let cards = catalog.models().map(|model| card(catalog, model, &is_usable));
    Cards::all(cards.filter(|card| !card.endpoints.is_empty()).collect())
}

/// One card for each model within reach.
pub fn near(catalog: &Catalog, usable: &BTreeSet<ProviderId>) -> Cards {
    let is_usable = config::usable(usable);
    let served = catalog.served_by(|p| p.demo || p.local || usable.contains(&p.slug));
    let cards = served.map(|model| card(catalog, model, &is_usable)).filter(Card::usable);
    Cards::some(cards.collect(), catalog.ids(), catalog.len())
}

/// The card of this model and nothing else.
pub fn one(catalog: &Catalog, name: &str, usable: &BTreeSet<ProviderId>) -> Cards {
    let card = catalog.model(name).map(|model| card(catalog, model, &config::usable(usable)));
    Cards::some(card.into_iter().collect(), catalog.ids(), catalog.len())
}

fn card(catalog: &Catalog, model: &Model, usable: &dyn Fn(&Endpoint) -> bool) -> Card {
    let served = catalog.endpoints(&model.id).iter().cloned();
    let (mut endpoints, far): (Vec<_>, Vec<_>) = served.partition(|endpoint| usable(endpoint));
    let within_reach = endpoints.len();
    endpoints.extend(far);
    Card {
        id: model.id.clone(),
        name: model.name.clone(),
        endpoints,
        within_reach,
        retires: model.retires.clone(),
        description: model.about.clone(),
        quality: model.quality("intelligence"),
        efforts: model.efforts.clone(),
    }
}
