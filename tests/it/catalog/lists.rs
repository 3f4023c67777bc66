//! Lists as others publish them, read into rows: each shape, odd entries, and when a list is not believed.

use fareway::catalog::{
    Catalog, ListError, Overlay, doubt, hosts, listed, models_dev, ollama_show, openrouter,
};
use fareway::metering::{Turn, quote};
use fareway::words::{At, EndpointId, ModelId, Quantization, Usd};

fn m(text: &str) -> Usd {
    text.parse::<Usd>().expect("a decimal").of_million()
}

fn read(provider: &str, body: &str) -> Overlay {
    let catalog = Catalog::bundled();
    let provider = catalog.provider(provider).expect("in the table");
    listed(provider, body.as_bytes(), &catalog, At::from_secs(1_795_000_000)).expect("a list")
}

fn ids(overlay: &Overlay) -> Vec<&str> {
    overlay.models.iter().map(|row| row.id.as_str()).collect()
}

#[test]
fn openrouter_says_prices_limits_and_benchmarks() {
    let body = r#"{"data":[
      {"id":"anthropic/claude-sonnet-4.5","canonical_slug":"anthropic/claude-4.5-sonnet-20250929",
       "name":"Anthropic: Claude Sonnet 4.5","context_length":1000000,
       "architecture":{"input_modalities":["text","image","file"],"output_modalities":["text"]},
       "pricing":{"prompt":"0.000003","completion":"0.000015","request":"0","image":"0.0048","web_search":"0.01",
         "internal_reasoning":"0","input_cache_read":"0.0000003","input_cache_write":"0.00000375",
         "overrides":[{"min_prompt_tokens":200000,"prompt":"0.000006","completion":"0.0000225"}]},
       "top_provider":{"context_length":1000000,"max_completion_tokens":64000},
       "supported_parameters":["tools","reasoning"],"benchmarks":{"artificial_analysis":{"intelligence_index":61.5,"coding_index":null}},
       "reasoning":{"supported_efforts":["low","high"]},"expiration_date":null,"something_new":{"x":[1]}},
      {"id":"openrouter/auto","name":"Auto","pricing":{"prompt":"-1","completion":"-1"},"context_length":null},
      {"id":"x/odd","pricing":"call us","context_length":"many","supported_parameters":7},
      {"id":"~anthropic/claude-sonnet-latest","pricing":{}},
      {"id":"black-forest-labs/flux","architecture":{"output_modalities":["image"]}},
      {"name":"no id"}, 7 ]}"#;
    let overlay = openrouter(body.as_bytes(), At::from_secs(0)).expect("a list");
    assert_eq!(ids(&overlay), ["anthropic/claude-sonnet-4.5", "openrouter/auto", "x/odd"]);
    let catalog = Catalog::bundled().with(overlay);
    let model = catalog.model("anthropic/claude-sonnet-4.5").expect("known");
    assert_eq!(model.name, "Claude Sonnet 4.5");
    assert_eq!(model.score("intelligence"), Some(61.5));
    assert_eq!(catalog.model("anthropic/claude-4.5-sonnet-20250929").map(|m| &m.id), Some(&model.id));
    let endpoint =
        catalog.endpoint(&EndpointId::new("openrouter:anthropic/claude-sonnet-4.5")).expect("listed");
    let prices = endpoint.prices.as_ref().expect("priced");
    assert_eq!((prices.prompt, prices.cached_read, prices.reasoning), (m("3"), Some(m("0.30")), None));
    assert_eq!(prices.overrides[0].prompt, Some(m("6")));
    assert_eq!((endpoint.context, endpoint.max_output), (Some(1_000_000), Some(64_000)));
    let auto = catalog.endpoint(&EndpointId::new("openrouter:openrouter/auto")).expect("listed");
    assert_eq!(auto.prices, None, "-1 is no price");
}

