//! What goes to the clipboard arrives whole, through tmux and screen too.

use fareway::runtime::{Between, osc52};

#[test]
fn each_way_has_its_envelope() {
    assert_eq!(osc52("hi", Between::Nothing).as_deref(), Some("\x1b]52;c;aGk=\x07"));
    assert_eq!(osc52("hi", Between::Tmux).as_deref(), Some("\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\"));
    let long = osc52(&"x".repeat(3000), Between::Screen).expect("short enough");
    let inner: String = long.split("\x1b\\").map(|part| part.strip_prefix("\x1bP").unwrap_or(part)).collect();
    assert_eq!(Some(inner), osc52(&"x".repeat(3000), Between::Nothing));
    assert!(long.split("\x1b\\").all(|part| part.len() <= 768));
}

#[test]
fn too_much_is_refused_instead_of_cut() {
    assert!(osc52(&"x".repeat(56_000), Between::Nothing).is_some());
    assert!(osc52(&"x".repeat(57_000), Between::Nothing).is_none());
}

#[test]
fn the_environment_says_what_stands_between() {
    assert_eq!(Between::of(Some("/tmp/tmux-0/default,1,0"), Some("screen-256color")), Between::Tmux);
    assert_eq!(Between::of(None, Some("screen.xterm")), Between::Screen);
    assert_eq!(Between::of(None, Some("xterm")), Between::Nothing);
}
