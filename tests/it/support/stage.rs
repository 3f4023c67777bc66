//! The session on a stage: keys and events go in through the real screen, effects and pictures come out.

use crossterm::event::{Event as Terminal, KeyCode, KeyEvent, KeyModifiers};
use fareway::app::{Began, Card, Cards, Code, Effect, Event, Key, Keymap, Model, Settings, update};
use fareway::tui::Tui;
use fareway::tui::paint::Picture;
use fareway::tui::theme::Theme;
use fareway::words::{
    At, Attempt, Chosen, Considered, Cost, CostLine, CostSource, Decision, Delta, Dice, Endpoint, EndpointId,
    Estimate, Failure, FailureKind, Filter, GenerationId, ModelId, Outcome, Prices, ProviderId, Receipt,
    Reply, Stop, TurnId, Usage, Verdict,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub struct Stage {
    pub model: Model,
    pub tui: Tui,
    /// What was asked of the shell since the last look; orders to the screen are carried out here.
    pub effects: Vec<Effect>,
    picture: Picture,
}

impl Stage {
    /// Some models, a chosen one, nothing said yet.
    pub fn new(columns: u16, rows: u16) -> Self {
        let mut stage = Self::bare(columns, rows);
        stage.event(Event::Began(Box::new(Began {
            cards: Cards::all(cards()),
            themes: vec!["night".into(), "day".into(), "nord".into()],
            ..Began::default()
        })));
        stage.effects.clear();
        stage
    }

    /// As the first frame finds it.
    pub fn bare(columns: u16, rows: u16) -> Self {
        let keymap = Keymap::new(&BTreeMap::new()).expect("the default keys do not conflict");
        let at = At::from_secs(1_790_000_000);
        let mut model = Model::new(Settings::default(), keymap, Dice::new(7), at);
        (model.columns, model.rows) = (columns, rows);
        let themes = ["night", "day", "nord"].iter().filter_map(|name| Theme::bundled(name)).collect();
        Self { model, tui: Tui::new(themes), effects: Vec::new(), picture: Picture::new(columns, rows) }
    }

    pub fn event(&mut self, event: Event) {
        let at = self.model.now;
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in update(&mut self.model, at, event) {
                match effect {
                    Effect::Screen(order) => events.extend(self.tui.order(&order, &self.model)),
                    effect => self.effects.push(effect),
                }
            }
        }
    }

    pub fn tui_mode(&self) -> fareway::tui::Mode {
        self.tui.mode()
    }

    pub fn wait(&mut self, time: Duration) {
        self.model.now = self.model.now + time;
        self.event(Event::Tick);
    }

    /// Keys as in the config, separated by spaces: `ctrl-k down enter`.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split_whitespace() {
            let key: Key = key.parse().expect("a key");
            self.terminal(Terminal::Key(terminal_key(key)));
        }
        self
    }

    pub fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.terminal(Terminal::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
        }
        self
    }

    pub fn terminal(&mut self, event: Terminal) {
        if let Some(event) = self.tui.input(event, &self.model) {
            self.event(event);
        }
    }

    /// The turns asked for and not looked at yet.
    pub fn asked(&mut self) -> Vec<TurnId> {
        let asked = self.effects.iter().filter_map(|e| match e {
            Effect::Ask { turn, .. } => Some(*turn),
            _ => None,
        });
        let asked = asked.collect();
        self.effects.clear();
        asked
    }

    pub fn reply(&mut self, turn: TurnId, reply: Reply) {
        self.event(Event::Reply { turn, reply });
    }

    /// A prompt and its whole answer.
    pub fn exchange(&mut self, prompt: &str, answer: &str) {
        self.types(prompt).press("enter");
        let turn = self.asked()[0];
        self.reply(turn, chosen("openai"));
        self.reply(turn, text(answer));
        self.reply(turn, done("openai", 1_204, 356));
    }

    /// The picture as text, a line a row, blanks at the right cut off; the caret as a line of its own.
    pub fn screen(&mut self) -> String {
        self.tui.view(&self.model, &mut self.picture);
        let buffer = &self.picture.buffer;
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            let mut x = 0;
            while x < buffer.area.width {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                x += u16::try_from(fareway::tui::text::width(symbol).max(1)).unwrap_or(1);
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        match self.picture.cursor {
            Some(at) => out.push_str(&format!("caret {},{}", at.x, at.y)),
            None => out.push_str("caret hidden"),
        }
        out
    }

    /// What the picture is drawn on, at its lower edge.
    pub fn ground(&mut self) -> ratatui::style::Color {
        self.tui.view(&self.model, &mut self.picture);
        let buffer = &self.picture.buffer;
        buffer[(0, buffer.area.height - 3)].bg
    }

    /// What is drawn with this modifier, row by row.
    pub fn drawn(&mut self, modifier: ratatui::style::Modifier) -> Vec<String> {
        self.tui.view(&self.model, &mut self.picture);
        let buffer = &self.picture.buffer;
        let row = |y| {
            let cells = (0..buffer.area.width).map(|x| &buffer[(x, y)]);
            cells
                .filter(|cell| cell.modifier.contains(modifier))
                .map(|cell| cell.symbol())
                .collect::<String>()
        };
        (0..buffer.area.height).map(row).filter(|text| !text.is_empty()).collect()
    }

    pub fn caret(&mut self) -> Option<(u16, u16)> {
        self.tui.view(&self.model, &mut self.picture);
        self.picture.cursor.map(|at| (at.x, at.y))
    }
}

