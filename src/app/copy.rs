//! Text on its way out: a message, a code block or a command to the clipboard, the conversation into a file.

use super::{Effect, Level, Model, act, draft};
use crate::words::{MessageState, Part, Role, clean};

pub fn message(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(text) = act::subject(model).and_then(|id| model.thread().message(id)).map(|m| m.plain()) else {
        model.say(Level::Info, "there is nothing to copy yet");
        return Vec::new();
    };
    send_copy(model, "the message", &text)
}

/// The last reply; `/copy 2`: the code block that has this number above it.
pub fn last(model: &mut Model, number: &str) -> Vec<Effect> {
    if number.is_empty() { message(model, "") } else { block(model, number) }
}

/// The code block of this number: in the selected message, else in the last one that has so many.
pub fn block(model: &mut Model, number: &str) -> Vec<Effect> {
    let Some(at) = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1)) else {
        model.say(Level::Warning, format!("/copy takes the number of a code block, not {number}"));
        return Vec::new();
    };
    let found = with_code(model).and_then(|blocks| blocks.into_iter().nth(at));
    match found {
        Some(text) => send_copy(model, &format!("code block {number}"), &text),
        None => {
            model.say(Level::Info, format!("there is no code block {number} here"));
            Vec::new()
        }
    }
}

/// A code block: the last one; again: the one before, round and round.
pub fn code(model: &mut Model, _: &str) -> Vec<Effect> {
    let Some(blocks) = with_code(model) else {
        model.say(Level::Info, "there is no code block here");
        return Vec::new();
    };
    let count = blocks.len();
    let before = model.copied.filter(|(at, of)| *of == count && *at > 0).map_or(count, |(at, _)| at);
    let at = before - 1;
    model.copied = Some((at, count));
    let what =
        if count == 1 { "the code block".to_owned() } else { format!("code block {before} of {count}") };
    send_copy(model, &what, &blocks[at])
}

/// The code blocks of the selected message, else of the last one that has any.
fn with_code(model: &Model) -> Option<Vec<String>> {
    let thread = model.thread();
    let found = match thread.selected {
        Some(id) => thread.message(id).map(|m| blocks(&m.plain())),
        None => thread.shown().rev().map(|n| blocks(&n.message.plain())).find(|blocks| !blocks.is_empty()),
    };
    found.filter(|blocks| !blocks.is_empty())
}

/// The shell command of the selected message, else the one said last: to be pasted, it ends without a line end.
pub fn command(model: &mut Model, _: &str) -> Vec<Effect> {
    let thread = model.thread();
    let text = match thread.selected {
        Some(id) => thread.message(id).and_then(|m| last_command(&m.plain())),
        None => thread.shown().rev().find_map(|n| last_command(&n.message.plain())),
    };
    match text {
        Some(text) => send_copy(model, "the command", &text),
        None => {
            model.say(Level::Info, "there is no shell command here");
            Vec::new()
        }
    }
}

const SHELLS: [&str; 10] =
    ["sh", "bash", "zsh", "fish", "shell", "console", "terminal", "shellsession", "powershell", "ps1"];

/// The last block in a shell's language; of a recorded session with `$` prompts its last command, without the prompt.
fn last_command(text: &str) -> Option<String> {
    let block = fenced(text).into_iter().rev().find(|(language, code)| {
        SHELLS.contains(&language.as_str()) || language.is_empty() && code.trim_start().starts_with("$ ")
    });
    let (_, code) = block?;
    let lines: Vec<&str> = code.lines().collect();
    let command = match lines.iter().rposition(|line| line.trim_start().starts_with("$ ")) {
        Some(at) => {
            let mut whole = vec![lines[at].trim_start().trim_start_matches("$ ")];
            // a backslash at its end: it goes on
            let goes_on = lines[at..].iter().take_while(|line| line.trim_end().ends_with('\\')).count();
            whole.extend(lines[at + 1..].iter().take(goes_on).copied());
            whole.join("\n")
        }
        None => code.trim().to_owned(),
    };
    (!command.is_empty()).then_some(command)
}

/// Fenced code blocks of a Markdown text.
pub fn blocks(text: &str) -> Vec<String> {
    fenced(text).into_iter().map(|(_, code)| code).collect()
}

/// Fenced code blocks with their languages, in lower case.
fn fenced(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char, (String, String))> = None;
    for line in text.lines() {
        let bare = line.trim_start();
        let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'));
        let length = mark.map_or(0, |m| bare.chars().take_while(|c| *c == m).count());
        match &mut open {
            None if length >= 3 => {
                let language = bare[length..].split_whitespace().next().unwrap_or_default().to_lowercase();
                open = mark.map(|m| (length, m, (language, String::new())));
            }
            Some((fence, m, _))
                if length >= *fence && mark == Some(*m) && bare[length..].trim().is_empty() =>
            {
                found.extend(open.take().map(|(_, _, code)| code));
            }
            Some((_, _, (_, code))) => {
                code.push_str(line);
                code.push('\n');
            }
            None => {}
        }
    }
    found.extend(open.map(|(_, _, code)| code));
    found
}

/// What became of it is said when it has been tried.
fn send_copy(model: &mut Model, what: &str, text: &str) -> Vec<Effect> {
    let turn = model.next_turn();
    let what = format!("{what} ({})", draft::size(text.len()));
    vec![Effect::Copy { turn, what, text: clean(text).into_owned() }]
}

/// What became of it. Never "copied": nobody knows what the terminal does with it.
pub fn copied(
    model: &mut Model,
    what: &str,
    sent: bool,
    file: Option<Result<String, String>>,
) -> Vec<Effect> {
    let (level, text) = match (sent, file) {
        (true, Some(Ok(path))) => {
            (Level::Info, format!("{what} sent to the terminal's clipboard; also in {path}"))
        }
        (true, _) => (Level::Info, format!("{what} sent to the terminal's clipboard")),
        (false, Some(Ok(path))) => {
            (Level::Info, format!("{what} is in {path}: the terminal's clipboard does not take it"))
        }
        (false, Some(Err(sentence))) => (Level::Error, format!("{what} could not be copied: {sentence}")),
        (false, None) => (Level::Error, format!("{what} could not be copied: there is no terminal")),
    };
    model.say(level, text);
    Vec::new()
}

/// The shown branch as Markdown, into a file of the session's name.
pub fn export(model: &mut Model, name: &str) -> Vec<Effect> {
    let thread = model.thread();
    let mut text = format!("# {}\n", thread.session.title);
    for node in thread.shown() {
        let message = &node.message;
        let who = match (message.role, &message.by) {
            (Role::User, _) => "You".to_owned(),
            (_, Some(by)) => by.to_string(),
            (role, None) => format!("{role:?}"),
        };
        text.push_str(&format!("\n## {who}\n\n{}\n", message.plain().trim()));
        for part in &message.parts {
            if let Part::Image { .. } = part {
                text.push_str("\n(an image)\n");
            }
        }
        if let MessageState::Stopped = message.state {
            text.push_str("\n(stopped)\n");
        }
    }
    let name = if name.is_empty() { slug(&thread.session.title) } else { name.to_owned() };
    let turn = model.next_turn();
    vec![Effect::Export { turn, name, text }]
}

fn slug(title: &str) -> String {
    let words: String =
        title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let words = words.split('-').filter(|w| !w.is_empty()).collect::<Vec<_>>().join("-");
    format!("{}.md", if words.is_empty() { "conversation" } else { &words })
}
