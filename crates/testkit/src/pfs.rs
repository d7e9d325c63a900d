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

/// Queues `auth.bindTempAuthKey`.
pub(crate) fn bind(keys: &Keys, session: &mut Session, now: Time, rng: &mut impl RngCore) -> RequestId {
    let permanent = &keys.permanent.auth_key;
    let nonce = rng.next_u64().cast_signed();
    let expires_at = now.secs().cast_signed().saturating_add(LIFE);
    let session_id = session.id();
    let mut padding = [0; 24];
    rng.fill_bytes(&mut padding);
    session.request_with(now, |msg_id| {
        let mut data = BIND_AUTH_KEY_INNER.to_le_bytes().to_vec();
        data.extend(nonce.to_le_bytes());
        data.extend(keys.current().auth_key.id().to_le_bytes());
        data.extend(permanent.id().to_le_bytes());
        data.extend(session_id.0.to_le_bytes());
        data.extend(expires_at.to_le_bytes());
        // Random salt and session, this message's id, no number.
        let mut inner = padding[..16].to_vec();
        inner.extend(msg_id.0.to_le_bytes());
        inner.extend(0_u32.to_le_bytes());
        inner.extend((data.len() as u32).to_le_bytes());
        inner.extend(data);
        let missing = inner.len().next_multiple_of(16) - inner.len();
        let request = tl::functions::auth::BindTempAuthKey {
            perm_auth_key_id: permanent.id().cast_signed(),
            nonce,
            expires_at,
            encrypted_message: message::seal_v1(permanent, &inner, &padding[16..16 + missing]),
        };
        request.to_bytes().into()
    })
}
