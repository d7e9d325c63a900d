//! Why a test's client did not get what it asked for.

use tl::Deserializable;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection broke, or could not be made.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// Nothing came within [`Options::patience`](crate::Options::patience).
    #[error("the server is silent")]
    Silent,
    /// The server broke the protocol, or reported a transport error.
    #[error(transparent)]
    Protocol(#[from] mtproto::Error),
    /// The request failed.
    #[error("{code} {name}")]
    Rpc {
        /// E.g. 400.
        code: i32,
        /// E.g. `PHONE_CODE_INVALID`.
        name: String,
    },
    /// The server refused the message (`bad_msg_notification`) for good.
    #[error("message refused with {code}")]
    Refused {
        /// E.g. 35.
        code: i32,
    },
    /// The answer is of another type.
    #[error(transparent)]
    Decode(#[from] tl::DecodeError),
    /// The transport asked for has no obfuscated form.
    #[error("no such transport")]
    Transport,
    /// The answer does not say what was asked for.
    #[error("{0}")]
    Unexpected(&'static str),
    /// `auth.bindTempAuthKey` answered false.
    #[error("the temporary key was not bound")]
    Bind,
}

impl Error {
    /// The name of an `rpc_error`, e.g. `PEER_ID_INVALID`.
    pub fn rpc_name(&self) -> Option<&str> {
        match self {
            Self::Rpc { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The transport error reported, e.g. -404.
    pub fn transport_code(&self) -> Option<i32> {
        match self {
            Self::Protocol(mtproto::Error::Reported(code)) => Some(*code),
            _ => None,
        }
    }
}

/// The `rpc_error` that a result may be.
pub(crate) fn rpc_error(body: &[u8]) -> Option<Error> {
    let rest = body.strip_prefix(&mtproto::session::RPC_ERROR.to_le_bytes())?;
    let mut cursor = tl::Cursor::from_slice(rest);
    let code = i32::deserialize(&mut cursor).ok()?;
    let name = String::deserialize(&mut cursor).ok()?;
    Some(Error::Rpc { code, name })
}
