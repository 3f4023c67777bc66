//! TLS that will not come up, and HTTP/2 servers that leave: what is said, and that nothing is left behind.

use super::bench::{Bench, options, request};
use crate::support::tls::{self, Holder, Turn};
use crate::support::upstream::{Gate, Script, Upstream};
use fareway::gateway::{Clocks, Options};
use fareway::words::{Delta, FailureKind, Reply};
use futures_util::StreamExt;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn trusting() -> Options {
    Options { ca_file: Some(tls::authority()), ..options() }
}

fn https(address: SocketAddr) -> String {
    format!("https://{address}/v1")
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_the_next_endpoint_asked() {
    let upstream = Upstream::start([Script::says(&["se", "cret"])]);
    let (here, elsewhere) = (
        tls::in_front_of(upstream.addr(), Holder::Here),
        tls::in_front_of(upstream.addr(), Holder::Elsewhere),
    );
    let cases = [
        ("unknown authority", here, options(), "is not trusted"),
        ("another's certificate", elsewhere, trusting(), "is not trusted"),
    ];
    for (name, address, options, says) in cases {
        let bench = Bench::at(&[https(address)], options.clone());
        let heard = bench.ask(request("hi")).await;
        assert_eq!(heard.failure(), Some(FailureKind::Tls), "{name}: {}", heard.message());
        assert!(heard.message().contains(says) && heard.message().contains("ca_file"), "{}", heard.message());
        bench.settled(&heard);
        assert!(upstream.seen().is_empty(), "{name}: the request was not sent");

        let good = Upstream::start([Script::says(&["good"])]);
        let bench = Bench::at(&[https(address), good.base_url()], options);
        let heard = bench.ask(request("hi")).await;
        assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", "good"), "{name}");
        bench.settled(&heard);
    }
    let bench = Bench::at(&[https(here)], trusting());
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.text(), "secret", "with the authority named it is trusted: {heard:?}");
}

#[tokio::test]
async fn a_handshake_that_stops() {
    let hung_up = tls::listen(|socket| async move { drop(socket) });
    let silent = tls::listen(|socket| async move {
        let _held = socket;
        std::future::pending::<()>().await;
    });
    let soon = Clocks { connect: Duration::from_millis(200), ..options().clocks };
    let cases = [
        // closed before or after the first bytes: the system decides which of the two it looks like
        ("hung up", hung_up, options(), &[FailureKind::Tls, FailureKind::Unreachable][..]),
        ("silent", silent, Options { clocks: soon, ..options() }, &[FailureKind::ConnectTimeout]),
    ];
    for (name, address, options, kinds) in cases {
        let bench = Bench::at(&[https(address)], options);
        let heard = bench.ask(request("hi")).await;
        assert!(heard.failure().is_some_and(|kind| kinds.contains(&kind)), "{name}: {heard:?}");
        assert!(heard.message().contains(&address.to_string()), "{name}: {}", heard.message());
        bench.settled(&heard);
    }
}

/// It waits for the end of a request that a TLS greeting does not have.
#[tokio::test]
async fn a_plain_server_behind_an_https_address_is_named_as_one() {
    let plain = tls::listen(|mut socket| async move {
        let mut heard = Vec::new();
        while !heard.ends_with(b"\r\n\r\n") && socket.read_buf(&mut heard).await.is_ok_and(|n| n > 0) {}
        let _ = socket.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
    });
    let clocks = Clocks { connect: Duration::from_millis(200), ..options().clocks };
    let bench = Bench::at(&[https(plain)], Options { clocks, ..options() });
    let heard = bench.ask(request("hi")).await;
    assert_eq!(heard.failure(), Some(FailureKind::Tls), "{heard:?}");
    let said = heard.message();
    assert!(
        said.contains(&plain.to_string()) && said.contains("write http:// instead of https://"),
        "{said}"
    );
    assert_eq!(heard.outline(), "Cl", "it is not asked again: {heard:?}");
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_is_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "not a certificate").expect("a file");
    let upstream = Upstream::start([Script::says(&["no"])]);
    for file in [folder.path().join("nowhere.pem"), empty] {
        let options = Options { ca_file: Some(file.clone()), ..options() };
        let heard = Bench::at(&[upstream.base_url()], options).ask(request("hi")).await;
        assert_eq!(heard.failure(), Some(FailureKind::Tls), "{heard:?}");
        let file = file.display().to_string();
        assert!(heard.message().contains(&file) && heard.message().contains("PEM"), "{}", heard.message());
    }
}

#[tokio::test]
async fn an_http2_server_that_leaves() {
    use Turn::*;
    let cut = Some(FailureKind::Cut);
    let cases = [
        (GoAwayAtOnce, "Cl", "", cut),
        (GoAwayInTheMiddle, "CDl", "Hello, ", cut),
        (ResetInTheMiddle, "CDl", "Hello, ", cut),
        (GoAwayPolitely, "CDn", "Hello, you.", None),
        (Answers, "CDn", "Hello, you.", None),
    ];
    for (turn, outline, text, failure) in cases {
        let gate = Gate::default();
        let bench = Bench::at(&[https(tls::http2(&[turn], &gate))], trusting());
        let mut replies = Vec::new();
        let mut stream = bench.gateway.ask(request("hi"));
        while let Some(reply) = stream.next().await {
            // the server goes on when the token has been heard
            if matches!(reply, Reply::Delta(Delta::Text(_))) {
                gate.open();
            }
            replies.push(reply);
        }
        let heard = super::bench::Heard(replies);
        assert_eq!((heard.outline().as_str(), heard.text().as_str()), (outline, text), "{turn:?}: {heard:?}");
        assert_eq!(heard.failure(), failure, "{turn:?}");
        if failure.is_some() {
            assert!(heard.message().len() > 20, "{turn:?}: {}", heard.message());
        }
        bench.settled(&heard);
    }
}

#[tokio::test]
async fn after_goaway_the_next_endpoint_answers_and_the_next_request_has_a_new_connection() {
    let gate = Gate::default();
    let leaves = tls::http2(&[Turn::GoAwayAtOnce, Turn::Answers], &gate);
    let good = Upstream::start([Script::says(&["good"])]);
    let bench = Bench::at(&[https(leaves), good.base_url()], trusting());
    let heard = bench.ask(request("hi")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CFCDn", "good"), "{heard:?}");
    bench.settled(&heard);
    gate.open();
    let heard = bench.ask(request("hi")).await;
    assert_eq!((heard.outline().as_str(), heard.text().as_str()), ("CDn", "Hello, you."), "{heard:?}");
    bench.settled(&heard);
}
