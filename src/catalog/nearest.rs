//! "Did you mean": the ids that look most like what somebody typed.

use crate::words::ModelId;

/// Up to `n` ids, best first. Case, separators and the author's part matter little; a typing slip matters little.
pub(super) fn nearest<'a>(text: &str, ids: impl Iterator<Item = &'a ModelId>, n: usize) -> Vec<ModelId> {
    let wanted = squeeze(text);
    let short = squeeze(text.rsplit_once('/').map_or(text, |(_, short)| short));
    if wanted.is_empty() {
        return Vec::new();
    }
    // more than half of the letters wrong is not a likeness
    let most = usize::midpoint(wanted.len().max(4), 2);
    let mut found: Vec<(usize, usize, &ModelId)> = ids
        .filter_map(|id| {
            let full = squeeze(id.as_str());
            let name = squeeze(id.short());
            let distance = distance(&wanted, &full, &name, most).min(distance(&short, &full, &name, most));
            (distance <= most).then_some((distance, full.len(), id))
        })
        .collect();
    found.sort();
    found.into_iter().take(n).map(|(_, _, id)| id.clone()).collect()
}

/// Letters and digits only, lower case.
fn squeeze(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase()).collect()
}

/// 0: the same; 1: begins so; 2: holds it; else two and the slips in the best-fitting of name and full id. More than
/// `most` may be any number more.
fn distance(wanted: &[u8], full: &[u8], name: &[u8], most: usize) -> usize {
    const FAR: usize = usize::MAX / 4;
    // so many letters too many or too few are slips already, which need not be counted out
    let slips = |id: &[u8]| if wanted.len().abs_diff(id.len()) > most { FAR } else { slips(wanted, id) };
    if wanted.is_empty() {
        FAR
    } else if wanted == full || wanted == name {
        0
    } else if name.starts_with(wanted) || full.starts_with(wanted) {
        1
    } else if full.windows(wanted.len()).any(|w| w == wanted) {
        2
    } else {
        2 + slips(name).min(slips(full))
    }
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
