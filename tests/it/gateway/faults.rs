//! Every way an endpoint can fail: what the stream says, of which kind it is, and that nothing is left behind.

use super::bench::{Bench, Heard, catalog, keys, options, request};
use crate::support::upstream::{Script, Upstream, delta, stop, text};
use fareway::catalog::{Overlay, ProviderRow, Rank, Source};
use fareway::gateway::{Clocks, Options};
use fareway::words::{FailureKind, Outcome, Rescue};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write;
use std::time::Duration;

/// Clocks that run out only where the case is about one running out: a busy machine must not look like a fault.
fn clocks_for(kind: FailureKind) -> Options {
    let soon = Duration::from_millis(300);
    let clocks = options().clocks;
    let clocks = match kind {
        FailureKind::FirstTokenTimeout => Clocks { first_token: soon, ..clocks },
        FailureKind::IdleTimeout => Clocks { idle: soon, ..clocks },
        _ => clocks,
    };
    Options { clocks, ..options() }
}

/// One endpoint with this fault, nobody to fall back to.
async fn alone(script: Script, options: Options) -> Heard {
    let upstream = Upstream::start([script]);
    let bench = Bench::with(&[&upstream], options);
    let heard = bench.ask(request("hi")).await;
    bench.settled(&heard);
    heard
}

fn page() -> Script {
    Script::answer(
        200,
        &[("content-type", "text/html; charset=utf-8")],
        "<!DOCTYPE html><h1>Welcome to nginx</h1>",
    )
}

/// Faults before the first token: the failure's kind. Each is also seen to fall back.
fn before_the_first_token() -> Vec<(&'static str, Script, FailureKind)> {
    use FailureKind::*;
    let error = |status, code: &str| Script::error(status, code, "no");
    vec![
        ("reset before headers", Script::default().reset(), Cut),
        ("reset after headers", Script::stream().reset(), Cut),
        ("closed before headers", Script::default(), Cut),
        ("half a head", Script::default().raw("HTTP/1.1 200 OK\r\ncontent-"), Cut),
        ("not HTTP at all", Script::default().raw("SSH-2.0-OpenSSH_9.6\r\n\r\n"), Malformed),
        ("hang before the first byte", Script::default().hang(), FirstTokenTimeout),
        ("hang after headers", Script::stream().hang(), FirstTokenTimeout),
        ("only comments, then a hang", Script::stream().chunk(": keep-alive\n\n").hang(), FirstTokenTimeout),
        ("truncated chunk", Script::stream().raw("40\r\ndata: {\"cho"), Cut),
        ("ends without a word", Script::stream().end(), Empty),
        ("garbage JSON", Script::stream().chunk("data: {\"choices\": [{]}\n\n").done(), Malformed),
        ("an HTML page", page(), Malformed),
        (
            "nothing, said to be a web page",
            Script::answer(200, &[("content-type", "text/html")], ""),
            Malformed,
        ),
        (
            "an HTML page that says it is an event stream",
            Script::answer(200, &[("content-type", "text/event-stream")], "<!DOCTYPE html>\n<h1>Hi</h1>\n"),
            Malformed,
        ),
        ("an empty body", Script::answer(200, &[], ""), Empty),
        ("null choices", Script::stream().event(&json!({"choices": null})).done(), Empty),
        ("a reply without a token", Script::stream().event(&stop("stop")).done(), Empty),
        (
            "429",
            Script::answer(
                429,
                &[("retry-after", "7")],
                json!({"error": {"message": "slow down"}}).to_string(),
            ),
            RateLimited,
        ),
        ("429 out of money", error(429, "insufficient_quota"), Quota),
        ("401", error(401, "invalid_api_key"), Auth),
        ("500", error(500, "server_error"), Server),
        (
            "502 with a page",
            Script::answer(502, &[("content-type", "text/html")], "<h1>Bad gateway</h1>"),
            Server,
        ),
        ("503", error(503, "overloaded"), Overloaded),
        (
            "an error inside a 200",
            Script::stream().event(&json!({"error": {"message": "no", "code": 502}})).done(),
            Server,
        ),
        (
            "a redirect",
            Script::answer(307, &[("location", "https://elsewhere.example/v1/chat")], ""),
            Malformed,
        ),
        ("gzip that is none", Script::answer(200, &[("content-encoding", "gzip")], "plain text"), Malformed),
    ]
}

#[tokio::test]
async fn before_the_first_token_each_fault_has_its_kind() {
    for (name, script, kind) in before_the_first_token() {
        let heard = alone(script, clocks_for(kind)).await;
        assert_eq!(heard.failure(), Some(kind), "{name}: {heard:?}");
        assert_eq!(heard.outline(), "Cl", "{name}");
        assert!(heard.message().len() > 10, "{name}: a sentence for a person");
        assert!(!heard.message().contains("sk-secret"), "{name}: no key in a message");
        assert_eq!(heard.receipt().cost.booked, Some(fareway::words::Usd::ZERO), "{name}: nothing was had");
    }
}

