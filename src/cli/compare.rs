//! `fareway ask --compare`: several models at once, each answer under its heading with its figures.

use super::ask::Args;
use super::heard::Heard;
use super::shell::Shell;
use super::stream::{Stdout, narrate};
use super::turn::Turn;
use super::{Exit, Fail, out};
use crate::runtime::Signals;
use crate::words::{ModelRef, Purpose, Reply};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::io;

/// One of the answers.
struct Side {
    asked: ModelRef,
    heard: Heard,
    ended: bool,
}

/// Asks all at the same time; prints the first as it comes, then what was heard of the next meanwhile, and so on.
pub async fn run(args: &Args, mut turn: Turn, mut signals: Signals, shell: &Shell) -> Result<Exit, Fail> {
    let (mut sides, mut streams) = (Vec::new(), Vec::new());
    for (n, name) in args.compare.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).enumerate() {
        let asked = ModelRef::new(name);
        let request = turn.request(args, asked.clone(), Purpose::Compare);
        crate::runtime::find(&turn.core.gateway, &shell.config, &shell.dirs, &request).await;
        let heard = Heard { generation: request.generation, ..Heard::default() };
        streams.push(turn.core.gateway.ask(request).map(move |reply| (n, reply)));
        sides.push(Side { asked, heard, ended: false });
    }
    if sides.is_empty() {
        return Err(Fail::usage("--compare needs names: --compare openai/gpt-5,demo/sage"));
    }
    let mut replies = stream::select_all(streams);
    let mut page = Page { stdout: Stdout::new(), silent: args.json, place: 0, written: None };
    let mut cut = None;
    while cut.is_none() {
        let heard = tokio::select! {
            heard = replies.next() => heard,
            _ = signals.end() => { cut = Some(Fail::interrupted()); None }
        };
        let Some((n, reply)) = heard else { break };
        if !args.quiet {
            narrate(&reply);
        }
        if matches!(reply, Reply::Chosen(_)) {
            turn.keep_question().await?;
        }
        let side = &mut sides[n];
        if let Reply::Delta(delta) = &reply {
            side.heard.delta(delta);
        }
        side.ended |= matches!(reply, Reply::Done(_) | Reply::Failed { .. });
        side.heard.end(reply);
        cut = tokio::select! {
            written = page.show(&sides) => written.err().map(Fail::from),
            _ = signals.end() => Some(Fail::interrupted()),
        };
    }
    drop(replies);
    for side in &mut sides {
        turn.keep_answer(&mut side.heard, !side.ended).await?;
        side.ended = true;
    }
    if args.json {
        out::json(&sides.iter().map(object).collect::<Vec<_>>())?;
    } else if cut.as_ref().is_none_or(|cut| cut.exit == Exit::Interrupted) {
        page.show(&sides).await?;
    }
    if let Some(cut) = cut {
        return Err(cut);
    }
    // each failure was told under its heading
    match &sides[0].heard.failure {
        Some(failure) if sides.iter().all(|side| side.heard.failure.is_some()) => {
            Ok(Fail::from(&**failure).exit)
        }
        _ => Ok(Exit::Ok),
    }
}

/// Where the printing has got to.
struct Page {
    stdout: Stdout,
    silent: bool,
    /// The answer being printed.
    place: usize,
    /// How many bytes of it; `None`: not even its heading.
    written: Option<usize>,
}

impl Page {
    /// Prints what can be printed by now.
    async fn show(&mut self, sides: &[Side]) -> io::Result<()> {
        while let (false, Some(side)) = (self.silent, sides.get(self.place)) {
            let from = match self.written {
                Some(from) => from,
                None => {
                    let gap = if self.place == 0 { "" } else { "\n" };
                    self.stdout.write(&format!("{gap}## {}\n\n", side.asked)).await?;
                    0
                }
            };
            // before the bytes go out, so that a write that is broken off is not repeated
            self.written = Some(side.heard.text.len());
            self.stdout.write(&side.heard.text[from..]).await?;
            if !side.ended {
                break;
            }
            self.stdout.end_line().await?;
            for line in [failure(side), figures(side)].into_iter().flatten() {
                self.stdout.write(&format!("\n({line})\n")).await?;
            }
            (self.place, self.written) = (self.place + 1, None);
        }
        Ok(())
    }
}

fn failure(side: &Side) -> Option<String> {
    side.heard.failure.as_ref().map(|failure| format!("failed: {failure}"))
}

fn figures(side: &Side) -> Option<String> {
    let receipt = side.heard.receipt.as_deref().filter(|receipt| !receipt.attempts.is_empty());
    receipt.map(out::figures)
}

fn object(side: &Side) -> Value {
    let mut object = side.heard.json();
    object["error"] = json!(side.heard.failure.as_ref().map(|failure| &failure.message));
    object
}
