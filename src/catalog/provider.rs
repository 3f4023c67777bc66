//! A provider: who answers at which address, in which format, with which keys, under which declared policy.

use super::row::ProviderRow;
use crate::words::{DataPolicy, ProviderId, Terms};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A company or a server that answers requests: a row of the provider table, or of the config.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    pub slug: ProviderId,
    /// For people: `Together AI`.
    pub name: String,
    /// Without a trailing slash. Empty: only usable when the config gives one (Azure, Bedrock).
    pub base_url: String,
    /// A name in `wire::FORMATS`.
    pub format: String,
    /// Environment variables that may hold the key; the first one set wins. Empty: needs no key.
    pub key_vars: Vec<String>,
    pub policy: DataPolicy,
    pub quirks: Terms,
    pub headers: BTreeMap<String, String>,
    /// Runs on this machine or network: no key, no bill.
    pub local: bool,
    /// The built-in demonstration.
    pub demo: bool,
    /// The author of the models it makes itself; empty for hosts of other people's.
    pub makes: String,
    /// Answers with other companies' endpoints.
    pub reseller: bool,
    /// Its id in models.dev.
    pub models_dev: String,
    /// Where its list of models is, when not at its format's usual path. Empty: it has none.
    pub list: Option<String>,
    /// The page that hands out keys.
    pub keys_page: Option<String>,
}

impl Provider {
    /// Can be asked as it stands: it has an address.
    pub fn is_complete(&self) -> bool {
        !self.base_url.is_empty()
    }

    /// Needs a key before it can be asked.
    pub fn needs_key(&self) -> bool {
        !self.key_vars.is_empty()
    }

    /// Can be asked which models it has.
    pub fn lists(&self) -> bool {
        !self.demo && self.list.as_deref() != Some("")
    }

    fn new(slug: ProviderId) -> Self {
        Self {
            name: slug.to_string(),
            models_dev: slug.to_string(),
            slug,
            base_url: String::new(),
            format: "openai-chat".to_owned(),
            key_vars: Vec::new(),
            policy: DataPolicy::default(),
            quirks: Terms::default(),
            headers: BTreeMap::new(),
            local: false,
            demo: false,
            makes: String::new(),
            reseller: false,
            list: None,
            keys_page: None,
        }
    }

    /// What the row says replaces what stood there; what it leaves out stays.
    fn lay(&mut self, row: &ProviderRow) {
        fn set<T: Clone>(to: &mut T, from: &Option<T>) {
            if let Some(value) = from {
                to.clone_from(value);
            }
        }
        set(&mut self.name, &row.name);
        set(&mut self.format, &row.format);
        set(&mut self.key_vars, &row.key_vars);
        set(&mut self.quirks, &row.quirks);
        set(&mut self.local, &row.local);
        set(&mut self.demo, &row.demo);
        set(&mut self.makes, &row.makes);
        set(&mut self.reseller, &row.reseller);
        set(&mut self.models_dev, &row.models);
        if let Some(url) = &row.base_url {
            url.trim_end_matches('/').clone_into(&mut self.base_url);
        }
        if let Some(policy) = row.policy {
            self.policy = DataPolicy { trains: policy.trains, retains: policy.retains, declared: true };
        }
        if row.list.is_some() {
            self.list.clone_from(&row.list);
        }
        if row.keys.is_some() {
            self.keys_page.clone_from(&row.keys);
        }
        for (name, value) in &row.headers {
            self.headers.insert(name.clone(), value.clone());
        }
    }
}

/// All providers by slug.
pub(super) type Providers = BTreeMap<ProviderId, Provider>;

/// Lays provider rows over the table.
pub(super) fn lay(table: &mut Providers, rows: &[ProviderRow]) {
    for row in rows {
        table.entry(row.slug.clone()).or_insert_with(|| Provider::new(row.slug.clone())).lay(row);
    }
}

/// The table that is built in: `providers.toml`.
pub(super) fn built_in() -> Providers {
    #[derive(Deserialize)]
    struct Table {
        provider: Vec<ProviderRow>,
    }
    let rows: Table =
        toml::from_str(include_str!("providers.toml")).expect("the built-in table parses: a test reads it");
    let mut table = Providers::new();
    lay(&mut table, &rows.provider);
    table
}
