//! What a request brings along, and what its answer leads to, in the words of this crate.

use std::net::SocketAddr;

use bytes::Bytes;
use domain::AuthKeyId;

/// Who makes a request, as far as the sockets know.
#[derive(Clone, Copy, Debug)]
pub struct CallerInfo {
    /// The key that encrypted the request.
    pub auth_key: AuthKeyId,
    /// The MTProto session.
    pub session: i64,
    /// The request's message id.
    pub msg_id: i64,
    /// The client.
    pub address: SocketAddr,
    /// The accepted socket's own address: what the client is told to come back to.
    pub local: SocketAddr,
    /// The data centre that the client believes it is on.
    pub dc: Option<i16>,
    /// The layer last announced in this session.
    pub layer: Option<u16>,
}

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The result or `rpc_error`, at the request's layer.
    pub body: Bytes,
    /// The layer to remember for the session.
    pub layer: Option<u16>,
    /// What the session listens to from now on; `None` leaves it.
    pub topics: Option<Vec<u64>>,
}
