//! A client: a connection, its keys and a session on it.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use crypto::AuthKey;
use mtproto::SessionId;
use mtproto::client::{Client as Session, ClientEvent, RequestId};
use mtproto::handshake::ClientKey;
use rand::RngCore;
use tl::{RemoteCall, Serializable};
use tokio::net::TcpStream;

use crate::error::rpc_error;
use crate::link::{Got, Link, Stream};
use crate::{Error, Options, Proof, pfs};

/// Service events kept for the test to look at.
const MAX_EVENTS: usize = 1000;

/// The serialized `Updates` of a push.
pub type Update = Bytes;

/// The keys of a client, to be used again on other connections.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The permanent key.
    pub permanent: ClientKey,
    /// The temporary key, bound or to be bound, where the client uses one.
    pub temporary: Option<ClientKey>,
}

impl Keys {
    /// The key that encrypts.
    pub fn current(&self) -> &ClientKey {
        self.temporary.as_ref().unwrap_or(&self.permanent)
    }
}

/// A client of one account on one connection at a time.
pub struct Client {
    options: Options,
    link: Link,
    keys: Keys,
    session: Session,
    /// The layer has been announced and answered.
    inited: bool,
    results: HashMap<RequestId, Bytes>,
    updates: VecDeque<Update>,
    events: VecDeque<ClientEvent>,
}

impl Client {
    /// Connects and makes its keys.
    pub async fn connect(addr: SocketAddr, options: Options) -> Result<Self, Error> {
        Self::start(dial(addr).await?, options).await
    }

    /// Makes its keys on a stream.
    pub async fn start(stream: Box<dyn Stream>, options: Options) -> Result<Self, Error> {
        let mut link = Link::open(stream, &options).await?;
        let permanent = link.handshake(&options, options.handshake).await?;
        let temporary =
            if options.pfs { Some(link.handshake(&options, pfs::temporary(&options)).await?) } else { None };
        let keys = Keys { permanent, temporary };
        let mut client = Self::on(link, keys, options);
        if client.keys.temporary.is_some() {
            client.bind().await?;
        }
        Ok(client)
    }

    /// Connects with keys it has: another session of the same authorization.
    pub async fn resume(addr: SocketAddr, keys: Keys, options: Options) -> Result<Self, Error> {
        Self::resume_on(dial(addr).await?, keys, options).await
    }

    /// As [`resume`](Self::resume), on a stream.
    pub async fn resume_on(stream: Box<dyn Stream>, keys: Keys, options: Options) -> Result<Self, Error> {
        let link = Link::open(stream, &options).await?;
        Ok(Self::on(link, keys, options))
    }

