//! A short list of short words in one piece of memory that clones share: a catalog holds thousands of them.

use memchr::memmem;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// Words such as `tools` and `reasoning`, in order. No word holds a line break.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Terms(Arc<str>);

impl Terms {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split('\n').filter(|term| !term.is_empty())
    }

    pub fn contains(&self, term: &str) -> bool {
        let text = self.0.as_bytes();
        let ends = |at: usize| text.get(at).is_none_or(|byte| *byte == b'\n');
        !term.is_empty()
            && !term.contains('\n')
            && memmem::find_iter(text, term)
                .any(|at| (at == 0 || text[at - 1] == b'\n') && ends(at + term.len()))
    }

    /// The words of `self`, then those of `more` that are not among them.
    #[must_use]
    pub fn with(&self, more: &Self) -> Self {
        if more.0 == self.0 || more.iter().all(|term| self.contains(term)) {
            return self.clone();
        }
        self.iter().chain(more.iter().filter(|term| !self.contains(term))).collect()
    }

    pub fn join(&self, between: &str) -> String {
        self.0.replace('\n', between)
    }
}

impl<T: AsRef<str>> FromIterator<T> for Terms {
    fn from_iter<I: IntoIterator<Item = T>>(terms: I) -> Self {
        let mut text = String::new();
        for term in terms {
            for line in term.as_ref().lines().filter(|line| !line.is_empty()) {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
            }
        }
        Self(text.into())
    }
}

impl<T: AsRef<str>, const N: usize> From<[T; N]> for Terms {
    fn from(terms: [T; N]) -> Self {
        terms.into_iter().collect()
    }
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Terms {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Terms {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Vec::<String>::deserialize(from)?.into_iter().collect())
    }
}
