//! What a person may write for a model, form by form.

use super::support::{World, ask, endpoint, model};
use fareway::catalog::{Catalog, EndpointRow, ModelRow};
use fareway::routing::{Names, Preset, decide, expand, resolve};
use fareway::words::{CacheMark, Dice, FailureKind, ModelRef, Params, Preferences, Role, Sort, SortBy, Tool};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn world() -> World {
    let dated = |id: &str, family: &str, day: &str| ModelRow {
        family: Some(family.to_owned()),
        released: Some(day.to_owned()),
        ..model(id, &[("aa", "1", "1")])
    };
    let mut world = World::from_rows(vec![
        dated("anthropic/claude-sonnet-4", "claude-sonnet", "2025-05-22"),
        dated("anthropic/claude-sonnet-4.5", "claude-sonnet", "2025-09-29"),
        dated("anthropic/claude-haiku-4.5", "claude-haiku", "2025-10-15"),
        model("meta/llama", &[("aa", "1", "1"), ("bb/west", "1", "1"), ("bb/priority", "2", "2")]),
        model("meta/llama:free", &[("aa", "0", "0")]),
        model("one/twin", &[("aa", "1", "1")]),
        model("two/twin", &[("aa", "1", "1")]),
        ModelRow {
            endpoints: vec![fareway::catalog::EndpointRow {
                upstream_model: Some("its-own-name".to_owned()),
                ..endpoint("cc", "1", "1")
            }],
            ..model("three/strange", &[])
        },
    ]);
    world.names = Names {
        aliases: BTreeMap::from([
            ("fast".to_owned(), "meta/llama:nitro".to_owned()),
            ("deep".to_owned(), "~anthropic/sonnet-latest".to_owned()),
            ("ring".to_owned(), "gnir".to_owned()),
            ("gnir".to_owned(), "ring".to_owned()),
        ]),
        favourites: vec!["meta/llama".to_owned(), "fast".to_owned()],
        presets: BTreeMap::new(),
    };
    world
}

#[test]
fn every_form_of_a_name() {
    let world = world();
    let (price, throughput, exacto) = (Some(SortBy::Price), Some(SortBy::Throughput), Some(SortBy::Exacto));
    // what is written, the model, the pin, the sort
    let table = [
        ("meta/llama", "meta/llama", None, None),
        ("  meta/llama ", "meta/llama", None, None),
        ("llama", "meta/llama", None, None),
        ("meta/llama:free", "meta/llama:free", None, None),
        ("meta/llama:free:floor", "meta/llama:free", None, price),
        ("meta/llama:floor:free", "meta/llama:free", None, price),
        ("meta/llama:nitro", "meta/llama", None, throughput),
        ("meta/llama:floor:nitro", "meta/llama", None, throughput),
        ("meta/llama:nitro:online:exacto", "meta/llama", None, exacto),
        ("aa:meta/llama", "meta/llama", Some("aa"), None),
        ("aa:llama:floor", "meta/llama", Some("aa"), price),
        ("bb/west:meta/llama", "meta/llama", Some("bb/west"), None),
        ("bb:meta/llama", "meta/llama", Some("bb"), None),
        ("bb/priority:meta/llama", "meta/llama", Some("bb/priority"), None),
        ("aa:meta/llama:free", "meta/llama:free", Some("aa"), None),
        ("cc/its-own-name", "three/strange", Some("cc"), None),
        ("cc:its-own-name", "three/strange", Some("cc"), None),
        ("aa/meta/llama", "meta/llama", Some("aa"), None),
        ("~anthropic/claude-sonnet-latest", "anthropic/claude-sonnet-4.5", None, None),
        ("~anthropic/sonnet-latest", "anthropic/claude-sonnet-4.5", None, None),
        ("~anthropic/claude-latest", "anthropic/claude-haiku-4.5", None, None),
        ("fast", "meta/llama", None, throughput),
        ("fast:floor", "meta/llama", None, price),
        ("deep", "anthropic/claude-sonnet-4.5", None, None),
        ("@1", "meta/llama", None, None),
        ("@2", "meta/llama", None, throughput),
    ];
    for (written, meant, pin, sort) in table {
        let resolved = resolve(&ModelRef::new(written), &world.catalog, &world.names)
            .unwrap_or_else(|failure| panic!("{written}: {failure}"));
        let target = &resolved.models[0];
        assert_eq!(target.model.as_str(), meant, "{written}");
        assert_eq!(target.pin.as_deref(), pin, "{written}");
        assert_eq!(target.sort, sort, "{written}");
    }
}

