//! Auth keys: what a key is, whom it speaks for, and how a temporary one inherits from its permanent key.

use bytes::Bytes;
use store::Key;
use vault::{Kind, Scope};
use zeroize::Zeroizing;

use crate::{
    ids::{AuthKeyId, AuthorizationHash, UserId},
    record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::AUTH_KEY,
    turn::Turn,
    updates::Event,
    view::{Decided, Rows, Stop, View, load},
};

/// Temporary keys bound to one permanent key at a time; the oldest gives way.
/// Source: observed with TDLib 1.8.66, which holds at most a few.
const TEMPORARY_MAX: usize = 16;

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
        /// A [`super::devices::Device`], sealed under the server's scope; AAD is the key's id.
        14 => device: Bytes,
        15 => device_version: u32,
        /// Why the authorization was taken away: an [`Ended`].
        16 => ended: u8,
        /// When the key was last seen to be used, unix seconds; written once an hour at most.
        17 => touched: u32,
    }
}

/// Why an authorization was taken away; the number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By another device, or by time.
    Revoked = 0,
    /// The account was deleted.
    Deleted = 1,
    /// The operator switched the account off.
    Disabled = 2,
}

impl Ended {
    fn refusal(row: &AuthKeyRow) -> Option<Refusal> {
        row.revoked.then_some(match row.ended {
            1 => Refusal::UserDeactivated,
            2 => Refusal::UserDeactivatedBan,
            _ => Refusal::SessionRevoked,
        })
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
    /// Why the authorization was taken away, if it was.
    pub ended: Option<Refusal>,
    /// When the key was last noted as used, unix seconds.
    pub touched: u32,
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
        ended: Ended::refusal(&row),
        touched: row.touched,
        imported: row.parent.is_some(),
    })
}

/// A key, opened.
pub struct Material {
    /// The key.
    pub bytes: [u8; 256],
    /// Unix seconds after which a temporary key is unknown.
    pub expires: Option<u32>,
    /// The layer last announced.
    pub layer: Option<u16>,
    /// The data centre named at its birth.
    pub dc: Option<i16>,
}

/// Opens a key; an expired temporary one is unknown.
pub fn material(view: &(impl View + ?Sized), id: AuthKeyId) -> Decided<Option<Material>> {
    let now = view.now().secs();
    let row = auth_key(view, id)?.filter(|row| row.expires == 0 || row.expires > now);
    let Some(row) = row else { return Ok(None) };
    let plain = sealing::open(view, Scope::Server, Kind::AuthKey, &id.0.to_be_bytes(), 0, &row.sealed)?;
    Ok(Some(Material {
        bytes: plain.try_into().map_err(|_| Stop::Sealed)?,
        expires: (row.expires > 0).then_some(row.expires),
        layer: (row.layer > 0).then_some(row.layer),
        dc: i16::try_from(row.dc).ok().filter(|dc| *dc != 0),
    }))
}

/// Writes a key's row.
pub(super) fn put_key(turn: &mut Turn<'_>, id: AuthKeyId, row: &AuthKeyRow) {
    turn.put(auth_key_key(id), row);
}

/// Keeps a key just agreed.
pub struct StoreAuthKey {
    /// Its name.
    pub id: AuthKeyId,
    /// Itself.
    pub bytes: Zeroizing<[u8; 256]>,
    /// Seconds a temporary key lives.
    pub expires_in: Option<u32>,
    /// The data centre named in the exchange.
    pub dc: Option<i16>,
}

impl Command for StoreAuthKey {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let sealed = sealing::seal(turn, Scope::Server, Kind::AuthKey, &self.id.0.to_be_bytes(), 0, &*self.bytes)?;
        let created = turn.now().secs();
        let expires = self.expires_in.map_or(0, |it| created.saturating_add(it));
        let row = AuthKeyRow { sealed, expires, created, dc: self.dc.map_or(0, i32::from), ..AuthKeyRow::default() };
        put_key(turn, self.id, &row);
        Ok(())
    }
}

/// Forgets a key, at its client's wish.
pub struct DestroyAuthKey {
    /// Which.
    pub id: AuthKeyId,
}

impl Command for DestroyAuthKey {
    /// Whether there was one.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let Some(row) = auth_key(turn, self.id)? else { return Ok(false) };
        if let Some(user) = row.user {
            super::devices::forget(turn, user, row.authorization);
        }
        for temporary in &row.temporary {
            turn.delete(auth_key_key(*temporary));
        }
        let mut closed = super::devices::release_children(turn, &row)?;
        closed.extend(&row.temporary);
        turn.emit(Event::KeysClosed(closed));
        turn.delete(auth_key_key(self.id));
        Ok(true)
    }
}

/// Ties a temporary key to its permanent key; the proof has been opened and compared.
/// Source: core.telegram.org/method/auth.bindTempAuthKey.
pub struct BindTempKey {
    /// The key of the request.
    pub temporary: AuthKeyId,
    /// What it will speak as.
    pub permanent: AuthKeyId,
    /// Unix seconds, as the client says.
    pub expires: u32,
}

impl Command for BindTempKey {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let now = turn.now().secs();
        let mut temporary = auth_key(turn, self.temporary)?.ok_or(Refusal::TempAuthKeyEmpty)?;
        let mut permanent = auth_key(turn, self.permanent)?.ok_or(Refusal::EncryptedMessageInvalid)?;
        if temporary.expires == 0 || permanent.expires != 0 {
            return Err(Refusal::TempAuthKeyEmpty.into());
        }
        if self.expires <= now {
            return Err(Refusal::ExpiresAtInvalid.into());
        }
        if temporary.bound_to.is_some_and(|it| it != self.permanent) {
            return Err(Refusal::TempAuthKeyAlreadyBound.into());
        }
        temporary.bound_to = Some(self.permanent);
        temporary.expires = temporary.expires.min(self.expires);
        if !permanent.temporary.contains(&self.temporary) {
            permanent.temporary.push(self.temporary);
        }
        if permanent.temporary.len() > TEMPORARY_MAX {
            let oldest = permanent.temporary.remove(0);
            turn.delete(auth_key_key(oldest));
            turn.emit(Event::KeysClosed(vec![oldest]));
        }
        put_key(turn, self.temporary, &temporary);
        put_key(turn, self.permanent, &permanent);
        Ok(())
    }
}

/// Destroys the temporary keys of a permanent one, except some.
pub struct DropTempKeys {
    /// The permanent key.
    pub permanent: AuthKeyId,
    /// These stay.
    pub except: Vec<AuthKeyId>,
}

impl Command for DropTempKeys {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let Some(mut row) = auth_key(turn, self.permanent)? else { return Ok(()) };
        let (kept, dropped) = row.temporary.iter().partition::<Vec<_>, _>(|it| self.except.contains(it));
        if dropped.is_empty() {
            return Ok(());
        }
        for id in &dropped {
            turn.delete(auth_key_key(*id));
        }
        turn.emit(Event::KeysClosed(dropped));
        row.temporary = kept;
        put_key(turn, self.permanent, &row);
        Ok(())
    }
}
