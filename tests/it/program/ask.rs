//! `fareway ask`: the main job without a terminal.

use crate::support::program::{Home, config};
use crate::support::pty::{Pty, command};
use crate::support::upstream::{Gate, Script, Upstream, stop, text, usage};
use fareway::app::Settings;
use fareway::runtime::settings;
use fareway::store::{Options, Store, Write};
use fareway::words::Usd;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::Read;
use std::process::{Child, Stdio};

fn one(upstream: &Upstream) -> Home {
    Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]))
}

fn last_session(home: &Home) -> Value {
    let sessions = home.run(["sessions", "list", "--json"]).ok().json();
    let id = sessions[0]["id"].as_str().expect("a session").to_owned();
    home.run(["sessions", "show", &id, "--json"]).ok().json()
}

/// Reads from the child's stdout until it has this many bytes.
fn read(child: &mut Child, bytes: usize) -> String {
    let mut heard = vec![0; bytes];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut heard).expect("the program speaks");
    String::from_utf8(heard).expect("text")
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a small number")).expect("a process id");
    kill_process(pid, signal).expect("the signal is sent");
}

#[test]
fn the_demo_answers_a_pipe_and_its_money_is_play_money() {
    let home = Home::new();
    let ended = home.pipe(["ask", "--model", "demo/swift", "--max-tokens", "12"], b"hi").ok();
    assert!(!ended.stdout.trim().is_empty() && ended.stdout.ends_with('\n'), "{}", ended.stdout);
    assert!(ended.stderr.contains("demo, not real money"), "{}", ended.stderr);
    let session = last_session(&home);
    assert_eq!(session["title"], "hi");
    assert_eq!(session["messages"].as_array().map(Vec::len), Some(2));
    let sum = &home.run(["usage", "--json"]).ok().json()["sum"];
    assert_eq!(sum["requests"], 0, "real totals know nothing of it");
    assert_eq!(home.run(["usage", "--demo", "--json"]).ok().json()["sum"]["requests"], 1);
}

/// Alt-S in the picker: the model that new sessions begin with. The config says nothing, or something older.
#[test]
fn the_model_chosen_in_the_terminal_is_asked() {
    for says in ["", "model = \"demo/sage\"\n"] {
        let home = Home::with_config(says);
        let data = home.path().join(".local/share/fareway");
        let config =
            Settings { model: if says.is_empty() { "" } else { "demo/sage" }.into(), ..Settings::default() };
        let chosen = Settings { model: "demo/thinker".into(), ..config.clone() };
        let store = Store::open(&data, Options::default()).expect("a store").store;
        let patch = settings::Kept::new(&config, &config).changes(&chosen);
        store
            .write(vec![Write::PatchSetting { key: settings::KEY.into(), patch }])
            .wait()
            .expect("it is kept");
        store.close();
        let model = |home: &Home| home.run(["ask", "--json", "--no-save", "hi"]).ok().json()["model"].clone();
        assert_eq!(model(&home), "demo/thinker", "{says:?}");
        let shown = home.run(["config", "show"]).ok().stdout;
        assert!(shown.contains("# model = \"demo/thinker\"  (`ask` without --model, too)"), "{shown}");
        // the config was edited since: it holds
        let file = home.path().join(".config/fareway/config.toml");
        std::fs::write(file, "model = \"demo/swift\"\n").expect("a config");
        assert_eq!(model(&home), "demo/swift", "{says:?}");
    }
}

