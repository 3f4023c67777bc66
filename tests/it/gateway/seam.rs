//! The seam between two endpoints' words: nothing repeated, nothing lost, however the second half is cut.

use fareway::gateway::Continuation::{self, Instruction, Prefill};
use fareway::gateway::Seam;
use proptest::prelude::*;

/// Both halves as the reader sees them.
fn joined<'a>(so_far: &str, how: Continuation, pieces: impl IntoIterator<Item = &'a str>) -> String {
    let mut seam = Seam::new(so_far, how);
    let mut out = so_far.to_owned();
    for piece in pieces {
        out.push_str(&seam.pass(piece));
    }
    out.push_str(&seam.finish());
    out
}

#[test]
fn what_is_repeated_is_there_once() {
    // what was heard, what the next endpoint says, what the reader sees
    let told = [
        // the last words, as they were asked for
        ("One two three four", "three four five", "One two three four five"),
        ("One two three four ", "three four five", "One two three four five"),
        ("One two three four", "three four", "One two three four"),
        ("One two three", "three four", "One two three four"),
        // the whole text again
        ("One two three", "One two three four", "One two three four"),
        // in other white space, in other case, behind dots
        ("the sky\nis blue", "The sky is blue, and", "the sky\nis blue, and"),
        ("the sky is", "…the sky is blue", "the sky is blue"),
        ("the sky is", "... the sky is blue", "the sky is blue"),
        // cut in the middle of a word
        ("One two thr", "One two three", "One two three"),
        ("we measured 1", "we measured 120 of them", "we measured 120 of them"),
        // the sentence begun anew
        ("It rains. The sky is", "The sky is blue.", "It rains. The sky is blue."),
        // told to repeat, and did not
        ("One two", "three", "One two three"),
        ("One two", " three", "One two three"),
        ("One two ", "three", "One two three"),
        ("The sky is", "…blue", "The sky is blue"),
        ("The sky is", "... blue", "The sky is blue"),
        ("One two,", " three", "One two, three"),
        // no repetition, only alike
        ("he proves the", "theory of sets", "he proves the theory of sets"),
        ("a banana", "na", "a banana na"),
        ("f() { g() { }", "}", "f() { g() { }}"),
        ("I saw a", "apple", "I saw a apple"),
        ("x = 1", "1", "x = 1 1"),
        // scripts without spaces
        ("我说你好世", "你好世界", "我说你好世界"),
        ("很好", "好的", "很好好的"),
        ("Grüße aus Köln", "GRÜSSE aus Köln", "Grüße aus Köln GRÜSSE aus Köln"),
        ("Grüße aus Köln", "Grüße aus Köln am Rhein", "Grüße aus Köln am Rhein"),
        // paragraphs
        ("One.\n\n", "Two.", "One.\n\nTwo."),
        ("One.\n\n", "One.\n\nTwo.", "One.\n\nTwo."),
        ("One.\n", "\n\nTwo.", "One.\n\nTwo."),
        ("", "Hello", "Hello"),
        ("One", "", "One"),
    ];
    let prefilled = [
        ("One two", " three", "One two three"),
        ("One two ", " three", "One two three"),
        ("One two ", "three", "One two three"),
        ("One tw", "o three", "One two three"),
        ("ha ha", " ha ha!", "ha ha ha ha!"),
        ("One two\n", " three", "One two\nthree"),
        ("One two\n\n", "\nThree", "One two\n\nThree"),
        ("One two\n", "\n\nThree", "One two\n\nThree"),
        ("One two ", "\n\nThree", "One two \n\nThree"),
        ("if x:\n", "\n    y", "if x:\n    y"),
        ("if x:\n  ", "\n    y", "if x:\n    y"),
        ("if x:\n\n", "\n    y", "if x:\n\n    y"),
        // a server that knows no prefill says it all again
        (
            "A long beginning of a reply",
            "A long beginning of a reply, and its end",
            "A long beginning of a reply, and its end",
        ),
        ("", "Hello", "Hello"),
        (" \n", "Hello", " \nHello"),
    ];
    for (how, cases) in [(Instruction, &told[..]), (Prefill, &prefilled[..])] {
        for (so_far, next, wanted) in cases {
            assert_eq!(&joined(so_far, how, [*next]), wanted, "{so_far:?} + {next:?}, {how:?}");
            let letters: Vec<String> = next.chars().map(String::from).collect();
            let letters = letters.iter().map(String::as_str);
            assert_eq!(&joined(so_far, how, letters), wanted, "letter by letter: {so_far:?} + {next:?}");
        }
    }
}

fn words(least: usize) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-zäß]{1,7}[,.]?", least..20)
}

/// The text in pieces.
fn cut<'a>(mut text: &'a str, cuts: &[usize]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    for cut in cuts {
        let at = text.char_indices().map(|(at, _)| at).nth(*cut).unwrap_or(text.len());
        let (piece, rest) = text.split_at(at);
        pieces.push(piece);
        text = rest;
    }
    pieces.push(text);
    pieces
}

proptest! {
    #[test]
    fn a_repeated_end_is_taken_out_and_nothing_else(
        said in words(8),
        rest in words(1),
        repeated in 3usize..8,
        cuts in prop::collection::vec(0usize..6, 0..12),
    ) {
        let (so_far, rest) = (said.join(" "), rest.join(" "));
        let again = said[said.len() - repeated..].join(" ");
        // one that ends in a longer repetition by chance is another case
        prop_assume!(again.chars().filter(|c| c.is_alphanumeric()).count() >= 4);
        let next = format!("{again} {rest}");
        let whole = joined(&so_far, Instruction, cut(&next, &cuts));
        // a text that repeats itself may hold its end twice: then the longest repetition is the one
        prop_assume!(so_far.matches(said[said.len() - repeated].as_str()).count() == 1);
        prop_assert_eq!(whole, format!("{so_far} {rest}"));
    }

    #[test]
    fn after_a_prefill_nothing_is_lost(
        said in words(1),
        rest in words(1),
        cuts in prop::collection::vec(0usize..6, 0..12),
        spaced in any::<bool>(),
    ) {
        let (so_far, next) = (said.join(" "), rest.join(" "));
        let next = if spaced { format!(" {next}") } else { next };
        // shorter than anything that counts as an echo
        prop_assume!(next.chars().count() < 24 || !next.starts_with(&so_far));
        prop_assume!(!so_far.ends_with(next.trim()));
        let echo = (24..next.len()).any(|n| next.get(..n).is_some_and(|head| so_far.ends_with(head.trim())));
        prop_assume!(!echo);
        prop_assert_eq!(joined(&so_far, Prefill, cut(&next, &cuts)), format!("{so_far}{next}"));
    }

    #[test]
    fn the_cuts_make_no_difference(
        so_far in "[ab .\n…]{0,30}",
        next in "[ab .\n…]{0,30}",
        cuts in prop::collection::vec(0usize..4, 0..20),
        told in any::<bool>(),
    ) {
        let how = if told { Instruction } else { Prefill };
        prop_assert_eq!(joined(&so_far, how, [next.as_str()]), joined(&so_far, how, cut(&next, &cuts)));
    }
}
