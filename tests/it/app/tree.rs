//! The tree of messages: branches, deletions, damaged data.

use fareway::app::Thread;
use fareway::words::{At, Dice, Message, MessageId, ModelRef, Role, Session, SessionId, Unsent};
use proptest::prelude::*;
use std::sync::Arc;

fn thread(parents: &[Option<usize>]) -> (Thread, Vec<MessageId>) {
    let mut dice = Dice::new(1);
    let ids: Vec<MessageId> =
        (0..parents.len()).map(|n| MessageId::new(At::from_secs(n as i64), &mut dice)).collect();
    let messages: Vec<Arc<Message>> = parents
        .iter()
        .enumerate()
        .map(|(n, parent)| {
            let parent = parent.map(|p| ids[p % ids.len()]);
            Arc::new(Message::text(ids[n], parent, Role::User, format!("m{n}"), At::default()))
        })
        .collect();
    let session = Session::new(SessionId::new(At::default(), &mut dice), ModelRef::new("m"), At::default());
    (Thread::new(session, messages, Unsent::default()), ids)
}

#[test]
fn branches_are_siblings_and_showing_one_goes_to_its_newest_leaf() {
    // 0 ─ 1 ─ 2
    //  └─ 3 ─ 4
    //      └─ 5
    let (mut thread, ids) = thread(&[None, Some(0), Some(1), Some(0), Some(3), Some(3)]);
    assert_eq!(thread.path(), [ids[0], ids[3], ids[5]]);
    assert_eq!(thread.branch(ids[3]), (1, 2));
    thread.show(ids[1]);
    assert_eq!(thread.path(), [ids[0], ids[1], ids[2]]);
    thread.go_on_from(Some(ids[0]));
    assert_eq!(thread.path(), [ids[0]]);
    assert_eq!(thread.children(Some(ids[0])), [ids[1], ids[3]]);
}

#[test]
fn deleting_takes_what_follows_and_shows_the_sibling() {
    let (mut thread, ids) = thread(&[None, Some(0), Some(1), Some(0), Some(3), Some(3)]);
    let mut gone = thread.remove(ids[3]);
    gone.sort();
    assert_eq!(gone, [ids[3], ids[4], ids[5]]);
    assert_eq!(thread.path(), [ids[0], ids[1], ids[2]]);
    thread.remove(ids[0]);
    assert!(thread.is_empty() && thread.path().is_empty());
}

/// The store could not read a message in the middle: what came before it stays in sight, and the gap is seen.
#[test]
fn a_message_that_is_missing_takes_nothing_before_it_away() {
    let (whole, ids) = thread(&[None, Some(0), Some(1), Some(2), Some(3)]);
    let rest = whole.shown().map(|node| node.message.clone()).filter(|message| message.id != ids[2]);
    let session = Session { head: Some(ids[4]), ..whole.session.clone() };
    let thread = Thread::new(session, rest, Unsent::default());
    assert_eq!(thread.path(), ids);
    let gap = thread.message(ids[2]).expect("it has a place");
    assert!(gap.parts.is_empty(), "nobody is sent it: {gap:?}");
    let said = fareway::app::ending(gap).unwrap_or_default();
    assert!(said.contains("cannot be read"), "{said}");
}

proptest! {
    #[test]
    fn any_set_of_messages_makes_a_thread(
        parents in prop::collection::vec(prop::option::of(0usize..40), 1..40),
        acts in prop::collection::vec((0u8..4, 0usize..40), 0..30),
    ) {
        // parents may form circles or point to themselves: a damaged store must not hang the screen
        let (mut thread, ids) = thread(&parents);
        for (act, n) in acts {
            let id = ids[n % ids.len()];
            match act {
                0 => thread.show(id),
                1 => thread.go_on_from(Some(id)),
                2 => { thread.branch(id); thread.below(id); }
                _ => { thread.remove(id); }
            }
            for (at, id) in thread.path().iter().enumerate() {
                prop_assert!(thread.node(*id).is_some());
                prop_assert!(thread.position(*id).is_some_and(|p| p == at || parents.len() > 1));
            }
        }
    }
}
