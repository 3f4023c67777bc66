//! What reaches the store's thread, from this process and from others.

use super::op::{Answer, Op};
use super::pending::Teller;
use super::socket::{ToGuest, ToOwner};
use super::write::Write;
use super::writer::Writer;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::SyncSender;

pub(super) enum Job {
    Write {
        writes: Vec<Write>,
        by: Writer,
        to: To,
    },
    Read {
        op: Op,
        to: To,
    },
    /// Another process came to the socket.
    Guest(UnixStream),
    GuestGone(u64),
    /// The owner said something to us, its guest; `None`: it is gone. The number tells connections apart.
    Heard(u64, Option<Box<ToGuest>>),
    Close,
}

/// Who waits for an answer.
pub(super) enum To {
    Here(Teller),
    Guest { id: u64, line: SyncSender<ToGuest> },
    Nobody,
}

impl To {
    pub(super) fn tell(self, answer: Answer) {
        match self {
            Self::Here(teller) => teller.tell(answer),
            // a guest that is gone asks the next owner again
            Self::Guest { id, line } => drop(line.try_send(ToGuest::Answer { id, answer })),
            Self::Nobody => {}
        }
    }
}

impl Job {
    pub(super) fn of(asked: ToOwner, to: To) -> Option<Self> {
        match asked {
            ToOwner::Hello { .. } => None,
            ToOwner::Write { writes, by, .. } => Some(Self::Write { writes, by, to }),
            ToOwner::Read { op, .. } => Some(Self::Read { op, to }),
        }
    }
}
