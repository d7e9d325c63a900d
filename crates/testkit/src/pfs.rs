//! Perfect forward secrecy: a temporary key and the proof that binds it to the permanent one.
//! Source: core.telegram.org/method/auth.bindTempAuthKey.

use crypto::message;
use mtproto::Time;
use mtproto::client::{Client as Session, RequestId};
use mtproto::handshake::ClientOptions;
use rand::RngCore;
use tl::Serializable;

use crate::{Keys, Options};

/// Seconds that temporary keys live, as TDLib asks for.
const LIFE: i32 = 86_400;

const BIND_AUTH_KEY_INNER: u32 = 0x75a3_f765;

pub(crate) fn temporary(options: &Options) -> ClientOptions {
    ClientOptions { expires_in: Some(LIFE), ..options.handshake }
}

/// What the proof says; a test may make any of it wrong.
#[derive(Clone, Copy, Debug)]
pub struct Proof {
    /// The message that carries it.
    pub msg_id: i64,
    /// Zero.
    pub seqno: u32,
    /// Of the object below.
    pub length: u32,
    /// The constructor of `bind_auth_key_inner`.
    pub constructor: u32,
    /// As in the request.
    pub nonce: i64,
    /// The key that encrypts the request.
    pub temporary: u64,
    /// The key that encrypts the proof.
    pub permanent: u64,
    /// The session of the request.
    pub session: i64,
    /// As in the request.
    pub expires_at: i32,
}

impl Proof {
    fn to_bytes(self, random: &[u8]) -> Vec<u8> {
        let mut out = random.to_vec();
        out.extend(self.msg_id.to_le_bytes());
        out.extend(self.seqno.to_le_bytes());
        out.extend(self.length.to_le_bytes());
        out.extend(self.constructor.to_le_bytes());
        out.extend(self.nonce.to_le_bytes());
        out.extend(self.temporary.to_le_bytes());
        out.extend(self.permanent.to_le_bytes());
        out.extend(self.session.to_le_bytes());
        out.extend(self.expires_at.to_le_bytes());
        out
    }
}

/// Queues `auth.bindTempAuthKey` with a proof that `change` has had its way with.
pub(crate) fn bind(
    keys: &Keys,
    session: &mut Session,
    now: Time,
    rng: &mut impl RngCore,
    change: impl FnOnce(&mut Proof),
) -> RequestId {
    let permanent = &keys.permanent.auth_key;
    let nonce = rng.next_u64().cast_signed();
    let expires_at = now.secs().cast_signed().saturating_add(LIFE);
    let session_id = session.id();
    let mut random = [0; 24];
    rng.fill_bytes(&mut random);
    session.request_with(now, |msg_id| {
        let mut proof = Proof {
            msg_id: msg_id.0,
            seqno: 0,
            length: 40,
            constructor: BIND_AUTH_KEY_INNER,
            nonce,
            temporary: keys.current().auth_key.id(),
            permanent: permanent.id(),
            session: session_id.0,
            expires_at,
        };
        change(&mut proof);
        // Random salt and session in front.
        let inner = proof.to_bytes(&random[..16]);
        let missing = inner.len().next_multiple_of(16) - inner.len();
        let request = tl::functions::auth::BindTempAuthKey {
            perm_auth_key_id: permanent.id().cast_signed(),
            nonce,
            expires_at,
            encrypted_message: message::seal_v1(permanent, &inner, &random[16..16 + missing]),
        };
        request.to_bytes().into()
    })
}
