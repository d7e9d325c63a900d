//! What an operator types and sees: one line on stdout, warnings, modes of files, metrics, help; and what
//! nobody may see, since no log holds it.

use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};

use testkit::{Client, Error, Options};
use tl::functions;
use tokio::net::TcpSocket;

use crate::{
    people::{Person, ask_for_code, pair, sign_in},
    place::{Place, Server, get},
};

/// Ports that nothing else has.
const ANY: [&str; 2] = ["--listen", "127.0.0.1:0"];

#[test]
fn a_server_says_one_line_when_it_is_ready_and_stops_when_told() {
    let place = Place::new("ready");
    for signal in ["TERM", "INT"] {
        let server = place.serve();
        let fingerprint = format!("{:016x}", server.key.fingerprint() as u64);
        let expected = format!("chappe ready on {} key fingerprint {fingerprint}\n", server.address);
        assert_eq!(server.ready, expected);
        let log = place.log();
        assert!(log.contains("TEST ACCOUNTS ARE ON"), "{log}");
        assert!(server.stop_with(signal), "SIG{signal} is a clean end");
    }
    assert!(!place.log().contains("inside the data directory"));
}

#[test]
fn a_server_listens_on_several_addresses_and_tells_them_all() {
    let place = Place::new("several");
    let server = place.serve_with(|command| {
        command.args(["--listen", "[::1]:0"]);
    });
    let said: Vec<std::net::SocketAddr> = server.ready.split([' ', ',']).filter_map(|it| it.parse().ok()).collect();
    assert_eq!(said.len(), 2, "{}", server.ready);
    for address in said {
        assert_eq!(get(address, "/health"), (200, "ok\n".to_owned()));
    }
    server.stop();
}

