//! What a request needs of an endpoint, read off once so that looking at a thousand endpoints is cheap.

use super::lock::Lock;
use super::price::Load;
use crate::words::{At, Effort, Message, Part, Preferences, Request, ResponseFormat};

/// A reply nobody limited is expected to be so long.
const USUAL_REPLY: u64 = 500;
/// A limit is rarely reached.
const LONGEST_GUESS: u64 = 2_000;
/// A picture costs about so many tokens with most vendors.
const IMAGE_TOKENS: u64 = 1_000;

/// The needs of one request.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    pub request: &'a Request,
    /// All layers joined.
    pub wishes: Preferences,
    pub load: Load,
    /// The fewest input tokens the prompt can be: the count, or a cautious guess, so that nothing is dropped for nothing.
    pub prompt_at_least: u64,
    pub max_tokens: Option<u32>,
    /// Input modalities other than text.
    pub modalities: Vec<&'static str>,
    /// OpenRouter names of everything given.
    pub parameters: Vec<&'static str>,
    pub tier: TierWish,
    pub lock: Option<Lock>,
    pub now: At,
}

/// Which service tiers may answer (OpenRouter 3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TierWish {
    /// Only the ordinary one.
    #[default]
    Ordinary,
    /// Endpoints of these tiers first, one tier after the other, then the ordinary.
    First(&'static [&'static str]),
    /// Only that tier; the ordinary only where a model has none.
    Only(&'static str),
    /// That tier competes with the ordinary (`:nitro`, `:floor`).
    Also(&'static str),
}

impl TierWish {
    pub fn of(service_tier: Option<&str>) -> Option<Self> {
        match service_tier? {
            "priority" | "fast" => Some(Self::First(&["priority"])),
            "ultrafast" => Some(Self::First(&["ultrafast", "priority"])),
            "scale" => Some(Self::First(&["scale"])),
            "flex" => Some(Self::Only("flex")),
            "default" => Some(Self::Ordinary),
            _ => None,
        }
    }

    /// Whether endpoints of that tier may answer.
    pub fn lets(self, tier: &str) -> bool {
        match self {
            Self::Ordinary => false,
            Self::First(tiers) => tiers.contains(&tier),
            Self::Only(wish) | Self::Also(wish) => tier == wish,
        }
    }
}

impl<'a> Ask<'a> {
    /// `counted`: the prompt's tokens where somebody counted them.
    pub fn new(request: &'a Request, wishes: Preferences, counted: Option<u64>, now: At) -> Self {
        let mut size = Size::default();
        for message in &request.messages {
            size.message(message);
        }
        for tool in &request.tools {
            size.chars += 200 + tool.name.len() + tool.description.len();
        }
        let guessed = u64::try_from(size.chars / 4).unwrap_or(u64::MAX) + size.images * IMAGE_TOKENS;
        let prompt = counted.unwrap_or(guessed).max(1);
        Self {
            request,
            wishes,
            load: Load {
                prompt,
                completion: expected_reply(request),
                images: size.images,
                searches: u64::from(request.searches()),
            },
            prompt_at_least: counted.unwrap_or(guessed / 4 * 3),
            max_tokens: request.params.max_tokens,
            modalities: size.modalities,
            parameters: parameters(request),
            tier: TierWish::of(request.params.service_tier.as_deref()).unwrap_or_default(),
            lock: Lock::of(&request.messages),
            now,
        }
    }

    /// The fewest tokens that prompt and reply together can be.
    pub fn room_needed(&self) -> u64 {
        self.prompt_at_least.saturating_add(u64::from(self.max_tokens.unwrap_or(1)))
    }

    /// What OpenRouter treats as wishes even without `require_parameters`.
    pub fn soft_parameters(&self) -> impl Iterator<Item = &'static str> + '_ {
        let soft = ["tools", "response_format", "structured_outputs", "verbosity"];
        self.parameters.iter().copied().filter(move |name| soft.contains(name))
    }
}

#[derive(Default)]
struct Size {
    chars: usize,
    images: u64,
    modalities: Vec<&'static str>,
}

impl Size {
    fn message(&mut self, message: &Message) {
        self.chars += 16;
        self.parts(&message.parts);
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Text { text, .. } => self.chars += text.len(),
                Part::Image { .. } => {
                    self.images += 1;
                    self.needs("image");
                }
                Part::File { .. } => {
                    self.chars += 4 * 1_500;
                    self.needs("file");
                }
                Part::Audio { .. } => {
                    self.chars += 4 * 500;
                    self.needs("audio");
                }
                Part::Reasoning(reasoning) => self.chars += reasoning.text.len(),
                Part::ToolCall { arguments, name, .. } => self.chars += arguments.len() + name.len(),
                Part::ToolResult { parts, .. } => self.parts(parts),
                Part::Annotation { .. } | Part::Opaque { .. } => {}
            }
        }
    }

    fn needs(&mut self, modality: &'static str) {
        if !self.modalities.contains(&modality) {
            self.modalities.push(modality);
        }
    }
}

/// How long the reply will probably be; thinking is billed as output.
fn expected_reply(request: &Request) -> u64 {
    let usual = match request.params.max_tokens {
        Some(limit) => u64::from(limit).min(LONGEST_GUESS),
        None => USUAL_REPLY,
    };
    let thinking = request.params.reasoning.as_ref().and_then(|r| r.effort);
    let factor = match thinking {
        None | Some(Effort::None | Effort::Minimal) => 1,
        Some(Effort::Low) => 2,
        Some(Effort::Medium) => 4,
        Some(Effort::High | Effort::Xhigh | Effort::Max) => 8,
    };
    request.params.max_tokens.map_or(usual * factor, |limit| (usual * factor).min(u64::from(limit)))
}

/// The names `require_parameters` goes by: what was given, tools among it, and what the response format asks for.
fn parameters(request: &Request) -> Vec<&'static str> {
    let mut names = request.params.given();
    if !request.tools.is_empty() {
        names.push("tools");
    }
    match request.params.response_format {
        Some(ResponseFormat::JsonSchema { .. }) => names.push("structured_outputs"),
        // plain text is what everybody does
        Some(ResponseFormat::Text) => names.retain(|name| *name != "response_format"),
        _ => {}
    }
    names
}
