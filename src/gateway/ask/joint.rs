//! One reply out of the parts of several endpoints: what the reader is told, and what is kept back until it is certain.

use super::rescue::{self, Heard};
use super::seam::{Continuation, Seam};
use crate::gateway::stream::Mailbox;
use crate::words::{Delta, Endpoint, Failure, FailureKind, Reply, Request, Rescue, Stop, Unfinished};

/// The reply as it grows.
pub(super) struct Joint<'a> {
    mailbox: &'a Mailbox,
    heard: Heard,
    /// In a part that goes on with another's.
    seam: Option<Seam>,
    /// The part under way has added something.
    added: bool,
    /// What its numbers of tool calls and reasoning blocks are counted from.
    calls: u32,
    thoughts: u32,
    /// Half of a tool call was thrown away: whatever follows, the text alone is not the reply.
    thrown_away: bool,
    structured: bool,
    /// What cannot be continued is kept back until it is whole.
    keeps_back: bool,
    kept_back: Vec<Delta>,
    /// Why a continuing part stopped: told when it is known that it was the last.
    stop: Option<Delta>,
}

impl<'a> Joint<'a> {
    pub fn new(mailbox: &'a Mailbox, request: &Request) -> Self {
        let wishes = &request.preferences;
        Self {
            mailbox,
            heard: Heard::default(),
            seam: None,
            added: false,
            calls: 0,
            thoughts: 0,
            thrown_away: false,
            structured: rescue::is_structured(request),
            keeps_back: wishes.unfinished == Some(Unfinished::Restart)
                && wishes.rescue.unwrap_or_default() != Rescue::Off,
            kept_back: Vec::new(),
            stop: None,
        }
    }

    /// The reader has this already, from an earlier request.
    pub fn go_on(&mut self, text: &str, how: Continuation) {
        text.clone_into(&mut self.heard.text);
        self.resume(how);
    }

    /// What the reader was told.
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// Another endpoint goes on.
    pub fn resume(&mut self, how: Continuation) {
        (self.calls, self.thoughts) = (self.heard.next_call, self.heard.next_reasoning);
        self.seam = Some(Seam::new(&self.heard.text, how));
        self.added = false;
    }

    /// Hands one delta to the reader, as part of the one reply it belongs to.
    pub fn pass(&mut self, delta: Delta) {
        match delta {
            Delta::Text(text) => {
                let text = match &mut self.seam {
                    Some(seam) => seam.pass(&text),
                    None => text,
                };
                self.text(text);
            }
            Delta::Reasoning { index, piece } => {
                self.tell(Delta::Reasoning { index: index.saturating_add(self.thoughts), piece });
            }
            Delta::ToolCall { index, id, name, arguments, signature } => {
                self.finish_seam();
                self.added = true;
                let index = index.saturating_add(self.calls);
                self.tell(Delta::ToolCall { index, id, name, arguments, signature });
            }
            Delta::Image(url) => {
                self.added = true;
                self.tell(Delta::Image(url));
            }
            delta @ Delta::Stop { .. } if self.seam.is_some() => {
                self.finish_seam();
                self.stop = Some(delta);
            }
            delta => self.tell(delta),
        }
    }

    /// The part under way has ended as it should.
    ///
    /// # Errors
    /// It was to go on with a reply that breaks off in the middle, and did not.
    pub fn whole(&mut self, endpoint: &Endpoint, stop: Option<Stop>) -> Result<(), Failure> {
        self.finish_seam();
        if self.seam.is_none() || self.added {
            return Ok(());
        }
        let name = &endpoint.provider_name;
        match stop {
            // there was no room for more
            Some(Stop::Length) => Ok(()),
            Some(Stop::ContentFilter) => Err(Failure::new(
                FailureKind::Moderation,
                format!("the filter of {name} refused the reply so far"),
            )),
            Some(Stop::Stop) if !self.thrown_away && rescue::is_whole(&self.heard.text) => Ok(()),
            _ => Err(Failure::new(
                FailureKind::Empty,
                format!("{name} had nothing to add to a reply that breaks off in the middle"),
            )),
        }
    }

    /// The reply is over: what was kept back is certain now.
    pub fn close(&mut self) {
        self.keeps_back = false;
        for delta in std::mem::take(&mut self.kept_back) {
            self.tell(delta);
        }
        if let Some(stop) = self.stop.take() {
            self.tell(stop);
        }
    }

    /// The part under way broke off: the text that waited at the seam was said, half a tool call was not.
    pub fn broke(&mut self) {
        self.finish_seam();
        self.stop = None;
        let half = std::mem::take(&mut self.kept_back);
        self.thrown_away |= half.iter().any(|delta| matches!(delta, Delta::ToolCall { .. }));
    }

    fn finish_seam(&mut self) {
        if let Some(seam) = &mut self.seam {
            let text = seam.finish();
            self.text(text);
        }
    }

    fn text(&mut self, text: String) {
        if !text.is_empty() {
            self.added |= !text.trim().is_empty();
            self.tell(Delta::Text(text));
        }
    }

    fn tell(&mut self, delta: Delta) {
        let unfinished = match delta {
            Delta::ToolCall { .. } => true,
            Delta::Text(_) => self.structured,
            Delta::Usage { .. } | Delta::Head { .. } | Delta::Tier(_) => false,
            // the order of what was said stays
            _ => !self.kept_back.is_empty(),
        };
        if self.keeps_back && (unfinished || (!self.kept_back.is_empty() && matches!(delta, Delta::Text(_))))
        {
            self.kept_back.push(delta);
        } else {
            self.heard.add(&delta);
            self.mailbox.push(Reply::Delta(delta));
        }
    }
}