#[test]
fn a_bad_name_gets_one_clear_sentence() {
    let world = world();
    let table = [
        ("", "no model was named"),
        ("meta/lama", "did you mean meta/llama"),
        ("meta/llama:thinking", "nothing stands in for it"),
        (
            "meta/llama:nitros",
            "`:nitros` is no suffix of meta/llama: there are :nitro, :floor, :exacto, :online",
        ),
        ("aa:meta/llama:free:fast", "`:fast` is no suffix of meta/llama:free"),
        ("twin", "could be one/twin or two/twin"),
        ("cc:meta/llama", "cc Inc does not serve meta/llama"),
        ("~anthropic/opus-latest", "no model of a family `opus`"),
        ("~anthropic/sonnet", "not of the form ~author/family-latest"),
        ("ring", "leads in a circle"),
        ("@7", "there is no favourite 7"),
    ];
    for (written, say) in table {
        let failure = resolve(&ModelRef::new(written), &world.catalog, &world.names).expect_err(written);
        assert_eq!(failure.kind, FailureKind::UnknownModel, "{written}");
        assert!(failure.message.contains(say), "{written}: {}", failure.message);
    }
    let failure = resolve(&ModelRef::new("meta/lama"), &world.catalog, &world.names).expect_err("a slip");
    assert_eq!(failure.nearest.first().map(String::as_str), Some("meta/llama"));
}

#[test]
fn each_step_is_told() {
    let world = world();
    let resolved = resolve(&ModelRef::new("deep:floor"), &world.catalog, &world.names).expect("a model");
    assert_eq!(
        resolved.steps,
        [
            "deep:floor is your name for ~anthropic/sonnet-latest:floor",
            ":floor sorts by price",
            "~anthropic/sonnet-latest is anthropic/claude-sonnet-4.5, of 2025-09-29",
        ]
    );
}

fn tool(name: &str, description: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        description: description.to_owned(),
        parameters: serde_json::json!({}),
        strict: None,
        cache: CacheMark::None,
        extra: serde_json::Map::new(),
        opaque: None,
    }
}

#[test]
fn a_preset_lies_under_the_request() {
    let preset = Preset {
        model: Some(ModelRef::new("meta/llama")),
        fallbacks: vec![ModelRef::new("one/twin")],
        system: Some("Be brief.".to_owned()),
        params: Params { temperature: Some(0.2), max_tokens: Some(100), ..Params::default() },
        preferences: Preferences {
            zdr: Some(true),
            sort: Some(Sort::By(SortBy::Price)),
            ..Preferences::default()
        },
        tools: vec![tool("search", "the preset's"), tool("fetch", "the preset's")],
    };
    let names = Names { presets: BTreeMap::from([("review".to_owned(), preset)]), ..Names::default() };
    let mut request = ask("@preset/review");
    request.params.temperature = Some(0.9);
    request.tools = vec![tool("search", "the request's")];
    request.preferences.sort = Some(Sort::By(SortBy::Latency));
    let config = Preferences { max_dearer: Some(3.0), ..Preferences::default() };
    let full = expand(request, &names, &config).expect("a known preset");
    assert_eq!(full.model.as_str(), "meta/llama");
    assert_eq!(full.fallbacks, [ModelRef::new("one/twin")]);
    assert_eq!((full.params.temperature, full.params.max_tokens), (Some(0.9), Some(100)));
    assert_eq!((full.messages[0].role, full.messages[0].plain()), (Role::System, "Be brief.".to_owned()));
    let tools: Vec<_> = full.tools.iter().map(|t| (t.name.as_str(), t.description.as_str())).collect();
    assert_eq!(tools, [("search", "the request's"), ("fetch", "the preset's")]);
    assert_eq!(full.preferences.sort, Some(Sort::By(SortBy::Latency)));
    assert_eq!((full.preferences.zdr, full.preferences.max_dearer), (Some(true), Some(3.0)));

    let other = expand(ask("one/twin@preset/review"), &names, &config).expect("a model of its own");
    assert_eq!(other.model.as_str(), "one/twin");
    let failure = expand(ask("@preset/reviw"), &names, &config).expect_err("no such preset");
    assert_eq!(failure.message, "there is no preset `reviw`; the config has @preset/review");
}

