//! Tests of `fareway::routing`.

mod auto;
mod filters;
mod health;
mod keys;
mod names;
mod next;
mod plan;
mod preferences;
mod simulator;
mod sticky;
mod strategies;
mod support;
