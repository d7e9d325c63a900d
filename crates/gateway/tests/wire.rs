//! The gateway over real sockets, with a service that only echoes: every transport, lost connections,
//! closed keys, hostile bytes.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use crypto::rsa::ServerKey;
use gateway::{
    Config, Gateway, Limits, Running, ServerInfo,
    service::{
        Answer, BoxFuture, Caller, Entry, KeyRecord, NewAuthKey, Publication, Refusal, Service, Topic, Unavailable,
    },
};
use mtproto::{
    AuthKeyId, SessionId,
    handshake::Identity,
    transport::{Secret, UNKNOWN_KEY},
};
use testkit::{Client, Error, Options, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// `boolTrue`, which any client reads as an answer or an update of ours.
const TRUE: &[u8] = &0x9972_75b5_u32.to_le_bytes();
/// `updatesTooLong`.
const TOO_LONG: &[u8] = &0xe317_af7e_u32.to_le_bytes();
/// `help.getNearestDc`.
const REQUEST: &[u8] = &0x1fb3_3026_u32.to_le_bytes();
const TOPIC: Topic = Topic(7);

#[derive(Default)]
struct Echo {
    keys: Mutex<HashMap<AuthKeyId, KeyRecord>>,
    calls: AtomicUsize,
}

impl Service for Echo {
    fn call(&self, _caller: Caller, _body: Bytes) -> BoxFuture<Answer> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let answer = Answer { body: TRUE.into(), topics: Some(vec![TOPIC]), ..Answer::default() };
        Box::pin(async move { answer })
    }

    fn auth_key(&self, id: AuthKeyId) -> BoxFuture<Option<KeyRecord>> {
        let found = self.keys.lock().unwrap().get(&id).cloned();
        Box::pin(async move { found })
    }

    fn store_auth_key(&self, key: NewAuthKey) -> BoxFuture<Result<(), Unavailable>> {
        let record = KeyRecord { key: key.key, expires: None, layer: None, dc: key.dc };
        self.keys.lock().unwrap().insert(key.id, record);
        Box::pin(async { Ok(()) })
    }

    fn destroy_auth_key(&self, id: AuthKeyId) -> BoxFuture<bool> {
        let existed = self.keys.lock().unwrap().remove(&id).is_some();
        Box::pin(async move { existed })
    }

    fn render(&self, entry: Entry, _topic: Topic, _layer: u16) -> BoxFuture<Option<Bytes>> {
        let body = entry.downcast_ref::<Bytes>().cloned();
        Box::pin(async move { body })
    }

    fn too_long(&self) -> Bytes {
        TOO_LONG.into()
    }

    fn refusal(&self, _refusal: Refusal) -> Bytes {
        TRUE.into()
    }

    fn session_ended(&self, _key: AuthKeyId, _session: SessionId) {}
}

struct Hall {
    running: Running,
    echo: Arc<Echo>,
    options: Options,
    address: SocketAddr,
}

fn secret() -> Secret {
    Secret::new(std::array::from_fn(|at| at as u8))
}

async fn hall() -> Hall {
    let rsa = ServerKey::generate().unwrap();
    let options = Options::new(Arc::new(rsa.public()));
    let echo = Arc::new(Echo::default());
    let config = Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        secrets: vec![secret()],
        tls: None,
        trusted_proxies: vec!["127.0.0.0/8".into()],
        identity: Arc::new(Identity::new(rsa)),
        salt_secret: [5; 32],
        info: ServerInfo { dc_id: 2, name: "<Hall>".into(), ..ServerInfo::default() },
        limits: Limits::default(),
    };
    let running = Gateway::start(config, Arc::clone(&echo) as Arc<dyn Service>).await.unwrap();
    let address = running.local_addresses()[0];
    Hall { running, echo, options, address }
}

