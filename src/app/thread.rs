//! One conversation: a tree of messages, and the branch of it that is shown.

use super::Place;
use crate::words::{
    At, Draft, Failure, FailureKind, Fork, Message, MessageId, MessageState, Role, Session, Unsent,
};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// A message in its conversation, with what only the screen asks of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub message: Arc<Message>,
    /// Grows with every change, so that the screen knows what it has laid out already.
    pub revision: u32,
    /// Its thinking is unfolded.
    pub open: bool,
}

/// A conversation that is on the screen or still being answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    pub session: Session,
    pub draft: Draft,
    /// Prompts that wait for the reply under way to end, first to last.
    pub queue: VecDeque<Draft>,
    /// The next prompt begins a new branch; `None`: it goes on at the end of the shown one.
    pub fork: Option<Fork>,
    pub place: Place,
    /// The message that actions are about; `None` while the composer is.
    pub selected: Option<MessageId>,
    nodes: HashMap<MessageId, Node>,
    children: HashMap<Option<MessageId>, Vec<MessageId>>,
    /// The shown branch, oldest first, and where each of its messages stands in it. Derived from `session.head`,
    /// kept because a frame must not walk 20,000 parents.
    path: Vec<MessageId>,
    position: HashMap<MessageId, usize>,
}

impl Thread {
    pub fn new(session: Session, messages: impl IntoIterator<Item = Arc<Message>>, unsent: Unsent) -> Self {
        let mut thread = Self {
            session,
            draft: unsent.draft,
            queue: unsent.queue,
            fork: None,
            place: Place::Bottom,
            selected: None,
            nodes: HashMap::new(),
            children: HashMap::new(),
            path: Vec::new(),
            position: HashMap::new(),
        };
        for message in messages {
            thread.hang(message);
        }
        thread.fill_gaps();
        for children in thread.children.values_mut() {
            children.sort();
        }
        if thread.session.head.is_none_or(|head| !thread.nodes.contains_key(&head)) {
            thread.session.head = thread.newest_below(None);
        }
        thread.walk();
        let there = |id: &Option<MessageId>| id.is_none_or(|id| thread.nodes.contains_key(&id));
        match unsent.fork {
            Some(fork) if there(&fork.parent) && there(&fork.edits) => thread.fork = Some(fork),
            // what it follows is gone: nothing that was written goes with it
            Some(fork) => {
                thread.queue.extend([fork.parked].into_iter().filter(|draft| !draft.text.is_empty()))
            }
            None => {}
        }
        thread
    }

    /// Messages that others follow and that are not there (a damaged store): what came before must not go with them.
    fn fill_gaps(&mut self) {
        let followed =
            self.children.iter().filter_map(|(parent, follow)| Some(((*parent)?, *follow.first()?)));
        let mut gone: Vec<_> = followed.filter(|(id, _)| !self.nodes.contains_key(id)).collect();
        gone.sort();
        for (id, follows) in gone {
            // ids follow the time
            let before = self.nodes.keys().filter(|other| **other < id).max().copied();
            let at = self.message(follows).map_or(At::default(), |message| message.at);
            let said = "the message that stood here cannot be read; what follows it is here";
            let mut gap = Message::text(id, before, Role::Assistant, "", at);
            gap.parts.clear();
            gap.state = MessageState::Failed(Box::new(Failure::new(FailureKind::Internal, said)));
            self.hang(Arc::new(gap));
        }
    }

    /// All that was written and not sent, as it is kept.
    pub fn unsent(&self) -> Unsent {
        Unsent { draft: self.draft.clone(), queue: self.queue.clone(), fork: self.fork.clone() }
    }

    /// What the next prompt follows.
    pub fn goes_on_from(&self) -> Option<MessageId> {
        self.fork.as_ref().map_or(self.session.head, |fork| fork.parent)
    }

    /// The shown branch, oldest first.
    pub fn path(&self) -> &[MessageId] {
        &self.path
    }

    /// Where a message stands on the shown branch.
    pub fn position(&self, id: MessageId) -> Option<usize> {
        self.position.get(&id).copied()
    }

