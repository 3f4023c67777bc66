//! `fareway serve`: one OpenAI-compatible endpoint over all the person's keys, local servers and the demonstration.

use super::shell::Shell;
use super::{Exit, Fail, out};
use crate::runtime::Signals;
use crate::serve::{self, Key, Options};
use std::net::{Ipv4Addr, Ipv6Addr, ToSocketAddrs};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Answer other programs: one OpenAI-compatible endpoint over all your keys
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  fareway serve
  curl http://127.0.0.1:4040/v1/chat/completions -d '{\"model\": \"demo/sage\", \"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}'
  OPENAI_BASE_URL=http://127.0.0.1:4040/v1 OPENAI_API_KEY=any your-program

OpenRouter's `models` and `provider` fields are understood; `usage.cost` is in the reply. POST /v1/chat/completions
(streaming and not), GET /v1/models, GET /health. Every request is in the ledger: `fareway usage`, `fareway why`.
Other machines may only ask when the config has [[serve.keys]]; each key's spending is kept apart.")]
pub struct Args {
    /// Address and port; port 0 takes a free one [default: [serve] listen in the config, 127.0.0.1:4040]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

pub fn run(args: &Args, shell: Shell) -> Result<Exit, Fail> {
    let listen = args.listen.clone().unwrap_or_else(|| shell.config.serve.listen.clone());
    let options = options(&shell)?;
    if options.keys.is_empty() {
        only_loopback(&listen)?;
    }
    let core = shell.core()?;
    let runtime = shell.runtime()?;
    let result = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let listener = TcpListener::bind(&listen).await.map_err(|error| cannot_listen(&listen, &error))?;
        let mut address = listener.local_addr()?;
        // "everywhere" is no place to call
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
        }
        out::text(&format!(
            "fareway answers at http://{address}/v1 (OpenAI's API; set OPENAI_BASE_URL=http://{address}/v1). Ctrl-C stops it."
        ))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (gateway, config, dirs) = (core.gateway.clone(), shell.config.clone(), shell.dirs.clone());
        // beside the listener: reading a list of some megabytes must not hold up who asks
        tokio::spawn(async move { crate::runtime::keep(&gateway, &config, &dirs).await });
        let serving = serve::serve(listener, core.gateway.clone(), options, crate::runtime::now, async {
            let _ = stopped.await;
        });
        tokio::pin!(serving);
        let ended = tokio::select! {
            ended = &mut serving => ended,
            _ = signals.end() => {
                let _ = stop.send(());
                let left = core.gateway.in_flight();
                if left > 0 {
                    out::note(&format!("finishing {left} under way; Ctrl-C again stops at once"));
                }
                tokio::select! {
                    ended = &mut serving => ended,
                    _ = signals.end() => Ok(()),
                }
            }
        };
        ended.map_err(|error| Fail::new(Exit::Failed, format!("the listener failed: {error}")))
    });
    // ends what a second Ctrl-C left under way, so that it is booked; then everything goes to disk
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    core.store.close();
    result.map(|()| Exit::Ok)
}

fn options(shell: &Shell) -> Result<Options, Fail> {
    let env = |name: &str| std::env::var(name).ok();
    let mut keys = Vec::new();
    for key in &shell.config.serve.keys {
        let secret = key.key.resolve(&env, &shell.dirs.home);
        let secret =
            secret.map_err(|error| Fail::usage(format!("[[serve.keys]] \"{}\": {error}", key.label)))?;
        keys.push(Key { label: key.label.clone(), secret: secret.expose().to_owned().into() });
    }
    // a usize holds every u32 of megabytes on the 64-bit machines this runs on; elsewhere the most there is
    let max_body = usize::try_from(u64::from(shell.config.serve.max_body) << 20).unwrap_or(usize::MAX);
    Ok(Options { max_body, model: shell.config.model.clone(), keys, warn: out::note, ..Options::default() })
}

/// Whoever reaches the address spends the person's money: without keys that must be this machine only.
fn only_loopback(listen: &str) -> Result<(), Fail> {
    let addresses = listen.to_socket_addrs().map_err(|error| cannot_listen(listen, &error))?;
    for address in addresses {
        if !address.ip().is_loopback() {
            return Err(Fail::usage(format!(
                "{listen} can be reached from other machines and there is no key, so anybody could spend your money: \
                 add [[serve.keys]] to the config, or listen on 127.0.0.1"
            )));
        }
    }
    Ok(())
}

fn cannot_listen(listen: &str, error: &std::io::Error) -> Fail {
    let more = match error.kind() {
        std::io::ErrorKind::AddrInUse => "; another program has the port: try --listen 127.0.0.1:0",
        std::io::ErrorKind::PermissionDenied => {
            "; ports below 1024 are for the administrator: take a higher one"
        }
        _ if listen.to_socket_addrs().is_err() => "; write address and port, such as 127.0.0.1:4040",
        _ => "",
    };
    Fail::usage(format!("cannot listen on {listen}: {error}{more}"))
}