#[tokio::test]
async fn before_the_first_token_each_fault_falls_back() {
    for (name, script, kind) in before_the_first_token() {
        // a key that does not work is no reason to pay more, and the second endpoint costs more
        if matches!(kind, FailureKind::Auth | FailureKind::Quota) {
            continue;
        }
        let (bad, good) = (Upstream::start([script]), Upstream::start([Script::says(&["go", "od"])]));
        // the clock that runs out at the first is another for the second: a local server is waited for longer
        let patient = ProviderRow { local: Some(true), ..ProviderRow::new("p1") };
        let source = Source { name: "patience".to_owned(), rank: Rank::Config, at: None };
        let catalog = catalog(&[bad.base_url(), good.base_url()]).with(Overlay {
            source,
            providers: vec![patient],
            models: Vec::new(),
        });
        let bench = Bench::of(catalog, keys(2), clocks_for(kind));
        let heard = bench.ask(request("hi")).await;
        assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", "good"), "{name}: {heard:?}");
        let receipt = heard.receipt();
        let Outcome::Failed(failure) = &receipt.attempts[0].outcome else {
            panic!("{name}: the first failed")
        };
        assert_eq!(failure.kind, kind, "{name}");
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn after_the_first_token_a_fault_keeps_what_was_heard() {
    use FailureKind::*;
    let begun = || Script::stream().event(&text("The sky "));
    let half = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ü".as_bytes();
    let cases = [
        ("reset", begun().reset(), Cut),
        ("closed in the middle of a chunk", begun().raw("40\r\ndata: {"), Cut),
        ("ended without an end mark", begun().end(), Cut),
        ("stall", begun().hang(), IdleTimeout),
        ("half a character at the cut", begun().chunk(&half[..half.len() - 1]).end(), Cut),
        ("garbage", begun().chunk("data: {\"choices\": [{]}\n\n").done(), Malformed),
        (
            "an error in the stream",
            begun().event(&json!({"error": {"message": "died", "code": 502}})).done(),
            Server,
        ),
    ];
    for (name, script, kind) in cases {
        let heard = alone(script, clocks_for(kind)).await;
        assert_eq!(heard.failure(), Some(kind), "{name}: {heard:?}");
        assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDl", "The sky "), "{name}");
        let receipt = heard.receipt();
        assert!(
            receipt.cost.booked.is_some_and(|cost| !cost.is_zero()),
            "{name}: what was heard is paid for"
        );
    }
}

#[tokio::test]
async fn oddities_that_are_no_faults() {
    let says = || Script::stream().event(&text("good"));
    let long = "x".repeat(10 << 20);
    let labelled = |kind: &str| {
        Script::default()
            .raw(format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ntransfer-encoding: chunked\r\n\r\n"))
    };
    let cases = [
        ("duplicate [DONE]", says().event(&stop("stop")).chunk("data: [DONE]\n\n").done(), "good".to_owned()),
        ("missing [DONE]", says().event(&stop("stop")).end(), "good".to_owned()),
        ("reset after the stop", says().event(&stop("stop")).reset(), "good".to_owned()),
        // in one piece, for the clock that is about to run out must not do so in between
        (
            "silence after the stop",
            Script::stream().chunk(format!("data: {}\n\ndata: {}\n\n", text("good"), stop("stop"))).hang(),
            "good".to_owned(),
        ),
        (
            "null choices in between",
            says().event(&json!({"choices": null})).event(&stop("stop")).done(),
            "good".to_owned(),
        ),
        ("a 10 MB line", Script::stream().event(&text(&long)).event(&stop("stop")).done(), long.clone()),
        (
            "the wrong content type",
            labelled("application/octet-stream").event(&text("good")).event(&stop("stop")).done(),
            "good".to_owned(),
        ),
        (
            "an event stream that says it is JSON",
            labelled("application/json").event(&text("good")).event(&stop("stop")).done(),
            "good".to_owned(),
        ),
        // its first line comes in two pieces: what it is must be waited for
        (
            "an event stream that says it is a web page",
            labelled("text/html; charset=utf-8")
                .chunk("\n")
                .chunk("da")
                .chunk(format!("ta: {}\n\n", text("good")))
                .event(&stop("stop"))
                .done(),
            "good".to_owned(),
        ),
        (
            "a whole JSON answer that says it is a web page",
            Script::answer(
                200,
                &[("content-type", "text/html")],
                json!({"choices": [{"message": {"content": "good"}, "finish_reason": "stop"}]}).to_string(),
            ),
            "good".to_owned(),
        ),
        (
            "a whole JSON answer",
            Script::answer(
                200,
                &[],
                json!({"choices": [{"message": {"content": "good"}, "finish_reason": "stop"}]}).to_string(),
            ),
            "good".to_owned(),
        ),
    ];
    for (name, script, said) in cases {
        let waits = name == "silence after the stop";
        let options = if waits { clocks_for(FailureKind::IdleTimeout) } else { options() };
        let heard = alone(script, options).await;
        assert_eq!(heard.outline(), "CDn", "{name}: {:?}", heard.failure());
        assert_eq!(heard.text(), said, "{name}");
    }
}

#[tokio::test]
async fn comments_keep_a_slow_reply_alive() {
    // long enough that a busy machine does not look like silence
    let idle = Duration::from_secs(2);
    let script = Script::stream().event(&text("slow")).drip(": still here\n\n", idle + idle / 4);
    let upstream = Upstream::start([script.event(&stop("stop")).done()]);
    let bench =
        Bench::with(&[&upstream], Options { clocks: Clocks { idle, ..options().clocks }, ..options() });
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.outline(), "CDn");
}

#[tokio::test]
async fn a_gzip_bomb_is_not_unpacked_to_its_end() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&vec![b' '; 64 << 20]).expect("memory");
    let bomb = gzip.finish().expect("memory");
    assert!(bomb.len() < 100_000);
    let script =
        Script::answer(200, &[("content-encoding", "gzip"), ("content-type", "text/event-stream")], bomb);
    let heard = alone(script, Options { max_body: 1 << 20, ..options() }).await;
    assert_eq!(heard.failure(), Some(FailureKind::Malformed));
    assert!(heard.message().contains("more than 1 MB"), "{}", heard.message());
}

