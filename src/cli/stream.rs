//! An answer's text on its way to stdout while it comes: raw to a pipe, inert to a terminal.

use super::out;
use crate::words::{Reply, clean};
use std::io::{self, IsTerminal};
use tokio::io::AsyncWriteExt;

/// Standard output that can be waited for, so that a slow reader slows the provider and Ctrl-C still works.
pub struct Stdout {
    stdout: tokio::io::Stdout,
    terminal: bool,
    /// What was written so far ends in a newline.
    ended: bool,
}

impl Stdout {
    pub fn new() -> Self {
        Self { stdout: tokio::io::stdout(), terminal: io::stdout().is_terminal(), ended: true }
    }

    /// # Errors
    /// `BrokenPipe` when the reader has had enough.
    pub async fn write(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.ended = text.ends_with('\n');
        if self.terminal {
            self.stdout.write_all(clean(text).as_bytes()).await?;
        } else {
            self.stdout.write_all(text.as_bytes()).await?;
        }
        self.stdout.flush().await
    }

    /// A text ends in a newline.
    pub async fn end_line(&mut self) -> io::Result<()> {
        if self.ended { Ok(()) } else { self.write("\n").await }
    }
}

/// What happens on the way, on stderr.
pub fn narrate(reply: &Reply) {
    match reply {
        Reply::FellBack { from, failure } if failure.is_unasked() => {
            out::note(&format!("{from} was not asked: {failure}; asking the next"));
        }
        Reply::FellBack { from, failure } => out::note(&format!("{from} failed: {failure}; asking the next")),
        Reply::Resumed { from, failure, chosen } => {
            let price = chosen.dearer.map_or_else(String::new, |price| format!(", {price}"));
            out::note(&format!("{from} broke off: {failure}; {} goes on{price}", chosen.endpoint));
        }
        Reply::Waiting { endpoint, failure, .. } => {
            out::note(&format!("{endpoint}: {failure}; asking it again in a moment"));
        }
        Reply::Chosen(chosen) => {
            if let Some(price) = chosen.dearer {
                out::note(&format!("asking {}, {price}", chosen.endpoint));
            }
        }
        Reply::Delta(_) | Reply::Done(_) | Reply::Failed { .. } => {}
    }
}
