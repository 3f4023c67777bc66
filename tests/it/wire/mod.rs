//! Tests of `fareway::wire`.

mod face;
mod framing;
mod helpers;
mod openai_chat_decode;
mod openai_chat_encode;
mod recordings;
