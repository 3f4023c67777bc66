//! Gathering loses nothing, changes no order and ends when the stream does, however many stream at once.

use fareway::runtime::{Gather, Streams};
use futures_util::{StreamExt, stream};
use std::sync::mpsc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// A source of its own hands each piece over, as a connection does.
fn numbers(count: u32) -> impl futures_util::Stream<Item = u32> + Unpin {
    let (to, from) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        for n in 0..count {
            to.send(n).await.expect("somebody listens");
        }
    });
    stream::unfold(from, |mut from| async { from.recv().await.map(|n| (n, from)) }).boxed()
}

#[test]
fn everything_comes_in_order_however_fast_it_is() {
    let streams = Streams::start().expect("a thread");
    let (heard, hear) = mpsc::channel();
    for stream in 0..3 {
        let heard = heard.clone();
        streams.spawn(|rest| async move {
            let mut gather = Gather::new(numbers(2_000), rest);
            while let Some(n) = gather.next().await {
                heard.send((stream, n)).expect("the test listens");
            }
        });
    }
    drop(heard);
    let mut next = [0; 3];
    while let Ok((stream, n)) = hear.recv_timeout(PATIENCE) {
        assert_eq!(n, next[stream]);
        next[stream] += 1;
    }
    assert_eq!(next, [2_000; 3]);
}

/// What is stopped, and what is left when the end comes, lets go of what it holds.
#[test]
fn a_stream_that_is_stopped_or_left_is_dropped() {
    let streams = Streams::start().expect("a thread");
    let (held, gone) = mpsc::channel::<()>();
    let (began, begun) = mpsc::channel();
    let start = || {
        let (held, began) = (held.clone(), began.clone());
        streams.spawn(|rest| async move {
            let _held = held;
            let mut gather = Gather::new(stream::repeat(1).boxed(), rest);
            while let Some(n) = gather.next().await {
                let _ = began.send(n);
                tokio::task::yield_now().await;
            }
        })
    };
    let (stopped, _left) = (start(), start());
    begun.recv_timeout(PATIENCE).expect("it streams");
    stopped.abort();
    streams.wake();
    drop(streams);
    drop(held);
    assert_eq!(gone.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected), "both let go");
}
