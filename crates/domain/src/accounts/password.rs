//! Two-step verification: the verifier, challenges, and what a right answer opens.
//! The arithmetic of SRP takes milliseconds, so it happens outside of turns, over what [`facts`] tells.
//! Source: core.telegram.org/api/srp.

use bytes::Bytes;
use crypto::srp::{self, Salts};
use store::Key;
use vault::Kind;
use zeroize::Zeroizing;

use super::{devices, keys::auth_key};
use crate::{
    caller::Caller,
    ids::{AuthKeyId, UserId},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::PASSWORD,
    turn::Turn,
    view::{Decided, Rows, View, load},
};

/// Seconds a challenge may be answered.
const CHALLENGE_SECONDS: u32 = 600;

/// Letters of a hint.
const HINT_MAX: usize = 255;

/// Bytes of a salt: the server's eight and what the client adds.
const SALT: std::ops::RangeInclusive<usize> = 8..=128;

record! {
    /// An account's password, as far as the server knows it.
    pub struct PasswordRow {
        /// A [`Secret`], sealed under the account's key.
        1 => sealed: Bytes,
        /// Grows with each change.
        2 => version: u32,
        3 => set: bool,
        /// A [`StoredChallenge`], sealed likewise.
        4 => challenge: Bytes,
    }
}

record! {
    /// What proves the password; stored only sealed.
    pub struct Secret {
        1 => verifier: Bytes,
        2 => client_salt: Bytes,
        3 => server_salt: Bytes,
        4 => hint: String,
    }
}

record! {
    /// A challenge under way; stored only sealed.
    pub struct StoredChallenge { 1 => id: i64, 2 => secret: Bytes, 3 => public: Bytes, 4 => expires: u32, 5 => version: u32 }
}

/// What is known of an account's password.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Whether there is one.
    pub set: bool,
    /// Grows with each change.
    pub version: u32,
    /// What proves it.
    pub secret: Secret,
    /// The challenge under way.
    pub challenge: StoredChallenge,
}

impl Facts {
    /// The verifier.
    pub fn verifier(&self) -> Option<[u8; srp::SIZE]> {
        self.secret.verifier.as_ref().try_into().ok()
    }

    /// The salts.
    pub fn salts(&self) -> Salts {
        Salts { client: self.secret.client_salt.to_vec(), server: self.secret.server_salt.to_vec() }
    }
}

/// Whether an account has a password.
pub fn is_set(view: &(impl Rows + ?Sized), user: UserId) -> Decided<bool> {
    Ok(load::<PasswordRow>(view, &password_key(user))?.is_some_and(|it| it.set))
}

/// Everything known of it.
pub fn facts(view: &(impl View + ?Sized), user: UserId) -> Decided<Facts> {
    let Some(row) = load::<PasswordRow>(view, &password_key(user))? else { return Ok(Facts::default()) };
    let mut facts = Facts { set: row.set, version: row.version, ..Facts::default() };
    if row.set {
        facts.secret = Secret::decode(&open(view, user, 2 * row.version, &row.sealed)?)?;
    }
    if !row.challenge.is_empty() {
        facts.challenge = StoredChallenge::decode(&open(view, user, 2 * row.version + 1, &row.challenge)?)?;
    }
    Ok(facts)
}

/// Keeps a challenge that was computed outside.
pub struct KeepChallenge {
    /// Whose password.
    pub user: UserId,
    /// The version that it was computed for.
    pub version: u32,
    /// `srp_id`.
    pub id: i64,
    /// The secret exponent.
    pub secret: Zeroizing<[u8; srp::SIZE]>,
    /// `srp_B`.
    pub public: [u8; srp::SIZE],
}

impl Command for KeepChallenge {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let mut row: PasswordRow = load(turn, &password_key(self.user))?.ok_or(Refusal::PasswordMissing)?;
        if row.version != self.version {
            return Err(Refusal::SrpPasswordChanged.into());
        }
        let challenge = StoredChallenge {
            id: self.id,
            secret: Bytes::copy_from_slice(&*self.secret),
            public: Bytes::copy_from_slice(&self.public),
            expires: turn.now().secs() + CHALLENGE_SECONDS,
            version: row.version,
            ..StoredChallenge::default()
        };
        row.challenge = seal(turn, self.user, 2 * row.version + 1, &challenge.encode())?;
        turn.put(password_key(self.user), &row);
        Ok(())
    }
}

