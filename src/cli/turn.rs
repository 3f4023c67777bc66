//! One question of the command line and the session it belongs to: the request it makes, and what is kept of the answer.

use super::ask::Args;
use super::heard::Heard;
use super::shell::Shell;
use super::{Fail, sessions};
use crate::runtime::{Core, dice, last_session, now, shown_branch};
use crate::words::{
    Dice, GenerationId, Message, MessageId, MessageState, ModelRef, Part, Preferences, Purpose,
    ReasoningParams, Request, Role, Session, SessionId, Titled,
};
use std::sync::Arc;

/// A question with everything that was said before it.
pub struct Turn {
    pub core: Core,
    /// What is asked unless something else is said.
    pub model: ModelRef,
    session: Session,
    /// `--no-save`: nothing but the ledger is written.
    kept: bool,
    history: Vec<Arc<Message>>,
    question: Arc<Message>,
    /// The question is on disk.
    saved: bool,
    dice: Dice,
}

impl Turn {
    /// Finds the session, or makes one; nothing is written yet.
    pub fn new(args: &Args, parts: Vec<Part>, model: Option<ModelRef>, shell: &Shell) -> Result<Self, Fail> {
        let core = shell.core()?;
        let found = match (&args.session, args.go_on) {
            (Some(name), _) => Some(sessions::find(&core.store, name)?),
            (None, true) => {
                let last = last_session(&core.store)?;
                Some(last.ok_or_else(|| Fail::usage("there is no session to continue"))?)
            }
            (None, false) => None,
        };
        let (mut dice, at) = (dice(), now());
        let history = found.as_ref().map_or(Ok(Vec::new()), |session| shown_branch(&core.store, session))?;
        let (mut session, model) = match (found, model) {
            (Some(session), Some(model)) => (session, model),
            (Some(session), None) => {
                let model = session.model.clone();
                (session, model)
            }
            (None, model) => {
                let model = model.map_or_else(|| shell.default_model(&core.store), Ok)?;
                let mut session = Session::new(SessionId::new(at, &mut dice), model.clone(), at);
                session.fallbacks = shell.config.fallbacks.iter().map(ModelRef::new).collect();
                session.params = shell.config.params.clone();
                session.system = Some(shell.config.system.clone()).filter(|text| !text.is_empty());
                (session, model)
            }
        };
        if let Some(system) = &args.system {
            session.system = Some(system.clone());
        }
        if !args.fallback.is_empty() {
            session.fallbacks = args.fallback.iter().map(ModelRef::new).collect();
        }
        let id = MessageId::new(at, &mut dice);
        let parent = history.last().map(|message| message.id);
        let question = Arc::new(Message { parts, ..Message::text(id, parent, Role::User, "", at) });
        if session.title.is_empty() {
            session.title = sessions::first_words(std::slice::from_ref(&question));
            session.titled = Titled::Locally;
        }
        Ok(Self { core, model, session, kept: !args.no_save, history, question, saved: false, dice })
    }

    /// The request to this model.
    pub fn request(&mut self, args: &Args, model: ModelRef, purpose: Purpose) -> Request {
        let system = self.session.system.clone();
        let system = system.map(|text| Arc::new(Message::loose(Role::System, vec![Part::text(text)])));
        let mut params = self.session.params.clone();
        params.temperature = args.temperature.or(params.temperature);
        params.max_tokens = args.max_tokens.or(params.max_tokens);
        if let Some(effort) = args.effort {
            params.reasoning = Some(ReasoningParams { effort: Some(effort), ..ReasoningParams::default() });
        }
        let profile = args.profile.or(self.session.preferences.profile);
        let history = self.history.iter().chain([&self.question]).cloned();
        Request {
            generation: GenerationId::new(now(), &mut self.dice),
            session: self.kept.then_some(self.session.id),
            purpose,
            model,
            fallbacks: self.session.fallbacks.clone(),
            messages: system.into_iter().chain(history).collect(),
            params,
            preferences: Preferences { profile, ..self.session.preferences.clone() },
            tags: self.session.tags.clone(),
            ..Request::default()
        }
    }

    /// Puts the question on disk, once. Called when somebody is asked: a name that means nothing leaves no session.
    pub async fn keep_question(&mut self) -> Result<(), Fail> {
        if self.kept && !self.saved {
            self.session.head = Some(self.question.id);
            self.session.updated = self.question.at;
            self.core.save(&self.session, &self.question).await?;
            self.saved = true;
        }
        Ok(())
    }

    /// Waits until the ledger is on disk, fetches the receipt if the stream was dropped, and keeps the answer.
    ///
    /// The session goes on from the first answer that is kept.
    pub async fn keep_answer(&mut self, heard: &mut Heard, stopped: bool) -> Result<(), Fail> {
        self.core.settled().await;
        if heard.receipt.is_none()
            && let Ok(Some(row)) = self.core.store.generation(heard.generation).await
        {
            heard.receipt = Some(Box::new(row.receipt));
        }
        if !self.saved {
            return Ok(());
        }
        let at = now();
        let id = MessageId::new(at, &mut self.dice);
        let answer = Arc::new(Message {
            parts: heard.said.parts.clone(),
            by: heard.model.clone(),
            receipt: heard.receipt.clone(),
            state: match &heard.failure {
                Some(failure) => MessageState::Failed(failure.clone()),
                None if stopped => MessageState::Stopped,
                None => MessageState::Done,
            },
            ..Message::text(id, Some(self.question.id), Role::Assistant, "", at)
        });
        if self.session.head == Some(self.question.id) {
            self.session.head = Some(id);
        }
        self.session.updated = at;
        self.core.save(&self.session, &answer).await?;
        Ok(())
    }
}
