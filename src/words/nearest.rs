//! Which of some known words was probably meant by one that is not known.

/// The known word that is the fewest edits away, if that is less than half of it.
pub fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (far, nearest) = known.into_iter().map(|known| (distance(word, known), known)).min()?;
    (far <= word.len().max(nearest.len()) / 2).then_some(nearest)
}

/// Levenshtein's distance: how many single-letter edits lie between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
