//! What comes from the tasks to the session: bounded, and neighbouring pieces of one text joined into one.

use crate::words::{Delta, Reply, TurnId};
use tokio::sync::mpsc;

/// How many replies may wait for a frame. When a slow reader fills this, the task waits, then the socket, then the provider.
const ROOM: usize = 2_048;
/// At most so many are taken at once, so that a key is not kept waiting.
const MOST: usize = 4_096;

/// A piece of an answer, and which question it answers. `None`: the stream has ended.
pub type Heard = (TurnId, Option<Reply>);

/// The receiving end.
pub struct Inbox {
    from: mpsc::Receiver<Heard>,
}

/// A new inbox and its sending end.
pub fn inbox() -> (mpsc::Sender<Heard>, Inbox) {
    let (to, from) = mpsc::channel(ROOM);
    (to, Inbox { from })
}

impl Inbox {
    /// Waits for the next, then takes all that has come. Loses nothing when it is dropped while waiting.
    pub async fn next(&mut self) -> Vec<Heard> {
        let Some(first) = self.from.recv().await else {
            return std::future::pending().await;
        };
        let mut heard = vec![first];
        self.take(&mut heard);
        heard
    }

    /// All that has come; nothing when nothing has.
    pub fn try_next(&mut self) -> Vec<Heard> {
        let mut heard = Vec::new();
        self.take(&mut heard);
        heard
    }

    fn take(&mut self, heard: &mut Vec<Heard>) {
        for _ in 0..MOST {
            match self.from.try_recv() {
                Ok(next) => join(heard, next),
                Err(_) => break,
            }
        }
    }
}

/// Appends, joining what is the same text or the same block of thinking of the same turn.
pub fn join(heard: &mut Vec<Heard>, next: Heard) {
    if let (Some((turn, Some(Reply::Delta(last)))), (next_turn, Some(Reply::Delta(delta)))) =
        (heard.last_mut(), &next)
        && turn == next_turn
    {
        match (last, delta) {
            (Delta::Text(text), Delta::Text(more)) => {
                text.push_str(more);
                return;
            }
            (Delta::Reasoning { index, piece }, Delta::Reasoning { index: next, piece: more })
                if index == next && piece.kind == more.kind && is_open(piece) && is_plain(more) =>
            {
                piece.text.push_str(&more.text);
                return;
            }
            _ => {}
        }
    }
    heard.push(next);
}

/// Nothing was said yet that must stay at the end of the block.
fn is_open(piece: &crate::words::Reasoning) -> bool {
    piece.signature.is_none() && piece.data.is_none()
}

/// Only text.
fn is_plain(piece: &crate::words::Reasoning) -> bool {
    is_open(piece) && piece.id.is_none() && piece.format.is_none()
}
