//! Which of some known words was probably meant by one that is not known.

/// The known word that is the fewest edits away, if no more than about every third letter is wrong, or that begins so.
pub fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |known: &'a str| {
        let far = distance(word, known);
        let begun = word.len() > 2 && known.starts_with(word);
        (begun || far <= (word.len().max(known.len()) + 1) / 3).then_some((far, known))
    };
    known.into_iter().filter_map(near).min().map(|(_, nearest)| nearest)
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
