//! Words are found whatever the case, where they stand in the text as it is.

use fareway::words::Needle;

#[test]
fn places_are_bytes_of_the_text_itself() {
    let cases: [(&str, &str, &[&str]); 9] = [
        ("Map", "a map, a MAP, maps", &["map", "MAP", "map"]),
        ("aa", "aaaa", &["aa", "aa"]),
        ("", "anything", &[]),
        ("x", "", &[]),
        ("émile", "Émile et émile", &["Émile", "émile"]),
        ("i̇x", "İX", &["İX"]),
        ("日本", "今日は日本語", &["日本"]),
        ("straße", "STRASSE Straße", &["Straße"]),
        ("a b", "A B a\tb", &["A B"]),
    ];
    for (words, text, expected) in cases {
        let needle = Needle::new(words);
        let found: Vec<&str> = needle.find_in(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{words} in {text}");
        assert_eq!(needle.count(text), expected.len());
    }
}
