//! The bundled snapshot: all of it reads, nothing in it is absurd, and well-known prices are what their sources say.

use fareway::catalog::Catalog;
use fareway::words::{EndpointId, ModelId, Usd};
use std::collections::BTreeSet;

fn m(text: &str) -> Usd {
    text.parse::<Usd>().expect("a decimal").of_million()
}

#[test]
fn all_of_it_reads_and_is_sound() {
    let catalog = Catalog::bundled();
    let mut endpoints = BTreeSet::new();
    let mut priced = 0;
    for model in catalog.models() {
        let id = model.id.as_str();
        assert!(!model.name.is_empty(), "{id}");
        assert!(
            model.demo || !model.origin.source.is_empty() && !model.origin.date.is_empty(),
            "{id}: who says?"
        );
        assert_eq!(model.inputs.iter().next(), Some("text"), "{id}");
        assert!(!model.author_is_empty(), "{id}");
        for endpoint in catalog.endpoints(&model.id) {
            assert!(endpoints.insert(endpoint.id.clone()), "{} twice", endpoint.id);
            assert_eq!(endpoint.id, EndpointId::of(&endpoint.tag, &model.id));
            assert_eq!(catalog.endpoint(&endpoint.id), Some(endpoint));
            assert!(!endpoint.base_url.is_empty() && !endpoint.upstream_model.is_empty());
            let facts = catalog.facts(&endpoint.id).expect("every endpoint has facts");
            assert_eq!(
                facts.prices.is_some(),
                endpoint.prices.is_some(),
                "{}: a price has a source",
                endpoint.id
            );
            let Some(prices) = &endpoint.prices else { continue };
            priced += 1;
            for price in [prices.prompt, prices.completion] {
                assert!(price >= Usd::ZERO && price < m("2000"), "{}: {price} a token", endpoint.id);
            }
            assert!(
                prices.completion.is_zero() || !prices.prompt.is_zero() || endpoint.demo,
                "{}",
                endpoint.id
            );
        }
    }
    assert!(catalog.models().count() >= 600, "{} models", catalog.models().count());
    assert!(endpoints.len() >= 1800 && priced >= 1700, "{} endpoints, {priced} priced", endpoints.len());
    // the index and the shelves speak of the same models, save those that need an address
    for model in catalog.models() {
        assert!(catalog.ids().contains(&model.id));
    }
}

trait Author {
    fn author_is_empty(&self) -> bool;
}

impl Author for fareway::catalog::Model {
    fn author_is_empty(&self) -> bool {
        self.id.author().is_empty() || self.id.short().is_empty()
    }
}

/// Endpoint, dollars per million tokens in, out, cached; written down by hand on 2026-11-23 from LiteLLM 1.109.1's price
/// map and models.dev of 2026-09-28, which name the makers' own price pages.
const WELL_KNOWN: &[(&str, &str, &str, Option<&str>)] = &[
    ("openai:openai/gpt-4o", "2.50", "10", Some("1.25")),
    ("openai:openai/gpt-4o-mini", "0.15", "0.60", Some("0.075")),
    ("openai:openai/gpt-5", "1.25", "10", Some("0.125")),
    ("openai:openai/gpt-5.4", "2.50", "15", Some("0.25")),
    ("anthropic:anthropic/claude-sonnet-4.5", "3", "15", Some("0.30")),
    ("anthropic:anthropic/claude-haiku-4.5", "1", "5", Some("0.10")),
    ("anthropic:anthropic/claude-opus-4.5", "5", "25", Some("0.50")),
    ("google:google/gemini-2.5-pro", "1.25", "10", Some("0.125")),
    ("google:google/gemini-2.5-flash", "0.30", "2.50", Some("0.03")),
    ("deepseek:deepseek/deepseek-v4-flash", "0.30", "1.20", Some("0.006")),
    ("mistral:mistralai/mistral-large-latest", "0.50", "1.50", Some("0.05")),
    ("groq:openai/gpt-oss-120b", "0.15", "0.60", Some("0.075")),
    ("groq:meta-llama/llama-3.3-70b-instruct", "0.59", "0.79", None),
    ("zai:z-ai/glm-4.6", "0.60", "2.20", Some("0.11")),
    ("alibaba:qwen/qwen3-coder-480b-a35b-instruct", "1.50", "7.50", None),
];

#[test]
fn fifteen_well_known_prices_agree_with_their_sources() {
    let catalog = Catalog::bundled();
    for (id, prompt, completion, cached) in WELL_KNOWN {
        let endpoint = catalog.endpoint(&EndpointId::new(id)).unwrap_or_else(|| panic!("{id} is missing"));
        let prices = endpoint.prices.as_ref().unwrap_or_else(|| panic!("{id} has no price"));
        assert_eq!((prices.prompt, prices.completion), (m(prompt), m(completion)), "{id}");
        if let Some(cached) = cached {
            assert_eq!(prices.cached_read, Some(m(cached)), "{id}");
        }
    }
}

