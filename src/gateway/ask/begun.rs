//! A reply that the person wants continued: its beginning is told to each endpoint in the way it understands.

use super::line::Line;
use super::rescue;
use super::seam::Continuation;
use crate::wire;
use crate::words::{Endpoint, EndpointId, Failure, FailureKind, Purpose, Request};
use std::sync::Arc;

/// The beginning, and what it was an answer to.
pub(super) struct Begun {
    pub text: String,
    /// Without the beginning.
    pub request: Request,
    /// Endpoints that refused a prefill: they are told in words.
    refused: Vec<EndpointId>,
}

impl Begun {
    /// `None`: nothing is to be continued. What a client of `serve` sends goes out as it is.
    pub fn of(request: &Request) -> Option<Self> {
        if request.purpose == Purpose::Serve || !wire::is_begun(request) {
            return None;
        }
        let mut request = request.clone();
        let text = request.messages.pop()?.plain();
        Some(Self { text, request, refused: Vec::new() })
    }

    pub fn how(&self, endpoint: &Endpoint) -> Continuation {
        let ways = rescue::ways(endpoint, &self.request);
        let first = usize::from(self.refused.contains(&endpoint.id)).min(ways.len() - 1);
        ways[first]
    }
}

impl Line<'_> {
    /// What this endpoint is asked.
    pub fn question(&self, endpoint: &Endpoint) -> Arc<Request> {
        match &self.begun {
            Some(begun) => Arc::new(rescue::request(&begun.request, &begun.text, 0, begun.how(endpoint))),
            None => Arc::clone(&self.books.request),
        }
    }

    /// The request that a continuation is added to.
    pub fn base(&self) -> &Request {
        self.begun.as_ref().map_or(&self.books.request, |begun| &begun.request)
    }

    /// Whether this endpoint failed only because it was given a prefill: then it is to be told in words.
    pub fn was_prefilled(&mut self, endpoint: &Endpoint, failure: &Failure) -> bool {
        let Some(begun) = &mut self.begun else { return false };
        let prefilled = failure.kind == FailureKind::InvalidRequest
            && !begun.text.trim().is_empty()
            && begun.how(endpoint) == Continuation::Prefill;
        if prefilled {
            begun.refused.push(endpoint.id.clone());
        }
        prefilled
    }
}
