//! Messages: a tree by parent ids, so that editing and regenerating branch instead of overwrite.

use super::{At, CacheMark, Failure, MessageId, ModelId, Receipt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    User,
    Assistant,
    /// Carries `Part::ToolResult`.
    Tool,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    /// `None` for a first message. Messages with the same parent are each other's branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<MessageId>,
    pub role: Role,
    pub parts: Vec<Part>,
    pub at: At,
    /// Which model wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ModelId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Box<Receipt>>,
    #[serde(default)]
    pub state: MessageState,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// The person's verdict: -1, 0, 1.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rating: i8,
    /// How long its model thought before it answered, in milliseconds; `None`: nothing was heard of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thought_ms: Option<u64>,
}

fn is_zero(n: &i8) -> bool {
    *n == 0
}

/// How a message ended. A streaming message is stored as `Partial` until it is done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    #[default]
    Done,
    /// Still being heard, or the program was killed while it was.
    Partial,
    /// The person stopped it.
    Stopped,
    Failed(Box<Failure>),
}

impl Message {
    pub fn text(
        id: MessageId,
        parent: Option<MessageId>,
        role: Role,
        text: impl Into<String>,
        at: At,
    ) -> Self {
        Self {
            id,
            parent,
            role,
            parts: vec![Part::Text { text: text.into(), cache: CacheMark::None }],
            at,
            by: None,
            receipt: None,
            state: MessageState::Done,
            pinned: false,
            rating: 0,
            thought_ms: None,
        }
    }

    /// A message that is in no session, for requests that come from outside.
    pub fn loose(role: Role, parts: Vec<Part>) -> Self {
        Self { parts, ..Self::text(MessageId::nil(), None, role, "", At::default()) }
    }

    /// All its text parts, joined.
    pub fn plain(&self) -> String {
        self.parts.iter().filter_map(Part::as_text).collect()
    }
}

/// One piece of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part {
    Text {
        text: String,
        /// A prompt-cache mark stands after this part.
        #[serde(default, skip_serializing_if = "CacheMark::is_none")]
        cache: CacheMark,
    },
    Image {
        /// What the file was called; empty when nobody said.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        source: Source,
        /// OpenAI's `detail`: `auto`, `low`, `high`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<String>,
    },
    File {
        name: String,
        source: Source,
    },
    Audio {
        source: Source,
    },
    Reasoning(Reasoning),
    ToolCall {
        id: String,
        name: String,
        /// The JSON text as the model wrote it; it may not parse.
        arguments: String,
        /// A signature the provider wants back unmodified (Gemini's `thoughtSignature`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    ToolResult {
        /// The call's id.
        call: String,
        /// The function's name (Gemini asks for it).
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        parts: Vec<Part>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        error: bool,
    },
    /// A source the reply cites, in OpenRouter's `annotations` shape.
    Annotation {
        value: Value,
    },
    /// Anything we do not know, kept word for word for the format that said it.
    Opaque {
        format: String,
        value: Value,
    },
}

impl Part {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), cache: CacheMark::None }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// An image without a name.
    pub fn image(source: Source) -> Self {
        Self::Image { name: String::new(), source, detail: None }
    }
}

/// Where the bytes of an image or file are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// Fetched by the provider.
    Url { url: String },
    /// Inline, base64.
    Data { media_type: String, base64: String },
    /// Uploaded to the provider before.
    Id { id: String },
}

/// A block of thinking, kept so that it can be replayed to its provider unmodified and in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reasoning {
    pub kind: ReasoningKind,
    /// What may be shown; empty for an encrypted block.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Proves to the provider that the text is its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// An encrypted block.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Who may be sent it back: OpenRouter's `format` (`anthropic-claude-v1`, `google-gemini-v1`, ...).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningKind {
    #[default]
    Text,
    Summary,
    Encrypted,
}
