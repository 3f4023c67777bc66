//! The file that holds what was copied last, for terminals whose clipboard a program does not reach.

use crate::config::Dirs;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

/// Writes it; where it is, and over ssh the command that fetches it. Or one sentence on why not.
pub fn write(dirs: &Dirs, text: &str) -> Result<String, String> {
    let path = dirs.data.join("copy.txt");
    let wrong = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
    fs::create_dir_all(&dirs.data).map_err(wrong)?;
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)?;
    // `CLIENT PORT SERVER PORT`
    let connection = std::env::var("SSH_CONNECTION").unwrap_or_default();
    Ok(match connection.split(' ').nth(2).filter(|server| !server.is_empty()) {
        Some(server) => format!("{} (scp {server}:{} .)", path.display(), path.display()),
        None => path.display().to_string(),
    })
}
