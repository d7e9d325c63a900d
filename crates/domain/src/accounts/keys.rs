//! Auth keys: what a key is, whom it speaks for, and how a temporary one inherits from its permanent key.

use bytes::Bytes;
use store::Key;

use crate::{
    ids::{AuthKeyId, AuthorizationHash, UserId},
    record,
    spaces::AUTH_KEY,
    view::{Decided, Rows, load},
};

record! {
    /// One auth key.
    pub struct AuthKeyRow {
        /// The 256 bytes, sealed under the server's scope; AAD is the key's id.
        1 => sealed: Bytes,
        /// Unix seconds after which a temporary key is unknown; 0 for a permanent one.
        2 => expires: u32,
        /// The permanent key that a temporary one is bound to.
        3 => bound_to: Option<AuthKeyId>,
        /// Whom the key speaks for.
        4 => user: Option<UserId>,
        /// The device.
        5 => authorization: AuthorizationHash,
        /// The layer last announced.
        6 => layer: u16,
        /// Unix seconds.
        7 => created: u32,
        /// The data centre named at the key's birth.
        8 => dc: i32,
        /// Signed in but for the password.
        9 => password_pending: Option<UserId>,
        /// The authorization was taken away; the client is told 401 `SESSION_REVOKED`.
        10 => revoked: bool,
        /// The key whose exported authorization this one imported: revoked together, not listed.
        11 => parent: Option<AuthKeyId>,
        /// Temporary keys bound to this permanent one.
        12 => temporary: Vec<AuthKeyId>,
        /// Keys that imported this one's authorization.
        13 => children: Vec<AuthKeyId>,
    }
}

/// Whom a request speaks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyState {
    /// The permanent key behind the key of the request; itself if permanent.
    pub permanent: AuthKeyId,
    /// The signed-in user.
    pub user: Option<UserId>,
    /// The device.
    pub authorization: AuthorizationHash,
    /// The layer last announced with the permanent key; 0 if none.
    pub layer: u16,
    /// Signed in but for the password.
    pub password_pending: Option<UserId>,
    /// The authorization was taken away.
    pub revoked: bool,
    /// An imported authorization: no pushes unless it asks for state.
    pub imported: bool,
}

/// The key of an auth key's row.
pub fn auth_key_key(id: AuthKeyId) -> Key {
    Key::of(AUTH_KEY, id.vshard().0).u64(id.0).key()
}

/// The row of a key.
pub fn auth_key(view: &(impl Rows + ?Sized), id: AuthKeyId) -> Decided<Option<AuthKeyRow>> {
    load(view, &auth_key_key(id))
}

/// Whom a key speaks for; a temporary key that isn't bound speaks for nobody.
pub fn key_state(view: &(impl Rows + ?Sized), id: AuthKeyId) -> Decided<KeyState> {
    let Some(row) = auth_key(view, id)? else { return Ok(KeyState { permanent: id, ..KeyState::default() }) };
    let (permanent, row) = match row.bound_to {
        Some(permanent) => (permanent, auth_key(view, permanent)?.unwrap_or_default()),
        None if row.expires > 0 => return Ok(KeyState { permanent: id, layer: row.layer, ..KeyState::default() }),
        None => (id, row),
    };
    Ok(KeyState {
        permanent,
        user: row.user,
        authorization: row.authorization,
        layer: row.layer,
        password_pending: row.password_pending,
        revoked: row.revoked,
        imported: row.parent.is_some(),
    })
}
