//! Tests of `fareway::wire`.

mod classify;
mod face;
mod framing;
mod helpers;
mod openai_chat_decode;
mod openai_chat_encode;
mod recordings;
