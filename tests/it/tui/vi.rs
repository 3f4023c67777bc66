//! vi keys in the composer: what is typed, and what stands there then. `|` is the cursor.

use crate::support::stage::Stage;
use fareway::tui::Mode;

fn stage(text: &str) -> Stage {
    let mut stage = Stage::new(80, 24);
    stage.model.settings.vi = true;
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            stage.press("ctrl-j");
        }
        stage.types(line);
    }
    stage
}

fn shown(stage: &Stage) -> String {
    let draft = stage.model.draft();
    let mut lines: Vec<Vec<char>> = draft.text.split('\n').map(|line| line.chars().collect()).collect();
    lines[draft.row].insert(draft.column, '|');
    lines.iter().map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

/// Types a text in insert mode, then these keys from normal mode; `<` is Esc.
fn after(text: &str, keys: &str) -> String {
    let mut stage = stage(text);
    stage.press("esc");
    for c in keys.chars() {
        match c {
            '<' => drop(stage.press("esc")),
            c => drop(stage.types(&c.to_string())),
        }
    }
    shown(&stage)
}

#[test]
fn keys_do_what_vi_does() {
    let mut wrong = Vec::new();
    for (text, keys, wanted) in [
        ("one two three", "", "one two thre|e"),
        // motions and counts
        ("one two three", "0", "|one two three"),
        ("one two three", "02w", "one two |three"),
        ("one two three", "bb", "one |two three"),
        ("one two three", "0e", "on|e two three"),
        ("one two three", "0$", "one two thre|e"),
        ("a.b c", "0w", "a|.b c"),
        ("a.b c", "0W", "a.b |c"),
        ("one two three", "0ft", "one |two three"),
        ("one two three", "02ft", "one two |three"),
        ("one two three", "0ft;", "one two |three"),
        ("one two three", "0ft;,", "one |two three"),
        ("one two three", "0tt", "one| two three"),
        ("one two three", "Fo", "one tw|o three"),
        ("  in", "^", "  |in"),
        ("a\nb\nc", "gg", "|a\nb\nc"),
        ("a\nb\nc", "ggG", "a\nb\n|c"),
        ("a\nb\nc", "2G", "a\n|b\nc"),
        ("a\nb\nc", "k", "a\n|b\nc"),
        ("f(a, b)", "0%", "f(a, b|)"),
        // operators
        ("one two three", "0dw", "|two three"),
        ("one two three", "02dw", "|three"),
        ("one two three", "0d2w", "|three"),
        ("one two", "dw", "one t|w"),
        ("one\ntwo", "ggwdw", "one\n|"),
        ("one two three", "0wD", "one| "),
        ("one two three", "db", "one two |e"),
        ("one two three", "0de", "| two three"),
        ("one two three", "0dft", "|wo three"),
        ("one two three", "0dtt", "|two three"),
        ("one two three", "0cwX<", "|X two three"),
        ("one two three", "0wciwX<", "one |X three"),
        ("one two three", "0wdaw", "one |three"),
        ("say \"a b\" now", "0fadi\"", "say \"|\" now"),
        ("f(a, (b))", "0fadi(", "f(|)"),
        ("f(a, (b))", "0fbda(", "f(a, |)"),
        ("a\nb\nc", "kdd", "a\n|c"),
        ("a\nb\nc", "dd", "a\n|b"),
        ("a\nb\nc", "ggdj", "|c"),
        ("a\nb\nc", "ggdG", "|"),
        ("a\nb\nc", "gg2dd", "|c"),
        ("one", "0x", "|ne"),
        ("one", "02x", "|e"),
        ("one", "X", "o|e"),
        ("one two", "0sX<", "|Xne two"),
        ("one\ntwo", "SX<", "one\n|X"),
        ("one", "0rX", "|Xne"),
        ("one", "0~~", "ON|e"),
        ("one\n  two", "ggJ", "one| two"),
        // registers
        ("one two", "0dwp", "tone| wo"),
        ("a\nb", "yyp", "a\nb\n|b"),
        ("a\nb", "ggddp", "b\n|a"),
        ("a\nb", "yyP", "a\n|b\nb"),
        ("one", "0ylp", "o|one"),
        ("one", "0yl3p", "ooo|one"),
        // entering
        ("one", "0aX<", "o|Xne"),
        ("one", "AX<", "one|X"),
        ("  one", "IX<", "  |Xone"),
        ("one", "oX<", "one\n|X"),
        ("one", "OX<", "|X\none"),
        // visual
        ("one two three", "0vey", "|one two three"),
        ("one two three", "0ved", "| two three"),
        ("one two three", "0wviwcX<", "one |X three"),
        ("a\nb\nc", "ggVjd", "|c"),
        ("one two", "0vlod", "|e two"),
        ("one two", "0yewvep", "one on|e"),
        // undo, redo and again
        ("one two", "0dwu", "|one two"),
        ("one two three", "0dw.", "|three"),
        ("one two three", "0cwX<w.", "X |X three"),
        ("a", "oX<.", "a\nX\n|X"),
        ("one", "0iA<iB<u", "|Aone"),
        ("one", "0x.uu", "|one"),
        // an unfinished command is forgotten with Esc
        ("one two", "0d<x", "|ne two"),
        // graphemes and chips are one unit
        ("a👨‍👩‍👧‍👦b", "hx", "a|b"),
        ("a⟦pasted 9 lines⟧b", "hx", "a|b"),
        ("", "xddu", "|"),
    ] {
        let found = after(text, keys);
        if found != wanted {
            wrong.push(format!("{text:?} then {keys:?}: {found:?}, not {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn redo_brings_back_what_undo_took() {
    let mut stage = stage("one two");
    stage.press("esc 0 d w u");
    assert_eq!(shown(&stage), "|one two");
    stage.press("ctrl-r");
    assert_eq!(shown(&stage), "|two");
    assert!(stage.effects.iter().all(|e| !matches!(e, fareway::app::Effect::Ask { .. })), "not `ask again`");
}

#[test]
fn the_mode_is_shown_and_sending_begins_a_new_prompt() {
    let mut stage = stage("hello");
    assert!(stage.screen().contains("INSERT"));
    stage.press("esc d");
    let screen = stage.screen();
    assert!(screen.contains("NORMAL d") && screen.contains("n hello"), "{screen}");
    stage.press("esc v");
    assert!(stage.screen().contains("VISUAL"));
    stage.press("esc enter");
    assert_eq!(stage.asked().len(), 1);
    assert_eq!(stage.tui_mode(), Mode::Insert);
}

#[test]
fn esc_in_normal_mode_stops_the_reply() {
    let mut stage = stage("hello");
    stage.press("enter");
    let turn = stage.asked()[0];
    stage.types("more").press("esc");
    assert!(stage.model.streaming(), "the first Esc leaves insert mode");
    stage.press("esc");
    assert!(stage.effects.contains(&fareway::app::Effect::Stop { turn }));
}

#[test]
fn k_on_the_first_row_recalls_and_the_switch_is_live() {
    let mut stage = stage("first");
    stage.press("enter");
    let turn = stage.asked()[0];
    stage.reply(turn, crate::support::stage::done("openai", 1, 1));
    stage.press("esc k");
    assert_eq!(stage.model.draft().text, "first");
    stage.press("S").types("/vi").press("enter");
    assert!(!stage.model.settings.vi);
    stage.types("k");
    assert_eq!(stage.model.draft().text, "k");
}

#[test]
fn lists_move_with_j_and_k_where_letters_are_no_query() {
    let mut stage = stage("!ls");
    stage.press("enter j");
    assert!(stage.screen().contains("Run this command"));
    stage.press("esc ctrl-k ctrl-j ctrl-j ctrl-k");
    let Some(fareway::app::panes::Overlay::Picker(picker)) = stage.model.overlays.last() else {
        panic!("the picker")
    };
    assert_eq!(picker.at, 1);
}
