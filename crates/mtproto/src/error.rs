//! What can be wrong with bytes from the other side. After any of these the connection is closed;
//! what a peer may get wrong without losing the connection is answered inside the protocol.

/// The peer broke the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The first bytes of the connection belong to no transport, or to a secret we do not have.
    #[error("no known transport")]
    Transport,
    /// A packet announces more than [`MAX_PACKET`](crate::transport::MAX_PACKET), or too little.
    #[error("a packet of {got} bytes")]
    PacketLength {
        /// The length announced.
        got: u32,
    },
    /// A packet of the full transport out of turn.
    #[error("packet {got} where {expected} was due")]
    PacketNumber {
        /// The number it carries.
        got: u32,
        /// The number due.
        expected: u32,
    },
    /// A packet of the full transport with another checksum.
    #[error("checksum {got:#010x}, expected {expected:#010x}")]
    Checksum {
        /// The checksum it carries.
        got: u32,
        /// The checksum of its bytes.
        expected: u32,
    },
    /// Too few bytes for the header of a message.
    #[error("a message of {got} bytes")]
    ShortMessage {
        /// Bytes there are.
        got: usize,
    },
    /// The message key does not match its content.
    #[error("the message does not decrypt")]
    Decrypt,
    /// The length inside an envelope does not fit the bytes around it.
    #[error("length {got} in an envelope with room for {room}")]
    InnerLength {
        /// The length it carries.
        got: u32,
        /// The bytes there are for body and padding.
        room: usize,
    },
    /// Padding of less than 12 or more than 1024 bytes.
    #[error("{got} bytes of padding")]
    Padding {
        /// The bytes after the body.
        got: usize,
    },
    /// A message for another session than the one that was given it.
    #[error("a message of another session")]
    Session,
    /// The other side reports a transport error, e.g. -404 for an unknown key (client role).
    #[error("transport error {0}")]
    Reported(i32),
    /// A message of the key exchange that does not follow.
    #[error("key exchange: {0}")]
    Handshake(#[from] Handshake),
}

/// What was wrong in a key exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Handshake {
    /// A plain message that is none of the key exchange.
    #[error("constructor {got:#010x} in a plain message")]
    Constructor {
        /// Its constructor id; 0 if there was none.
        got: u32,
    },
    /// The bytes end early or are of another shape.
    #[error("malformed message")]
    Malformed,
    /// A nonce that was not used before, or not with that other nonce.
    #[error("nonces do not match")]
    Nonce,
    /// Public values, `p`, `q` or a fingerprint differ from what was offered.
    #[error("values differ from those offered")]
    Values,
    /// What was encrypted does not decrypt, or its hash differs.
    #[error("encrypted part does not open")]
    Sealed,
    /// A message before its turn, or after the end.
    #[error("out of turn")]
    Turn,
    /// More exchanges begun on one connection than allowed.
    #[error("too many exchanges")]
    TooMany,
    /// The server refused (client role).
    #[error("refused by the server")]
    Refused,
}
