//! Local servers found by the commands without a screen, and several keys of one provider.

use crate::support::program::{Home, config, ended};
use crate::support::upstream::{Script, Upstream, stop, text, usage};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// An Ollama with one model.
fn ollama() -> Upstream {
    Upstream::with(|seen| match seen.line.split(' ').nth(1) {
        Some("/api/tags") => {
            Script::answer(200, &[], json!({"models": [{"name": "tiny:1b", "model": "tiny:1b"}]}).to_string())
        }
        Some("/api/show") => Script::answer(
            200,
            &[],
            json!({"model_info": {"tiny.context_length": 4096}, "capabilities": ["completion"]}).to_string(),
        ),
        Some("/v1/chat/completions") => Script::says(&["from ", "next door"]),
        _ => Script::answer(404, &[], "no"),
    })
}

#[test]
fn a_local_server_is_found_when_a_name_needs_it_and_not_before() {
    let server = ollama();
    let known = Upstream::start([Script::says(&["known"])]);
    let home = Home::with_config(&config(&[("up", known.base_url(), "1", "2")]));
    let run = |args: &[&str]| {
        let mut command = home.command(args);
        command.env("OLLAMA_HOST", server.addr().to_string());
        ended(command.output().expect("it runs"))
    };
    assert_eq!(run(&["ask", "hi"]).ok().stdout, "known\n");
    assert!(server.seen().is_empty(), "a known model waits for nobody");
    let heard = run(&["ask", "-m", "ollama/tiny:1b", "--json", "hi"]).ok().json();
    assert_eq!((&heard["text"], &heard["cost_source"]), (&json!("from next door"), &json!("free")));
    let listed = run(&["models", "--provider", "ollama", "--json"]).ok().json();
    assert_eq!((&listed[0]["id"], &listed[0]["context"]), (&json!("ollama/tiny:1b"), &json!(4096)));
    let shown = run(&["models", "show", "ollama/tiny:1b"]).ok().stdout;
    assert!(shown.contains("ollama"), "{shown}");
}

#[test]
fn nothing_is_looked_for_when_the_config_says_so() {
    let server = ollama();
    let home = Home::with_config("[network]\ndiscover = false\n");
    let mut command = home.command(["ask", "-m", "ollama/tiny:1b", "hi"]);
    command.env("OLLAMA_HOST", server.addr().to_string());
    ended(command.output().expect("it runs")).fails(4, &["ollama/tiny:1b"]);
    assert!(server.seen().is_empty());
}

fn get(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("it listens");
    write!(socket, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn serve_looks_for_them_in_the_background() {
    let server = ollama();
    let home = Home::new();
    let mut command = home.command(["serve", "--listen", "127.0.0.1:0"]);
    let mut child = command.env("OLLAMA_HOST", server.addr().to_string()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where it is");
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    // it answers before it has looked; each question gives it time
    while !get(address, "/v1/models").contains("\"ollama/tiny:1b\"") {}
    child.kill().expect("it runs");
    child.wait().expect("its end");
}

#[test]
fn several_keys_of_one_variable_are_tried_in_order() {
    let upstream = Upstream::with(|seen| match seen.header("authorization") {
        Some("Bearer sk-one") => Script::answer(
            429,
            &[("retry-after", "30")],
            json!({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}).to_string(),
        ),
        Some("Bearer sk-two") => Script::error(401, "invalid_api_key", "wrong"),
        _ => Script::says(&["third"]),
    });
    let home = Home::with_config(&format!(
        "[providers.work]\nbase_url = \"{}\"\nkeys = [\"env:WORK_KEYS\", \"env:LAST_KEY\"]\nmodels = [\"m\"]\n",
        upstream.base_url()
    ));
    let mut command = home.command(["ask", "-m", "work/m", "--json", "hi"]);
    command.env("WORK_KEYS", "sk-one, sk-two").env("LAST_KEY", "sk-three");
    let ended = ended(command.output().expect("it runs")).ok();
    let heard: Value = ended.json();
    assert_eq!(heard["text"], "third");
    let statuses: Vec<&Value> =
        heard["attempts"].as_array().expect("attempts").iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [&json!(429), &json!(401), &json!(200)]);
    for secret in ["sk-one", "sk-two", "sk-three"] {
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains(secret));
    }
}

#[test]
fn a_command_prices_by_the_lists_that_were_fetched_last() {
    let upstream = Upstream::start([Script::stream()
        .event(&text("hi"))
        .event(&stop("stop"))
        .event(&usage(10, 2))
        .done()]);
    let home = Home::with_config(&format!(
        "[preferences]\nonly = [\"openrouter\"]\n[providers.openrouter]\nbase_url = \"{}\"\n",
        upstream.base_url()
    ));
    let list = json!({"data": [{"id": "openai/gpt-4o", "name": "OpenAI: GPT-4o",
        "pricing": {"prompt": "0.000007", "completion": "0.000009"}}]});
    let cache = home.path().join(".cache/fareway");
    std::fs::create_dir_all(&cache).expect("a cache folder");
    // fetched on 2027-01-01
    let head = json!({"etag": null, "at": 1_798_761_600_000_000_i64});
    std::fs::write(cache.join("openrouter.list"), format!("{head}\n{list}")).expect("a list");
    let run = |args: &[&str]| {
        let mut command = home.command(args);
        command.env("OPENROUTER_API_KEY", "sk-or-test");
        ended(command.output().expect("it runs")).ok()
    };
    let ended = run(&["ask", "-m", "openai/gpt-4o", "hi"]);
    assert!(ended.stderr.contains("prices of 2027-01-01"), "{}", ended.stderr);
    let row = home.run(["export"]).ok().lines().remove(0);
    // 10 at $7 and 2 at $9 a million
    assert_eq!(row["cost_usd"], "0.000088", "{row}");
    let shown = run(&["models", "show", "openai/gpt-4o"]).stdout;
    assert!(shown.contains("openrouter"), "{shown}");
}
