//! A simulated afternoon: six endpoints of one model with scripted troubles, thousands of requests, no real time.
//! Used by the table in docs/routing.md (`cargo bench --bench router_sim`) and by a test.

mod endpoints;
mod policy;

pub use endpoints::{Truth, script};
pub use policy::{POLICIES, Policy};

use endpoints::Fate;
use fareway::catalog::Catalog;
use fareway::routing::{
    End, HealthBook, KeyBook, Names, NextInput, NextStep, PlanInput, StickyBook, Ticket, Tried, next, plan,
};
use fareway::words::{
    At, Decision, Dice, Endpoint, Failure, FailureKind, Message, ModelId, ModelRef, Part, Request, Role, Usd,
};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

pub const BEGAN: At = At::from_secs(1_800_000_000);

/// What a policy came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    pub requests: usize,
    /// Nobody answered.
    pub failed: usize,
    /// The first attempt failed, whoever answered then.
    pub stumbled: usize,
    pub attempts: usize,
    pub cost: Usd,
    /// Milliseconds from asking to the first token, sorted; of answered requests.
    pub first: Vec<u64>,
    /// Milliseconds from asking to the last token, sorted.
    pub total: Vec<u64>,
    /// Attempts under way when all was over: always none.
    pub in_flight: u64,
}

