//! A connection that is kept may be closed by the server while it is idle: nobody failed then.

use super::bench::{Bench, catalog, keys, options, request};
use crate::support::upstream::{Script, Upstream};
use fareway::words::{FailureKind, Outcome};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const ANSWER: &str = r#"{"choices": [{"index": 0, "message": {"role": "assistant", "content": "good"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}"#;

/// Answers the first request of a connection, and closes it when the second comes. Gives how often that was.
fn closing() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = listener.local_addr().expect("an address");
    let closed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&closed);
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let count = Arc::clone(&count);
            std::thread::spawn(move || {
                if heard(&mut socket) {
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length";
                    let _ = write!(socket, "{head}: {}\r\n\r\n{ANSWER}", ANSWER.len());
                    if heard(&mut socket) {
                        count.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    (addr, closed)
}

/// Reads a request; `false` when the client closed.
fn heard(socket: &mut TcpStream) -> bool {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match socket.read(&mut buffer) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&buffer[..n]),
            _ => return false,
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return true;
            }
        }
    }
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_no_failure() {
    let (addr, closed) = closing();
    let bench = Bench::of(catalog(&[format!("http://{addr}/v1")]), keys(1), options());
    for _ in 0..50 {
        let heard = bench.ask(request("hi")).await;
        assert_eq!(heard.text(), "good", "{heard:?}");
        let receipt = heard.receipt();
        assert_eq!(receipt.attempts.len(), 1, "one attempt, whatever was closed");
        assert_eq!(receipt.attempts[0].outcome, Outcome::Answered);
        bench.settled(&heard);
        if closed.load(Ordering::SeqCst) >= 3 {
            return;
        }
    }
    panic!("no connection was ever kept");
}

#[tokio::test]
async fn a_new_connection_that_is_closed_is_a_failure_at_once() {
    for script in [Script::default(), Script::default().reset()] {
        let upstream = Upstream::start([script]);
        let bench = Bench::of(catalog(&[upstream.base_url()]), keys(1), options());
        let heard = bench.ask(request("hi")).await;
        let receipt = heard.receipt();
        let Outcome::Failed(failure) = &receipt.attempts[0].outcome else { panic!("it failed") };
        assert_eq!(failure.kind, FailureKind::Cut);
        assert_eq!(upstream.seen().len(), receipt.attempts.len(), "each request that was sent is an attempt");
    }
}
