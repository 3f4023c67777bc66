//! The one table of what a person can do: keys, palette, `/` commands and help are made from it.

use super::{
    Effect, Model, act, attach, choose, compare, complete, copy, panes, program, queue, read, send, switch,
};

/// A row of the table.
pub struct Action {
    /// For the config: `[keys] "model.pick" = ["ctrl-k"]`.
    pub id: &'static str,
    /// For the palette and help.
    pub title: &'static str,
    /// Default keys.
    pub keys: &'static [&'static str],
    pub when: When,
    /// As a `/` command; `/title NAME` gets its argument.
    pub slash: Option<&'static str>,
    pub run: Run,
}

/// Where an action's keys hold, the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// The composer offers completions.
    Completing,
    /// A message is selected.
    Selected,
    /// Several replies stand side by side and the composer is empty.
    Comparing,
    /// Prompts wait for the reply to end and the composer is empty.
    Queued,
    /// The next prompt begins a new branch.
    Branching,
    /// A command of the person's runs, or a look for servers and models.
    Running,
    /// A reply is under way here.
    Streaming,
    /// The composer is empty.
    Empty,
    /// The composer has the keys.
    Composer,
    /// No overlay is open.
    Always,
}

#[derive(Clone, Copy)]
pub enum Run {
    /// With the text after the `/` command, or the digit of the key.
    Do(fn(&mut Model, &str) -> Vec<Effect>),
    /// The composer does it by itself.
    Edit(Edit),
}

/// What the composer's text engine can be told by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    Newline,
    Backspace,
    Delete,
    WordBack,
    WordDelete,
    ToHead,
    ToEnd,
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    Home,
    End,
    Top,
    Bottom,
    Undo,
    Redo,
}

const fn action(
    id: &'static str,
    title: &'static str,
    keys: &'static [&'static str],
    when: When,
    run: fn(&mut Model, &str) -> Vec<Effect>,
) -> Action {
    Action { id, title, keys, when, slash: None, run: Run::Do(run) }
}

const fn edit(id: &'static str, title: &'static str, keys: &'static [&'static str], edit: Edit) -> Action {
    Action { id, title, keys, when: When::Composer, slash: None, run: Run::Edit(edit) }
}

impl Action {
    const fn slash(mut self, name: &'static str) -> Self {
        self.slash = Some(name);
        self
    }
}

use When::{Always, Branching, Comparing, Completing, Composer, Empty, Queued, Running, Selected, Streaming};

