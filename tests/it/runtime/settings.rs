//! Of config and choice, what was changed last wins.

use fareway::app::Settings;
use fareway::runtime::settings::{keep, merge};

fn theme(name: &str) -> Settings {
    Settings { theme: name.into(), ..Settings::default() }
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
    let kept = serde_json::json!({"chosen": {"theme": 3}, "config": {"theme": "night"}});
    assert_eq!(merge(&config, Some(&kept)), config);
}
