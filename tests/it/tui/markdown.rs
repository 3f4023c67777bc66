//! Markdown to rows, at once and while it streams.

use fareway::tui::markdown::{Doc, Options, layout, readable_math};
use fareway::tui::text::{Row, RowKind, width};
use fareway::tui::theme::Meaning;
use proptest::prelude::*;

const OPTIONS: Options = Options { width: 40, links: true, sideways: true };

fn shown(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|r| r.text().trim_end().to_owned()).collect()
}

fn laid_out(text: &str) -> Vec<String> {
    shown(&layout(text, OPTIONS))
}

/// Meanings of the row that holds `text`, piece by piece.
fn meanings(rows: &[Row], text: &str) -> Vec<(String, Meaning)> {
    let row = rows.iter().find(|r| r.text().contains(text)).expect(text);
    row.pieces().map(|(t, face, _)| (t.to_owned(), face.meaning)).collect()
}

#[test]
fn blocks() {
    let cases: &[(&str, &[&str])] = &[
        ("# Title\n\nText\nmore", &["Title", "", "Text more"]),
        ("- a\n- b\n  - c\n\nend", &["• a", "• b", "  ◦ c", "", "end"]),
        ("- a\n\n- b", &["• a", "", "• b"]),
        // a list whose items are parted is parted everywhere
        ("- a\n\n  text\n- b\n  - c\n- d", &["• a", "", "  text", "", "• b", "", "  ◦ c", "", "• d"]),
        ("3. a\n4. b", &["3. a", "4. b"]),
        // what follows a formula in its paragraph begins a row; code keeps its own blanks
        ("$$x^2$$ and $y$\nmore", &["  x²", "and y more"]),
        ("$$x^2$$\n\n    code", &["  x²", "", "  code · 1", "  code"]),
        ("- [x] done\n- [ ] open", &["☑ done", "☐ open"]),
        ("> one\n>\n> two", &["▎ one", "▎", "▎ two"]),
        ("> - deep\n>   > er", &["▎ • deep", "▎   ▎ er"]),
        ("a\n\n---\n\nb", &["a", "", "────────────────────────────────────────", "", "b"]),
        ("```rust\nlet x = 1;\n```", &["  rust · 1", "  let x = 1;"]),
        ("![a cat](cat.png)", &["[image: a cat]"]),
        ("x <b>y</b>", &["x y"]),
        ("H<sub>2</sub>O, x<sup>n+1</sup>, <kbd>Ctrl</kbd>", &["H₂O, xⁿ⁺¹, Ctrl"]),
        ("a <b onclick=\"x\">b</b> <blink>c</blink>", &["a <b onclick=\"x\">b <blink>c</blink>"]),
        ("a <details><summary>More</summary>hi</details>", &["a More", "hi"]),
        ("<details>\n<summary>More</summary>\n\nhi\n\n</details>", &["More", "", "hi"]),
        ("<script>\nhi\n</script>", &["<script>", "hi", "</script>"]),
        ("a[^1]\n\n[^1]: note", &["a[1]", "", "[1] note"]),
        ("a[^1]\n\n[^1]: one\n\n[^2]: two\n\nend", &["a[1]", "", "[1] one", "[2] two", "", "end"]),
        ("| a | b |\n|--|-:|\n| 1 | 22 |", &["a   b", "─  ──", "1  22"]),
        ("costs $5-$10", &["costs $5-$10"]),
        ("so \\(x^2\\) and $\\alpha_1$", &["so x² and α₁"]),
        ("\u{1b}[31mred", &["␛[31mred"]),
        ("a\\\nb", &["a", "b"]),
    ];
    for (text, rows) in cases {
        let got = laid_out(text);
        assert_eq!(got, *rows, "{text}");
    }
}

