//! Looking things up, and laying overlays over the snapshot.

use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::words::{At, EndpointId, ModelId, Prices, ProviderId, Usd};

fn usd(text: &str) -> Usd {
    text.parse().expect("a decimal")
}

fn priced(prompt: &str, completion: &str) -> Prices {
    Prices { prompt: usd(prompt), completion: usd(completion), ..Prices::default() }
}

fn overlay(name: &str, rank: Rank, models: Vec<ModelRow>) -> Overlay {
    Overlay { source: Source { name: name.into(), rank, at: Some(At(0)) }, providers: vec![], models }
}

fn row(model: &str, provider: &str, prices: Option<Prices>) -> ModelRow {
    let mut row = ModelRow::new(ModelId::new(model));
    row.endpoints.push(EndpointRow { prices, ..EndpointRow::new(ProviderId::new(provider)) });
    row
}

#[test]
fn a_model_and_its_endpoint_are_found_by_id() {
    let catalog = Catalog::bundled();
    let model = catalog.model("anthropic/claude-sonnet-4.5").expect("a well-known model");
    assert_eq!(model.name, "Claude Sonnet 4.5");
    assert!(model.supports("tools") && model.takes("image"));
    let endpoint = catalog.endpoint(&EndpointId::new("anthropic:anthropic/claude-sonnet-4.5"));
    let endpoint = endpoint.expect("its maker serves it");
    assert_eq!(endpoint.upstream_model, "claude-sonnet-4-5");
    assert_eq!(endpoint.format, "anthropic-messages");
    assert_eq!(endpoint.prices.as_ref().map(|p| p.prompt), Some(usd("0.000003")));
    assert!(catalog.facts(&endpoint.id).is_some_and(|f| f.prices.is_some()), "a price has a source");
    assert_eq!(catalog.upstream("anthropic", "claude-sonnet-4-5").map(|e| &e.id), Some(&endpoint.id));
    for unknown in ["", "nothing", "no/such-model", "/", "a/b/c", "anthropic:x"] {
        assert!(catalog.model(unknown).is_none(), "{unknown}");
        assert!(catalog.endpoints(&ModelId::new(unknown)).is_empty());
        assert!(catalog.endpoint(&EndpointId::new(unknown)).is_none());
    }
}

#[test]
fn slips_of_the_finger_find_the_name() {
    let catalog = Catalog::bundled();
    for (typed, meant) in [
        ("claude sonnet 4.5", "anthropic/claude-sonnet-4.5"),
        ("claude-sonet-4.5", "anthropic/claude-sonnet-4.5"),
        ("anthropic/claude-4.5-sonnet", "anthropic/claude-sonnet-4.5"),
        ("gpt4o-mini", "openai/gpt-4o-mini"),
        ("openai/gpt-4o-mnii", "openai/gpt-4o-mini"),
        ("demo/swfit", "demo/swift"),
    ] {
        let near = catalog.nearest(typed, 3);
        assert!(near.iter().any(|id| id.as_str() == meant), "{typed}: {near:?}");
    }
    // no slip, but of that family or author: the versions that are like it first
    for (typed, family) in [
        ("claude-5-mega", "anthropic/claude-"),
        ("llama-4-behemoth", "meta-llama/llama-4"),
        ("gemini 3 ultra", "google/gemini-3"),
        ("anthropic/foo", "anthropic/"),
        ("qwen/foo", "qwen/"),
        ("mistral/large", "mistralai/mistral-large"),
        ("openai/gpt-9", "openai/gpt-"),
        ("chatgpt-99", "openai/"),
    ] {
        let near = catalog.nearest(typed, 3);
        assert!(
            !near.is_empty() && near.iter().all(|id| id.as_str().starts_with(family)),
            "{typed}: {near:?}"
        );
    }
    // nothing is like these
    for typed in ["foo", "acme/foo", "banana/split", "my-model", "acme/foo-mini", "x", "a/b"] {
        assert_eq!(catalog.nearest(typed, 3), [], "{typed}");
    }
    assert!(catalog.nearest("", 3).is_empty());
    assert!(catalog.nearest("zzzzzzzzzzzzzzzz", 3).is_empty());
    // what is longer than any name is no slip of one, and not worth the counting
    assert!(catalog.nearest(&"gpt-4o".repeat(100_000), 3).is_empty());
}

#[test]
fn a_higher_source_wins_whatever_the_order_of_arrival() {
    let config = || overlay("config", Rank::Config, vec![row("a/m", "groq", Some(priced("3", "3")))]);
    let listed = || overlay("groq", Rank::Listed, vec![row("a/m", "groq", Some(priced("2", "2")))]);
    let resold = || overlay("openrouter", Rank::Resold, vec![row("a/m", "groq", Some(priced("1", "1")))]);
    let id = EndpointId::new("groq:a/m");
    for order in [[config(), listed(), resold()], [resold(), config(), listed()]] {
        let catalog = order.into_iter().fold(Catalog::bare(), |c, o| c.with(o));
        let endpoint = catalog.endpoint(&id).expect("three sources speak of it");
        assert_eq!(endpoint.prices, Some(priced("3", "3")));
        assert_eq!(
            catalog.facts(&id).and_then(|f| f.prices.clone()).map(|o| o.source),
            Some("config".into())
        );
        assert_eq!(catalog.facts(&id).map(|f| f.disagreements.len()), Some(0), "the config is final");
    }
}

