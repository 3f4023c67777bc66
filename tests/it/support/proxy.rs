//! A proxy that speaks plain HTTP, CONNECT and SOCKS 5, and leads everybody to one upstream whatever they ask for.

use super::tls::listen;
use base64::Engine;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

/// What came in, a line a connection: `connect upstream.test:443 user:pass`, `plain POST http://... user:pass`,
/// `socks5 upstream.test:80 user:pass`.
pub struct Proxy {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// `named`: whoever gives no name and password is refused.
    pub fn start(to: SocketAddr, named: bool) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        let address = listen(move |socket| {
            let notes = Arc::clone(&notes);
            async move {
                let _ = serve(socket, to, named, &notes).await;
            }
        });
        Self { address, seen }
    }

    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no panic while held").clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    to: SocketAddr,
    named: bool,
    seen: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let note = |line: String| seen.lock().expect("no panic while held").push(line);
    let mut first = [0];
    socket.read_exact(&mut first).await?;
    if first[0] == 5 {
        let asked = socks(&mut socket).await?;
        note(format!("socks5 {asked}"));
        let mut upstream = TcpStream::connect(to).await?;
        copy_bidirectional(&mut socket, &mut upstream).await?;
        return Ok(());
    }
    let mut head = first.to_vec();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let line = text.lines().next().unwrap_or_default().to_owned();
    let who = text
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"))
        .and_then(|(_, value)| {
            base64::engine::general_purpose::STANDARD.decode(value.strip_prefix("Basic ")?).ok()
        })
        .map(|who| String::from_utf8_lossy(&who).into_owned());
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let whose = who.clone().map_or_else(String::new, |who| format!(" {who}"));
    if named && who.is_none() {
        note(format!("refused {method} {target}"));
        let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\
                       proxy-authenticate: Basic realm=\"test\"\r\nconnection: close\r\n\r\n";
        return socket.write_all(refusal.as_bytes()).await;
    }
    let mut upstream = TcpStream::connect(to).await?;
    if method == "CONNECT" {
        note(format!("connect {target}{whose}"));
        socket.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    } else {
        note(format!("plain {method} {target}{whose}"));
        upstream.write_all(&head).await?;
    }
    copy_bidirectional(&mut socket, &mut upstream).await?;
    Ok(())
}

/// RFC 1928 and 1929, names resolved here; what was asked for and by whom.
async fn socks(socket: &mut TcpStream) -> std::io::Result<String> {
    let mut methods = vec![0; usize::from(socket.read_u8().await?)];
    socket.read_exact(&mut methods).await?;
    let mut who = String::new();
    if methods.contains(&2) {
        socket.write_all(&[5, 2]).await?;
        let _version = socket.read_u8().await?;
        let (user, password) = (word(socket).await?, word(socket).await?);
        who = format!(" {user}:{password}");
        socket.write_all(&[1, 0]).await?;
    } else {
        socket.write_all(&[5, 0]).await?;
    }
    let mut head = [0; 4];
    socket.read_exact(&mut head).await?;
    let host = match head[3] {
        3 => word(socket).await?,
        _ => {
            let mut ip = [0; 4];
            socket.read_exact(&mut ip).await?;
            std::net::Ipv4Addr::from(ip).to_string()
        }
    };
    let port = socket.read_u16().await?;
    socket.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(format!("{host}:{port}{who}"))
}

async fn word(socket: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = vec![0; usize::from(socket.read_u8().await?)];
    socket.read_exact(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