#[tokio::test]
async fn every_transport_makes_a_key_and_gets_its_answer() {
    let hall = hall().await;
    for transport in Transport::all(&secret()) {
        let shown = format!("{transport:?}");
        let mut client = Client::connect(hall.address, hall.options.clone().over(transport)).await.expect(&shown);
        assert_eq!(client.invoke_raw(REQUEST).await.expect(&shown), TRUE, "{shown}");
    }
    assert_eq!(hall.running.handle().stats().handshakes, Transport::all(&secret()).len() as u64);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn entries_arrive_in_order_and_not_where_they_came_from() {
    let hall = hall().await;
    let mut one = Client::connect(hall.address, hall.options.clone()).await.unwrap();
    one.invoke_raw(REQUEST).await.unwrap();
    let mut two = Client::resume(hall.address, one.keys().clone(), hall.options.clone()).await.unwrap();
    two.invoke_raw(REQUEST).await.unwrap();
    let id = AuthKeyId(one.auth_key().id());
    let skip = Some((id, one.session().id()));
    for number in 0..50_u32 {
        let entry: Entry = Arc::new(Bytes::copy_from_slice(&[TOO_LONG, &number.to_le_bytes()].concat()));
        hall.running.handle().publish(Publication { topic: TOPIC, entry, skip, only: None });
    }
    for number in 0..50_u32 {
        assert_eq!(two.update_raw().await.unwrap()[4..], number.to_le_bytes());
    }
    one.ping().await.unwrap();
    assert!(one.updates_so_far().is_empty());
    hall.running.shutdown().await;
}

#[tokio::test]
async fn an_unknown_key_is_answered_with_its_transport_error() {
    let hall = hall().await;
    let mut client = Client::connect(hall.address, hall.options.clone()).await.unwrap();
    hall.echo.keys.lock().unwrap().clear();
    let result = client.invoke_raw(REQUEST).await;
    assert_eq!(result.as_ref().err().and_then(Error::transport_code), Some(UNKNOWN_KEY), "{result:?}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_closed_key_is_told_and_its_connection_ends() {
    let hall = hall().await;
    let mut client = Client::connect(hall.address, hall.options.clone()).await.unwrap();
    client.invoke_raw(REQUEST).await.unwrap();
    hall.running.handle().close_key(AuthKeyId(client.auth_key().id()));
    assert_eq!(client.update_raw().await.unwrap(), TOO_LONG);
    assert!(client.update_raw().await.is_err());
    assert!(!hall.running.handle().online(TOPIC));
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_request_sent_again_on_a_new_connection_is_answered_but_not_run_again() {
    let hall = hall().await;
    let mut client = Client::connect(hall.address, hall.options.clone()).await.unwrap();
    client.invoke_raw(REQUEST).await.unwrap();
    let request = client.send_raw(REQUEST);
    client.flush().await.unwrap();
    client.reconnect(hall.address).await.unwrap();
    assert_eq!(client.wait(request).await.unwrap(), TRUE);
    assert_eq!(hall.echo.calls.load(Ordering::SeqCst), 2, "each request ran once");
    hall.running.shutdown().await;
}

async fn http(hall: &Hall, request: &str) -> String {
    let mut stream = TcpStream::connect(hall.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn http_answers_beside_mtproto() {
    let hall = hall().await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let health = http(&hall, &get("/health")).await;
    assert!(health.starts_with("HTTP/1.1 200") && health.ends_with("ok\n"), "{health}");
    let info = http(&hall, &get("/owpengram/server-info")).await;
    assert!(info.to_lowercase().contains("content-length:") && info.contains("\"dc_id\":2"), "{info}");
    let page = http(&hall, &get("/")).await;
    assert!(page.contains("&lt;Hall&gt;") && !page.contains("<Hall>"), "{page}");
    assert!(http(&hall, &get("/elsewhere")).await.starts_with("HTTP/1.1 404"));
    assert!(
        http(&hall, "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 405")
    );
    let proxied = format!("PROXY TCP4 192.0.2.7 127.0.0.1 4000 443\r\n{}", get("/health"));
    assert!(http(&hall, &proxied).await.ends_with("ok\n"));
    hall.running.shutdown().await;
}

#[tokio::test]
async fn hostile_bytes_end_their_connection_and_nothing_else() {
    let hall = hall().await;
    let mut state = 1_u64;
    for length in [1_usize, 7, 64, 65, 300, 5000] {
        let mut stream = TcpStream::connect(hall.address).await.unwrap();
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
    let mut client = Client::connect(hall.address, hall.options.clone()).await.unwrap();
    assert_eq!(client.invoke_raw(REQUEST).await.unwrap(), TRUE);
    hall.running.shutdown().await;
}
