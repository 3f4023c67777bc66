//! `fareway decode`: what is heard in a recorded body; the tool with which a bug report carries bytes.

use super::heard::{Heard, every};
use super::{Exit, Fail, out};
use crate::wire::{self, Format};
use crate::words::{Delta, Dice, Endpoint, Failure, ModelId, ProviderId, Stop};
use serde_json::{Value, json};
use std::io::Read;
use std::path::PathBuf;

/// Print what is heard in a recorded response body, streamed or not, as JSON
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  curl -sN https://.../chat/completions -d @request.json | fareway decode --format openai-chat -
  fareway decode --format anthropic-messages --cuts 7 stream.sse     fed in random pieces: the result must be the same
  fareway decode --format gemini --status 429 error.json             what the failure is classified as")]
pub struct Args {
    /// openai-chat, openai-responses, anthropic-messages, gemini, ollama
    #[arg(long, value_name = "FORMAT")]
    format: String,
    /// The HTTP status the body came with
    #[arg(long, value_name = "N", default_value_t = 200)]
    status: u16,
    /// A response header, `Name: value` (repeat for more)
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// Feed it in pieces of random length from this seed instead of whole
    #[arg(long, value_name = "SEED")]
    cuts: Option<u64>,
    /// Dialect: quirks of the provider table (repeat for more)
    #[arg(long, value_name = "NAME")]
    quirk: Vec<String>,
    /// The recorded body; `-` is stdin
    file: PathBuf,
}

pub fn run(args: &Args) -> Result<Exit, Fail> {
    let Some(format) = wire::format(&args.format) else {
        let names: Vec<&str> = wire::FORMATS.iter().map(|f| f.name()).collect();
        return Err(Fail::usage(format!("no format `{}`; allowed: {}", args.format, names.join(", "))));
    };
    let mut body = Vec::new();
    let read = if args.file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut body)
    } else {
        std::fs::File::open(&args.file).and_then(|mut file| file.read_to_end(&mut body))
    };
    read.map_err(|e| Fail::usage(format!("cannot read {}: {e}", args.file.display())))?;
    let headers: Vec<(String, String)> = args
        .header
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    out::json(&decode(format, &args.quirk, args.status, &headers, &body, args.cuts))?;
    Ok(Exit::Ok)
}

/// What is heard, as one JSON object.
pub fn decode(
    format: &dyn Format,
    quirks: &[String],
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    cuts: Option<u64>,
) -> Value {
    let mut deltas = Vec::new();
    let failure = if (200..300).contains(&status) {
        let endpoint = endpoint(format.name(), quirks);
        let mut decoder = format.decoder(&endpoint);
        pieces(body, cuts)
            .try_for_each(|piece| decoder.feed(piece, &mut deltas))
            .and_then(|()| decoder.finish(&mut deltas))
            .err()
    } else {
        Some(format.failure(status, headers, body, crate::runtime::now()))
    };
    report(&deltas, failure.as_ref())
}

/// The body whole, or cut at random places: mostly short pieces, because that is where decoders fail.
fn pieces(body: &[u8], cuts: Option<u64>) -> impl Iterator<Item = &[u8]> {
    let mut dice = cuts.map(Dice::new);
    let mut rest = body;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let length = match &mut dice {
            None => rest.len(),
            Some(dice) => {
                let longest = if dice.below(4) == 0 { 400 } else { 12 };
                (1 + dice.below(longest)).min(rest.len())
            }
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(piece)
    })
}

fn report(deltas: &[Delta], failure: Option<&Failure>) -> Value {
    let mut heard = Heard::default();
    let (mut stop, mut native, mut cost, mut usage) = (None, None, None, None);
    let (mut id, mut model, mut opaque) = (None, None, 0u32);
    for delta in deltas {
        heard.delta(delta);
        match delta {
            Delta::Stop { reason, native: said } => (stop, native) = (Some(*reason), Some(said.clone())),
            Delta::Usage { usage: counted, cost: said } => {
                usage = Some(*counted);
                cost = said.or(cost);
            }
            Delta::Head { id: said, model: named, .. } => {
                id = said.clone().or(id);
                model = named.clone().or(model);
            }
            Delta::Opaque(_) => opaque += 1,
            _ => {}
        }
    }
    let thoughts: Vec<&str> = heard.reasoning.values().map(|r| r.text.as_str()).collect();
    json!({
        "text": heard.text,
        "reasoning": thoughts.concat(),
        "reasoning_blocks": heard.reasoning.values().collect::<Vec<_>>(),
        "tool_calls": heard.tool_calls.values().map(|call| json!({
            "id": call.id, "name": call.name, "arguments": call.arguments, "signature": call.signature,
        })).collect::<Vec<_>>(),
        "others": heard.others,
        "id": id,
        "model": model,
        "usage": usage.map(every),
        "cost_usd": cost.map(|usd| usd.to_string()),
        "stop": stop.map(Stop::name),
        "native_stop": native,
        "opaque": opaque,
        "failure": failure.map(|f| json!({
            "kind": f.kind, "remedy": f.remedy(), "error_type": f.kind.error_type(), "message": f.message,
            "status": f.status, "code": f.code, "retry_after_ms": f.retry_after.map(super::heard::millis),
        })),
    })
}

/// An endpoint with nothing but a format and a dialect.
fn endpoint(format: &str, quirks: &[String]) -> Endpoint {
    let model = ModelId::new("recorded/model");
    Endpoint { quirks: quirks.to_vec(), ..Endpoint::new(ProviderId::new("recorded"), model, format) }
}
