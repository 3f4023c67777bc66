//! Ledger rows for the tests of reports, what-ifs and advice.

use crate::support::rows::answered;
use fareway::catalog::Catalog;
use fareway::metering::cost;
use fareway::words::{
    At, Attempt, EndpointId, GenerationId, GenerationRow, ModelId, Outcome, ProviderId, Receipt, SessionId,
    Usage,
};
use std::time::Duration;
use uuid::Uuid;

/// A row for usage at `tag:author/model`, priced by the catalog, sent `at` seconds.
pub fn row(catalog: &Catalog, endpoint: &str, usage: Usage, at: i64, session: u128) -> GenerationRow {
    let id = EndpointId::new(endpoint);
    let (tag, model) = endpoint.split_once(':').expect("tag:author/model");
    let (model, provider) = (ModelId::new(model), ProviderId::new(tag.split('/').next().unwrap_or(tag)));
    let started = At::from_secs(at);
    let known = catalog.endpoint(&id);
    let cost = cost(&usage, known.and_then(|e| e.prices.as_ref()), started);
    let ttft = Some(Duration::from_millis(400));
    let attempt = Attempt {
        endpoint: id.clone(),
        model: model.clone(),
        provider: provider.clone(),
        key: None,
        started,
        ttft,
        total: Duration::from_secs(2),
        status: Some(200),
        usage,
        cost: cost.clone(),
        outcome: Outcome::Answered,
        hedge: false,
        rescue: false,
        dearer: None,
    };
    let day = i32::try_from(at.div_euclid(86_400)).expect("a day");
    let receipt = Receipt {
        generation: GenerationId(Uuid::from_u128(u128::try_from(at).unwrap_or(0))),
        requested: model.to_string(),
        model,
        provider,
        endpoint: id,
        attempts: vec![attempt],
        usage,
        cost,
        ttft,
        total: Duration::from_secs(2),
        stop: None,
        native_stop: None,
        upstream_id: None,
        demo: tag.starts_with("demo"),
        decision: None,
    };
    GenerationRow {
        session: Some(SessionId(Uuid::from_u128(session))),
        ..answered(started + Duration::from_secs(2), day, receipt)
    }
}
