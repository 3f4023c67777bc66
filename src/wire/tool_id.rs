//! Ids of tool calls in the form an API takes: another vendor's become such, the same way each time, so that a call and
//! its result still find each other.

/// `id` where it may stand as it is; else what of it may, and letters that stand for the whole.
pub fn fit(id: &str, longest: usize, takes: impl Fn(char) -> bool) -> String {
    if id.chars().count() <= longest && id.chars().all(&takes) {
        return id.to_owned();
    }
    let kept = id.chars().map(|c| if takes(c) { c } else { '_' }).take(longest.saturating_sub(10));
    kept.chain(std::iter::once('_')).chain(nine(id).chars()).collect()
}

/// Nine letters and digits for a text of any length: all that Mistral takes for an id.
pub fn nine(text: &str) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    // FNV-1a
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    (0..9)
        .map(|_| {
            let letter = LETTERS[usize::try_from(hash % 62).unwrap_or(0)];
            hash /= 62;
            letter as char
        })
        .collect()
}
