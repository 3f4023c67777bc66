//! Acting on messages and writing: what is copied, deleted and brought back, completed and weighed.

use crate::support::stage::{Stage, failure, receipt};
use fareway::app::{Attached, Cards, Effect, Event, Save};
use fareway::words::{Chip, ChipBody, FailureKind, Part, Reply, Role, Source, TurnId};
use std::sync::Arc;

fn copied(stage: &Stage) -> Option<&str> {
    stage
        .effects
        .iter()
        .rev()
        .find_map(|e| if let Effect::Copy { text, .. } = e { Some(text.as_str()) } else { None })
}

#[test]
fn the_last_shell_command_is_copied_ready_to_be_pasted() {
    let cases = [
        ("Run\n```sh\ncargo build\n```\nthen\n```rust\nfn main() {}\n```", Some("cargo build")),
        ("```console\n$ cd /tmp\n$ ls -la\ntotal 0\n```", Some("ls -la")),
        ("```\n$ docker run \\\n  -it alpine\n/ #\n```", Some("docker run \\\n  -it alpine")),
        ("```bash\nset -e\nmake\n```", Some("set -e\nmake")),
        ("```Bash\nfirst\n```\n```zsh\nsecond\n```", Some("second")),
        ("```rust\nfn main() {}\n```", None),
        ("no code", None),
    ];
    for (answer, expected) in cases {
        let mut stage = Stage::new(80, 24);
        stage.exchange("how?", answer);
        stage.effects.clear();
        stage.press("alt-x");
        assert_eq!(copied(&stage), expected, "{answer}");
        stage.effects.clear();
        stage.press("alt-up x");
        assert_eq!(copied(&stage), expected, "{answer}");
    }
}

#[test]
fn what_was_deleted_comes_back_where_it_was() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("one", "first answer");
    stage.exchange("two", "second answer");
    let before: Vec<_> = stage.model.thread().path().to_vec();
    stage.press("alt-up alt-up d y");
    assert_eq!(stage.model.thread().path().len(), 2);
    stage.effects.clear();
    stage.types("/undo").press("enter");
    assert_eq!(stage.model.thread().path(), before);
    let saved =
        stage.effects.iter().filter_map(|e| if let Effect::Save(saves) = e { Some(saves) } else { None });
    let back = saved.flatten().filter(|save| matches!(save, Save::Message { .. })).count();
    assert_eq!(back, 2, "the store has them again");
    assert_eq!(
        stage.model.thread().last().map(|m| (m.role, m.plain())),
        Some((Role::Assistant, "second answer".into()))
    );
    stage.types("/undo").press("enter");
    assert_eq!(stage.model.notice().map(|n| n.text.as_str()), Some("nothing to undo"));
}

#[test]
fn files_are_offered_with_their_size_tokens_and_price() {
    let mut stage = Stage::new(80, 24);
    stage.types("see @");
    let turn = stage.model.pending.paths.expect("paths are asked for");
    let paths =
        vec![("notes.md".into(), Some(4_000)), ("photo.PNG".into(), Some(2_048)), ("src/".into(), None)];
    stage.event(Event::Paths { turn, paths });
    let about: Vec<String> =
        stage.model.completion.iter().flat_map(|c| &c.items).map(|item| item.about.clone()).collect();
    // openai/gpt-5 takes $1.25 for a million tokens
    assert_eq!(about, ["3 KB · ~1,000 tokens · ~$0.001250", "2 KB · ~1,100 tokens · ~$0.001375", "folder"]);
    assert!(stage.screen().contains("@notes.md   3 KB · ~1,000 tokens"), "{}", stage.screen());
}

