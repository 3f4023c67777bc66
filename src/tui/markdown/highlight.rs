//! Code blocks: syntax highlighting by meaning, line by line, so that an open block never starts again from its top.

use crate::tui::text::{Face, Line, Prefix, Row, RowKind, chop, expand_tabs};
use crate::tui::theme::Meaning;
use std::sync::OnceLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

/// Lines longer than this are not highlighted: minified files would take seconds.
const LONGEST: usize = 2_000;
/// Nor is what comes after so many bytes of one block.
const MOST: usize = 128 * 1024;

static SYNTAXES: OnceLock<SyntaxSet> = OnceLock::new();

/// Loads the syntaxes, if that has not been done: the first code block does it too. Takes some milliseconds;
/// may be called on any thread as soon as a reply begins.
pub fn load() -> &'static SyntaxSet {
    SYNTAXES.get_or_init(two_face::syntax::extra_newlines)
}

/// Beginnings of scopes and what they mean; the first that fits the innermost scope counts.
const SCOPES: &[(&str, Meaning)] = &[
    ("comment", Meaning::Comment),
    ("punctuation.definition.comment", Meaning::Comment),
    ("constant.character.escape", Meaning::Constant),
    ("constant.other.placeholder", Meaning::Constant),
    ("string", Meaning::String),
    ("punctuation.definition.string", Meaning::String),
    ("constant.numeric", Meaning::Number),
    ("constant", Meaning::Constant),
    ("support.constant", Meaning::Constant),
    ("keyword.operator.word", Meaning::Keyword),
    ("keyword.operator.logical.python", Meaning::Keyword),
    ("keyword.operator", Meaning::Text),
    ("keyword", Meaning::Keyword),
    ("storage", Meaning::Keyword),
    ("variable.language", Meaning::Keyword),
    ("entity.name.function", Meaning::Function),
    ("support.function", Meaning::Function),
    ("variable.function", Meaning::Function),
    ("support.macro", Meaning::Function),
    ("entity.name.tag.yaml", Meaning::Attribute),
    ("entity.name.tag", Meaning::Type),
    ("entity.name.section", Meaning::Heading),
    ("entity.name", Meaning::Type),
    ("support.type.property-name", Meaning::Attribute),
    ("support.type", Meaning::Type),
    ("support.class", Meaning::Type),
    ("entity.other.inherited-class", Meaning::Type),
    ("entity.other.attribute-name", Meaning::Attribute),
    ("meta.annotation", Meaning::Attribute),
    ("variable.annotation", Meaning::Attribute),
    ("meta.mapping.key", Meaning::Attribute),
    ("markup.inserted", Meaning::DiffAdd),
    ("markup.deleted", Meaning::DiffDel),
    ("meta.diff.range", Meaning::Accent),
    ("markup.heading", Meaning::Heading),
];

fn scopes() -> &'static [(Scope, Meaning)] {
    static TABLE: OnceLock<Vec<(Scope, Meaning)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        SCOPES.iter().filter_map(|(name, meaning)| Some((Scope::new(name).ok()?, *meaning))).collect()
    })
}

fn meaning_of(stack: &ScopeStack) -> Meaning {
    stack
        .as_slice()
        .iter()
        .rev()
        .find_map(|scope| scopes().iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, m)| *m))
        .unwrap_or(Meaning::Text)
}

/// One code block, fed line by line.
#[derive(Clone, Debug)]
pub(super) struct CodeBlock {
    language: String,
    number: u32,
    /// Bytes of code so far.
    taken: usize,
    state: Option<(ParseState, ScopeStack)>,
    diff: bool,
}

impl CodeBlock {
    /// `number` counts the document's code blocks from 1.
    pub fn new(language: &str, number: u32) -> CodeBlock {
        let diff = matches!(language, "diff" | "patch");
        let plain = diff || language.is_empty() || matches!(language, "text" | "txt" | "plain" | "plaintext");
        let state = if plain {
            None
        } else {
            load().find_syntax_by_token(language).map(|s| (ParseState::new(s), ScopeStack::new()))
        };
        CodeBlock { language: language.to_owned(), number, taken: 0, state, diff }
    }

    /// The row above the code: language and number.
    pub fn label(&self, width: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
        let language = if self.language.is_empty() { "code" } else { &self.language };
        let line = Line::of(&format!("{language} · {}", self.number), Face::new(Meaning::Dim));
        self.emit(&line, RowKind::CodeLabel, width, prefix, out);
    }

    /// The rows of the next line, which may end in a newline.
    pub fn line(&mut self, line: &str, width: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
        let styled = self.styled(line);
        self.emit(&styled, RowKind::Code, width, prefix, out);
    }

    fn emit(&self, line: &Line, kind: RowKind, width: usize, prefix: &mut Prefix, out: &mut Vec<Row>) {
        let from = out.len();
        let indent = ("  ".to_owned(), Face::new(Meaning::Text));
        prefix.first.push(indent.clone());
        prefix.rest.push(indent);
        chop(line, width, prefix, out);
        prefix.first.pop();
        prefix.rest.pop();
        for row in &mut out[from..] {
            row.kind = kind;
            row.code = self.number;
        }
    }

    /// A line that is not shown, for what comes after it.
    pub fn skip(&mut self, line: &str) {
        self.styled(line);
    }

    fn styled(&mut self, line: &str) -> Line {
        self.taken += line.len();
        let text = line.trim_end_matches('\n');
        let mut styled = Line::default();
        let plain = |meaning, styled: &mut Line| styled.push(&expand_tabs(text, 0), Face::new(meaning), None);
        if self.diff {
            let meaning = match text.as_bytes().first() {
                Some(b'+') => Meaning::DiffAdd,
                Some(b'-') => Meaning::DiffDel,
                Some(b'@') => Meaning::Accent,
                _ => Meaning::Text,
            };
            plain(meaning, &mut styled);
            return styled;
        }
        let Some((state, stack)) = &mut self.state else {
            plain(Meaning::Code, &mut styled);
            return styled;
        };
        if line.len() > LONGEST || self.taken > MOST {
            plain(Meaning::Text, &mut styled);
            return styled;
        }
        let whole = if line.ends_with('\n') { line.to_owned() } else { format!("{line}\n") };
        let Ok(ops) = state.parse_line(&whole, load()) else {
            plain(Meaning::Text, &mut styled);
            return styled;
        };
        let mut from = 0;
        let mut column = 0;
        let mut push = |from: usize, to: usize, meaning: Meaning| {
            let part = expand_tabs(&text[from.min(text.len())..to.min(text.len())], column);
            column += crate::tui::text::width(&part);
            // blanks take the look of what stands before them: one change of the pen less
            let face = match styled.pieces.last() {
                Some(last) if part.trim().is_empty() => last.face,
                _ => Face::new(meaning),
            };
            styled.push(&part, face, None);
        };
        for (at, op) in ops {
            if at > from {
                push(from, at, meaning_of(stack));
                from = at;
            }
            // a broken syntax definition leaves the rest as it is
            let _ = stack.apply(&op);
        }
        push(from, text.len(), meaning_of(stack));
        styled
    }
}
