//! The policies that are compared: ours by preference, and what is commonly done.

use fareway::words::{Dice, Preferences, Sort, SortBy, SpreadRule};
use std::time::Duration;

/// A way to choose.
pub struct Policy {
    pub name: &'static str,
    /// A whole order of attempts from what a baseline remembers; `None`: fareway's own plan.
    pub naive: Option<fn(&mut Memory, &mut Dice) -> Vec<usize>>,
    pub wishes: fn() -> Preferences,
}

/// What the baselines remember.
pub struct Memory {
    endpoints: usize,
    turn: usize,
    /// Seconds of the last ten answers, a failure counting as a thousand (as LiteLLM has it for timeouts).
    last: Vec<Vec<f64>>,
}

impl Memory {
    pub fn new(endpoints: usize) -> Self {
        Self { endpoints, turn: 0, last: vec![Vec::new(); endpoints] }
    }

    pub fn answered(&mut self, at: usize, took: Duration) {
        self.push(at, took.as_secs_f64());
    }

    pub fn failed(&mut self, at: usize) {
        self.push(at, 1_000.0);
    }

    fn push(&mut self, at: usize, seconds: f64) {
        let last = &mut self.last[at];
        last.push(seconds);
        if last.len() > 10 {
            last.remove(0);
        }
    }
}

fn first(memory: &mut Memory, _: &mut Dice) -> Vec<usize> {
    (0..memory.endpoints).collect()
}

fn random(memory: &mut Memory, dice: &mut Dice) -> Vec<usize> {
    let mut list: Vec<usize> = (0..memory.endpoints).collect();
    for at in (1..list.len()).rev() {
        list.swap(at, dice.below(at + 1));
    }
    list
}

fn round_robin(memory: &mut Memory, _: &mut Dice) -> Vec<usize> {
    memory.turn += 1;
    (0..memory.endpoints).map(|n| (memory.turn + n) % memory.endpoints).collect()
}

fn lowest_mean(memory: &mut Memory, _: &mut Dice) -> Vec<usize> {
    let mean = |at: &usize| {
        let last = &memory.last[*at];
        if last.is_empty() { 0.0 } else { last.iter().sum::<f64>() / last.len() as f64 }
    };
    let mut list: Vec<usize> = (0..memory.endpoints).collect();
    list.sort_by(|a, b| mean(a).total_cmp(&mean(b)));
    list
}

fn sort(by: SortBy) -> Preferences {
    Preferences { sort: Some(Sort::By(by)), ..Preferences::default() }
}

pub const POLICIES: &[Policy] = &[
    Policy { name: "first of the list", naive: Some(first), wishes: Preferences::default },
    Policy { name: "random", naive: Some(random), wishes: Preferences::default },
    Policy { name: "round robin", naive: Some(round_robin), wishes: Preferences::default },
    Policy { name: "lowest mean latency", naive: Some(lowest_mean), wishes: Preferences::default },
    Policy { name: "**price-weighted** (default)", naive: None, wishes: Preferences::default },
    Policy {
        name: "**price-weighted**, at most 2× dearer",
        naive: None,
        wishes: || Preferences { max_dearer: Some(2.0), ..Preferences::default() },
    },
    Policy {
        name: "**shares**",
        naive: None,
        wishes: || Preferences { spread: Some(SpreadRule::Shares), ..Preferences::default() },
    },
    Policy { name: "**sort: price**", naive: None, wishes: || sort(SortBy::Price) },
    Policy { name: "**sort: latency**", naive: None, wishes: || sort(SortBy::Latency) },
    Policy { name: "**sort: throughput**", naive: None, wishes: || sort(SortBy::Throughput) },
];
