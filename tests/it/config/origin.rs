//! Every setting says which layer it comes from.

use fareway::config::{self, Dirs, Origin, Origins};
use std::path::Path;

const FILE: &str = "\
# mine
model = \"a/b\"
favourites = [\"a/b\",
  \"c/d\"]

[timeouts]
connect = 3

[preferences]
sort = { by = \"price\" }
preferred_min_throughput = 20.0

[aliases]
\"x.y\" = \"a/b\"

[providers.work]
base_url = \"http://127.0.0.1:1/v1\"
keys = [\"sk-secret\"]

[[endpoints]]
model = \"a/b\"
provider = \"work\"
prices = { prompt = \"1\", completion = \"2\" }
";

fn dirs(home: &Path) -> Dirs {
    let config = home.join("config.toml");
    std::fs::write(&config, FILE).expect("a config");
    Dirs { home: home.into(), config, config_named: true, data: home.into(), cache: home.into() }
}

fn env(name: &str) -> Option<String> {
    match name {
        "FAREWAY_THEME" => Some("nord".to_owned()),
        "FAREWAY_OFFLINE" => Some("0".to_owned()),
        "TERM" => Some("dumb".to_owned()),
        _ => None,
    }
}

#[test]
fn each_layer_is_named() {
    let home = tempfile::tempdir().expect("a folder");
    let mut origins = Origins::find(&dirs(home.path()), &env).expect("it reads");
    origins.set("vi", Origin::Flag("--vi"));
    let cases = [
        ("model", Origin::Line(2)),
        ("favourites", Origin::Line(3)),
        ("timeouts.connect", Origin::Line(7)),
        ("timeouts.idle", Origin::Default),
        // shown as a word and written as a table, and the other way round
        ("preferences.sort", Origin::Line(10)),
        ("preferences.preferred_min_throughput.p50", Origin::Line(11)),
        ("aliases.x.y", Origin::Line(14)),
        ("providers.work.off", Origin::Default),
        ("endpoints.0.prices.prompt", Origin::Line(23)),
        ("endpoints.0.prices.request", Origin::Default),
        ("theme", Origin::Variable("FAREWAY_THEME")),
        ("plain", Origin::Variable("TERM")),
        ("network.refresh", Origin::Default),
        ("vi", Origin::Flag("--vi")),
    ];
    for (name, origin) in cases {
        assert_eq!(origins.of(name), origin, "{name}");
    }
}

#[test]
fn the_settings_are_shown_with_it() {
    let home = tempfile::tempdir().expect("a folder");
    let dirs = dirs(home.path());
    let (settings, _) = config::load(&dirs, &env).expect("it reads");
    let origins = Origins::find(&dirs, &env).expect("it reads");
    let shown = config::show(&settings, &origins);
    let said = |line: &str| {
        let found = shown.lines().find(|shown| shown.starts_with(line));
        found
            .unwrap_or_else(|| panic!("no {line} in\n{shown}"))
            .rsplit("  # ")
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(said("model = \"a/b\""), "line 2");
    assert_eq!(said("theme = \"nord\""), "variable FAREWAY_THEME");
    assert_eq!(said("plain = true"), "variable TERM");
    assert_eq!(said("connect = 3"), "line 7");
    assert_eq!(said("idle = 60"), "default");
    assert_eq!(said("keys = [\"[secret]\"]"), "line 18");
    assert!(!shown.contains("sk-secret"));
    // it is still what a config file may hold, but for the key that is hidden
    let again = config::parse(&shown, Path::new("shown.toml")).expect("it parses");
    assert_eq!((again.favourites, again.timeouts), (settings.favourites.clone(), settings.timeouts.clone()));

    let json = config::show_json(&settings, &origins);
    assert_eq!(
        (&json["settings"]["theme"], &json["from"]["theme"]),
        (&"nord".into(), &"variable FAREWAY_THEME".into())
    );
    assert_eq!(json["from"]["endpoints.0.prices.prompt"], "line 23");
}