fn terminal_key(key: Key) -> KeyEvent {
    let code = match key.code {
        Code::Char(c) => KeyCode::Char(c),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => KeyCode::BackTab,
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::Insert => KeyCode::Insert,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::F(n) => KeyCode::F(n),
    };
    let mut modifiers = KeyModifiers::NONE;
    for (on, modifier) in
        [(key.ctrl, KeyModifiers::CONTROL), (key.alt, KeyModifiers::ALT), (key.shift, KeyModifiers::SHIFT)]
    {
        if on {
            modifiers |= modifier;
        }
    }
    KeyEvent::new(code, modifiers)
}

pub fn endpoint(provider: &str, model: &str, prices: Option<(&str, &str)>, context: u32) -> Arc<Endpoint> {
    Arc::new(Endpoint {
        provider_name: provider[..1].to_uppercase() + &provider[1..],
        upstream_model: model.into(),
        base_url: "https://example.invalid/v1".into(),
        prices: prices.map(|(prompt, completion)| Prices {
            prompt: prompt.parse::<fareway::words::Usd>().expect("dollars").of_million(),
            completion: completion.parse::<fareway::words::Usd>().expect("dollars").of_million(),
            ..Prices::default()
        }),
        context: Some(context),
        max_output: None,
        parameters: ["tools"].into(),
        inputs: ["image"].into(),
        demo: provider == "demo",
        local: provider == "ollama",
        ..Endpoint::new(ProviderId::new(provider), ModelId::new(model), "openai-chat")
    })
}

pub fn card(model: &str, endpoints: Vec<Arc<Endpoint>>, usable: bool) -> Card {
    let id = ModelId::new(model);
    Card {
        name: id.short().replace('-', " "),
        id,
        within_reach: if usable { endpoints.len() } else { 0 },
        endpoints,
        retires: None,
        description: "a model for tests".into(),
        quality: (model == "openai/gpt-5").then_some(68.5),
        efforts: Vec::new(),
    }
}

/// One of each kind: two endpoints, one endpoint, no key, unknown price, local, demo.
pub fn cards() -> Vec<Card> {
    vec![
        card(
            "openai/gpt-5",
            vec![
                endpoint("openai", "openai/gpt-5", Some(("1.25", "10")), 400_000),
                endpoint("azure", "openai/gpt-5", Some(("1.25", "10")), 400_000),
            ],
            true,
        ),
        card(
            "anthropic/claude-sonnet-4.5",
            vec![endpoint("anthropic", "anthropic/claude-sonnet-4.5", Some(("3", "15")), 1_000_000)],
            false,
        ),
        card("groq/kimi-k2", vec![endpoint("groq", "groq/kimi-k2", None, 131_072)], true),
        card("local/qwen3", vec![endpoint("ollama", "local/qwen3", Some(("0", "0")), 32_768)], true),
        card("demo/quick", vec![endpoint("demo", "demo/quick", Some(("0.1", "0.4")), 8_192)], true),
    ]
}

pub fn chosen(provider: &str) -> Reply {
    let model = ModelId::new("openai/gpt-5");
    let endpoint = endpoint(provider, "openai/gpt-5", Some(("1.25", "10")), 400_000);
    Reply::Chosen(Box::new(Chosen {
        endpoint: endpoint.id.clone(),
        model,
        provider: endpoint.provider.clone(),
        provider_name: endpoint.provider_name.clone(),
        demo: false,
        prices: endpoint.prices.clone(),
        prompt_tokens: 1_204,
        searches: 0,
        tokens_per_mille: 1000,
        context: None,
        why: "cheapest of 2 healthy".into(),
        dearer: None,
    }))
}

