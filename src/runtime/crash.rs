//! A panic: the terminal is given back, a report is kept, the person is told where, and the loop hears of it.

use crate::config::Dirs;
use crate::store;
use crate::tui::paint::restore;
use crate::words::clean_line;
use std::backtrace::Backtrace;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};
use tokio::sync::Notify;

/// Tells the loop that something panicked outside it: a task or thread whose end would else go unnoticed.
static PANICKED: Notify = Notify::const_new();
static GUARDED: Once = Once::new();
/// What panics while the program ends because of a panic follows from the first, and is not told.
static TOLD: AtomicBool = AtomicBool::new(false);

/// From here on a panic ends as this file says. A panic of the store's threads is caught there and healed: it must
/// not give the terminal back, nor print on it. The second call does nothing.
pub fn guard(dirs: &Dirs) {
    let path = dirs.data.join("crash.txt");
    GUARDED.call_once(|| {
        std::panic::set_hook(Box::new(move |panic| {
            if store::panic_is_caught() {
                return;
            }
            restore();
            if !TOLD.swap(true, Ordering::AcqRel) {
                let _ = writeln!(io::stderr(), "{}", told(panic, &path));
            }
            PANICKED.notify_one();
        }));
    });
}

/// Waits for a panic beside the loop.
pub async fn panicked() {
    PANICKED.notified().await;
}

/// What the person reads.
fn told(panic: &PanicHookInfo<'_>, path: &Path) -> String {
    let what = clean_line(&panic.to_string().replace('\n', " "));
    let kept = match keep(panic, path) {
        Ok(()) => format!("The report is in {}", path.display()),
        Err(error) => format!("No report could be written to {}: {error}", path.display()),
    };
    format!("fareway: a mistake of the program itself: {what}. {kept}; what was acknowledged is kept.")
}

/// The last report only, for nobody else's eyes: it may hold words of the conversation.
fn keep(panic: &PanicHookInfo<'_>, path: &Path) -> io::Result<()> {
    if let Some(dir) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    writeln!(
        file,
        "fareway {}, {} {}, {}\nthread {:?}: {panic}\n\n{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        jiff::Timestamp::now(),
        thread::current().name().unwrap_or("without a name"),
        Backtrace::force_capture(),
    )?;
    file.sync_data()
}
