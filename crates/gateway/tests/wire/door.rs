//! One port for everything: transports, HTTP, TLS, proxies, IPv6.

use std::{net::SocketAddr, sync::Arc};

use gateway::{Config, Gateway, StartError, Tls};
use mtproto::transport::{Kind, MAX_SECRETS, Secret};
use rustls_pki_types::ServerName;
use testkit::{Client, Got, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream, rustls};

use crate::hall::*;
use crate::websocket::{self, Frames};

#[tokio::test]
async fn every_transport_makes_a_key_and_gets_its_answer() {
    let hall = hall().await;
    for transport in Transport::all(&secret()) {
        let shown = format!("{transport:?}");
        let mut client = Client::connect(hall.address, hall.options.clone().over(transport)).await.expect(&shown);
        assert_eq!(client.invoke_raw(REQUEST).await.expect(&shown), TRUE, "{shown}");
    }
    assert_eq!(hall.stats().handshakes, Transport::all(&secret()).len() as u64);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn quick_acks_come_over_every_transport_that_has_them() {
    let hall = hall().await;
    let keys = hall.client().await.keys().clone();
    for transport in Transport::all(&secret()).into_iter().filter(|it| it.kind != Kind::Full) {
        let shown = format!("{transport:?}");
        let options = hall.options.clone().over(transport);
        let mut client = Client::resume(hall.address, keys.clone(), options).await.unwrap();
        client.ping().await.unwrap();
        let (key, now) = (client.auth_key(), client.link().now());
        let header = client.session().header(now, false);
        let ping = [0x7abe_77ec_u32, 1, 2].map(u32::to_le_bytes).concat();
        let token = client.link().send_for_quick_ack(&key, &header, &ping).await.unwrap();
        // The acknowledgement of what came before may be quicker.
        let acked = loop {
            if let Got::QuickAck(it) = client.link().receive(Some(&key)).await.expect(&shown) {
                break it;
            }
        };
        assert_eq!(acked, token, "{shown}");
    }
    hall.running.shutdown().await;
}

#[tokio::test]
async fn more_quick_acks_than_are_told_at_once_all_come() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.ping().await.unwrap();
    let (key, now) = (client.auth_key(), client.link().now());
    let ping = [0x7abe_77ec_u32, 1, 2].map(u32::to_le_bytes).concat();
    let mut awaited = Vec::new();
    for _ in 0..1500 {
        let header = client.session().header(now, false);
        awaited.push(client.link().send_for_quick_ack(&key, &header, &ping).await.unwrap());
    }
    for expected in awaited {
        let acked = loop {
            if let Got::QuickAck(it) = client.link().receive(Some(&key)).await.unwrap() {
                break it;
            }
        };
        assert_eq!(acked, expected, "they come in their order");
    }
    hall.running.shutdown().await;
}

#[tokio::test]
async fn websockets_carry_packets_split_and_merged() {
    let hall = hall().await;
    for path in ["/apiws", "/apiws_test"] {
        for frames in [Frames::Whole, Frames::Pieces(1), Frames::Pieces(7), Frames::Merged] {
            let (stream, answer) = websocket::open(hall.socket().await, path, frames, "").await;
            assert_eq!(answer.headers()["sec-websocket-protocol"], "binary");
            assert!(answer.headers().get("sec-websocket-extensions").is_none(), "no compression was agreed on");
            let transport = Transport::obfuscated(Kind::Intermediate, None, 2);
            let options = hall.options.clone().over(transport);
            let mut client = Client::start(Box::new(stream), options).await.unwrap();
            let asked: Vec<_> = (0..20).map(|_| client.send_raw(REQUEST)).collect();
            for request in asked {
                assert_eq!(client.wait(request).await.unwrap(), TRUE, "{path} {frames:?}");
            }
            assert_eq!(client.invoke_raw(LARGE_REQUEST).await.unwrap().len(), LARGE);
        }
    }
    hall.running.shutdown().await;
}

