//! Lists of models fetched: local servers found, providers' lists laid over the catalog, collections cached on disk.

use super::bench::{Bench, catalog, keys, options, request};
use crate::support::upstream::{Script, Upstream};
use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::gateway::{Keys, Options, Sources};
use fareway::words::{ModelId, ModelRef, ProviderId};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn ollama() -> Upstream {
    Upstream::with(|seen| {
        match seen.line.split(' ').nth(1) {
        Some("/api/tags") => Script::answer(
            200,
            &[],
            json!({"models": [{"name": "qwen3:8b", "model": "qwen3:8b", "details": {"quantization_level": "Q4_K_M"}}]})
                .to_string(),
        ),
        Some("/api/show") => Script::answer(
            200,
            &[],
            json!({"model_info": {"qwen3.context_length": 40960}, "capabilities": ["completion", "tools"]}).to_string(),
        ),
        Some("/v1/chat/completions") => Script::says(&["from ", "next door"]),
        _ => Script::answer(404, &[], "no"),
    }
    })
}

#[tokio::test]
async fn a_local_server_is_found_and_asked_and_goes() {
    let server = ollama();
    let address = server.addr().to_string();
    let env = |name: &str| (name == "OLLAMA_HOST").then(|| address.clone());
    let bench = Bench::of(Catalog::bare(), Keys::default(), options());
    let found = bench.gateway.discover(env).await;
    let ollama = found.iter().find(|found| found.provider.as_str() == "ollama").expect("it is there");
    assert_eq!((ollama.base_url.as_str(), ollama.models), (format!("http://{address}/v1").as_str(), 1));
    let catalog = bench.gateway.catalog();
    let endpoints = catalog.endpoints(&ModelId::new("ollama/qwen3:8b"));
    assert_eq!((endpoints[0].context, endpoints[0].local), (Some(40_960), true));
    let mut asked = request("hi");
    asked.model = ModelRef::new("ollama/qwen3:8b");
    let heard = bench.ask(asked).await;
    assert_eq!(heard.text(), "from next door", "{heard:?}");
    assert_eq!(heard.receipt().cost.booked, Some(fareway::words::Usd::ZERO));
    bench.settled(&heard);

    drop(server);
    let closed =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let found = bench.gateway.discover(|name| (name == "OLLAMA_HOST").then(|| closed.to_string())).await;
    assert!(found.iter().all(|found| found.provider.as_str() != "ollama"));
    assert!(bench.gateway.catalog().model("ollama/qwen3:8b").is_none(), "it took its models with it");
}

#[tokio::test]
async fn a_providers_list_is_asked_for_with_its_key() {
    let upstream = Upstream::with(|seen| match seen.line.as_str() {
        "GET /v1/models HTTP/1.1" if seen.header("authorization") == Some("Bearer sk-secret-0") => {
            Script::answer(200, &[], json!({"data": [{"id": "brand-new-1"}]}).to_string())
        }
        _ => Script::answer(401, &[], "no"),
    });
    let bench = Bench::new(&[&upstream]);
    let p0 = ProviderId::new("p0");
    assert_eq!(bench.gateway.list(&p0).await, Ok(1));
    assert!(bench.gateway.catalog().endpoints_of("p0").any(|e| e.upstream_model == "brand-new-1"));
    let without = Bench::of(catalog(&[upstream.base_url()]), keys(0), options());
    let failure = without.gateway.list(&p0).await.expect_err("no key");
    assert_eq!(failure.status, Some(401));
}

/// Each format asks in its own way; a row may name another address, or say that there is nothing to ask.
#[tokio::test]
async fn a_list_is_asked_for_where_it_is() {
    let upstream = Upstream::with(|seen| {
        let path = seen.line.split(' ').nth(1).unwrap_or_default().to_owned();
        match path.as_str() {
            "/v1/models" | "/elsewhere?all" => {
                Script::answer(200, &[], json!({"data": [{"id": "new-1"}]}).to_string())
            }
            "/v1/models?limit=1000" if seen.header("x-api-key") == Some("sk-secret-0") => {
                Script::answer(200, &[], json!({"data": [{"id": "new-1", "type": "model"}]}).to_string())
            }
            "/v1/models?pageSize=1000" if seen.header("x-goog-api-key") == Some("sk-secret-0") => {
                Script::answer(200, &[], json!({"models": [{"name": "models/new-1"}]}).to_string())
            }
            "/api/tags" => Script::answer(200, &[], json!({"models": [{"name": "new-1"}]}).to_string()),
            _ => Script::answer(404, &[], "no"),
        }
    });
    let p0 = ProviderId::new("p0");
    let elsewhere = format!("http://{}/elsewhere?all", upstream.addr());
    for (format, list, count) in [
        ("openai-chat", None, Ok(1)),
        ("openai-responses", None, Ok(1)),
        ("anthropic-messages", None, Ok(1)),
        ("gemini", None, Ok(1)),
        ("ollama", None, Ok(1)),
        ("openai-chat", Some(elsewhere), Ok(1)),
        ("openai-chat", Some(String::new()), Err("no list")),
    ] {
        let row = ProviderRow { format: Some(format.to_owned()), list, ..ProviderRow::new("p0") };
        let source = Source { name: "manner".to_owned(), rank: Rank::Config, at: None };
        let catalog = catalog(&[upstream.base_url()]).with(Overlay {
            source,
            providers: vec![row],
            models: Vec::new(),
        });
        let bench = Bench::of(catalog, keys(1), options());
        let found = bench.gateway.list(&p0).await;
        match count {
            Ok(count) => assert_eq!(found, Ok(count), "{format}"),
            Err(says) => {
                let failure = found.expect_err("nothing to ask");
                assert!(failure.message.contains(says), "{}", failure.message);
                assert!(!bench.gateway.catalog().provider("p0").expect("it is there").lists());
            }
        }
    }
}