#[test]
fn json_is_one_object_with_exactly_these_fields() {
    let upstream = Upstream::start([Script::says(&["Hel", "lo"])]);
    let ended = one(&upstream).run(["ask", "--json", "hi"]).ok();
    let object = ended.json();
    let mut names: Vec<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    let wanted = [
        "attempts",
        "cost_source",
        "cost_usd",
        "finish_reason",
        "generation",
        "model",
        "provider",
        "reasoning",
        "text",
        "tool_calls",
        "total_ms",
        "ttft_ms",
        "usage",
    ];
    assert_eq!(names, wanted);
    assert_eq!(object["text"], "Hello");
    assert_eq!((&object["model"], &object["provider"]), (&json!("test/model"), &json!("up")));
    assert_eq!(object["finish_reason"], "stop");
    // 10 tokens in at $1, 2 out at $2 a million
    assert_eq!((&object["cost_usd"], &object["cost_source"]), (&json!("0.000014"), &json!("catalog")));
    assert_eq!((&object["usage"]["prompt"], &object["usage"]["completion"]), (&json!(10), &json!(2)));
    assert_eq!(object["attempts"].as_array().map(Vec::len), Some(1));
    assert_eq!(ended.stderr, "", "programs hear only what is wrong");
}

#[test]
fn an_unknown_price_is_null_and_not_zero() {
    let upstream = Upstream::start([Script::says(&["hi"])]);
    let home = Home::with_config(&format!(
        "[providers.up]\nbase_url = \"{}\"\nmodels = [\"m\"]\n",
        upstream.base_url()
    ));
    let object = home.run(["ask", "-m", "up/m", "--json", "hi"]).ok().json();
    assert_eq!((&object["cost_usd"], &object["cost_source"]), (&Value::Null, &json!("unknown")));
}

#[test]
fn what_is_asked_is_made_of_words_stdin_files_and_flags() {
    let upstream = Upstream::start([Script::says(&["ok"])]);
    let home = one(&upstream);
    let file = home.file("notes.txt", "milk and bread");
    let file = file.to_str().expect("a path");
    let args = [
        "ask",
        "review",
        "this",
        "-s",
        "Be brief.",
        "-f",
        file,
        "--temperature",
        "0.5",
        "--max-tokens",
        "77",
    ];
    home.pipe(args, b"the diff\n").ok();
    let body = upstream.seen()[0].json();
    assert_eq!(body["messages"][0], json!({"role": "system", "content": "Be brief."}));
    let asked = body["messages"][1]["content"].to_string();
    for part in ["review this", "the diff", "notes.txt", "milk and bread"] {
        assert!(asked.contains(part), "no {part:?} in {asked}");
    }
    assert_eq!((&body["temperature"], &body["max_tokens"]), (&json!(0.5), &json!(77)));
    assert_eq!(body["stream_options"], json!({"include_usage": true}), "money is exact only when it is told");
    assert_eq!(body.get("top_p"), None, "what was not given is not sent");
}

