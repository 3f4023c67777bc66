//! Money and memory across processes: sums agree, nothing that was acknowledged is lost, what was killed is booked.

use super::serve;
use crate::support::program::{Home, config};
use crate::support::upstream::{Gate, Script, Upstream, stop, text, usage};
use fareway::words::Usd;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

/// A reply that used so much.
fn used(prompt: u64, completion: u64) -> Script {
    Script::stream().event(&text("word")).event(&stop("stop")).event(&usage(prompt, completion)).done()
}

fn usd(value: &Value) -> Usd {
    value.as_str().expect("an amount").parse().expect("a decimal")
}

#[test]
fn usage_is_the_sum_over_the_export() {
    let amounts = [(10, 3), (1_234, 567), (1, 1), (99_999, 7), (31, 1_000)];
    let scripts = amounts.iter().map(|(prompt, completion)| used(*prompt, *completion));
    let upstream = Upstream::start(scripts.chain([Script::error(400, "bad", "no")]));
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "0.07", "1.13")]));
    for _ in amounts {
        home.run(["ask", "--quiet", "hi"]).ok();
    }
    home.run(["ask", "--quiet", "hi"]).fails(1, &[]);

    let rows = home.run(["export"]).ok().lines();
    assert_eq!(rows.len(), amounts.len() + 1);
    let money: Usd = rows.iter().filter(|row| row["demo"] == false).map(|row| usd(&row["cost_usd"])).sum();
    let count = |name: &str| rows.iter().filter_map(|row| row["usage"][name].as_u64()).sum::<u64>();
    // by hand: tokens in at $0.07, tokens out at $1.13 a million
    let (prompt, completion) =
        amounts.iter().fold((0, 0), |(p, c), (prompt, completion)| (p + prompt, c + completion));
    let price = |text: &str| text.parse::<Usd>().expect("a price").of_million();
    assert_eq!(money, price("0.07") * prompt + price("1.13") * completion);
    assert_eq!((count("prompt"), count("completion")), (prompt, completion));

    let told = home.run(["usage", "--json"]).ok().json();
    assert_eq!(usd(&told["sum"]["cost_usd"]), money);
    assert_eq!(told["sum"]["requests"], rows.len());
    let sum = &told["sum"];
    assert_eq!([&sum["failed"], &sum["attempts"], &sum["failed_attempts"]], [1, 6, 1]);
    assert_eq!([&sum["failure_rate"], &sum["fallback_rate"], &sum["cache_hit_rate"]], [1.0 / 6.0, 0.0, 0.0]);
    let tokens = i128::from(prompt + completion);
    assert_eq!(usd(&sum["usd_per_million_tokens"]), money.scale(1_000_000, tokens).expect("an amount"));
    for (of, places) in [
        ("ttft_us", ["p50", "p90", "p95", "p99"]),
        ("usage", ["audio_in", "audio_out", "images", "searches"]),
    ] {
        for place in places {
            assert!(sum[of][place].is_u64(), "{of} {place}: {sum}");
        }
    }
    for name in ["prompt", "completion", "cached_read", "reasoning", "total"] {
        assert_eq!(told["sum"]["usage"][name], count(name), "{name}");
    }
    for split in ["model", "provider", "session"] {
        let told = home.run(["usage", "--of", split, "--by", "total", "--json"]).ok().json();
        let parts: Usd = told["rows"].as_array().expect("rows").iter().map(|row| usd(&row["cost_usd"])).sum();
        assert_eq!(parts, money, "by {split}");
    }
    let csv = home.run(["usage", "--csv", "--by", "total"]).ok().stdout;
    assert!(csv.lines().nth(1).is_some_and(|line| line.contains(&format!(",{money},"))), "{csv}");
    let fields = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = csv.lines().map(fields).collect();
    let cell = |name: &str| lines[0].iter().position(|head| head == name).map(|at| lines[1][at].as_str());
    assert_eq!(
        [cell("attempts"), cell("failed_attempts"), cell("audio_in")],
        [Some("6"), Some("1"), Some("0")]
    );
    assert_eq!(cell("failure_rate"), Some(sum["failure_rate"].to_string().as_str()));
    assert_eq!(cell("ttft_us_p99"), Some(sum["ttft_us"]["p99"].to_string().as_str()));
    let csv = home.run(["export", "--csv"]).ok().stdout;
    assert_eq!(csv.lines().count(), rows.len() + 1);
}