fn models(count: usize) -> String {
    let model = |n: usize| {
        json!({"id": format!("maker/model-{n}"), "name": format!("Model {n}"), "context_length": 1000,
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        "pricing": {"prompt": "0.000001", "completion": "0.000002"}})
    };
    json!({"data": (0..count).map(model).collect::<Vec<_>>()}).to_string()
}

#[tokio::test]
async fn a_collection_is_cached_by_etag_and_doubted_when_it_shrinks() {
    let step = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&step);
    let upstream =
        Upstream::with(move |seen| match (now.load(Ordering::SeqCst), seen.header("if-none-match")) {
            (0, None) => Script::answer(200, &[("etag", "\"one\"")], models(30)),
            (1, Some("\"one\"")) => Script::answer(304, &[], ""),
            (2, Some("\"one\"")) => Script::answer(200, &[("etag", "\"two\"")], models(3)),
            (3, Some("\"one\"")) => Script::answer(200, &[], "<html>down for maintenance</html>"),
            _ => Script::answer(500, &[], "unexpected"),
        });
    let sources =
        Sources { models_dev: String::new(), openrouter: format!("{}/models", upstream.base_url()) };
    let bench =
        || Bench::of(Catalog::bare(), Keys::default(), Options { sources: sources.clone(), ..options() });
    let dir = tempfile::tempdir().expect("a folder");
    let known = |bench: &Bench| bench.gateway.catalog().model("maker/model-29").is_some();

    let first = bench();
    assert_eq!(first.gateway.refresh(dir.path(), Duration::ZERO).await, []);
    assert!(known(&first));
    // a young one is not asked for again
    assert_eq!(first.gateway.refresh(dir.path(), Duration::from_secs(3600)).await, []);
    assert_eq!(upstream.seen().len(), 1);

    let second = bench();
    assert!(!known(&second));
    second.gateway.recall(dir.path()).await;
    assert!(known(&second), "the file is read at the next start");
    step.store(1, Ordering::SeqCst);
    assert_eq!(second.gateway.refresh(dir.path(), Duration::ZERO).await, [], "unchanged");
    for doubtful in [2, 3, 4] {
        step.store(doubtful, Ordering::SeqCst);
        let failures = second.gateway.refresh(dir.path(), Duration::ZERO).await;
        assert_eq!(failures.len(), 1, "step {doubtful}");
        assert!(failures[0].message.contains("stays in use"), "{}", failures[0].message);
        assert!(known(&second));
        let third = bench();
        third.gateway.recall(dir.path()).await;
        assert!(known(&third), "the file too");
    }
    let left: Vec<_> = std::fs::read_dir(dir.path()).expect("a folder").collect();
    assert_eq!(left.len(), 1, "no half-written file");
}

#[tokio::test]
async fn a_providers_own_list_is_kept_and_doubted_when_it_shrinks() {
    let list = |count: usize| {
        let model = |n: usize| json!({"id": format!("own-{n}")});
        json!({"data": (0..count).map(model).collect::<Vec<_>>()}).to_string()
    };
    let step = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&step);
    let upstream = Upstream::with(move |_| match now.load(Ordering::SeqCst) {
        0 => Script::answer(200, &[], list(30)),
        1 => Script::answer(200, &[], list(3)),
        _ => Script::answer(500, &[], "no"),
    });
    let dir = tempfile::tempdir().expect("a folder");
    let p0 = [ProviderId::new("p0")];
    let knows =
        |bench: &Bench| bench.gateway.catalog().endpoints_of("p0").any(|e| e.upstream_model == "own-29");
    let first = Bench::new(&[&upstream]);
    assert_eq!(first.gateway.refresh_lists(dir.path(), Duration::ZERO, &p0).await, []);
    assert!(knows(&first));
    assert_eq!(first.gateway.refresh_lists(dir.path(), Duration::from_secs(3600), &p0).await, []);
    assert_eq!(upstream.seen().len(), 1, "a young one is not asked for again");
    for doubtful in [1, 2] {
        step.store(doubtful, Ordering::SeqCst);
        assert_eq!(first.gateway.refresh_lists(dir.path(), Duration::ZERO, &p0).await.len(), 1);
        assert!(knows(&first));
        let next = Bench::new(&[&upstream]);
        assert!(!knows(&next));
        next.gateway.recall_lists(dir.path(), &p0).await;
        assert!(knows(&next), "the file is read at the next start");
    }
}

