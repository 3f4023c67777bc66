//! What kind of work a prompt asks for, told by its words and shape.

use crate::catalog::Model;
use crate::routing::ask::Ask;
use crate::words::Role;

/// A kind of work, and what gave it away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub kind: Kind,
    /// For a person: `3 code blocks, "refactor"`.
    pub because: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Chat,
    Code,
    Math,
    Writing,
    LongDocument,
    Tools,
    Vision,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Code => "code",
            Self::Math => "mathematics",
            Self::Writing => "writing",
            Self::LongDocument => "a long document",
            Self::Tools => "work with tools",
            Self::Vision => "a picture",
        }
    }
}

impl Task {
    /// The catalog's benchmark that says most about this kind of work.
    pub fn benchmark(&self) -> &'static str {
        match self.kind {
            Kind::Code => "coding",
            Kind::Tools => "agentic",
            _ => "intelligence",
        }
    }

    /// Whether the model has what this kind of work needs beyond the hard filters.
    pub fn can(&self, ask: &Ask<'_>, model: &Model) -> bool {
        match self.kind {
            Kind::Tools => model.supports("tools"),
            // room to work in, not just to squeeze it in
            Kind::LongDocument => model
                .context
                .is_some_and(|context| u64::from(context) >= ask.load.prompt + ask.load.prompt / 4),
            _ => true,
        }
    }
}

/// From here on reading is the work.
const LONG: u64 = 30_000;
/// Only so much of a prompt is looked at, from its end.
const LOOKED_AT: usize = 8_000;
/// Points that settle it.
const ENOUGH: u32 = 2;

/// Words that give a kind away (whole words, or ends and beginnings where a space is written), and their points.
const SIGNS: &[(Kind, u32, &[&str])] = &[
    (
        Kind::Code,
        2,
        &[
            "refactor",
            "unit test",
            "stack trace",
            "traceback",
            "compile",
            "segfault",
            "regex",
            "sql",
            "dockerfile",
            "typescript",
            "javascript",
            "python",
            "rust",
            "golang",
            "kotlin",
            "borrow checker",
            "git ",
            "bash",
            "npm",
            "cargo",
            "pytest",
            "api endpoint",
            "exception",
            "null pointer",
            "kubernetes",
            "css",
            "html",
        ],
    ),
    (
        Kind::Code,
        1,
        &[
            "function",
            "code",
            "bug",
            "class",
            "script",
            "library",
            "debug",
            "implement",
            "program",
            "algorithm",
        ],
    ),
    (
        Kind::Math,
        2,
        &[
            "prove",
            "proof",
            "theorem",
            "lemma",
            "integral",
            "derivative",
            "eigenvalue",
            "matrix",
            "probability",
            "equation",
            "polynomial",
            "modulo",
            "combinatorics",
            "geometry",
            "\\frac",
            "\\sum",
            "\\int",
            "solve for",
        ],
    ),
    (Kind::Math, 1, &["calculate", "how many", "percent", "solve", "sum of", "square root"]),
    (
        Kind::Writing,
        2,
        &[
            "essay",
            "poem",
            "story",
            "blog post",
            "cover letter",
            "rewrite",
            "rephrase",
            "proofread",
            "translate",
            "headline",
            "newsletter",
            "lyrics",
            "speech",
            "email to",
            "tone",
            "novel",
            "screenplay",
            "haiku",
        ],
    ),
    (Kind::Writing, 1, &["write", "draft", "letter", "paragraph", "summary", "summarise", "summarize"]),
];

/// What the request asks for. What it carries (tools, pictures, length) decides before what it says.
pub fn classify(ask: &Ask<'_>) -> Task {
    let task = |kind, because: String| Task { kind, because };
    if ask.modalities.contains(&"image") {
        return task(Kind::Vision, format!("{} in the conversation", count(ask.load.images, "picture")));
    }
    if !ask.request.tools.is_empty() {
        let tools = u64::try_from(ask.request.tools.len()).unwrap_or(u64::MAX);
        return task(Kind::Tools, format!("{} on offer", count(tools, "tool")));
    }
    if ask.load.prompt >= LONG {
        return task(Kind::LongDocument, format!("about {}k tokens of prompt", ask.load.prompt / 1_000));
    }
    let text = said(ask);
    let fences = u32::try_from(text.matches("```").count() / 2).unwrap_or(u32::MAX);
    let lower = text.to_lowercase();
    let mut best: Option<(u32, Kind, Vec<&str>)> = None;
    for kind in [Kind::Code, Kind::Math, Kind::Writing] {
        let mut points = if kind == Kind::Code { fences.saturating_mul(3) } else { 0 };
        let mut seen = Vec::new();
        for (_, worth, words) in SIGNS.iter().filter(|(of, ..)| *of == kind) {
            for word in words.iter().filter(|word| has_word(&lower, word)) {
                points = points.saturating_add(*worth);
                seen.push(word.trim());
            }
        }
        if points >= ENOUGH && best.as_ref().is_none_or(|(most, ..)| points > *most) {
            best = Some((points, kind, seen));
        }
    }
    let Some((_, kind, seen)) = best else {
        return task(Kind::Chat, "nothing special about it".to_owned());
    };
    let mut signs: Vec<String> = seen.iter().take(3).map(|word| format!("\"{word}\"")).collect();
    if kind == Kind::Code && fences > 0 {
        signs.insert(0, count(u64::from(fences), "code block"));
    }
    task(kind, signs.join(", "))
}

/// What the person said last, its end if it is long.
fn said(ask: &Ask<'_>) -> String {
    let last = ask.request.messages.iter().rev().find(|message| message.role == Role::User);
    let text = last.map(|message| message.plain()).unwrap_or_default();
    let mut from = text.len().saturating_sub(LOOKED_AT);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text[from..].to_owned()
}

/// As a word of its own; `classroom` is no `class`.
fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, found)| {
        let before = edge(text[..at].chars().next_back()) || word.starts_with('\\');
        let after = text[at + found.len()..].chars();
        // a plural is the same word
        let plain = edge(after.clone().next()) || word.ends_with(' ');
        before && (plain || (after.clone().next() == Some('s') && edge(after.clone().nth(1))))
    })
}

fn count(n: u64, what: &str) -> String {
    if n == 1 { format!("one {what}") } else { format!("{n} {what}s") }
}
