//! `POST /v1/chat/completions`: one request through the gateway, heard as a stream or as one body.

use super::router::{Label, Service, bytes, refuse, retry_after, turned_away};
use crate::wire::face::openai_chat::{Incoming, KEEP_ALIVE, Streamed, Whole, parse};
use crate::words::{Failure, FailureKind, GenerationId, ModelRef, Reply, Request, SessionId, clean_line};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use sha2::{Digest, Sha256};
use std::convert::Infallible;
use std::time::Duration;

pub(super) async fn completions(
    State(service): State<Service>,
    Extension(Label(label)): Extension<Label>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if let Some(refusal) = compressed(&headers) {
        return refusal;
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return too_large_or_cut(&service, &rejection),
    };
    let incoming = match parse(&body) {
        Ok(incoming) => incoming,
        Err(failure) => return refuse(&failure),
    };
    drop(body);
    let stream = incoming.stream;
    let request = complete(&service, incoming, label, &headers);
    let (generation, requested) = (request.generation, request.model.to_string());
    // the handler's future and the body's stream are dropped when the client hangs up, and the reply with them
    let replies = warned(&service, service.gateway.ask(request));
    let response = if stream {
        streamed(&service, replies, generation, &requested).await
    } else {
        whole(&service, replies, generation, &requested).await
    };
    named(response, generation)
}

/// Passes replies on; after the last one the shell is told of budgets that are nearly used up.
fn warned(
    service: &Service,
    replies: impl Stream<Item = Reply> + Unpin + Send + 'static,
) -> impl Stream<Item = Reply> + Unpin + Send + 'static {
    let (gateway, tell) = (service.gateway.clone(), service.options.warn);
    replies.inspect(move |reply| {
        if matches!(reply, Reply::Done(_) | Reply::Failed { .. }) {
            let gateway = gateway.clone();
            // the client does not wait for what only the shell is told
            tokio::spawn(async move {
                gateway.warnings().await.iter().for_each(|warning| tell(&warning.to_string()));
            });
        }
    })
}

/// What the shell of the request adds: an id, a conversation, who pays.
fn complete(service: &Service, incoming: Incoming, label: Option<String>, headers: &HeaderMap) -> Request {
    let mut request = incoming.request;
    if request.model.as_str().is_empty() {
        request.model = ModelRef::new(&service.options.model);
    }
    request.generation = service.gateway.new_generation();
    let told = headers.get("x-session-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    request.session = incoming.conversation.or(told).map(|name| conversation(&name));
    let title = headers.get("x-openrouter-title").or_else(|| headers.get("x-title"));
    if let Some(title) = title.and_then(|value| value.to_str().ok()) {
        request.tags.push(title.to_owned());
    }
    request.key_label = label;
    request
}

/// A client's own name for its conversation, as one of ours: the same name is always the same session.
fn conversation(name: &str) -> SessionId {
    let digest = Sha256::digest(name.as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    SessionId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

async fn whole(
    service: &Service,
    mut replies: impl Stream<Item = Reply> + Unpin,
    generation: GenerationId,
    requested: &str,
) -> Response {
    let mut whole = Whole::new(generation, requested, (service.now)());
    while let Some(reply) = replies.next().await {
        let failure = failure_of(&reply).cloned();
        if let Some((status, body)) = whole.reply(reply) {
            return ended(status, body, failure.as_ref());
        }
    }
    silent()
}

/// The status line waits for the first thing a client can hear, so that a request nobody could answer is an error
/// and not an empty success.
async fn streamed<S>(service: &Service, mut replies: S, generation: GenerationId, requested: &str) -> Response
where
    S: Stream<Item = Reply> + Unpin + Send + 'static,
{
    let mut writer = Streamed::new(generation, requested, (service.now)());
    let mut first = Vec::new();
    loop {
        let reply = match tokio::time::timeout(service.options.keep_alive, replies.next()).await {
            Ok(Some(reply)) => reply,
            Ok(None) => return silent(),
            // nobody has spoken yet, but the client must not think the line dead
            Err(_) => {
                first.extend_from_slice(KEEP_ALIVE);
                break;
            }
        };
        if let Reply::Failed { failure, receipt } = &reply {
            let (status, body) = crate::wire::face::openai_chat::error(failure, Some(receipt));
            return ended(status, body.to_string().into_bytes(), Some(failure));
        }
        writer.reply(&reply, &mut first);
        if !first.is_empty() {
            break;
        }
    }
    let rest = stream::unfold((replies, writer, service.options.keep_alive), next_chunk);
    let body = stream::once(async move { Ok::<_, Infallible>(Bytes::from(first)) }).chain(rest);
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        // nginx and its like would hold the chunks back
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// Everything that has come by now in one write; a comment when nothing comes for a while.
async fn next_chunk<S>(
    (mut replies, mut writer, keep_alive): (S, Streamed, Duration),
) -> Option<(Result<Bytes, Infallible>, (S, Streamed, Duration))>
where
    S: Stream<Item = Reply> + Unpin,
{
    let mut out = Vec::new();
    while out.is_empty() {
        match tokio::time::timeout(keep_alive, replies.next()).await {
            Ok(Some(reply)) => writer.reply(&reply, &mut out),
            Ok(None) => return None,
            Err(_) => out.extend_from_slice(KEEP_ALIVE),
        }
    }
    while let Some(Some(reply)) = futures_util::FutureExt::now_or_never(replies.next()) {
        writer.reply(&reply, &mut out);
    }
    Some((Ok(Bytes::from(out)), (replies, writer, keep_alive)))
}

fn failure_of(reply: &Reply) -> Option<&Failure> {
    match reply {
        Reply::Failed { failure, .. } => Some(failure),
        _ => None,
    }
}

fn ended(status: u16, body: Vec<u8>, failure: Option<&Failure>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = bytes(status, body);
    if let Some(failure) = failure {
        retry_after(&mut response, failure);
    }
    response
}

/// The gateway's grammar always ends in `Done` or `Failed`; this is the answer if it ever does not.
fn silent() -> Response {
    refuse(&Failure::new(FailureKind::Internal, "fareway ended the reply without a word; please report this"))
}

fn too_large_or_cut(service: &Service, rejection: &BytesRejection) -> Response {
    let failure = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let limit = service.options.max_body >> 20;
        Failure::new(
            FailureKind::TooLarge,
            format!("the request body is larger than {limit} MB (`[serve] max_body` in the config)"),
        )
    } else {
        Failure::new(FailureKind::InvalidRequest, "the request body broke off")
    };
    refuse(&failure)
}

/// A compressed body is not unpacked: a few kilobytes may be gigabytes. The header of the answer says what is read.
fn compressed(headers: &HeaderMap) -> Option<Response> {
    let coding = headers.get(header::CONTENT_ENCODING)?.to_str().unwrap_or("?").trim();
    if coding.is_empty() || coding.eq_ignore_ascii_case("identity") {
        return None;
    }
    let message = format!(
        "the request body is compressed (`content-encoding: {}`), which fareway does not read; send it plain",
        clean_line(coding)
    );
    let mut response = turned_away(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Some(response)
}

fn named(mut response: Response, generation: GenerationId) -> Response {
    if let Ok(value) = HeaderValue::from_str(&generation.to_string()) {
        response.headers_mut().insert("x-generation-id", value);
    }
    response
}
