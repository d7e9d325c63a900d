//! The client against the smallest server that the protocol allows: it echoes requests.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use crypto::AuthKey;
use crypto::rsa::ServerKey;
use mtproto::envelope::{self, Class, Side};
use mtproto::handshake::{DhPool, Identity, Server, Step};
use mtproto::session::{Config, Event, Limits, Salts, Session};
use mtproto::transport::{Detection, Framing, Packet, UNKNOWN_KEY, detect};
use mtproto::{AuthKeyId, SessionId};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use tl::Serializable;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use zeroize::Zeroizing;

use super::*;

static IDENTITY: LazyLock<Arc<Identity>> = LazyLock::new(|| Arc::new(Identity::new(ServerKey::generate().unwrap())));

fn secret() -> Secret {
    Secret::new([9; 16])
}

/// What outlives connections.
struct Echo {
    keys: HashMap<AuthKeyId, Arc<AuthKey>>,
    sessions: HashMap<SessionId, Session>,
    config: Arc<Config>,
    clock: Clock,
    rng: ChaCha20Rng,
    requests: usize,
}

struct Connection {
    framing: Framing,
    exchange: Server,
    pool: DhPool,
}

impl Echo {
    fn new() -> Self {
        let config = Config { limits: Limits::DEFAULT, too_long: Bytes::new() };
        Self {
            keys: HashMap::new(),
            sessions: HashMap::new(),
            config: Arc::new(config),
            clock: Clock::real(),
            rng: ChaCha20Rng::seed_from_u64(1),
            requests: 0,
        }
    }

    /// Serves one connection until it ends.
    async fn serve(&mut self, stream: &mut DuplexStream) {
        let mut first = Vec::new();
        let mut buffer = [0; 512];
        let mut connection = None;
        loop {
            let Ok(read @ 1..) = stream.read(&mut buffer).await else {
                return;
            };
            first.extend_from_slice(&buffer[..read]);
            if connection.is_none() {
                let Detection::Mtproto { framing, consumed } = detect(&first, &[secret()]) else {
                    continue;
                };
                first.drain(..consumed);
                for session in self.sessions.values_mut() {
                    session.connected(self.clock.now());
                }
                connection = Some(Connection {
                    framing: *framing,
                    exchange: Server::new(IDENTITY.clone()),
                    pool: DhPool::new(),
                });
            }
            let it = connection.as_mut().unwrap();
            it.framing.push(&std::mem::take(&mut first));
            while let Some(packet) = it.framing.poll_packet().unwrap() {
                let out = self.packet(it, &packet);
                if stream.write_all(&out).await.is_err() {
                    return;
                }
            }
        }
    }

    fn packet(&mut self, it: &mut Connection, packet: &Packet) -> Vec<u8> {
        let mut out = Vec::new();
        match envelope::classify(&packet.payload).unwrap() {
            Class::Plain => {
                let body = envelope::open_plain(&packet.payload).unwrap().body;
                let reply = self.exchange(it, &body);
                let mut plain = Vec::new();
                let id = mtproto::MsgId(mtproto::MsgId::at(self.clock.now()).0 | 1);
                envelope::put_plain(id, &reply, &mut plain);
                it.framing.frame(&plain, &mut self.rng, &mut out);
            }
            Class::Encrypted(id) => match self.keys.get(&id).cloned() {
                Some(key) => self.message(it, &key, packet, &mut out),
                None => it.framing.error(UNKNOWN_KEY, &mut self.rng, &mut out),
            },
            Class::TransportError(_) => panic!("clients send none"),
        }
        out
    }

    fn exchange(&mut self, it: &mut Connection, body: &Bytes) -> Bytes {
        let mut step = it.exchange.handle(body, &mut it.pool, &mut self.rng).unwrap();
        loop {
            step = match step {
                Step::Reply(reply) => return reply,
                Step::Work(work) => {
                    it.exchange.work_done(self.clock.now(), work.run(), &mut it.pool, &mut self.rng).unwrap()
                }
                Step::NewKey(key) => {
                    self.keys.insert(key.id(), key.auth_key.clone());
                    it.exchange.confirm(&key.nonce);
                    return key.dh_gen_ok;
                }
                Step::Wait => panic!("nothing is under way"),
            }
        }
    }

