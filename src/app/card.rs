//! A model as the picker shows it: its endpoints and what they say together.

use crate::words::{Effort, Endpoint, ModelId, Prices, Usd};
use std::sync::Arc;

/// One model with every place that serves it. The shell makes cards from the catalog and the keys at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub id: ModelId,
    /// For people: `Claude Sonnet 4.5`.
    pub name: String,
    pub endpoints: Vec<Arc<Endpoint>>,
    /// There is a key for one of its endpoints, or none is needed.
    pub usable: bool,
    /// The day it stops, `2026-12-31`, when that is announced.
    pub retires: Option<String>,
    pub description: String,
    /// A public benchmark's index of general ability, 0 to 100, where the catalog has one.
    pub quality: Option<f64>,
    /// Reasoning efforts it takes; empty: none known.
    pub efforts: Vec<Effort>,
}

impl Card {
    /// The endpoint with the lowest sum of prices; unknown prices come last.
    pub fn cheapest(&self) -> Option<&Arc<Endpoint>> {
        self.endpoints.iter().filter(|e| e.tier().is_none()).min_by_key(|e| match &e.prices {
            Some(p) => (0, p.prompt + p.completion),
            None => (1, Usd::ZERO),
        })
    }

    pub fn prices(&self) -> Option<&Prices> {
        self.cheapest()?.prices.as_ref()
    }

    pub fn context(&self) -> Option<u32> {
        self.endpoints.iter().filter_map(|e| e.context).max()
    }

    pub fn demo(&self) -> bool {
        self.endpoints.iter().any(|e| e.demo)
    }

    pub fn local(&self) -> bool {
        self.endpoints.iter().any(|e| e.local)
    }

    pub fn free(&self) -> bool {
        self.endpoints.iter().any(|e| {
            e.local || e.prices.as_ref().is_some_and(|p| p.prompt.is_zero() && p.completion.is_zero())
        })
    }

    pub fn supports(&self, parameter: &str) -> bool {
        self.endpoints.iter().any(|e| e.supports(parameter))
    }

    pub fn takes(&self, modality: &str) -> bool {
        self.endpoints.iter().any(|e| e.takes(modality))
    }

    /// `OpenAI`, or `OpenAI +3` when others serve it too.
    pub fn providers(&self) -> String {
        let Some(first) = self.cheapest() else { return "nobody".into() };
        match self.endpoints.len() {
            1 => first.provider_name.clone(),
            n => format!("{} +{}", first.provider_name, n - 1),
        }
    }

    /// What it can do beside text, as letters: `v`ision, `t`ools, `r`easoning, `f`iles, `a`udio.
    pub fn abilities(&self) -> String {
        [
            ('v', self.takes("image")),
            ('t', self.supports("tools")),
            ('r', self.supports("reasoning")),
            ('f', self.takes("file")),
            ('a', self.takes("audio")),
        ]
        .into_iter()
        .map(|(letter, has)| if has { letter } else { '·' })
        .collect()
    }
}
