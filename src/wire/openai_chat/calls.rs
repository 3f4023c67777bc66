//! Calls of functions, whose pieces come with an index, an id, both or neither.

use super::chunk::{Function, ToolCall};
use crate::wire::lenient::Str;
use crate::wire::tool_id::nine;
use crate::words::Delta;

/// The calls of one answer.
#[derive(Default)]
pub struct Calls(Vec<Call>);

/// A call that has begun: the provider's index and id.
struct Call {
    index: Option<i64>,
    id: String,
}

impl Calls {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A piece of a call, or a whole one.
    pub fn hear(&mut self, call: ToolCall<'_>, out: &mut Vec<Delta>) {
        let Function { name, arguments } = call.function.unwrap_or_default();
        let id = call.id.as_ref().and_then(Str::some);
        let name = name.as_ref().and_then(Str::some);
        let known = match (call.index, &id) {
            // the same index with another id is another call (Gemini through OpenRouter)
            (Some(_), Some(id)) => self
                .0
                .iter()
                .rposition(|c| c.index == call.index)
                .filter(|&i| self.0[i].id == *id || self.0[i].id.is_empty() || name.is_none()),
            (Some(_), None) => self.0.iter().rposition(|c| c.index == call.index),
            (None, Some(id)) => self.0.iter().rposition(|c| c.id == *id),
            (None, None) if name.is_some() => None,
            (None, None) => self.0.len().checked_sub(1),
        };
        let first = known.is_none_or(|i| id.is_some() && self.0[i].id.is_empty());
        let place = known.unwrap_or_else(|| {
            self.0.push(Call { index: call.index, id: String::new() });
            self.0.len() - 1
        });
        if let Some(id) = &id {
            self.0[place].id.clone_from(id);
        }
        let signature = call
            .extra_content
            .and_then(|e| e.google)
            .and_then(|g| g.thought_signature)
            .and_then(|s| s.some());
        out.push(Delta::ToolCall {
            index: u32::try_from(place).unwrap_or(u32::MAX),
            id: id.filter(|_| first),
            name: name.filter(|_| first || known.is_none()),
            arguments: arguments.unwrap_or_default().0,
            signature,
        });
    }

    /// Some servers give no ids; without one a result does not find its call in the next request.
    pub fn name(&mut self, answer: &str, out: &mut Vec<Delta>) {
        for (place, call) in self.0.iter_mut().enumerate().filter(|(_, call)| call.id.is_empty()) {
            call.id = format!("call-{}-{place}", nine(answer));
            out.push(Delta::ToolCall {
                index: u32::try_from(place).unwrap_or(u32::MAX),
                id: Some(call.id.clone()),
                name: None,
                arguments: String::new(),
                signature: None,
            });
        }
    }
}
