//! Lays rows over each other: which source wins figure by figure, and what is kept of the one that lost.

use super::brief::Brief;
use super::lay_prices::lay_prices;
use super::model::{Facts, Model, Origin};
use super::provider::{Provider, Providers};
use super::row::{EndpointRow, ModelRow, Rank, Source};
use super::snapshot::Head;
use crate::words::{At, Endpoint, EndpointId, ModelId, Prices, Terms, service_tier};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A model with its endpoints; `facts` stand beside `endpoints`, position by position.
pub(super) struct Entry {
    pub model: Model,
    pub endpoints: Vec<Arc<Endpoint>>,
    pub facts: Vec<Facts>,
    /// The endpoints in brief, once all rows are laid.
    pub briefs: Vec<Brief>,
}

type Entries = BTreeMap<ModelId, Entry>;

/// Lays a row of the bundled snapshot.
pub(super) fn bundled(entries: &mut Entries, row: &ModelRow, head: &Head, providers: &Providers) {
    let origin = |said_by, page| head.origin(said_by, page).unwrap_or_default();
    let entry = lay_model(entries, row, origin(row.said_by, None));
    for endpoint in &row.endpoints {
        let prices = origin(endpoint.said_by.or(row.said_by), endpoint.page);
        let limits = origin(row.said_by, None);
        entry.lay(endpoint, providers, &prices, &limits, Rank::Bundled);
    }
}

/// Lays a row of an overlay.
pub(super) fn overlaid(entries: &mut Entries, row: &ModelRow, source: &Source, providers: &Providers) {
    let origin = Origin {
        source: source.name.as_str().into(),
        date: source.at.map(date).unwrap_or_default().into(),
        page: None,
    };
    let entry = lay_model(entries, row, origin.clone());
    for endpoint in &row.endpoints {
        entry.lay(endpoint, providers, &origin, &origin, source.rank);
    }
}

/// The first moment of a day written `2026-11-23`, UTC; what follows the day does not matter.
pub(super) fn day_start(day: &str) -> Option<At> {
    let date: jiff::civil::Date = day.get(..10)?.parse().ok()?;
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(At::from_secs(midnight.timestamp().as_second()))
}

fn date(at: At) -> String {
    jiff::Timestamp::from_microsecond(at.0)
        .map(|t| t.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
        .unwrap_or_default()
}

fn lay_model<'a>(entries: &'a mut Entries, row: &ModelRow, origin: Origin) -> &'a mut Entry {
    let entry = entries.entry(row.id.clone()).or_insert_with(|| Entry::new(row.id.clone(), origin));
    let model = &mut entry.model;
    if let Some(name) = &row.name {
        model.name.clone_from(name);
    }
    if let Some(about) = &row.about {
        model.about.clone_from(about);
    }
    over(&mut model.family, &row.family);
    over(&mut model.context, &row.context);
    over(&mut model.max_output, &row.max_output);
    over(&mut model.open_weights, &row.open_weights);
    over(&mut model.knowledge, &row.knowledge);
    over(&mut model.released, &row.released);
    list(&mut model.inputs, row.inputs.as_ref());
    list(&mut model.outputs, row.outputs.as_ref());
    list(&mut model.parameters, row.parameters.as_ref());
    list(&mut model.efforts, row.efforts.as_ref());
    list(&mut model.order, Some(&row.order));
    for score in &row.scores {
        model.scores.retain(|s| s.name != score.name);
        model.scores.push(score.clone());
    }
    for alias in &row.aliases {
        if !model.aliases.contains(alias) {
            model.aliases.push(alias.clone());
        }
    }
    entry
}

/// A figure that is given replaces; one that is not leaves what stands.
fn over<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
    if from.is_some() {
        to.clone_from(from);
    }
}

/// A list that is given and not empty replaces: a source that says nothing is not a source that says "none".
fn list<T: Clone + Default + PartialEq>(to: &mut T, from: Option<&T>) {
    if let Some(from) = from
        && *from != T::default()
    {
        to.clone_from(from);
    }
}

impl Entry {
    fn new(id: ModelId, origin: Origin) -> Self {
        let model = Model {
            name: id.short().to_owned(),
            demo: id.author() == "demo",
            id,
            about: String::new(),
            family: None,
            context: None,
            max_output: None,
            inputs: Terms::default(),
            outputs: Terms::default(),
            parameters: Terms::default(),
            efforts: Vec::new(),
            open_weights: None,
            knowledge: None,
            released: None,
            retires: None,
            scores: Vec::new(),
            aliases: Vec::new(),
            order: Vec::new(),
            origin,
        };
        Self { model, endpoints: Vec::new(), facts: Vec::new(), briefs: Vec::new() }
    }

