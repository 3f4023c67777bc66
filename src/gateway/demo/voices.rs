//! The demonstration's models: how fast each talks, in which manner, and what befalls it.

/// One model of the demonstration; its prices are in the catalog.
pub(super) struct Voice {
    /// What the request's `model` says.
    pub name: &'static str,
    /// Until the first token, in milliseconds.
    pub first_ms: f64,
    /// Tokens per second.
    pub per_second: f64,
    pub style: Style,
    pub fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Short,
    Long,
    /// Thinks aloud before a short answer.
    Thinking,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Answers,
    /// 503, always.
    Refuses,
    /// The stream is torn in the middle.
    Breaks,
}

const fn voice(name: &'static str, first_ms: f64, per_second: f64, style: Style, fate: Fate) -> Voice {
    Voice { name, first_ms, per_second, style, fate }
}

pub(super) const VOICES: &[Voice] = &[
    voice("swift", 180.0, 120.0, Style::Short, Fate::Answers),
    voice("sage", 600.0, 60.0, Style::Long, Fate::Answers),
    voice("thinker", 400.0, 80.0, Style::Thinking, Fate::Answers),
    voice("flaky-down", 0.0, 1.0, Style::Short, Fate::Refuses),
    voice("flaky-up", 300.0, 80.0, Style::Short, Fate::Answers),
    voice("broken", 250.0, 80.0, Style::Short, Fate::Breaks),
    voice("twin-dies", 250.0, 80.0, Style::Long, Fate::Breaks),
    voice("twin-lives", 300.0, 80.0, Style::Long, Fate::Answers),
];
