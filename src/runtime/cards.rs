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
