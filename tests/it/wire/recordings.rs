//! Real answers, against what the vendors' own libraries read in them. The recordings are no part of the project:
//! `FAREWAY_RECORDINGS=folder cargo test --test it -- --ignored recordings --nocapture`. `docs/recordings.md` has the outcome.

use fareway::wire::{decode::Recording, format};
use fareway::words::At;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// Their names of formats, and ours. Other APIs in the folder are none of ours.
const APIS: &[(&str, &str)] = &[
    ("openai-chat", "openai-chat"),
    ("openai-responses", "openai-responses"),
    ("anthropic-messages", "anthropic-messages"),
    ("gemini-generate", "gemini"),
    ("ollama-chat", "ollama"),
];

#[test]
#[ignore = "reads recordings that are no part of the project"]
fn recordings() {
    let Ok(folder) = std::env::var("FAREWAY_RECORDINGS") else { return };
    let folder = Path::new(&folder);
    let index = std::fs::read_to_string(folder.join("index.jsonl")).expect("an index");
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut disagree: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in index.lines() {
        let row: Value = serde_json::from_str(line).expect("a row");
        let api = row["api"].as_str().unwrap_or_default();
        let id = row["id"].as_str().unwrap_or_default();
        let body = std::fs::read(folder.join("ex").join(id).join("body")).expect("a body");
        let Some((_, format)) = APIS.iter().find(|(theirs, _)| *theirs == api) else {
            // not ours to read, but no reason to fall over
            for (_, format) in APIS {
                let status = u16::try_from(row["status"].as_u64().unwrap_or(200)).unwrap_or(200);
                let _ = recording(format, status, &[], &body).report(Some(7));
            }
            *counts.entry("other apis".to_owned()).or_default() += 1;
            continue;
        };
        let status = u16::try_from(row["status"].as_u64().unwrap_or(200)).unwrap_or(200);
        let headers: Vec<(String, String)> = row["response_headers"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        let recording = recording(format, status, &headers, &body);
        let whole = recording.report(None);
        for seed in 0..3 {
            let cut = recording.report(Some(seed));
            assert_eq!(whole, cut, "{id}: cutting by seed {seed} changes what is heard");
        }
        *counts.entry(format!("{format}: heard")).or_default() += 1;
        let reasons = compare(&row, &whole);
        if reasons.is_empty() {
            *counts.entry(format!("{format}: agree")).or_default() += 1;
        }
        if reasons.iter().all(|(reason, _)| reason.starts_with("reasoning")) {
            *counts.entry(format!("{format}: agree but for how reasoning is counted")).or_default() += 1;
        }
        for (reason, values) in reasons {
            disagree.entry(format!("{format}: {reason}")).or_default().push(format!("{id} {values:.60}"));
        }
        if !whole["failure"].is_null() {
            let kind = whole["failure"]["kind"].as_str().unwrap_or_default();
            *counts.entry(format!("{format}: failure {status} {kind}")).or_default() += 1;
            if std::env::var("FAILURES").is_ok() {
                println!("{id} {format} {status} {kind} {}", whole["failure"]["message"]);
            }
        }
    }
    for (name, count) in &counts {
        println!("{count:6} {name}");
    }
    let shown = std::env::var("SHOWN").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    println!("-- disagreements");
    for (reason, ids) in &disagree {
        println!(
            "{:6} {reason}: {}",
            ids.len(),
            ids.iter().take(shown).cloned().collect::<Vec<_>>().join("; ")
        );
    }
}

fn recording<'a>(name: &str, status: u16, headers: &'a [(String, String)], body: &'a [u8]) -> Recording<'a> {
    let format = format(name).expect("a format of ours");
    Recording { format, quirks: &[], status, headers, body, now: At::default() }
}

/// What differs, and how.
fn compare(row: &Value, heard: &Value) -> Vec<(String, String)> {
    let derived = &row["derived"];
    let mut reasons = Vec::new();
    let mut differ = |what: &str, theirs: &Value, ours: Value| {
        if *theirs != ours && !(theirs.is_null() && ours == json!("")) {
            reasons.push((what.to_owned(), format!("{theirs}≠{ours}")));
        }
    };
    let text = heard["text"].as_str().unwrap_or_default();
    differ("text_chars", &derived["text_chars"], json!(text.chars().count()));
    let hash: String = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).take(8).collect();
    differ("text", &derived["text_sha256"], json!(hash));
    let theirs = derived["reasoning_chars"].as_u64().unwrap_or(0);
    let ours = heard["reasoning"].as_str().unwrap_or_default().chars().count() as u64;
    let unit = match ours {
        ours if ours < theirs => "reasoning: they count a signed or encrypted block without text as one",
        _ => "reasoning: they count a list of texts by its length",
    };
    differ(unit, &json!(theirs), json!(ours));
    let calls = |calls: &Value| -> Vec<Value> {
        calls
            .as_array()
            .into_iter()
            .flatten()
            .map(|call| {
                let arguments = call["arguments"].as_str().unwrap_or_default();
                // the same JSON in other words
                let arguments: Value = serde_json::from_str(arguments).unwrap_or_else(|_| json!(arguments));
                let arguments = if arguments == json!("") { json!({}) } else { arguments };
                json!({"id": call["id"], "name": call["name"], "arguments": arguments})
            })
            .collect()
    };
    let (theirs, ours) = (calls(&derived["tool_calls"]), calls(&heard["tool_calls"]));
    if theirs.len() != ours.len() {
        differ("tool_calls: number", &json!(theirs.len()), json!(ours.len()));
    } else {
        for (theirs, ours) in theirs.iter().zip(&ours) {
            differ("tool_calls: name", &theirs["name"], ours["name"].clone());
            differ("tool_calls: arguments", &theirs["arguments"], ours["arguments"].clone());
            // where the provider gives no id, ours is made up
            if !theirs["id"].is_null() && theirs["id"] != "" {
                differ("tool_calls: id", &theirs["id"], ours["id"].clone());
            }
        }
    }
    let (theirs, ours) = (&derived["finish_reason"], heard["native_stop"].as_str().unwrap_or_default());
    // OpenRouter keeps the provider's own word beside the usual one
    let usual = heard["stop"].as_str().unwrap_or_default();
    if theirs.as_str() != Some(usual) {
        differ("finish_reason", theirs, json!(ours));
    }
    usage(&row["usage"], &heard["usage"], &mut differ);
    reasons
}

