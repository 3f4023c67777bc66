//! The provider table and the demonstration, as data.

use fareway::catalog::Catalog;
use fareway::words::{EndpointId, ModelId};

#[test]
fn every_provider_row_is_usable() {
    let catalog = Catalog::bare();
    let mut seen = 0;
    for provider in catalog.providers() {
        seen += 1;
        let slug = provider.slug.as_str();
        assert!(!provider.name.is_empty(), "{slug} has no name");
        assert!(!provider.base_url.ends_with('/'), "{slug}: the format appends its path");
        assert!(
            ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "ollama"]
                .contains(&provider.format.as_str()),
            "{slug}: {} is no wire format",
            provider.format
        );
        if provider.local {
            assert!(provider.base_url.starts_with("http://127.0.0.1:"), "{slug} is local");
            assert!(provider.key_vars.is_empty(), "{slug} is local and needs no key");
        } else if !provider.demo {
            assert!(provider.base_url.is_empty() || provider.base_url.starts_with("https://"), "{slug}");
            assert!(!provider.key_vars.is_empty(), "{slug} needs a key");
            assert!(provider.keys_page.is_some(), "{slug}: where does one get a key?");
        }
        assert!(!slug.contains([':', '/', ' ']), "{slug}: would break pinned names");
    }
    assert!(seen >= 60, "{seen} providers");
}

#[test]
fn an_undeclared_policy_assumes_the_worst() {
    let catalog = Catalog::bare();
    let undeclared = catalog.provider("moonshotai").expect("in the table").policy;
    assert!(undeclared.trains && undeclared.retains && !undeclared.declared);
    let declared = catalog.provider("groq").expect("in the table").policy;
    assert!(!declared.trains && !declared.retains && declared.declared);
}

#[test]
fn the_demonstration_needs_nothing_and_says_what_it_is() {
    let catalog = Catalog::bundled();
    let names: Vec<&str> = catalog.by_author("demo").map(|m| m.id.as_str()).collect();
    assert_eq!(names, ["demo/broken", "demo/flaky", "demo/sage", "demo/swift", "demo/thinker", "demo/twins"]);
    let mut upstream = Vec::new();
    for model in catalog.by_author("demo") {
        assert!(model.demo);
        for endpoint in catalog.endpoints(&model.id) {
            assert!(endpoint.demo && endpoint.base_url == "demo:" && endpoint.format == "openai-chat");
            assert!(endpoint.prices.is_some() && endpoint.context.is_some() && endpoint.max_output.is_some());
            upstream.push(endpoint.upstream_model.clone());
        }
    }
    upstream.sort();
    assert_eq!(
        upstream,
        ["broken", "flaky-down", "flaky-up", "sage", "swift", "thinker", "twin-dies", "twin-lives"]
    );
    let flaky = catalog.endpoints(&ModelId::new("demo/flaky"));
    assert_eq!(flaky[0].id, EndpointId::new("demo/down:demo/flaky"));
    assert!(flaky[0].prices.as_ref().map(|p| p.prompt) < flaky[1].prices.as_ref().map(|p| p.prompt));
}
