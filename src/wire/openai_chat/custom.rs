//! Calls of custom tools, which take text: gathered piece by piece, and handed on whole in the API's own words.

use super::chunk::Custom;
use crate::wire::lenient::Str;
use crate::words::Delta;
use serde_json::{Value, json};

/// The calls of one answer.
#[derive(Debug, Default)]
pub struct CustomCalls(Vec<Call>);

#[derive(Debug)]
struct Call {
    index: i64,
    id: String,
    name: String,
    input: String,
}

impl CustomCalls {
    /// A piece; without an index it is a whole call of an answer that is not streamed.
    pub fn hear(&mut self, index: Option<i64>, id: Option<&Str<'_>>, piece: &Custom<'_>) {
        let next = i64::try_from(self.0.len()).unwrap_or(i64::MAX);
        let index = index.unwrap_or(next);
        let place = self.0.iter().position(|call| call.index == index).unwrap_or_else(|| {
            self.0.push(Call { index, id: String::new(), name: String::new(), input: String::new() });
            self.0.len() - 1
        });
        let call = &mut self.0[place];
        let text = |text: Option<&Str<'_>>| text.map(|text| text.0.to_string()).unwrap_or_default();
        call.id.push_str(&text(id));
        call.name.push_str(&text(piece.name.as_ref()));
        call.input.push_str(&text(piece.input.as_ref()));
    }

    /// What was gathered, once.
    pub fn end(&mut self, own: &str, out: &mut Vec<Delta>) {
        out.extend(self.0.drain(..).map(|Call { index, id, name, input }| Delta::Opaque {
            format: Some(own.to_owned()),
            value: json!({"tool_call":
                {"index": index, "id": id, "type": "custom", "custom": {"name": name, "input": input}}}),
        }));
    }
}

/// The call as it stands in a history, when `value` is one.
pub fn said(value: &Value) -> Option<Value> {
    let mut call = value.get("tool_call")?.clone();
    // a matter of the stream only
    call.as_object_mut()?.remove("index");
    Some(call)
}