#[tokio::test]
async fn a_redirect_is_never_followed_with_the_key() {
    let thief = Upstream::start([Script::says(&["stolen"])]);
    let to = format!("{}/chat/completions", thief.base_url());
    for status in [301, 302, 307, 308] {
        let heard = alone(Script::answer(status, &[("location", &to)], ""), options()).await;
        assert_eq!(heard.failure(), Some(FailureKind::Malformed));
        assert!(heard.message().contains(&thief.addr().to_string()), "{}", heard.message());
    }
    assert!(thief.seen().is_empty(), "nobody asked where the redirect pointed");
}

#[tokio::test]
async fn connections_that_never_come_about() {
    // a port that is taken, and that nobody listens at
    let taken = tokio::net::TcpSocket::new_v4().expect("a socket");
    taken.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let closed = taken.local_addr().expect("an address");
    let plain = Upstream::start([Script::default().raw("HTTP/1.1 400 Bad Request\r\n\r\n").unasked()]);
    let cases = [
        (format!("http://{closed}/v1"), FailureKind::Unreachable, "connection refused"),
        (format!("https://{}/v1", plain.addr()), FailureKind::Tls, "http:// instead of https://"),
        ("http://no-such-host.invalid/v1".to_owned(), FailureKind::Unreachable, "no-such-host.invalid"),
        ("nonsense".to_owned(), FailureKind::InvalidRequest, "base_url"),
    ];
    for (address, kind, says) in cases {
        let bench = Bench::at(std::slice::from_ref(&address), options());
        let heard = bench.ask(request("hi")).await;
        assert_eq!(heard.failure(), Some(kind), "{address}: {}", heard.message());
        assert!(heard.message().contains(says), "{address}: {}", heard.message());
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn a_reset_before_the_request_is_read() {
    let heard = alone(Script::default().reset().unasked(), options()).await;
    // the reset may overtake the connection's last handshake, or the request's first byte
    assert!(matches!(heard.failure(), Some(FailureKind::Cut | FailureKind::Unreachable)), "{heard:?}");
}

#[tokio::test]
async fn half_a_tool_call_is_not_continued_elsewhere() {
    let call = json!({"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "look", "arguments": "{\"a\":"}}]});
    let dies = Upstream::start([Script::stream().event(&delta(&call)).reset()]);
    let lives = Upstream::start([Script::says(&["other"])]);
    let bench = Bench::new(&[&dies, &lives]);
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.outline(), "CDl");
    assert_eq!(heard.failure(), Some(FailureKind::Cut));
    assert!(lives.seen().is_empty());
    bench.settled(&heard);
}

#[tokio::test]
async fn a_reply_that_broke_off_goes_on_elsewhere_without_repeating_itself() {
    let dies =
        Upstream::start([Script::stream().event(&text("One two ")).event(&text("three four")).reset()]);
    // told to repeat the last words, it does, and goes on
    let lives = Upstream::start([Script::says(&["three", " four", " five", " six."])]);
    let bench = Bench::new(&[&dies, &lives]);
    let heard = bench.ask(request("count")).await;
    assert_eq!(heard.outline(), "CDRDn", "{heard:?}");
    assert_eq!(heard.text(), "One two three four five six.");
    let asked = lives.seen()[0].json();
    let messages = asked["messages"].as_array().expect("messages");
    assert_eq!(messages[1]["role"], "assistant");
    assert_eq!(messages[1]["content"], "One two three four");
    assert_eq!(messages[2]["role"], "user");
    let receipt = heard.receipt();
    assert!(receipt.attempts[1].rescue && !receipt.attempts[0].rescue);
    assert!(receipt.attempts.iter().all(|a| a.cost.booked.is_some_and(|cost| !cost.is_zero())));
    bench.settled(&heard);

    let dies = Upstream::start([Script::stream().event(&text("One")).reset()]);
    let bench = Bench::new(&[&dies, &lives]);
    let mut off = request("count");
    off.preferences.rescue = Some(Rescue::Off);
    let heard = bench.ask(off).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDl", "One"));
}