    fn on(mut link: Link, keys: Keys, options: Options) -> Self {
        let id = SessionId(link.rng.next_u64().cast_signed());
        let session = Session::new(id, keys.current().server_salt);
        Self {
            options,
            link,
            keys,
            session,
            inited: false,
            results: HashMap::new(),
            updates: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Drops the connection and takes another, with the same session: what has no result goes
    /// out again under its old message ids with the next call.
    pub async fn reconnect(&mut self, addr: SocketAddr) -> Result<(), Error> {
        self.reconnect_on(dial(addr).await?).await
    }

    /// As [`reconnect`](Self::reconnect), leaving the old connection open, as a lost network does.
    pub async fn reconnect_keeping(&mut self, addr: SocketAddr) -> Result<Link, Error> {
        let link = Link::open(dial(addr).await?, &self.options).await?;
        self.session.connected();
        Ok(std::mem::replace(&mut self.link, link))
    }

    /// As [`reconnect`](Self::reconnect), on a stream.
    pub async fn reconnect_on(&mut self, stream: Box<dyn Stream>) -> Result<(), Error> {
        self.options.seed = self.link.rng.next_u64();
        self.link = Link::open(stream, &self.options).await?;
        self.session.connected();
        Ok(())
    }

    /// Its keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The key that encrypts.
    pub fn auth_key(&self) -> Arc<AuthKey> {
        self.keys.current().auth_key.clone()
    }

    /// Its session, for tests of the protocol.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Its connection, for tests of the protocol.
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Runs a request and gives its result.
    pub async fn invoke<R: RemoteCall>(&mut self, request: &R) -> Result<R::Return, Error> {
        let body = self.invoke_raw(&request.to_bytes()).await?;
        Ok(tl::decode_object(&body)?)
    }

    /// Runs a serialized request and gives the bytes of its result.
    pub async fn invoke_raw(&mut self, request: &[u8]) -> Result<Bytes, Error> {
        let id = self.send_raw(request);
        self.wait(id).await
    }

    /// Queues a request; it leaves with the next call that waits.
    pub fn send<R: RemoteCall>(&mut self, request: &R) -> RequestId {
        self.send_raw(&request.to_bytes())
    }

    /// Queues a serialized request.
    pub fn send_raw(&mut self, request: &[u8]) -> RequestId {
        let body = match self.options.layer {
            Some(layer) if !self.inited => self.wrapped(layer, request),
            _ => request.to_vec(),
        };
        self.session.request(body.into())
    }

    /// `invokeWithLayer` and `initConnection` around a request.
    fn wrapped(&self, layer: i32, query: &[u8]) -> Vec<u8> {
        let init = tl::functions::InitConnection {
            api_id: self.options.api_id,
            device_model: self.options.device.clone(),
            system_version: "1".to_owned(),
            app_version: "1".to_owned(),
            system_lang_code: "en".to_owned(),
            lang_pack: String::new(),
            lang_code: "en".to_owned(),
            proxy: None,
            params: None,
            query: Raw(query.to_vec()),
        };
        let query = Raw(init.to_bytes());
        tl::functions::InvokeWithLayer { layer, query }.to_bytes()
    }

    /// Waits for the result of a request.
    pub async fn wait(&mut self, request: RequestId) -> Result<Bytes, Error> {
        loop {
            if let Some(body) = self.results.remove(&request) {
                self.inited = true;
                return match rpc_error(&body) {
                    Some(error) => Err(error),
                    None => Ok(body),
                };
            }
            if let Some(code) = self.refusal(request) {
                return Err(Error::Refused { code });
            }
            self.turn().await?;
        }
    }

    /// Whether the server refused that request in a way that does not heal by itself.
    fn refusal(&self, request: RequestId) -> Option<i32> {
        let own = self.session.msg_id(request)?;
        self.events.iter().find_map(|it| match it {
            ClientEvent::BadMessage { msg_id, code } if *msg_id == own && !matches!(code, 16 | 17 | 20 | 48) => {
                Some(*code)
            }
            _ => None,
        })
    }

    /// Sends what is queued: requests and acknowledgements.
    pub async fn flush(&mut self) -> Result<(), Error> {
        let mut body = Vec::new();
        while let Some(header) = self.session.poll_transmit(self.link.now(), &mut body) {
            let key = self.auth_key();
            self.link.send(&key, &header, &body).await?;
            body.clear();
        }
        Ok(())
    }

    /// Sends what is queued and takes the next packet.
    pub async fn turn(&mut self) -> Result<(), Error> {
        self.flush().await?;
        let key = self.auth_key();
        let got = self.link.receive(Some(&key)).await?;
        self.take(got)
    }

    fn take(&mut self, got: Got) -> Result<(), Error> {
        let Got::Message(envelope) = got else {
            return Ok(());
        };
        self.session.handle_message(self.link.now(), envelope)?;
        while let Some(event) = self.session.poll_event() {
            match event {
                ClientEvent::Result { request, body } => {
                    self.results.insert(request, body);
                }
                ClientEvent::Update(body) => self.updates.push_back(body),
                other => {
                    if self.events.len() == MAX_EVENTS {
                        self.events.pop_front();
                    }
                    self.events.push_back(other);
                }
            }
        }
        Ok(())
    }

    /// The next update as bytes, waiting for it.
    pub async fn update_raw(&mut self) -> Result<Update, Error> {
        loop {
            if let Some(update) = self.updates.pop_front() {
                return Ok(update);
            }
            self.turn().await?;
        }
    }

    /// The next update, waiting for it; for clients at the newest layer.
    pub async fn update(&mut self) -> Result<tl::enums::Updates, Error> {
        Ok(tl::decode_object(&self.update_raw().await?)?)
    }

    /// Updates that came and were not asked for; does not wait.
    pub fn updates_so_far(&mut self) -> Vec<Update> {
        self.updates.drain(..).collect()
    }

    /// The next service event (a pong, a new session, a refusal), waiting for it.
    pub async fn event(&mut self) -> Result<ClientEvent, Error> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            self.turn().await?;
        }
    }

    /// Pings, and waits for the answer: afterwards everything that the server had queued before
    /// is here.
    pub async fn ping(&mut self) -> Result<(), Error> {
        let ping = self.link.rng.next_u64().cast_signed();
        self.session.ping(ping);
        while !self.events.contains(&ClientEvent::Pong { ping }) {
            self.turn().await?;
        }
        Ok(())
    }

    /// Gives the connection back, e.g. to drop it in the midst of a request.
    pub fn into_parts(self) -> (Link, Keys, Session) {
        (self.link, self.keys, self.session)
    }

    async fn bind(&mut self) -> Result<(), Error> {
        self.bind_with(|_| {}).await
    }

    /// Binds the key in use to the permanent one, with a proof that `change` has had its way with.
    pub async fn bind_with(&mut self, change: impl FnOnce(&mut Proof)) -> Result<(), Error> {
        let (keys, now) = (self.keys.clone(), self.link.now());
        let request = pfs::bind(&keys, &mut self.session, now, &mut self.link.rng, change);
        match self.wait_bound(request).await?[..] {
            [0xb5, 0x75, 0x72, 0x99] => Ok(()),
            _ => Err(Error::Bind),
        }
    }

    async fn wait_bound(&mut self, request: RequestId) -> Result<Bytes, Error> {
        let result = self.wait(request).await;
        // The layer is still to be announced: the bind goes without.
        self.inited = false;
        result
    }

    /// Makes a temporary key on this connection and goes on under it, in a new session, unbound.
    pub async fn make_temporary_key(&mut self) -> Result<(), Error> {
        let how = pfs::temporary(&self.options);
        self.keys.temporary = Some(self.link.handshake(&self.options, how).await?);
        let id = SessionId(self.link.rng.next_u64().cast_signed());
        self.session = Session::new(id, self.keys.current().server_salt);
        Ok(())
    }

    /// Makes another temporary key on this connection, binds it and goes on in a new session.
    pub async fn renew_temporary_key(&mut self) -> Result<(), Error> {
        self.make_temporary_key().await?;
        self.bind().await
    }
}

/// A request that is serialized already.
struct Raw(Vec<u8>);

impl Serializable for Raw {
    fn serialize(&self, buf: &mut impl Extend<u8>) {
        buf.extend(self.0.iter().copied());
    }
}

async fn dial(addr: SocketAddr) -> Result<Box<dyn Stream>, Error> {
    let stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    Ok(Box::new(stream))
}
