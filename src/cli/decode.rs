//! `fareway decode`: what is heard in a recorded body; the tool with which a bug report carries bytes.

use super::{Exit, Fail, out};
use crate::wire;
use crate::wire::decode::Recording;
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
    if let Some(name) = args.quirk.iter().find(|name| !wire::is_quirk(name)) {
        let names: Vec<&str> = wire::QUIRKS.iter().map(|quirk| quirk.name).collect();
        return Err(Fail::usage(format!("no quirk `{name}`; allowed: {}", names.join(", "))));
    }
    let headers = headers(&args.header)?;
    let mut body = Vec::new();
    let read = if args.file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut body)
    } else {
        std::fs::File::open(&args.file).and_then(|mut file| file.read_to_end(&mut body))
    };
    read.map_err(|e| Fail::usage(format!("cannot read {}: {e}", args.file.display())))?;
    let now = crate::runtime::now();
    let recording =
        Recording { format, quirks: &args.quirk, status: args.status, headers: &headers, body: &body, now };
    out::json(&recording.report(args.cuts))?;
    Ok(Exit::Ok)
}

fn headers(lines: &[String]) -> Result<Vec<(String, String)>, Fail> {
    let split = |line: &String| {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| Fail::usage(format!("`{line}` is no header; write `Name: value`")))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.iter().map(split).collect()
}
