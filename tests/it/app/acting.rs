//! Acting on messages and writing: what is copied, deleted and brought back, completed and weighed.

use crate::support::stage::Stage;
use fareway::app::{Effect, Event, Save};
use fareway::words::{Part, Role, Source};

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
    assert_eq!(about, ["3 KB · ~1000 tokens · ~$0.001250", "2 KB", "folder"]);
    assert!(stage.screen().contains("@notes.md   3 KB · ~1000 tokens"), "{}", stage.screen());
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
