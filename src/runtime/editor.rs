//! `$VISUAL` or `$EDITOR` on a text, in the terminal that was given back for it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::Command;

/// Opens the editor and waits for it; the terminal must have been given back. What was written, or why not.
pub fn edit(text: &str, scratch: &Path) -> Result<String, String> {
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
        .unwrap_or_else(|| "vi".to_owned());
    let wrong = |e: std::io::Error| format!("cannot write the draft for the editor: {e}");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(scratch).map_err(wrong)?;
    let path = scratch.join(format!("draft-{}.md", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .map_err(wrong)?;
    // editors and the tools that append to files expect whole lines
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    file.write_all(text.as_bytes()).and_then(|()| file.write_all(end.as_bytes())).map_err(wrong)?;
    drop(file);
    // through the shell, because EDITOR may hold arguments
    let status = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(&path).status();
    let result = match status {
        Ok(status) if status.success() => {
            fs::read_to_string(&path).map_err(|e| format!("cannot read what {editor} wrote: {e}"))
        }
        Ok(status) => Err(format!("{editor} ended with {status}; the draft is as it was")),
        Err(e) => Err(format!("cannot start {editor}: {e}; set EDITOR")),
    };
    let _ = fs::remove_file(&path);
    result.map(|text| text.trim_end_matches('\n').to_owned())
}
