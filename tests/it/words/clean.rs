//! Nothing that a terminal would act on gets through.

use fareway::words::{clean, clean_line};
use proptest::prelude::*;
use std::borrow::Cow;

#[test]
fn ordinary_text_is_not_touched() {
    let text = "Grüße, 世界 👩‍👩‍👧 שלום\n\ttabs and lines";
    assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
}

#[test]
fn escapes_are_shown_and_never_sent() {
    assert_eq!(clean("\u{1b}]52;c;ZXZpbA==\u{7}"), "␛]52;c;ZXZpbA==␇");
    assert_eq!(clean("a\u{9b}31mb"), "a\u{fffd}31mb");
    assert_eq!(clean("one\r\ntwo\rthree"), "one\ntwo\nthree");
    assert_eq!(clean("safe\u{202e}exe.txt"), "safe\u{fffd}exe.txt");
    assert_eq!(clean_line("two\nlines\tand a tab"), "two lines and a tab");
}

proptest! {
    #[test]
    fn no_control_character_survives(text in any::<String>()) {
        prop_assert!(clean(&text).chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
        prop_assert!(clean_line(&text).chars().all(|c| !c.is_control()));
    }
}
