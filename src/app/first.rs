//! The model of somebody who has chosen none yet.

use super::Card;
use crate::words::{ModelId, Usd};

/// Dollars for a million tokens of reply that surprise nobody.
const MODERATE: Usd = Usd::from_cents(500);
/// What names say of trials, and of models that are made for less than a conversation.
const NOT_FOR_CHAT: [&str; 10] =
    ["preview", "exp", "experimental", "alpha", "beta", "nano", "micro", "tiny", "image", "audio"];
/// Billions of parameters below which a model is a small one.
const SMALL: f64 = 10.0;

/// Of the models within reach the best by a public benchmark whose price is moderate; where none is, the cheapest
/// whose quality is known; where none is known, the cheapest that costs something and is neither small nor a trial;
/// else the first by name. The demonstration is none of them.
pub fn first<'a>(cards: impl IntoIterator<Item = &'a Card>) -> Option<&'a Card> {
    let ready = cards.into_iter().filter(|card| card.usable() && !card.demo());
    let ranked = ready.map(|card| (Rank::of(card), card));
    let best = ranked.min_by(|(a, one), (b, other)| {
        let quality = b.quality.total_cmp(&a.quality);
        a.class.cmp(&b.class).then(quality).then(a.price.cmp(&b.price)).then(one.id.cmp(&other.id))
    });
    best.map(|(_, card)| card)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Good,
    Rated,
    Priced,
    Other,
}

struct Rank {
    class: Class,
    quality: f64,
    price: Usd,
}

impl Rank {
    fn of(card: &Card) -> Self {
        // what is free is rationed, or pays with what it is told
        let price = card.prices().map(|prices| prices.completion).filter(|price| !price.is_zero());
        let other = Self { class: Class::Other, quality: 0.0, price: Usd::ZERO };
        let Some(price) = price.filter(|_| card.retires.is_none() && is_for_chat(&card.id)) else {
            return other;
        };
        match card.quality {
            Some(quality) if price.per_million() <= MODERATE => Self { class: Class::Good, quality, price },
            Some(_) => Self { class: Class::Rated, price, ..other },
            None => Self { class: Class::Priced, price, ..other },
        }
    }
}

fn is_for_chat(model: &ModelId) -> bool {
    let mut words = model.short().split(['-', ':', '_']);
    words.all(|word| {
        let size = word.strip_suffix('b').and_then(|billions| billions.parse::<f64>().ok());
        !NOT_FOR_CHAT.contains(&word) && size.is_none_or(|billions| billions >= SMALL)
    })
}
