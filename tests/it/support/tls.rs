//! TLS in front of a scripted upstream, and a real HTTP/2 server: certificates of an authority nobody trusts but the tests.

use axum::http::Response;
use bytes::Bytes;
use h2::Reason;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The authority that signed every certificate here: what `ca_file` is to name.
pub fn authority() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/certificates/ca.pem")
}

/// Whom a certificate is for.
#[derive(Clone, Copy)]
pub enum Holder {
    /// `localhost`, `127.0.0.1` and `upstream.test`
    Here,
    /// `elsewhere.test`
    Elsewhere,
}

fn acceptor(holder: Holder, alpn: &[u8]) -> TlsAcceptor {
    let (certificate, key): (&[u8], &[u8]) = match holder {
        Holder::Here => (include_bytes!("certificates/here.pem"), include_bytes!("certificates/here.key")),
        Holder::Elsewhere => {
            (include_bytes!("certificates/elsewhere.pem"), include_bytes!("certificates/elsewhere.key"))
        }
    };
    let certificate = CertificateDer::from_pem_slice(certificate).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    config.alpn_protocols = vec![alpn.to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// A port and what is done with every connection to it, on a thread of its own; it ends with the test.
pub fn listen<F>(each: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    listener.set_nonblocking(true).expect("a non-blocking listener");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            while let Ok((socket, _)) = listener.accept().await {
                let _ = socket.set_nodelay(true);
                tokio::spawn(each(socket));
            }
        });
    });
    address
}

/// Takes TLS off and hands everything on to `to`, HTTP/1.1 only.
pub fn in_front_of(to: SocketAddr, holder: Holder) -> SocketAddr {
    let acceptor = acceptor(holder, b"http/1.1");
    listen(move |socket| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut tls) = acceptor.accept(socket).await else { return };
            let Ok(mut plain) = TcpStream::connect(to).await else { return };
            let _ = tokio::io::copy_bidirectional(&mut tls, &mut plain).await;
        }
    })
}

/// What the HTTP/2 server does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// GOAWAY with an error instead of an answer.
    GoAwayAtOnce,
    /// A token; when the gate opens, GOAWAY with an error.
    GoAwayInTheMiddle,
    /// A token; when the gate opens, the stream alone is reset.
    ResetInTheMiddle,
    /// A token, GOAWAY without an error, and the rest: the server is about to restart and finishes what it began.
    GoAwayPolitely,
    Answers,
}

const TOKEN: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello, \"}}]}\n\n";
const REST: &str =
    "data: {\"choices\":[{\"delta\":{\"content\":\"you.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// An HTTP/2 server that does `turns` in order, a connection each; the last repeats.
pub fn http2(turns: &[Turn], gate: &super::upstream::Gate) -> SocketAddr {
    let acceptor = acceptor(Holder::Here, b"h2");
    let turns = Arc::new(std::sync::Mutex::new(turns.to_vec()));
    let gate = gate.clone();
    listen(move |socket| {
        let turn = {
            let mut turns = turns.lock().expect("no panic while held");
            if turns.len() > 1 { turns.remove(0) } else { turns[0] }
        };
        let (acceptor, gate) = (acceptor.clone(), gate.clone());
        async move {
            if let Ok(tls) = acceptor.accept(socket).await {
                let _ = talk(tls, turn, gate).await;
            }
        }
    })
}

async fn talk(
    tls: tokio_rustls::server::TlsStream<TcpStream>,
    turn: Turn,
    gate: super::upstream::Gate,
) -> Result<(), h2::Error> {
    let mut connection = h2::server::handshake(tls).await?;
    let Some(request) = connection.accept().await else { return Ok(()) };
    let (_, mut respond) = request?;
    if turn == Turn::GoAwayAtOnce {
        connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
        return std::future::poll_fn(|cx| connection.poll_closed(cx)).await;
    }
    let head = Response::builder().header("content-type", "text/event-stream").body(()).expect("a head");
    let mut stream = respond.send_response(head, false)?;
    stream.send_data(Bytes::from_static(TOKEN.as_bytes()), false)?;
    if turn == Turn::GoAwayPolitely {
        connection.graceful_shutdown();
    }
    // what was said is sent while the gate is shut
    tokio::select! {
        ended = std::future::poll_fn(|cx| connection.poll_closed(cx)) => return ended,
        () = gate.passed() => {}
    }
    match turn {
        Turn::GoAwayInTheMiddle => connection.abrupt_shutdown(Reason::INTERNAL_ERROR),
        Turn::ResetInTheMiddle => stream.send_reset(Reason::INTERNAL_ERROR),
        _ => stream.send_data(Bytes::from_static(REST.as_bytes()), true)?,
    }
    std::future::poll_fn(|cx| connection.poll_closed(cx)).await
}
