//! `fareway doctor`: what this program finds on this machine, and what is wrong with it.

use super::{Exit, Fail, Globals, out};
use crate::catalog::Catalog;
use crate::config::{self, Config, Dirs};
use crate::runtime::now;
use crate::store::{Options, Store, StoreError};
use crate::tui::paint::Environment;
use serde::Serialize;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Check terminal, config, store, keys, local servers and catalog
#[derive(Debug, clap::Args)]
#[command(after_help = "Asks nobody outside this machine. Exit code 2 when something is broken.")]
pub struct Args {
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    state: State,
    found: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Works, but the person may want to know.
    Note,
    Broken,
}

pub fn run(args: &Args, globals: &Globals) -> Result<Exit, Fail> {
    let mut findings = vec![finding("program", State::Ok, version()), terminal()];
    // a broken config is a finding, not the end: the rest is looked at with the defaults
    let dirs = Dirs::find(globals.config.as_deref(), globals.data_dir.as_deref())?;
    let config = settings(&dirs, &mut findings);
    let catalog = catalog(&config, &mut findings);
    store(&dirs, &mut findings);
    keys(&config, &catalog, &mut findings);
    network(&config, &catalog, &mut findings);
    if args.json {
        out::json(&findings)?;
    } else {
        let cells: Vec<Vec<String>> = findings
            .iter()
            .map(|f| {
                let mark = match f.state {
                    State::Ok => "ok",
                    State::Note => "note",
                    State::Broken => "BROKEN",
                };
                vec![mark.into(), f.what.into(), f.found.clone()]
            })
            .collect();
        out::table(&[], &cells)?;
    }
    let broken = findings.iter().any(|f| f.state == State::Broken);
    Ok(if broken { Exit::Usage } else { Exit::Ok })
}

