//! Of config and choice, what was changed last wins.

use fareway::app::Settings;
use fareway::config::{Config, Preset};
use fareway::runtime::settings::{Kept, merge, of_config};
use fareway::words::ModelRef;
use serde_json::{Value, json};

fn theme(name: &str) -> Settings {
    Settings { theme: name.into(), ..Settings::default() }
}

/// What a terminal that found nothing writes.
fn keep(chosen: &Settings, config: &Settings) -> Value {
    json!(Kept::new(config, config).changes(chosen))
}

#[test]
fn a_choice_holds_until_the_config_is_edited() {
    let config = theme("night");
    assert_eq!(merge(&config, None), config);
    let kept = keep(&theme("nord"), &config);
    assert_eq!(merge(&config, Some(&kept)).theme, "nord");
    assert_eq!(merge(&theme("day"), Some(&kept)).theme, "day");
}

#[test]
fn what_the_config_never_holds_is_kept() {
    let config = theme("night");
    let chosen = Settings { history: vec!["hello".into()], low_bandwidth: true, ..theme("night") };
    let merged = merge(&theme("day"), Some(&keep(&chosen, &config)));
    assert_eq!((merged.history, merged.low_bandwidth), (vec!["hello".to_owned()], true));
}

#[test]
fn damaged_choices_fall_back_to_the_config() {
    let config = theme("night");
    let kept = json!({"chosen": {"theme": 3}, "config": {"theme": "night"}});
    assert_eq!(merge(&config, Some(&kept)), config);
}

#[test]
fn a_damaged_choice_takes_no_other_with_it() {
    let config = theme("night");
    let kept = json!({"chosen": {"theme": 3, "vi": true}, "config": {"theme": "night", "vi": false}});
    assert_eq!(merge(&config, Some(&kept)), Settings { vi: true, ..config });
}

#[test]
fn only_what_was_changed_is_written() {
    let config = theme("night");
    let held = Settings { vi: true, recent: vec![ModelRef::new("a/b")], ..theme("nord") };
    let mut kept = Kept::new(&config, &held);
    assert!(kept.changes(&held).is_empty());
    let chosen = Settings { theme: "day".into(), ..held };
    let wanted = json!({"chosen": {"theme": "day"}, "config": {"theme": "night"}});
    assert_eq!(json!(kept.changes(&chosen)), wanted);
    let last = kept.changes(&chosen);
    assert!(last.is_empty(), "once is enough");
    // back to what it was before is a change again
    let again = kept.changes(&Settings { theme: "nord".into(), ..chosen.clone() });
    assert_eq!(again["chosen"]["theme"], "nord");
    kept.failed(&again);
    assert_eq!(
        kept.changes(&Settings { theme: "nord".into(), ..chosen }),
        again,
        "what failed is still to be written"
    );
}

#[test]
fn the_configs_own_names_say_what_they_stand_for() {
    let mut config = Config::default();
    config.aliases.insert("fast".into(), "maker/one:nitro".into());
    let mut preset = Preset {
        model: "maker/two".into(),
        fallbacks: vec!["maker/three".into()],
        system: "Be strict.".into(),
        ..Preset::default()
    };
    preset.params.temperature = Some(0.2);
    preset.preferences.only = vec!["groq".into()];
    config.presets.insert("review".into(), preset);
    let names = of_config(&config).names;
    assert_eq!(names["fast"].model.as_str(), "maker/one:nitro");
    assert_eq!(names["@preset/review"].model.as_str(), "maker/two");
    assert_eq!(
        names["@preset/review"].lays,
        ["else maker/three", "temperature 0.2", "only [\"groq\"]", "system prompt: Be strict."]
    );
}