#[test]
fn the_bundled_catalog_knows_its_latest() {
    let catalog = fareway::catalog::Catalog::bundled();
    for name in
        ["~anthropic/claude-sonnet-latest", "~openai/gpt-latest", "~google/gemini-flash-latest", "demo/swift"]
    {
        let resolved = resolve(&ModelRef::new(name), &catalog, &Names::default());
        assert!(resolved.is_ok(), "{name}: {resolved:?}");
    }
}

/// `:online` is OpenRouter's `web` plugin, whoever's name it stands behind; whoever cannot search is left out by name.
#[test]
fn online_asks_for_a_search_and_only_those_who_can_are_asked() {
    let searching = |quirks: &[&str]| Some(quirks.iter().map(|q| (*q).to_owned()).collect());
    let rows = vec![
        EndpointRow { quirks: searching(&["stream_usage"]), ..endpoint("aa", "1", "1") },
        EndpointRow { quirks: searching(&["web_search"]), ..endpoint("bb", "1.5", "1.5") },
    ];
    let mut world = World::from_rows(vec![
        ModelRow { endpoints: rows, ..model("maker/one", &[]) },
        model("maker/two", &[("aa", "1", "1")]),
    ]);
    world.names.aliases.insert("news".to_owned(), "maker/one:online".to_owned());
    let plan = |name: &str, extra: Value| {
        let mut request = ask(name);
        request.extra = extra.as_object().cloned().unwrap_or_default();
        let request = expand(request, &world.names, &Preferences::default()).expect("a request");
        decide(world.input(&request), &mut Dice::new(1))
            .map(|decision| decision.attempts.iter().map(ToString::to_string).collect::<Vec<_>>())
            .map_err(|refused| refused.failure)
    };
    let none = || json!({});
    let both = ["aa:maker/one", "bb:maker/one"];
    for (name, extra, asked) in [
        ("maker/one:online", none(), &both[1..]),
        ("maker/one:floor:online", none(), &both[1..]),
        ("news", none(), &both[1..]),
        ("maker/one", json!({"plugins": [{"id": "web", "max_results": 3}]}), &both[1..]),
        ("maker/one:floor", json!({"plugins": [{"id": "web", "enabled": false}]}), &both[..]),
        ("maker/one:floor", json!({"plugins": [{"id": "file-parser"}]}), &both[..]),
        ("maker/one:floor", none(), &both[..]),
    ] {
        assert_eq!(plan(name, extra).expect(name), asked, "{name}");
    }
    let failure = plan("maker/two:online", none()).expect_err("nobody there can search");
    assert_eq!(failure.excluded_by, ["web_search"]);
    assert!(failure.message.contains("aa Inc has no web search; leave `:online`"), "{}", failure.message);
    // a plugin of the client's own stays as it is
    let mut request = ask("maker/one:online");
    request.extra.insert("plugins".to_owned(), json!([{"id": "web", "max_results": 3}]));
    let request = expand(request, &world.names, &Preferences::default()).expect("a request");
    assert_eq!(request.extra["plugins"], json!([{"id": "web", "max_results": 3}]));
}

/// The makers' own endpoints of the bundled catalog, and OpenRouter's, can search.
#[test]
fn the_bundled_catalog_knows_who_can_search() {
    let catalog = Catalog::bundled();
    for slug in ["anthropic", "google", "openrouter", "perplexity"] {
        let mut endpoints = catalog.endpoints_of(slug).peekable();
        assert!(slug == "openrouter" || endpoints.peek().is_some(), "{slug}");
        for endpoint in endpoints {
            assert!(endpoint.has_quirk("web_search"), "{}", endpoint.id);
        }
    }
}
