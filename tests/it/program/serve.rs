//! `fareway serve` as another program meets it, and the commands that only look.

use crate::support::program::{Home, config};
use crate::support::upstream::{Script, Upstream};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Child;

/// The started program and the address it printed.
pub fn start(home: &Home) -> (Child, String) {
    let mut child = home.spawn(["serve", "--listen", "127.0.0.1:0"]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where it is");
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    (child, address.to_owned())
}

/// A request on its way; the answer is still to be read.
pub fn send(address: &str, body: &Value) -> TcpStream {
    let body = body.to_string();
    let mut socket = TcpStream::connect(address).expect("it listens");
    write!(
        socket,
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("it reads");
    socket
}

fn post(address: &str, body: &Value) -> String {
    let mut answer = String::new();
    send(address, body).read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn a_raw_client_hears_a_stream_and_the_ledger_knows_it() {
    let upstream = Upstream::start([Script::says(&["Hel", "lo"])]);
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]));
    let (mut child, address) = start(&home);
    let asked =
        json!({"model": "test/model", "stream": true, "messages": [{"role": "user", "content": "hi"}]});
    let answer = post(&address, &asked);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("text/event-stream"), "{answer}");
    let chunks: Vec<Value> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).expect("a chunk"))
        .collect();
    let text: String = chunks.iter().filter_map(|c| c["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(text, "Hello");
    assert!(answer.contains("data: [DONE]"), "{answer}");
    assert!(chunks.iter().any(|chunk| chunk["usage"]["cost"] == json!(0.000014)), "{answer}");

    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a small number")).expect("a process id");
    kill_process(pid, Signal::TERM).expect("the signal is sent");
    assert_eq!(child.wait().expect("its end").code(), Some(0));
    let row = &home.run(["export"]).ok().lines()[0];
    assert_eq!((&row["purpose"], &row["cost_usd"]), (&json!("serve"), &json!("0.000014")));
}

#[test]
fn other_machines_may_not_ask_without_a_key() {
    Home::new().run(["serve", "--listen", "0.0.0.0:0"]).fails(2, &["0.0.0.0:0", "[[serve.keys]]"]);
    Home::new().run(["serve", "--listen", "nonsense"]).fails(2, &["nonsense", "127.0.0.1:4040"]);
}

#[test]
fn the_doctor_looks_and_the_themes_are_listed() {
    let home = Home::new();
    let findings = home.run(["doctor", "--json"]).ok().json();
    let of = |what: &str| findings.as_array().expect("findings").iter().any(|f| f["what"] == what);
    for what in ["terminal", "config", "store", "keys", "local servers", "catalog"] {
        assert!(of(what), "{what}: {findings}");
    }
    let themes = home.run(["themes", "--json"]).ok().json();
    assert!(themes.as_array().is_some_and(|list| list.len() >= 8 && list[0]["chosen"] == true), "{themes}");
    assert!(
        themes.as_array().is_some_and(|list| list.iter().all(|theme| theme["bundled"] == true)),
        "{themes}"
    );
}

#[test]
fn help_mentions_only_models_there_are() {
    let home = Home::new();
    let help = home.run(["--help"]).ok().stdout;
    let demos: Vec<&str> = help
        .split(|c: char| c.is_whitespace() || c == '`')
        .filter(|word| word.starts_with("demo/"))
        .collect();
    assert!(!demos.is_empty());
    for name in demos {
        home.run(["models", "show", name]).ok();
    }
    let shown = home.run(["models", "show", "openai/gpt-4o-mini"]).ok().stdout;
    assert!(shown.contains("PRICES FROM") && shown.contains("openai"), "{shown}");
}

/// Every price the catalog has is told, with who says it, of which day and where; for programs too.
#[test]
fn a_model_is_shown_with_every_price() {
    let home = Home::new();
    let shown = home.run(["models", "show", "anthropic/claude-sonnet-4.5"]).ok().stdout;
    let line = |starts: &str, has: &str| {
        shown.lines().any(|line| line.trim_start().starts_with(starts) && line.contains(has))
    };
    assert!(line("anthropic", "cache write 5 min $3.75; cache write 1 h $6"), "{shown}");
    assert!(line("anthropic", "search $0.01 each"), "{shown}");
    assert!(line("anthropic", "https://platform.claude.com/docs/en/about-claude/pricing"), "{shown}");
    assert!(line("anthropic", "litellm 1.109.1 2026-11"), "{shown}");
    assert!(line("thinks", "") || line("weights", "closed"), "{shown}");
    let shown = home.run(["models", "show", "deepseek/deepseek-v4-flash"]).ok().stdout;
    assert!(
        shown.contains("deepseek: models.dev (2026-09-28) says prompt costs $0.15 instead of $0.3"),
        "{shown}"
    );
    let told = home.run(["models", "show", "google/gemini-2.5-pro", "--json"]).ok().json();
    let google = &told["endpoints"][0];
    assert_eq!(google["prices"]["overrides"][0]["min_prompt_tokens"], 200_000, "{google}");
    for field in
        ["prices_from", "prices_page", "limits_from", "quantization", "max_output", "retires", "hosts"]
    {
        assert!(google.get(field).is_some(), "{field}: {google}");
    }
    for field in ["family", "outputs", "efforts", "open_weights", "knowledge", "released", "scores"] {
        assert!(told.get(field).is_some(), "{field}");
    }
}