impl Score {
    pub fn quantile(sorted: &[u64], percent: usize) -> f64 {
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(f64::NAN, |millis| *millis as f64 / 1_000.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Ask,
    Attempt,
    FirstToken,
    End,
}

/// A request on its way.
struct Flight {
    asked: At,
    /// Positions of endpoints, for policies that know nothing else.
    list: Vec<usize>,
    decision: Option<Decision>,
    tried: Vec<Tried>,
    at: usize,
    fate: Option<Fate>,
    ticket: Option<Ticket>,
    first: Option<At>,
    tokens: u64,
}

/// Runs so many requests past one policy. The same seed brings the same requests and the same luck to each.
pub struct Simulation {
    policy: &'static Policy,
    truths: Vec<Truth>,
    catalog: Catalog,
    request: Request,
    names: Names,
    health: HealthBook,
    keys: KeyBook,
    sticky: StickyBook,
    /// What the endpoints do.
    nature: Dice,
    /// What the policy rolls.
    dice: Dice,
    flights: Vec<Flight>,
    queue: BinaryHeap<Reverse<(At, usize, Step)>>,
    pub memory: policy::Memory,
    score: Score,
}

const PROMPT: u64 = 1_500;

pub fn run(policy: &'static Policy, requests: usize, seed: u64) -> Score {
    let truths = script();
    let catalog = endpoints::catalog(&truths, BEGAN);
    let message = Message::loose(Role::User, vec![Part::text("x".repeat(6_000))]);
    let mut simulation = Simulation {
        policy,
        keys: KeyBook::of(&catalog, |_| 1),
        catalog,
        request: Request {
            model: ModelRef::new(endpoints::MODEL),
            messages: vec![Arc::new(message)],
            preferences: (policy.wishes)(),
            ..Request::default()
        },
        names: Names::default(),
        health: HealthBook::default(),
        sticky: StickyBook::default(),
        nature: Dice::new(seed),
        dice: Dice::new(seed ^ 0xda7a),
        flights: Vec::new(),
        queue: BinaryHeap::new(),
        memory: policy::Memory::new(truths.len()),
        truths,
        score: Score { requests, ..Score::default() },
    };
    simulation.run(requests)
}

impl Simulation {
    fn run(&mut self, requests: usize) -> Score {
        let mut at = BEGAN;
        for n in 0..requests {
            // one every second on average, in bunches as people come
            at = at + Duration::from_secs_f64(-(1.0 - self.nature.unit()).ln());
            self.flights.push(Flight {
                asked: at,
                list: Vec::new(),
                decision: None,
                tried: Vec::new(),
                at: 0,
                fate: None,
                ticket: None,
                first: None,
                tokens: 150 + self.nature.below(500) as u64,
            });
            self.queue.push(Reverse((at, n, Step::Ask)));
        }
        while let Some(Reverse((now, n, step))) = self.queue.pop() {
            match step {
                Step::Ask => self.ask(n, now),
                Step::Attempt => self.attempt(n, now),
                Step::FirstToken => self.first_token(n, now),
                Step::End => self.end(n, now),
            }
        }
        self.score.first.sort_unstable();
        self.score.total.sort_unstable();
        self.score.in_flight = self.health.in_flight();
        std::mem::take(&mut self.score)
    }

    fn endpoints(&self) -> &[Arc<Endpoint>] {
        self.catalog.endpoints(&ModelId::new(endpoints::MODEL))
    }

    fn ask(&mut self, n: usize, now: At) {
        if endpoints::prices_changed(now) {
            self.catalog = endpoints::catalog(&self.truths, now);
        }
        if let Some(choose) = self.policy.naive {
            self.flights[n].list = choose(&mut self.memory, &mut self.dice);
            self.flights[n].at = self.flights[n].list[0];
        } else {
            let input = PlanInput {
                request: &self.request,
                catalog: &self.catalog,
                names: &self.names,
                health: &self.health,
                keys: &self.keys,
                sticky: &self.sticky,
                prompt_tokens: Some(PROMPT),
                now,
            };
            let decision = plan(input, &mut self.dice).expect("somebody always fits");
            self.flights[n].at = self.place(decision.attempts[0].as_str());
            self.flights[n].decision = Some(decision);
        }
        self.attempt(n, now);
    }

    fn place(&self, id: &str) -> usize {
        self.endpoints().iter().position(|e| e.id.as_str() == id).expect("a known endpoint")
    }

    fn attempt(&mut self, n: usize, now: At) {
        let at = self.flights[n].at;
        let endpoint = Arc::clone(&self.endpoints()[at]);
        self.score.attempts += 1;
        self.flights[n].ticket = Some(self.health.started(&endpoint, now));
        let fate = self.truths[at].fate(now, self.flights[n].tokens, &mut self.nature);
        self.truths[at].in_flight += 1;
        match fate {
            Fate::Answer { ttft, .. } => self.queue.push(Reverse((now + ttft, n, Step::FirstToken))),
            Fate::Failure { after, .. } => self.queue.push(Reverse((now + after, n, Step::End))),
        }
        self.flights[n].fate = Some(fate);
    }

    fn first_token(&mut self, n: usize, now: At) {
        let flight = &mut self.flights[n];
        flight.first = Some(now);
        if let Some(ticket) = &mut flight.ticket {
            self.health.first_token(ticket, now);
        }
        if let Some(Fate::Answer { streaming, .. }) = flight.fate {
            self.queue.push(Reverse((now + streaming, n, Step::End)));
        }
    }

    fn end(&mut self, n: usize, now: At) {
        let at = self.flights[n].at;
        self.truths[at].in_flight -= 1;
        let endpoint = Arc::clone(&self.endpoints()[at]);
        let flight = &mut self.flights[n];
        let ticket = flight.ticket.take().expect("an attempt is under way");
        match flight.fate.take().expect("an attempt is under way") {
            Fate::Answer { .. } => {
                self.health.finished(ticket, End::Answered { tokens: flight.tokens }, now);
                self.keys.answered(&endpoint, 0);
                let took = now.since(flight.asked);
                let prices = endpoint.prices.as_ref().expect("every endpoint has a price");
                self.score.cost += prices.prompt * PROMPT + prices.completion * flight.tokens;
                self.score.first.push(millis(flight.first.expect("it answered").since(flight.asked)));
                self.score.total.push(millis(took));
                self.memory.answered(at, took);
            }
            Fate::Failure { kind, retry_after, .. } => {
                let failure = Failure { retry_after, ..Failure::new(kind, "scripted") };
                self.health.finished(ticket, End::Failed(&failure), now);
                self.keys.failed(&endpoint, 0, &failure, now);
                flight.tried.push(Tried {
                    endpoint: endpoint.id.clone(),
                    key: 0,
                    failure: kind,
                    retry_after,
                });
                self.memory.failed(at);
                self.go_on(n, &failure, now);
            }
        }
    }

    fn go_on(&mut self, n: usize, failure: &Failure, now: At) {
        let flight = &self.flights[n];
        self.score.stumbled += usize::from(flight.tried.len() == 1);
        let (to, wait) = match &flight.decision {
            // everybody may fail over: the baselines go down their list once
            None => match flight.list.get(flight.tried.len()) {
                Some(to) => (*to, Duration::ZERO),
                None => return self.score.failed += 1,
            },
            Some(decision) => {
                let input = NextInput {
                    decision,
                    catalog: &self.catalog,
                    health: &self.health,
                    keys: &self.keys,
                    tried: &flight.tried,
                    now,
                };
                match next(&input, failure) {
                    NextStep::RetrySame { wait } => (flight.at, wait),
                    NextStep::NextKey { .. } => (flight.at, Duration::ZERO),
                    NextStep::NextEndpoint { endpoint, wait } | NextStep::NextModel { endpoint, wait } => {
                        (self.place(endpoint.as_str()), wait)
                    }
                    NextStep::GiveUp { .. } => return self.score.failed += 1,
                }
            }
        };
        self.flights[n].at = to;
        self.queue.push(Reverse((now + wait, n, Step::Attempt)));
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Which failures a script may hold.
pub const REFUSED: FailureKind = FailureKind::Server;
pub const HUNG: FailureKind = FailureKind::FirstTokenTimeout;
pub const LIMITED: FailureKind = FailureKind::RateLimited;
