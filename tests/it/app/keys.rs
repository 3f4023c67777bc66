//! Keys: their written form, the table, the person's changes.

use fareway::app::{ACTIONS, Code, Key, Keymap};
use std::collections::BTreeMap;

#[test]
fn a_key_reads_as_it_is_written() {
    for text in
        ["ctrl-k", "alt-enter", "f1", "?", "shift-up", "ctrl-alt-x", "R", "space", "-", "ctrl--", "alt-<"]
    {
        let key: Key = text.parse().expect("a key");
        assert_eq!(key.to_string(), text);
    }
    assert_eq!("CTRL-K".parse(), Ok(Key::ctrl('k')));
    assert_eq!("Enter".parse(), Ok(Key::plain(Code::Enter)));
    for wrong in ["", "ctrl-", "hyper-k", "f99", "kk"] {
        assert!(wrong.parse::<Key>().is_err(), "{wrong:?} is no key");
    }
}

#[test]
fn the_table_is_sound() {
    Keymap::new(&BTreeMap::new()).expect("default keys parse and do not conflict");
    for (at, action) in ACTIONS.iter().enumerate() {
        assert!(!action.title.is_empty());
        let twice = ACTIONS[at + 1..]
            .iter()
            .any(|other| other.id == action.id || (other.slash.is_some() && other.slash == action.slash));
        assert!(!twice, "`{}` stands twice in the table", action.id);
    }
}

#[test]
fn nothing_essential_is_on_keys_that_multiplexers_and_terminals_take() {
    let taken = ["ctrl-b", "ctrl-s", "ctrl-q", "shift-enter"].map(|k| k.parse::<Key>().expect("a key"));
    let map = Keymap::new(&BTreeMap::new()).expect("defaults");
    for action in ACTIONS {
        for key in map.keys(action.id) {
            assert!(!taken.contains(key), "`{}` is on {key}", action.id);
        }
    }
}

#[test]
fn changes_are_checked_and_conflicts_named() {
    let change = |id: &str, keys: &[&str]| {
        BTreeMap::from([(id.to_owned(), keys.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>())])
    };
    let map = Keymap::new(&change("model.pick", &["f2"])).expect("a free key");
    assert_eq!(map.keys("model.pick"), ["f2".parse::<Key>().expect("a key")]);
    assert!(Keymap::new(&change("model.pick", &[])).expect("no key").keys("model.pick").is_empty());

    let wrong = |changes| Keymap::new(&changes).expect_err("a mistake").join("\n");
    assert_eq!(
        wrong(change("model.pick", &["ctrl-p"])),
        "keys: `ctrl-p` is given to `model.pick` and to `palette`; change one of them"
    );
    // a key of the composer never reaches what holds everywhere
    assert!(wrong(change("model.pick", &["alt-f"])).contains("`word.right` and to `model.pick`"));
    assert!(
        wrong(change("model.pick", &["k"])).starts_with("keys.model.pick: `k` could not be written any more")
    );
    // Tab is what arrives
    assert_eq!(
        wrong(change("help", &["ctrl-i"])),
        "keys.help: terminals send `ctrl-i` as tab; take another key"
    );
    Keymap::new(&change("message.copy", &["c"])).expect_err("`c` goes on from a cut");
    Keymap::new(&change("message.copy", &["z"])).expect("a letter at a selected message");
    assert!(
        wrong(change("model.picc", &["f2"]))
            .contains("there is no action `model.picc`, did you mean `model.pick`?")
    );
    let nothing_near = wrong(change("nonsense", &["f2"]));
    assert!(nothing_near.contains("there is no action `nonsense`; F1"), "{nothing_near}");
    assert!(wrong(change("model.pick", &["hyper-k"])).starts_with("keys.model.pick: `hyper-k` is not a key"));
}