#[test]
fn sources_that_differ_are_both_kept() {
    let catalog = Catalog::bare()
        .with(overlay("models.dev", Rank::Collected, vec![row("a/m", "groq", Some(priced("1", "4")))]))
        .with(overlay("groq", Rank::Listed, vec![row("a/m", "groq", Some(priced("1.5", "4")))]));
    let id = EndpointId::new("groq:a/m");
    let facts = catalog.facts(&id).expect("known");
    assert_eq!(catalog.endpoint(&id).and_then(|e| e.prices.clone()), Some(priced("1.5", "4")));
    let [one] = &facts.disagreements[..] else { panic!("one price differs: {facts:?}") };
    assert_eq!((one.price.as_str(), one.ours, one.theirs), ("prompt", usd("1.5"), usd("1")));
    assert_eq!(one.source, "models.dev");
}

#[test]
fn agreeing_sources_fill_each_other_up_and_differing_ones_do_not() {
    let full = Prices { cached_read: Some(usd("0.1")), ..priced("1", "4") };
    let base = Catalog::bare().with(overlay("m", Rank::Collected, vec![row("a/m", "groq", Some(full))]));
    let id = EndpointId::new("groq:a/m");
    let cached = |c: &Catalog| c.endpoint(&id).and_then(|e| e.prices.clone()).expect("priced").cached_read;
    let same = base.with(overlay("groq", Rank::Listed, vec![row("a/m", "groq", Some(priced("1", "4")))]));
    assert_eq!(cached(&same), Some(usd("0.1")));
    let other = base.with(overlay("groq", Rank::Listed, vec![row("a/m", "groq", Some(priced("2", "4")))]));
    assert_eq!(cached(&other), None, "a cached price of another price list is not a price");
}

#[test]
fn an_unknown_price_is_unknown_and_a_local_one_is_nothing() {
    let catalog = Catalog::bare()
        .with(overlay("groq", Rank::Listed, vec![row("a/m", "groq", None)]))
        .with(overlay("ollama", Rank::Listed, vec![row("ollama/x", "ollama", None)]));
    let prices = |id: &str| catalog.endpoint(&EndpointId::new(id)).expect("listed").prices.clone();
    assert_eq!(prices("groq:a/m"), None);
    assert_eq!(prices("ollama:ollama/x"), Some(Prices::default()));
}

#[test]
fn a_refreshed_overlay_replaces_the_one_before_and_can_be_taken_away() {
    let first = Catalog::bare().with(overlay("ollama", Rank::Listed, vec![row("ollama/a", "ollama", None)]));
    let second = first.with(overlay("ollama", Rank::Listed, vec![row("ollama/b", "ollama", None)]));
    assert!(first.model("ollama/a").is_some() && first.model("ollama/b").is_none());
    assert!(second.model("ollama/a").is_none() && second.model("ollama/b").is_some());
    let third = second.without("ollama");
    assert!(third.model("ollama/b").is_none());
    assert_eq!(third.models().count(), Catalog::bare().models().count());
}

#[test]
fn the_config_can_move_a_provider_and_add_one() {
    let catalog = Catalog::bundled();
    let mut moved = ProviderRow::new("anthropic");
    moved.base_url = Some("https://proxy.example/v1/".into());
    let mut own = ProviderRow::new("mine");
    own.base_url = Some("http://10.0.0.5:9000/v1".into());
    own.local = Some(true);
    let mut azure = ProviderRow::new("azure");
    azure.base_url = Some("https://me.openai.azure.com/openai/v1".into());
    let catalog = catalog.with(Overlay {
        source: Source { name: "config".into(), rank: Rank::Config, at: None },
        providers: vec![moved, own, azure],
        models: vec![row("mine/llama", "mine", None), row("openai/gpt-4o-mini", "azure", None)],
    });
    let at = |id: &str| catalog.endpoint(&EndpointId::new(id)).map(|e| e.base_url.clone());
    assert_eq!(at("anthropic:anthropic/claude-sonnet-4.5").as_deref(), Some("https://proxy.example/v1"));
    assert_eq!(at("mine:mine/llama").as_deref(), Some("http://10.0.0.5:9000/v1"));
    assert_eq!(at("azure:openai/gpt-4o-mini").as_deref(), Some("https://me.openai.azure.com/openai/v1"));
    let bare = Catalog::bundled().with(overlay("x", Rank::Listed, vec![row("openai/o", "azure", None)]));
    assert!(bare.model("openai/o").is_none(), "an endpoint without an address cannot be asked");
}

#[test]
fn age_is_that_of_the_newest_price_list() {
    let catalog = Catalog::bundled();
    let made = catalog.as_of();
    let day = std::time::Duration::from_secs(86_400);
    assert_eq!(catalog.age(made + day), day);
    let mut fresh = overlay("openrouter", Rank::Resold, vec![row("a/m", "openrouter", None)]);
    fresh.source.at = Some(made + day);
    assert_eq!(catalog.with(fresh).age(made + day * 2), day);
}

/// What is within reach is found without looking through everything, whoever answers.
#[test]
fn the_models_of_a_provider_stand_on_few_shelves() {
    let catalog = Catalog::bundled();
    let catalog = catalog.with(overlay("mine", Rank::Listed, vec![row("anthropic/new", "groq", None)]));
    assert_eq!(catalog.len(), catalog.models().count(), "counted without looking");
    for provider in catalog.providers() {
        let serves =
            |id: &ModelId| catalog.endpoints(id).iter().any(|endpoint| endpoint.provider == provider.slug);
        let all: Vec<&ModelId> = catalog.models().map(|m| &m.id).filter(|id| serves(id)).collect();
        let found: Vec<&ModelId> = catalog.served_by(|p| p.slug == provider.slug).map(|m| &m.id).collect();
        assert!(found.len() < catalog.len(), "{} looks through everything", provider.slug);
        assert_eq!(found.into_iter().filter(|id| serves(id)).collect::<Vec<_>>(), all, "{}", provider.slug);
    }
    assert_eq!(catalog.served_by(|p| p.demo).map(|m| m.id.author()).collect::<Vec<_>>(), ["demo"; 6]);
}