#[test]
fn models_dev_says_dollars_per_million() {
    let body = r#"{"anthropic":{"id":"anthropic","models":{
        "claude-sonnet-4-5":{"name":"Claude Sonnet 4.5 (latest)","modalities":{"input":["text","pdf"],"output":["text"]},
          "limit":{"context":200000,"output":64000},"cost":{"input":3,"output":15,"cache_read":0.3,"cache_write":3.75,
          "tiers":[{"input":6,"output":22.5,"tier":{"type":"context","size":200000}}]}},
        "claude-opus-9":{"name":"Claude Opus 9","release_date":"2027-01-01","modalities":{"input":["text"],"output":["text"]},
          "limit":{"context":0},"cost":{"input":0,"output":0}},
        "old":{"status":"deprecated","modalities":{"input":["text"],"output":["text"]}}}},
      "togetherai":{"models":{"meta-llama/Llama-3.3-70B-Instruct-Turbo":{"modalities":{"output":["text"]},"cost":{"input":0.88,"output":0.88}}}},
      "unheard-of":{"models":{"x":{}}}}"#;
    let overlay = models_dev(body.as_bytes(), &Catalog::bundled(), At::from_secs(0)).expect("a list");
    assert_eq!(
        ids(&overlay),
        ["anthropic/claude-opus-9", "anthropic/claude-sonnet-4.5", "meta-llama/llama-3.3-70b-instruct"]
    );
    let opus = &overlay.models[0];
    assert_eq!(opus.released.as_deref(), Some("2027-01-01"));
    assert_eq!((&opus.endpoints[0].prices, opus.endpoints[0].context), (&None, None), "0 is not known");
    let prices = overlay.models[1].endpoints[0].prices.clone().expect("priced");
    assert_eq!(
        (prices.prompt, prices.cached_read, prices.cache_write_5m),
        (m("3"), Some(m("0.3")), Some(m("3.75")))
    );
    assert_eq!(prices.overrides[0].completion, Some(m("22.5")));
}

#[test]
fn a_price_never_goes_through_floating_point() {
    let body = r#"{"openai":{"models":{"gpt-x":{"modalities":{"output":["text"]},
        "cost":{"input":0.1000000000000000055511151231257827,"output":1234.123456789}}}}}"#;
    // eighteen decimals are what is left of twenty-four per million: finer ones are no price
    let rows = models_dev(body.as_bytes(), &Catalog::bundled(), At(0)).expect("a list").models;
    assert_eq!(rows[0].endpoints[0].prices, None);
    let body = body.replace("0.1000000000000000055511151231257827", "0.100000000000000005");
    let rows = models_dev(body.as_bytes(), &Catalog::bundled(), At(0)).expect("a list").models;
    let prices = rows[0].endpoints[0].prices.clone().expect("priced");
    assert_eq!(prices.prompt.per_million().to_string(), "0.100000000000000005");
    assert_eq!(prices.completion.per_million().to_string(), "1234.123456789");
}