/// Neither a price that nobody knows nor a rate of nothing is shown as zero; what failed on the way is counted.
#[test]
fn usage_says_what_it_does_not_know() {
    let down = Upstream::with(|_| Script::error(500, "down", "no"));
    let up = Upstream::with(|_| used(10, 0));
    let text = config(&[("down", down.base_url(), "1", "2"), ("up", up.base_url(), "3", "4")])
        + "[[endpoints]]\nmodel = \"test/unpriced\"\nprovider = \"up\"\n";
    let home = Home::with_config(&text);
    home.run(["ask", "--quiet", "hi"]).ok();
    let sum = home.run(["usage", "--json"]).ok().json()["sum"].take();
    assert_eq!([&sum["fell_back"], &sum["attempts"], &sum["failed_attempts"]], [1, 2, 1]);
    assert_eq!([&sum["fallback_rate"], &sum["failure_rate"], &sum["attempt_failure_rate"]], [1.0, 0.0, 0.5]);
    home.run(["ask", "--quiet", "--model", "test/unpriced", "hi"]).ok();
    let told = home.run(["usage", "--of", "model", "--by", "total", "--json"]).ok().json();
    let rows = told["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["name"] == "test/unpriced").expect("its row");
    for name in ["cost_usd", "usd_per_million_tokens", "usd_per_request"] {
        assert!(row[name].is_null(), "{name}: {row}");
    }
    let shown = home.run(["usage", "--of", "model", "--by", "total"]).ok().stdout;
    for head in ["$/M", "CACHED", "FAILED", "FELL BACK"] {
        assert!(shown.contains(head), "{shown}");
    }
    let line = shown.lines().find(|line| line.contains("test/unpriced")).expect("its line");
    assert_eq!(line.split_whitespace().collect::<Vec<_>>()[2..5], ["?", "?", "1"], "{line}");
    // nothing that has a price could go there: a sum of nothing is no amount
    let told = home.run(["whatif", "--model", "test/unpriced", "--json"]).ok().json();
    assert_eq!(told["answers"][0]["priced"], 0);
    for name in ["was_usd", "would_usd", "saved_usd"] {
        assert!(told["answers"][0][name].is_null(), "{name}: {told}");
    }
    let shown = home.run(["whatif", "--model", "test/unpriced"]).ok().stdout;
    let line = shown.lines().find(|line| line.starts_with("test/unpriced")).expect("its line");
    assert!(line.contains('?') && !line.contains("$0"), "{line}");
    let exported = home.run(["export", "--csv"]).ok().stdout;
    let line = exported.lines().find(|line| line.contains("test/unpriced")).expect("its row");
    assert!(line.contains(",answered,,unknown,"), "{line}");
}

/// The bill of `why` has tokens by the million and searches by the piece, and adds up.
#[test]
fn why_shows_the_bill_line_by_line() {
    let said = json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 3, "num_search_queries": 2}});
    let script = Script::stream().event(&text("word")).event(&stop("stop")).event(&said).done();
    let upstream = Upstream::start([script]);
    let text = config(&[("up", upstream.base_url(), "1", "2")])
        + "[[endpoints]]\nmodel = \"test/searching\"\nprovider = \"up\"\nprices = { prompt = \"1\", completion = \"2\", search = \"0.01\" }\n";
    let home = Home::with_config(&text);
    home.run(["ask", "--quiet", "--model", "test/searching", "hi"]).ok();
    let why = home.run(["why"]).ok().stdout;
    let bill = why.split_once("Bill\n").expect("a bill").1;
    let lines: Vec<Vec<&str>> = bill.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["prompt", "10", "$1", "/", "M", "$0.00001"]);
    assert_eq!(lines[1], ["completion", "3", "$2", "/", "M", "$0.000006"]);
    assert_eq!(lines[2], ["searches", "2", "$0.01", "each", "$0.02"]);
    assert_eq!(lines[3], ["booked", "catalog", "$0.020016"]);
}

