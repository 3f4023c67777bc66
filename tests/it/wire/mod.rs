//! Tests of `fareway::wire`.

mod classify;
mod classify_vendors;
mod claude;
mod dialects;
mod face;
mod face_provider;
mod formats_decode;
mod formats_encode;
mod framing;
mod helpers;
mod numbers;
mod openai_chat_decode;
mod openai_chat_encode;
mod prefill;
mod recordings;
mod replay;
mod think_tags;
mod tool_ids;