#[test]
fn a_path_with_blanks_is_completed_to_its_end() {
    let mut stage = Stage::new(80, 24);
    let prefix = |stage: &Stage| {
        stage.effects.iter().rev().find_map(|e| match e {
            Effect::Complete { prefix, .. } => Some(prefix.clone()),
            _ => None,
        })
    };
    let offer = |stage: &mut Stage, path: &str, size| {
        let turn = stage.model.pending.paths.expect("paths are asked for");
        stage.event(Event::Paths { turn, paths: vec![(path.into(), size)] });
        stage.press("tab");
    };
    stage.types("see @my");
    offer(&mut stage, "my dir/", None);
    assert_eq!(stage.model.draft().text, "see @\"my dir/");
    assert_eq!(prefix(&stage).as_deref(), Some("my dir/"));
    stage.types("a no");
    assert_eq!(prefix(&stage).as_deref(), Some("my dir/a no"));
    offer(&mut stage, "my dir/a note.txt", Some(11));
    assert_eq!(stage.model.draft().text, "see ");
    let asked =
        stage.effects.iter().any(|e| matches!(e, Effect::Attach { path, .. } if path == "my dir/a note.txt"));
    assert!(asked, "it is attached");
    // what is closed, or only looks like it, is text
    stage.effects.clear();
    stage.types("@\"x\" and mail@\"y");
    assert_eq!(prefix(&stage).as_deref(), Some("x"), "closed, it is text");
    assert_eq!(stage.model.pending.paths, None);
}

#[test]
fn commands_are_found_by_their_letters_and_cost_nothing() {
    let mut stage = Stage::new(80, 24);
    stage.types("/tmpl");
    let first = stage.model.completion.as_ref().map(|c| c.items[0].text.clone());
    assert_eq!(first.as_deref(), Some("/template "));
    stage.wait(std::time::Duration::from_secs(1));
    assert!(!stage.effects.iter().any(|e| matches!(e, Effect::Quote { .. })), "a command is not priced");
}

#[test]
fn an_edited_prompt_keeps_its_images_and_files() {
    let mut stage = Stage::new(80, 24);
    let source = Source::Data { media_type: "image/png".into(), base64: "aGk=".into() };
    let image = |name: &str| Part::Image { name: name.into(), source: source.clone(), detail: None };
    let file = Part::File { name: "paper.pdf".into(), source: source.clone() };
    stage.exchange("one", "answer");
    let id = stage.model.thread().path()[0];
    let parts =
        vec![Part::text("Compare"), image("a.png"), image("a.png"), file.clone(), Part::text("please")];
    stage.model.thread_mut().change(id, |message| message.parts = parts);
    stage.press("alt-up alt-up e enter");
    let sent = stage.effects.iter().find_map(|e| match e {
        Effect::Ask { request, .. } => request.messages.last().map(|m| m.parts.clone()),
        _ => None,
    });
    let sent = sent.expect("it is sent again");
    let kept: Vec<&Part> = sent.iter().filter(|part| !matches!(part, Part::Text { .. })).collect();
    assert_eq!(kept, [&image("a.png"), &image("a.png"), &file]);
}

/// Texts of the messages that were asked about last.
fn asked(stage: &Stage) -> Vec<String> {
    let request = stage.effects.iter().rev().find_map(|e| match e {
        Effect::Ask { request, .. } => Some(request.messages.iter().map(|m| m.plain()).collect()),
        _ => None,
    });
    request.expect("somebody was asked")
}

#[test]
fn a_code_block_is_copied_by_the_number_above_it() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("how?", "```rust\none\n```\ntext\n```sh\ntwo\n```\n");
    stage.types("/copy 1").press("enter");
    assert_eq!(copied(&stage), Some("one\n"));
    stage.press("alt-up 2");
    assert_eq!(copied(&stage), Some("two\n"));
    stage.effects.clear();
    stage.press("3 esc").types("/copy x").press("enter");
    assert_eq!(copied(&stage), None);
}

#[test]
fn a_copy_says_where_it_went_and_never_more() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("how?", "so");
    stage.press("ctrl-y");
    assert_eq!(stage.model.notice(), None, "nothing was tried yet");
    let cases = [
        (true, None, "the message (2 B) sent to the terminal's clipboard"),
        (true, Some(Ok("/c.txt")), "the message (2 B) sent to the terminal's clipboard; also in /c.txt"),
        (
            false,
            Some(Ok("/c.txt")),
            "the message (2 B) is in /c.txt: the terminal's clipboard does not take it",
        ),
        (false, Some(Err("full")), "the message (2 B) could not be copied: full"),
    ];
    for (sent, file, said) in cases {
        let file = file.map(|file| file.map(str::to_owned).map_err(str::to_owned));
        stage.event(Event::Copied { what: "the message (2 B)".into(), sent, file });
        assert_eq!(stage.model.notice().map(|n| n.text.as_str()), Some(said));
    }
}

