//! Mathematics over several lines: aligned rows, matrices and cases, in brackets as high as they are.

use super::math::readable;
use crate::tui::text::width;

/// What stands around the rows of an environment: the sign for a single row, then top, middle and bottom of a tall one.
struct Fence {
    names: &'static [&'static str],
    open: [&'static str; 4],
    close: [&'static str; 4],
}

const NONE: [&str; 4] = ["", "", "", ""];
const FENCES: &[Fence] = &[
    Fence { names: &["matrix", "smallmatrix", "array"], open: NONE, close: NONE },
    Fence { names: &["pmatrix"], open: ["(", "⎛", "⎜", "⎝"], close: [")", "⎞", "⎟", "⎠"] },
    Fence { names: &["bmatrix"], open: ["[", "⎡", "⎢", "⎣"], close: ["]", "⎤", "⎥", "⎦"] },
    Fence { names: &["Bmatrix"], open: ["{", "⎧", "⎨", "⎩"], close: ["}", "⎫", "⎬", "⎭"] },
    Fence { names: &["vmatrix"], open: ["|", "│", "│", "│"], close: ["|", "│", "│", "│"] },
    Fence { names: &["Vmatrix"], open: ["‖", "║", "║", "║"], close: ["‖", "║", "║", "║"] },
    Fence { names: &["cases", "dcases", "rcases"], open: ["{", "⎧", "⎨", "⎩"], close: NONE },
];

fn fence(name: &str) -> Option<&'static Fence> {
    FENCES.iter().find(|fence| fence.names.contains(&name.trim_end_matches('*')))
}

/// The lines of a displayed formula.
pub(super) fn lines(tex: &str) -> Vec<String> {
    let tex = unwrapped(tex.trim());
    let rows: Vec<Vec<Picture>> = rows(tex)
        .map(|row| split(row, "&").into_iter().map(picture).collect())
        .filter(|row: &Vec<Picture>| row.iter().any(|cell| cell.width() > 0))
        .collect();
    // the signs of an alignment stand under each other: what is left of one ends there
    let whole = grid(rows, |column, count| count > 1 && column % 2 == 0, " ");
    whole.lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// An environment within a line: its rows behind each other. With what comes after it.
pub(super) fn inline<'a>(name: &str, rest: &'a str) -> Option<(String, &'a str)> {
    let fence = fence(name)?;
    let (body, rest) = environment(name, rest)?;
    let rows: Vec<String> = rows(body)
        .map(|row| split(row, "&").into_iter().map(readable).collect::<Vec<_>>().join(" "))
        .filter(|row| !row.is_empty())
        .collect();
    Some((format!("{}{}{}", fence.open[0], rows.join("; "), fence.close[0]), rest))
}

/// Text over one or several lines of the same width, one of which goes on in the line that it stands in.
#[derive(Clone, Debug, Default)]
struct Picture {
    lines: Vec<String>,
    middle: usize,
}

impl Picture {
    fn of(text: &str) -> Self {
        Self { lines: vec![text.to_owned()], middle: 0 }
    }

    fn width(&self) -> usize {
        self.lines.first().map_or(0, |line| width(line))
    }

    /// Side by side, the middles in one line.
    fn beside(self, other: &Self) -> Self {
        let middle = self.middle.max(other.middle);
        let below = (self.lines.len() - self.middle).max(other.lines.len() - other.middle);
        let line = |of: &Self, y: usize| {
            let at = (y + of.middle).checked_sub(middle);
            at.and_then(|at| of.lines.get(at)).cloned().unwrap_or_else(|| " ".repeat(of.width()))
        };
        let lines = (0..middle + below).map(|y| line(&self, y) + &line(other, y)).collect();
        Self { lines, middle }
    }
}

/// A piece of TeX, its matrices as high as they are.
fn picture(tex: &str) -> Picture {
    let mut whole = Picture::of("");
    let mut rest = tex.trim();
    while let Some(at) = rest.find("\\begin{") {
        let Some((name, inner)) = rest[at + 7..].split_once('}') else { break };
        let (Some(fence), Some((body, after))) = (fence(name), environment(name, inner)) else { break };
        // brackets that are written around it are its own
        let (before, open) = outer(&rest[..at]);
        let (after, close) = match after.trim_start().strip_prefix("\\right") {
            Some(after) if open.is_some() => {
                let sign = after.chars().next().unwrap_or('.');
                (&after[sign.len_utf8().min(after.len())..], Some(sign))
            }
            _ => (after, None),
        };
        let before = readable(before);
        if !before.is_empty() {
            whole = whole.beside(&Picture::of(&format!("{before} ")));
        }
        let signs = |own: [&'static str; 4], sign: Option<char>, opens: bool| match sign {
            Some(sign) => bracket(sign, opens),
            None => own,
        };
        let cells = rows(body)
            .map(|row| split(row, "&").into_iter().map(|cell| Picture::of(&readable(cell))).collect())
            .filter(|row: &Vec<Picture>| row.iter().any(|cell| cell.width() > 0))
            .collect();
        let matrix = grid(cells, |_, _| false, "  ");
        let (open, close) = (signs(fence.open, open, true), signs(fence.close, close, false));
        whole = whole.beside(&edge(open, &matrix)).beside(&matrix).beside(&edge(close, &matrix));
        rest = after;
        if !rest.trim().is_empty() {
            whole = whole.beside(&Picture::of(" "));
        }
    }
    whole.beside(&Picture::of(&readable(rest)))
}

