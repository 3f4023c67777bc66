//! The session as a pure function: `update(&mut Model, Event) -> Vec<Effect>`.