#[test]
fn what_if_prices_the_same_tokens_elsewhere() {
    let upstream = Upstream::start([used(1_000_000, 1_000_000)]);
    let text = config(&[("up", upstream.base_url(), "1", "2")])
        + "[[endpoints]]\nmodel = \"test/cheap\"\nprovider = \"up\"\nprices = { prompt = \"0.5\", completion = \"0.25\" }\n";
    let home = Home::with_config(&text);
    home.run(["ask", "--quiet", "hi"]).ok();
    let told = home.run(["whatif", "--model", "test/cheap", "--json"]).ok().json();
    let answer = &told["answers"][0];
    assert_eq!((&answer["was_usd"], &answer["would_usd"]), (&json!("3"), &json!("0.75")));
    assert_eq!(answer["saved_usd"], "2.25");
    assert!(answer["assumptions"].as_array().is_some_and(|said| !said.is_empty()));
    let shown = home.run(["whatif", "--session", "hi"]).ok().stdout;
    assert!(shown.contains("same models, cheapest") && shown.contains("Assumed:"), "{shown}");
}

#[test]
fn a_killed_ask_leaves_a_complete_ledger_and_every_acknowledged_message() {
    let upstream = Upstream::start([Script::stream().event(&text("paid words ")).hang()]);
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]));
    let mut child = home.spawn(["ask", "a dear question"]);
    let mut heard = [0; 11];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut heard).expect("it speaks");
    // a second process shares the store; when its messages are acknowledged, so is everything before them
    let lines = b"{\"role\": \"user\", \"text\": \"from next door\"}\n";
    home.pipe(["sessions", "import", "-"], lines).ok();
    child.kill().expect("it is killed");
    child.wait().expect("its end");

    let rows = home.run(["export"]).ok().lines();
    assert_eq!(rows.len(), 1, "the open request is booked at the next start");
    assert_eq!(rows[0]["outcome"], "failed");
    assert!(rows[0]["usage"]["prompt"].as_u64() > Some(0), "{}", rows[0]);
    assert!(usd(&rows[0]["cost_usd"]) > Usd::ZERO, "{}", rows[0]);
    assert_eq!(home.run(["export"]).ok().lines().len(), 1, "once");
    let sessions = home.run(["sessions", "list", "--json"]).ok().json();
    let mut titles: Vec<&str> =
        sessions.as_array().expect("sessions").iter().filter_map(|s| s["title"].as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["a dear question", "from next door"]);
    let shown = home.run(["sessions", "show", "a dear question"]).ok().stdout;
    assert!(shown.contains("a dear question"), "{shown}");
}

#[test]
fn two_at_once_share_the_store() {
    let upstream = Upstream::start([used(10, 1)]);
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]));
    let children: Vec<_> = (0..4).map(|n| home.spawn(["ask", "--quiet", &format!("question {n}")])).collect();
    for child in children {
        let ended = crate::support::program::ended(child.wait_with_output().expect("its end")).ok();
        assert_eq!(ended.stdout, "word\n");
    }
    assert_eq!(home.run(["export"]).ok().lines().len(), 4);
    let sessions = home.run(["sessions", "list", "--json"]).ok().json();
    assert_eq!(sessions.as_array().map(Vec::len), Some(4));
}

#[test]
fn an_import_comes_back_out_of_the_export() {
    let home = Home::new();
    let lines = "{\"role\": \"system\", \"text\": \"Be kind.\"}\n{\"role\": \"user\", \"text\": \"Grüße, 世界 👋\"}\n{\"role\": \"assistant\", \"text\": \"one\\ntwo\"}\n";
    let file = home.file("talk.jsonl", lines);
    let file = file.to_str().expect("a path");
    let session = home.run(["sessions", "import", file, "--json"]).ok().json();
    assert_eq!(session["messages"], 2);
    let id = session["session"].as_str().expect("an id").to_owned();
    let back = home.run(["sessions", "export", &id, "--format", "jsonl"]).ok();
    let said: Vec<Value> = back.lines().iter().map(|line| json!([line["role"], line["text"]])).collect();
    let wanted =
        [json!(["system", "Be kind."]), json!(["user", "Grüße, 世界 👋"]), json!(["assistant", "one\ntwo"])];
    assert_eq!(said, wanted);
    assert!(home.run(["sessions", "show", &id]).ok().stdout.contains("## System\n\nBe kind."));
    // and goes in again
    let again = home.pipe(["sessions", "import", "-", "--json"], back.stdout.as_bytes()).ok().json();
    let id = again["session"].as_str().expect("an id");
    let shown = home.run(["sessions", "show", id, "--json"]).ok().json();
    assert_eq!((&shown["system"], shown["messages"].as_array().map(Vec::len)), (&json!("Be kind."), Some(2)));
    let bad = home.file("bad.jsonl", "{\"role\": \"user\", \"text\": \"a\"}\n{\"role\": \"robot\"}\n");
    home.run(["sessions", "import", bad.to_str().expect("a path")]).fails(2, &["bad.jsonl:2", "assistant"]);
    for (line, says) in [
        ("{bad", "bad.jsonl:1: not JSON: key must be a string, column 2; a line is {\"role\": \"user\""),
        ("{\"role\": \"user\"}", "bad.jsonl:1: missing field `text`; a line is"),
        ("{\"role\": \"bot\", \"text\": \"\"}", "bad.jsonl:1: unknown variant `bot`"),
    ] {
        let bad = home.file("bad.jsonl", line);
        home.run(["sessions", "import", bad.to_str().expect("a path")]).fails(2, &[says]);
    }
}

