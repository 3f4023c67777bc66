//! Of a terminal's sequences nothing stays, of the words everything.

use fareway::words::printed;
use proptest::prelude::*;

#[test]
fn sequences_go_whole() {
    for (raw, text) in [
        ("\u{1b}[38;5;196mred\u{1b}[0m and \u{1b}[Kplain", "red and plain"),
        ("\u{1b}]0;a title\u{7}words", "words"),
        ("\u{1b}]8;;http://a.b\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
        ("\u{1b}Pq#0;2;0;0;0\u{1b}\\after", "after"),
        ("\u{1b}(Bset\u{1b}7\u{1b}=", "set"),
        ("\u{9b}31mC1\u{9b}m", "C1"),
        ("b\u{8}bo\u{8}ol\u{8}ld _\u{8}u", "bold u"),
        ("\u{8}line\n\u{8}next", "line\nnext"),
        // nothing after a sequence that never ends is lost but its own line
        ("a\u{1b}]0;no end\nb", "a\nb"),
        ("cut\u{1b}[3", "cut"),
        ("cut\u{1b}", "cut"),
        ("\u{1b}[3\nnext", "\nnext"),
    ] {
        assert_eq!(printed(raw), text, "{raw:?}");
    }
}

proptest! {
    #[test]
    fn text_without_controls_is_the_same(text in "[^\\x00-\\x1f\\x7f-\u{9f}]*") {
        prop_assert_eq!(printed(&text), text);
    }
}