#[test]
fn providers_lists_in_their_shapes() {
    // OpenAI
    let openai = read(
        "openai",
        r#"{"object":"list","data":[{"id":"gpt-4o","object":"model","created":1,"owned_by":"system"},
        {"id":"text-embedding-3-small"},{"id":"whisper-1"},{"id":"gpt-9-nova"}]}"#,
    );
    assert_eq!(ids(&openai), ["openai/gpt-4o", "openai/gpt-9-nova"]);
    // Anthropic
    let anthropic = read(
        "anthropic",
        r#"{"data":[{"type":"model","id":"claude-sonnet-4-5-20250929","display_name":"Claude Sonnet 4.5",
        "created_at":"2025-09-29T00:00:00Z","max_input_tokens":200000,"max_tokens":64000}],"has_more":false}"#,
    );
    assert_eq!(ids(&anthropic), ["anthropic/claude-sonnet-4.5"]);
    assert_eq!(anthropic.models[0].endpoints[0].upstream_model, None, "it is asked for by its undated name");
    assert_eq!(anthropic.models[0].endpoints[0].max_output, Some(64_000));
    // Gemini
    let google = read(
        "google",
        r#"{"models":[{"name":"models/gemini-2.5-pro","displayName":"Gemini 2.5 Pro","inputTokenLimit":1048576,
        "outputTokenLimit":65536,"supportedGenerationMethods":["generateContent"],"thinking":true},
        {"name":"models/aqa","supportedGenerationMethods":["generateAnswer"]}]}"#,
    );
    assert_eq!(ids(&google), ["google/gemini-2.5-pro"]);
    let endpoint = &google.models[0].endpoints[0];
    assert_eq!((endpoint.context, endpoint.max_output), (Some(1_048_576), Some(65_536)));
    assert_eq!(endpoint.upstream_model.as_deref(), Some("gemini-2.5-pro"));
    // Groq, with a model that is switched off
    let groq = read(
        "groq",
        r#"{"data":[{"id":"llama-3.3-70b-versatile","active":true,"context_window":131072,"max_completion_tokens":32768},
        {"id":"gone","active":false}]}"#,
    );
    assert_eq!(ids(&groq), ["meta-llama/llama-3.3-70b-instruct"]);
    // Mistral
    let mistral = read(
        "mistral",
        r#"{"data":[{"id":"mistral-large-latest","max_context_length":262144,"capabilities":{"completion_chat":true,"vision":true}},
        {"id":"codestral-x","capabilities":{"completion_chat":false}}]}"#,
    );
    assert_eq!(ids(&mistral), ["mistralai/mistral-large-latest"]);
    // Together: a bare array, dollars per million
    let together = read(
        "together",
        r#"[{"id":"meta-llama/Llama-3.3-70B-Instruct-Turbo","type":"chat","context_length":131072,"pricing":{"input":0.88,"output":0.88}},
        {"id":"x/y","type":"image"}]"#,
    );
    assert_eq!(ids(&together), ["meta-llama/llama-3.3-70b-instruct"]);
    assert_eq!(together.models[0].endpoints[0].prices.as_ref().map(|p| p.prompt), Some(m("0.88")));
    // DeepInfra
    let deepinfra = read(
        "deepinfra",
        r#"{"data":[{"id":"deepseek-ai/DeepSeek-V3.1","metadata":{"context_length":163840,"max_tokens":163840,
        "pricing":{"input_tokens":0.21,"output_tokens":0.79,"cache_read_tokens":0.13}}}]}"#,
    );
    assert_eq!(ids(&deepinfra), ["deepseek/deepseek-v3.1"]);
    assert_eq!(deepinfra.models[0].endpoints[0].prices.as_ref().and_then(|p| p.cached_read), Some(m("0.13")));
    // Cohere's own, and GitHub's catalog: a bare array
    let cohere = read(
        "cohere",
        r#"{"models":[{"name":"command-x-2027","endpoints":["chat"],"context_length":256000,"features":["tools","json_schema"]}],
        "next_page_token":null}"#,
    );
    assert_eq!(ids(&cohere), ["cohere/command-x-2027"]);
    assert_eq!(cohere.models[0].endpoints[0].context, Some(256_000));
    let github = read(
        "github",
        r#"[{"id":"openai/gpt-4.1","name":"OpenAI GPT-4.1","publisher":"OpenAI","capabilities":["streaming","tool-calling"],
        "limits":{"max_input_tokens":1048576,"max_output_tokens":32768},"supported_output_modalities":["text"]}]"#,
    );
    assert_eq!(ids(&github), ["openai/gpt-4.1"]);
    assert_eq!(github.models[0].endpoints[0].upstream_model.as_deref(), Some("openai/gpt-4.1"));
    // Vercel: dollars per token
    let vercel = read(
        "vercel",
        r#"{"data":[{"id":"openai/gpt-4o","type":"language","context_window":128000,"max_tokens":16384,
        "pricing":{"input":"0.0000025","output":"0.00001","input_cache_read":"0.00000125"}},{"id":"a/b","type":"embedding"}]}"#,
    );
    assert_eq!(ids(&vercel), ["openai/gpt-4o"]);
    assert_eq!(vercel.models[0].endpoints[0].prices.as_ref().map(|p| p.completion), Some(m("10")));
}

