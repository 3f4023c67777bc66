//! Deltas joined: the one place where the pieces of a reply become the parts of a message.

use super::{Delta, Part, Reasoning, Source, Stop, Usage, Usd};

/// Knows which part of a message each block of thinking and each tool call is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Join {
    blocks: Vec<(Block, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Reasoning(u32),
    Tool(u32),
}

impl Join {
    /// Adds one delta to the parts, which stand in the order in which they began. What is no part of a message
    /// (usage, the reason to stop, who answers) is passed over.
    pub fn add(&mut self, delta: Delta, parts: &mut Vec<Part>) {
        match delta {
            Delta::Text(text) => match parts.last_mut() {
                Some(Part::Text { text: sofar, .. }) => sofar.push_str(&text),
                _ => parts.push(Part::text(text)),
            },
            Delta::Reasoning { index, piece } => {
                let block = Block::Reasoning(index);
                let at = self.at(block, parts, || Part::Reasoning(Reasoning::default()));
                if let Some(Part::Reasoning(sofar)) = parts.get_mut(at) {
                    think(sofar, piece);
                }
            }
            Delta::ToolCall { index, id, name, arguments, signature } => {
                let at = self.at(Block::Tool(index), parts, || Part::ToolCall {
                    id: String::new(),
                    name: String::new(),
                    arguments: String::new(),
                    signature: None,
                });
                if let Some(Part::ToolCall { id: i, name: n, arguments: a, signature: s }) = parts.get_mut(at)
                {
                    *i = id.unwrap_or_else(|| std::mem::take(i));
                    *n = name.unwrap_or_else(|| std::mem::take(n));
                    a.push_str(&arguments);
                    *s = signature.or_else(|| s.take());
                }
            }
            Delta::Image(url) => parts.push(Part::image(source(url))),
            Delta::Annotation(value) => parts.push(Part::Annotation { value }),
            Delta::Opaque { format: Some(format), value } => parts.push(Part::Opaque { format, value }),
            Delta::Opaque { format: None, .. }
            | Delta::Usage { .. }
            | Delta::Stop { .. }
            | Delta::Tier(_)
            | Delta::Head { .. } => {}
        }
    }

    fn at(&mut self, block: Block, parts: &mut Vec<Part>, part: impl FnOnce() -> Part) -> usize {
        if let Some((_, at)) = self.blocks.iter().rev().find(|(known, _)| *known == block) {
            return *at;
        }
        parts.push(part());
        let at = parts.len() - 1;
        self.blocks.push((block, at));
        at
    }
}

fn think(block: &mut Reasoning, piece: Reasoning) {
    block.kind = piece.kind;
    block.text.push_str(&piece.text);
    block.signature = piece.signature.or_else(|| block.signature.take());
    block.data = piece.data.or_else(|| block.data.take());
    block.id = piece.id.or_else(|| block.id.take());
    block.format = piece.format.or_else(|| block.format.take());
}

/// A data URL is kept inline, any other where it is.
fn source(url: String) -> Source {
    match url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((media_type, base64)) => {
            Source::Data { media_type: media_type.to_owned(), base64: base64.to_owned() }
        }
        None => Source::Url { url },
    }
}

/// One whole reply, as far as it was heard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pub parts: Vec<Part>,
    join: Join,
    /// The last count that was told.
    pub usage: Option<Usage>,
    pub cost: Option<Usd>,
    /// Why it ended, and in the provider's own word.
    pub stop: Option<(Stop, String)>,
    /// The provider's own id of the answer, the model it says it used, and who answered behind it.
    pub id: Option<String>,
    pub model: Option<String>,
    pub provider: Option<String>,
    /// What was said beside the message (log probabilities, fingerprints).
    pub aside: Vec<serde_json::Value>,
}

impl Said {
    pub fn add(&mut self, delta: Delta) {
        match delta {
            Delta::Usage { usage, cost } => {
                self.usage = Some(usage);
                self.cost = cost.or(self.cost);
            }
            Delta::Stop { reason, native } => self.stop = Some((reason, native)),
            Delta::Head { id, model, provider } => {
                self.id = id.or(self.id.take());
                self.model = model.or(self.model.take());
                self.provider = provider.or(self.provider.take());
            }
            Delta::Opaque { format: None, value } => self.aside.push(value),
            delta => self.join.add(delta, &mut self.parts),
        }
    }

    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| if let Part::Text { text, .. } = part { Some(text.as_str()) } else { None })
            .collect()
    }

    pub fn reasoning(&self) -> impl Iterator<Item = &Reasoning> {
        self.parts.iter().filter_map(|part| match part {
            Part::Reasoning(reasoning) => Some(reasoning),
            _ => None,
        })
    }

    /// Everything of it that may be shown of the thinking.
    pub fn thoughts(&self) -> String {
        self.reasoning().map(|block| block.text.as_str()).collect()
    }
}