#[test]
fn a_prompt_that_is_edited_stands_until_it_is_sent() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("one", "first answer");
    stage.exchange("two", "second answer");
    let before: Vec<_> = stage.model.thread().path().to_vec();
    stage.types("a draft").press("alt-up alt-up e");
    assert_eq!(stage.model.draft().text, "two");
    let screen = stage.screen();
    assert!(screen.contains("second answer") && screen.contains("You editing"), "{screen}");
    assert!(screen.contains("⑂ editing: enter sends it beside the old one · esc leaves it"), "{screen}");
    stage.press("esc");
    assert_eq!((stage.model.draft().text.as_str(), stage.model.thread().path()), ("a draft", &before[..]));
    // sent, it is a branch; the draft is there again
    stage.press("alt-up alt-up e").types("!").press("enter");
    assert_eq!(asked(&stage), ["one", "first answer", "two!"]);
    assert_eq!(stage.model.draft().text, "a draft");
    assert_eq!(stage.model.thread().branch(stage.model.thread().path()[2]), (1, 2));
    // what is edited and what it pushed aside are both kept on disk
    stage.press("esc alt-up alt-up e");
    let kept = stage.model.thread().unsent();
    assert_eq!(
        (kept.draft.text.as_str(), kept.fork.map(|fork| fork.parked.text)),
        ("two!", Some("a draft".into()))
    );
}

#[test]
fn a_branch_begins_where_one_wants_and_the_old_one_stays_in_sight() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("one", "first answer");
    stage.exchange("two", "second answer");
    stage.press("alt-up alt-up alt-up g");
    let screen = stage.screen();
    assert!(screen.contains("the next prompt goes on here") && screen.contains("second answer"), "{screen}");
    stage.types("other").press("enter");
    assert_eq!(asked(&stage), ["one", "first answer", "other"]);
    // at the end there is nothing to branch off
    let mut stage = Stage::new(80, 24);
    stage.exchange("one", "first answer");
    stage.press("alt-up g");
    assert_eq!(stage.model.thread().fork, None);
}

#[test]
fn a_template_is_a_command_with_its_variables() {
    let mut stage = Stage::new(80, 24);
    let texts = [("translate", "Into {{language}}, {{tone}}:\n"), ("plain", "As follows: ")];
    stage.model.settings.templates = texts.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    stage.types("/trans");
    assert!(stage.screen().contains("template: Into {{language}}, {{tone}}:"));
    stage.press("enter").types("French").press("enter").types("kind").press("enter");
    assert_eq!(stage.model.draft().text, "Into French, kind:\n");
    stage.press("ctrl-c").types("/translate German").press("enter").types("curt").press("enter");
    assert_eq!(stage.model.draft().text, "Into German, curt:\n");
    stage.press("ctrl-c").types("/plain one two").press("enter");
    assert_eq!(stage.model.draft().text, "As follows: one two");
}

#[test]
fn a_command_that_runs_is_seen_and_stopped() {
    let mut stage = Stage::new(80, 24);
    stage.types("!sleep 9").press("enter y");
    stage.wait(std::time::Duration::from_secs(3));
    assert!(stage.screen().contains("⚙ sleep 9 · 3.0 s · esc stops it"), "{}", stage.screen());
    let turn = stage.model.pending.run.as_ref().expect("it runs").turn;
    stage.press("esc");
    assert!(stage.effects.contains(&Effect::Stop { turn }));
    assert_eq!(stage.model.draft().text, "!sleep 9");
    let body = ChipBody::Output { command: "sleep 9".into(), text: String::new() };
    let chip = Box::new(Attached { chip: Chip { label: "⟦!sleep 9⟧".into(), body }, tokens: 0 });
    stage.event(Event::Attached { turn, chip: Ok(chip) });
    assert_eq!(stage.model.draft().text, "!sleep 9", "what comes too late is not attached");
}