    fn message(&mut self, it: &mut Connection, key: &AuthKey, packet: &Packet, out: &mut Vec<u8>) {
        let now = self.clock.now();
        let opened = envelope::open(key, Side::Client, &packet.payload).unwrap();
        if packet.quick_ack {
            it.framing.quick_ack(opened.quick_ack, out);
        }
        let id = opened.envelope.header.session;
        let salts = Salts::new(Arc::new(Zeroizing::new([1; 32])), AuthKeyId(key.id()));
        let session = self.sessions.entry(id).or_insert_with(|| {
            let mut it = Session::new(self.config.clone(), id, salts, 7);
            it.connected(now);
            it
        });
        session.handle_message(now, opened.envelope).unwrap();
        while let Some(event) = session.poll_event() {
            if let Event::Request { msg_id, body } = event {
                self.requests += 1;
                session.answer(msg_id, answer(&body));
                let asks_for_update = (tl::functions::help::GetConfig {}).to_bytes();
                if body == asks_for_update {
                    session.push(update());
                }
            }
        }
        let mut body = Vec::new();
        while let Some(header) = session.poll_transmit(now, &mut body) {
            let mut sealed = Vec::new();
            envelope::seal(key, Side::Server, &header, &body, &mut self.rng, &mut sealed);
            it.framing.frame(&sealed, &mut self.rng, out);
            body.clear();
        }
    }
}

fn update() -> Bytes {
    tl::enums::Updates::TooLong.to_bytes().into()
}

/// True to what binds a key, an error to what logs out, else the request itself.
fn answer(body: &Bytes) -> Bytes {
    let query = tl::wrappers::peel(body).map_or(&body[..], |it| it.query);
    if query.starts_with(&tl::functions::auth::LogOut {}.to_bytes()) {
        let error = [0x2144_ca19_u32, 400];
        let mut out = error.map(u32::to_le_bytes).concat();
        out.extend(b"\x03BAD");
        return out.into();
    }
    if query.starts_with(&0xcdd4_2a05_u32.to_le_bytes()) {
        return true.to_bytes().into();
    }
    body.clone()
}

fn options() -> Options {
    Options::new(Arc::new(IDENTITY.key().public()))
}

/// Runs a client while the server serves its connections, one after another.
macro_rules! with_echo {
    (|$echo:ident, $one:ident, $two:ident| $body:block) => {{
        let mut $echo = Echo::new();
        let ($one, mut one) = tokio::io::duplex(1 << 16);
        let ($two, mut two) = tokio::io::duplex(1 << 16);
        let serve = async {
            $echo.serve(&mut one).await;
            drop(one);
            $echo.serve(&mut two).await;
            std::future::pending::<()>().await
        };
        tokio::select! {
            () = serve => unreachable!("the server never ends"),
            () = async { $body } => {}
        }
        $echo
    }};
}

#[tokio::test]
async fn requests_come_back_over_every_transport() {
    for transport in Transport::all(&secret()) {
        with_echo!(|echo, one, _two| {
            let options = options().over(transport).layer(227);
            let mut client = Client::start(Box::new(one), options).await.unwrap();
            let ask = tl::functions::help::GetNearestDc {}.to_bytes();
            let first = client.invoke_raw(&ask).await.unwrap();
            let peeled = tl::wrappers::peel(&first).unwrap();
            assert_eq!(peeled.layer, Some(227));
            assert_eq!(peeled.query, ask);
            assert_eq!(client.invoke_raw(&ask).await.unwrap(), ask, "once is enough");
            client.ping().await.unwrap();
        });
    }
}

