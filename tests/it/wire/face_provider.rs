//! A client's `provider` object: what is understood, and what a slip in it is told.

use fareway::wire::face::openai_chat::parse;
use fareway::words::{
    DataCollection, FailureKind, MaxPrice, Partition, Percentiles, Preferences, Quantization, Sort, SortBy,
};
use serde_json::{Value, json};

fn read(provider: &Value) -> Result<Preferences, String> {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "provider": provider});
    match parse(body.to_string().as_bytes()) {
        Ok(incoming) => Ok(incoming.request.preferences),
        Err(failure) => {
            assert_eq!((failure.kind, failure.kind.status()), (FailureKind::InvalidRequest, 400));
            Err(failure.message)
        }
    }
}

#[test]
fn every_field_is_understood_in_every_form() {
    let usd = |text: &str| Some(text.parse().expect("a price"));
    let none = Preferences::default;
    let table = [
        (json!({}), none()),
        (json!(null), none()),
        (json!({"order": null, "zdr": null, "sort": null, "max_price": null}), none()),
        (json!({"order": ["a", "b/c"]}), Preferences { order: vec!["a".into(), "b/c".into()], ..none() }),
        (json!({"only": ["a"]}), Preferences { only: vec!["a".into()], ..none() }),
        (json!({"ignore": ["a"]}), Preferences { ignore: vec!["a".into()], ..none() }),
        (json!({"allow_fallbacks": false}), Preferences { allow_fallbacks: Some(false), ..none() }),
        (json!({"require_parameters": true}), Preferences { require_parameters: Some(true), ..none() }),
        (
            json!({"data_collection": "deny"}),
            Preferences { data_collection: Some(DataCollection::Deny), ..none() },
        ),
        (json!({"zdr": true}), Preferences { zdr: Some(true), ..none() }),
        (
            json!({"enforce_distillable_text": true}),
            Preferences { enforce_distillable_text: Some(true), ..none() },
        ),
        (
            json!({"quantizations": ["mxfp4", "unknown"]}),
            Preferences { quantizations: vec![Quantization::Mxfp4, Quantization::Unknown], ..none() },
        ),
        (json!({"sort": "exacto"}), Preferences { sort: Some(Sort::By(SortBy::Exacto)), ..none() }),
        (
            json!({"sort": {"by": "price"}}),
            Preferences {
                sort: Some(Sort::Full { by: SortBy::Price, partition: Partition::Model }),
                ..none()
            },
        ),
        (
            json!({"sort": {"by": "latency", "partition": "none"}}),
            Preferences {
                sort: Some(Sort::Full { by: SortBy::Latency, partition: Partition::None }),
                ..none()
            },
        ),
        (
            json!({"preferred_min_throughput": 50}),
            Preferences {
                preferred_min_throughput: Some(Percentiles { p50: Some(50.0), ..Percentiles::default() }),
                ..none()
            },
        ),
        (
            json!({"preferred_max_latency": {"p50": 0.5, "p75": 1, "p90": 2, "p99": null}}),
            Preferences {
                preferred_max_latency: Some(Percentiles {
                    p50: Some(0.5),
                    p75: Some(1.0),
                    p90: Some(2.0),
                    p99: None,
                }),
                ..none()
            },
        ),
        (
            json!({"max_price": {"prompt": 1, "completion": "2.5", "request": 0.01, "image": "0", "audio": null}}),
            Preferences {
                max_price: Some(MaxPrice {
                    prompt: usd("1"),
                    completion: usd("2.5"),
                    request: usd("0.01"),
                    image: usd("0"),
                    audio: None,
                }),
                ..none()
            },
        ),
    ];
    for (provider, preferences) in table {
        assert_eq!(read(&provider).as_ref(), Ok(&preferences), "{provider}");
    }
}

#[test]
fn a_slip_is_a_400_that_names_the_field() {
    let table = [
        (json!("openai"), "`provider` must be an object"),
        (json!({"ordr": ["a"]}), "`provider.ordr` is wrong: unknown field `ordr`, expected one of `order`"),
        (json!({"order": "openai"}), "`provider.order` is wrong: invalid type: string"),
        (json!({"only": [1]}), "`provider.only` is wrong: invalid type: integer"),
        (json!({"ignore": {}}), "`provider.ignore` is wrong"),
        (json!({"zdr": true, "allow_fallbacks": "no"}), "`provider.allow_fallbacks` is wrong: invalid type"),
        (json!({"require_parameters": 1}), "`provider.require_parameters` is wrong"),
        (
            json!({"data_collection": "never"}),
            "`provider.data_collection` is wrong: unknown variant `never`, expected `allow` or `deny`",
        ),
        (json!({"zdr": "yes"}), "`provider.zdr` is wrong"),
        (json!({"enforce_distillable_text": "yes"}), "`provider.enforce_distillable_text` is wrong"),
        (json!({"quantizations": ["fp7"]}), "`provider.quantizations` is wrong: unknown variant `fp7`"),
        (
            json!({"sort": "cheap"}),
            "`provider.sort` is wrong: unknown variant `cheap`, expected one of `price`, `throughput`",
        ),
        (json!({"sort": 3}), "`provider.sort` is wrong: invalid type: integer `3`, expected price"),
        (json!({"sort": {"partition": "none"}}), "`provider.sort` is wrong: missing field `by`"),
        (
            json!({"sort": {"by": "price", "partition": "all"}}),
            "`provider.sort` is wrong: unknown variant `all`, expected `model` or `none`",
        ),
        (
            json!({"sort": {"by": "price", "desc": true}}),
            "`provider.sort` is wrong: unknown field `desc`, expected `by` or `partition`",
        ),
        (
            json!({"preferred_min_throughput": "50"}),
            "`provider.preferred_min_throughput` is wrong: invalid type: string \"50\", expected a number",
        ),
        (
            json!({"preferred_max_latency": {"p95": 3}}),
            "`provider.preferred_max_latency` is wrong: unknown field `p95`, expected one of `p50`",
        ),
        (json!({"preferred_max_latency": 0}), "0 is no cut-off: it must be more than 0"),
        (json!({"max_price": 3}), "`provider.max_price` is wrong"),
        (
            json!({"max_price": {"input": 3}}),
            "`provider.max_price` is wrong: unknown field `input`, expected one of `prompt`",
        ),
        (json!({"max_price": {"prompt": "cheap"}}), "`cheap` is not a decimal number"),
        (json!({"max_price": {"prompt": -1}}), "-1 is no price: it must be 0 or more"),
        (json!({"options": ["x"]}), "`provider.options` must be an object"),
    ];
    for (provider, says) in table {
        let message = read(&provider).expect_err(says);
        assert!(message.contains(says), "{provider}: {message}");
    }
}
