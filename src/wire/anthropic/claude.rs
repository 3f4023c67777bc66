//! What a Claude model takes, by the version in its name (after Anthropic's model and migration pages).

use crate::words::Effort;

/// A model behind the Messages API. Those of other makers take what the first Claudes took.
#[derive(Clone, Copy, Debug)]
pub struct Claude {
    version: (u32, u32),
    line: Line,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Opus,
    /// Fable and Mythos, which always think.
    Thinker,
    Other,
}

/// How it is told to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thinks {
    ByBudget,
    /// By itself, or by a budget if one is given.
    Either,
    /// By itself. What it thinks is only sent when that is asked for.
    ByItself,
}

/// How it is told not to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Off {
    /// `thinking` of this type.
    Type(&'static str),
    /// By saying nothing.
    Unsaid,
    /// It cannot be; it can be told to think little.
    Never,
}

/// By which of temperature and `top_p` it samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    All,
    /// By one of them, not by both.
    One,
    None,
}

impl Claude {
    pub fn of(model: &str) -> Self {
        if !model.contains("claude") {
            return Self { version: (0, 0), line: Line::Other };
        }
        let line = match model {
            _ if model.contains("opus") => Line::Opus,
            _ if model.contains("fable") || model.contains("mythos") => Line::Thinker,
            _ => Line::Other,
        };
        let numbers: Vec<u32> = model
            .split(['-', '.', '@'])
            .filter(|piece| piece.len() < 3)
            .filter_map(|piece| piece.parse().ok())
            .collect();
        let version = match numbers[..] {
            [major, minor, ..] => (major, minor),
            [major] => (major, 0),
            // `claude-mythos-preview`
            [] if line == Line::Thinker => (5, 0),
            [] => (0, 0),
        };
        Self { version, line }
    }

    pub fn thinks(self) -> Thinks {
        match self.version {
            v if v >= (4, 7) => Thinks::ByItself,
            v if v >= (4, 6) => Thinks::Either,
            _ => Thinks::ByBudget,
        }
    }

    pub fn off(self) -> Off {
        match (self.line, self.version) {
            (Line::Thinker, _) => Off::Never,
            (Line::Opus, v) if v >= (5, 5) => Off::Never,
            (_, v) if v >= (5, 5) => Off::Type("between_tools"),
            // from here on down thinking has to be asked for
            (_, v) if ((4, 7)..(5, 0)).contains(&v) => Off::Unsaid,
            _ => Off::Type("disabled"),
        }
    }

    /// Thinks where nothing is said of it.
    pub fn thinks_unasked(self) -> bool {
        self.version >= (5, 0)
    }

    pub fn samples(self) -> Samples {
        match self.version {
            v if v >= (4, 7) => Samples::None,
            v if v >= (4, 1) => Samples::One,
            _ => Samples::All,
        }
    }

    /// Goes on from a last message of the assistant.
    pub fn takes_prefill(self) -> bool {
        self.version < (4, 6)
    }

    /// Refuses its thoughts when anything before them was changed.
    pub fn binds_thinking(self) -> bool {
        self.version >= (5, 1)
    }

    /// The nearest effort it knows.
    pub fn effort(self, effort: Effort) -> &'static str {
        match effort {
            Effort::None | Effort::Minimal | Effort::Low => "low",
            Effort::Medium => "medium",
            Effort::Xhigh if self.version >= (4, 7) => "xhigh",
            Effort::High | Effort::Xhigh => "high",
            Effort::Max => "max",
        }
    }
}