#[test]
fn details_that_cost_money_are_there() {
    let catalog = Catalog::bundled();
    let prices = |id: &str| {
        let endpoint = catalog.endpoint(&EndpointId::new(id)).unwrap_or_else(|| panic!("{id}"));
        endpoint.prices.clone().unwrap_or_else(|| panic!("{id} has no price"))
    };
    let sonnet = prices("anthropic:anthropic/claude-sonnet-4.5");
    assert_eq!((sonnet.cache_write_5m, sonnet.cache_write_1h), (Some(m("3.75")), Some(m("6"))));
    assert_eq!(sonnet.search, Some(m("10000")), "ten dollars a thousand searches");
    let gemini = prices("google:google/gemini-2.5-pro");
    let [long] = &gemini.overrides[..] else { panic!("{:?}", gemini.overrides) };
    assert_eq!((long.min_prompt_tokens, long.prompt), (Some(200_000), Some(m("2.50"))));
    let deepseek = prices("deepseek:deepseek/deepseek-v4-flash");
    assert!(deepseek.overrides.iter().any(|o| o.utc_start == Some(400) && o.utc_end == Some(600)));
    assert!(deepseek.overrides.iter().any(|o| o.utc_days == [0, 6] && o.prompt == Some(m("0.15"))));
    let facts = catalog.facts(&EndpointId::new("deepseek:deepseek/deepseek-v4-flash")).expect("known");
    assert!(facts.disagreements.iter().any(|d| d.price == "prompt" && d.theirs == m("0.15")), "{facts:?}");
    assert_eq!(facts.prices.as_ref().map(|o| &*o.source), Some("litellm 1.109.1"));
}

/// Each tier has a price list of its own, from the same source; batches are another API and no endpoint.
#[test]
fn service_tiers_are_priced_as_their_source_prices_them() {
    let catalog = Catalog::bundled();
    for (id, prompt, completion) in [
        ("openai:openai/gpt-5", "1.25", "10"),
        ("openai/flex:openai/gpt-5", "0.625", "5"),
        ("openai/priority:openai/gpt-5", "2.5", "20"),
    ] {
        let endpoint = catalog.endpoint(&EndpointId::new(id)).unwrap_or_else(|| panic!("{id} is missing"));
        let prices = endpoint.prices.as_ref().expect("a price");
        assert_eq!((prices.prompt, prices.completion), (m(prompt), m(completion)), "{id}");
        assert_eq!(endpoint.tier(), id.split(':').next().and_then(|tag| tag.split_once('/')).map(|t| t.1));
    }
    assert!(
        catalog.models().flat_map(|model| catalog.endpoints(&model.id)).all(|e| e.tier() != Some("batch"))
    );
}

#[test]
fn ratings_say_whose_they_are_and_when() {
    let catalog = Catalog::bundled();
    let sonnet = catalog.model("anthropic/claude-sonnet-4.5").expect("a well-known model");
    assert_eq!(sonnet.score("elo:text"), Some(1453.0));
    let said = &sonnet.scores[0];
    assert_eq!(
        (said.source.as_str(), said.date.as_str()),
        ("LMArena by way of llm-bench-cost 0.1.0", "2026-04-24")
    );
    let quality = |id: &str| catalog.model(id).and_then(|m| m.quality("intelligence"));
    assert!(quality("anthropic/claude-opus-4.6") > quality("openai/gpt-4o-mini"));
    assert!(quality("meta-llama/llama-3.1-8b-instruct").is_some_and(|q| q > 0.0 && q < 40.0));
    assert!(catalog.models().filter(|m| m.quality("coding").is_some()).count() >= 100);
}

#[test]
fn one_model_has_one_id_at_every_host() {
    let catalog = Catalog::bundled();
    let hosts = |id: &str| -> BTreeSet<String> {
        catalog.endpoints(&ModelId::new(id)).iter().map(|e| e.provider.to_string()).collect()
    };
    let llama = hosts("meta-llama/llama-3.3-70b-instruct");
    for host in ["groq", "together", "deepinfra", "fireworks", "openrouter", "sambanova"] {
        assert!(llama.contains(host), "llama at {host}: {llama:?}");
    }
    assert!(hosts("openai/gpt-oss-120b").len() > 8);
    assert!(hosts("anthropic/claude-sonnet-4.5").contains("openrouter"));
    for (alias, id) in [
        ("anthropic/claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4.5"),
        ("anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-4.5"),
        ("openai/gpt-5-2025-08-07", "openai/gpt-5"),
    ] {
        assert_eq!(catalog.model(alias).map(|m| m.id.as_str()), Some(id));
    }
}