/// What is nested deeper than the screen is wide stops going to the right: every word is seen.
#[test]
fn nesting_leaves_room_for_words() {
    let list: String = (0..60).map(|n| format!("{}- level {n}\n", "  ".repeat(n))).collect();
    let quote: String = (1..60).map(|n| format!("{} quote {n}\n>\n", ">".repeat(n))).collect();
    for (text, words) in [(list, "level 59"), (quote, "quote 59")] {
        for columns in [12, 40, 77] {
            let rows = layout(&text, Options { width: columns, ..OPTIONS });
            assert!(rows.iter().all(|row| row.width() <= usize::from(columns)), "{columns}: {text}");
            let letters = |text: &str| text.replace([' ', '▎'], "");
            let said: String = rows.iter().map(|row| letters(row.text())).collect();
            assert!(said.contains(&letters(words)), "{columns}: {:?}", shown(&rows));
        }
    }
    let deep = layout("- a\n  - b\n    - c\n      - d\n        - e", Options { width: 12, ..OPTIONS });
    assert_eq!(shown(&deep), ["• a", "  ◦ b", "    ▪ c", "      • d", "      ◦ e"]);
}

#[test]
fn code_is_highlighted_by_meaning_and_numbered() {
    let rows = layout(
        "```rust\nfn main() { \"s\" } // c\n```\n\n```\nplain\n```\n\n```diff\n+in\n-out\n```",
        OPTIONS,
    );
    let code = meanings(&rows, "fn main");
    for (text, meaning) in [
        ("fn", Meaning::Keyword),
        ("main", Meaning::Function),
        ("\"s\"", Meaning::String),
        ("// c", Meaning::Comment),
    ] {
        assert!(code.iter().any(|(t, m)| t.trim() == text && *m == meaning), "{text} in {code:?}");
    }
    assert_eq!(meanings(&rows, "plain")[1].1, Meaning::Code);
    assert_eq!(meanings(&rows, "+in")[1].1, Meaning::DiffAdd);
    assert_eq!(meanings(&rows, "-out")[1].1, Meaning::DiffDel);
    let numbers: Vec<u32> = rows.iter().filter(|r| r.kind == RowKind::Code).map(|r| r.code).collect();
    assert_eq!(numbers, [1, 2, 3, 3]);
    let content: Vec<&str> = rows.iter().filter(|r| r.kind == RowKind::Code).map(Row::content).collect();
    assert_eq!(content[0], "fn main() { \"s\" } // c");
}

#[test]
fn links_carry_their_address_or_show_it() {
    let text = "see [docs](https://example.invalid/d) and <https://example.invalid/x>";
    let rows = layout(text, Options { width: 80, links: true, sideways: true });
    assert_eq!(shown(&rows), ["see docs and https://example.invalid/x"]);
    assert_eq!(rows[0].links().len(), 2);
    let rows = layout(text, Options { width: 80, links: false, sideways: true });
    assert_eq!(shown(&rows), ["see docs (https://example.invalid/d) and https://example.invalid/x"]);
}

#[test]
fn only_addresses_of_the_web_are_opened_and_none_hides_another() {
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "at https://a.example/x_y?b=1&c=(2), yes",
            "at https://a.example/x_y?b=1&c=(2), yes",
            &["https://a.example/x_y?b=1&c=(2)"],
        ),
        ("(see https://a.example/x.)", "(see https://a.example/x.)", &["https://a.example/x"]),
        ("`https://a.example`", "https://a.example", &[]),
        ("xhttps://a.example http:// x", "xhttps://a.example http:// x", &[]),
        ("[run](javascript:alert\\(1\\))", "run (javascript:alert(1))", &[]),
        ("[it](file:///etc/passwd)", "it (file:///etc/passwd)", &[]),
        ("[here](./docs/a.md)", "here (./docs/a.md)", &[]),
        ("[bank.com](https://evil.example)", "bank.com (https://evil.example)", &["https://evil.example"]),
        ("[www.a.com/x](https://a.com/x)", "www.a.com/x", &["https://a.com/x"]),
        ("[main.rs](https://a.example/main.rs)", "main.rs", &["https://a.example/main.rs"]),
    ];
    for (text, shown, links) in cases {
        let rows = layout(text, Options { width: 80, ..OPTIONS });
        assert_eq!(rows[0].text(), *shown, "{text}");
        assert_eq!(rows[0].links().iter().map(|l| &**l).collect::<Vec<_>>(), *links, "{text}");
    }
}