/// A claim that no bill can be is not booked: ours is, marked as an estimate.
#[test]
fn an_absurd_bill_is_not_booked() {
    let claims = [json!(-5), json!(1e30), json!("NaN"), json!(100_000)];
    let scripts = claims.clone().map(|cost| {
        let usage =
            json!({"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000, "cost": cost});
        let usage = json!({"choices": [], "usage": usage});
        Script::stream().event(&text("hi")).event(&stop("stop")).event(&usage).done()
    });
    let upstream = Upstream::start(scripts);
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]));
    for _ in &claims {
        home.run(["ask", "--quiet", "hi"]).ok();
    }
    for row in home.run(["export"]).ok().lines() {
        assert_eq!((&row["cost_usd"], &row["cost_source"]), (&json!("0.003"), &json!("estimate")), "{row}");
    }
    let told = home.run(["usage", "--by", "total", "--json"]).ok().json();
    assert_eq!([&told["sum"]["cost_usd"], &told["sum"]["estimated_usd"]], ["0.012", "0.012"]);
}

/// Whoever reads the export can tell what was never sent, and what `usage` therefore leaves out.
#[test]
fn what_nobody_was_asked_is_refused() {
    let upstream = Upstream::start([used(10, 1)]);
    let budget = "[budgets]\nday = \"0.000001\"\nreserve = \"worst\"\n";
    let home = Home::with_config(&(config(&[("up", upstream.base_url(), "1", "2")]) + budget));
    home.run(["ask", "--quiet", "hi"]).fails(3, &["the daily budget of $0.000001"]);
    let rows = home.run(["export"]).ok().lines();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["outcome"], &rows[0]["attempts"]), (&json!("refused"), &json!([])), "{}", rows[0]);
    assert_eq!(home.run(["usage", "--json"]).ok().json()["sum"]["requests"], 0);
}

#[test]
fn a_bill_off_the_list_price_is_a_flag_on_the_model() {
    let usage =
        json!({"prompt_tokens": 1000, "completion_tokens": 1000, "total_tokens": 2000, "cost": 0.0033});
    let script = Script::stream()
        .event(&text("hi"))
        .event(&stop("stop"))
        .event(&json!({"choices": [], "usage": usage}))
        .done();
    let upstream = Upstream::start([script]);
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]));
    let before = home.run(["models", "show", "test/model"]).ok().stdout;
    assert!(!before.contains("billed"), "{before}");
    home.run(["ask", "--quiet", "hi"]).ok();
    // a thousand of each at $1 and $2 a million are $0.003; $0.0033 was charged, and that is booked
    let told = home.run(["usage", "--by", "total", "--json"]).ok().json();
    assert_eq!(told["sum"]["cost_usd"], "0.0033");
    let after = home.run(["models", "show", "test/model"]).ok().stdout;
    assert!(after.contains("⚑ billed +10 %"), "{after}");
    let told = home.run(["usage"]).ok().stderr;
    assert!(told.contains("charged $0.003300 where its list price comes to $0.003000"), "{told}");
}

/// The line of warning is the config's, and a budget stops what would go over it.
#[test]
fn ask_warns_at_the_configs_line() {
    let upstream = Upstream::with(|_| used(1_000, 1_000));
    let budget = "[budgets]\nday = \"0.02\"\nwarn = 20\n";
    let home = Home::with_config(&(config(&[("up", upstream.base_url(), "1", "2")]) + budget));
    let first = home.run(["ask", "hi"]).ok().stderr;
    assert!(!first.contains("% of the daily budget"), "0.003 and a guess of 0.001: {first}");
    let second = home.run(["ask", "hi"]).ok().stderr;
    assert!(second.contains("% of the daily budget of $0.02 is used"), "{second}");
}

