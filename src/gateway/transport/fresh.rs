//! Whether a request went over a new connection or one that was kept: a kept one may have been closed by the server
//! the moment before, and then nobody has failed.

use std::cell::Cell;
use std::future::Future;
use std::task::{Context, Poll};
use tokio::task_local;
use tower_layer::Layer;
use tower_service::Service;

task_local! {
    static CONNECTED: Cell<bool>;
}

/// Runs a request, and says whether a connection was opened for it. Connecting happens within the request's own
/// future, unless a kept connection is there at once.
pub(super) async fn watched<T>(request: impl Future<Output = T>) -> (T, bool) {
    CONNECTED.scope(Cell::new(false), async move { (request.await, CONNECTED.with(Cell::get)) }).await
}

/// Around the client's connector: tells the request that is under way.
#[derive(Clone, Copy)]
pub(super) struct Watch;

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched(inner)
    }
}

#[derive(Clone)]
pub(super) struct Watched<S>(S);

impl<S: Service<R>, R> Service<R> for Watched<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        // without a request to tell, nobody asks
        let _ = CONNECTED.try_with(|connected| connected.set(true));
        self.0.call(request)
    }
}