#[test]
fn the_key_is_found_by_the_data_alone_and_keys_inside_the_data_are_warned_of() {
    let place = Place::new("keys");
    let inside = place.serve_with(|command| {
        command.args(["--keys", "data/secrets"]);
    });
    inside.stop();
    assert!(place.log().contains("the keys are inside the data directory"), "{}", place.log());
    let key = place.says(&["key", "--data", "data"]);
    assert_eq!(key, place.says(&["key", "--keys", "data/secrets"]));
    assert!(key.starts_with("-----BEGIN RSA PUBLIC KEY-----\n") && key.ends_with("-----END RSA PUBLIC KEY-----\n"));
    assert!(place.refuses(&["key", "--data", "elsewhere"]).contains("keys"), "a key that is not there is no key");
    let mode = |path: &str| fs::metadata(place.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data/secrets"), 0o700);
    for file in ["rsa.pem", "root.key", "master.key"] {
        assert_eq!(mode(&format!("data/secrets/{file}")), 0o600, "{file}");
    }
}

#[test]
fn the_admin_socket_is_the_owner_s_alone_and_is_replaced_after_a_kill() {
    let place = Place::new("socket");
    place.serve().kill();
    let server = place.serve();
    let mode = fs::metadata(place.join("data/admin.sock")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    place.says(&["user", "list"]);
    server.stop();
    place.says(&["user", "list"]);
}

#[tokio::test]
async fn registration_is_open_by_invitation_or_closed() {
    for (mode, signs_up) in [("open", true), ("invite", false), ("closed", false)] {
        let place = Place::new("registration");
        let mut command = place.chappe(&[&["serve"], &ANY[..]].concat());
        command.env("CHAPPE_REGISTRATION", mode).env("CHAPPE_FLOOD_FACTOR", "0");
        let server = Server::start(&place, command);
        assert!(!place.log().contains("TEST ACCOUNTS"), "they are off by default");
        assert_eq!(register(&place, &server, "33612345678").await.is_ok(), signs_up, "{mode}");
        place.says(&["user", "add", "+33612345679"]);
        assert_eq!(register(&place, &server, "33612345679").await.is_ok(), mode != "closed", "{mode}, invited");
        server.stop();
    }
}

/// Signs up with a code that the operator reads.
async fn register(place: &Place, server: &Server, phone: &str) -> Result<(), Error> {
    let mut client = Client::connect(server.address, Options::new(server.key.clone())).await?;
    let phone_code_hash = ask_for_code(&mut client, phone).await?;
    let code = place.says(&["user", "code", phone]);
    client.invoke(&sign_in(phone, &phone_code_hash, code.trim())).await?;
    let request = functions::auth::SignUp {
        no_joined_notifications: false,
        phone_number: phone.to_owned(),
        phone_code_hash,
        first_name: "Claude".into(),
        last_name: String::new(),
    };
    client.invoke(&request).await.map(drop)
}

#[tokio::test]
async fn metrics_say_what_goes_on() {
    let place = Place::new("metrics");
    let server = place.serve();
    let (mut alice, bob) = pair(&server, 0).await;
    for number in 0..3 {
        alice.client.invoke(&alice.message("hello", number + 1)).await.unwrap();
    }
    let empty = alice.client.invoke(&alice.message("", 9)).await;
    assert!(matches!(empty, Err(Error::Rpc { code: 400, .. })));
    let (_, text) = server.page("/metrics");
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    };
    assert_eq!(value("chappe_method_calls_total{method=\"messages.sendMessage\"}"), 4.0);
    assert_eq!(value("chappe_errors_total{name=\"MESSAGE_EMPTY\"}"), 1.0);
    assert_eq!(value("chappe_connections_now"), 2.0);
    assert_eq!(value("chappe_handshakes_total"), 2.0);
    assert!(value("chappe_sessions_now") >= 2.0);
    let commits = value("chappe_commit_seconds_count");
    assert!(commits >= 3.0 && value("chappe_commit_seconds_sum") > 0.0);
    assert_eq!(value("chappe_commit_seconds_bucket{le=\"+Inf\"}"), commits);
    assert!(value("chappe_commit_commands_sum") >= commits);
    assert!(value("chappe_commit_bytes_sum") > 0.0);
    assert!(value("chappe_store_bytes") > 0.0);
    assert_eq!((value("chappe_healthy"), value("chappe_commit_failures_total")), (1.0, 0.0));
    assert_eq!((value("chappe_commands_waiting"), value("chappe_outbox_parcels")), (0.0, 0.0));
    let named = text.lines().filter(|it| it.starts_with("chappe_")).all(|it| text.contains(&help_of(it)));
    assert!(named, "each has a help text");
    assert_eq!(get(server.address, "/metrics").0, 404, "never on the clients' port");
    drop(bob);
    server.stop();
}

/// The line with which a metric's help begins, without the suffixes of its samples.
fn help_of(line: &str) -> String {
    let name = line.split(['{', ' ']).next().unwrap();
    let suffixes = ["_total", "_bucket", "_sum", "_count"];
    format!("# HELP {} ", suffixes.iter().find_map(|it| name.strip_suffix(it)).unwrap_or(name))
}

/// Everything that people type here would be found again in a log that holds it.
#[tokio::test]
async fn no_log_holds_what_people_are_or_write_at_any_level() {
    let place = Place::new("silent");
    let phones = ["33698765401", "33698765402"];
    let mut command = place.chappe(&[&["serve"], &ANY[..]].concat());
    let ours = ["chappe", "gateway", "api", "domain", "mtproto", "store", "tl", "vault", "crypto"];
    command.env("CHAPPE_LOG", ours.map(|it| format!("{it}=trace")).join(","));
    command.env("CHAPPE_REGISTRATION", "open").env("CHAPPE_FLOOD_FACTOR", "0").env("CHAPPE_LOG_FORMAT", "json");
    let server = Server::start(&place, command);
    let mut secrets: Vec<String> = phones.map(str::to_owned).to_vec();
    secrets.push("127.0.0.77".into());
    let mut people = Vec::new();
    for (phone, name) in phones.iter().zip(["Zénobie", "Théodule"]) {
        let mut client = connect_from("127.0.0.77:0", &server).await;
        let phone_code_hash = ask_for_code(&mut client, phone).await.unwrap();
        client.invoke(&sign_in(phone, &phone_code_hash, "00000")).await.unwrap_err();
        let code = place.says(&["user", "code", phone]);
        client.invoke(&sign_in(phone, &phone_code_hash, code.trim())).await.unwrap();
        let request = functions::auth::SignUp {
            no_joined_notifications: false,
            phone_number: (*phone).to_owned(),
            phone_code_hash: phone_code_hash.clone(),
            first_name: name.to_owned(),
            last_name: "Ravignan".into(),
        };
        let tl::enums::auth::Authorization::Authorization(it) = client.invoke(&request).await.unwrap() else {
            panic!("signed up")
        };
        secrets.extend([name.to_owned(), "Ravignan".into(), phone_code_hash]);
        people.push(Person { client, phone: (*phone).to_owned(), id: it.user.id(), other: None });
    }
    let (mut one, mut two) = (people.remove(0), people.remove(0));
    one.knows(&two).await;
    two.knows(&one).await;
    busy(&mut one).await;
    secrets.extend(["confidential telegram", "zenobie_semaphore", "optical biography"].map(str::to_owned));
    // Bytes that are no packet, and a page that is not there.
    assert_eq!(get(server.address, "/confidential telegram").0, 400);
    assert_eq!(get(server.address, "/confidential%20telegram?zenobie_semaphore").0, 404);
    server.stop();
    let log = place.log();
    assert!(log.lines().count() > 5, "there is something to look at: {log}");
    assert!(log.lines().all(|it| it.starts_with('{') && it.ends_with('}')), "records are JSON: {log}");
    for secret in secrets {
        assert!(!log.contains(&secret), "the log holds {secret}: {log}");
    }
}

/// Does what people do, and what the server refuses.
async fn busy(one: &mut Person) {
    let client = &mut one.client;
    let about = Some("optical biography".to_owned());
    client.invoke(&functions::account::UpdateProfile { first_name: None, last_name: None, about }).await.unwrap();
    let username = "zenobie_semaphore".to_owned();
    client.invoke(&functions::account::UpdateUsername { username: username.clone() }).await.unwrap();
    client.invoke(&functions::account::UpdateUsername { username: format!("{username}!") }).await.unwrap_err();
    client
        .invoke(&functions::contacts::Search { broadcasts: false, bots: false, q: username, limit: 10 })
        .await
        .unwrap();
    let sent = one.message("confidential telegram", 1);
    let client = &mut one.client;
    client.invoke(&sent).await.unwrap();
    let mut bad = sent.clone();
    bad.random_id = 2;
    bad.message = "confidential telegram".repeat(1000);
    client.invoke(&bad).await.unwrap_err();
    let mut cut = tl::Serializable::to_bytes(&sent);
    cut.truncate(cut.len() - 8);
    client.invoke_raw(&cut).await.unwrap_err();
}

async fn connect_from(address: &str, server: &Server) -> Client {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(address.parse().unwrap()).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    Client::start(Box::new(stream), Options::new(server.key.clone())).await.unwrap()
}

#[test]
fn every_command_and_option_has_help() {
    let place = Place::new("help");
    let mut waiting = vec![Vec::<String>::new()];
    let mut seen = 0;
    while let Some(words) = waiting.pop() {
        let all: Vec<_> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let help = place.says(&all);
        seen += 1;
        assert!(!help.starts_with("Usage"), "{words:?} says what it does first:\n{help}");
        for (section, line) in entries(&help) {
            let mut parts = line.trim().splitn(2, "  ");
            let (name, about) = (parts.next().unwrap(), parts.next().unwrap_or("").trim());
            assert!(!about.is_empty(), "{words:?}: {name} has no explanation:\n{help}");
            if section == "Commands:" && name != "help" {
                waiting.push([words.clone(), vec![name.to_owned()]].concat());
            }
        }
    }
    assert!(seen >= 11, "only {seen} commands");
}

/// The entries of a help text, each with its section; an explanation on a line of its own is joined.
fn entries(help: &str) -> Vec<(String, String)> {
    let (mut section, mut found) = (String::new(), Vec::<(String, String)>::new());
    for line in help.lines() {
        match line {
            it if it.ends_with(':') && !it.starts_with(' ') => section = it.to_owned(),
            // Text of its own ends a section.
            it if !it.is_empty() && !it.starts_with(' ') => section.clear(),
            it if it.trim().is_empty() || section.is_empty() || section.starts_with("Usage") => {}
            it if it.starts_with("          ") => {
                let (_, last) = found.last_mut().expect("an entry stands before its explanation");
                last.push_str("  ");
                last.push_str(it.trim());
            }
            it => found.push((section.clone(), it.to_owned())),
        }
    }
    found
}

#[test]
fn what_cannot_be_is_said_with_what_to_do() {
    let place = Place::new("errors");
    for (words, teaches) in [
        (&["serve", "--config", "nowhere.toml"][..], "nowhere.toml does not exist"),
        (&["serve", "--listen", "here"], "--listen"),
        (&["key"], "keys"),
        (&["backup", "file"], "--data"),
        (&["restore", "file"], "CHAPPE_PASSPHRASE"),
    ] {
        let said = place.refuses(words);
        assert!(said.contains(teaches), "{words:?}: {said}");
    }
    fs::write(place.join("chappe.toml"), "lisen = [\"127.0.0.1:0\"]\n").unwrap();
    let said = place.refuses(&[&["serve"], &ANY[..]].concat());
    assert!(said.contains("lisen"), "a key that does not exist is no key: {said}");
    let done = place.chappe(&[]).stdout(Stdio::piped()).output().unwrap();
    assert!(!done.status.success() && String::from_utf8_lossy(&done.stderr).contains("Usage"));
}
