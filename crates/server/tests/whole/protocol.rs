//! What a client meets before it is anybody: temporary keys, addresses, data centres, flood limits.

use mtproto::{
    handshake::ClientOptions,
    transport::{Kind, UNKNOWN_KEY},
};
use testkit::{Client, Error, Options, Proof, Transport};
use tl::{enums, functions, types};

use crate::{
    people::Person,
    place::{Place, Server},
};

/// One thing in a proof, changed.
type Change = fn(&mut Proof);

#[tokio::test]
async fn a_temporary_key_is_bound_only_by_a_proof_that_is_right_in_every_field() {
    let place = Place::new("bind");
    let server = place.serve();
    let mut client = Person::join(&server, 1).await.client;
    client.make_temporary_key().await.unwrap();
    let wrong: [(&str, Change); 9] = [
        ("msg_id", |it| it.msg_id += 4),
        ("seqno", |it| it.seqno = 1),
        ("length", |it| it.length = 36),
        ("constructor", |it| it.constructor ^= 1),
        ("nonce", |it| it.nonce ^= 1),
        ("temporary", |it| it.temporary ^= 1),
        ("permanent", |it| it.permanent ^= 1),
        ("session", |it| it.session ^= 1),
        ("expires_at", |it| it.expires_at += 1),
    ];
    for (field, change) in wrong {
        let refused = client.bind_with(change).await;
        assert_eq!(name(&refused), Some("ENCRYPTED_MESSAGE_INVALID"), "{field}: {refused:?}");
        let state = client.invoke(&functions::updates::GetState {}).await;
        assert_eq!(name(&state), Some("AUTH_KEY_UNREGISTERED"), "{field}: it speaks for nobody");
    }
    client.bind_with(|_| {}).await.unwrap();
    client.invoke(&functions::updates::GetState {}).await.unwrap();
    client.bind_with(|_| {}).await.unwrap();
    server.stop();
}

#[tokio::test]
async fn a_bound_key_stays_with_its_permanent_key_and_a_permanent_one_is_never_bound() {
    let place = Place::new("bound");
    let server = place.serve();
    let mut one = Person::join(&server, 1).await.client;
    let mut two = Person::join(&server, 2).await.client;
    // The key that encrypts is permanent, whatever the proof says.
    assert_eq!(name(&one.bind_with(|_| {}).await), Some("TEMP_AUTH_KEY_EMPTY"));
    assert_eq!(name(&one.bind_with(|it| it.temporary ^= 1).await), Some("ENCRYPTED_MESSAGE_INVALID"));
    one.renew_temporary_key().await.unwrap();
    // Another's permanent key, proved with all it takes, does not take over.
    let mut keys = two.keys().clone();
    keys.temporary = one.keys().temporary.clone();
    let mut thief = Client::resume(server.address, keys, Options::new(server.key.clone())).await.unwrap();
    assert_eq!(name(&thief.bind_with(|_| {}).await), Some("TEMP_AUTH_KEY_ALREADY_BOUND"));
    two.ping().await.unwrap();
    server.stop();
}

#[tokio::test]
async fn dropped_temporary_keys_are_unknown_and_the_one_that_asks_stays() {
    let place = Place::new("drop");
    let server = place.serve();
    let mut client = Person::join(&server, 1).await.client;
    client.renew_temporary_key().await.unwrap();
    let first = client.keys().clone();
    let again = Client::resume(server.address, first.clone(), Options::new(server.key.clone()));
    let mut client = again.await.unwrap();
    client.renew_temporary_key().await.unwrap();
    let dropped = client.invoke(&functions::auth::DropTempAuthKeys { except_auth_keys: Vec::new() }).await;
    assert!(dropped.unwrap());
    client.invoke(&functions::updates::GetState {}).await.unwrap();
    let mut old = Client::resume(server.address, first, Options::new(server.key.clone())).await.unwrap();
    let unknown = old.ping().await;
    assert_eq!(unknown.as_ref().err().and_then(Error::transport_code), Some(UNKNOWN_KEY), "{unknown:?}");
    server.stop();
}

