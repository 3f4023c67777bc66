//! A small world to route in: models and endpoints made by hand, a clock that stands where it is put.

use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::routing::{HealthBook, KeyBook, Names, PlanInput, StickyBook};
use fareway::words::{At, Message, ModelId, ModelRef, Part, Preferences, Prices, ProviderId, Request, Role};
use std::sync::Arc;

pub const NOW: At = At::from_secs(1_800_000_000);

/// Everything a plan is made from, owned.
pub struct World {
    pub catalog: Catalog,
    pub names: Names,
    pub health: HealthBook,
    pub keys: KeyBook,
    pub sticky: StickyBook,
    pub now: At,
}

/// A row: provider, dollars per million tokens in and out.
pub type Row<'a> = (&'a str, &'a str, &'a str);

impl World {
    /// A world with one model `maker/one`, at these providers.
    pub fn of(rows: &[Row<'_>]) -> Self {
        Self::with_models(&[("maker/one", rows)])
    }

    pub fn with_models(models: &[(&str, &[Row<'_>])]) -> Self {
        let models = models.iter().map(|(id, rows)| model(id, rows)).collect();
        Self::from_rows(models)
    }

    pub fn from_rows(models: Vec<ModelRow>) -> Self {
        let mut keys = KeyBook::default();
        for slug in keys_of(&models) {
            keys.set(slug, 1);
        }
        // nobody asks these: they only need an address to be worth listing
        let providers = keys_of(&models)
            .map(|slug| ProviderRow {
                base_url: Some(format!("https://{slug}.example/v1")),
                name: Some(format!("{slug} Inc")),
                ..ProviderRow::new(slug.as_str())
            })
            .collect();
        let overlay = Overlay {
            source: Source { name: "test".to_owned(), rank: Rank::Config, at: None },
            providers,
            models,
        };
        Self {
            catalog: Catalog::bare().with(overlay),
            names: Names::default(),
            health: HealthBook::default(),
            keys,
            sticky: StickyBook::default(),
            now: NOW,
        }
    }

    pub fn input<'a>(&'a self, request: &'a Request) -> PlanInput<'a> {
        PlanInput {
            request,
            catalog: &self.catalog,
            names: &self.names,
            health: &self.health,
            keys: &self.keys,
            sticky: &self.sticky,
            prompt_tokens: Some(1_000),
            now: self.now,
        }
    }
}

fn keys_of(models: &[ModelRow]) -> impl Iterator<Item = &ProviderId> {
    models.iter().flat_map(|model| &model.endpoints).map(|row| &row.provider)
}

/// Dollars per million tokens.
pub fn prices(prompt: &str, completion: &str) -> Prices {
    let million = |text: &str| text.parse::<fareway::words::Usd>().expect("a price").of_million();
    Prices { prompt: million(prompt), completion: million(completion), ..Prices::default() }
}

pub fn model(id: &str, rows: &[Row<'_>]) -> ModelRow {
    let endpoints = rows.iter().map(|(tag, prompt, completion)| endpoint(tag, prompt, completion)).collect();
    ModelRow { endpoints, context: Some(128_000), ..ModelRow::new(ModelId::new(id)) }
}

pub fn endpoint(tag: &str, prompt: &str, completion: &str) -> EndpointRow {
    let slug = tag.split_once('/').map_or(tag, |(slug, _)| slug);
    EndpointRow {
        tag: Some(tag.to_owned()),
        upstream_model: Some("upstream".to_owned()),
        prices: Some(prices(prompt, completion)),
        ..EndpointRow::new(ProviderId::new(slug))
    }
}

pub fn ask(model: &str) -> Request {
    let message = Message::loose(Role::User, vec![Part::text("hello")]);
    Request { model: ModelRef::new(model), messages: vec![Arc::new(message)], ..Request::default() }
}

pub fn ask_with(model: &str, preferences: Preferences) -> Request {
    Request { preferences, ..ask(model) }
}
