//! The RPC layer as the sockets see it: what a request, a key and a committed entry become.
//! It leaves to the implementor all knowledge of users, methods and storage.

use std::{any::Any, future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use bytes::Bytes;
use crypto::AuthKey;
use mtproto::{AuthKeyId, MsgId, SessionId};

/// A boxed future, as every asynchronous answer of a [`Service`] is one.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What the sockets need from the rooms below them.
pub trait Service: Send + Sync + 'static {
    /// Answers one request. `body` is the request as it came, wrappers included, gzip removed.
    /// The answer leaves only after this future is done, so state it speaks of is durable by then.
    fn call(&self, caller: Caller, body: Bytes) -> BoxFuture<Answer>;

    /// Finds a key; `None` makes the gateway answer transport error -404.
    fn auth_key(&self, id: AuthKeyId) -> BoxFuture<Option<Arc<KeyRecord>>>;

    /// Makes a new key durable. `dh_gen_ok` leaves after this; `Err` ends the handshake.
    fn store_auth_key(&self, key: NewAuthKey) -> BoxFuture<Result<(), Unavailable>>;

    /// Forgets a key (`destroy_auth_key`); says whether it was known.
    fn destroy_auth_key(&self, id: AuthKeyId) -> BoxFuture<bool>;

    /// Bytes of one `Updates` object for a viewer group, at each of these layers and in their order,
    /// or `None` where the group must not see the entry. Called once per (entry, topic), however many
    /// sessions listen. A session without a layer has announced none.
    fn render(&self, entry: Entry, topic: Topic, layers: Vec<Option<u16>>) -> BoxFuture<Vec<Option<Bytes>>>;

    /// Whether a request, as it came, may have an answer of hundreds of kilobytes. Few of those are under way at once
    /// in one session.
    fn answers_long(&self, _body: &[u8]) -> bool {
        false
    }

    /// The topics that a topic follows: whoever listens to it hears them, too. Asked when somebody
    /// begins to listen to a topic that nobody listened to; for changes while it is heard there are
    /// [`Handle::follow`](crate::Handle::follow) and `unfollow`. `Err` lets the request fail that
    /// made the session listen.
    fn follows(&self, topic: Topic) -> BoxFuture<Result<Vec<Topic>, Unavailable>>;

    /// The serialized `updatesTooLong` that stands in for what a slow reader missed.
    fn too_long(&self) -> Bytes;

    /// What answers a request in place of the service, e.g. 500 `INTERNAL`: a serialized `rpc_error`.
    fn refusal(&self, refusal: Refusal) -> Bytes;

    /// Answers a GET or HEAD of a path that is none of the gateway's own; `None`: there is no such page.
    fn page(&self, _ask: PageAsk) -> BoxFuture<Option<Page>> {
        Box::pin(async { None })
    }

    /// Finds what a link to a file leads to: what follows `/file/` in a path.
    fn file(&self, _link: String) -> BoxFuture<Result<File, NoFile>> {
        Box::pin(async { Err(NoFile::Unread) })
    }

    /// Whether requests can be served now, for `/health`.
    fn is_healthy(&self) -> bool {
        true
    }

    /// Called when a session's last connection has gone and its time to come back is over,
    /// or when it is destroyed.
    fn session_ended(&self, key: AuthKeyId, session: SessionId);
}

/// A page that somebody wants over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageAsk {
    /// As it came, at most some hundred bytes with the query, nothing decoded.
    pub path: String,
    /// What follows the question mark.
    pub query: String,
    /// Scheme and host by which the client reached the server, e.g. `https://example.org`.
    pub origin: String,
}

/// A page as it is sent. Who has its `etag` already is sent none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// An HTTP status.
    pub status: u16,
    /// Its media type.
    pub kind: &'static str,
    /// Who may keep it, and how long: `Cache-Control`.
    pub keep: &'static str,
    /// Changes with the body; in quotes.
    pub etag: Option<Bytes>,
    /// Where else to go.
    pub location: Option<String>,
    /// What is shown.
    pub body: Bytes,
}

