//! The whole session as plain data. What can be derived is a method, not a field.

use super::panes::Overlay;
use super::{Card, Cards, Key, Keymap, Level, Live, Mark, Pending, Quote, Settings, Spent, Thread, Undo};
use crate::metering::Tokenizer;
use crate::words::{
    At, Dice, Draft, MessageId, ModelId, ModelRef, Purpose, Role, Session, SessionId, Totals, TurnId, Unsent,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// When the last event came.
    pub now: At,
    pub dice: Dice,
    pub columns: u16,
    pub rows: u16,
    pub focused: bool,
    /// What the last run left behind is known; before that nothing is sent.
    pub begun: Begun,
    /// What ended while the terminal had no focus.
    pub unseen: Option<super::Unseen>,
    pub settings: Settings,
    pub keymap: Keymap,
    pub cards: Cards,
    pub themes: Vec<String>,
    /// Every session's own data, newest first. The shown one's is in its thread.
    pub sessions: Vec<Session>,
    /// Conversations that are on the screen or being answered.
    pub threads: BTreeMap<SessionId, Thread>,
    /// The session on the screen; always in `threads`.
    pub here: SessionId,
    /// Replies under way.
    pub live: BTreeMap<TurnId, Live>,
    pub overlays: Vec<Overlay>,
    pub notices: VecDeque<Notice>,
    pub spent: Spent,
    pub quotes: Vec<Quote>,
    /// What the person has had from each model, over all time.
    pub mine: Arc<BTreeMap<ModelId, Totals>>,
    /// Models that were billed off their list price lately, by how many percent.
    pub mischarged: BTreeMap<ModelId, i64>,
    /// Loaded so far, for counting replies exactly as they come.
    pub tokenizers: Vec<Tokenizer>,
    pub completion: Option<Completion>,
    pub compare: Option<Compare>,
    /// Turns of answers that are still of interest, one of a kind.
    pub pending: Pending,
    /// What was folded in prompts of this run, by their texts: a prompt that is taken up again has it.
    pub folded: VecDeque<Draft>,
    /// How far back in the prompt history the composer is, and what stood there before.
    pub recalled: Option<(usize, Draft)>,
    /// What was deleted or archived last, while it can be undone.
    pub undo: Option<Undo>,
    /// The last key that was pressed once and has to be pressed again (quit).
    pub armed: Option<(Key, At)>,
    /// An unsaved draft is kept at this moment.
    pub keep_draft: Option<At>,
    /// The draft changed; its price is asked for at this moment.
    pub price_draft: Option<At>,
    pub line: super::LineState,
    /// The code block copied last and of how many: the next copy takes the one before.
    pub copied: Option<(usize, usize)>,
    pub last_turn: u64,
}

/// How far the beginning is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begun {
    /// The store is being opened.
    #[default]
    NotYet,
    /// So it is, and the prompt is to be sent when it is open.
    Sending,
    Done,
}

/// One sentence in the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub level: Level,
    pub text: String,
    pub until: At,
}

/// What the composer offers to complete: `/` commands, `@` paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Characters before the cursor that an accepted item replaces.
    pub replaces: usize,
    pub items: Vec<Item>,
    pub at: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    pub about: String,
}

/// One prompt answered by several models at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compare {
    /// The message they all answer.
    pub prompt: MessageId,
    pub replies: Vec<MessageId>,
    /// The column that actions are about.
    pub at: usize,
    /// The row that each column is read from.
    pub tops: Vec<Mark>,
}

impl Model {
    /// An empty session, before anything is known: what the first frame shows.
    pub fn new(settings: Settings, keymap: Keymap, dice: Dice, at: At) -> Self {
        let mut dice = dice;
        let id = SessionId::new(at, &mut dice);
        let session = Session::new(id, settings.model.clone(), at);
        Self {
            now: at,
            dice,
            columns: 80,
            rows: 24,
            focused: true,
            begun: Begun::default(),
            unseen: None,
            settings,
            keymap,
            cards: Cards::default(),
            themes: Vec::new(),
            sessions: Vec::new(),
            threads: BTreeMap::from([(id, Thread::new(session, [], Unsent::default()))]),
            here: id,
            live: BTreeMap::new(),
            overlays: Vec::new(),
            notices: VecDeque::new(),
            spent: Spent::default(),
            quotes: Vec::new(),
            mine: Arc::default(),
            mischarged: BTreeMap::new(),
            tokenizers: Vec::new(),
            completion: None,
            compare: None,
            pending: Pending::default(),
            folded: VecDeque::new(),
            recalled: None,
            undo: None,
            armed: None,
            keep_draft: None,
            price_draft: None,
            line: super::LineState::default(),
            copied: None,
            last_turn: 0,
        }
    }

    pub fn thread(&self) -> &Thread {
        self.threads.get(&self.here).expect("the session on the screen is always in `threads`")
    }

    pub fn thread_mut(&mut self) -> &mut Thread {
        self.threads.get_mut(&self.here).expect("the session on the screen is always in `threads`")
    }

    pub fn session(&self) -> &Session {
        &self.thread().session
    }

    pub fn draft(&self) -> &Draft {
        &self.thread().draft
    }

    pub fn model(&self) -> &ModelRef {
        &self.session().model
    }