#[test]
fn formulas_over_several_lines_keep_their_shape() {
    let cases: &[(&str, &[&str])] = &[
        ("a &= b + c \\\\\nlonger &= d", &["     a = b + c", "longer = d"]),
        ("\\begin{aligned} x &= 1 \\\\[4pt] y &= 2 \\end{aligned}", &["x = 1", "y = 2"]),
        ("A = \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix} x", &["A = ⎛a  b⎞ x", "    ⎝c  d⎠"]),
        (
            "f(x) = \\begin{cases} 1 & x > 0 \\\\ 0 & \\text{else} \\\\ 7 & y \\end{cases}",
            &["       ⎧1  x > 0", "f(x) = ⎨0  else", "       ⎩7  y"],
        ),
        ("\\left[\\begin{array}{cc} 1 & 2 \\\\ 3 & 4 \\end{array}\\right]", &["⎡1  2⎤", "⎣3  4⎦"]),
        ("\\begin{bmatrix} 1 \\end{bmatrix}", &["[1]"]),
        ("\\begin{pmatrix} a & b", &["a b"]),
    ];
    for (tex, lines) in cases {
        let rows = laid_out(&format!("$$\n{tex}\n$$"));
        let indented: Vec<String> = lines.iter().map(|line| format!("  {line}")).collect();
        assert_eq!(rows, indented, "{tex}");
    }
    assert_eq!(laid_out("so $\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}$"), ["so (a b; c d)"]);
}

#[test]
fn a_table_wraps_its_cells_between_words() {
    let table =
        "| name | what it does |\n|---|---|\n| clean | makes text from outside inert before it is drawn |\n";
    assert_eq!(
        laid_out(table),
        [
            "name   what it does",
            "─────  ─────────────────────────────────",
            "clean  makes text from outside inert",
            "       before it is drawn",
        ]
    );
    // a plain line of text cannot be scrolled: each row is read as a card
    let rows = layout(table, Options { width: 14, sideways: false, ..OPTIONS });
    assert_eq!(
        shown(&rows),
        ["name: clean", "what it does:", "makes text", "from outside", "inert before", "it is drawn"]
    );
}

/// What a row shows in 12 columns when it is scrolled sideways.
fn drawn(row: &Row, shift: usize, columns: u16) -> String {
    let mut picture = fareway::tui::paint::Picture::new(columns, 1);
    let theme = fareway::tui::theme::Theme::bundled("ansi").expect("bundled");
    row.draw_from(shift, &mut picture, ratatui::layout::Rect::new(0, 0, columns, 1), &theme);
    let mut text = String::new();
    let mut x = 0;
    while x < columns {
        let symbol = picture.buffer[(x, 0)].symbol();
        text.push_str(symbol);
        x += u16::try_from(width(symbol)).expect("small").max(1);
    }
    text
}

