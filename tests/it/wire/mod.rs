//! Tests of `fareway::wire`.

mod framing;
mod helpers;
mod openai_chat_decode;
mod openai_chat_encode;