fn finding(what: &'static str, state: State, found: impl Into<String>) -> Finding {
    Finding { what, state, found: found.into() }
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn version() -> String {
    format!("fareway {} on {} {}", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)
}

fn terminal() -> Finding {
    use std::io::IsTerminal;
    if !std::io::stdout().is_terminal() {
        return finding("terminal", State::Note, "stdout is no terminal here; ask and serve need none");
    }
    let terminal = Environment::read(env);
    let mut said =
        vec![if terminal.term.is_empty() { "TERM is not set".into() } else { terminal.term.clone() }];
    if let Ok(size) = rustix::termios::tcgetwinsize(rustix::stdio::stdout()) {
        said.push(format!("{}x{}", size.ws_col, size.ws_row));
    }
    for (is, what) in [
        (terminal.tmux, "in tmux"),
        (terminal.screen, "in screen"),
        (terminal.ssh, "over ssh"),
        (terminal.no_color, "NO_COLOR"),
        (terminal.accessible, "ACCESSIBLE"),
    ] {
        if is {
            said.push(what.into());
        }
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| env(name).filter(|v| !v.is_empty()));
    let utf8 = locale.as_deref().is_some_and(|l| l.to_lowercase().replace('-', "").contains("utf8"));
    let state =
        if terminal.term.is_empty() || terminal.term == "dumb" || !utf8 { State::Note } else { State::Ok };
    if !utf8 {
        said.push("the locale is not UTF-8: set LANG=C.UTF-8 if letters look wrong".into());
    }
    finding("terminal", state, said.join(", "))
}

fn settings(dirs: &Dirs, findings: &mut Vec<Finding>) -> Config {
    match config::load(dirs, &env) {
        Ok((config, warnings)) => {
            let there = if dirs.config.exists() { "" } else { " (not there: the defaults hold)" };
            findings.push(finding("config", State::Ok, format!("{}{there}", dirs.config.display())));
            findings.extend(warnings.into_iter().map(|text| finding("config", State::Note, text)));
            config
        }
        Err(error) => {
            findings.push(finding("config", State::Broken, error.to_string()));
            Config::default()
        }
    }
}

fn catalog(config: &Config, findings: &mut Vec<Finding>) -> Catalog {
    let catalog = crate::runtime::catalog(config, None);
    let days = catalog.age(now()).as_secs() / 86_400;
    let found = format!(
        "{} models at {} providers; prices are {days} days old",
        catalog.models().count(),
        catalog.providers().count()
    );
    findings.push(finding("catalog", if days > 60 { State::Note } else { State::Ok }, found));
    catalog
}

fn store(dirs: &Dirs, findings: &mut Vec<Finding>) {
    let opened = Store::open(&dirs.data, Options::default()).and_then(|opened| {
        let info = opened.store.info().wait()?;
        let sessions = opened.store.sessions(None, usize::MAX).wait()?.len();
        Ok::<_, StoreError>((opened.notices, opened.orphans.len(), info, sessions))
    });
    match opened {
        Ok((notices, orphans, info, sessions)) => {
            let shared = if info.owner == std::process::id() {
                String::new()
            } else {
                format!(", shared with process {}", info.owner)
            };
            let size = info.bytes / 1024;
            let found = format!("{}: {sessions} sessions, {size} KB{shared}", info.path.display());
            findings.push(finding("store", State::Ok, found));
            findings.extend(notices.into_iter().map(|text| finding("store", State::Note, text)));
            if orphans > 0 {
                let text = format!("{orphans} requests of a killed process were open; they are booked now");
                findings.push(finding("store", State::Note, text));
            }
        }
        Err(error) => findings.push(finding("store", State::Broken, error.to_string())),
    }
}

fn keys(config: &Config, catalog: &Catalog, findings: &mut Vec<Finding>) {
    let mut set = Vec::new();
    for provider in catalog.providers().filter(|p| p.needs_key() && !config.is_off(&p.slug)) {
        let sources = config.key_sources(provider, &env);
        let from: Vec<String> = sources.iter().filter(|s| s.looks_set(&env)).map(|s| s.describe()).collect();
        if !from.is_empty() {
            set.push(format!("{} ({})", provider.slug, from.join(", ")));
        } else if !sources.is_empty() {
            let wanted: Vec<String> = sources.iter().map(config::KeySource::describe).collect();
            let text = format!("{}: {} gives none", provider.slug, wanted.join(", "));
            findings.push(finding("keys", State::Note, text));
        }
    }
    findings.push(if set.is_empty() {
        finding(
            "keys",
            State::Note,
            "none: only local servers and the demo answer; `fareway keys --all` names the variables",
        )
    } else {
        finding("keys", State::Ok, set.join(", "))
    });
}

/// Longer than any server on this machine takes to accept.
const KNOCK: Duration = Duration::from_millis(300);

fn network(config: &Config, catalog: &Catalog, findings: &mut Vec<Finding>) {
    let mut up = Vec::new();
    for provider in catalog.providers().filter(|p| p.local && !config.is_off(&p.slug)) {
        if let Some(address) = address(&provider.base_url)
            && TcpStream::connect_timeout(&address, KNOCK).is_ok()
        {
            up.push(format!("{} at {}", provider.name, provider.base_url));
        }
    }
    let found = if up.is_empty() { "none answers".to_owned() } else { up.join(", ") };
    findings.push(finding("local servers", State::Ok, found));
    let on = |is: bool| if is { "on" } else { "off" };
    let found = format!(
        "refreshing the catalog is {}, looking for local servers is {}",
        on(config.network.refresh),
        on(config.network.discover)
    );
    findings.push(finding("network", State::Ok, found));
    if let Some((name, value)) =
        ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"].iter().find_map(|name| Some((name, env(name)?)))
    {
        // a proxy's address may hold a password
        let host = value.rsplit('@').next().unwrap_or_default();
        findings.push(finding("network", State::Note, format!("through the proxy of {name}, {host}")));
    }
}

/// `http://127.0.0.1:8080/v1` as an address to knock at.
fn address(url: &str) -> Option<SocketAddr> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    let port = if scheme == "https" { 443 } else { 80 };
    let mut found = if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
        host.to_socket_addrs().ok()?
    } else {
        (host, port).to_socket_addrs().ok()?
    };
    found.next()
}
