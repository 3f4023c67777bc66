//! Tests of `fareway::app`: events in, effects out, compared by value.

mod acting;
mod axis;
mod begin;
mod compare;
mod context;
mod continued;
mod first;
mod keys;
mod picker;
mod preferences;
mod queue;
mod session;
mod sessions;
mod titles;
mod tree;
mod usage;
mod window;
