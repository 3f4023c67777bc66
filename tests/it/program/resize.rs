//! A window that is dragged while the program runs: the picture is right at every size.

use crate::support::pty::{Pty, command};

#[test]
fn the_screen_follows_the_window() {
    let home = tempfile::tempdir().expect("a home");
    let pty = Pty::start(command(home.path(), &["--model", "demo/swift"]), 120, 40);
    pty.until_shows("enter send");
    for (columns, rows) in [(40, 12), (23, 5), (80, 24), (120, 40)] {
        pty.resize(columns, rows);
        let small = columns < 40;
        let screen = pty.until(&format!("the picture at {columns}x{rows}"), |screen| {
            let top = screen.lines().next().unwrap_or_default();
            let foot = screen.lines().count() == usize::from(rows);
            if small { top.starts_with("too small: 40x12") } else { top.contains("demo/swift") && foot }
        });
        assert_eq!(screen.contains("too small"), small, "{columns}x{rows}:\n{screen}");
    }
}