/// Every action. A new one is a row here.
pub const ACTIONS: &[Action] = &[
    // writing
    action("send", "Send the prompt", &["enter"], Composer, send::send),
    edit("newline", "New line", &["ctrl-j", "alt-enter"], Edit::Newline),
    action("editor", "Write the prompt in $EDITOR", &["ctrl-g"], Always, attach::editor).slash("editor"),
    action("complete.accept", "Take the completion", &["tab"], Completing, complete::accept),
    action("complete.run", "Take the completion, run a command", &["enter"], Completing, complete::run),
    action("complete.next", "Next completion", &["down"], Completing, complete::next),
    action("complete.previous", "Previous completion", &["up"], Completing, complete::previous),
    action("complete.close", "Close the completion", &["esc"], Completing, complete::close),
    edit("undo", "Undo", &["alt-z", "ctrl-_", "ctrl-7", "ctrl-/"], Edit::Undo),
    edit("redo", "Redo", &["alt-y"], Edit::Redo),
    edit("backspace", "Delete to the left", &["backspace", "ctrl-h"], Edit::Backspace),
    edit("delete", "Delete to the right", &["delete"], Edit::Delete),
    edit("word.backspace", "Delete the word before", &["ctrl-w", "alt-backspace"], Edit::WordBack),
    edit("word.delete", "Delete the word after", &["alt-d"], Edit::WordDelete),
    edit("line.head", "Delete to the start of the line", &["ctrl-u"], Edit::ToHead),
    edit("line.end", "Delete to the end of the line", &["alt-k"], Edit::ToEnd),
    edit("left", "Left", &["left"], Edit::Left),
    edit("right", "Right", &["right"], Edit::Right),
    edit("word.left", "Word left", &["alt-b", "alt-left", "ctrl-left"], Edit::WordLeft),
    edit("word.right", "Word right", &["alt-f", "alt-right", "ctrl-right"], Edit::WordRight),
    edit("up", "Up; on the first line the prompt before", &["up"], Edit::Up),
    edit("down", "Down; on the last line the prompt after", &["down"], Edit::Down),
    edit("home", "Start of the line", &["home", "ctrl-a"], Edit::Home),
    edit("end", "End of the line", &["end", "ctrl-e"], Edit::End),
    action("chip.open", "Open what is folded at the cursor in $EDITOR", &["alt-o"], Composer, attach::open),
    action("branch.leave", "Go on at the end after all", &["esc"], Branching, act::leave_fork),
    action("command.stop", "Stop what runs beside the reply", &["esc"], Running, attach::stop),
    action("queue.back", "Take the last queued prompt back", &["esc", "up"], Queued, queue::back),
    // the reply
    action("stop", "Stop the reply, keep what was heard", &["esc"], Streaming, act::stop).slash("stop"),
    action("regenerate", "Ask again", &["ctrl-r"], Always, act::regenerate).slash("again"),
    action("regenerate.other", "Ask another model again", &["alt-r"], Always, act::regenerate_other),
    action("continue", "Go on from where the reply was cut", &["alt-g"], Always, act::go_on)
        .slash("continue"),
    action("copy", "Copy the last reply, or code block N of it", &["ctrl-y"], Always, copy::last)
        .slash("copy"),
    action("copy.code", "Copy the last code block", &["alt-c"], Always, copy::code),
    action("copy.command", "Copy the last shell command", &["alt-x"], Always, copy::command),
    action("thinking", "Unfold or fold the thinking", &["alt-t"], Always, read::thinking),
    // moving
    action("page.up", "Page up", &["pageup"], Always, read::page_up),
    action("page.down", "Page down", &["pagedown"], Always, read::page_down),
    action("line.up", "Scroll up", &["shift-up"], Always, read::line_up),
    action("line.down", "Scroll down", &["shift-down"], Always, read::line_down),
    action("table.left", "Scroll wide tables to the left", &["shift-left"], Always, read::table_left),
    action("table.right", "Scroll wide tables to the right", &["shift-right"], Always, read::table_right),
    action("images", "Show or hide images", &["alt-i"], Always, read::images),
    action("top", "To the beginning", &["alt-<", "ctrl-home"], Always, read::top),
    action("bottom", "To the end", &["alt->", "ctrl-end"], Always, read::bottom),
    action(
        "select.previous",
        "Select the message before",
        &["alt-up", "ctrl-up"],
        Always,
        read::select_previous,
    ),
    action("select.next", "Select the message after", &["alt-down", "ctrl-down"], Always, read::select_next),
    action("find", "Find in this conversation", &["f3"], Always, panes::find::open).slash("find"),
    // a selected message
    action("message.leave", "Back to the composer", &["esc", "i"], Selected, read::leave),
    action("message.up", "Message before", &["up", "k"], Selected, read::select_previous),
    action("message.down", "Message after", &["down", "j"], Selected, read::select_next),
    action("message.copy", "Copy it", &["y"], Selected, copy::message),
    action("message.code", "Copy a code block of it", &["b"], Selected, copy::code),
    action("message.block", "Copy its code block of this number", DIGITS, Selected, copy::block),
    action("message.command", "Copy its last shell command", &["x"], Selected, copy::command),
    action("message.edit", "Edit and send again", &["e"], Selected, act::edit),
    action("message.again", "Ask again", &["r"], Selected, act::regenerate),
    action("message.other", "Ask another model again", &["R"], Selected, act::regenerate_other),
    action("message.go_on", "Go on from here", &["g"], Selected, act::go_on_from_here),
    action("message.continue", "Go on from where it was cut", &["c"], Selected, act::go_on),
    action("message.quote", "Quote it in the prompt", &["q"], Selected, act::quote),
    action("message.pin", "Pin it", &["p"], Selected, act::pin),
    action("message.good", "Rate it good", &["+"], Selected, act::good),
    action("message.bad", "Rate it bad", &["-"], Selected, act::bad),
    action("message.delete", "Delete it and what follows", &["d", "delete"], Selected, act::delete),
    action("message.undo", "Bring back what was deleted last", &["u"], Selected, act::undo),
    action("undo.delete", "Bring back what was deleted last", &[], Always, act::undo).slash("undo"),
    action("message.left", "Branch before", &["left", "["], Selected, act::branch_left),
    action("message.right", "Branch after", &["right", "]"], Selected, act::branch_right),
    action("message.table_left", "Scroll its wide tables to the left", &["h"], Selected, read::table_left),
    action("message.table_right", "Scroll its wide tables to the right", &["l"], Selected, read::table_right),
    action("message.open", "Unfold its thinking", &["enter", "o"], Selected, read::unfold),
    action("message.why", "Why this endpoint", &["w"], Selected, panes::why::open),
    // models
    action("model.pick", "Choose a model", &["ctrl-k"], Always, panes::picker::open).slash("model"),
    action("model.favourite", "Favourite 1 to 9", FAVOURITES, Always, choose::favourite),
    action("model.last", "The model before", &["alt-0"], Always, choose::last_model),
    action(
        "profile",
        "Next profile: balanced, cheapest, fastest, best, private",
        &["ctrl-t"],
        Always,
        choose::profile,
    )
    .slash("profile"),
    action("preferences", "Routing, sampling and reasoning", &["alt-p"], Always, panes::preferences::open)
        .slash("preferences"),
    action("compare", "Ask several models at once", &["alt-m"], Always, panes::versus::open).slash("compare"),
    action("compare.left", "Column before", &["left"], Comparing, compare::left),
    action("compare.right", "Column after", &["right", "tab"], Comparing, compare::right),
    action("compare.up", "Scroll the column up", &["up"], Comparing, read::line_up),
    action("compare.down", "Scroll the column down", &["down"], Comparing, read::line_down),
    action("compare.stop", "Stop this one", &["s"], Comparing, compare::stop),
    action("compare.pick", "Go on from this one", &["enter"], Comparing, compare::pick),
    action("compare.close", "Close the comparison", &["esc"], Comparing, compare::close),
    // sessions
    action("session.new", "New session", &["ctrl-n"], Always, switch::new_session).slash("new"),
    action("sessions", "Sessions", &["ctrl-o"], Always, panes::sessions::open).slash("sessions"),
    action("search", "Search every session", &["ctrl-f"], Always, panes::search::open).slash("search"),
    action("session.title", "Name this session", &[], Always, switch::title).slash("title"),
    action("session.tag", "Tag this session", &[], Always, switch::tag).slash("tag"),
    action("session.system", "System prompt of this session", &[], Always, switch::system).slash("system"),
    action("session.export", "Export this session as Markdown", &[], Always, copy::export).slash("export"),
    action("context", "When the context is full", &["alt-s"], Always, panes::context::open).slash("context"),
    action("templates", "Prompt templates", &["alt-e"], Always, panes::templates::open).slash("template"),
    action("personas", "Personas", &[], Always, panes::personas::open).slash("persona"),
    action("attach", "Attach a file or an image", &[], Always, attach::attach).slash("attach"),
    // money
    action("usage", "Usage", &["alt-u"], Always, panes::usage::open).slash("usage"),
    action("whatif", "What this session would have cost elsewhere", &[], Always, panes::whatif::open)
        .slash("whatif"),
    action("why", "Why this endpoint", &["alt-w"], Always, panes::why::open).slash("why"),
    action("meter", "Meter: below, at the right, hidden", &["alt-l"], Always, program::meter).slash("meter"),
    // the program
    action("palette", "Every action", &["ctrl-p"], Always, panes::palette::open),
    action("help", "Help", &["f1"], Always, panes::help::open).slash("help"),
    action("help.empty", "Help", &["?"], Empty, panes::help::open),
    action("themes", "Themes", &[], Always, panes::themes::open).slash("theme"),
    action("keys", "What a key press really sends", &[], Always, panes::keys::open).slash("keys"),
    action("vi", "vi keys on or off", &[], Always, program::vi).slash("vi"),
    action("bandwidth", "Low-bandwidth mode on or off", &[], Always, program::bandwidth).slash("bandwidth"),
    action("titles", "Titles by a cheap model or by the first words", &[], Always, program::titles)
        .slash("titles"),
    action("refresh", "Look for local servers and new models", &[], Always, program::refresh)
        .slash("refresh"),
    action("redraw", "Draw everything anew", &["ctrl-l"], Always, program::redraw),
    action("suspend", "Suspend", &["ctrl-z"], Always, program::suspend),
    action("interrupt", "Stop; clear; twice: quit", &["ctrl-c"], Always, program::interrupt),
    action("quit.empty", "Quit when the composer is empty", &["ctrl-d"], Empty, program::quit),
    action("quit", "Quit", &[], Always, program::quit).slash("quit"),
];

const DIGITS: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "9"];

const FAVOURITES: &[&str] =
    &["alt-1", "alt-2", "alt-3", "alt-4", "alt-5", "alt-6", "alt-7", "alt-8", "alt-9"];