#[test]
fn a_table_too_wide_for_that_scrolls_and_its_first_column_stays() {
    let table = "| id | alpha | beta | gamma |\n|---|---|---|---|\n| 1 | abcdefgh | ijklmnop | qrstuvwx |\n| 2 | 日本語日 | b | c |\n";
    let rows = layout(table, Options { width: 20, ..OPTIONS });
    assert_eq!(rows.iter().map(|r| r.beyond(20)).collect::<Vec<_>>(), [12, 12, 12, 12]);
    let at = |shift| rows.iter().map(|row| drawn(row, shift, 20).trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(
        at(0),
        ["id  alpha     beta ›", "──  ────────  ─────›", "1   abcdefgh  ijklm›", "2   日本語日  b    ›"]
    );
    assert_eq!(
        at(7),
        ["id ‹   beta      ga›", "── ‹─  ────────  ──›", "1  ‹h  ijklmnop  qr›", "2  ‹   b         c ›"]
    );
    assert_eq!(
        at(99),
        ["id ‹ta      gamma", "── ‹──────  ────────", "1  ‹klmnop  qrstuvwx", "2  ‹        c"]
    );
    // half of a wide character is never drawn
    for shift in 0..12 {
        for row in &rows {
            assert_eq!(width(&drawn(row, shift, 20)), 20);
        }
    }
}

#[test]
fn mathematics_is_readable() {
    let cases = [
        ("\\frac{a+b}{2}", "(a+b)/2"),
        ("\\frac{1}{2}\\int x", "½ ∫ x"),
        ("\\frac{a}{b}c", "a/b c"),
        ("-\\frac{\\partial \\mathbf{B}}{\\partial t}", "−∂B/∂t"),
        ("\\sqrt{x^2 + y^2}", "√(x² + y²)"),
        ("\\sum_{i=0}^{n} i", "∑ᵢ₌₀ⁿ i"),
        ("x \\in \\mathbb{R}^n", "x ∈ ℝⁿ"),
        ("\\alpha \\leq \\beta \\Rightarrow \\gamma", "α ≤ β ⇒ γ"),
        ("e^{i\\pi} + 1 = 0", "e^(iπ) + 1 = 0"),
        ("\\sin x", "sin x"),
        ("\\text{if } x", "if x"),
        ("\\left( x \\right)", "( x )"),
        ("\\unknown{y}", "unknowny"),
        ("a - b", "a − b"),
        ("{{{", ""),
        ("\\", ""),
    ];
    for (tex, text) in cases {
        assert_eq!(readable_math(tex), text, "{tex}");
    }
}

#[test]
fn markers_that_would_flash_wait_and_open_emphasis_is_closed() {
    let cases: &[(&str, &[&str])] = &[
        ("some **bo", &["some bo"]),
        ("some **", &["some"]),
        ("some `co", &["some co"]),
        ("a [label](https://exa", &["a"]),
        ("a [lab", &["a"]),
        ("a [label](https://example.invalid) b", &["a label b"]),
        ("text\n\n##", &["text"]),
        ("text\n\n| a | b |", &["text"]),
        ("text\n\n| a | b |\n|--", &["text"]),
        ("text\n\n```ru", &["text"]),
        ("- a\n-", &["• a"]),
    ];
    for (text, rows) in cases {
        let mut doc = Doc::new(OPTIONS);
        doc.push(text);
        assert_eq!(shown(&doc.all()), *rows, "{text:?}");
    }
}

const DOCUMENT: &str = "# One\n\nText with **bold**, *it* and `code`.\r\n\r\n- a\n- b\n\n1. x\n2. y\n   ```sql\n   select 1;\n   ```\n\n\
    ```rust\nfn main() {\n    let s = \"``\";\n}\n```\nafter\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 | 4 |\n\n> quote\n> more\n\n\
    \\[ x^2 \\]\n\n~~~\nlast ``` block\n~~~\n\nEnd 日本語 👩‍👩‍👧‍👦.\n\n";

#[test]
fn settled_rows_stay() {
    let mut doc = Doc::new(OPTIONS);
    let mut settled: Vec<Row> = Vec::new();
    for c in DOCUMENT.chars() {
        doc.push(c.encode_utf8(&mut [0; 4]));
        let rows = doc.all();
        let n = doc.settled(0).0.len();
        assert!(n >= settled.len());
        assert_eq!(rows[..settled.len()], settled[..]);
        settled = rows[..n].to_vec();
    }
    assert_eq!(shown(&doc.all()), laid_out(DOCUMENT));
}

proptest! {
    #[test]
    fn any_cutting_gives_the_same_rows(cuts in proptest::collection::vec(1usize..40, 1..60)) {
        let chars: Vec<char> = DOCUMENT.chars().collect();
        let mut doc = Doc::new(OPTIONS);
        let mut from = 0;
        for cut in cuts.iter().cycle() {
            let to = (from + cut).min(chars.len());
            doc.push(&chars[from..to].iter().collect::<String>());
            doc.all();
            from = to;
            if from == chars.len() {
                break;
            }
        }
        prop_assert_eq!(doc.all(), layout(DOCUMENT, OPTIONS));
    }

    #[test]
    fn anything_is_laid_out_within_its_width(
        text in "([a-z`*_#>|~$\\[\\]()!<>\\\\ -]|\n|\n\n|日|👩‍👧|\u{1b}|\t|1\\. |```rs\n|\\|--\\|){0,80}",
        width in 8u16..60,
    ) {
        let options = Options { width, links: true, sideways: true };
        let mut doc = Doc::new(options);
        doc.push(&text);
        for row in doc.all().iter().chain(&layout(&text, options)) {
            prop_assert!(!row.text().contains(char::is_control), "{:?}", row.text());
            prop_assert!(row.width() <= usize::from(width) || row.width() - self::width(row.content()) + 2 > usize::from(width),
                "{:?} at {width}", row.text());
        }
    }
}
