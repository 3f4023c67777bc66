//! What several test modules share: a scripted upstream, temporary homes, builders.

pub mod program;
pub mod proxy;
pub mod pty;
pub mod rows;
pub mod stage;
pub mod tls;
pub mod upstream;
pub mod wishes;
