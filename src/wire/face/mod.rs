//! The other side of the wire: what clients of `fareway serve` send and what they are told.

pub mod openai_chat;
