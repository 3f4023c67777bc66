//! What several test modules share: a scripted upstream, temporary homes, builders.

pub mod upstream;
pub mod stage;
