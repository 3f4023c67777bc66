//! A model as the picker shows it: its endpoints and what they say together.

use crate::words::{Effort, Endpoint, ModelId, Prices, Usd};
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

/// The cards at hand. From the start those within reach, which is all that answering needs; every one once somebody
/// looks around, for a card with its endpoints takes some seven kilobytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cards {
    list: Arc<Vec<Card>>,
    /// Every name, with a card here or not.
    names: Arc<BTreeSet<ModelId>>,
    known: usize,
    whole: bool,
}

impl Cards {
    /// Some of the `known` models that go by these names.
    pub fn some(list: Vec<Card>, names: &Arc<BTreeSet<ModelId>>, known: usize) -> Self {
        Self { list: Arc::new(list), names: Arc::clone(names), known, whole: false }
    }

    /// Every card there is.
    pub fn all(list: Vec<Card>) -> Self {
        let names = list.iter().map(|card| card.id.clone()).collect();
        Self { known: list.len(), list: Arc::new(list), names: Arc::new(names), whole: true }
    }

    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// How many models there are.
    pub fn known(&self) -> usize {
        self.known
    }

    /// Whether there is a model of this name.
    pub fn knows(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

impl Deref for Cards {
    type Target = [Card];

    fn deref(&self) -> &[Card] {
        &self.list
    }
}

/// One model with every place that serves it. The shell makes cards from the catalog and the keys at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub id: ModelId,
    /// For people: `Claude Sonnet 4.5`.
    pub name: String,
    /// Those within reach first.
    pub endpoints: Vec<Arc<Endpoint>>,
    /// How many of them are within reach: there is a key, or none is needed.
    pub within_reach: usize,
    /// The day it stops, `2026-12-31`, when that is announced.
    pub retires: Option<String>,
    pub description: String,
    /// A public benchmark's index of general ability, 0 to 100, where the catalog has one.
    pub quality: Option<f64>,
    /// Reasoning efforts it takes; empty: none known.
    pub efforts: Vec<Effort>,
}

impl Card {
    pub fn usable(&self) -> bool {
        self.within_reach > 0
    }

    /// What a request gets: the endpoints within reach, or all of them where none is.
    pub fn offer(&self) -> Offer<'_> {
        self.offer_of(false, |_| true).unwrap_or(Offer { endpoints: Vec::new(), within_reach: false })
    }

    /// The same of the endpoints that `wanted` admits; `None` when there are none, or none within reach although `mine`
    /// asks for that. A price for another tier of service is no part of it: nobody gets that unasked.
    pub fn offer_of(&self, mine: bool, wanted: impl Fn(&Endpoint) -> bool) -> Option<Offer<'_>> {
        let (near, far) = self.endpoints.split_at(self.within_reach.min(self.endpoints.len()));
        [(near, true), (far, false)].into_iter().take(if mine { 1 } else { 2 }).find_map(
            |(some, within_reach)| {
                let some = some.iter().map(AsRef::as_ref);
                let endpoints: Vec<&Endpoint> = some.filter(|e| e.tier().is_none() && wanted(e)).collect();
                (!endpoints.is_empty()).then_some(Offer { endpoints, within_reach })
            },
        )
    }

    pub fn prices(&self) -> Option<&Prices> {
        self.offer().prices()
    }

    pub fn context(&self) -> Option<u32> {
        self.offer().context()
    }

    pub fn demo(&self) -> bool {
        self.endpoints.iter().any(|e| e.demo)
    }

    pub fn supports(&self, parameter: &str) -> bool {
        self.endpoints.iter().any(|e| e.supports(parameter))
    }
}

/// Some endpoints of a model, and what they say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer<'a> {
    endpoints: Vec<&'a Endpoint>,
    pub within_reach: bool,
}

impl<'a> Offer<'a> {
    /// The endpoint with the lowest sum of prices; unknown prices come last.
    pub fn cheapest(&self) -> Option<&'a Endpoint> {
        self.endpoints.iter().copied().min_by_key(|e| match &e.prices {
            Some(p) => (0, p.prompt + p.completion),
            None => (1, Usd::ZERO),
        })
    }

    pub fn prices(&self) -> Option<&'a Prices> {
        self.cheapest()?.prices.as_ref()
    }

    pub fn context(&self) -> Option<u32> {
        self.endpoints.iter().filter_map(|e| e.context).max()
    }

    /// `OpenAI`, or `OpenAI +3` when others serve it too: the cheapest one's name.
    pub fn providers(&self) -> String {
        let Some(first) = self.cheapest() else { return "nobody".into() };
        match self.endpoints.len() {
            1 => first.provider_name.clone(),
            n => format!("{} +{}", first.provider_name, n - 1),
        }
    }

    /// What can be had beside text, as letters: `v`ision, `t`ools, `r`easoning, `f`iles, `a`udio.
    pub fn abilities(&self) -> String {
        let any = |has: &dyn Fn(&Endpoint) -> bool| self.endpoints.iter().any(|e| has(e));
        [
            ('v', any(&|e| e.takes("image"))),
            ('t', any(&|e| e.supports("tools"))),
            ('r', any(&|e| e.supports("reasoning"))),
            ('f', any(&|e| e.takes("file"))),
            ('a', any(&|e| e.takes("audio"))),
        ]
        .into_iter()
        .map(|(letter, has)| if has { letter } else { '·' })
        .collect()
    }
}