/// What one process has set aside or spent, another cannot spend: a server and two questions over one data directory.
#[test]
fn a_budget_holds_across_processes() {
    let gate = Gate::default();
    let slow = Script::stream()
        .event(&text("word"))
        .gate(&gate)
        .event(&stop("stop"))
        .event(&usage(1_000, 500))
        .done();
    let upstream = Upstream::start([slow, used(10, 1), used(10, 1)]);
    let budget = "[budgets]\nday = \"0.01\"\nreserve = \"worst\"\n";
    let home = Home::with_config(&(config(&[("up", upstream.base_url(), "1", "2")]) + budget));
    let (mut server, address) = serve::start(&home);
    // at $2 a million, 4,000 tokens may cost $0.008 of the $0.01
    let asked = json!({"model": "test/model", "stream": true, "max_tokens": 4000,
        "messages": [{"role": "user", "content": "hi"}]});
    let mut answer = BufReader::new(serve::send(&address, &asked)).lines().map_while(Result::ok);
    assert!(answer.any(|line| line.contains("word")), "it streams");

    let ask = |tokens: &str| home.run(["ask", "--quiet", "--max-tokens", tokens, "hi"]);
    ask("4000").fails(3, &["the daily budget of $0.01"]);
    ask("500").ok();
    let told = home.run(["budget", "--json"]).ok().json();
    assert!(usd(&told["budgets"][0]["set_aside_usd"]) > usd(&json!("0.008")), "{told}");
    gate.open();
    assert!(answer.any(|line| line.contains("[DONE]")), "it ends");
    // it cost $0.002; what was not used is free again, for whoever asks
    ask("3500").ok();
    let told = home.run(["budget", "--json"]).ok().json();
    assert_eq!(told["budgets"][0]["set_aside_usd"], "0", "{told}");
    assert_eq!(told["timezone"], "UTC");
    let spent: Usd = home.run(["export"]).ok().lines().iter().map(|row| usd(&row["cost_usd"])).sum();
    assert_eq!(usd(&told["budgets"][0]["spent_usd"]), spent);
    server.kill().expect("it is killed");
    server.wait().expect("its end");
}

/// A question that is killed beside a running server is booked by the server, and its money is free again.
#[test]
fn what_a_killed_neighbour_left_is_booked_at_once() {
    let upstream = Upstream::start([Script::stream().event(&text("paid words ")).hang()]);
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]));
    let (mut server, _) = serve::start(&home);
    let mut child = home.spawn(["ask", "a dear question"]);
    let mut heard = [0; 11];
    child.stdout.as_mut().expect("a pipe").read_exact(&mut heard).expect("it speaks");
    assert_eq!(home.run(["export"]).ok().lines().len(), 0, "it is under way");
    child.kill().expect("it is killed");
    child.wait().expect("its end");
    // the server looks after it soon after it has seen that the socket is closed
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut booked = Vec::new();
    while booked.is_empty() {
        assert!(Instant::now() < deadline, "booked while the server runs");
        booked = home.run(["export"]).ok().lines();
    }
    assert_eq!(booked[0]["outcome"], "failed");
    assert!(usd(&booked[0]["cost_usd"]) > Usd::ZERO, "{}", booked[0]);
    server.kill().expect("it is killed");
    server.wait().expect("its end");
}

/// A provider may claim any number of tokens; sums, shares and tables stand it.
#[test]
fn absurd_claims_stop_nothing() {
    let absurd = 9_000_000_000_000_000_000;
    let upstream = Upstream::with(move |_| used(absurd, absurd));
    let home = Home::with_config(&config(&[("up", upstream.base_url(), "1", "2")]));
    for _ in 0..3 {
        home.run(["ask", "--quiet", "hi"]).ok();
    }
    for args in [&["usage"][..], &["usage", "--csv"], &["usage", "--of", "model"], &["whatif"], &["export"]] {
        home.run(args).ok();
    }
    let told = home.run(["usage", "--by", "total", "--json"]).ok().json();
    assert_eq!(told["sum"]["requests"], 3);
    assert_eq!(told["sum"]["usage"]["total"], u64::MAX);
}
