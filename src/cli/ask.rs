//! `fareway ask`: one prompt, one answer on stdout, tokens and cost on stderr.

use super::heard::Heard;
use super::shell::Shell;
use super::{Exit, Fail, On, out, prompt};
use crate::runtime::{Signals, dice, last_session, shown_branch};
use crate::words::{
    At, Effort, GenerationId, Message, MessageId, MessageState, ModelRef, Params, Part, Profile, Purpose,
    ReasoningParams, Reply, Request, Role, Session,
};
use futures_util::StreamExt;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// Ask once: the answer streams to stdout, tokens and cost go to stderr
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  fareway ask \"why is the sky blue?\"
  git diff | fareway ask \"review this\" --model anthropic/claude-sonnet-4.5
  fareway ask -f src/main.rs -f shot.png \"what is wrong here?\"
  fareway ask --continue \"and at sunset?\"              go on with the last session
  fareway ask -m a/one --fallback b/two --json \"hi\"    one JSON object, for programs
  fareway ask --endpoint http://localhost:8080/v1 -m qwen3 \"hi\"

Ctrl-C stops the answer; what was heard is printed, saved and paid for. Exit codes: `fareway --help`.")]
pub struct Args {
    /// The prompt; what comes on stdin is joined to it
    #[arg(value_name = "PROMPT")]
    prompt: Vec<String>,
    /// Model: `author/model`, an alias, `@preset/name`; suffixes :nitro :floor :free and others
    #[arg(short, long, value_name = "NAME")]
    model: Option<String>,
    /// Model to try when the first has no endpoint left (repeat for more)
    #[arg(long, value_name = "NAME")]
    fallback: Vec<String>,
    /// System prompt
    #[arg(short, long, value_name = "TEXT")]
    system: Option<String>,
    /// Attach a text file, an image or a PDF (repeat for more)
    #[arg(short, long, value_name = "FILE")]
    file: Vec<PathBuf>,
    /// Ask within this session (id or title) and add the answer to it
    #[arg(long, value_name = "SESSION", conflicts_with = "go_on")]
    session: Option<String>,
    /// Ask within the session used last
    #[arg(short = 'c', long = "continue")]
    go_on: bool,
    #[arg(short, long, value_name = "0..2")]
    temperature: Option<f64>,
    /// Longest answer in tokens
    #[arg(long, value_name = "N")]
    max_tokens: Option<u32>,
    /// How long to think: none, minimal, low, medium, high, xhigh, max
    #[arg(long, value_name = "EFFORT", value_parser = super::parse_word::<Effort>)]
    effort: Option<Effort>,
    /// How to choose among endpoints: balanced, cheapest, fastest, best, private
    #[arg(long, value_name = "PROFILE", value_parser = super::parse_word::<Profile>)]
    profile: Option<Profile>,
    #[command(flatten)]
    on: On,
    /// Print one JSON object at the end: text, reasoning, tool_calls, model, provider, finish_reason, usage, cost_usd,
    /// cost_source, attempts, ttft_ms, total_ms, generation
    #[arg(long)]
    json: bool,
    /// Nothing on stderr but failures
    #[arg(short, long)]
    quiet: bool,
}

pub fn run(args: Args, mut shell: Shell) -> Result<Exit, Fail> {
    let parts = prompt::read(&args.prompt, &args.file)?;
    let runtime = shell.runtime()?;
    let result = runtime.block_on(async {
        let signals = Signals::new()?;
        ask(&args, parts, &mut shell, signals).await
    });
    // a write that nobody reads must not hold the end up
    runtime.shutdown_background();
    result
}

async fn ask(args: &Args, parts: Vec<Part>, shell: &mut Shell, mut signals: Signals) -> Result<Exit, Fail> {
    let model = shell.on(&args.on, args.model.as_deref())?;
    let core = shell.core()?;
    let mut session = match (&args.session, args.go_on) {
        (Some(name), _) => Some(super::sessions::find(&core.store, name)?),
        (None, true) => {
            Some(last_session(&core.store)?.ok_or_else(|| Fail::usage("there is no session to continue"))?)
        }
        (None, false) => None,
    };
    let mut dice = dice();
    let now = crate::runtime::now();
    let history = match &session {
        Some(session) => shown_branch(&core.store, session)?,
        None => Vec::new(),
    };
    let question = Arc::new(Message {
        parts,
        ..Message::text(
            MessageId::new(now, &mut dice),
            session.as_ref().and_then(|s| s.head),
            Role::User,
            "",
            now,
        )
    });
    let model = match (model, &session) {
        (Some(model), _) => model,
        (None, Some(session)) => session.model.clone(),
        (None, None) => shell.default_model(&core.store)?,
    };
    let request = request(args, shell, model, session.as_ref(), &history, &question, now, &mut dice);
    let answer = MessageId::new(now, &mut dice);
    if let Some(session) = &mut session {
        session.head = Some(question.id);
        session.updated = now;
        core.save(session, &question).await?;
    }

    let mut heard = Heard::default();
    let mut stdout = Stdout::new(args.json);
    let generation = request.generation;
    heard.generation = generation;
    let mut replies = core.gateway.ask(request);
    let mut exit = Exit::Ok;
    loop {
        let reply = tokio::select! {
            reply = replies.next() => reply,
            _ = signals.end() => { exit = Exit::Interrupted; None }
        };
        let Some(reply) = reply else { break };
        if !args.quiet {
            narrate(&reply);
        }
        if let Reply::Delta(delta) = &reply
            && let Some(text) = heard.delta(delta)
        {
            let written = tokio::select! {
                written = stdout.write(text) => written,
                _ = signals.end() => { exit = Exit::Interrupted; Ok(()) }
            };
            if let Err(error) = written {
                exit = Fail::from(error).exit;
                break;
            }
        }
        heard.end(reply);
        if exit != Exit::Ok {
            break;
        }
    }
    // dropping the stream closes the socket and settles what was used
    drop(replies);
    core.settled().await;
    if heard.receipt.is_none()
        && let Ok(Some(row)) = core.store.generation(generation).await
    {
        heard.receipt = Some(Box::new(row.receipt));
    }
    stdout.finish().await;

    if let Some(session) = &mut session {
        let state = match (&heard.failure, exit) {
            (Some(failure), _) => MessageState::Failed(failure.clone()),
            (None, Exit::Ok) => MessageState::Done,
            (None, _) => MessageState::Stopped,
        };
        let message = Arc::new(Message {
            parts: heard.parts(),
            by: heard.model.clone(),
            receipt: heard.receipt.clone(),
            state,
            ..Message::text(answer, Some(question.id), Role::Assistant, "", crate::runtime::now())
        });
        session.head = Some(message.id);
        session.updated = message.at;
        core.save(session, &message).await?;
    }
    if args.json && (heard.receipt.is_some() || !heard.text.is_empty()) {
        out::json(&heard.json())?;
    }
    if let Some(failure) = &heard.failure {
        return Err(Fail::from(&**failure));
    }
    if let (false, false, Some(receipt)) = (args.quiet, args.json, &heard.receipt) {
        out::summary(receipt);
    }
    Ok(exit)
}