#[tokio::test]
async fn the_hosts_behind_a_model_are_asked_for_by_etag_and_kept() {
    let step = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&step);
    let hosts = |price: &str| {
        json!({"data": {"endpoints": [{"provider_name": "Host", "tag": "host",
            "pricing": {"prompt": price, "completion": price}}]}})
        .to_string()
    };
    let upstream = Upstream::with(move |seen| {
        let path = seen.line.split(' ').nth(1).unwrap_or_default().to_owned();
        match (path.as_str(), now.load(Ordering::SeqCst), seen.header("if-none-match")) {
            ("/v1/models/maker/one/endpoints", 0, None) => {
                assert_eq!(seen.header("authorization"), Some("Bearer sk-or"));
                Script::answer(200, &[("etag", "\"one\"")], hosts("0.000001"))
            }
            (_, 1, Some("\"one\"")) => Script::answer(304, &[], ""),
            (_, 2, Some("\"one\"")) => Script::answer(200, &[], "{\"data\": {\"endpoints\": [{\"provider_n"),
            (_, 3, Some("\"one\"")) => Script::answer(503, &[], "later"),
            (_, 4, Some("\"one\"")) => Script::answer(200, &[("etag", "\"two\"")], hosts("0.000002")),
            _ => Script::answer(404, &[], "no"),
        }
    });
    let id = ModelId::new("maker/one");
    let bench = || {
        let providers =
            vec![ProviderRow { base_url: Some(upstream.base_url()), ..ProviderRow::new("openrouter") }];
        let row = EndpointRow {
            upstream_model: Some("maker/one".into()),
            ..EndpointRow::new(ProviderId::new("openrouter"))
        };
        let models = vec![ModelRow { endpoints: vec![row], ..ModelRow::new(ModelId::new("maker/one")) }];
        let source = Source { name: "test".to_owned(), rank: Rank::Config, at: None };
        let mut keys = Keys::default();
        keys.add(&ProviderId::new("openrouter"), "sk-or", "test");
        Bench::of(Catalog::bare().with(Overlay { source, providers, models }), keys, options())
    };
    let price = |bench: &Bench| {
        let catalog = bench.gateway.catalog();
        let endpoint = catalog.endpoints(&ModelId::new("maker/one"))[0].clone();
        endpoint.resold.first().map(|prices| prices.prompt.per_million().to_string())
    };
    let dir = tempfile::tempdir().expect("a folder");
    let first = bench();
    assert_eq!(first.gateway.refresh_hosts(dir.path(), Duration::ZERO, &id).await, Ok(true));
    assert_eq!(price(&first).as_deref(), Some("1"));
    assert_eq!(
        first.gateway.refresh_hosts(dir.path(), Duration::from_secs(3600), &id).await,
        Ok(false),
        "young"
    );
    assert_eq!(upstream.seen().len(), 1);
    step.store(1, Ordering::SeqCst);
    assert_eq!(first.gateway.refresh_hosts(dir.path(), Duration::ZERO, &id).await, Ok(false), "unchanged");
    for doubtful in [2, 3] {
        step.store(doubtful, Ordering::SeqCst);
        let failure = first.gateway.refresh_hosts(dir.path(), Duration::ZERO, &id).await.expect_err("doubt");
        assert!(failure.message.contains("stays in use"), "{}", failure.message);
        let next = bench();
        assert_eq!(price(&next), None);
        assert!(next.gateway.recall_hosts(dir.path(), &id).await);
        assert_eq!(price(&next).as_deref(), Some("1"));
    }
    step.store(4, Ordering::SeqCst);
    assert_eq!(first.gateway.refresh_hosts(dir.path(), Duration::ZERO, &id).await, Ok(true));
    assert_eq!(price(&first).as_deref(), Some("2"));
    // nobody resells it: nobody is asked
    assert_eq!(
        first.gateway.refresh_hosts(dir.path(), Duration::ZERO, &ModelId::new("demo/sage")).await,
        Ok(false)
    );
}
