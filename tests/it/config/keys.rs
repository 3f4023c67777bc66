//! Keys: found where the config says, and never shown.

use fareway::config::{self, KeyError, KeySource};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn resolve(text: &str, home: &Path) -> Result<String, KeyError> {
    let env = |name: &str| match name {
        "KEY" => Some("sk-from-env\n".to_owned()),
        "EMPTY" => Some(" ".to_owned()),
        _ => None,
    };
    KeySource::from(text).resolve(&env, home).map(|secret| secret.expose().to_owned())
}

#[test]
fn each_source_gives_its_key_or_says_what_is_wrong() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("key"), "sk-from-file\nsecond line\n").expect("written");
    let ok = |text: &str| resolve(text, home.path());
    assert_eq!(ok("env:KEY").as_deref(), Ok("sk-from-env"));
    assert_eq!(ok("file:~/key").as_deref(), Ok("sk-from-file"));
    assert_eq!(ok("cmd:printf sk-from-cmd").as_deref(), Ok("sk-from-cmd"));
    assert_eq!(ok("sk-literal").as_deref(), Ok("sk-literal"));
    assert_eq!(ok("env:NONE"), Err(KeyError::NoVariable("NONE".into())));
    assert_eq!(ok("env:EMPTY"), Err(KeyError::Empty("env:EMPTY".into())));
    assert!(matches!(ok("cmd:exit 3"), Err(KeyError::Command { .. })));
    assert!(matches!(ok("file:~/none"), Err(KeyError::File { .. })));
    assert_eq!(ok("cmd:printf 'two words'"), Err(KeyError::NotAKey("cmd:printf 'two words'".into())));
}

/// So that a request to it is refused with the variable's name, and not sent without a key.
#[test]
fn a_variable_that_the_config_names_is_the_one_that_is_missing() {
    let text = "[providers.work]\nbase_url = \"http://work.example/v1\"\nkeys = [\"env:WORK_KEY\", \"cmd:pass\"]\n\
                [providers.open]\nbase_url = \"http://open.example/v1\"\n\
                [providers.openai]\nkeys = [\"env:MY_OPENAI\"]\n";
    let config = config::parse(text, Path::new("c.toml")).expect("parses");
    let catalog = fareway::catalog::Catalog::bundled();
    let catalog = catalog.with(config.overlay(&catalog));
    let variables = |slug: &str| catalog.provider(slug).expect("a provider").key_vars.clone();
    assert_eq!(variables("work"), ["WORK_KEY"]);
    assert_eq!(variables("openai"), ["MY_OPENAI"]);
    assert!(variables("open").is_empty() && !catalog.provider("open").expect("a provider").needs_key());
}

#[test]
fn a_key_in_the_config_is_never_printed() {
    let text = "[providers.openai]\nkeys = [\"sk-very-secret\"]\n[[serve.keys]]\nkey = \"sk-very-secret\"\n";
    let config = config::parse(text, Path::new("c.toml")).expect("parses");
    for shown in [
        format!("{config:?}"),
        format!("{config:#?}"),
        serde_json::to_string(&config).expect("serialises"),
        config.providers["openai"].keys[0].describe(),
    ] {
        assert!(!shown.contains("very-secret"), "{shown}");
    }
    for mistake in [
        format!("{text}keys = 3\n"),
        "[providers.x]\nkeys = \"sk-very-secret\"\n".to_owned(),
        "[providers.x]\nkeys = [\"sk-very-secret\n".to_owned(),
        "[providers.x]\nkey = \"sk-very-secret\"\n".to_owned(),
    ] {
        let error = config::parse(&mistake, Path::new("c.toml")).expect_err("a mistake");
        assert!(!format!("{error:?} {error}").contains("very-secret"), "{error}");
    }
}

#[test]
fn a_key_in_a_file_that_others_can_read_is_warned_about() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "[providers.openai]\nkeys = [\"sk-1\"]\n").expect("written");
    let dirs = config::Dirs {
        home: dir.path().into(),
        config: file.clone(),
        config_named: true,
        data: dir.path().into(),
        cache: dir.path().into(),
    };
    let warnings = |mode: u32| {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("chmod");
        config::load(&dirs, &|_| None).expect("loads").1
    };
    assert_eq!(warnings(0o600), Vec::<String>::new());
    let [warning] = warnings(0o644).try_into().expect("one warning");
    assert!(warning.contains("chmod 600"), "{warning}");
}

#[test]
fn a_command_that_never_ends_is_given_up() {
    let error = config::run_within("sleep 600", std::time::Duration::ZERO);
    let Err(KeyError::Command { reason, .. }) = error else { panic!("{error:?}") };
    assert_eq!(reason, "no key within 0 s");
}
