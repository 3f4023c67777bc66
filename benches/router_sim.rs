//! Prints what each way of choosing costs and how long it keeps one waiting, as a Markdown table.

mod sim;

use sim::{POLICIES, Score, run};

fn main() {
    println!(
        "| policy | failed | first attempt failed | attempts per request | $ per 1,000 | first token p50 / p95 / p99 | whole reply p50 / p95 |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for policy in POLICIES {
        let score = run(policy, 6_000, 20_261_123);
        let seconds = |sorted: &[u64], percent| format!("{:.2}", Score::quantile(sorted, percent));
        let answered = score.first.len().max(1);
        println!(
            "| {} | {:.2} % | {:.2} % | {:.2} | {:.3} | {} / {} / {} s | {} / {} s |",
            policy.name,
            score.failed as f64 * 100.0 / score.requests as f64,
            score.stumbled as f64 * 100.0 / score.requests as f64,
            score.attempts as f64 / score.requests as f64,
            score.cost.approximate() * 1_000.0 / answered as f64,
            seconds(&score.first, 50),
            seconds(&score.first, 95),
            seconds(&score.first, 99),
            seconds(&score.total, 50),
            seconds(&score.total, 95),
        );
    }
}
