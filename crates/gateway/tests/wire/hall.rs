//! A gateway whose service echoes, and ways to reach it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use crypto::AuthKey;
use crypto::rsa::ServerKey;
use gateway::{
    Config, Gateway, Limits, Running, ServerInfo, Stats,
    service::{
        Answer, BoxFuture, Caller, Content, Entry, File, KeyRecord, NewAuthKey, NoFile, Page, PageAsk, Publication,
        Refusal, Service, Topic, Unavailable,
    },
};
use mtproto::{AuthKeyId, SessionId, handshake::Identity, transport::Secret};
use testkit::{Client, Options};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
};

/// `boolTrue`, which any client reads as an answer or an update of ours.
pub(crate) const TRUE: &[u8] = &0x9972_75b5_u32.to_le_bytes();
/// `updatesTooLong`.
pub(crate) const TOO_LONG: &[u8] = &0xe317_af7e_u32.to_le_bytes();
/// `help.getNearestDc`: answered at once.
pub(crate) const REQUEST: &[u8] = &0x1fb3_3026_u32.to_le_bytes();
/// Answered when the test lets it.
pub(crate) const SLOW: &[u8] = &0x0bad_0001_u32.to_le_bytes();
/// Answered with [`LARGE`] bytes.
pub(crate) const LARGE_REQUEST: &[u8] = &0x0bad_0002_u32.to_le_bytes();
/// As [`SLOW`], and said to have a long answer.
pub(crate) const FILE: &[u8] = &0x0bad_0006_u32.to_le_bytes();
/// Never answered: its task panics.
pub(crate) const PANIC: &[u8] = &0x0bad_0003_u32.to_le_bytes();
/// Lets the session listen to the topic whose number follows, besides [`TOPIC`].
pub(crate) const LISTEN: &[u8] = &0x0bad_0004_u32.to_le_bytes();
/// Begins what is rendered when the test lets it.
pub(crate) const HELD: &[u8] = &0x0bad_0005_u32.to_le_bytes();
pub(crate) const LARGE: usize = 256 << 10;
/// What the service says instead of an answer of its own: `boolFalse`.
pub(crate) const REFUSED: &[u8] = &0xbc79_9737_u32.to_le_bytes();
pub(crate) const TOPIC: Topic = Topic(7);
/// What [`TOPIC`] follows.
pub(crate) const FOLLOWED: Topic = Topic(8);

/// Making a key takes a good part of a second.
static IDENTITY: LazyLock<Arc<Identity>> = LazyLock::new(|| Arc::new(Identity::new(ServerKey::generate().unwrap())));

/// A service that echoes.
pub(crate) struct Echo {
    pub(crate) keys: Mutex<HashMap<AuthKeyId, Arc<KeyRecord>>>,
    pub(crate) calls: AtomicUsize,
    pub(crate) callers: Mutex<Vec<Caller>>,
    /// How often a window of a file was read.
    pub(crate) reads: Arc<AtomicUsize>,
    /// Lets slow requests go.
    pub(crate) slow: Arc<Semaphore>,
    /// Lets held renderings go.
    pub(crate) renders: Arc<Semaphore>,
    /// Whoever holds it keeps what topics follow from being known.
    pub(crate) followings: Arc<Semaphore>,
}

/// Bytes of the film: more than any socket buffers.
pub(crate) const FILM: u64 = 64 << 20;

/// What the film has at a place.
pub(crate) fn frame(at: u64) -> u8 {
    (at % 251) as u8
}

struct Film {
    reads: Arc<AtomicUsize>,
    ends: u64,
}

impl Content for Film {
    fn read(&self, from: u64, len: u64) -> BoxFuture<Option<Bytes>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let bytes: Vec<u8> = (from..(from + len).min(self.ends)).map(frame).collect();
        Box::pin(async move { Some(bytes.into()) })
    }
}