    /// Lays a row over the endpoint of the same tag, or adds one. A row of an unknown provider, or of one that has
    /// no address, adds nothing: it could not be asked.
    fn lay(
        &mut self,
        row: &EndpointRow,
        providers: &Providers,
        prices: &Origin,
        limits: &Origin,
        rank: Rank,
    ) {
        let Some(provider) = providers.get(&row.provider) else { return };
        if !provider.is_complete() && row.base_url.is_none() {
            return;
        }
        let place = match self.endpoints.iter().position(|e| e.tag == row.tag()) {
            Some(place) => place,
            None => {
                self.endpoints.push(Arc::new(fresh(&self.model, provider, row)));
                self.facts.push(Facts { limits: limits.clone(), ..Facts::default() });
                self.endpoints.len() - 1
            }
        };
        let endpoint = Arc::make_mut(&mut self.endpoints[place]);
        let facts = &mut self.facts[place];
        over(&mut endpoint.context, &row.context);
        over(&mut endpoint.max_output, &row.max_output);
        over(&mut endpoint.distillable, &row.distillable);
        list(&mut endpoint.inputs, row.inputs.as_ref());
        list(&mut endpoint.parameters, row.parameters.as_ref());
        if let Some(more) = &row.quirks {
            endpoint.quirks = endpoint.quirks.with(more);
        }
        if row.context.is_some() || row.parameters.is_some() {
            facts.limits.clone_from(limits);
        }
        if let Some(name) = &row.upstream_model {
            endpoint.upstream_model.clone_from(name);
        }
        if let Some(format) = &row.format {
            endpoint.format.clone_from(format);
        }
        if let Some(url) = &row.base_url {
            url.trim_end_matches('/').clone_into(&mut endpoint.base_url);
        }
        if let Some(quantization) = row.quantization {
            endpoint.quantization = quantization;
        }
        if let Some(policy) = row.policy {
            endpoint.policy = policy;
        }
        for (name, value) in &row.headers {
            endpoint.headers.insert(name.clone(), value.clone());
        }
        if let Some(day) = &row.retires {
            facts.retires = Some(day.clone());
            endpoint.retires = day_start(day);
        }
        if let Some(new) = &row.prices {
            lay_prices(endpoint, facts, new, prices, rank);
        }
        facts.disagreements.extend(row.disagreements.iter().cloned());
        if !row.hosts.is_empty() {
            // a service tier is served only to who asks for it
            let chosen_among = row.hosts.iter().filter(|host| service_tier(&host.tag).is_none());
            endpoint.resold = chosen_among.filter_map(|host| host.prices.clone()).collect();
            facts.hosts.clone_from(&row.hosts);
            limits.date.as_ref().clone_into(&mut facts.hosts_as_of);
        }
    }

    /// Fills what follows from the rest, once all rows are laid.
    pub fn finish(&mut self) {
        let model = &mut self.model;
        let distillable = model.is_distillable().then_some(true);
        for endpoint in &mut self.endpoints {
            if distillable.is_some() && endpoint.distillable.is_none() {
                Arc::make_mut(endpoint).distillable = distillable;
            }
            let plain = endpoint.context.is_some()
                && endpoint.max_output.is_some()
                && !endpoint.inputs.is_empty()
                && !endpoint.parameters.is_empty();
            if !plain {
                let endpoint = Arc::make_mut(endpoint);
                endpoint.context = endpoint.context.or(model.context);
                endpoint.max_output = endpoint.max_output.or(model.max_output);
                if endpoint.inputs.is_empty() {
                    endpoint.inputs.clone_from(&model.inputs);
                }
                if endpoint.parameters.is_empty() {
                    endpoint.parameters.clone_from(&model.parameters);
                }
            }
        }
        model.context = self.endpoints.iter().filter_map(|e| e.context).max().or(model.context);
        model.max_output = self.endpoints.iter().filter_map(|e| e.max_output).max().or(model.max_output);
        for endpoint in &self.endpoints {
            model.parameters = model.parameters.with(&endpoint.parameters);
            model.inputs = model.inputs.with(&endpoint.inputs);
        }
        let text = Terms::from(["text"]);
        if !model.inputs.contains("text") {
            model.inputs = text.with(&model.inputs);
        }
        if model.outputs.is_empty() {
            model.outputs = text;
        }
        model.retires = match self.facts.iter().map(|f| f.retires.clone()).collect::<Option<Vec<_>>>() {
            Some(days) => days.into_iter().max(),
            None => None,
        };
        self.briefs = Brief::of(&self.endpoints);
    }

    /// A model of the snapshot whose only endpoints need an address from the config is not shown.
    pub fn is_worth_showing(&self) -> bool {
        !self.endpoints.is_empty()
    }
}

fn fresh(model: &Model, provider: &Provider, row: &EndpointRow) -> Endpoint {
    let tag = row.tag().to_owned();
    let plain = Endpoint::new(provider.slug.clone(), model.id.clone(), &provider.format);
    Endpoint {
        id: EndpointId::of(&tag, &model.id),
        provider_name: provider.name.clone(),
        tag,
        upstream_model: row.upstream_model.clone().unwrap_or(plain.upstream_model),
        base_url: provider.base_url.clone(),
        headers: provider.headers.clone(),
        quirks: provider.quirks.clone(),
        prices: provider.local.then(Prices::default),
        policy: provider.policy,
        demo: provider.demo,
        local: provider.local,
        ..plain
    }
}
