//! Bad input gets one clear sentence: what is wrong, where, and what to do; and the exit code that `--help` promises.

use crate::support::program::{Home, config};
use crate::support::upstream::{Script, Upstream};

#[test]
fn an_unknown_model_offers_the_nearest_names() {
    let home = Home::new();
    home.run(["ask", "-m", "demo/swfit", "hi"]).fails(4, &["demo/swfit", "demo/swift"]);
    let sessions = home.run(["sessions", "list", "--json"]).ok();
    assert_eq!(sessions.stdout, "[]\n", "nobody was asked, so nothing was said");
}

#[test]
fn a_missing_key_names_the_variable_and_the_provider() {
    let model = ["ask", "-m", "openai/gpt-4o-mini", "hi"];
    Home::new().run(model).fails(4, &["OPENAI_API_KEY", "OpenAI"]);
}

#[test]
fn a_rejected_key_names_the_provider_and_where_the_key_came_from() {
    let upstream = Upstream::start([Script::error(401, "invalid_api_key", "Incorrect API key provided")]);
    let text = format!(
        "{}[providers.work]\nname = \"Work\"\nbase_url = \"{}\"\nkeys = [\"env:WORK_KEY\"]\nmodels = [\"m\"]\n",
        "model = \"work/m\"\n",
        upstream.base_url()
    );
    let home = Home::with_config(&text);
    let output = home.command(["ask", "hi"]).env("WORK_KEY", "sk-wrong").output().expect("it runs");
    let ended = crate::support::program::ended(output);
    assert!(!ended.stderr.contains("sk-wrong"), "{}", ended.stderr);
    ended.fails(1, &["Work", "WORK_KEY", "rejected"]);
}

#[test]
fn an_unreachable_host_is_named() {
    // a port that was free a moment ago
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let url = format!("http://127.0.0.1:{port}/v1");
    let home = Home::new();
    home.run(["ask", "--endpoint", &url, "-m", "m", "hi"]).fails(1, &[&format!("127.0.0.1:{port}")]);
}

#[test]
fn a_mistake_in_the_config_names_file_line_and_what_is_allowed() {
    let home = Home::with_config("# mine\n[network]\nrefesh = true\n");
    home.run(["ask", "hi"]).fails(2, &["config.toml:3", "refesh", "refresh", "discover"]);
    home.run(["doctor"]).fails(2, &[]);
}

#[test]
fn a_prompt_that_no_endpoint_has_room_for_is_not_sent() {
    let upstream = Upstream::start([Script::says(&["no"])]);
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]).replace("32768", "100"));
    let prompt = "many words and more of them ".repeat(1000);
    home.pipe(["ask"], prompt.as_bytes()).fails(4, &["context"]);
    assert!(upstream.seen().is_empty());
}

#[test]
fn what_is_no_text_or_too_much_of_it_is_refused_before_anybody_is_asked() {
    let home = Home::new();
    home.pipe(["ask", "what is this?"], b"\x7fELF\x02\x01\0\xff\xfe").fails(2, &["stdin", "--file"]);
    home.pipe(["ask", "what is this?"], b"text with \0 in it").fails(2, &["stdin", "--file"]);
    home.pipe(["ask", "shorten this"], &vec![b'x'; 100 << 20]).fails(2, &["stdin is larger than 32 MB"]);
    let binary = home.file("core", b"\0\x01\x02\xff");
    let binary = binary.to_str().expect("a path");
    home.run(["ask", "-f", binary, "?"]).fails(2, &["core", "neither text nor an image"]);
    home.run(["ask", "-f", "nowhere.txt", "?"]).fails(2, &["nowhere.txt"]);
    home.run(["ask"]).fails(2, &["nothing to ask"]);
}

#[test]
fn flags_that_mean_nothing_are_refused_with_what_would() {
    let home = Home::new();
    home.run(["ask", "--endpoint", "http://x/v1", "hi"]).fails(2, &["--model"]);
    home.run(["ask", "--endpoint", "x", "-m", "m", "hi"]).fails(2, &["http://"]);
    home.run(["ask", "--effort", "huge", "hi"]).fails(2, &["huge", "high"]);
    home.run(["ask", "--session", "nowhere", "hi"]).fails(2, &["nowhere", "fareway sessions"]);
    home.run(["ask", "--continue", "hi"]).fails(2, &["no session"]);
    home.run(["ask", "-t", "5", "hi"]).fails(2, &["from 0 to 2"]);
    home.run(["ask", "--max-tokens", "0", "hi"]).fails(2, &["1.."]);
    home.run(["usage", "--from", "yesterday"]).fails(2, &["YYYY-MM-DD"]);
    home.run(["why", "gen-1"]).fails(2, &["gen- and 32 letters and digits"]);
    home.run(["--theme", "nope"]).fails(2, &["nope", "fareway themes"]);
}