    /// The card of a model by its plain id, or by a name of the person's own; suffixes and pins are the router's business.
    pub fn card(&self, name: &str) -> Option<&Card> {
        let name = self.meant(name);
        let card = |name: &str| self.cards.iter().find(|c| c.id.as_str() == name);
        card(name).or_else(|| card(plain(name)))
    }

    /// The id of a model by such a name, whether its card is at hand or not.
    pub fn known(&self, name: &str) -> Option<ModelId> {
        let name = self.meant(name);
        [name, plain(name)].into_iter().find(|name| self.cards.knows(name)).map(ModelId::new)
    }

    /// What a name of the person's own stands for; any other name as it is.
    pub fn meant<'a>(&'a self, mut name: &'a str) -> &'a str {
        let own = |name: &str| self.settings.names.get(name).or_else(|| self.settings.names.get(plain(name)));
        // an alias may name an alias, even itself
        for _ in 0..8 {
            match own(name).map(|own| own.model.as_str()) {
                Some(model) if !model.is_empty() => name = model,
                _ => break,
            }
        }
        name
    }

    /// Something on the screen looks at more than what is within reach.
    pub fn wants_every_card(&self) -> bool {
        use Overlay::{Context, Picker, Preferences, Versus, WhatIf};
        let looks = |overlay: &Overlay| {
            matches!(overlay, Context(_) | Picker(_) | Preferences(_) | Versus(_) | WhatIf(_))
        };
        let here = self.model().as_str();
        !self.cards.is_whole()
            && !self.pending.cards
            && self.begun == Begun::Done
            && (self.overlays.iter().any(looks) || self.card(here).is_none() && self.known(here).is_some())
    }

    /// The reply under way that writes this message.
    pub fn writing(&self, message: MessageId) -> Option<(TurnId, &Live)> {
        self.live.iter().find(|(_, live)| live.message == message).map(|(turn, live)| (*turn, live))
    }

    /// Replies under way in the session on the screen. A title being made is nobody's business.
    pub fn live_here(&self) -> impl Iterator<Item = (TurnId, &Live)> {
        let shown = |live: &Live| live.session == self.here && live.purpose != Purpose::Title;
        self.live.iter().filter(move |(_, live)| shown(live)).map(|(turn, live)| (*turn, live))
    }

    /// How many replies are under way, in any session.
    pub fn answering(&self) -> usize {
        self.live.values().filter(|live| live.purpose != Purpose::Title).count()
    }

    pub fn streaming(&self) -> bool {
        self.live_here().next().is_some()
    }

    /// The reply that the meter reads: the newest under way on the shown branch, else the last one there. What another
    /// branch still hears counts in the sums only.
    pub fn metered(&self) -> Option<super::Reading> {
        // of several side by side the chosen one
        if let Some(compare) = &self.compare {
            let message = self.thread().message(*compare.replies.get(compare.at)?)?;
            return super::reading(self, message);
        }
        let thread = self.thread();
        // a summary stands outside the conversation
        let shown = |id| thread.position(id).is_some() || thread.message(id).is_none();
        if let Some((_, live)) = self.live_here().filter(|(_, live)| shown(live.message)).last() {
            return match thread.message(live.message) {
                Some(message) => super::reading(self, message),
                None => Some(live.shown()),
            };
        }
        let last = thread.shown().rev().take(8).find(|n| n.message.role == Role::Assistant)?;
        last.message.receipt.as_deref().map(super::Reading::of)
    }

    /// Nothing real was ever asked for: the demonstration is all there is.
    pub fn only_demo(&self) -> bool {
        !self.cards.iter().any(|card| card.usable() && !card.demo())
    }

    pub fn demo_here(&self) -> bool {
        self.card(self.model().as_str()).is_some_and(Card::demo)
    }

    pub fn next_turn(&mut self) -> TurnId {
        self.last_turn += 1;
        TurnId(self.last_turn)
    }

    /// Says one sentence in the status line for a while.
    pub fn say(&mut self, level: Level, text: impl Into<String>) {
        let text = crate::words::clean_line(&text.into());
        let seconds = match level {
            Level::Info => 5,
            Level::Warning => 10,
            Level::Error => 20,
        };
        self.notices.retain(|n| n.text != text);
        self.notices.push_front(Notice { level, text, until: self.now + Duration::from_secs(seconds) });
        self.notices.truncate(20);
    }

    pub fn notice(&self) -> Option<&Notice> {
        self.notices.iter().find(|n| n.until > self.now)
    }

    /// Sums of the session on the screen, real or of the demonstration, whichever it spends.
    pub fn session_total(&self) -> &Totals {
        if self.demo_here() { &self.spent.session_demo } else { &self.spent.session }
    }

    pub fn today_total(&self) -> &Totals {
        if self.demo_here() { &self.spent.today_demo } else { &self.spent.today }
    }

    pub fn favourite(&self, model: &ModelId) -> Option<usize> {
        self.settings.favourites.iter().position(|f| f.as_str() == model.as_str())
    }
}

/// A name without its pin and its suffix.
fn plain(name: &str) -> &str {
    let model = name.split_once('@').map_or(name, |(model, _)| model);
    model.rsplit_once(':').map_or(model, |(model, _)| model)
}
