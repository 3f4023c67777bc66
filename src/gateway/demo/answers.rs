//! What the demonstration says: canned markdown that takes up the question, and how it is cut into tokens.

use super::voices::Style;
use serde_json::{Value, json};

/// Markdown that fits the question's kind, with a bit of the question in it.
pub(super) fn compose(style: Style, question: &str, seed: u64) -> String {
    let topic = topic(question);
    let kind = kind(question, seed);
    let body = match (style, kind) {
        (_, Kind::Greeting) => GREETING.to_owned(),
        (Style::Long, kind) => {
            let mut parts = vec![part(kind)];
            parts.extend([Kind::Steps, Kind::Table, Kind::Code].into_iter().filter(|k| *k != kind).map(part));
            format!("{LONG_HEAD}\n{}\n{LONG_TAIL}", parts.join("\n"))
        }
        (Style::Short | Style::Thinking, kind) => format!("{SHORT_HEAD}\n{}\n{SHORT_TAIL}", part(kind)),
    };
    body.replace("{topic}", &topic)
}

/// What a thinking model thinks first.
pub(super) fn thoughts(style: Style, question: &str) -> String {
    match style {
        Style::Thinking => THOUGHTS.replace("{topic}", &topic(question)),
        Style::Short | Style::Long => String::new(),
    }
}

/// The answer to a request that wants JSON.
pub(super) fn object(question: &str) -> Value {
    json!({
        "question": topic(question),
        "answer": "a canned object of fareway's demonstration",
        "confidence": 0.5,
        "steps": ["read the question", "fill the schema", "stop"],
    })
}

/// A call of the first function that the question names.
pub(super) fn call(tools: &[Value], question: &str, seed: u64) -> Option<Value> {
    let function = tools.iter().map(|tool| &tool["function"]).find(|function| {
        function["name"].as_str().is_some_and(|name| !name.is_empty() && question.contains(name))
    })?;
    let arguments: serde_json::Map<String, Value> = function["parameters"]["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let value = match schema["type"].as_str() {
                Some("number" | "integer") => json!(seed % 100),
                Some("boolean") => json!(true),
                Some("array") => json!([]),
                Some("object") => json!({}),
                _ => json!(topic(question)),
            };
            (name.clone(), value)
        })
        .collect();
    Some(json!({
        "index": 0, "id": format!("call_demo{:08x}", seed & 0xffff_ffff), "type": "function",
        "function": {"name": function["name"], "arguments": Value::Object(arguments).to_string()},
    }))
}

/// Words and pieces of long words with the space before them, about as a tokenizer cuts them.
pub(super) fn tokens(text: &str) -> Vec<&str> {
    let mut cut = Vec::new();
    let mut start = 0;
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        let ends = at > start && ((c.is_whitespace() && letters > 0) || letters >= 6);
        if ends {
            cut.push(&text[start..at]);
            start = at;
            letters = 0;
        }
        letters += usize::from(!c.is_whitespace());
    }
    if start < text.len() {
        cut.push(&text[start..]);
    }
    cut
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Greeting,
    Code,
    Table,
    Steps,
}

fn kind(question: &str, seed: u64) -> Kind {
    const WORDS: &[(Kind, &[&str])] = &[
        (Kind::Greeting, &["hi", "hello", "hey", "hallo", "thanks", "moin"]),
        (
            Kind::Code,
            &["code", "function", "rust", "python", "script", "program", "bug", "sql", "javascript"],
        ),
        (Kind::Table, &["table", "compare", "versus", "vs", "difference", "better", "cheapest", "which"]),
        (Kind::Steps, &["how", "steps", "plan", "list", "why", "explain", "guide", "todo"]),
    ];
    let lower = question.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    WORDS
        .iter()
        .find(|(kind, known)| {
            (*kind != Kind::Greeting || words.len() <= 3) && words.iter().any(|word| known.contains(word))
        })
        .map_or(
            [Kind::Code, Kind::Table, Kind::Steps][usize::try_from(seed % 3).unwrap_or(0)],
            |(kind, _)| *kind,
        )
}

fn part(kind: Kind) -> &'static str {
    match kind {
        Kind::Greeting => GREETING,
        Kind::Code => CODE,
        Kind::Table => TABLE,
        Kind::Steps => STEPS,
    }
}

/// The first line of the question, in at most 60 characters and without what markdown would take for its own.
fn topic(question: &str) -> String {
    let line = question.lines().find(|line| !line.trim().is_empty()).unwrap_or("your question").trim();
    let kept: String =
        line.chars().filter(|c| !matches!(c, '`' | '*' | '|' | '<' | '>' | '[' | ']')).collect();
    if kept.chars().count() <= 60 {
        return kept;
    }
    let cut: String = kept.chars().take(59).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
}

const GREETING: &str =
    "Hello! I am **fareway's built-in demonstration**: my words are canned, but they come through \
the same routing, streaming and metering as a real model's.

Try one of these:

- `explain how a bicycle stays upright` for a list
- `compare tea and coffee in a table` for a table
- `write a small function` for highlighted code
- switch to *Demo Flaky* to see a fallback, to *Demo Twins* to see a reply rescued in the middle

Set a key such as `OPENROUTER_API_KEY`, or start Ollama, and the real models appear beside me.
";

const SHORT_HEAD: &str = "You asked: *{topic}*. Here is the short version.
";

const SHORT_TAIL: &str =
    "That is all the demonstration knows about it. A real model needs a key, or a local server.
";

const LONG_HEAD: &str = "# {topic}

You asked about **{topic}**. The words below are canned, since this is fareway's built-in demonstration; the way they \
arrive, are counted and are paid for (in play money) is exactly that of a real model.

> A good answer says first what it is about, then what follows from it, and stops.

## In short

There are three things worth keeping apart: *what* is being asked, *what it costs* to answer, and *who* answers. \
The first is yours, the second is on the meter, and the third is a decision that you can look at afterwards.
";

const LONG_TAIL: &str = "## What to take from it

1. Small steps that can be checked beat one large step that cannot.
2. A figure without its unit and its source is a rumour[^1].
3. When in doubt, ask a second model: that is what the compare view is for.

[^1]: This one too.
";

const STEPS: &str = "## Step by step

1. **Say what you want to know.** For *{topic}* that is half of the work already.
2. **Gather what is at hand**
   - what you know for certain
   - what you only assume
     - and who told you so
3. **Try the smallest thing that could work**, and look at what happens.
4. **Write down what you learned**, so that the next attempt starts further ahead.

- [x] question understood
- [x] answer streamed
- [ ] answer believed without checking
";

const TABLE: &str = "## Side by side

| | quick | careful | unit |
|:--|--:|--:|:--|
| time to the first word | 0.2 | 0.6 | s |
| words per second | 90 | 45 | 1/s |
| price of this answer | 0.00006 | 0.0041 | $ |
| fits *{topic}* | partly | yes | |

The careful one costs about seventy times as much. Whether it is worth that depends on what a wrong answer costs.
";

const CODE: &str = "## In code

```rust
/// The middle value, or `None` of nothing.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]) / 2.0),
    }
}
```

It sorts a copy, so it takes *O(n log n)*; call it as `median(vec![3.0, 1.0, 2.0])` and it says `Some(2.0)`.
";

const THOUGHTS: &str = "The question is about {topic}. Let me see what is asked for: an explanation, a comparison, or \
something to run? I should keep it short and be plain about being a demonstration. First I will restate the question, \
then give one useful structure, and stop there. A table would need figures with units; code would need to be correct. \
That should do.";