#[tokio::test]
async fn an_http_client_that_is_no_websocket_is_told() {
    let hall = hall().await;
    let answer = http_over(hall.socket().await, &get("/apiws")).await;
    assert!(answer.starts_with("HTTP/1.1 426"), "{answer}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn http_answers_beside_mtproto() {
    let hall = hall().await;
    let http = async |request: String| http_over(hall.socket().await, &request).await;
    let health = http(get("/health")).await;
    assert!(health.starts_with("HTTP/1.1 200") && health.ends_with("ok\n"), "{health}");
    let info = http(get("/owpengram/server-info")).await;
    let (head, body) = info.split_once("\r\n\r\n").unwrap();
    assert!(head.to_lowercase().contains(&format!("content-length: {}", body.len())), "{info}");
    assert!(!head.to_lowercase().contains("transfer-encoding") && body.contains("\"dc_id\":2"), "{info}");
    let page = http(get("/")).await;
    assert!(page.contains("&lt;Hall&gt;") && !page.contains("<Hall>"), "{page}");
    assert!(http(get("/elsewhere")).await.starts_with("HTTP/1.1 404"));
    let post = "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert!(http(post.into()).await.starts_with("HTTP/1.1 405"));
    hall.running.shutdown().await;
}

fn v2(client: [u8; 4]) -> Vec<u8> {
    let addresses = [client, [127, 0, 0, 1]].concat();
    [&b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"[..], &addresses, &[0x0f, 0xa0, 1, 0xbb]].concat()
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client() {
    let hall = hall().await;
    let v1 = b"PROXY TCP4 192.0.2.7 127.0.0.1 4000 443\r\n".to_vec();
    let v1_over_6 = b"PROXY TCP6 2001:db8::7 ::1 4000 443\r\n".to_vec();
    for (header, expected) in
        [(v1, "192.0.2.7:4000"), (v1_over_6, "[2001:db8::7]:4000"), (v2([192, 0, 2, 8]), "192.0.2.8:4000")]
    {
        let mut stream = hall.socket().await;
        stream.write_all(&header).await.unwrap();
        let mut client = Client::start(Box::new(stream), hall.options.clone()).await.unwrap();
        client.invoke_raw(REQUEST).await.unwrap();
        assert_eq!(hall.last_caller().address, expected.parse::<SocketAddr>().unwrap());
    }
    // The proxy's own check of health comes without a header.
    assert!(http_over(hall.socket().await, &get("/health")).await.ends_with("ok\n"));
    let proxied = format!("PROXY TCP4 192.0.2.7 127.0.0.1 4000 443\r\n{}", get("/health"));
    assert!(http_over(hall.socket().await, &proxied).await.ends_with("ok\n"));
    hall.running.shutdown().await;
}

#[tokio::test]
async fn forwarded_addresses_are_believed_from_a_trusted_proxy_only() {
    for (trusted, expected) in [(true, "198.51.100.9"), (false, "127.0.0.1")] {
        let hall = hall_with(|config| {
            if !trusted {
                config.trusted_proxies.clear();
            }
        })
        .await;
        // The client may write what it likes in front.
        let header = "X-Forwarded-For: 203.0.113.5, 198.51.100.9, 127.0.0.1\r\n";
        let (stream, _) = websocket::open(hall.socket().await, "/apiws", Frames::Whole, header).await;
        let mut client = Client::start(Box::new(stream), hall.options.clone()).await.unwrap();
        client.invoke_raw(REQUEST).await.unwrap();
        assert_eq!(hall.last_caller().address.ip().to_string(), expected);
        hall.running.shutdown().await;
    }
}

#[tokio::test]
async fn a_header_of_a_stranger_is_not_believed() {
    let hall = limited(|_| {}).await;
    let mut stream = hall.socket().await;
    stream.write_all(b"PROXY TCP4 192.0.2.7 127.0.0.1 4000 443\r\n").await.unwrap();
    stream.write_all(&[0x33; 64]).await.unwrap();
    assert!(ends(&mut stream).await);
    assert_eq!(hall.stats().broken, 1);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn several_addresses_are_listened_on_and_told_apart() {
    let hall =
        hall_with(|config| config.listen = ["127.0.0.1:0", "[::1]:0"].map(|it| it.parse().unwrap()).into()).await;
    for address in hall.running.local_addresses() {
        let mut client = Client::connect(address, hall.options.clone()).await.unwrap();
        client.invoke_raw(REQUEST).await.unwrap();
        let caller = hall.last_caller();
        assert_eq!((caller.local, caller.address.ip()), (address, address.ip()));
    }
    hall.running.shutdown().await;
}

#[tokio::test]
async fn the_data_centre_is_the_one_that_the_client_names() {
    let hall = hall().await;
    for dc in [1_i16, -3, 10_002] {
        let mut options = hall.options.clone().over(Transport::obfuscated(Kind::Padded, None, dc));
        options.handshake.dc = None;
        let mut client = Client::connect(hall.address, options).await.unwrap();
        client.invoke_raw(REQUEST).await.unwrap();
        assert_eq!(hall.last_caller().dc, Some(dc), "from the obfuscated header");
        let mut options = hall.options.clone();
        options.handshake.dc = Some(dc.into());
        let mut client = Client::connect(hall.address, options).await.unwrap();
        client.invoke_raw(REQUEST).await.unwrap();
        assert_eq!(hall.last_caller().dc, Some(dc), "from the key exchange");
    }
    hall.running.shutdown().await;
}

/// A certificate for `localhost`, and a client that trusts it alone.
fn certified() -> (Tls, TlsConnector) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let tls = Tls { certificate_pem: made.cert.pem().into(), key_pem: made.signing_key.serialize_pem().into() };
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (tls, TlsConnector::from(Arc::new(config)))
}

async fn secured(hall: &Hall, connector: &TlsConnector) -> TlsStream<TcpStream> {
    let name = ServerName::try_from("localhost").unwrap();
    connector.connect(name, hall.socket().await).await.unwrap()
}

#[tokio::test]
async fn https_and_wss_stand_on_the_same_port_as_everything_else() {
    let (tls, connector) = certified();
    let hall = hall_with(|config| config.tls = Some(tls)).await;
    let health = http_over(secured(&hall, &connector).await, &get("/health")).await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    let (stream, _) = websocket::open(secured(&hall, &connector).await, "/apiws", Frames::Whole, "").await;
    let options = hall.options.clone().over(Transport::obfuscated(Kind::Intermediate, None, 2));
    let mut client = Client::start(Box::new(stream), options).await.unwrap();
    assert_eq!(client.invoke_raw(REQUEST).await.unwrap(), TRUE);
    assert!(http_over(hall.socket().await, &get("/health")).await.starts_with("HTTP/1.1 200"));
    assert_eq!(hall.client().await.invoke_raw(REQUEST).await.unwrap(), TRUE);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn without_a_certificate_tls_is_closed() {
    let (_, connector) = certified();
    let hall = hall().await;
    let name = ServerName::try_from("localhost").unwrap();
    assert!(connector.connect(name, hall.socket().await).await.is_err());
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_gateway_does_not_start_on_what_it_cannot_serve() {
    let refused = async |change: fn(&mut Config)| {
        let mut config = config();
        change(&mut config);
        Gateway::start(config, echo()).await.err()
    };
    let many = |config: &mut Config| config.secrets = vec![Secret::new([1; 16]); MAX_SECRETS + 1];
    assert!(matches!(refused(many).await, Some(StartError::Secrets(17))));
    let nowhere = |config: &mut Config| config.trusted_proxies = vec!["nowhere".into()];
    assert!(matches!(refused(nowhere).await, Some(StartError::Proxy(_))));
    let no_certificate =
        |config: &mut Config| config.tls = Some(Tls { certificate_pem: vec![], key_pem: b"none".to_vec() });
    assert!(matches!(refused(no_certificate).await, Some(StartError::Tls(_))));
    let not_ours = |config: &mut Config| config.listen = vec!["192.0.2.1:1".parse().unwrap()];
    assert!(matches!(refused(not_ours).await, Some(StartError::Listen { .. })));
    assert!(refused(|_| {}).await.is_none());
}

#[tokio::test]
async fn hostile_bytes_end_their_connection_and_nothing_else() {
    let hall = hall().await;
    let mut state = 1_u64;
    for length in [1_usize, 7, 64, 65, 300, 5000] {
        let mut stream = hall.socket().await;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        };
        let noise: Vec<u8> = (0..length).map(|_| next()).collect();
        // The server may close before it has all of it.
        let _ = stream.write_all(&noise).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    }
    assert_eq!(hall.client().await.invoke_raw(REQUEST).await.unwrap(), TRUE);
    hall.running.shutdown().await;
}