#[test]
fn a_look_for_models_is_seen_stopped_and_says_what_came_of_it() {
    let looked = |stage: &mut Stage| {
        stage.types("/refresh").press("enter");
        let asked = stage.effects.iter().rev().find_map(|effect| match effect {
            Effect::Refresh { turn } => Some(*turn),
            _ => None,
        });
        asked.expect("it was asked for")
    };
    for key in ["esc", "ctrl-c"] {
        let mut stage = Stage::new(80, 24);
        let turn = looked(&mut stage);
        stage.wait(std::time::Duration::from_secs(3));
        let screen = stage.screen();
        assert!(
            screen.contains("⚙ looking for local servers and new models · 3.0 s · esc stops it"),
            "{screen}"
        );
        stage.press(key);
        assert!(stage.effects.contains(&Effect::Stop { turn }) && !stage.effects.contains(&Effect::Quit));
        stage.event(Event::Refreshed { turn, said: "too late".into() });
        assert!(!stage.screen().contains("too late"));
        let turn = looked(&mut stage);
        stage.event(Event::Refreshed { turn, said: "ollama has 3 models".into() });
        let screen = stage.screen();
        assert!(screen.contains("ollama has 3 models") && !screen.contains("looking for"), "{screen}");
    }
}

fn written(stage: &mut Stage, text: &str) {
    let turn = stage.effects.iter().rev().find_map(|e| match e {
        Effect::Editor { turn, .. } => Some(*turn),
        _ => None,
    });
    stage.event(Event::Written { turn: turn.expect("an editor was opened"), text: Ok(text.into()) });
}

#[test]
fn what_is_folded_can_be_opened_changed_and_taken_out() {
    let mut stage = Stage::new(80, 24);
    let long = "a pasted line\n".repeat(800);
    stage.types("see ").event(Event::Paste(long.clone()));
    stage.press("alt-o");
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Editor { text, .. } if *text == long)));
    written(&mut stage, "short\n");
    assert_eq!(stage.model.draft().text, "see ⟦pasted 1 line, 5 B⟧");
    stage.press("enter");
    assert_eq!(asked(&stage), ["see short"]);
    // a prompt that is taken up again has it, and without a text it is gone
    stage.press("esc up alt-o");
    written(&mut stage, "");
    assert_eq!(stage.model.draft().text.trim(), "see");
}

#[test]
fn an_attachment_that_is_gone_is_not_sent_as_its_name() {
    let mut stage = Stage::new(80, 24);
    stage.model.settings.history = vec!["look at ⟦a.png, ~1,100 tokens⟧ please".into()];
    stage.press("up");
    assert_eq!(stage.model.draft().text, "look at  please");
    assert!(stage.model.notice().is_some_and(|n| n.text.contains("attach it again")));
}

#[test]
fn a_system_prompt_of_many_lines_keeps_them() {
    let mut stage = Stage::new(80, 24);
    stage.model.thread_mut().session.system = Some("one\ntwo".into());
    stage.types("/system").press("enter enter");
    assert_eq!(stage.model.session().system.as_deref(), Some("one\ntwo"));
    stage.types("/system").press("enter ctrl-g");
    written(&mut stage, "three\nfour\n");
    assert_eq!(stage.model.session().system.as_deref(), Some("three\nfour"));
}

/// Where a command's output went: the draft that holds its chip.
#[test]
fn what_a_command_printed_goes_to_the_session_it_was_begun_in() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("one", "first answer");
    let first = stage.model.here;
    stage.types("!ls").press("enter").press("y");
    let turn = stage.model.pending.run.as_ref().expect("it runs").turn;
    stage.press("ctrl-n").types("elsewhere");
    let body = ChipBody::Output { command: "ls".into(), text: "a\nb".into() };
    let chip = Chip { label: "⟦!ls⟧".into(), body };
    stage.event(Event::Attached { turn, chip: Ok(Box::new(Attached { chip, tokens: 1 })) });
    assert_eq!(stage.model.draft().text, "elsewhere", "who writes elsewhere is not disturbed");
    let said = stage.model.notice().map(|n| n.text.clone()).unwrap_or_default();
    assert!(said.contains("attached to the draft of \"one\""), "{said}");
    let kept = stage.effects.iter().rev().find_map(|e| match e {
        Effect::Save(saves) => saves.iter().find_map(|save| match save {
            Save::Draft { session, draft } if *session == first => Some(draft.draft.clone()),
            _ => None,
        }),
        _ => None,
    });
    let kept = kept.expect("the draft of the first session is kept");
    assert_eq!((kept.text.as_str(), kept.chips.len()), ("⟦!ls, ~1 token⟧ ", 1));
    assert!(!stage.model.threads.contains_key(&first), "nothing more is awaited for it");
}

