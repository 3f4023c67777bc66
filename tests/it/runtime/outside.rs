//! What comes into a prompt from outside: the output of commands, bounded; paths, found by their letters.

use fareway::app::Attached;
use fareway::runtime::{command, paths};
use fareway::words::ChipBody;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

fn run(command: &str) -> Result<Attached, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(command::run(command))
}

fn output(command: &str) -> String {
    let attached = run(command).expect("it runs");
    match attached.chip.body {
        ChipBody::Output { text, .. } => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_command_gives_what_it_prints_and_how_it_ended() {
    assert_eq!(output("echo out; echo err >&2; exit 3"), "out\nerr\n\n(exit status: 3)\n");
}

/// Colours cost tokens and say nothing to a model.
#[test]
fn a_command_that_colours_gives_its_words_alone() {
    assert_eq!(
        output(r"printf '\033[1;31merror\033[0m: \033]8;;http://a\033\\here\033]8;;\007\r\n'"),
        "error: here\n"
    );
}

/// One that never ends would fill the memory.
#[test]
fn a_command_that_prints_for_ever_is_ended() {
    let text = output("yes");
    assert!(text.len() < 1_100_000, "{} bytes", text.len());
    assert!(text.ends_with("the command was ended)\n"));
}

#[test]
fn what_is_no_text_is_not_attached() {
    let refused = |bytes: &str| run(bytes).expect_err("it is no text");
    assert!(refused("printf 'a\\000b'").contains("no text"));
    assert!(refused("head -c 4000 /dev/urandom | tr -d '\\000'").contains("nothing is attached"));
    assert_eq!(output("printf 'caf\\351 au lait'"), "caf\u{fffd} au lait");
}

#[test]
fn a_command_that_nobody_waits_for_ends_with_all_that_it_started() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let dir = tempfile::tempdir().expect("a folder");
    let pipe = dir.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let shell = format!("exec 3>{}; echo began >&3; sleep 1000 | cat", pipe.display());
    runtime.block_on(async {
        let task = tokio::spawn(async move { command::run(&shell).await.map(|_| ()) });
        let (began, told) = tokio::sync::oneshot::channel();
        let reader = tokio::task::spawn_blocking(move || {
            let mut lines = BufReader::new(File::open(&pipe).expect("the pipe")).lines();
            let _ = began.send(lines.next().expect("a line").expect("text"));
            // the end: nobody is left who could write
            lines.count()
        });
        assert_eq!(told.await.expect("it began"), "began");
        task.abort();
        assert_eq!(reader.await.expect("it ends"), 0);
    });
}

#[test]
fn paths_are_found_by_their_letters_the_nearest_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = dir.path();
    for path in ["src/deep/main.rs", "src/mode.rs", "main.rs", ".hidden/main.rs"] {
        let path = home.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, "12345").expect("written");
    }
    let at = |written: &str| {
        let written = format!("{}/{written}", home.display());
        let found = paths::find(&written, Path::new("/"));
        let bare = |path: &str| path.strip_prefix(&format!("{}/", home.display())).unwrap_or(path).to_owned();
        found.into_iter().map(|(path, size)| (bare(&path), size)).collect::<Vec<_>>()
    };
    assert_eq!(at(""), [("main.rs".to_owned(), Some(5)), ("src/".to_owned(), None)]);
    assert_eq!(at("mrs"), [("main.rs".to_owned(), Some(5))]);
    assert_eq!(at(".h"), [(".hidden/".to_owned(), None)]);
    // relative ones are looked for everywhere below the working folder, which is this repository's here
    let found = paths::find("itmainrs", Path::new("/"));
    assert_eq!(found.first().map(|(path, _)| path.as_str()), Some("tests/it/main.rs"), "{found:?}");
}