    pub fn node(&self, id: MessageId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    pub fn message(&self, id: MessageId) -> Option<&Arc<Message>> {
        self.nodes.get(&id).map(|node| &node.message)
    }

    pub fn last(&self) -> Option<&Arc<Message>> {
        self.message(*self.path.last()?)
    }

    /// Messages of all branches.
    pub fn count(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Messages of the shown branch, oldest first.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Node> {
        self.path.iter().filter_map(|id| self.nodes.get(id))
    }

    pub fn children(&self, parent: Option<MessageId>) -> &[MessageId] {
        self.children.get(&parent).map_or(&[], Vec::as_slice)
    }

    /// Which of how many branches a message is: `(1, 3)` is shown as `2/3`.
    pub fn branch(&self, id: MessageId) -> (usize, usize) {
        let siblings = self.siblings(id);
        (siblings.iter().position(|s| *s == id).unwrap_or(0), siblings.len())
    }

    pub fn siblings(&self, id: MessageId) -> &[MessageId] {
        self.message(id).map_or(&[], |message| self.children(message.parent))
    }

    /// Adds a message under its parent and goes on from it.
    pub fn push(&mut self, message: Arc<Message>) {
        let (id, parent) = (message.id, message.parent);
        self.hang(message);
        let follows = parent == self.session.head;
        self.session.head = Some(id);
        if follows {
            self.position.insert(id, self.path.len());
            self.path.push(id);
        } else {
            self.walk();
        }
    }

    /// Adds a message without showing it (a branch of a comparison).
    pub fn hang(&mut self, message: Arc<Message>) {
        let id = message.id;
        let parent = message.parent.filter(|parent| *parent != id);
        match self.nodes.get_mut(&id) {
            Some(node) => {
                node.message = message;
                node.revision += 1;
            }
            None => {
                self.nodes.insert(id, Node { message, revision: 0, open: false });
                self.children.entry(parent).or_default().push(id);
            }
        }
    }

    /// Changes a message; the screen lays it out again.
    pub fn change<R>(&mut self, id: MessageId, change: impl FnOnce(&mut Message) -> R) -> Option<R> {
        let node = self.nodes.get_mut(&id)?;
        node.revision += 1;
        Some(change(Arc::make_mut(&mut node.message)))
    }

    pub fn toggle(&mut self, id: MessageId) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.open = !node.open;
            node.revision += 1;
        }
    }

    /// Shows the branch that a message is on: down from it, the newest at every fork.
    pub fn show(&mut self, id: MessageId) {
        if self.nodes.contains_key(&id) {
            self.session.head = self.newest_below(Some(id));
            self.walk();
        }
    }

    /// Makes a message the last one shown: what is sent next answers it.
    pub fn go_on_from(&mut self, id: Option<MessageId>) {
        self.session.head = id.filter(|id| self.nodes.contains_key(id));
        self.walk();
    }

    /// The message and all that follows it, in every branch.
    pub fn below(&self, id: MessageId) -> Vec<MessageId> {
        let mut found = vec![id];
        let mut seen = HashSet::from([id]);
        let mut next = 0;
        while next < found.len() {
            let children = self.children(Some(found[next])).iter().copied();
            found.extend(children.filter(|child| seen.insert(*child)));
            next += 1;
        }
        found
    }

    /// Takes a message and all that follows it out; shows a sibling, or ends at the parent.
    pub fn remove(&mut self, id: MessageId) -> Vec<MessageId> {
        let Some(parent) = self.message(id).map(|m| m.parent) else { return Vec::new() };
        let gone = self.below(id);
        for id in &gone {
            self.nodes.remove(id);
            self.children.remove(&Some(*id));
        }
        if let Some(siblings) = self.children.get_mut(&parent) {
            siblings.retain(|s| *s != id);
        }
        let on_path = self.position(id).is_some();
        if on_path {
            self.session.head = match self.children(parent).last() {
                Some(sibling) => self.newest_below(Some(*sibling)),
                None => parent,
            };
        }
        self.walk();
        if self.selected.is_some_and(|s| !self.position.contains_key(&s)) {
            self.selected = None;
        }
        if let Place::At { message, .. } = self.place
            && !self.position.contains_key(&message)
        {
            self.place = Place::Bottom;
        }
        gone
    }

    fn newest_below(&self, from: Option<MessageId>) -> Option<MessageId> {
        let mut at = from;
        // never more steps than messages: a damaged store may hold a circle
        for _ in 0..self.nodes.len() {
            let Some(child) = self.children(at).last() else { break };
            at = Some(*child);
        }
        at
    }

    fn walk(&mut self) {
        self.path.clear();
        let mut at = self.session.head;
        while let Some(id) = at {
            let Some(node) = self.nodes.get(&id) else { break };
            self.path.push(id);
            // a damaged store may hold a circle
            if self.path.len() >= self.nodes.len() {
                break;
            }
            at = node.message.parent.filter(|parent| *parent != id);
        }
        self.path.reverse();
        self.position = self.path.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    }
}
