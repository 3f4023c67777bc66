//! A scripted upstream over real sockets: raw TCP, so that every fault is possible. It runs on a thread of its own,
//! so that blocking tests and paused clocks can use it alike.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};

/// What the upstream does with one connection, in order. After the last act it closes.
#[derive(Clone, Debug, Default)]
pub struct Script {
    acts: Vec<Act>,
    /// Begins before anything was read.
    unasked: bool,
}

#[derive(Clone, Debug)]
enum Act {
    /// These bytes, raw.
    Send(Vec<u8>),
    /// Waits until the test opens the gate.
    Gate(Gate),
    Open(Gate),
    /// RST instead of FIN.
    Reset,
    /// Silence until the client hangs up.
    Hang,
    /// These bytes again and again for so long.
    Drip(Vec<u8>, Duration),
}

/// Holds a script back; each `open` lets one waiting act pass.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Semaphore>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }
}

impl Gate {
    pub fn open(&self) {
        self.0.add_permits(1);
    }

    /// Waits for one opening, and uses it up.
    pub async fn passed(&self) {
        self.0.acquire().await.expect("gates are never closed").forget();
    }
}

impl Script {
    /// A whole answer with its length.
    pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut head = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            head.push_str("content-type: application/json\r\n");
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("connection: close\r\n\r\n");
        Self::default().raw(head).raw(body)
    }

    /// An error as OpenAI writes it.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::answer(
            status,
            &[],
            json!({"error": {"message": message, "type": code, "code": code}}).to_string(),
        )
    }

    /// The head of an event stream in chunked transfer. It says that the connection closes behind it, as it does: else
    /// the client may send its next request into a connection that is being closed.
    pub fn stream() -> Self {
        Self::default().raw(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n",
        )
    }

    /// A whole openai-chat reply: these words, a stop, usage, `[DONE]`.
    pub fn says(words: &[&str]) -> Self {
        let mut script = Self::stream();
        for word in words {
            script = script.event(&text(word));
        }
        script.event(&stop("stop")).event(&usage(10, words.len() as u64)).done()
    }

    /// These bytes as they are.
    pub fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.acts.push(Act::Send(bytes.as_ref().to_vec()));
        self
    }

    /// These bytes as one chunk of the chunked transfer.
    pub fn chunk(self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        let mut framed = format!("{:x}\r\n", bytes.len()).into_bytes();
        framed.extend_from_slice(bytes);
        framed.extend_from_slice(b"\r\n");
        self.raw(framed)
    }

    /// One server-sent event.
    pub fn event(self, data: &Value) -> Self {
        self.chunk(format!("data: {data}\n\n"))
    }

    /// `[DONE]` and the end of the chunked transfer.
    pub fn done(self) -> Self {
        self.chunk("data: [DONE]\n\n").end()
    }

    /// The end of the chunked transfer.
    pub fn end(self) -> Self {
        self.raw("0\r\n\r\n")
    }

    pub fn gate(mut self, gate: &Gate) -> Self {
        self.acts.push(Act::Gate(gate.clone()));
        self
    }

    /// Does that after this.
    pub fn then(mut self, script: Script) -> Self {
        self.acts.extend(script.acts);
        self
    }

    /// Lets somebody pass who waits there: what was said before this is on its way by then.
    pub fn opens(mut self, gate: &Gate) -> Self {
        self.acts.push(Act::Open(gate.clone()));
        self
    }

    pub fn reset(mut self) -> Self {
        self.acts.push(Act::Reset);
        self
    }

    /// This as one chunk after the other for so long, never silent in between.
    pub fn drip(mut self, bytes: &str, time: Duration) -> Self {
        self.acts.push(Act::Drip(format!("{:x}\r\n{bytes}\r\n", bytes.len()).into_bytes(), time));
        self
    }

    pub fn hang(mut self) -> Self {
        self.acts.push(Act::Hang);
        self
    }

    /// Does all this before anything is read of the request.
    pub fn unasked(mut self) -> Self {
        self.unasked = true;
        self
    }
}

/// A chunk with text, as openai-chat streams it.
pub fn text(text: &str) -> Value {
    delta(&json!({"content": text}))
}