/// Text that ends in `\left(`: without that, and the bracket.
fn outer(before: &str) -> (&str, Option<char>) {
    let trimmed = before.trim_end();
    let sign = trimmed.chars().next_back();
    let bare = sign.and_then(|c| trimmed[..trimmed.len() - c.len_utf8()].strip_suffix("\\left"));
    bare.map_or((before, None), |bare| (bare, sign))
}

fn bracket(sign: char, opens: bool) -> [&'static str; 4] {
    let found = FENCES.iter().map(|fence| if opens { fence.open } else { fence.close });
    let mut found = found.filter(|signs| signs[0].starts_with(sign));
    found.next().unwrap_or(NONE)
}

/// A bracket as high as what it holds.
fn edge(signs: [&str; 4], of: &Picture) -> Picture {
    let last = of.lines.len().saturating_sub(1);
    let sign = |y: usize| match y {
        _ if last == 0 => signs[0],
        0 => signs[1],
        y if y == last => signs[3],
        _ => signs[2],
    };
    Picture { lines: (0..=last).map(|y| sign(y).to_owned()).collect(), middle: of.middle }
}

/// Cells under each other, in columns that are as wide as their widest.
fn grid(rows: Vec<Vec<Picture>>, right: impl Fn(usize, usize) -> bool, between: &str) -> Picture {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(Picture::width).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut lines = Vec::new();
    for row in rows {
        let mut whole = Picture::of("");
        for (at, wanted) in widths.iter().enumerate() {
            let cell = row.get(at).cloned().unwrap_or_else(|| Picture::of(""));
            let blank = Picture::of(&" ".repeat(wanted - cell.width()));
            let padded = if right(at, columns) { blank.beside(&cell) } else { cell.beside(&blank) };
            let gap = if at > 0 && wanted > &0 { between } else { "" };
            whole = whole.beside(&Picture::of(gap)).beside(&padded);
        }
        lines.extend(whole.lines);
    }
    let middle = lines.len().saturating_sub(1) / 2;
    Picture { lines, middle }
}

/// What stands in an environment, and what comes after it.
fn environment<'a>(name: &str, inner: &'a str) -> Option<(&'a str, &'a str)> {
    // the columns of an array say nothing to a reader
    let inner = match inner.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((_, rest)) if name == "array" => rest,
        _ => inner,
    };
    let (begin, end) = (format!("\\begin{{{name}}}"), format!("\\end{{{name}}}"));
    let mut from = 0;
    loop {
        let at = from + inner[from..].find(&end)?;
        if inner[..at].matches(&begin).count() == inner[..at].matches(&end).count() {
            return Some((&inner[..at], &inner[at + end.len()..]));
        }
        from = at + end.len();
    }
}

/// Without an environment around all of it that only arranges lines.
fn unwrapped(tex: &str) -> &str {
    let inner = tex.strip_prefix("\\begin{").and_then(|rest| rest.split_once('}'));
    match inner {
        Some((name, inner)) if fence(name).is_none() => match environment(name, inner) {
            Some((body, after)) if after.trim().is_empty() => unwrapped(body.trim()),
            _ => tex,
        },
        _ => tex,
    }
}

/// The rows of an environment, without the space that is wanted between them (`\\\\[4pt]`).
fn rows(tex: &str) -> impl Iterator<Item = &str> {
    split(tex, "\\\\").into_iter().map(|row| {
        let space = row.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        match space {
            Some((space, row)) if space.ends_with(char::is_alphabetic) => row,
            _ => row,
        }
    })
}

/// Parts of TeX between a sign, outside of braces and environments.
fn split<'a>(tex: &'a str, sign: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut from, mut at, mut depth) = (0, 0, 0usize);
    while at < tex.len() {
        let rest = &tex[at..];
        let step = if depth == 0 && rest.starts_with(sign) {
            parts.push(&tex[from..at]);
            from = at + sign.len();
            sign.len()
        } else if rest.starts_with("\\begin{") {
            // its name's brace counts too
            depth += 2;
            7
        } else if rest.starts_with("\\end{") {
            // the brace behind its name closes the environment
            5
        } else if let Some(escaped) = rest.strip_prefix('\\') {
            1 + escaped.chars().next().map_or(0, char::len_utf8)
        } else {
            match rest.as_bytes()[0] {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
    }
    parts.push(&tex[from..]);
    parts
}