#[tokio::test]
async fn errors_and_updates_are_told_apart() {
    with_echo!(|echo, one, _two| {
        let mut options = options();
        options.layer = None;
        let mut client = Client::start(Box::new(one), options).await.unwrap();
        let error = client.invoke(&tl::functions::auth::LogOut {}).await;
        assert_eq!(error.err().unwrap().rpc_name(), Some("BAD"));
        let config = tl::functions::help::GetConfig {};
        assert!(client.invoke(&config).await.is_err(), "an echo is no config");
        assert_eq!(client.update().await.unwrap(), tl::enums::Updates::TooLong);
    });
}

#[tokio::test]
async fn an_answer_lost_with_its_connection_comes_on_the_next() {
    let echo = with_echo!(|echo, one, two| {
        let mut options = options();
        options.layer = None;
        let mut client = Client::start(Box::new(one), options).await.unwrap();
        let ask = tl::functions::help::GetNearestDc {}.to_bytes();
        client.invoke_raw(&ask).await.unwrap();
        let request = client.send_raw(&ask);
        client.flush().await.unwrap();
        client.reconnect_on(Box::new(two)).await.unwrap();
        assert_eq!(client.wait(request).await.unwrap(), ask);
    });
    assert_eq!(echo.requests, 2, "it ran once");
}

#[tokio::test]
async fn a_temporary_key_is_bound_by_a_proof_that_opens() {
    let echo = with_echo!(|echo, one, _two| {
        let mut options = options();
        options.pfs = true;
        let mut client = Client::start(Box::new(one), options).await.unwrap();
        let keys = client.keys().clone();
        assert_ne!(keys.current().auth_key.id(), keys.permanent.auth_key.id());
        client.renew_temporary_key().await.unwrap();
        let now = client.link().now();
        let id = client.session().id();
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let keys = client.keys().clone();
        let request = pfs::bind(&keys, client.session(), now, &mut rng, |_| {});
        let msg_id = client.session().msg_id(request).unwrap();
        let body = client.session().body(request).unwrap();
        let bind: tl::functions::auth::BindTempAuthKey = tl::decode_request(&body).unwrap();
        let permanent = &keys.permanent.auth_key;
        let inner = crypto::message::open_v1(permanent, &bind.encrypted_message).unwrap();
        assert_eq!(inner[16..24], msg_id.0.to_le_bytes());
        assert_eq!(inner[60..68], id.0.to_le_bytes());
    });
    assert_eq!(echo.keys.len(), 3);
}

#[tokio::test]
async fn protocol_errors_reach_the_test() {
    with_echo!(|echo, one, _two| {
        let mut client = Client::start(Box::new(one), options()).await.unwrap();
        client.ping().await.unwrap();
        let key = client.auth_key();
        let now = client.link().now();
        let mut header = client.session().header(now, true);
        header.seqno += 1;
        client.link().send(&key, &header, &[1; 8]).await.unwrap();
        let refused = ClientEvent::BadMessage { msg_id: header.msg_id, code: 35 };
        while client.event().await.unwrap() != refused {}
        let header = client.session().header(now, false);
        let ping = [0x7abe_77ec_u32, 1, 2].map(u32::to_le_bytes).concat();
        let token = client.link().send_for_quick_ack(&key, &header, &ping).await.unwrap();
        let got = client.link().receive(Some(&key)).await.unwrap();
        assert!(matches!(got, Got::QuickAck(it) if it == token));
        let unknown = AuthKey::new([3; 256]);
        client.link().send(&unknown, &header, &[1; 8]).await.unwrap();
        let error = loop {
            if let Err(error) = client.turn().await {
                break error;
            }
        };
        assert_eq!(error.transport_code(), Some(UNKNOWN_KEY));
    });
}

#[test]
fn a_clock_set_by_hand_moves_by_hand() {
    let clock = Clock::manual(mtproto::Time::from_secs(5));
    clock.clone().advance(std::time::Duration::from_secs(2));
    assert_eq!(clock.now(), mtproto::Time::from_secs(7));
}
