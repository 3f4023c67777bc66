//! "Did you mean": the ids that look most like what somebody typed; nobody when nothing is like it.

use crate::words::ModelId;
use std::cmp::Reverse;

/// Words in names that say which size or make of a family, and not which family.
const COMMON: [&str; 26] = [
    "mini", "nano", "micro", "small", "medium", "large", "pro", "plus", "max", "ultra", "high", "low",
    "lite", "flash", "fast", "turbo", "instruct", "chat", "base", "preview", "latest", "free", "thinking",
    "vision", "coder", "exp",
];
/// No name is longer: whatever is, is no slip of one.
const LONGEST: usize = 100;

/// How like an id is, likest first: the letters typed (all, its beginning, a part of it), then the family, the author
/// and the version, then the slips of the finger.
type Likeness = (usize, Reverse<usize>, usize, usize);

/// Up to `n` ids, best first. Case and separators matter little.
pub(super) fn nearest<'a>(text: &str, ids: impl Iterator<Item = &'a ModelId>, n: usize) -> Vec<ModelId> {
    let wanted = Name::of(text);
    if wanted.letters.is_empty() || wanted.letters.len() > LONGEST {
        return Vec::new();
    }
    let mut found: Vec<(Likeness, &ModelId)> =
        ids.filter_map(|id| Some((wanted.like(&Name::of(id.as_str()))?, id))).collect();
    found.sort();
    found.into_iter().take(n).map(|(_, id)| id.clone()).collect()
}

/// A name taken apart.
struct Name {
    /// Letters and digits only, lower case: of all of it, of the author, of what follows.
    letters: Vec<u8>,
    author: Vec<u8>,
    short: Vec<u8>,
    /// Words and numbers of what follows the author, in order of the alphabet.
    words: Vec<String>,
}

impl Name {
    fn of(text: &str) -> Self {
        let (author, short) = text.rsplit_once('/').unwrap_or(("", text));
        Self { letters: squeeze(text), author: squeeze(author), short: squeeze(short), words: words(short) }
    }

    fn like(&self, id: &Self) -> Option<Likeness> {
        let forms = [&self.letters, &self.short];
        let in_any = |is: &dyn Fn(&[u8], &[u8]) -> bool| {
            forms
                .iter()
                .filter(|form| !form.is_empty())
                .any(|form| is(&id.letters, form) || is(&id.short, form))
        };
        let holds =
            |whole: &[u8], part: &[u8]| part.len() > 2 && whole.windows(part.len()).any(|w| w == part);
        let kind = if in_any(&|id, form| id == form) || (self.words.len() > 1 && self.words == id.words) {
            0
        } else if in_any(&|id, form| form.len() > 1 && id.starts_with(form)) {
            1
        } else if in_any(&holds) {
            2
        } else {
            3
        };
        let author = alike(&self.author, &id.author);
        let families = id.words.iter().filter(|word| is_family(word) && self.says(word)).count();
        // more than a letter in four wrong is no likeness by itself
        let most = if author || families > 0 { usize::MAX } else { self.short.len() / 4 };
        // so many letters too many or too few are slips already, which need not be counted out
        let pairs = forms.iter().flat_map(|form| [(form, &id.letters), (form, &id.short)]);
        let near = pairs.filter(|(form, id)| kind < 3 || form.len().abs_diff(id.len()) <= most);
        let slips =
            near.map(|(form, id)| slips(form, id)).min().filter(|slips| kind < 3 || *slips <= most)?;
        let others = id.words.iter().filter(|word| !is_family(word) && self.words.contains(word)).count();
        let shared = 4 * families + 2 * usize::from(author) + others;
        Some((kind, Reverse(if kind < 3 { 0 } else { shared }), slips, id.letters.len()))
    }

    /// Whether the word stands in it, or one that begins or ends so (`chatgpt`).
    fn says(&self, word: &str) -> bool {
        self.words.iter().any(|own| own.starts_with(word) || own.ends_with(word))
    }
}

/// `mistral` and `mistralai`, `meta` and `meta-llama`.
fn alike(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short == long && !short.is_empty() || short.len() > 3 && long.starts_with(short)
}

fn is_family(word: &str) -> bool {
    word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic()) && !COMMON.contains(&word)
}

/// Letters and digits only, lower case.
fn squeeze(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect()
}

/// `gpt4o-mini` is `4 gpt mini o`.
fn words(text: &str) -> Vec<String> {
    let text = text.to_ascii_lowercase();
    let of_one_kind = text.as_bytes().chunk_by(|a, b| {
        a.is_ascii_alphabetic() == b.is_ascii_alphabetic() && a.is_ascii_digit() == b.is_ascii_digit()
    });
    let named = of_one_kind.filter(|chunk| chunk[0].is_ascii_alphanumeric());
    let mut words: Vec<String> = named.map(|chunk| String::from_utf8_lossy(chunk).into_owned()).collect();
    words.sort_unstable();
    words
}

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
fn slips(a: &[u8], b: &[u8]) -> usize {
    let width = b.len() + 1;
    let mut before = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    let mut row = vec![0; width];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..width {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row[j] = best;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last[b.len()]
}
