//! `fareway ask`: one prompt, one answer on stdout, tokens and cost on stderr.

use super::heard::Heard;
use super::shell::Shell;
use super::stream::{Stdout, narrate};
use super::turn::Turn;
use super::{Exit, Fail, On, compare, out, prompt};
use crate::runtime::Signals;
use crate::words::{Effort, Profile, Purpose, Reply};
use futures_util::StreamExt;
use std::path::PathBuf;

/// Ask once: the answer streams to stdout, tokens and cost go to stderr
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fareway ask \"why is the sky blue?\"
  git diff | fareway ask \"review this\" --model anthropic/claude-sonnet-4.5
  fareway ask -f src/main.rs -f shot.png \"what is wrong here?\"
  fareway ask --continue \"and at sunset?\"       go on with the last session
  fareway ask --json -m a/one --fallback b/two \"hi\"    one JSON object
  fareway ask --compare a/one,b/two \"hi\"       side by side, with times and costs
  fareway ask --endpoint http://localhost:8080/v1 -m qwen3 \"hi\"

Every exchange is a session (`fareway sessions`), unless --no-save. Ctrl-C stops the answer; what was heard is \
printed, saved and paid for. To a terminal the text is made inert (escape sequences are shown, not obeyed); to a pipe \
it goes as the model wrote it. Exit codes: `fareway --help`.")]
pub struct Args {
    /// The prompt; what comes on stdin is joined to it
    #[arg(value_name = "PROMPT")]
    pub(super) prompt: Vec<String>,
    /// Model: `author/model`, an alias, `@preset/name`; suffixes :nitro :floor :free and others
    #[arg(short, long, value_name = "NAME")]
    pub(super) model: Option<String>,
    /// Model to try when the first has no endpoint left (repeat for more)
    #[arg(long, value_name = "NAME")]
    pub(super) fallback: Vec<String>,
    /// System prompt
    #[arg(short, long, value_name = "TEXT")]
    pub(super) system: Option<String>,
    /// Attach a text file, an image or a PDF (repeat for more)
    #[arg(short, long, value_name = "FILE")]
    pub(super) file: Vec<PathBuf>,
    /// Ask within this session (id or title) and add the answer to it
    #[arg(long, value_name = "SESSION", conflicts_with = "go_on")]
    pub(super) session: Option<String>,
    /// Ask within the session used last
    #[arg(short = 'c', long = "continue")]
    pub(super) go_on: bool,
    /// How freely to choose words: 0 is the most likely, 2 the wildest
    #[arg(short, long, value_name = "0..2", value_parser = temperature)]
    pub(super) temperature: Option<f64>,
    /// Longest answer in tokens
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) max_tokens: Option<u32>,
    /// How long to think: none, minimal, low, medium, high, xhigh, max
    #[arg(long, value_name = "EFFORT", value_parser = super::parse_word::<Effort>)]
    pub(super) effort: Option<Effort>,
    /// Ask these models at once, with commas between them, and print each answer with its figures
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with_all = ["model", "fallback", "endpoint"])]
    pub(super) compare: Vec<String>,
    /// How to choose among endpoints: balanced, cheapest, fastest, best, private
    #[arg(long, value_name = "PROFILE", value_parser = super::parse_word::<Profile>)]
    pub(super) profile: Option<Profile>,
    #[command(flatten)]
    pub(super) on: On,
    /// Leave no session behind; the costs are in the ledger all the same
    #[arg(long, conflicts_with_all = ["session", "go_on"])]
    pub(super) no_save: bool,
    /// Print one JSON object at the end (an array with --compare): text, reasoning, tool_calls, model, provider,
    /// finish_reason, usage, cost_usd, cost_source, attempts, ttft_ms, total_ms, generation
    #[arg(long)]
    pub(super) json: bool,
    /// Nothing on stderr but failures
    #[arg(short, long)]
    pub(super) quiet: bool,
}

fn temperature(text: &str) -> Result<f64, String> {
    let wanted = text.parse().ok().filter(|value| (0.0..=2.0).contains(value));
    wanted.ok_or_else(|| "write a number from 0 to 2".to_owned())
}

pub fn run(args: Args, mut shell: Shell) -> Result<Exit, Fail> {
    let parts = prompt::read(&args.prompt, &args.file)?;
    let model = shell.on(&args.on, args.model.as_deref())?;
    let runtime = shell.runtime()?;
    let turn = Turn::new(&args, parts, model, &shell)?;
    let result = runtime.block_on(async {
        let signals = Signals::new()?;
        if args.compare.is_empty() {
            ask(&args, turn, signals, &shell).await
        } else {
            compare::run(&args, turn, signals, &shell).await
        }
    });
    // a write that nobody reads must not hold the end up
    runtime.shutdown_background();
    result
}

async fn ask(args: &Args, mut turn: Turn, mut signals: Signals, shell: &Shell) -> Result<Exit, Fail> {
    let request = turn.request(args, turn.model.clone(), Purpose::Ask);
    crate::runtime::find(&turn.core.gateway, &shell.config, &shell.dirs, &request).await;
    let mut heard = Heard { generation: request.generation, ..Heard::default() };
    let mut stdout = Stdout::new();
    let mut replies = turn.core.gateway.ask(request);
    // why it ended before its end
    let mut cut = None;
    while cut.is_none() {
        let reply = tokio::select! {
            reply = replies.next() => reply,
            _ = signals.end() => { cut = Some(Fail::interrupted()); None }
        };
        let Some(reply) = reply else { break };
        if !args.quiet {
            narrate(&reply);
        }
        match &reply {
            Reply::Chosen(_) => turn.keep_question().await?,
            Reply::Delta(delta) => {
                if let (Some(text), false) = (heard.delta(delta), args.json) {
                    cut = tokio::select! {
                        written = stdout.write(text) => written.err().map(Fail::from),
                        _ = signals.end() => Some(Fail::interrupted()),
                    };
                }
            }
            _ => {}
        }
        heard.end(reply);
    }
    // dropping the stream closes the socket and settles what was used
    drop(replies);
    turn.keep_answer(&mut heard, cut.is_some()).await?;
    let asked = heard.receipt.as_ref().filter(|receipt| !receipt.attempts.is_empty());
    if args.json && asked.is_some() {
        out::json(&heard.json())?;
    } else {
        let _ = stdout.end_line().await;
    }
    if let (false, false, Some(receipt)) = (args.quiet, args.json, asked) {
        let prices = out::prices_of(&turn.core.gateway.catalog());
        out::note(&format!("{} · {prices}", out::figures(receipt)));
    }
    for warning in turn.core.gateway.warnings().await {
        out::note(&warning.to_string());
    }
    match (cut, &heard.failure) {
        (Some(cut), _) => Err(cut),
        (None, Some(failure)) => Err(Fail::from(&**failure)),
        (None, None) => Ok(Exit::Ok),
    }
}
