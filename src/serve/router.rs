//! Paths, limits and the listening socket.

use super::auth::{self, Key, Refused};
use super::{chat, models, visitor};
use crate::gateway::Gateway;
use crate::wire::face::openai_chat::{error, whole_seconds};
use crate::words::{At, Failure, FailureKind, clean_line};
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// What the shell may set.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes a request body may have.
    pub max_body: usize,
    /// What answers who names no model; empty: nobody does.
    pub model: String,
    /// Empty: whoever reaches the address may ask.
    pub keys: Vec<Key>,
    /// A comment is sent when nothing else was for this long.
    pub keep_alive: Duration,
    /// Hears that a budget is nearly used up.
    pub warn: fn(&str),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_body: 32 << 20,
            model: String::new(),
            keys: Vec::new(),
            keep_alive: Duration::from_secs(5),
            warn: |_| {},
        }
    }
}

#[derive(Clone)]
pub(super) struct Service {
    pub(super) gateway: Gateway,
    pub(super) options: Arc<Options>,
    /// The shell's clock: what `created` says.
    pub(super) now: fn() -> At,
}

/// The label of the key a request came with.
#[derive(Clone, Debug)]
pub(super) struct Label(pub(super) Option<String>);

/// Answers on the listener until `stop` is ready; replies under way are finished.
///
/// # Errors
/// When the listener itself fails.
pub async fn serve(
    listener: TcpListener,
    gateway: Gateway,
    options: Options,
    now: fn() -> At,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // without TCP_NODELAY the first chunk of every stream waits 40 ms for the client's delayed acknowledgement
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, router(gateway, options, now)).with_graceful_shutdown(stop).await
}

fn router(gateway: Gateway, options: Options, now: fn() -> At) -> Router {
    let limit = options.max_body;
    let service = Service { gateway, options: Arc::new(options), now };
    let v1 = Router::new()
        .route("/chat/completions", post(chat::completions))
        .route("/models", get(list))
        .route("/models/{*id}", get(one));
    Router::new()
        .route("/health", get(|| async { "ok\n" }))
        .nest("/v1", v1.clone())
        .nest("/api/v1", v1)
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(service.clone(), admit))
        .layer(DefaultBodyLimit::max(limit))
        .with_state(service)
}

/// Shows the key's label to the handlers, or the door to the client.
async fn admit(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    if request.uri().path() == "/health" {
        return next.run(request).await;
    }
    if service.options.keys.is_empty()
        && let Some(objection) = visitor::objection(request.headers())
    {
        let message =
            format!("{objection}: without a key only programs on this machine may (see `[[serve.keys]]`)");
        return refuse(&Failure::new(FailureKind::Permission, message));
    }
    match auth::check(&service.options.keys, request.headers()) {
        Ok(label) => {
            request.extensions_mut().insert(Label(label));
            next.run(request).await
        }
        Err(refused) => {
            let message = match refused {
                Refused::Missing => "this fareway wants a key: send `Authorization: Bearer <key>`",
                Refused::Wrong => "this key is not one of fareway's (see `[serve] keys` in its config)",
            };
            refuse(&Failure::new(FailureKind::Auth, message))
        }
    }
}

async fn list(State(service): State<Service>) -> Response {
    let catalog = service.gateway.catalog();
    json(StatusCode::OK, &models::list(&catalog, |endpoint| service.gateway.can_ask(endpoint)))
}

async fn one(State(service): State<Service>, id: Result<Path<String>, PathRejection>) -> Response {
    let Ok(Path(id)) = id else {
        return refuse(&Failure::new(FailureKind::InvalidRequest, "the name of the model is no text"));
    };
    let catalog = service.gateway.catalog();
    let found = match id.strip_suffix("/endpoints") {
        Some(id) => models::endpoints(&catalog, id),
        None => models::one(&catalog, &id),
    };
    found.map_or_else(
        || {
            let say = format!("there is no model `{}`", clean_line(&id));
            let mut failure = Failure::new(FailureKind::UnknownModel, say);
            failure.nearest = catalog.nearest(&id, 3).iter().map(ToString::to_string).collect();
            // in a request the name is a wrong parameter; as a path it is a page that is not there
            let (_, mut body) = error(&failure, None);
            body["error"]["code"] = StatusCode::NOT_FOUND.as_u16().into();
            body["error"]["metadata"]["error_type"] = FailureKind::ModelNotFound.error_type().into();
            json(StatusCode::NOT_FOUND, &body)
        },
        |model| json(StatusCode::OK, &model),
    )
}

async fn nowhere(request: Request) -> Response {
    let message = format!(
        "there is nothing at {}; fareway answers POST /v1/chat/completions, GET /v1/models and GET /health",
        clean_line(request.uri().path())
    );
    turned_away(StatusCode::NOT_FOUND, message)
}

async fn wrong_method(request: Request) -> Response {
    let message = format!(
        "{} is not the method for {} (the header `allow` names it)",
        request.method(),
        clean_line(request.uri().path())
    );
    turned_away(StatusCode::METHOD_NOT_ALLOWED, message)
}

/// The envelope of a failure under another status, which its `code` repeats.
pub(super) fn turned_away(status: StatusCode, message: String) -> Response {
    let (_, mut body) = error(&Failure::new(FailureKind::InvalidRequest, message), None);
    body["error"]["code"] = status.as_u16().into();
    json(status, &body)
}

/// A failure as its status and OpenRouter's envelope.
pub(super) fn refuse(failure: &Failure) -> Response {
    let (status, body) = error(failure, None);
    let mut response = json(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body);
    retry_after(&mut response, failure);
    response
}

pub(super) fn retry_after(response: &mut Response, failure: &Failure) {
    if let Some(wait) = failure.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
}

pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    bytes(status, body.to_string().into_bytes())
}

pub(super) fn bytes(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response()
}