#[test]
fn a_conversation_goes_on() {
    let upstream = Upstream::start([Script::says(&["four"]), Script::says(&["eight"])]);
    let home = one(&upstream);
    home.run(["ask", "two and two?"]).ok();
    home.run(["ask", "--continue", "and that doubled?"]).ok();
    let roles: Vec<Value> = upstream.seen()[1].json()["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|m| json!([m["role"], m["content"]]))
        .collect();
    assert_eq!(
        roles,
        [json!(["user", "two and two?"]), json!(["assistant", "four"]), json!(["user", "and that doubled?"])]
    );
    assert_eq!(last_session(&home)["messages"].as_array().map(Vec::len), Some(4));
}

#[test]
fn without_saving_only_the_ledger_knows() {
    let upstream = Upstream::start([Script::says(&["ok"])]);
    let home = one(&upstream);
    home.run(["ask", "--no-save", "hi"]).ok();
    assert_eq!(home.run(["sessions", "list", "--json"]).ok().json(), json!([]));
    assert_eq!(home.run(["export"]).ok().lines().len(), 1);
}

#[test]
fn the_next_endpoint_is_asked_when_the_first_fails_and_its_price_is_paid() {
    let down = Upstream::start([Script::error(500, "server_error", "on fire")]);
    let up = Upstream::start([Script::says(&["still", " here"])]);
    let home =
        Home::with_config(&config(&[("down", down.base_url(), "1", "2"), ("up", up.base_url(), "1.5", "3")]));
    let ended = home.run(["ask", "hi"]).ok();
    assert_eq!(ended.stdout, "still here\n");
    assert!(ended.stderr.contains("down:test/model failed"), "{}", ended.stderr);
    let row = &home.run(["export"]).ok().lines()[0];
    assert_eq!(row["provider"], "up");
    // 10 x $1.5 + 2 x $3 a million; nobody pays for the refusal
    assert_eq!(row["cost_usd"], "0.000021");
    let why = home.run(["why"]).ok().stdout;
    assert!(why.contains("down:test/model") && why.contains("on fire") && why.contains("answered"), "{why}");
    // the scores, and how each attempt ended
    for says in ["SCORE", "CHANCE", "500  provider_unavailable: ", "200  answered"] {
        assert!(why.contains(says), "{says}: {why}");
    }
}

/// A request that nobody may answer is in the ledger too: the last one, and by its id; it counts in no total.
#[test]
fn why_finds_a_request_that_was_refused() {
    let upstream = Upstream::start([Script::says(&["no"])]);
    let home = one(&upstream);
    let cases = [
        ("test/model:online", "taken by `web_search`", "web_search: has no web search"),
        ("test/modle", "invalid_request: no model is called `test/modle`", "did you mean test/model"),
    ];
    for (model, failed, detail) in cases {
        assert_ne!(home.run(["ask", "hi", "--model", model]).code, 0);
        let why = home.run(["why"]).ok().stdout;
        assert!(why.contains(&format!("asked for {model}, nobody was asked")), "{why}");
        assert!(why.contains(failed) && why.contains(detail), "{why}");
        assert!(!why.contains("Attempts") && !why.contains("Bill"), "{why}");
        let id = home.run(["why", "--json"]).ok().json()["generation"].as_str().expect("an id").to_owned();
        assert_eq!(home.run(["why", &id]).ok().stdout, why);
    }
    assert!(upstream.seen().is_empty());
    assert_eq!(home.run(["usage", "--json"]).ok().json()["sum"]["requests"], 0);
}

#[test]
fn a_reply_that_breaks_off_is_finished_by_the_other() {
    let dies = Upstream::start([Script::stream().event(&text("one two ")).reset()]);
    let lives = Upstream::start([Script::says(&["three"])]);
    let home = Home::with_config(&config(&[
        ("dies", dies.base_url(), "1", "2"),
        ("lives", lives.base_url(), "1.5", "3"),
    ]));
    let ended = home.run(["ask", "--quiet", "count"]).ok();
    assert_eq!(ended.stdout, "one two three\n");
    let row = home.run(["why", "--json"]).ok().json();
    let rescues: Vec<&Value> =
        row["attempts"].as_array().expect("attempts").iter().map(|a| &a["rescue"]).collect();
    assert_eq!(rescues, [false, true]);
    // each part of the bill says whose it is, and they add up
    let why = home.run(["why"]).ok().stdout;
    let bill = why.split_once("Bill\n").expect("a bill").1;
    let of = |begin: &str| bill.lines().filter(|line| line.starts_with(begin)).count();
    assert_eq!(
        [of("dies:test/model "), of("lives:test/model (rescue) "), of("together ")],
        [3, 3, 1],
        "{bill}"
    );
    let sums: Vec<Usd> = bill
        .lines()
        .filter(|line| line.contains(" booked "))
        .map(|line| line.rsplit('$').next().expect("an amount").parse().expect("a decimal"))
        .collect();
    assert_eq!(sums[0] + sums[1], sums[2], "{bill}");
}

#[test]
fn escape_sequences_go_raw_to_a_pipe_and_inert_to_a_terminal() {
    let trick = "before\u{1b}[31mred\u{1b}]0;title\u{7}after";
    let upstream = Upstream::start([Script::says(&[trick])]);
    let home = one(&upstream);
    assert_eq!(home.run(["ask", "hi"]).ok().stdout, format!("{trick}\n"));
    let mut terminal = Pty::start(command(home.path(), &["ask", "hi"]), 80, 24);
    terminal.until_shows("before␛[31mred␛]0;title␇after");
    assert_eq!(terminal.end(), 0);
    assert!(!terminal.raw().contains("\u{1b}[31m"), "{:?}", terminal.raw());
}

#[test]
fn ctrl_c_stops_settles_and_keeps_what_was_heard() {
    let upstream = Upstream::start([Script::stream().event(&text("half a ")).hang()]);
    let home = one(&upstream);
    let mut child = home.spawn(["ask", "tell me"]);
    assert_eq!(read(&mut child, 7), "half a ");
    signal(&child, Signal::INT);
    assert_eq!(child.wait().expect("its end").code(), Some(130));
    let row = &home.run(["export"]).ok().lines()[0];
    assert_eq!(row["outcome"], "cancelled");
    assert_ne!(row["cost_usd"], "0", "what was heard is paid for");
    let answer = &last_session(&home)["messages"][1];
    assert_eq!((&answer["text"], &answer["state"]), (&json!("half a "), &json!("stopped")));
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    let gate = Gate::default();
    let script = Script::stream().event(&text("first")).gate(&gate).event(&text("second")).hang();
    let upstream = Upstream::start([script]);
    let home = one(&upstream);
    let mut child = home.spawn(["ask", "tell me"]);
    assert_eq!(read(&mut child, 5), "first");
    drop(child.stdout.take());
    gate.open();
    assert_eq!(child.wait().expect("its end").code(), Some(0));
    assert_eq!(home.run(["export"]).ok().lines()[0]["outcome"], "cancelled");
}

#[test]
fn several_models_answer_side_by_side() {
    let upstream = Upstream::with(|seen| {
        let model = seen.json()["model"].as_str().unwrap_or_default().to_owned();
        Script::stream()
            .event(&text(&format!("I am {model}")))
            .event(&stop("stop"))
            .event(&usage(3, 4))
            .done()
    });
    let home = Home::with_config(&format!(
        "[providers.up]\nbase_url = \"{}\"\nmodels = [\"a\", \"b\"]\n",
        upstream.base_url()
    ));
    let shown = home.run(["ask", "--compare", "up/a,up/b,up/none", "who?"]).ok().stdout;
    let place = |what: &str| shown.find(what).unwrap_or_else(|| panic!("no {what:?} in {shown}"));
    assert!(place("## up/a") < place("I am a") && place("I am a") < place("## up/b"), "{shown}");
    assert!(place("## up/none") < place("failed: "), "{shown}");
    let array = home.run(["ask", "--compare", "up/a,up/b", "--json", "who?"]).ok().json();
    let texts: Vec<&Value> = array.as_array().expect("an array").iter().map(|o| &o["text"]).collect();
    assert_eq!(texts, ["I am a", "I am b"]);
    // the answers are each other's branches
    let messages = home.run(["sessions", "show", "who?", "--all", "--json"]).ok().json();
    let parents: Vec<&Value> =
        messages["messages"].as_array().expect("messages").iter().map(|m| &m["parent"]).collect();
    assert_eq!((parents[0], parents[1] == parents[2]), (&Value::Null, true));
}

#[test]
fn an_endpoint_in_no_config_is_asked_with_the_key_of_the_variable() {
    let upstream = Upstream::start([Script::says(&["ok"])]);
    let home = Home::new();
    // as it is copied from a manual
    let url = format!("{}/chat/completions", upstream.base_url());
    let mut command = home.command(["ask", "--endpoint", &url, "--key-env", "MY_KEY", "-m", "some", "hi"]);
    let output = command.env("MY_KEY", "sk-secret").stdin(Stdio::null()).output().expect("it runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ok\n");
    let seen = &upstream.seen()[0];
    assert_eq!(seen.line.split(' ').nth(1), Some("/v1/chat/completions"));
    assert_eq!(seen.header("authorization"), Some("Bearer sk-secret"));
    assert_eq!(seen.json()["model"], "some");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("sk-secret"));
}
