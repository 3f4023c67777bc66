//! `--plain`: the same session line by line, for screen readers and dumb terminals. Nothing moves the cursor.

mod ask;
mod reply;

use super::begin::{self, Launch};
use super::chat::{Chat, ROOM, sleep, until};
use super::signals::{Caught, Signals};
use super::streams::Streams;
use super::{Heard, inbox, now};
use crate::app::panes::Overlay;
use crate::app::{Code, Event, Key, Keymap, Notice};
use crate::config::{Config, Dirs};
use crate::tui::paint::Environment;
use crate::words::{Delta, Draft, ModelRef, Receipt, Reply, Role, SessionId, TurnId, clean_line};
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use tokio::sync::mpsc;

const HELP: &str = "\
Write a prompt and press Enter. A line that ends in \\ goes on in the next. Ctrl-C stops a reply.
/model NAME   ask another model; without a name: choose one
/new          a new session
/sessions     open another session
/search WORDS look for words in every session
/again        ask again
/continue     go on from where a reply was cut
/context      when the conversation grows too long: make it shorter
/undo         take back what was deleted or made shorter
/export       write this session to a file
/title NAME   name this session
/attach PATH  send a file with the next prompt
!COMMAND      send what a command prints, after a question
/quit         leave (also Ctrl-D)";

/// Reads lines and answers them until the person goes.
pub async fn run(dirs: Arc<Dirs>, config: Arc<Config>, launch: Launch) -> Result<(), String> {
    let mut signals = Signals::new().map_err(|e| format!("cannot listen for signals: {e}"))?;
    let (events, mut news) = mpsc::channel(ROOM);
    let (heard, mut inbox) = inbox();
    let environment = Environment::read(|name| std::env::var(name).ok());
    let streams = Streams::start().map_err(|e| format!("cannot start: {e}"))?;
    let mut chat = Chat::new(dirs.clone(), config.clone(), environment, events, heard, streams);
    let opening = tokio::task::spawn_blocking(move || begin::open(&dirs, &config, &launch));
    chat.ready(opening.await.map_err(|e| e.to_string())??);
    chat.model.keymap = Keymap::of_lines();
    let mut lines = lines();
    let here = chat.model.here;
    let mut plain =
        Plain { chat, said: 0, writer: None, thinking: false, asked: None, here, who: ModelRef::default() };
    plain.greet();
    while !plain.chat.done {
        let wake = plain.chat.wakes.first().map(|at| until(*at));
        tokio::select! {
            caught = signals.next() => plain.caught(caught),
            line = lines.recv(), if plain.chat.model.live.is_empty() => match line {
                Some(line) => plain.line(&line),
                None => plain.chat.step(Event::Hangup),
            },
            Some(event) = news.recv() => {
                let attached = matches!(event, Event::Attached { chip: Ok(_), .. });
                plain.chat.step(event);
                if attached {
                    plain.attached();
                }
                plain.look_again();
            }
            heard = inbox.next() => heard.into_iter().for_each(|heard| plain.heard(heard)),
            () = sleep(wake) => {
                let at = now();
                plain.chat.wakes.retain(|wake| *wake > at);
                plain.chat.step(Event::Tick);
            }
        }
        plain.interject();
    }
    plain.chat.end().await;
    Ok(())
}

/// Lines of stdin, read by a thread of their own: a read cannot be given up.
fn lines() -> mpsc::Receiver<String> {
    let (to, from) = mpsc::channel(16);
    std::thread::spawn(move || {
        let mut whole = String::new();
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            match line.strip_suffix('\\') {
                Some(part) => whole.push_str(&format!("{part}\n")),
                None => {
                    whole.push_str(&line);
                    if to.blocking_send(std::mem::take(&mut whole)).is_err() {
                        break;
                    }
                }
            }
        }
    });
    from
}

struct Plain {
    chat: Chat,
    /// Notices that were printed, by the moment they end.
    said: i64,
    /// The answer that is being written.
    writer: Option<reply::Writer>,
    /// It was said that the model thinks.
    thinking: bool,
    /// What was asked last: asked again only when it is something else.
    asked: Option<String>,
    /// The session whose end was read out.
    here: SessionId,
    /// Who answers, as it was said last.
    who: ModelRef,
}

impl Plain {
    fn greet(&mut self) {
        let session = self.chat.model.session().clone();
        print(&format!("fareway, {}. /help for help.\n", session.model));
        self.who = session.model;
        self.last();
        self.prompt();
    }