pub fn delta(delta: &Value) -> Value {
    json!({"id": "up-1", "object": "chat.completion.chunk", "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

pub fn stop(reason: &str) -> Value {
    json!({"id": "up-1", "object": "chat.completion.chunk", "model": "scripted",
        "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
}

pub fn usage(prompt: u64, completion: u64) -> Value {
    json!({"id": "up-1", "object": "chat.completion.chunk", "model": "scripted", "choices": [],
        "usage": {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}})
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `POST /v1/chat/completions HTTP/1.1`
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

type Answers = Box<dyn FnMut(&Seen) -> Script + Send>;

struct Shared {
    answers: Mutex<Answers>,
    first: Mutex<VecDeque<bool>>,
    seen: Mutex<Vec<Seen>>,
    /// Connections that the client closed before the script was through.
    hung_up: watch::Sender<usize>,
    arrived: watch::Sender<usize>,
}

/// The server. Dropping it closes everything.
pub struct Upstream {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Upstream {
    /// A script for each connection; the last one repeats.
    pub fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        let mut scripts: VecDeque<Script> = scripts.into_iter().collect();
        let at_once = scripts.iter().map(|s| s.unasked).collect();
        Self::serve(
            at_once,
            Box::new(move |_| {
                if scripts.len() > 1 {
                    scripts.pop_front().expect("more than one")
                } else {
                    scripts.front().cloned().unwrap_or_default()
                }
            }),
        )
    }

    /// A script for each request, by what was asked.
    pub fn with(answers: impl FnMut(&Seen) -> Script + Send + 'static) -> Self {
        Self::serve(VecDeque::new(), Box::new(answers))
    }

    fn serve(at_once: VecDeque<bool>, answers: Answers) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let addr = listener.local_addr().expect("an address");
        listener.set_nonblocking(true).expect("a non-blocking listener");
        let shared = Arc::new(Shared {
            answers: Mutex::new(answers),
            first: Mutex::new(at_once),
            seen: Mutex::default(),
            hung_up: watch::Sender::new(0),
            arrived: watch::Sender::new(0),
        });
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let state = Arc::clone(&shared);
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let accept = async {
                    while let Ok((socket, _)) = listener.accept().await {
                        tokio::spawn(answer(socket, Arc::clone(&state)));
                    }
                };
                tokio::select! { () = accept => {}, _ = stopped => {} }
            });
        });
        Self { addr, shared, stop: Some(stop) }
    }

    /// `http://127.0.0.1:4321/v1`
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.addr)
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().expect("no panic while held").clone()
    }

    /// Waits until this many requests have come in.
    pub async fn arrived(&self, count: usize) {
        self.shared.arrived.subscribe().wait_for(|n| *n >= count).await.expect("the upstream lives");
    }

    /// Waits until the client has hung up on this many unfinished answers.
    pub async fn hung_up(&self, count: usize) {
        self.shared.hung_up.subscribe().wait_for(|n| *n >= count).await.expect("the upstream lives");
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

async fn answer(mut socket: TcpStream, shared: Arc<Shared>) {
    let _ = socket.set_nodelay(true);
    let at_once = {
        let mut first = shared.first.lock().expect("no panic while held");
        if first.len() > 1 { first.pop_front() } else { first.front().copied() }
    };
    let seen = if at_once == Some(true) {
        Seen { line: String::new(), headers: Vec::new(), body: Vec::new() }
    } else {
        let Some(seen) = read_request(&mut socket).await else { return };
        seen
    };
    let script = (shared.answers.lock().expect("no panic while held"))(&seen);
    shared.seen.lock().expect("no panic while held").push(seen);
    shared.arrived.send_modify(|n| *n += 1);
    let (mut reader, mut writer) = socket.split();
    for act in script.acts {
        let gone = match act {
            Act::Send(bytes) => writer.write_all(&bytes).await.is_err(),
            Act::Open(gate) => {
                gate.open();
                false
            }
            Act::Gate(gate) => tokio::select! {
                () = gate.passed() => false,
                () = closed(&mut reader) => true,
            },
            Act::Hang => {
                closed(&mut reader).await;
                true
            }
            Act::Drip(bytes, time) => {
                let start = Instant::now();
                let mut gone = false;
                while !gone && start.elapsed() < time {
                    gone = writer.write_all(&bytes).await.is_err();
                    tokio::task::yield_now().await;
                }
                gone
            }
            Act::Reset => {
                reset(socket);
                return;
            }
        };
        if gone {
            shared.hung_up.send_modify(|n| *n += 1);
            return;
        }
    }
    let _ = writer.shutdown().await;
    // unread bytes would turn the close into a reset
    closed(&mut reader).await;
}

async fn closed(reader: &mut tokio::net::tcp::ReadHalf<'_>) {
    let mut scrap = [0; 256];
    while matches!(reader.read(&mut scrap).await, Ok(n) if n > 0) {}
}

fn reset(socket: TcpStream) {
    let _ = socket.set_zero_linger();
    drop(socket);
}

async fn read_request(socket: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let head_end = loop {
        if let Some(at) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break at;
        }
        let n = socket.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize =
        headers.iter().find(|(n, _)| n == "content-length").and_then(|(_, v)| v.parse().ok()).unwrap_or(0);
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        let n = socket.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        body.extend_from_slice(&buffer[..n]);
    }
    Some(Seen { line, headers, body })
}