#[allow(clippy::too_many_arguments, reason = "the parts of one request, each used once")]
fn request(
    args: &Args,
    shell: &Shell,
    model: ModelRef,
    session: Option<&Session>,
    history: &[Arc<Message>],
    question: &Arc<Message>,
    now: At,
    dice: &mut crate::words::Dice,
) -> Request {
    let config = &shell.config;
    let system = args
        .system
        .clone()
        .or_else(|| session.and_then(|s| s.system.clone()))
        .or_else(|| (!config.system.is_empty()).then(|| config.system.clone()));
    let mut messages = Vec::with_capacity(history.len() + 2);
    messages.extend(system.map(|text| Arc::new(Message::loose(Role::System, vec![Part::text(text)]))));
    messages.extend(history.iter().cloned());
    messages.push(question.clone());
    let base = session.map_or_else(|| config.params.clone(), |s| s.params.clone());
    let params = Params {
        temperature: args.temperature.or(base.temperature),
        max_tokens: args.max_tokens.or(base.max_tokens),
        reasoning: match args.effort {
            Some(effort) => Some(ReasoningParams { effort: Some(effort), ..ReasoningParams::default() }),
            None => base.reasoning.clone(),
        },
        ..base
    };
    let mut preferences = session.map_or_else(|| config.preferences.clone(), |s| s.preferences.clone());
    preferences.profile = args.profile.or(preferences.profile);
    let fallbacks = match (args.fallback.as_slice(), session) {
        ([], Some(session)) => session.fallbacks.clone(),
        ([], None) => config.fallbacks.iter().map(ModelRef::new).collect(),
        (given, _) => given.iter().map(ModelRef::new).collect(),
    };
    Request {
        generation: GenerationId::new(now, dice),
        session: session.map(|s| s.id),
        purpose: Purpose::Ask,
        model,
        fallbacks,
        messages,
        params,
        preferences,
        tags: session.map(|s| s.tags.clone()).unwrap_or_default(),
        ..Request::default()
    }
}

/// What happens on the way, on stderr.
fn narrate(reply: &Reply) {
    match reply {
        Reply::FellBack { from, failure } => out::note(&format!("{from} failed: {failure}; asking the next")),
        Reply::Resumed { from, endpoint, failure, .. } => {
            out::note(&format!("{from} broke off: {failure}; {endpoint} goes on"));
        }
        Reply::Waiting { endpoint, failure, .. } => {
            out::note(&format!("{endpoint} asks for patience: {failure}"))
        }
        _ => {}
    }
}

/// The answer's text on its way out: raw to a pipe, inert to a terminal, nothing with `--json`.
struct Stdout {
    stdout: tokio::io::Stdout,
    silent: bool,
    terminal: bool,
    /// The text written so far ends in a newline.
    ended: bool,
}

impl Stdout {
    fn new(silent: bool) -> Self {
        let terminal = std::io::stdout().is_terminal();
        Self { stdout: tokio::io::stdout(), silent, terminal, ended: true }
    }

    async fn write(&mut self, text: &str) -> std::io::Result<()> {
        if self.silent || text.is_empty() {
            return Ok(());
        }
        self.ended = text.ends_with('\n');
        if self.terminal {
            self.stdout.write_all(crate::words::clean(text).as_bytes()).await?;
        } else {
            self.stdout.write_all(text.as_bytes()).await?;
        }
        self.stdout.flush().await
    }

    /// A line of text ends in a newline.
    async fn finish(&mut self) {
        if !self.ended {
            let _ = self.stdout.write_all(b"\n").await;
            let _ = self.stdout.flush().await;
        }
    }
}
