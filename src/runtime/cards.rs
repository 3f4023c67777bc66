//! Cards for the picker, from the catalog and the keys at hand.

use crate::app::Card;
use crate::catalog::{Catalog, Model};
use crate::words::Endpoint;

/// One card for each model that somebody serves.
pub fn cards(catalog: &Catalog, usable: &dyn Fn(&Endpoint) -> bool) -> Vec<Card> {
    catalog
        .models()
        .map(|model| card(catalog, model, usable))
        .filter(|card| !card.endpoints.is_empty())
        .collect()
}

pub fn card(catalog: &Catalog, model: &Model, usable: &dyn Fn(&Endpoint) -> bool) -> Card {
    let endpoints = catalog.endpoints(&model.id).to_vec();
    Card {
        id: model.id.clone(),
        name: model.name.clone(),
        usable: endpoints.iter().any(|endpoint| usable(endpoint)),
        endpoints,
        retires: model.retires.clone(),
        description: model.about.clone(),
        quality: model.quality("intelligence"),
        efforts: model.efforts.clone(),
    }
}
