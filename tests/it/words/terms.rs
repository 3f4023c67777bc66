//! Short lists of words in one piece of memory.

use fareway::words::Terms;
use proptest::prelude::*;

proptest! {
    /// Whatever the words, the list holds them and no part or neighbour of them.
    #[test]
    fn holds_what_it_was_given(words in prop::collection::vec("[a-c_]{1,3}", 0..8), asked in "[a-c_]{0,4}") {
        let terms: Terms = words.iter().collect();
        prop_assert_eq!(terms.iter().collect::<Vec<_>>(), words.clone());
        prop_assert_eq!(terms.contains(&asked), words.contains(&asked));
        prop_assert_eq!(terms.is_empty(), words.is_empty());
        let json = serde_json::to_string(&terms).expect("a list");
        prop_assert_eq!(&json, &serde_json::to_string(&words).expect("a list"));
        prop_assert_eq!(serde_json::from_str::<Terms>(&json).expect("the same list"), terms);
    }
}

#[test]
fn joined_lists_keep_their_order_and_name_nothing_twice() {
    let joined = Terms::from(["text", "image"]).with(&["image", "audio"].into());
    assert_eq!(joined, ["text", "image", "audio"].into());
    assert_eq!(joined.join("+"), "text+image+audio");
    assert!(!joined.contains("text\nimage"), "two words are not one");
}