/// Their totals, against the sum of our categories.
fn usage(said: &Value, ours: &Value, differ: &mut impl FnMut(&str, &Value, Value)) {
    let number =
        |value: &Value, keys: &[&str]| -> u64 { keys.iter().filter_map(|key| value[*key].as_u64()).sum() };
    let either = |keys: &[&str]| keys.iter().find_map(|key| said[*key].as_u64());
    let input = number(ours, &["prompt", "cached_read", "cache_write_5m", "cache_write_1h", "audio_in"]);
    let output = number(ours, &["completion", "reasoning", "audio_out", "image_out"]);
    let Some(mut theirs_in) =
        either(&["prompt_tokens", "input_tokens", "promptTokenCount", "prompt_eval_count"])
    else {
        return;
    };
    let mut theirs_out =
        either(&["completion_tokens", "output_tokens", "candidatesTokenCount", "eval_count"]).unwrap_or(0);
    if said.get("promptTokenCount").is_some() {
        theirs_in += number(said, &["toolUsePromptTokenCount"]);
        theirs_out += number(said, &["thoughtsTokenCount"]);
    } else if said.get("input_tokens").is_some() && said.get("input_tokens_details").is_none() {
        theirs_in += number(said, &["cache_creation_input_tokens", "cache_read_input_tokens"]);
    } else if let Some(total) = said["total_tokens"].as_u64() {
        let reasoning = said["completion_tokens_details"]["reasoning_tokens"].as_u64().unwrap_or(0);
        if total == theirs_in + theirs_out + reasoning {
            theirs_out += reasoning;
        }
    }
    differ("usage: input", &json!(theirs_in), json!(input));
    differ("usage: output", &json!(theirs_out), json!(output));
}
