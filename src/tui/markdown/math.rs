//! Mathematics in TeX made readable in plain Unicode: greek, operators, sub- and superscripts, fractions, roots.

use super::matrix;
use super::symbols::{NAMES, SUBSCRIPTS, SUPERSCRIPTS, VULGAR, double_struck};

/// Whether `$...$` is more likely two amounts of money than mathematics: `$5-$` of `$5-$10`.
pub(super) fn is_money(tex: &str) -> bool {
    tex.starts_with(|c: char| c.is_ascii_digit()) && !tex.contains(['\\', '^', '_', '=', '{', '+', '<', '>'])
}

/// One line of TeX as Unicode text. Unknown commands keep their name; nothing is dropped that carries meaning.
pub fn readable(tex: &str) -> String {
    let mut reader = Reader { rest: tex, depth: 0 };
    let out = reader.sequence(None);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All of `text` raised, if every character can be.
pub(super) fn superscript(text: &str) -> Option<String> {
    scripted(text, SUPERSCRIPTS)
}

/// All of `text` lowered, if every character can be.
pub(super) fn subscript(text: &str) -> Option<String> {
    scripted(text, SUBSCRIPTS)
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

/// Deeper nesting is shown as it was written.
const DEEPEST: usize = 40;

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn sequence(&mut self, until: Option<char>) -> String {
        let mut out = String::new();
        while let Some(c) = self.next() {
            if Some(c) == until {
                break;
            }
            match c {
                '\\' => self.command(&mut out),
                '{' => out.push_str(&self.group()),
                '}' => {}
                '^' => self.script(&mut out, '^', SUPERSCRIPTS),
                '_' => self.script(&mut out, '_', SUBSCRIPTS),
                '~' => out.push(' '),
                '&' => out.push_str("  "),
                '\'' => out.push('′'),
                '-' => out.push('−'),
                '*' => out.push('∗'),
                c => out.push(c),
            }
        }
        out
    }

    fn group(&mut self) -> String {
        if self.depth >= DEEPEST {
            return String::new();
        }
        self.depth += 1;
        let out = self.sequence(Some('}'));
        self.depth -= 1;
        out
    }

    /// The next argument: a group, a command or one character.
    fn argument(&mut self) -> String {
        self.rest = self.rest.trim_start();
        match self.next() {
            Some('{') => self.group(),
            Some('\\') => {
                let mut out = String::new();
                self.command(&mut out);
                out
            }
            Some(c) => c.to_string(),
            None => String::new(),
        }
    }

    /// An argument as it was written, for names and text.
    fn raw(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let Some(inner) = rest.strip_prefix('{') else { return "" };
        let end = inner.find('}').unwrap_or(inner.len());
        self.rest = inner.get(end + 1..).unwrap_or("");
        &inner[..end]
    }

    fn name(&mut self) -> &'a str {
        let letters = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let end = if letters > 0 { letters } else { self.rest.chars().next().map_or(0, char::len_utf8) };
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    fn command(&mut self, out: &mut String) {
        let name = self.name();
        match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let (a, b) = (self.argument(), self.argument());
                match VULGAR.iter().find(|(top, bottom, _)| *top == a.trim() && *bottom == b.trim()) {
                    Some((.., sign)) => out.push(*sign),
                    None => out.push_str(&format!("{}/{}", tight(&a), tight(&b))),
                }
                self.part(out);
            }
            "binom" => {
                let (a, b) = (self.argument(), self.argument());
                out.push_str(&format!("C({a}, {b})"));
            }
            "sqrt" => {
                let root = self.rest.strip_prefix('[').and_then(|r| r.split_once(']'));
                let sign = match root {
                    Some((n, rest)) => {
                        self.rest = rest;
                        match n {
                            "3" => "∛".to_owned(),
                            "4" => "∜".to_owned(),
                            n => format!("{}√", scripted(n, SUPERSCRIPTS).unwrap_or_else(|| n.to_owned())),
                        }
                    }
                    None => "√".to_owned(),
                };
                let inner = self.argument();
                out.push_str(&sign);
                out.push_str(&tight(&inner));
            }
            "text" | "mathrm" | "textbf" | "textit" | "operatorname" | "mbox" | "texttt" | "textrm" => {
                out.push_str(self.raw());
            }
            "mathbf" | "boldsymbol" | "bm" | "mathit" | "mathsf" | "mathtt" | "displaystyle"
            | "textstyle" | "limits" | "nolimits" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr"
            | "Bigl" | "Bigr" => {}
            "mathbb" => out.extend(self.raw().chars().map(double_struck)),
            "mathcal" | "mathscr" | "mathfrak" => out.push_str(self.raw()),
            "hat" | "widehat" => self.accent(out, '\u{302}'),
            "bar" | "overline" => self.accent(out, '\u{304}'),
            "vec" => self.accent(out, '\u{20d7}'),
            "dot" => self.accent(out, '\u{307}'),
            "ddot" => self.accent(out, '\u{308}'),
            "tilde" | "widetilde" => self.accent(out, '\u{303}'),
            "left" | "right" | "middle" => {
                if let Some(rest) = self.rest.strip_prefix('.') {
                    self.rest = rest;
                }
            }
            "begin" => {
                let name = self.raw();
                match matrix::inline(name, self.rest) {
                    Some((text, rest)) => {
                        out.push_str(&text);
                        self.rest = rest;
                    }
                    None if name == "array" => {
                        self.raw();
                    }
                    None => {}
                }
            }
            "end" => {
                self.raw();
            }
            "not" => {
                let next = self.argument();
                out.push_str(&next);
                out.push('\u{338}');
            }
            "," | ";" | ":" | " " | "quad" | "qquad" | "!" | "\\" => out.push(' '),
            "{" | "}" | "$" | "%" | "&" | "#" | "_" => out.push_str(name),
            "|" => out.push('‖'),
            _ => match NAMES.binary_search_by(|(known, _)| known.cmp(&name)) {
                Ok(i) => {
                    out.push_str(NAMES[i].1);
                    if matches!(name, "partial" | "nabla" | "neg" | "lnot") {
                        self.rest = self.rest.trim_start();
                    }
                }
                Err(_) => {
                    // functions such as \sin keep their name
                    if out.ends_with(|c: char| c.is_alphanumeric()) {
                        out.push(' ');
                    }
                    out.push_str(name);
                    if self.rest.starts_with(|c: char| c.is_alphanumeric()) {
                        out.push(' ');
                    }
                }
            },
        }
    }

    /// A blank behind a fraction, so that `a/b c` is not read as `a/(bc)`.
    fn part(&self, out: &mut String) {
        let ends = ["\\right", "\\end", "\\\\"].iter().any(|sign| self.rest.starts_with(sign));
        if !ends && self.rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '\\')) {
            out.push(' ');
        }
    }

    fn accent(&mut self, out: &mut String, mark: char) {
        let inner = self.argument();
        out.push_str(&inner);
        if inner.chars().count() == 1 {
            out.push(mark);
        }
    }

    fn script(&mut self, out: &mut String, sign: char, table: &[(char, char)]) {
        let inner = self.argument();
        match scripted(&inner, table) {
            Some(text) => out.push_str(&text),
            None if inner.chars().count() == 1 => {
                out.push(sign);
                out.push_str(&inner);
            }
            None => out.push_str(&format!("{sign}({inner})")),
        }
    }
}

/// In brackets, unless it is one thing already.
fn tight(text: &str) -> String {
    let text = text.trim();
    let bare = text.strip_prefix('√').unwrap_or(text);
    let one = bare.chars().all(|c| c.is_alphanumeric() || "∂∇′⁺⁻".contains(c));
    if one { text.to_owned() } else { format!("({text})") }
}

/// All of `text` in a script, if the script has all of its characters.
fn scripted(text: &str, table: &[(char, char)]) -> Option<String> {
    text.chars()
        .filter(|c| *c != ' ')
        .map(|c| table.iter().find(|(plain, _)| *plain == c).map(|(_, small)| *small))
        .collect()
}