/// Whether a challenge can still be answered.
pub fn refuse_stale(facts: &Facts, id: i64, now: u32) -> Result<(), Refusal> {
    if facts.challenge.id != id || facts.challenge.expires <= now {
        return Err(Refusal::SrpIdInvalid);
    }
    if facts.challenge.version != facts.version { Err(Refusal::SrpPasswordChanged) } else { Ok(()) }
}

/// Signs a key in whose answer was right.
pub struct PassPassword {
    /// The permanent key of the request.
    pub key: AuthKeyId,
    /// The account it waits for.
    pub user: UserId,
    /// The password that was proved.
    pub version: u32,
}

impl Command for PassPassword {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let row = auth_key(turn, self.key)?.ok_or(Refusal::AuthKeyUnregistered)?;
        if row.password_pending != Some(self.user) {
            return Err(Refusal::AuthKeyUnregistered.into());
        }
        refuse_changed(turn, self.user, self.version)?;
        spend_challenge(turn, self.user)?;
        devices::authorize(turn, self.key, self.user, false)?;
        Ok(())
    }
}

/// A new password, or none.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The verifier; `None` takes the password away.
    pub verifier: Option<[u8; srp::SIZE]>,
    /// `salt1` with what the client added.
    pub client_salt: Vec<u8>,
    /// `salt2`.
    pub server_salt: Vec<u8>,
    /// For the owner's memory.
    pub hint: String,
}

/// Sets, changes or takes away the password; the old one has been proved.
pub struct UpdatePassword {
    /// Who.
    pub by: Caller,
    /// The password that was proved; 0 where there was none.
    pub version: u32,
    /// The new one.
    pub new: NewPassword,
}

impl Command for UpdatePassword {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = password_key(self.by.user);
        let old: PasswordRow = load(turn, &key)?.unwrap_or_default();
        if old.version != self.version {
            return Err(Refusal::SrpPasswordChanged.into());
        }
        let version = old.version + 1;
        let Some(verifier) = &self.new.verifier else {
            turn.put(key, &PasswordRow { version, ..PasswordRow::default() });
            return Ok(());
        };
        if !SALT.contains(&self.new.client_salt.len()) || !SALT.contains(&self.new.server_salt.len()) {
            return Err(Refusal::NewSaltInvalid.into());
        }
        let secret = Secret {
            verifier: Bytes::copy_from_slice(verifier),
            client_salt: self.new.client_salt.clone().into(),
            server_salt: self.new.server_salt.clone().into(),
            hint: self.new.hint.chars().take(HINT_MAX).collect(),
            ..Secret::default()
        };
        let sealed = seal(turn, self.by.user, 2 * version, &secret.encode())?;
        turn.put(key, &PasswordRow { sealed, version, set: true, ..PasswordRow::default() });
        Ok(())
    }
}

fn refuse_changed(view: &(impl Rows + ?Sized), user: UserId, version: u32) -> Decided<()> {
    let row = load::<PasswordRow>(view, &password_key(user))?;
    if row.is_none_or(|it| it.version == version) { Ok(()) } else { Err(Refusal::SrpPasswordChanged.into()) }
}

fn spend_challenge(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    if let Some(row) = load::<PasswordRow>(turn, &password_key(user))? {
        turn.put(password_key(user), &PasswordRow { challenge: Bytes::new(), ..row });
    }
    Ok(())
}

fn seal(turn: &mut Turn<'_>, user: UserId, version: u32, plain: &[u8]) -> Decided<Bytes> {
    sealing::seal(turn, sealing::account_scope(user), Kind::Password, &user.0.to_be_bytes(), version, plain)
}

fn open(view: &(impl View + ?Sized), user: UserId, version: u32, sealed: &[u8]) -> Decided<Vec<u8>> {
    sealing::open(view, sealing::account_scope(user), Kind::Password, &user.0.to_be_bytes(), version, sealed)
}

fn password_key(user: UserId) -> Key {
    Key::of(PASSWORD, user.vshard().0).u64(user.0).key()
}