/// A file that somebody fetches over HTTP.
#[derive(Clone)]
pub struct File {
    /// Bytes.
    pub size: u64,
    /// Its media type, one by which no browser runs anything.
    pub kind: &'static str,
    /// A browser may show it; else it keeps it.
    pub is_shown: bool,
    /// What it is kept as; empty: whatever the browser thinks of.
    pub name: String,
    /// Changes with the bytes; in quotes.
    pub etag: Bytes,
    /// The bytes themselves.
    pub content: Arc<dyn Content>,
}

/// Bytes that are read a part at a time.
pub trait Content: Send + Sync {
    /// `len` bytes from `from` on; `None`: they do not read.
    fn read(&self, from: u64, len: u64) -> BoxFuture<Option<Bytes>>;
}

/// Why a link leads to no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFile {
    /// It is none that was ever made.
    Unread,
    /// It has ended, or what it led to is gone.
    Gone,
    /// The store cannot be read now.
    Unavailable,
}

/// Why the gateway itself refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The answer could not be made (a task ended without one).
    Internal,
}

/// The store cannot be written or read now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

/// Who makes a request, as far as the sockets know.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key that encrypted the request; a temporary key is not yet resolved to its permanent one.
    pub auth_key: AuthKeyId,
    pub session: SessionId,
    pub msg_id: MsgId,
    /// The client's address, taken from PROXY protocol or `X-Forwarded-For` where trusted.
    pub address: SocketAddr,
    /// The accepted socket's own address.
    pub local: SocketAddr,
    /// The data centre that the client believes it talks to, where the transport or the key tells.
    pub dc: Option<i16>,
    /// The layer last announced in this session.
    pub layer: Option<u16>,
}

/// What a request leads to.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The result object or `rpc_error`, without the `rpc_result` header.
    pub body: Bytes,
    /// The layer to remember for the session, where the request announced one.
    pub layer: Option<u16>,
    /// What the session listens to from now on; `None` leaves it as it is.
    pub topics: Option<Vec<Topic>>,
    /// Keys to close after the answer has been queued: their sessions end, cached keys are forgotten.
    pub close: Vec<AuthKeyId>,
}

/// A stream of entries that sessions listen to; the numbers are the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic(pub u64);

/// A committed entry, opaque to the sockets.
pub type Entry = Arc<dyn Any + Send + Sync>;

/// One entry on its way to the sessions of a topic.
#[derive(Clone)]
pub struct Publication {
    pub topic: Topic,
    pub entry: Entry,
    /// The session that caused the entry and has it in its answer already.
    pub skip: Option<(AuthKeyId, SessionId)>,
    /// Only the sessions of this key, e.g. `updateLoginToken`.
    pub only: Option<AuthKeyId>,
    /// Whoever listens to one of these is told by a publication of its own.
    pub except: Vec<Topic>,
    /// Each topic that follows this one is a viewer group of its own, rendered for in its own words;
    /// otherwise all followers are of the group of the topic itself.
    pub each: bool,
    /// It keeps its place among the publications to that topic, whose entry it tells in other words;
    /// otherwise among those to its own.
    pub behind: Option<Topic>,
}

/// A key as stored. All its sessions share one.
pub struct KeyRecord {
    /// As which it was asked for.
    pub id: AuthKeyId,
    pub key: AuthKey,
    /// Unix seconds after which a temporary key is unknown; `None` for a permanent one.
    pub expires: Option<u32>,
    /// The layer last announced with this key.
    pub layer: Option<u16>,
    /// The data centre named in `p_q_inner_data_dc`.
    pub dc: Option<i16>,
}

/// A key just agreed.
#[derive(Clone)]
pub struct NewAuthKey {
    pub id: AuthKeyId,
    pub key: Arc<AuthKey>,
    /// Seconds a temporary key lives; `None` for a permanent one.
    pub expires_in: Option<u32>,
    pub dc: Option<i16>,
}
