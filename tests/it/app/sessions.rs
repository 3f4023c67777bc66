//! The list of sessions: tags, names, and taking back what was deleted or archived.

use crate::support::stage::Stage;
use fareway::app::panes::Overlay;
use fareway::app::{Effect, Event, Save};
use fareway::words::{Session, SessionId};

fn titles(stage: &Stage) -> Vec<&str> {
    let Some(Overlay::Sessions(state)) = stage.model.overlays.last() else { panic!("the list is open") };
    let title = |id: &SessionId| stage.model.sessions.iter().find(|s| s.id == *id).map(|s| s.title.as_str());
    state.matches.iter().filter_map(title).collect()
}

fn saved(stage: &Stage) -> Vec<Save> {
    let saves = |e: &Effect| if let Effect::Save(saves) = e { saves.clone() } else { Vec::new() };
    stage.effects.iter().flat_map(saves).collect()
}

/// Two conversations, the list open, Lisbon on top.
fn two() -> Stage {
    let mut stage = Stage::new(100, 30);
    stage.exchange("What is a monad?", "A monoid.");
    stage.press("ctrl-n");
    stage.wait(std::time::Duration::from_secs(1));
    stage.exchange("Plan a week in Lisbon", "Monday: Alfama.");
    stage.press("ctrl-o");
    stage.effects.clear();
    stage
}

#[test]
fn tags_are_set_taken_away_and_filtered_by() {
    let mut stage = two();
    assert_eq!(titles(&stage), ["Plan a week in Lisbon", "What is a monad?"]);
    stage.press("alt-t").types("#travel, home").press("enter");
    stage.press("down alt-t").types("maths").press("enter");
    stage.types("#tra");
    assert_eq!(titles(&stage), ["Plan a week in Lisbon"]);
    stage.press("ctrl-u").types("#maths mon");
    assert_eq!(titles(&stage), ["What is a monad?"]);
    stage.press("ctrl-u").types("#maths lisbon");
    assert!(titles(&stage).is_empty());
    // the line holds the tags there are: what is taken out of it is taken away
    stage.press("ctrl-u alt-t ctrl-u").types("home").press("enter");
    let tags = |stage: &Stage| stage.model.sessions[0].tags.clone();
    assert_eq!(tags(&stage), ["home"]);
    let last =
        saved(&stage).into_iter().rev().find_map(|s| if let Save::Session(s) = s { Some(s) } else { None });
    assert_eq!(last.expect("it is kept").tags, ["home"]);
    // the command toggles one
    stage.press("esc").types("/tag home").press("enter");
    assert!(tags(&stage).is_empty());
}

#[test]
fn a_deleted_session_comes_back_until_it_cannot() {
    let mut stage = two();
    stage.press("down alt-d");
    assert_eq!(titles(&stage), ["Plan a week in Lisbon"]);
    assert!(!saved(&stage).iter().any(|s| matches!(s, Save::RemoveSession(_))), "the store has it still");
    // the store tells its sessions again meanwhile: it stays off the list
    let all: Vec<Session> = stage.model.sessions.to_vec();
    let Some(fareway::app::Undo::Removed(gone)) = stage.model.undo.clone() else {
        panic!("it can be undone")
    };
    stage.event(Event::Sessions(all.into_iter().chain([(*gone).clone()]).collect()));
    assert_eq!(titles(&stage), ["Plan a week in Lisbon"]);
    stage.press("alt-u");
    assert_eq!(titles(&stage), ["Plan a week in Lisbon", "What is a monad?"]);
    // another deletion, or the end, makes the first one true
    stage.press("alt-d alt-d");
    let removed = |stage: &Stage| saved(stage).iter().filter(|s| matches!(s, Save::RemoveSession(_))).count();
    assert_eq!(removed(&stage), 1, "the first");
    stage.press("esc ctrl-d");
    assert_eq!(removed(&stage), 2, "the last one goes with the program");
}

#[test]
fn an_archived_session_is_put_away_and_taken_out() {
    let mut stage = two();
    stage.press("down alt-x");
    assert_eq!(titles(&stage), ["Plan a week in Lisbon"]);
    stage.press("alt-a");
    assert_eq!(titles(&stage).len(), 2);
    stage.press("alt-a alt-u");
    assert_eq!(titles(&stage).len(), 2, "undone");
}

#[test]
fn a_session_is_named_in_the_list() {
    let mut stage = two();
    stage.press("alt-r ctrl-u").types("Lisboa").press("enter");
    assert_eq!(titles(&stage)[0], "Lisboa");
    assert_eq!(stage.model.session().title, "Lisboa", "the one on the screen too");
}
