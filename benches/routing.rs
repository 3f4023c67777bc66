//! How long planning takes: `cargo bench --bench routing`.

use divan::{Bencher, black_box};
use fareway::catalog::{Catalog, EndpointRow, ModelRow, Overlay, ProviderRow, Rank, Source};
use fareway::routing::{End, HealthBook, KeyBook, Names, Plan, PlanInput, StickyBook};
use fareway::words::{
    At, Dice, Message, ModelId, ModelRef, Part, Preferences, Prices, ProviderId, Request, Role, Sort, SortBy,
    SpreadRule, Usd,
};
use std::sync::Arc;
use std::time::Duration;

fn main() {
    divan::main();
}

const NOW: At = At::from_secs(1_800_000_000);
const SIZES: [usize; 2] = [20, 1_000];

struct World {
    catalog: Catalog,
    names: Names,
    health: HealthBook,
    keys: KeyBook,
    sticky: StickyBook,
}

/// One model at so many endpoints, up to twenty regions a provider, each with a price of its own and a past.
fn world(endpoints: usize) -> World {
    let slug = |n: usize| format!("provider{:02}", n / 20);
    let rows = (0..endpoints).map(|n| EndpointRow {
        prices: Some(Prices {
            prompt: Usd::from_raw(
                1_000_000_000_000_000_000 + (n as i128 * 7_919 % 1_000) * 1_000_000_000_000_000,
            ),
            completion: Usd::from_raw(3_000_000_000_000_000_000),
            ..Prices::default()
        }),
        tag: Some(format!("{}/region-{}", slug(n), n % 20)),
        ..EndpointRow::new(ProviderId::new(slug(n)))
    });
    let model = ModelRow {
        context: Some(128_000),
        max_output: Some(16_000),
        endpoints: rows.collect(),
        ..ModelRow::new(ModelId::new("author/model"))
    };
    let providers = (0..endpoints).map(|n| ProviderRow {
        base_url: Some(format!("https://{}.example/v1", slug(n))),
        ..ProviderRow::new(slug(n))
    });
    let overlay = Overlay {
        source: Source { name: "bench".to_owned(), rank: Rank::Config, at: None },
        providers: providers.collect(),
        models: vec![model],
    };
    let catalog = Catalog::bare().with(overlay);
    let mut health = HealthBook::default();
    for (n, endpoint) in catalog.endpoints(&ModelId::new("author/model")).iter().enumerate() {
        for round in 0..5 {
            let began = NOW - Duration::from_secs(600 - round * 60);
            let mut ticket = health.started(endpoint, began);
            let first = began + Duration::from_millis(200 + n as u64 * 37 % 900);
            health.first_token(&mut ticket, first);
            health.finished(ticket, End::Answered { tokens: 300 }, first + Duration::from_secs(4));
        }
    }
    let keys = KeyBook::of(&catalog, |_| 1);
    World { catalog, names: Names::default(), health, keys, sticky: StickyBook::default() }
}

fn request(preferences: Preferences) -> Request {
    let text = "A prompt of about a hundred words. ".repeat(15);
    let message = Message::loose(Role::User, vec![Part::text(text)]);
    Request {
        model: ModelRef::new("author/model"),
        messages: vec![Arc::new(message)],
        preferences,
        ..Request::default()
    }
}

fn run(bencher: Bencher<'_, '_>, endpoints: usize, preferences: Preferences, explain: bool) {
    let world = world(endpoints);
    let request = request(preferences);
    let mut dice = Dice::new(1);
    bencher.bench_local(|| {
        let input = PlanInput {
            request: black_box(&request),
            catalog: &world.catalog,
            names: &world.names,
            health: &world.health,
            keys: &world.keys,
            sticky: &world.sticky,
            prompt_tokens: Some(120),
            now: NOW,
        };
        let plan = Plan::new(input, &mut dice).expect("a plan");
        if explain {
            black_box(plan.decision(&world.keys));
        }
        black_box(plan.first().map(Arc::as_ptr))
    });
}

#[divan::bench(args = SIZES)]
fn price_weighted(bencher: Bencher<'_, '_>, endpoints: usize) {
    run(bencher, endpoints, Preferences::default(), false);
}

#[divan::bench(args = SIZES)]
fn shares(bencher: Bencher<'_, '_>, endpoints: usize) {
    let wishes = Preferences { spread: Some(SpreadRule::Shares), ..Preferences::default() };
    run(bencher, endpoints, wishes, false);
}

#[divan::bench(args = SIZES)]
fn sort_throughput(bencher: Bencher<'_, '_>, endpoints: usize) {
    let wishes = Preferences { sort: Some(Sort::By(SortBy::Throughput)), ..Preferences::default() };
    run(bencher, endpoints, wishes, false);
}

/// The plan and the whole explanation that the ledger keeps.
#[divan::bench(args = SIZES)]
fn price_weighted_explained(bencher: Bencher<'_, '_>, endpoints: usize) {
    run(bencher, endpoints, Preferences::default(), true);
}
