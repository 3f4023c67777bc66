//! The proxy variables, with a real proxy: what goes through it, what does not, and that its password stays secret.

use crate::support::program::{Home, config, ended};
use crate::support::proxy::Proxy;
use crate::support::tls::{self, Holder};
use crate::support::upstream::{Script, Upstream};

/// Asks the upstream of that name with these variables set.
fn ask(base: &str, variables: &[(&str, String)]) -> crate::support::program::Ended {
    let ca = format!("[network]\nca_file = \"{}\"\n", tls::authority().display());
    let home = Home::with_config(&format!("{}{ca}", config(&[("up", format!("{base}/v1"), "1", "2")])));
    let mut command = home.command(["ask", "hi"]);
    for (name, value) in variables {
        command.env(name, value);
    }
    let ended = ended(command.output().expect("it runs"));
    assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("hush"), "the password: {ended:?}");
    ended
}

#[test]
fn what_is_far_goes_through_the_proxy_of_its_scheme() {
    let upstream = Upstream::start([Script::says(&["through"])]);
    let secure = tls::in_front_of(upstream.addr(), Holder::Here);
    let (plain, tunnel) = (Proxy::start(upstream.addr(), false), Proxy::start(secure, false));
    let at = |scheme: &str, proxy: &Proxy| format!("{scheme}://me:hush%21@{}", proxy.address);
    let url = "POST http://upstream.test/v1/chat/completions";
    let cases = [
        ("http://upstream.test", "HTTP_PROXY", at("http", &plain), &plain, format!("plain {url} me:hush!")),
        ("http://upstream.test", "all_proxy", at("http", &plain), &plain, format!("plain {url} me:hush!")),
        (
            "https://upstream.test",
            "HTTPS_PROXY",
            at("http", &tunnel),
            &tunnel,
            "connect upstream.test:443 me:hush!".to_owned(),
        ),
        (
            "https://upstream.test",
            "ALL_PROXY",
            at("http", &tunnel),
            &tunnel,
            "connect upstream.test:443 me:hush!".to_owned(),
        ),
        (
            "https://upstream.test",
            "ALL_PROXY",
            at("socks5h", &tunnel),
            &tunnel,
            "socks5 upstream.test:443 me:hush!".to_owned(),
        ),
        (
            "http://upstream.test",
            "http_proxy",
            format!("socks5h://{}", plain.address),
            &plain,
            "socks5 upstream.test:80".to_owned(),
        ),
    ];
    for (base, variable, value, proxy, wanted) in cases {
        let ended = ask(base, &[(variable, value)]);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (0, "through\n"),
            "{base} by {variable}: {}",
            ended.stderr
        );
        assert_eq!(proxy.seen().last(), Some(&wanted), "{base} by {variable}");
    }
    // the tunnel hides the key from the proxy, and the upstream never sees the proxy's password
    assert!(upstream.seen().iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn what_is_near_or_excepted_does_not() {
    let upstream = Upstream::start([Script::says(&["direct"])]);
    let proxy = Proxy::start(upstream.addr(), false);
    let there = format!("http://{}", proxy.address);
    let port = upstream.addr().port();
    for base in [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")] {
        let all = ["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, there.clone()));
        assert_eq!(ask(&base, &all).ok().stdout, "direct\n");
    }
    let excepted = [("HTTP_PROXY", there.clone()), ("NO_PROXY", "other.test,.test".to_owned())];
    ask("http://upstream.test", &excepted).fails(1, &["no address is known for upstream.test"]);
    assert_eq!(proxy.seen(), Vec::<String>::new());
}

#[test]
fn a_proxy_that_is_gone_or_refuses_is_named_by_its_variable() {
    let upstream = Upstream::start([Script::says(&["no"])]);
    let closed =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let gone = [("HTTPS_PROXY", format!("http://me:hush%21@{closed}"))];
    ask("https://upstream.test", &gone).fails(1, &["upstream.test:443", "the proxy in HTTPS_PROXY"]);
    let strict = Proxy::start(upstream.addr(), true);
    let nameless = [("HTTPS_PROXY", format!("http://{}", strict.address))];
    ask("https://upstream.test", &nameless).fails(1, &["upstream.test:443", "the proxy in HTTPS_PROXY"]);
    let nameless = [("HTTP_PROXY", format!("http://{}", strict.address))];
    ask("http://upstream.test", &nameless).fails(1, &["407"]);
    assert!(upstream.seen().is_empty());
}