#[test]
fn local_servers_lists_in_their_shapes() {
    // Ollama's own
    let mut ollama = read(
        "ollama",
        r#"{"models":[{"name":"qwen3:8b","model":"qwen3:8b","size":5200000000,
        "details":{"family":"qwen3","parameter_size":"8.2B","quantization_level":"Q4_K_M"}},{"name":"nomic-embed-text:latest"}]}"#,
    );
    assert_eq!(ids(&ollama), ["ollama/qwen3:8b"]);
    assert_eq!(ollama.models[0].endpoints[0].quantization, Some(Quantization::Int4));
    let show = r#"{"model_info":{"qwen3.context_length":40960,"general.architecture":"qwen3"},"capabilities":["completion","tools","thinking"]}"#;
    ollama_show(&mut ollama.models[0], show.as_bytes()).expect("a description");
    let catalog = Catalog::bundled().with(ollama);
    let endpoint = catalog.endpoints(&ModelId::new("ollama/qwen3:8b"))[0].clone();
    assert_eq!((endpoint.context, endpoint.local), (Some(40_960), true));
    assert!(endpoint.supports("tools") && endpoint.supports("reasoning"));
    assert_eq!(endpoint.prices.as_ref().map(|p| p.prompt), Some(Usd::ZERO), "no bill");
    // Ollama's and vLLM's OpenAI shape
    let vllm = read(
        "vllm",
        r#"{"object":"list","data":[{"id":"Qwen/Qwen3-8B","max_model_len":32768,"root":"Qwen/Qwen3-8B"}]}"#,
    );
    assert_eq!(ids(&vllm), ["vllm/Qwen3-8B"]);
    assert_eq!(vllm.models[0].endpoints[0].upstream_model.as_deref(), Some("Qwen/Qwen3-8B"));
    // llama.cpp answers in two shapes at once
    let llama = read(
        "llamacpp",
        r#"{"models":[{"name":"/models/smol.gguf","model":"/models/smol.gguf","capabilities":["completion","multimodal"]}],
        "object":"list","data":[{"id":"/models/smol.gguf","meta":{"n_ctx":8192,"n_ctx_train":40960}}]}"#,
    );
    assert_eq!(ids(&llama), ["llamacpp/smol"]);
    assert_eq!(llama.models[0].endpoints[0].context, Some(8192), "as it was started, not as it was trained");
    // LM Studio's own
    let studio = read(
        "lmstudio",
        r#"{"data":[{"id":"qwen/qwen3-4b","type":"vlm","quantization":"4bit","max_context_length":32768,"capabilities":["tool_use"]},
        {"id":"nomic","type":"embeddings"}]}"#,
    );
    assert_eq!(ids(&studio), ["lmstudio/qwen3-4b"]);
    assert_eq!(studio.models[0].endpoints[0].inputs, Some(["text", "image"].into()));
    assert!(read("ollama", r#"{"models":[]}"#).models.is_empty(), "a local server with nothing loaded");
}

#[test]
fn what_is_no_list_changes_nothing() {
    let catalog = Catalog::bundled();
    let openai = catalog.provider("openai").expect("in the table");
    for body in ["", "<html>502</html>", "null", "{}", r#"{"data":{}}"#, r#"{"data":"x"}"#, "[1", "7"] {
        assert!(matches!(openrouter(body.as_bytes(), At(0)), Err(ListError::NotAList(..))), "{body}");
        assert!(
            matches!(listed(openai, body.as_bytes(), &catalog, At(0)), Err(ListError::NotAList(..))),
            "{body}"
        );
        assert!(models_dev(body.as_bytes(), &catalog, At(0)).is_err(), "{body}");
    }
    for empty in [r#"{"data":[]}"#, r#"{"data":[null, 1, {"id":3}]}"#] {
        assert_eq!(openrouter(empty.as_bytes(), At(0)), Err(ListError::Empty("openrouter".into())));
    }
}

#[test]
fn a_list_that_shrinks_by_half_is_doubted() {
    let list = |n: usize| {
        let rows: Vec<String> = (0..n).map(|i| format!(r#"{{"id":"a/m{i}"}}"#)).collect();
        openrouter(format!(r#"{{"data":[{}]}}"#, rows.join(",")).as_bytes(), At(0)).expect("a list")
    };
    let catalog = Catalog::bare();
    assert_eq!(doubt(&list(30), Some(&list(40)), &catalog), Ok(()));
    assert_eq!(doubt(&list(3), Some(&list(4)), &catalog), Ok(()), "few are few");
    let error = doubt(&list(10), Some(&list(40)), &catalog).expect_err("three quarters are gone");
    assert_eq!(
        error.to_string(),
        "the list of models from openrouter fell from 40 models to 10; the one from before stays in use"
    );
}

/// Forty models that OpenRouter resells, each price this many times what the catalog says.
fn resold(times: &str) -> String {
    let catalog = Catalog::bundled();
    let times: Usd = times.parse().expect("a decimal");
    let endpoints = catalog.endpoints_of("openrouter");
    let priced = endpoints.filter_map(|e| Some((e, e.prices.as_ref().filter(|p| !p.prompt.is_zero())?)));
    let price = |price: Usd| {
        price
            .scale(times.raw(), 10i128.pow(24))
            .or_else(|| price.scale(times.raw() / 10i128.pow(18), 10i128.pow(6)))
    };
    let rows = priced.take(40).map(|(e, prices)| {
        let (prompt, completion) = (price(prices.prompt), price(prices.completion));
        serde_json::json!({"id": e.upstream_model, "pricing": {"prompt": prompt, "completion": completion}})
    });
    serde_json::json!({"data": rows.collect::<Vec<_>>()}).to_string()
}

#[test]
fn prices_of_another_order_are_doubted() {
    let catalog = Catalog::bundled();
    let list = |times: &str| openrouter(resold(times).as_bytes(), At(0)).expect("a list");
    let before = list("1");
    for times in ["1", "0.5", "3"] {
        assert_eq!(doubt(&list(times), Some(&before), &catalog), Ok(()), "{times} times");
    }
    for times in ["0.001", "0.000001", "0", "50"] {
        for before in [None, Some(&before)] {
            let error = doubt(&list(times), before, &catalog).expect_err(times);
            assert!(error.to_string().contains("ten times off the known prices at 40 of 40"), "{error}");
        }
    }
    // dollars a million where dollars a token are meant: no single one is believed
    let slip = list("1000000");
    assert!(slip.models.iter().all(|row| row.endpoints[0].prices.is_none()));
    let error = doubt(&slip, Some(&before), &catalog).expect_err("no price is left");
    assert!(error.to_string().contains("fell from 40 prices to 0"), "{error}");
}

#[test]
fn a_single_absurd_price_is_no_price() {
    let row = |pricing: &str| format!(r#"{{"id":"a/b","pricing":{pricing}}}"#);
    for (pricing, known) in [
        (r#"{"prompt":"0.0006","completion":"0.0006"}"#, true),
        (r#"{"prompt":"3","completion":"0.000015"}"#, false),
        (r#"{"prompt":"0.000003","completion":"-0.5"}"#, false),
        (r#"{"prompt":"0.000003","completion":"1e300"}"#, false),
        (r#"{"prompt":"0.000003","completion":"0.000015","request":"5000"}"#, false),
        (
            r#"{"prompt":"0.000003","completion":"0.000015","overrides":[{"min_prompt_tokens":1,"prompt":"1"}]}"#,
            false,
        ),
    ] {
        let list = openrouter(format!(r#"{{"data":[{}]}}"#, row(pricing)).as_bytes(), At(0)).expect("a list");
        assert_eq!(list.models[0].endpoints[0].prices.is_some(), known, "{pricing}");
    }
}

#[test]
fn the_hosts_behind_a_reseller() {
    let catalog = Catalog::bundled();
    let id = EndpointId::new("openrouter:deepseek/deepseek-v3.1");
    let endpoint = catalog.endpoints_of("openrouter").find(|e| e.prices.is_some());
    let endpoint = catalog.endpoint(&id).or(endpoint).expect("resold").clone();
    let body = r#"{"data":{"id":"deepseek/deepseek-v3.1","endpoints":[
      {"name":"DeepInfra | x","provider_name":"DeepInfra","tag":"deepinfra/fp8","quantization":"fp8","context_length":163840,
       "max_completion_tokens":null,"pricing":{"prompt":"0.0000002","completion":"0.0000008","input_cache_read":"0.00000013"},
       "status":0,"uptime_last_30m":99.91,"latency_last_30m":{"p50":0.62,"p99":4},"throughput_last_30m":{"p50":41.5}},
      {"provider_name":"Dear","tag":"dear/bf16","quantization":"bf16","pricing":{"prompt":"0.000005","completion":"0.00002"},
       "status":-2,"uptime_last_30m":null,"latency_last_30m":{"p50":740}},
      {"provider_name":"Tiered","tag":"tiered/priority","pricing":{"prompt":"0.005","completion":"0.005"}},
      {"provider_name":"Odd","tag":7,"pricing":"ask","status":"up"}, {"tag":null}, 7 ]}}"#;
    let laid = catalog.with(hosts(&endpoint, body.as_bytes(), At::from_secs(1_795_000_000)).expect("hosts"));
    let facts = laid.facts(&endpoint.id).expect("known");
    assert_eq!(facts.hosts_as_of, "2026-11-18");
    let names: Vec<&str> = facts.hosts.iter().map(|host| host.name.as_str()).collect();
    assert_eq!(names, ["DeepInfra", "Dear", "Tiered", "Odd"]);
    let first = &facts.hosts[0];
    assert_eq!(
        (first.quantization, first.context, first.max_output),
        (Quantization::Fp8, Some(163_840), None)
    );
    assert_eq!((first.ttft_ms, first.rate, first.degraded), (Some(620), Some(41.5), false));
    assert!(first.uptime.is_some_and(|up| (up - 0.9991).abs() < 1e-9));
    assert_eq!(
        (facts.hosts[1].degraded, facts.hosts[1].ttft_ms),
        (true, Some(740)),
        "milliseconds are seen too"
    );
    assert_eq!(facts.hosts[3].prices, None);
    let now = laid.endpoint(&endpoint.id).expect("known");
    assert_eq!(now.prices, endpoint.prices, "the list's price stays the price");
    // what it may come to at most is the dearest host's that is asked unasked for
    let turn = Turn { prompt: 1_000_000, max_tokens: Some(0), ..Turn::default() };
    assert_eq!(quote(now, &turn, At(0)).worst, Some("5".parse().expect("a decimal")));
    for body in ["", "{}", r#"{"data":[]}"#, r#"{"data":{"endpoints":{}}}"#, r#"{"data":{"endpoints":[]}}"#] {
        assert!(hosts(&endpoint, body.as_bytes(), At(0)).is_err(), "{body}");
    }
}
