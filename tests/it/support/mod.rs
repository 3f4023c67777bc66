//! What several test modules share: a scripted upstream, temporary homes, builders.

pub mod program;
pub mod pty;
pub mod stage;
pub mod upstream;
