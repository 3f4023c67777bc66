//! How fast answers are heard: `cargo bench --bench wire --profile fast`.
//!
//! `typed` is our decoder; `value` only finds each chunk and parses it into a `serde_json::Value`, which is less than
//! decoding. Both get the stream in pieces of 4 KB. An item is a token.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use fareway::wire::{JsonValues, Sse, SseEvent, format};
use fareway::words::Endpoint;
use serde_json::{Value, json};

const TOKENS: usize = 2_000;
const FORMATS: [&str; 5] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "ollama"];

fn main() {
    divan::main();
}

/// A stream of [`TOKENS`] tokens as its vendor frames them.
fn stream(name: &str) -> Vec<u8> {
    let mut out = String::new();
    for n in 0..TOKENS {
        let token = ["the ", "fare ", "way\\n", "meter ", "\\\"ticks\\\" "][n % 5];
        out.push_str(&match name {
            "openai-chat" => format!("data: {{\"id\":\"chatcmpl-C1KMEUDb1vVwsROQUCZTgG6A6vtWo\",\"object\":\"chat.completion.chunk\",\"created\":1754432618,\"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_ff25b2783a\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{token}\"}},\"logprobs\":null,\"finish_reason\":null}}],\"usage\":null,\"obfuscation\":\"jP9abrn9XF3\"}}\n\n"),
            "openai-responses" => format!("event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"sequence_number\":{n},\"item_id\":\"msg_0d0a107ddd23ca6d0068f966cb28348195\",\"output_index\":0,\"content_index\":0,\"delta\":\"{token}\",\"logprobs\":[],\"obfuscation\":\"9LFnL\"}}\n\n"),
            "anthropic-messages" => format!("event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{token}\"}}        }}\n\n"),
            "gemini" => format!("data: {{\"candidates\": [{{\"content\": {{\"parts\": [{{\"text\": \"{token}\"}}],\"role\": \"model\"}},\"index\": 0}}],\"modelVersion\": \"gemini-2.5-flash\",\"responseId\": \"rlvgaKuWKMXc_uMP4-Cn2As\"}}\r\n\r\n"),
            _ => format!("{{\"model\":\"qwen3:4b\",\"created_at\":\"2026-08-04T19:59:02.854866Z\",\"message\":{{\"role\":\"assistant\",\"content\":\"{token}\"}},\"done\":false}}\n"),
        });
    }
    out.into_bytes()
}

fn endpoint(name: &str) -> Endpoint {
    serde_json::from_value(json!({
        "id": "p:a/m", "model": "a/m", "provider": "p", "provider_name": "P", "tag": "p", "upstream_model": "m",
        "format": name, "base_url": "", "prices": null, "context": null, "max_output": null,
    }))
    .expect("an endpoint")
}

#[divan::bench(args = FORMATS)]
fn typed(bencher: Bencher<'_, '_>, name: &str) {
    let (stream, endpoint) = (stream(name), endpoint(name));
    let format = format(name).expect("a format");
    bencher.counter(BytesCount::new(stream.len())).counter(ItemsCount::new(TOKENS)).bench(|| {
        let mut decoder = format.decoder(&endpoint);
        let mut deltas = Vec::new();
        let mut heard = 0;
        for piece in stream.chunks(4096) {
            decoder.feed(piece, &mut deltas).expect("a good stream");
            heard += deltas.len();
            deltas.clear();
        }
        heard
    });
}

struct Never;
impl<T: std::error::Error> From<T> for Never {
    fn from(_: T) -> Self {
        Never
    }
}

#[divan::bench(args = FORMATS)]
fn value(bencher: Bencher<'_, '_>, name: &str) {
    let stream = stream(name);
    bencher.counter(BytesCount::new(stream.len())).counter(ItemsCount::new(TOKENS)).bench(|| {
        let mut parsed = 0;
        let mut parse = |data: &[u8]| {
            divan::black_box(serde_json::from_slice::<Value>(data).expect("JSON"));
            parsed += 1;
            Ok::<(), Never>(())
        };
        let (mut sse, mut values) = (Sse::default(), JsonValues::default());
        for piece in stream.chunks(4096) {
            let fed = if name == "ollama" {
                values.feed(piece, &mut parse)
            } else {
                sse.feed(piece, &mut |event: SseEvent<'_>| parse(event.data))
            };
            assert!(fed.is_ok());
        }
        parsed
    });
}