impl Service for Echo {
    fn call(&self, caller: Caller, body: Bytes) -> BoxFuture<Answer> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.callers.lock().unwrap().push(caller);
        let slow = Arc::clone(&self.slow);
        let own = body.strip_prefix(LISTEN).map(|it| Topic(u64::from_le_bytes(it.try_into().unwrap())));
        let topics = [TOPIC].into_iter().chain(own).collect();
        Box::pin(async move {
            let query = if body.len() > 4 { &body[body.len() - 4..] } else { &body[..] };
            if query == SLOW || query == FILE {
                slow.acquire().await.unwrap().forget();
            }
            assert!(query != PANIC, "asked for");
            let body = if query == LARGE_REQUEST { vec![5; LARGE].into() } else { TRUE.into() };
            Answer { body, topics: Some(topics), ..Answer::default() }
        })
    }

    fn answers_long(&self, body: &[u8]) -> bool {
        body == FILE
    }

    fn auth_key(&self, id: AuthKeyId) -> BoxFuture<Option<Arc<KeyRecord>>> {
        let found = self.keys.lock().unwrap().get(&id).cloned();
        Box::pin(async move { found })
    }

    fn store_auth_key(&self, key: NewAuthKey) -> BoxFuture<Result<(), Unavailable>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as u32;
        let expires = key.expires_in.map(|it| now + it);
        let record = KeyRecord { id: key.id, key: AuthKey::new(*key.key.as_bytes()), expires, layer: None, dc: key.dc };
        self.keys.lock().unwrap().insert(key.id, Arc::new(record));
        Box::pin(async { Ok(()) })
    }

    fn destroy_auth_key(&self, id: AuthKeyId) -> BoxFuture<bool> {
        let existed = self.keys.lock().unwrap().remove(&id).is_some();
        Box::pin(async move { existed })
    }

    fn render(&self, entry: Entry, _topic: Topic, layers: Vec<Option<u16>>) -> BoxFuture<Vec<Option<Bytes>>> {
        let body = entry.downcast_ref::<Bytes>().cloned();
        let held = body.as_ref().filter(|it| it.starts_with(HELD)).map(|_| Arc::clone(&self.renders));
        Box::pin(async move {
            if let Some(held) = held {
                held.acquire().await.unwrap().forget();
            }
            vec![body; layers.len()]
        })
    }

    fn follows(&self, _topic: Topic) -> BoxFuture<Result<Vec<Topic>, Unavailable>> {
        let followings = Arc::clone(&self.followings);
        Box::pin(async move {
            let _turn = followings.acquire().await;
            Ok(vec![FOLLOWED])
        })
    }

    fn too_long(&self) -> Bytes {
        TOO_LONG.into()
    }

    fn refusal(&self, _refusal: Refusal) -> Bytes {
        REFUSED.into()
    }

    /// A page below `/page`, which says what was asked for.
    fn page(&self, ask: PageAsk) -> BoxFuture<Option<Page>> {
        Box::pin(async move {
            let status = if ask.path == "/page/gone" { 410 } else { 200 };
            ask.path.starts_with("/page").then(|| Page {
                status,
                kind: "text/html; charset=utf-8",
                keep: "public, max-age=10",
                etag: Some("\"mark\"".into()),
                location: None,
                body: format!("{} {} {}", ask.origin, ask.path, ask.query).into(),
            })
        })
    }

    /// A film of [`FILM`] bytes, a text, and one whose bytes end early.
    fn file(&self, link: String) -> BoxFuture<Result<File, NoFile>> {
        let content =
            Arc::new(Film { reads: Arc::clone(&self.reads), ends: if link == "torn" { 300 << 10 } else { FILM } });
        let film = File {
            size: FILM,
            kind: "video/mp4",
            is_shown: true,
            name: "Film ä.mp4".into(),
            etag: "\"film\"".into(),
            content,
        };
        Box::pin(async move {
            match link.as_str() {
                "film" | "torn" => Ok(film),
                "bytes" => {
                    let (kind, name) = ("application/octet-stream", String::new());
                    Ok(File { kind, name, is_shown: false, size: 5, ..film })
                }
                "gone" => Err(NoFile::Gone),
                "later" => Err(NoFile::Unavailable),
                _ => Err(NoFile::Unread),
            }
        })
    }

    fn session_ended(&self, _key: AuthKeyId, _session: SessionId) {}
}

