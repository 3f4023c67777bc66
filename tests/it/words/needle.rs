//! Words are found whatever the case and the accents, where they stand in the text as it is.

use fareway::words::Needle;

#[test]
fn places_are_bytes_of_the_text_itself() {
    let cases: [(&str, &str, &[&str]); 19] = [
        ("Map", "a map, a MAP, maps", &["map", "MAP", "map"]),
        ("aa", "aaaa", &["aa", "aa"]),
        ("", "anything", &[]),
        ("x", "", &[]),
        ("émile", "Émile et émile", &["Émile", "émile"]),
        ("i̇x", "İX", &["İX"]),
        ("日本", "今日は日本語", &["日本"]),
        ("straße", "STRASSE Straße", &["STRASSE", "Straße"]),
        ("cafe", "Café, CAFÉ — cafe, cafe\u{301}s", &["Café", "CAFÉ", "cafe", "cafe\u{301}"]),
        ("CAFÉ", "a cafe", &["cafe"]),
        ("e", "é — “e” …", &["é", "e"]),
        ("uber", "Über-cool", &["Über"]),
        ("ss", "ß", &["ß"]),
        ("елка", "Ёлка", &["Ёлка"]),
        ("ας", "ΆΣ", &["ΆΣ"]),
        // a voiced kana is another letter, and a syllable of Hangul is not its first consonant
        ("か", "がか", &["か"]),
        ("가", "각 가", &["가"]),
        ("đao", "Đảo", &["Đảo"]),
        ("a b", "A B a\tb", &["A B"]),
    ];
    for (words, text, expected) in cases {
        let needle = Needle::new(words);
        let found: Vec<&str> = needle.find_in(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{words} in {text}");
        assert_eq!(needle.count(text), expected.len());
    }
}