pub fn text(text: &str) -> Reply {
    Reply::Delta(Delta::Text(text.into()))
}

pub fn failure(kind: FailureKind, status: Option<u16>) -> Box<Failure> {
    Box::new(Failure { status, ..Failure::new(kind, "the provider is overloaded; try again later") })
}

pub fn cost(usage: &Usage) -> Cost {
    let prompt = "0.00000125".parse::<fareway::words::Usd>().expect("dollars");
    let completion = "0.00001".parse::<fareway::words::Usd>().expect("dollars");
    let booked = prompt * usage.prompt + completion * usage.completion;
    Cost {
        booked: Some(booked),
        source: CostSource::Catalog,
        ours: Some(booked),
        lines: [("prompt", usage.prompt, prompt), ("completion", usage.completion, completion)]
            .into_iter()
            .filter(|(_, count, _)| *count > 0)
            .map(|(category, count, price)| CostLine { category: category.into(), count, price })
            .collect(),
    }
}

fn considered(provider: &str, verdict: Verdict) -> Considered {
    let model = ModelId::new("openai/gpt-5");
    Considered {
        endpoint: EndpointId::of(provider, &model),
        model,
        verdict,
        estimate: Some(Estimate {
            prompt_tokens: 1_204,
            completion_tokens: 500,
            cost: Some("0.006505".parse().expect("dollars")),
            ttft: Some(Duration::from_millis(600)),
            throughput: Some(68.4),
            ..Estimate::default()
        }),
        score: Some(0.006505),
        share: Some(0.5),
    }
}

/// A receipt with one failed attempt at azure before the answer.
pub fn receipt(provider: &str, prompt: u64, completion: u64, at: At) -> Receipt {
    let model = ModelId::new("openai/gpt-5");
    let usage = Usage { prompt, completion, ..Usage::default() };
    let attempt = |provider: &str, started: At, outcome: Outcome, usage: Usage| Attempt {
        endpoint: EndpointId::of(provider, &model),
        model: model.clone(),
        provider: ProviderId::new(provider),
        key: Some(0),
        started,
        ttft: (outcome == Outcome::Answered).then(|| Duration::from_millis(600)),
        total: Duration::from_millis(if outcome == Outcome::Answered { 5_800 } else { 200 }),
        status: Some(if outcome == Outcome::Answered { 200 } else { 503 }),
        cost: cost(&usage),
        usage,
        outcome,
        hedge: false,
        rescue: false,
        dearer: None,
    };
    let failed = Outcome::Failed(failure(FailureKind::Overloaded, Some(503)));
    Receipt {
        generation: GenerationId::nil(),
        requested: "openai/gpt-5".into(),
        model: model.clone(),
        provider: ProviderId::new(provider),
        endpoint: EndpointId::of(provider, &model),
        attempts: vec![
            attempt("azure", at, failed, Usage::default()),
            attempt(provider, at + Duration::from_millis(200), Outcome::Answered, usage),
        ],
        usage,
        cost: cost(&usage),
        ttft: Some(Duration::from_millis(800)),
        total: Duration::from_millis(6_000),
        stop: Some(Stop::Stop),
        native_stop: None,
        upstream_id: None,
        demo: false,
        decision: Some(Box::new(Decision {
            resolved: vec!["openai/gpt-5 is itself".into()],
            strategy: "price-weighted".into(),
            attempts: vec![EndpointId::of("azure", &model), EndpointId::of(provider, &model)],
            considered: vec![
                considered("azure", Verdict::Kept { place: 0 }),
                considered(
                    provider,
                    Verdict::Moved { place: 1, reason: "slower than `preferred_min_throughput`".into() },
                ),
                Considered {
                    estimate: None,
                    score: None,
                    share: None,
                    ..considered(
                        "openrouter",
                        Verdict::Dropped {
                            filter: Filter::MaxPrice,
                            reason: "costs $2.5 in, $20 out per million tokens".into(),
                        },
                    )
                },
            ],
            refused: None,
            why: "cheapest of 2 healthy".into(),
            draws: vec![0.25, 0.875],
        })),
    }
}

pub fn done(provider: &str, prompt: u64, completion: u64) -> Reply {
    Reply::Done(Box::new(receipt(provider, prompt, completion, At::from_secs(1_790_000_000))))
}