    /// The last prompt and its answer.
    fn last(&mut self) {
        self.here = self.chat.model.here;
        let mut last: Vec<_> =
            self.chat.model.thread().shown().rev().take(2).map(|n| n.message.clone()).collect();
        last.reverse();
        for message in last {
            print(if message.role == Role::User { "You: " } else { "Answer: " });
            let mut writer = reply::Writer::new();
            writer.push(&message.plain());
            writer.finish();
        }
    }

    fn prompt(&self) {
        print("> ");
    }

    fn line(&mut self, line: &str) {
        let command = line.trim_start().starts_with('/');
        if command && !matches!(self.chat.model.overlays.last(), Some(Overlay::Entry(_))) {
            self.chat.model.overlays.clear();
        }
        if !self.chat.model.overlays.is_empty() {
            let leaves = ask::leaves(&self.chat.model, line);
            for event in ask::answer(&self.chat.model, line) {
                self.chat.step(event);
            }
            self.acknowledge(leaves);
            return self.look();
        }
        match line.trim() {
            "" => self.prompt(),
            "/quit" => self.chat.step(Event::Hangup),
            "/help" => {
                print(&format!("{HELP}\n"));
                self.prompt();
            }
            "/new" => {
                self.chat.step(Event::Key(Key::ctrl('n')));
                print("A new session.\n");
                self.here = self.chat.model.here;
                self.prompt();
            }
            _ => {
                // what is attached stands in the draft; a line of a draft left behind is not meant
                let draft = self.chat.model.draft();
                let text = if draft.chips.is_empty() || command {
                    line.to_owned()
                } else {
                    format!("{}\n{line}", draft.text)
                };
                self.chat.step(Event::Edited(Draft { text, ..Draft::default() }));
                self.chat.step(Event::Key(Key::plain(Code::Enter)));
                // a name that no list has is meant as it stands
                if let Some(Overlay::Picker(state)) = self.chat.model.overlays.last()
                    && state.verbatim()
                {
                    self.chat.step(Event::Key(Key::plain(Code::Enter)));
                }
                let model = &self.chat.model;
                let quiet = model.live.is_empty() && self.unsaid().is_empty() && self.who == *model.model();
                if command && quiet && model.overlays.is_empty() {
                    self.remark("done");
                }
                self.look();
            }
        }
    }

    /// An answer that nothing else tells of is not met with silence.
    fn acknowledge(&mut self, left: bool) {
        let model = &self.chat.model;
        let heard = !model.overlays.is_empty()
            || model.here != self.here
            || self.who != *model.model()
            || !model.live.is_empty()
            || model.pending.open.is_some()
            || !self.unsaid().is_empty();
        let running =
            model.pending.under_way().next().map(|job| format!("{} runs; Ctrl-C stops it", job.command));
        match running {
            Some(running) => self.remark(&running),
            None if !heard => self.remark(if left { "left" } else { "done" }),
            None => {}
        }
    }

    /// After something happened: reads out what is asked now, or lets the person write on.
    fn look(&mut self) {
        if self.chat.model.here != self.here {
            print(&format!("{}\n", clean_line(&self.chat.model.session().title)));
            self.last();
        }
        self.asked = ask::said(&self.chat.model);
        match (&self.asked, self.chat.model.overlays.last()) {
            (Some(now), _) => print(now),
            (None, None | Some(Overlay::Search(_))) => {}
            (None, Some(_)) => {
                let instead = self.chat.model.overlays.pop().map_or("", |overlay| ask::instead(&overlay));
                self.chat.model.overlays.clear();
                self.remark(&format!("that is a picture, for the full screen without --plain{instead}"));
            }
        }
        if self.who != *self.chat.model.model() {
            self.who = self.chat.model.model().clone();
            print(&format!("{} answers.\n", self.who));
        }
        self.notices();
        if self.chat.model.live.is_empty() && !self.chat.done {
            self.prompt();
        }
    }

    /// A file or a command's output goes with the next prompt.
    fn attached(&mut self) {
        let chips = &self.chat.model.draft().chips;
        let label = chips.last().map_or_else(String::new, |chip| clean_line(&chip.label));
        print("\n");
        self.remark(&format!("{label} goes with the next prompt"));
        self.prompt();
    }

    /// News may have answered what was asked for: a search, a session that is opened.
    fn look_again(&mut self) {
        if self.chat.model.here != self.here || ask::said(&self.chat.model) != self.asked {
            print("\n");
            self.look();
        }
    }

