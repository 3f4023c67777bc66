//! A query: words that must all be there, and phrases in quotes whose words follow each other.

use super::{Token, tokens};
use crate::words::Needle;
use std::ops::Range;

/// A word of the query.
pub(super) struct Wanted {
    pub word: String,
    needle: Needle,
    /// It may go on: it is still being typed.
    open: bool,
    /// It stands directly behind the one before.
    follows: bool,
}

impl Wanted {
    pub fn matches(&self, word: &[u8]) -> bool {
        if self.open { word.starts_with(self.word.as_bytes()) } else { word == self.word.as_bytes() }
    }

    /// What to mark of a token that matches: of a word still being typed, only what was typed.
    fn mark(&self, text: &str, token: &Token) -> Range<usize> {
        let typed = self.needle.begins(&text[token.at.start..]).map_or(token.at.end, |n| token.at.start + n);
        token.at.start..if self.open { typed } else { typed.max(token.at.end) }
    }
}

/// `before "a phrase" behind`; a quote that is not closed is still being typed.
pub(super) fn parse(query: &str) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for (n, part) in query.split(quote).enumerate() {
        words(part, n % 2 == 1, &mut wanted);
    }
    let open = !query.ends_with(|c: char| c.is_whitespace() || quote(c));
    if let Some(last) = wanted.last_mut() {
        last.open = open;
    }
    wanted
}

fn quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

fn words(part: &str, phrase: bool, wanted: &mut Vec<Wanted>) {
    let begin = wanted.len();
    let mut whole = 0;
    let mut last_end = 0;
    for Token { word, at } in tokens(part) {
        // a compound's parts come behind it and say nothing new
        if at.end <= whole {
            continue;
        }
        // the last of a run without spaces is one character: the pair before it has it already
        let single =
            word.len() == at.len() && at.start == last_end && wanted.len() > begin && !word.is_ascii();
        whole = at.end;
        last_end = at.end;
        if !single {
            let follows = phrase && wanted.len() > begin;
            wanted.push(Wanted { needle: Needle::new(&word), word, open: false, follows });
        }
    }
}

/// So many bytes behind the first match more matches are marked.
const REACH: usize = 240;

/// Where the words stand in a text, from the first on; `None`: the words of a phrase do not follow each other in it.
pub(super) fn marks(text: &str, wanted: &[Wanted]) -> Option<Vec<Range<usize>>> {
    let mut marks: Vec<Range<usize>> = Vec::new();
    if wanted.iter().any(|one| one.follows) {
        let all: Vec<Token> = tokens(text).collect();
        for chain in wanted.chunk_by(|_, next| next.follows) {
            let before = marks.len();
            for at in 0..all.len() {
                follow(text, &all, at, chain, &mut marks);
                if chain.len() == 1 && marks.len() > before {
                    // a word of its own: the first is enough to say that it is there
                    break;
                }
            }
            if marks.len() == before {
                return None;
            }
        }
        marks.sort_by_key(|mark| mark.start);
        return Some(marks);
    }
    for token in tokens(text) {
        if marks.first().is_some_and(|first| token.at.start > first.start + REACH) {
            break;
        }
        if let Some(wanted) = wanted.iter().find(|wanted| wanted.matches(token.word.as_bytes())) {
            marks.push(wanted.mark(text, &token));
        }
    }
    Some(marks)
}

/// Marks the words of a phrase if they stand from this token on. A compound and its first part stand in one place.
fn follow(text: &str, all: &[Token], at: usize, chain: &[Wanted], marks: &mut Vec<Range<usize>>) -> bool {
    let (Some((wanted, rest)), token) = (chain.split_first(), &all[at]) else { return true };
    if !wanted.matches(token.word.as_bytes()) {
        return false;
    }
    let place = marks.len();
    marks.push(wanted.mark(text, token));
    let next = all[at + 1..].iter().find(|next| next.at.start >= token.at.end).map(|next| next.at.start);
    let found = rest.is_empty()
        || next.is_some_and(|start| {
            let there = |n: &usize| all[*n].at.start == start;
            (at + 1..all.len())
                .skip_while(|n| !there(n))
                .take_while(there)
                .any(|n| follow(text, all, n, rest, marks))
        });
    if !found {
        marks.truncate(place);
    }
    found
}
