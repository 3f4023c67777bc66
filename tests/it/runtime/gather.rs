//! Gathering loses nothing, changes no order and ends when the stream does.

use fareway::runtime::Gather;
use futures_util::{StreamExt, stream};

#[test]
fn everything_comes_in_order_however_fast_it_is() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        // a task of its own hands each piece over, as the connection does
        let (to, from) = tokio::sync::mpsc::channel(1);
        tokio::spawn(async move {
            for n in 0..2_000_u32 {
                to.send(n).await.expect("somebody listens");
            }
        });
        let from = stream::unfold(from, |mut from| async { from.recv().await.map(|n| (n, from)) }).boxed();
        let mut gather = Gather::new(from);
        for n in 0..2_000 {
            assert_eq!(gather.next().await, Some(n));
        }
        assert_eq!(gather.next().await, None);
    });
}