#[tokio::test]
async fn a_client_is_told_its_own_data_centre_and_an_address_that_can_be_reached() {
    let place = Place::new("config");
    let server = place.serve_with(|command| {
        command.args(["--listen", "0.0.0.0:0", "--listen", "[::1]:0"]);
    });
    let said: Vec<std::net::SocketAddr> = server.ready.split([' ', ',']).filter_map(|it| it.parse().ok()).collect();
    for listening in said {
        let mut address = listening;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        for dc in [1, 2, 5] {
            for transport in [Transport::plain(Kind::Full), Transport::obfuscated(Kind::Abridged, None, dc)] {
                let mut options = Options::new(server.key.clone()).over(transport.clone());
                let named = (!transport.obfuscated).then_some(i32::from(dc));
                options.handshake = ClientOptions { dc: named, ..ClientOptions::default() };
                let mut client = Client::connect(address, options).await.unwrap();
                let enums::Config::Config(config) = client.invoke(&functions::help::GetConfig {}).await.unwrap();
                assert_eq!(config.this_dc, i32::from(dc), "{transport:?}");
                let enums::NearestDc::Dc(nearest) = client.invoke(&functions::help::GetNearestDc {}).await.unwrap();
                assert_eq!((nearest.this_dc, nearest.nearest_dc), (i32::from(dc), i32::from(dc)));
                check_options(&config, address);
            }
        }
    }
    server.stop();
}

fn check_options(config: &types::Config, address: std::net::SocketAddr) {
    assert!((1..=5).all(|id| config.dc_options.iter().any(|enums::DcOption::Option(it)| it.id == id)));
    for enums::DcOption::Option(it) in &config.dc_options {
        assert_eq!((it.ip_address.as_str(), it.port), (address.ip().to_string().as_str(), i32::from(address.port())));
        assert_eq!(it.ipv6, address.is_ipv6());
    }
}

#[tokio::test]
async fn advertised_addresses_are_told_instead_of_the_socket_s() {
    let place = Place::new("advertise");
    let server = place.serve_with(|command| {
        command.env("CHAPPE_ADVERTISE", "192.0.2.7:443,[2001:db8::7]:443");
    });
    let mut client = Client::connect(server.address, Options::new(server.key.clone())).await.unwrap();
    let enums::Config::Config(config) = client.invoke(&functions::help::GetConfig {}).await.unwrap();
    let of_two = config
        .dc_options
        .iter()
        .filter_map(|enums::DcOption::Option(it)| (it.id == 2).then_some((it.ip_address.as_str(), it.port, it.ipv6)));
    assert_eq!(of_two.collect::<Vec<_>>(), [("192.0.2.7", 443, false), ("2001:db8::7", 443, true)]);
    server.stop();
}

#[tokio::test]
async fn each_kind_of_method_has_a_limit_and_says_how_long_to_wait() {
    let place = Place::new("flood");
    let before = place.serve();
    let person = Person::join(&before, 1).await;
    before.stop();
    let server = place.serve_with(|command| {
        command.env("CHAPPE_FLOOD_FACTOR", "0.04");
    });
    let mut client = person.back(&server).await.unwrap().client;
    let search = functions::contacts::Search { broadcasts: false, bots: false, q: "person".into(), limit: 5 };
    let search = flooded(&mut client, &search).await;
    let dropping = functions::auth::DropTempAuthKeys { except_auth_keys: Vec::new() };
    let write = flooded(&mut client, &dropping).await;
    let light = flooded(&mut client, &functions::updates::GetState {}).await;
    assert!(search < write && write < light, "{search} < {write} < {light}: dearer calls end sooner");
    // A stranger's guesses are bounded by the address, whatever key they come with.
    let mut calls = 0;
    while let Ok(hash) = stranger(&server).await {
        calls += 1;
        assert!(calls < 100, "{hash}");
    }
    server.stop();
}

/// Calls until it is too often; how often that was. The wait is told in seconds.
async fn flooded<R: tl::RemoteCall>(client: &mut Client, request: &R) -> usize {
    for calls in 0..2000 {
        match client.invoke(request).await {
            Ok(_) => {}
            Err(Error::Rpc { code: 420, name }) => {
                let seconds: u32 = name.strip_prefix("FLOOD_WAIT_").and_then(|it| it.parse().ok()).expect("seconds");
                assert!((1..3600).contains(&seconds), "{name}");
                return calls;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("never refused");
}

async fn stranger(server: &Server) -> Result<String, String> {
    let mut client = Client::connect(server.address, Options::new(server.key.clone())).await.unwrap();
    let asked = crate::people::ask_for_code(&mut client, "9996620009").await;
    asked.map_err(|error| {
        let name = error.rpc_name().unwrap_or_default().to_owned();
        assert!(name.starts_with("FLOOD_WAIT_") || name == "PHONE_NUMBER_FLOOD", "{error}");
        name
    })
}

fn name<T>(result: &Result<T, Error>) -> Option<&str> {
    result.as_ref().err().and_then(Error::rpc_name)
}
