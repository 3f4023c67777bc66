//! A mistake in the config is answered with file, line, key and what would be right.

use fareway::config;
use std::path::Path;

#[test]
fn mistakes_get_one_clear_sentence() {
    let cases = [
        (
            "modle = \"x\"\n",
            "c.toml:1: unknown key `modle`, did you mean `model`?; allowed here: model, fallbacks, system",
        ),
        (
            "model = \"x\"\n\n[timeouts]\nconnect = 3\nfirst = 4\n",
            "c.toml:5: unknown key `first`, did you mean `first_token`?; allowed here: connect, first_token, first_token_local, idle, total (in [timeouts])",
        ),
        ("meter = \"left\"\n", "c.toml:1: `meter` cannot be `left`; allowed: bottom, right, hidden"),
        ("plain = \"yes\"\n", "c.toml:1: `plain`: invalid type: string \"yes\", expected true or false"),
        (
            "[providers.work]\nbase_uri = \"http://x\"\n",
            "c.toml:2: unknown key `base_uri`, did you mean `base_url`?; allowed here: name, base_url, format",
        ),
        (
            "[params]\ntemprature = 0.3\n",
            "c.toml:2: unknown key `temprature`, did you mean `temperature`?; allowed here: ",
        ),
        ("[presets.a]\nparams = { max = 3 }\n", "c.toml:2: unknown key `max`"),
        (
            "[budgets]\nday = \"five\"\n",
            "c.toml:2: `day`: `five` is not a decimal number; write dollars, such as 2.50 (in [budgets])",
        ),
        (
            "model = \"\"\ntimezone = \"Mars\"\n",
            "c.toml:2: `timezone` cannot be `Mars`; write an IANA name such as Europe/Berlin",
        ),
        ("model = \n", "c.toml:1: "),
        ("[[endpoints]]\nmodel = \"a/b\"\ncontext = -1\n", "c.toml:3: `context`: invalid value"),
    ];
    for (text, wanted) in cases {
        let error = config::parse(text, Path::new("c.toml")).expect_err(text);
        assert!(error.message.starts_with(wanted), "{text}\n got: {}\nwant: {wanted}", error.message);
        assert!(!error.message.contains('\n'), "{}", error.message);
    }
}

#[test]
fn what_is_well_formed_and_wrong_is_named_by_its_line() {
    let cases = [
        ("\n[keymap]\n\"model.pick\" = \"ctrl-kk\"\n", "c.toml:3: model.pick: `ctrl-kk` is not a key"),
        ("[keymap]\n\"model.pik\" = \"ctrl-k\"\n", "c.toml:2: there is no action `model.pik`"),
        (
            "# mine\n[keymap]\n\"palette\" = [\"ctrl-k\"]\n",
            "c.toml:3: `ctrl-k` is given to `model.pick` and to `palette`; change one of them",
        ),
        ("[budgets]\nweek = 1\nday = -5\n", "c.toml:3: `day` cannot be negative"),
        ("[budgets]\nwarn = 101\n", "c.toml:2: `warn` cannot be 101"),
        ("[params]\ntemperature = 5\n", "c.toml:2: `temperature` cannot be 5; write a number from 0 to 2"),
        ("[providers.mine]\nbase_url = \"localhost:1\"\n", "c.toml:2: `base_url` must begin with http://"),
        (
            "[providers.mine]\nname = \"x\"\n",
            "c.toml:1: `base_url` is missing, and `mine` is no built-in provider",
        ),
        (
            "[providers.openai]\nformat = \"chat\"\n",
            "c.toml:2: `format` cannot be `chat`; allowed: openai-chat, ",
        ),
        (
            "[providers.openai]\nquirks = [\"openai\", \"streem_usage\"]\n",
            "c.toml:2: no quirk `streem_usage`; allowed: stream_usage, ",
        ),
        (
            "[[endpoints]]\nmodel = \"a/b\"\nprovider = \"openai\"\nquirks = [\"think\"]\n",
            "c.toml:4: no quirk `think`; allowed: ",
        ),
        ("[[endpoints]]\nmodel = \"a/b\"\n", "c.toml:1: `provider` is missing; name a [providers.NAME]"),
        (
            "[[endpoints]]\nmodel = \"a/b\"\nprovider = \"openai\"\n\n[[endpoints]]\nmodel = \"a/c\"\nprovider = \"nobody\"\n",
            "c.toml:7: no provider `nobody`; add [providers.nobody]",
        ),
        (
            "[[endpoints]]\nprovider = \"openai\"\nmodel = \"gpt\"\n",
            "c.toml:3: `model` must be written author/model",
        ),
        ("[[serve.keys]]\nlabel = \"ann\"\nkey = \"\"\n", "c.toml:3: `key` is missing or empty"),
        ("[serve]\nlisten = \"nonsense\"\n", "c.toml:2: `listen` cannot be `nonsense`"),
        ("[preferences]\nsort = \"speed\"\n", "c.toml:2: `sort` cannot be `speed`; allowed: price"),
        ("[preferences.max_price]\ninput = 3\n", "c.toml:2: unknown key `input`"),
        (
            "[preferences]\ndata_collection = \"never\"\n",
            "c.toml:2: `data_collection` cannot be `never`; allowed: allow, deny",
        ),
        (
            "[timeouts]\nconnect = \"5s\"\n",
            "c.toml:2: `connect`: invalid type: string \"5s\", expected a whole number",
        ),
    ];
    for (text, wanted) in cases {
        let error = config::parse(text, Path::new("c.toml")).expect_err(text);
        assert!(error.message.starts_with(wanted), "{text}\n got: {}\nwant: {wanted}", error.message);
    }
    // several mistakes are all said at once
    let text = "[budgets]\nday = -5\n[params]\ntop_p = 3\n";
    let error = config::parse(text, Path::new("c.toml")).expect_err(text);
    assert_eq!(error.message.lines().count(), 2, "{}", error.message);
}

#[test]
fn a_named_config_must_exist_and_an_unnamed_may_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("none.toml");
    let mut dirs = config::Dirs {
        home: dir.path().into(),
        config: file.clone(),
        config_named: true,
        data: dir.path().into(),
        cache: dir.path().into(),
    };
    let error = config::load(&dirs, &|_| None).expect_err("named and missing");
    assert!(error.message.starts_with(&format!("cannot read the config {}", file.display())));
    dirs.config_named = false;
    assert_eq!(config::load(&dirs, &|_| None), Ok((config::Config::default(), Vec::new())));
}

#[test]
fn the_environment_stands_over_the_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "model = \"a/b\"\ntheme = \"paper\"\n").expect("written");
    let dirs = config::Dirs {
        home: dir.path().into(),
        config: file,
        config_named: true,
        data: dir.path().into(),
        cache: dir.path().into(),
    };
    let env = |name: &str| (name == "FAREWAY_MODEL").then(|| "c/d".to_owned());
    let (config, _) = config::load(&dirs, &env).expect("loads");
    assert_eq!((config.model.as_str(), config.theme.as_str()), ("c/d", "paper"));
}
