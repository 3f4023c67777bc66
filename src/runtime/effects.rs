//! Carries out what the session wants done: at the screen, at the gateway, and through the desk at the store and the disk.

use super::chat::Chat;
use super::desk::Desk;
use super::editor;
use super::gather::Gather;
use crate::app::{Effect, Event};
use crate::words::{Reply, TurnId};

impl Chat {
    pub(super) fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Wake(at) => {
                self.wakes.insert(at);
            }
            Effect::Screen(order) => {
                if let Some(event) = self.screen.tui.order(&order, &self.model) {
                    self.step(event);
                }
            }
            Effect::Redraw => self.screen.forget(),
            Effect::Notify(text) => self.screen.notify(&text),
            Effect::Copy { what, text, .. } => self.copy(what, text),
            Effect::Editor { turn, text } => self.edit(turn, &text),
            Effect::Suspend => self.suspend(),
            Effect::Stop { turn } => {
                if let Some(command) = self.commands.remove(&turn) {
                    command.abort();
                }
                if let Some(task) = self.asks.remove(&turn) {
                    task.abort();
                    self.streams.wake();
                    self.stopping.retain(|task| !task.is_finished());
                    self.stopping.push(task);
                }
            }
            Effect::Quit => self.done = true,
            effect => match self.desk.clone() {
                Some(desk) => self.hand_over(&desk, effect),
                None => self.early.push(effect),
            },
        }
    }

    fn hand_over(&mut self, desk: &Desk, effect: Effect) {
        match effect {
            Effect::Ask { turn, request } => {
                let (heard, desk) = (self.heard.clone(), desk.clone());
                let task = self.streams.spawn(|rest| async move {
                    super::keys::ready(&desk, &request.model).await;
                    let mut replies = Gather::new(desk.core.gateway.ask(*request), rest);
                    while let Some(reply) = replies.next().await {
                        if let Reply::Chosen(chosen) = &reply {
                            desk.tokenizer(&chosen.model);
                        }
                        if heard.send((turn, Some(reply))).await.is_err() {
                            return;
                        }
                    }
                    // settled before anybody hears that it ended
                    drop(replies);
                    let _ = heard.send((turn, None)).await;
                });
                self.asks.insert(turn, task);
            }
            Effect::Save(saves) => desk.save(saves),
            Effect::Open { turn, session } => desk.open(turn, session),
            Effect::Search { turn, text } => desk.search(turn, text),
            Effect::Rollups { turn, days } => desk.rollups(turn, days),
            Effect::Advise { turn } => desk.advise(turn),
            Effect::WhatIf { turn, span, targets } => desk.what_if(turn, span, targets),
            Effect::Generations { turn, which } => desk.generations(turn, which),
            Effect::Tally { turn, session } => desk.tally(turn, session),
            Effect::Quote { turn, request, models } => desk.quote(turn, request, models),
            Effect::Health { turn, model } => desk.health(turn, &model),
            Effect::Mine { turn } => {
                desk.mine(turn);
                desk.mischarged();
            }
            Effect::Attach { turn, path } => desk.attach(turn, path),
            Effect::Run { turn, command } => {
                self.commands.retain(|_, task| !task.is_finished());
                self.commands.insert(turn, desk.run(turn, command));
            }
            Effect::Complete { turn, prefix } => desk.complete(turn, prefix),
            Effect::Export { turn, name, text } => desk.export(turn, name, text),
            Effect::Models => desk.every_model(),
            Effect::Refresh { turn } => {
                let task = desk.network.spawn(super::news::refresh(desk.clone(), turn));
                self.commands.insert(turn, task);
            }
            // carried out before a desk is needed
            Effect::Wake(_)
            | Effect::Screen(_)
            | Effect::Redraw
            | Effect::Notify(_)
            | Effect::Copy { .. }
            | Effect::Editor { .. }
            | Effect::Suspend
            | Effect::Stop { .. }
            | Effect::Quit => {}
        }
    }

    fn copy(&mut self, what: String, text: String) {
        let (sent, sure) = self.screen.copy(&text);
        match &self.desk {
            Some(desk) if !sure => desk.copy(what, text, sent),
            _ => self.step(Event::Copied { what, sent, file: None }),
        }
    }

    fn edit(&mut self, turn: TurnId, text: &str) {
        self.screen.lend();
        let text = editor::edit(text, &self.dirs.data.join("drafts"));
        self.take_back();
        self.step(Event::Written { turn, text });
    }

    fn suspend(&mut self) {
        if self.screen.lend() {
            // SIGCONT brings us back, as it does when somebody else stopped us
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
        }
    }
}
