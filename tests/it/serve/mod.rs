//! Tests of `fareway::serve`: real sockets in front of the demonstration's models.

mod chat;
mod door;
mod errors;
mod thinking;

use fareway::catalog::Catalog;
use fareway::gateway::{Gateway, Keys, NoLedger, Options};
use fareway::serve;
use fareway::words::At;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::oneshot;

/// A served gateway; dropping it closes the door.
struct Door {
    address: SocketAddr,
    gateway: Gateway,
    _open: oneshot::Sender<()>,
}

async fn open(options: serve::Options) -> Door {
    let gateway = Gateway::new(
        Options { demo_pace: 0.0, seed: Some(7), ..Options::default() },
        Arc::new(Catalog::bundled()),
        Keys::default(),
        Arc::new(NoLedger),
    );
    open_to(gateway, options).await
}

async fn open_to(gateway: Gateway, options: serve::Options) -> Door {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (keep, closed) = oneshot::channel();
    let stop = async move {
        let _ = closed.await;
    };
    tokio::spawn(serve::serve(listener, gateway.clone(), options, || At::from_secs(1_700_000_000), stop));
    Door { address, gateway, _open: keep }
}

impl Door {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}
