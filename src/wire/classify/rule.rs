//! One row of the tables: the conditions under which a refusal is of a kind.

use crate::wire::Refusal;
use crate::words::FailureKind;

/// A row: every condition given must hold.
pub(super) struct Rule {
    /// Empty: any.
    pub status: &'static [u16],
    /// The code or the type is one of these (case does not matter). Empty: any.
    pub code: &'static [&'static str],
    /// The message holds one of these. Empty: any.
    pub phrase: &'static [&'static str],
    /// The message holds this too.
    pub and: &'static str,
    pub kind: FailureKind,
}

pub(super) const fn code(code: &'static [&'static str], kind: FailureKind) -> Rule {
    Rule { status: &[], code, phrase: &[], and: "", kind }
}

pub(super) const fn phrase(phrase: &'static [&'static str], kind: FailureKind) -> Rule {
    Rule { status: &[], code: &[], phrase, and: "", kind }
}

pub(super) const fn status(status: &'static [u16], kind: FailureKind) -> Rule {
    Rule { status, code: &[], phrase: &[], and: "", kind }
}

impl Rule {
    pub const fn when(mut self, status: &'static [u16]) -> Self {
        self.status = status;
        self
    }

    pub fn holds(&self, refusal: &Refusal, message: &str) -> bool {
        (self.status.is_empty() || self.status.contains(&refusal.status))
            && (self.code.is_empty()
                || self.code.iter().any(|code| {
                    code.eq_ignore_ascii_case(&refusal.code) || code.eq_ignore_ascii_case(&refusal.kind)
                }))
            && message.contains(self.and)
            && (self.phrase.is_empty() || self.phrase.iter().any(|phrase| message.contains(phrase)))
    }
}
