//! The gateway over HTTP, OpenAI-compatible: the only room that knows axum.
