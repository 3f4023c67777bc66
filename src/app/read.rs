//! Moving through a conversation: scrolling, selecting messages, folding the thinking.

use super::{Effect, Model, Order, Scroll, act};

pub fn scroll(by: Scroll) -> Vec<Effect> {
    vec![Effect::Screen(Order::Scroll(by))]
}

pub fn page_up(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Pages(-1))
}

pub fn page_down(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Pages(1))
}

pub fn line_up(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Lines(-1))
}

pub fn line_down(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Lines(1))
}

pub fn table_left(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Sideways(-1))
}

pub fn table_right(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Sideways(1))
}

pub fn images(_: &mut Model, _: &str) -> Vec<Effect> {
    vec![Effect::Screen(Order::Images)]
}

pub fn top(_: &mut Model, _: &str) -> Vec<Effect> {
    scroll(Scroll::Top)
}

pub fn bottom(model: &mut Model, _: &str) -> Vec<Effect> {
    model.thread_mut().selected = None;
    scroll(Scroll::Bottom)
}

pub fn select_previous(model: &mut Model, _: &str) -> Vec<Effect> {
    let thread = model.thread();
    let at = thread.selected.and_then(|id| thread.position(id)).unwrap_or(thread.path().len());
    let Some(id) = at.checked_sub(1).and_then(|at| thread.path().get(at)).copied() else { return Vec::new() };
    model.thread_mut().selected = Some(id);
    scroll(Scroll::Reveal(id))
}

pub fn select_next(model: &mut Model, _: &str) -> Vec<Effect> {
    let thread = model.thread();
    let Some(at) = thread.selected.and_then(|id| thread.position(id)) else { return Vec::new() };
    let next = thread.path().get(at + 1).copied();
    model.thread_mut().selected = next;
    match next {
        Some(id) => scroll(Scroll::Reveal(id)),
        None => scroll(Scroll::Bottom),
    }
}

pub fn leave(model: &mut Model, _: &str) -> Vec<Effect> {
    model.thread_mut().selected = None;
    Vec::new()
}

pub fn thinking(model: &mut Model, _: &str) -> Vec<Effect> {
    if let Some(id) = act::subject(model) {
        model.thread_mut().toggle(id);
    }
    Vec::new()
}

pub fn unfold(model: &mut Model, _: &str) -> Vec<Effect> {
    thinking(model, "")
}
