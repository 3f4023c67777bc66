//! What the gateway adds to a bare reqwest client, in one run against one upstream: per request and per chunk.
//!
//! `cargo bench --bench gateway`, or with `--profile fast` while working.

use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::gateway::{Gateway, Keys, NoLedger, Options};
use fareway::words::{Message, ModelId, ModelRef, Part, Prices, ProviderId, Request, Role, Usd};
use futures_util::StreamExt;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const REQUESTS: usize = 3000;
const STREAMS: usize = 60;
const CHUNKS: usize = 2000;

fn main() {
    let short = upstream(20);
    let long = upstream(CHUNKS);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (bare, added) = compare(&short, REQUESTS).await;
        println!("per request (20 chunks): bare {bare:?}, gateway adds {added:?} at the median");
        let (bare, added) = compare(&long, STREAMS).await;
        let each = |time: Duration| time / u32::try_from(CHUNKS).expect("a few thousand");
        println!(
            "per chunk ({CHUNKS} chunks): bare {:?}, gateway adds {:?} at the median",
            each(bare),
            each(added)
        );
    });
}

/// Medians of the bare client and of what the gateway adds, asked in turn so that the machine's moods hit both.
async fn compare(address: &str, rounds: usize) -> (Duration, Duration) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let gateway = gateway(address);
    let url = format!("{address}/chat/completions");
    let (mut bare, mut through) = (Vec::new(), Vec::new());
    for round in 0..rounds + rounds / 10 {
        let start = Instant::now();
        let mut response = client.post(&url).body(BODY).send().await.expect("an answer");
        while response.chunk().await.expect("a chunk").is_some() {}
        let one = start.elapsed();
        let start = Instant::now();
        let mut stream = gateway.ask(request());
        while stream.next().await.is_some() {}
        let other = start.elapsed();
        // the first tenth warms up
        if round >= rounds / 10 {
            bare.push(one);
            through.push(other);
        }
    }
    bare.sort();
    through.sort();
    let middle = rounds / 2;
    (bare[middle], through[middle].saturating_sub(bare[middle]))
}

const BODY: &str =
    r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"Say something short."}]}"#;

fn request() -> Request {
    Request {
        model: ModelRef::new("bench/model"),
        messages: vec![Arc::new(Message::loose(Role::User, vec![Part::text("Say something short.")]))],
        ..Request::default()
    }
}

fn gateway(address: &str) -> Gateway {
    let provider = ProviderRow {
        base_url: Some(address.to_owned()),
        format: Some("openai-chat".to_owned()),
        key_vars: Some(vec!["BENCH_KEY".to_owned()]),
        ..ProviderRow::new("bench")
    };
    let prices =
        Prices { prompt: Usd::from_raw(1 << 50), completion: Usd::from_raw(1 << 51), ..Prices::default() };
    let endpoint = EndpointRow { prices: Some(prices), ..EndpointRow::new(ProviderId::new("bench")) };
    let model = ModelRow { endpoints: vec![endpoint], ..ModelRow::new(ModelId::new("bench/model")) };
    let catalog = Catalog::bundled().with(Overlay {
        source: Source { name: "bench".to_owned(), rank: Rank::Config, at: None },
        providers: vec![provider],
        models: vec![model],
    });
    let mut keys = Keys::default();
    keys.add(&ProviderId::new("bench"), "sk-bench", "bench");
    Gateway::new(Options::default(), Arc::new(catalog), keys, Arc::new(NoLedger))
}

/// A keep-alive server on a thread of its own that streams so many chunks, each in a frame of its own.
fn upstream(chunks: usize) -> String {
    let mut answer = String::from(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    let mut frame = |event: &str| {
        let _ = write!(answer, "{:x}\r\n{event}\r\n", event.len());
    };
    for number in 0..chunks {
        frame(&format!(
            "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" word{number}\"}},\"finish_reason\":null}}]}}\n\n"
        ));
    }
    frame("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    frame(
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":20,\"total_tokens\":25}}\n\n",
    );
    frame("data: [DONE]\n\n");
    answer.push_str("0\r\n\r\n");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    listener.set_nonblocking(true).expect("a non-blocking listener");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            let answer: Arc<str> = answer.into();
            while let Ok((mut socket, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                let _ = socket.set_nodelay(true);
                tokio::spawn(async move {
                    let mut buffer = vec![0; 64 * 1024];
                    let mut held: Vec<u8> = Vec::new();
                    while let Ok(n) = socket.read(&mut buffer).await {
                        if n == 0 {
                            return;
                        }
                        held.extend_from_slice(&buffer[..n]);
                        // every body ends in `}`; one request is under way at a time
                        if held.ends_with(b"}") {
                            held.clear();
                            if socket.write_all(answer.as_bytes()).await.is_err() {
                                return;
                            }
                        }
                    }
                });
            }
        });
    });
    address
}
