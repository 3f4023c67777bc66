//! `--plain`: the same session line by line, for screen readers and dumb terminals. Nothing moves the cursor.

use super::begin::{self, Launch};
use super::chat::{Chat, ROOM, sleep, until};
use super::signals::{Caught, Signals};
use super::{Heard, inbox, now};
use crate::app::{Code, Event, Key};
use crate::config::{Config, Dirs};
use crate::tui::paint::Environment;
use crate::words::{Delta, Draft, ModelRef, Receipt, Reply, Role, clean, clean_line};
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use tokio::sync::mpsc;

const HELP: &str = "\
Write a prompt and press Enter. A line that ends in \\ goes on in the next.
/model NAME  ask another model      /new  a new session      /quit  leave (also Ctrl-D)
Ctrl-C stops a reply.";

/// Reads lines and answers them until the person goes.
pub async fn run(dirs: Arc<Dirs>, config: Arc<Config>, launch: Launch) -> Result<(), String> {
    let mut signals = Signals::new().map_err(|e| format!("cannot listen for signals: {e}"))?;
    let (events, mut news) = mpsc::channel(ROOM);
    let (heard, mut inbox) = inbox();
    let environment = Environment::read(|name| std::env::var(name).ok());
    let mut chat = Chat::new(dirs.clone(), config.clone(), environment, events, heard);
    let opening = tokio::task::spawn_blocking(move || begin::open(&dirs, &config, &launch));
    chat.ready(opening.await.map_err(|e| e.to_string())??);
    let mut lines = lines();
    let mut plain = Plain { chat, said: 0, open: false };
    plain.greet();
    while !plain.chat.done {
        let wake = plain.chat.wakes.first().map(|at| until(*at));
        tokio::select! {
            caught = signals.next() => plain.caught(caught),
            line = lines.recv(), if plain.chat.model.live.is_empty() => match line {
                Some(line) => plain.line(&line),
                None => plain.chat.step(Event::Hangup),
            },
            Some(event) = news.recv() => plain.chat.step(event),
            heard = inbox.next() => heard.into_iter().for_each(|heard| plain.heard(heard)),
            () = sleep(wake) => {
                let at = now();
                plain.chat.wakes.retain(|wake| *wake > at);
                plain.chat.step(Event::Tick);
            }
        }
        plain.notices();
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
    /// A line of an answer is not ended yet.
    open: bool,
}

impl Plain {
    fn greet(&mut self) {
        let session = self.chat.model.session().clone();
        print(&format!("fareway, {}. /help for help.\n", session.model));
        let mut last: Vec<_> =
            self.chat.model.thread().shown().rev().take(2).map(|n| n.message.clone()).collect();
        last.reverse();
        for message in last {
            let who = if message.role == Role::User { "You" } else { "Answer" };
            print(&format!("{who}: {}\n", clean(&message.plain())));
        }
        self.prompt();
    }

    fn prompt(&self) {
        print("> ");
    }

    fn line(&mut self, line: &str) {
        let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        match word {
            "" => self.prompt(),
            "/quit" => self.chat.step(Event::Hangup),
            "/help" => {
                print(&format!("{HELP}\n"));
                self.prompt();
            }
            "/new" => {
                self.chat.step(Event::Key(Key::ctrl('n')));
                print("A new session.\n");
                self.prompt();
            }
            "/model" => {
                if !rest.trim().is_empty() {
                    self.chat.model.thread_mut().session.model = ModelRef::new(rest.trim());
                }
                print(&format!("{} answers.\n", self.chat.model.session().model));
                self.prompt();
            }
            _ => {
                let draft = Draft { text: line.to_owned(), ..Draft::default() };
                self.chat.step(Event::Edited(draft));
                self.chat.step(Event::Key(Key::plain(Code::Enter)));
                if self.chat.model.live.is_empty() {
                    self.prompt();
                }
            }
        }
    }

    fn heard(&mut self, (turn, reply): Heard) {
        let Some(reply) = reply else {
            self.chat.asks.remove(&turn);
            return;
        };
        match &reply {
            Reply::Delta(Delta::Text(text)) => {
                self.open = !text.ends_with('\n');
                print(&clean(text));
            }
            Reply::FellBack { from, failure } => self.remark(&format!("{from} failed: {failure}")),
            Reply::Resumed { from, endpoint, .. } => {
                self.remark(&format!("{from} broke off; {endpoint} goes on"))
            }
            Reply::Waiting { endpoint, failure, .. } => self.remark(&format!("{endpoint}: {failure}")),
            Reply::Done(receipt) => self.remark(&figures(receipt)),
            Reply::Failed { failure, .. } => self.remark(&format!("failed: {failure}")),
            Reply::Chosen(_) | Reply::Delta(_) => {}
        }
        self.chat.step(Event::Reply { turn, reply });
        if self.chat.model.live.is_empty() {
            self.prompt();
        }
    }

    /// A line of ours within an answer.
    fn remark(&mut self, text: &str) {
        let before = if std::mem::take(&mut self.open) { "\n" } else { "" };
        print(&format!("{before}[{}]\n", clean_line(text)));
    }

    fn notices(&mut self) {
        let news: Vec<_> =
            self.chat.model.notices.iter().filter(|notice| notice.until.0 > self.said).cloned().collect();
        for notice in news {
            self.said = self.said.max(notice.until.0);
            self.remark(&notice.text);
        }
    }

    fn caught(&mut self, caught: Caught) {
        match caught {
            Caught::Interrupt if !self.chat.model.live.is_empty() => {
                self.chat.step(Event::Key(Key::ctrl('c')));
                self.remark("stopped");
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
    let mut out = io::stdout().lock();
    // a terminal that is gone says so by SIGHUP
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
