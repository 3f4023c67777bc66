//! A command of the person's, run for its output: bounded, and ended with all that it started when nobody waits any more.

use crate::app::Attached;
use crate::words::{Chip, ChipBody};
use rustix::process::{Pid, Signal, kill_process_group};
use std::process::Stdio;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// Of its output, so much is taken; then it is ended.
const MOST: usize = 1 << 20;

/// The command and what it started.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // it has ended already, mostly
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

/// What it prints on both streams, as a chip.
pub async fn run(command: &str) -> Result<Attached, String> {
    let wrong = |e: std::io::Error| format!("cannot run `{command}`: {e}");
    // a group of its own: it can be ended whole, and does not read from the terminal
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(format!("{{ {command}\n}} 2>&1"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(wrong)?;
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let mut group = Group(pid);
    let mut bytes = Vec::new();
    if let Some(output) = child.stdout.take() {
        output.take(MOST as u64 + 1).read_to_end(&mut bytes).await.map_err(wrong)?;
    }
    let cut = bytes.len() > MOST;
    bytes.truncate(MOST);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    // a letter of an old encoding here and there is still text
    if text.contains('\0') || text.matches('\u{fffd}').count() * 10 > text.chars().count() {
        return Err(format!("`{command}` prints bytes that are no text: nothing is attached"));
    }
    // programs that colour without asking where it goes: the model is to read words, not codes
    text = crate::words::clean(&crate::words::printed(&text)).into_owned();
    if cut {
        drop(group);
        text.push_str("\n(cut: the output was longer than 1 MB, and the command was ended)\n");
    } else {
        let status = child.wait().await.map_err(wrong)?;
        // what it left in the background goes on, as it would in a shell
        group.0 = None;
        if !status.success() {
            text.push_str(&format!("\n({status})\n"));
        }
    }
    let tokens = text.len() as u64 / 4;
    let mut label: String = command.chars().take(40).collect();
    if cut {
        label.push_str(", its first 1 MB");
    }
    let body = ChipBody::Output { command: command.to_owned(), text };
    Ok(Attached { chip: Chip { label: format!("⟦!{label}⟧"), body }, tokens })
}
