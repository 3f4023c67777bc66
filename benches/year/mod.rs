//! A year of a busy person's requests, up to today: a dozen models at four hosts each, sessions of four hundred requests.

use fareway::store::Write;
use fareway::words::{
    At, Attempt, Cost, CostSource, Dice, EndpointId, Entry, Failure, FailureKind, GenerationId,
    GenerationRow, ModelId, Outcome, ProviderId, Purpose, Receipt, SessionId, Usage, Usd,
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const YEAR: u64 = 365;
const MODELS: [&str; 12] = [
    "anthropic/claude-sonnet-4.5",
    "anthropic/claude-haiku-4.5",
    "anthropic/claude-opus-4.5",
    "openai/gpt-5",
    "openai/gpt-5-mini",
    "openai/gpt-5-nano",
    "openai/gpt-4o-mini",
    "google/gemini-2.5-pro",
    "google/gemini-2.5-flash",
    "mistral/mistral-medium-3.1",
    "deepseek/deepseek-chat",
    "x-ai/grok-4",
];

pub struct Year {
    /// The first day.
    pub from: i32,
    /// How many requests.
    rows: u64,
}

impl Year {
    pub fn until_today(rows: u64) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        let today = i32::try_from(now / 86_400).expect("a day");
        Self { from: today + 1 - YEAR as i32, rows }
    }

    /// Behind the last day.
    pub fn to(&self) -> i32 {
        self.from + YEAR as i32
    }

    /// The request of that number, always the same.
    pub fn request(&self, n: u64) -> Write {
        let dice = &mut Dice::new(n);
        let seconds = n.min(self.rows - 1) * (YEAR * 86_400) / self.rows;
        let at = At::from_secs(i64::from(self.from) * 86_400 + seconds as i64);
        let model = ModelId::new(MODELS[dice.below(MODELS.len())]);
        let failed = dice.below(50) == 0;
        let first = failed.then(|| attempt(&model, dice, at, false));
        let last = attempt(&model, dice, at, true);
        let attempts: Vec<Attempt> = first.into_iter().chain([last.clone()]).collect();
        Write::Ledger(Entry::Generation(Box::new(GenerationRow {
            at,
            day: self.from + (seconds / 86_400) as i32,
            session: Some(SessionId::new(At::from_secs(n as i64 / 400), &mut Dice::new(n / 400))),
            message: None,
            purpose: Purpose::Chat,
            tags: n.is_multiple_of(5).then(|| format!("tag-{}", n % 7)).into_iter().collect(),
            key_label: n.is_multiple_of(10).then(|| format!("key-{}", n % 3)),
            outcome: Outcome::Answered,
            receipt: Receipt {
                generation: GenerationId::new(at, dice),
                requested: model.to_string(),
                model,
                provider: last.provider,
                endpoint: last.endpoint,
                ttft: last.ttft,
                total: last.total,
                usage: attempts.iter().fold(Usage::default(), |sum, attempt| sum + attempt.usage),
                cost: Cost::sum(attempts.iter().map(|attempt| &attempt.cost)),
                attempts,
                stop: None,
                native_stop: None,
                upstream_id: None,
                demo: false,
                decision: None,
            },
        })))
    }
}

fn attempt(model: &ModelId, dice: &mut Dice, at: At, answered: bool) -> Attempt {
    let provider = ProviderId::new([model.author(), "openrouter", "nano-gpt", "vercel"][dice.below(4)]);
    let usage = match answered {
        true => Usage {
            prompt: 100 + dice.below(5_000) as u64,
            cached_read: dice.below(20_000) as u64,
            completion: 100 + dice.below(700) as u64,
            ..Usage::default()
        },
        false => Usage::default(),
    };
    // three, fifteen and a third of a dollar a million; one in a hundred has no price
    let tokens = usage.prompt * 300 + usage.completion * 1500 + usage.cached_read * 33;
    let micro = 10_i128.pow(18);
    let priced = !answered || dice.below(100) > 0;
    let estimated = dice.below(100) == 0;
    let outcome = match answered {
        true => Outcome::Answered,
        false => Outcome::Failed(Box::new(Failure::new(FailureKind::Overloaded, "busy"))),
    };
    Attempt {
        endpoint: EndpointId::of(provider.as_str(), model),
        model: model.clone(),
        provider,
        key: None,
        started: at,
        ttft: answered.then(|| Duration::from_millis(200 + dice.below(900) as u64)),
        total: Duration::from_millis(3_000 + dice.below(9_000) as u64),
        status: Some(if answered { 200 } else { 529 }),
        usage,
        cost: Cost {
            booked: priced.then(|| Usd::from_raw(i128::from(tokens) * micro / 100)),
            source: if estimated { CostSource::Estimate } else { CostSource::Catalog },
            ..Cost::default()
        },
        outcome,
        hedge: false,
        rescue: false,
        dearer: None,
    }
}