#[test]
fn a_command_ends_with_the_session_it_was_for() {
    let mut stage = Stage::new(80, 24);
    stage.exchange("one", "first answer");
    stage.types("!sleep 9").press("enter").press("y");
    let turn = stage.model.pending.run.as_ref().expect("it runs").turn;
    stage.press("ctrl-o alt-d");
    assert!(stage.effects.contains(&Effect::Stop { turn }));
    assert_eq!(stage.model.pending.run, None);
}

/// What the last request showed of each message: `i` an image, `t` a text.
fn shown(stage: &Stage) -> Vec<String> {
    let request = stage.effects.iter().rev().find_map(|e| match e {
        Effect::Ask { request, .. } => Some(request),
        _ => None,
    });
    let kind = |part: &Part| if matches!(part, Part::Image { .. }) { 'i' } else { 't' };
    let messages = &request.expect("somebody was asked").messages;
    messages.iter().map(|m| m.parts.iter().map(kind).collect()).collect()
}

fn refuse(stage: &mut Stage, turn: TurnId, kind: FailureKind) {
    let receipt = Box::new(receipt("openai", 0, 0, stage.model.now));
    stage.reply(turn, Reply::Failed { failure: failure(kind, Some(400)), receipt });
    // what is offered then is not taken
    while !stage.model.overlays.is_empty() {
        stage.press("esc");
    }
}

#[test]
fn an_image_that_was_refused_does_not_end_the_conversation() {
    let image = Part::Image {
        name: "cat.png".into(),
        source: Source::Data { media_type: "image/png".into(), base64: "aGk=".into() },
        detail: None,
    };
    // how the prompt with the image ended, who is asked then, whether it goes along, what is said
    let cases = [
        (
            FailureKind::InvalidRequest,
            "openai/gpt-5",
            false,
            "not sent again, cat.png (it was refused with it)",
        ),
        (FailureKind::Overloaded, "openai/gpt-5", true, ""),
        (
            FailureKind::NoEndpoint,
            "local/qwen3",
            false,
            "not sent again, cat.png (local/qwen3 does not take it)",
        ),
    ];
    for (kind, who, goes, said) in cases {
        let mut stage = Stage::new(100, 24);
        let mut cards = stage.model.cards.to_vec();
        let local = cards.iter_mut().find(|c| c.id.as_str() == "local/qwen3");
        for endpoint in &mut local.expect("it is among them").endpoints {
            Arc::make_mut(endpoint).inputs = Default::default();
        }
        stage.event(Event::Models(Cards::all(cards)));
        stage.types("look").press("enter");
        let turn = stage.asked()[0];
        let prompt = stage.model.thread().path()[0];
        stage.model.thread_mut().change(prompt, |m| m.parts.push(image.clone()));
        refuse(&mut stage, turn, kind);
        stage.model.thread_mut().session.model = who.into();
        stage.types("and now?").press("enter");
        let first = if goes { "ti" } else { "tt" };
        assert_eq!(shown(&stage), [first, "t"], "{kind:?}");
        let notice = stage.model.notice().map(|n| n.text.clone()).unwrap_or_default();
        assert!(said.is_empty() || notice == said, "{notice}");
        assert!(stage.model.thread().message(prompt).is_some_and(|m| m.parts.len() == 2), "it is kept");
    }
    // asked again, the prompt is sent as it stands: the person wants just that
    let mut stage = Stage::new(100, 24);
    stage.types("look").press("enter");
    let turn = stage.asked()[0];
    let prompt = stage.model.thread().path()[0];
    stage.model.thread_mut().change(prompt, |m| m.parts.push(image.clone()));
    refuse(&mut stage, turn, FailureKind::InvalidRequest);
    stage.press("ctrl-r");
    assert_eq!(shown(&stage), ["ti"]);
}