pub(crate) struct Hall {
    pub(crate) running: Running,
    pub(crate) echo: Arc<Echo>,
    pub(crate) options: Options,
    pub(crate) address: SocketAddr,
}

pub(crate) fn secret() -> Secret {
    Secret::new(std::array::from_fn(|at| at as u8))
}

/// On 127.0.0.1, which is also a trusted proxy.
pub(crate) async fn hall() -> Hall {
    hall_with(|_| {}).await
}

/// With other limits; nobody is a trusted proxy.
pub(crate) async fn limited(change: impl FnOnce(&mut Limits)) -> Hall {
    hall_with(|config| {
        config.trusted_proxies.clear();
        change(&mut config.limits);
    })
    .await
}

pub(crate) async fn hall_with(change: impl FnOnce(&mut Config)) -> Hall {
    let mut config = config();
    change(&mut config);
    let mut options = Options::new(Arc::new(config.identity.key().public()));
    options.layer = None;
    let echo = echo();
    let running = Gateway::start(config, Arc::clone(&echo) as Arc<dyn Service>).await.unwrap();
    let address = running.local_addresses()[0];
    Hall { running, echo, options, address }
}

pub(crate) fn echo() -> Arc<Echo> {
    let (keys, callers) = (Mutex::default(), Mutex::default());
    let [slow, renders, followings] = [0, 0, 1].map(|permits| Arc::new(Semaphore::new(permits)));
    Arc::new(Echo { keys, calls: AtomicUsize::new(0), callers, reads: Arc::default(), slow, renders, followings })
}

pub(crate) fn config() -> Config {
    Config {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        secrets: vec![secret()],
        tls: None,
        trusted_proxies: vec!["127.0.0.0/8".into()],
        identity: Arc::clone(&IDENTITY),
        salt_secret: [5; 32],
        info: ServerInfo { dc_id: 2, name: "<Hall>".into(), ..ServerInfo::default() },
        at_rest: || {},
        limits: Limits::default(),
    }
}

impl Hall {
    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address, self.options.clone()).await.unwrap()
    }

    /// Another session of that client's key, on a connection of its own.
    pub(crate) async fn another(&self, client: &Client) -> Client {
        // Another seed: clients that draw alike would share a session.
        let options = Options { seed: rand::random(), ..self.options.clone() };
        Client::resume(self.address, client.keys().clone(), options).await.unwrap()
    }

    pub(crate) async fn socket(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.running.handle().stats()
    }

    pub(crate) fn calls(&self) -> usize {
        self.echo.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn last_caller(&self) -> Caller {
        self.echo.callers.lock().unwrap().last().cloned().unwrap()
    }

    /// Tells every listener a body.
    pub(crate) fn publish(&self, body: &[u8], skip: Option<(AuthKeyId, SessionId)>) {
        self.publish_to(TOPIC, body, skip);
    }

    pub(crate) fn publish_to(&self, topic: Topic, body: &[u8], skip: Option<(AuthKeyId, SessionId)>) {
        self.running.handle().publish(Publication { skip, ..publication(topic, body) });
    }
}

pub(crate) fn publication(topic: Topic, body: &[u8]) -> Publication {
    let entry: Entry = Arc::new(Bytes::copy_from_slice(body));
    Publication { topic, entry, skip: None, only: None, except: Vec::new(), each: false, behind: None }
}

/// Waits until something holds; the test fails if it does not within the patience of a loaded machine.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..3000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

/// Whether the server ends the connection, whatever it says before; bounded as [`until`].
pub(crate) async fn ends(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await.is_ok()
}

/// An HTTP request over a stream, and everything that comes back.
pub(crate) async fn http_over(mut stream: impl testkit::Stream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Some TLS ends come without a farewell.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
}
