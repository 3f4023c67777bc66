//! The six endpoints: what they are like on a good day, and what befalls them.

use super::{BEGAN, HUNG, LIMITED, REFUSED};
use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::words::{At, Dice, FailureKind, ModelId, Prices, ProviderId, Usd};
use std::time::Duration;

pub const MODEL: &str = "maker/model";

/// How an endpoint really is.
#[derive(Clone, Debug)]
pub struct Truth {
    pub slug: &'static str,
    /// Dollars per million tokens in and out.
    prices: (&'static str, &'static str),
    /// Seconds, median.
    ttft: f64,
    /// Tokens per second.
    throughput: f64,
    /// Requests at once before it says 429.
    room: u32,
    /// A share of requests that fail on a good day.
    fails: f64,
    troubles: Vec<Trouble>,
    pub in_flight: u32,
}

/// From one minute to another.
#[derive(Clone, Copy, Debug)]
struct Trouble {
    from: u64,
    to: u64,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// Refuses at once.
    Down,
    /// Takes the request and says nothing.
    Hangs,
    /// So many times slower.
    Slow(f64),
    /// 429 with `Retry-After`.
    Storm,
}

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Answer { ttft: Duration, streaming: Duration },
    Failure { kind: FailureKind, after: Duration, retry_after: Option<Duration> },
}

/// Whoever has said nothing for so long is given up.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The minute at which two price lists change.
const PRICE_CHANGE: u64 = 60;

pub fn script() -> Vec<Truth> {
    let endpoint = |slug, prices, ttft, throughput, room, fails, troubles: &[(u64, u64, What)]| Truth {
        slug,
        prices,
        ttft,
        throughput,
        room,
        fails,
        troubles: troubles
            .iter()
            .map(|(from, to, what)| Trouble { from: *from, to: *to, what: *what })
            .collect(),
        in_flight: 0,
    };
    vec![
        endpoint(
            "thrift",
            ("0.20", "0.60"),
            0.9,
            45.0,
            6,
            0.02,
            &[(10, 14, What::Down), (35, 50, What::Storm)],
        ),
        endpoint("steady", ("0.25", "0.80"), 0.6, 70.0, 40, 0.002, &[(70, 80, What::Slow(4.0))]),
        endpoint("middle", ("0.28", "0.90"), 0.7, 60.0, 30, 0.005, &[(25, 32, What::Hangs)]),
        endpoint(
            "racer",
            ("0.40", "1.10"),
            0.25,
            220.0,
            25,
            0.005,
            &[(52, 60, What::Down), (85, 95, What::Slow(6.0))],
        ),
        endpoint("flaky", ("0.22", "0.70"), 0.8, 55.0, 20, 0.18, &[]),
        endpoint("grand", ("0.90", "2.70"), 0.5, 90.0, 60, 0.001, &[]),
    ]
}

impl Truth {
    pub fn fate(&self, now: At, tokens: u64, nature: &mut Dice) -> Fate {
        let minute = now.since(BEGAN).as_secs() / 60;
        let trouble = self.troubles.iter().find(|t| (t.from..t.to).contains(&minute)).map(|t| t.what);
        // drawn whatever happens, so that luck stays the same for all policies as far as it can
        let (luck, noise) = (nature.unit(), nature.unit());
        let failure = |kind, after, retry_after| Fate::Failure {
            kind,
            after: Duration::from_millis(after),
            retry_after,
        };
        let soon = Some(Duration::from_secs(5));
        let slow = match trouble {
            Some(What::Down) => return failure(REFUSED, 80, None),
            Some(What::Hangs) => return Fate::Failure { kind: HUNG, after: TIMEOUT, retry_after: None },
            Some(What::Storm) if luck < 0.7 => return failure(LIMITED, 120, soon),
            Some(What::Slow(times)) => times,
            _ => 1.0,
        };
        if self.in_flight >= self.room {
            return failure(LIMITED, 120, soon);
        }
        if luck < self.fails {
            return failure(REFUSED, 400, None);
        }
        // from two thirds to two and a half times the median, a long tail as everywhere
        let spread = 0.67 * (1.0 / (1.0 - 0.93 * noise)).powf(0.5);
        let crowd = 1.0 + f64::from(self.in_flight) / f64::from(self.room);
        let ttft = self.ttft * slow * spread * crowd;
        let streaming = tokens as f64 / (self.throughput / slow / crowd.sqrt());
        Fate::Answer { ttft: Duration::from_secs_f64(ttft), streaming: Duration::from_secs_f64(streaming) }
    }

    fn prices(&self, now: At) -> (Usd, Usd) {
        let (prompt, completion) = match self.slug {
            // the cheap one becomes dear, the dear one cheap
            "thrift" if changed(now) => ("0.60", "1.80"),
            "grand" if changed(now) => ("0.24", "0.75"),
            _ => self.prices,
        };
        let million = |text: &str| text.parse::<Usd>().expect("a price").of_million();
        (million(prompt), million(completion))
    }
}

fn changed(now: At) -> bool {
    now.since(BEGAN).as_secs() / 60 >= PRICE_CHANGE
}

/// Whether this is about the minute in which the catalog must be made anew.
pub fn prices_changed(now: At) -> bool {
    now.since(BEGAN).as_secs() / 60 == PRICE_CHANGE
}

/// What the router knows: names and prices.
pub fn catalog(truths: &[Truth], now: At) -> Catalog {
    let rows = truths.iter().map(|truth| {
        let (prompt, completion) = truth.prices(now);
        EndpointRow {
            prices: Some(Prices { prompt, completion, ..Prices::default() }),
            ..EndpointRow::new(ProviderId::new(truth.slug))
        }
    });
    let providers = truths.iter().map(|truth| ProviderRow {
        base_url: Some(format!("https://{}.example/v1", truth.slug)),
        ..ProviderRow::new(truth.slug)
    });
    Catalog::bare().with(Overlay {
        source: Source { name: "simulation".to_owned(), rank: Rank::Config, at: None },
        providers: providers.collect(),
        models: vec![ModelRow { endpoints: rows.collect(), ..ModelRow::new(ModelId::new(MODEL)) }],
    })
}