    fn heard(&mut self, (turn, reply): Heard) {
        let Some(reply) = reply else {
            self.chat.asks.remove(&turn);
            return;
        };
        match &reply {
            Reply::Delta(Delta::Text(text)) => self.writer.get_or_insert_with(reply::Writer::new).push(text),
            Reply::Delta(Delta::Reasoning { .. }) if !self.thinking => {
                self.thinking = true;
                self.remark("thinking");
            }
            Reply::FellBack { from, failure } if failure.is_unasked() => {
                self.remark(&format!("{from} was not asked: {failure}"));
            }
            Reply::FellBack { from, failure } => self.remark(&format!("{from} failed: {failure}")),
            Reply::Resumed { from, chosen, .. } => {
                let price = chosen.dearer.map_or_else(String::new, |price| format!(", {price}"));
                self.remark(&format!("{from} broke off; {} goes on{price}", chosen.endpoint));
            }
            Reply::Waiting { endpoint, failure, until } => {
                let pause = until.since(now()).as_secs_f64().ceil();
                self.remark(&format!("{endpoint}: {failure}; again in {pause} s, Ctrl-C stops"));
            }
            Reply::Done(receipt) => {
                self.end();
                self.remark(&figures(receipt));
                if let Some(before) = self.gone_on_with(turn) {
                    self.remark(&format!("both parts: {}", figures(&receipt.as_ref().clone().after(before))));
                }
            }
            Reply::Failed { failure, .. } => {
                self.end();
                self.remark(&format!("failed: {failure}"));
            }
            Reply::Chosen(_) | Reply::Delta(_) => {}
        }
        self.chat.step(Event::Reply { turn, reply });
        if self.chat.model.live.is_empty() {
            self.look();
        }
    }

    /// The receipt of what a reply goes on with.
    fn gone_on_with(&self, turn: TurnId) -> Option<Receipt> {
        let live = self.chat.model.live.get(&turn)?;
        let message = self.chat.model.threads.get(&live.session)?.message(live.message)?;
        message.receipt.as_deref().cloned()
    }

    /// The rest of the answer.
    fn end(&mut self) {
        self.thinking = false;
        if let Some(writer) = self.writer.take() {
            writer.finish();
        }
    }

    /// A line of ours within an answer; whole paragraphs have been written, so it stands alone.
    fn remark(&mut self, text: &str) {
        print(&format!("[{}]\n", clean_line(text)));
    }

    /// Notices that were not read out yet.
    fn notices(&mut self) {
        for notice in self.unsaid() {
            self.said = self.said.max(notice.until.0);
            self.remark(&notice.text);
        }
    }

    fn unsaid(&self) -> Vec<Notice> {
        self.chat.model.notices.iter().rev().filter(|notice| notice.until.0 > self.said).cloned().collect()
    }

    /// What came while the person may write: on lines of its own, then the prompt again.
    fn interject(&mut self) {
        if self.unsaid().is_empty() || self.chat.done {
            return;
        }
        print("\n");
        self.notices();
        if self.chat.model.live.is_empty() {
            self.prompt();
        }
    }

    fn caught(&mut self, caught: Caught) {
        match caught {
            Caught::Interrupt
                if self.chat.model.live.is_empty()
                    && self.chat.model.pending.under_way().next().is_some() =>
            {
                self.chat.step(Event::Key(Key::ctrl('c')));
                self.notices();
                self.prompt();
            }
            Caught::Interrupt if !self.chat.model.live.is_empty() => {
                self.chat.step(Event::Key(Key::ctrl('c')));
                self.end();
                if self.unsaid().is_empty() {
                    self.remark("stopped");
                }
                self.notices();
                self.prompt();
            }
            Caught::Interrupt | Caught::Terminate | Caught::Hangup => {
                print("\n");
                self.chat.step(Event::Hangup);
            }
            Caught::Resume | Caught::Resized => {}
        }
    }
}

fn figures(receipt: &Receipt) -> String {
    let usage = receipt.usage;
    let cost = receipt.cost.booked.map_or("cost unknown".to_owned(), |usd| format!("${}", usd.round(6)));
    let demo = if receipt.demo { " of play money" } else { "" };
    format!("{} tokens in, {} out, {cost}{demo}", usage.input(), usage.output())
}

fn print(text: &str) {
    let text = reply::broken(text);
    let mut out = io::stdout().lock();
    // a terminal that is gone says so by SIGHUP
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
