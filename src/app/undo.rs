//! What was deleted, archived or shortened last, and how it comes back.

use super::switch::{alter, keep_session, named, new_session};
use super::{Effect, Level, Model, Save, turns};
use crate::words::{Message, MessageId, Session, SessionId, TurnId};
use std::sync::Arc;

/// What Alt-U in the list of sessions and `u` at a message take back.
#[derive(Clone, Debug, PartialEq)]
pub enum Undo {
    /// Off the list, but still in the store.
    Removed(Box<Session>),
    Archived(SessionId),
    /// Another branch is shown, because the whole one was too long.
    Branch {
        session: SessionId,
        head: Option<MessageId>,
    },
    /// Messages of a session, parents first, and what was shown of it.
    Messages {
        session: SessionId,
        messages: Vec<Arc<Message>>,
        head: Option<MessageId>,
    },
}

/// Takes a session off the list. The store keeps it until something else is removed or the program ends: Alt-U brings
/// it back.
pub fn remove(model: &mut Model, session: SessionId) -> Vec<Effect> {
    let turns: Vec<TurnId> =
        model.live.iter().filter(|(_, live)| live.session == session).map(|(turn, _)| *turn).collect();
    let mut effects = Vec::new();
    for turn in turns {
        effects.extend(turns::stop(model, turn));
    }
    // nobody waits any more for what would have been attached
    let run = model.pending.run.take_if(|run| run.session == session);
    effects.extend(run.map(|run| Effect::Stop { turn: run.turn }));
    effects.extend(forget_removed(model));
    let Some(at) = model.sessions.iter().position(|s| s.id == session) else { return effects };
    let gone = model.sessions.remove(at);
    model.say(Level::Info, format!("deleted \"{}\": Alt-U in the list brings it back", named(&gone)));
    model.undo = Some(Undo::Removed(Box::new(gone)));
    if session == model.here {
        effects.extend(new_session(model, ""));
    }
    model.threads.remove(&session);
    super::panes::refresh(model, |_| ());
    effects
}

/// What was removed last is gone for good.
pub fn forget_removed(model: &mut Model) -> Option<Effect> {
    match model.undo.take() {
        Some(Undo::Removed(gone)) => Some(Effect::Save(vec![Save::RemoveSession(gone.id)])),
        _ => None,
    }
}

/// Puts a session away, or takes it out again.
pub fn archive(model: &mut Model, session: SessionId) -> Vec<Effect> {
    let mut effects: Vec<Effect> = forget_removed(model).into_iter().collect();
    effects.extend(alter(model, session, |s| s.archived = !s.archived));
    if let Some(session) = model.sessions.iter().find(|s| s.id == session) {
        let (title, archived) = (named(session), session.archived);
        model.undo = Some(Undo::Archived(session.id));
        let did = if archived { "archived" } else { "taken out of the archive" };
        model.say(Level::Info, format!("{did}: \"{title}\"; Alt-U undoes it"));
    }
    effects
}

/// Brings back what was deleted or archived last.
pub fn undo(model: &mut Model) -> Vec<Effect> {
    match model.undo.take() {
        Some(Undo::Removed(session)) => {
            model.say(Level::Info, format!("\"{}\" is back", named(&session)));
            let at = model.sessions.partition_point(|s| s.updated > session.updated);
            model.sessions.insert(at, *session);
            Vec::new()
        }
        Some(Undo::Archived(id)) => {
            model.say(Level::Info, "undone");
            alter(model, id, |s| s.archived = !s.archived)
        }
        Some(Undo::Branch { session, head }) if session == model.here && !model.streaming() => {
            model.thread_mut().go_on_from(head);
            model.say(
                Level::Info,
                "this is the whole conversation again; the shorter one is a branch beside it",
            );
            keep_session(model)
        }
        Some(Undo::Branch { session, head }) => {
            let busy = session == model.here;
            model.undo = Some(Undo::Branch { session, head });
            let said = if busy {
                "a reply is under way: Esc stops it"
            } else {
                "open the session that was shortened first"
            };
            model.say(Level::Info, said);
            Vec::new()
        }
        Some(Undo::Messages { session, messages, head }) => back(model, session, messages, head),
        None => {
            model.say(Level::Info, "nothing to undo");
            Vec::new()
        }
    }
}

/// Deleted messages return to their session, if it is still on the screen.
fn back(
    model: &mut Model,
    session: SessionId,
    messages: Vec<Arc<Message>>,
    head: Option<MessageId>,
) -> Vec<Effect> {
    let Some(thread) = model.threads.get_mut(&session) else {
        model.say(Level::Info, "open the session that they were deleted from first");
        model.undo = Some(Undo::Messages { session, messages, head });
        return Vec::new();
    };
    for message in &messages {
        thread.hang(Arc::clone(message));
    }
    thread.go_on_from(head);
    let mut saves = vec![Save::Session(Box::new(thread.session.clone()))];
    saves.extend(messages.into_iter().map(|message| Save::Message { session, message }));
    model.say(Level::Info, "it is back");
    turns::list(model, session);
    vec![Effect::Save(saves)]
}
