//! Which models the picker lists: switches, and conditions written among the words of the query.

use crate::app::{Card, Model, Offer};
use crate::words::{Endpoint, Usd};

/// What must hold; words in the query set the rest: `@openai`, `>100k` of context, `<2.5` dollars a million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    pub free: bool,
    pub local: bool,
    pub vision: bool,
    pub tools: bool,
    pub reasoning: bool,
    /// Only what my keys reach.
    pub mine: bool,
    /// At least so much context: a place in [`ROOM`]; 0 is any.
    room: usize,
    /// At most this price of the reply: a place in [`PRICE`]; 0 is any.
    price: usize,
    /// The hidden ones too.
    pub hidden: bool,
}

/// Steps of the least context, in tokens.
const ROOM: [(u32, &str); 5] = [
    (0, "context"),
    (32_000, "context ≥32k"),
    (128_000, "context ≥128k"),
    (200_000, "context ≥200k"),
    (1_000_000, "context ≥1M"),
];

/// Steps of the highest price of the reply, in cents a million tokens.
const PRICE: [(i64, &str); 6] = [
    (0, "price"),
    (50, "price ≤$0.50"),
    (200, "price ≤$2"),
    (500, "price ≤$5"),
    (1_000, "price ≤$10"),
    (1_500, "price ≤$15"),
];

impl Filters {
    /// Letter for Alt, name, and whether it is on.
    pub fn table(&self) -> [(char, &'static str, bool); 9] {
        [
            ('f', "free", self.free),
            ('l', "local", self.local),
            ('v', "vision", self.vision),
            ('t', "tools", self.tools),
            ('r', "reasoning", self.reasoning),
            ('k', "my keys", self.mine),
            ('c', ROOM[self.room].1, self.room > 0),
            ('p', PRICE[self.price].1, self.price > 0),
            ('h', "hidden", self.hidden),
        ]
    }

    pub(super) fn toggle(&mut self, letter: char) -> bool {
        let flag = match letter {
            'f' => &mut self.free,
            'l' => &mut self.local,
            'v' => &mut self.vision,
            't' => &mut self.tools,
            'r' => &mut self.reasoning,
            'k' => &mut self.mine,
            'h' => &mut self.hidden,
            'c' => {
                self.room = (self.room + 1) % ROOM.len();
                return true;
            }
            'p' => {
                self.price = (self.price + 1) % PRICE.len();
                return true;
            }
            _ => return false,
        };
        *flag = !*flag;
        true
    }

    /// Whether a model is listed, whoever serves it.
    pub(super) fn list(&self, model: &Model, card: &Card) -> bool {
        self.hidden || !model.settings.hidden.iter().any(|h| h.as_str() == card.id.as_str())
    }

    /// One and the same endpoint has to have all that is wanted: a free one elsewhere is not free with my key.
    fn admit(&self, endpoint: &Endpoint) -> bool {
        (!self.free || endpoint.is_free())
            && (!self.local || endpoint.local)
            && (!self.vision || endpoint.takes("image"))
            && (!self.tools || endpoint.supports("tools"))
            && (!self.reasoning || endpoint.supports("reasoning"))
            && (self.room == 0 || endpoint.context.is_some_and(|c| c >= ROOM[self.room].0))
            && (self.price == 0 || costs_at_most(endpoint, Usd::from_cents(PRICE[self.price].0)))
    }

    /// Whether a name of the person's own is listed, by the model behind it; without one no ability is known.
    pub(super) fn pass(&self, card: Option<&Card>) -> bool {
        let abilities = Self { mine: false, hidden: false, ..*self };
        match card {
            Some(card) => self.offer(&Query::default(), card).is_some(),
            None => abilities == Self::default(),
        }
    }

    /// What the filters and the query leave of a model: the figures of its row are those of these endpoints.
    pub fn offer<'a>(&self, query: &Query, card: &'a Card) -> Option<Offer<'a>> {
        card.offer_of(self.mine, |endpoint| self.admit(endpoint) && query.admit(endpoint))
    }
}

/// A query taken apart: words to match, and conditions.
#[derive(Debug, Default, PartialEq)]
pub struct Query {
    pub words: String,
    providers: Vec<String>,
    context: Option<u32>,
    price: Option<Usd>,
}

impl Query {
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for word in text.split_whitespace() {
            if let Some(provider) = word.strip_prefix('@').filter(|p| !p.is_empty()) {
                query.providers.push(provider.to_lowercase());
            } else if let Some(context) = word.strip_prefix('>').and_then(tokens) {
                query.context = Some(context);
            } else if let Some(price) =
                word.strip_prefix('<').and_then(|p| p.trim_start_matches('$').parse().ok())
            {
                query.price = Some(price);
            } else if !matches!(word, "@" | ">" | "<") {
                if !query.words.is_empty() {
                    query.words.push(' ');
                }
                query.words.push_str(word);
            }
        }
        query
    }

    fn admit(&self, endpoint: &Endpoint) -> bool {
        let provider = |wanted: &String| {
            endpoint.provider.as_str().starts_with(wanted.as_str())
                || endpoint.provider_name.to_lowercase().starts_with(wanted.as_str())
        };
        (self.providers.is_empty() || self.providers.iter().any(provider))
            && self.context.is_none_or(|least| endpoint.context.is_some_and(|c| c >= least))
            && self.price.is_none_or(|most| costs_at_most(endpoint, most))
    }
}

/// A million tokens of its reply, in dollars; an unknown price is not a low one.
fn costs_at_most(endpoint: &Endpoint, most: Usd) -> bool {
    endpoint.prices.as_ref().is_some_and(|p| p.completion.per_million() <= most)
}

/// `200k`, `1m`, `32000`.
fn tokens(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    let (digits, unit) = match lower.strip_suffix('k') {
        Some(digits) => (digits, 1_000),
        None => lower.strip_suffix('m').map_or((lower.as_str(), 1), |digits| (digits, 1_000_000)),
    };
    digits.parse::<u32>().ok()?.checked_mul(unit)
}
