//! Two-step verification: the verifier, challenges, and what a right answer opens.
//! The arithmetic of SRP takes milliseconds, so it happens outside of turns, over what [`facts`] tells.
//! Source: core.telegram.org/api/srp.

use bytes::Bytes;
use crypto::srp::{self, Salts};
use store::Key;
use vault::Kind;
use zeroize::Zeroizing;

use super::{devices, email_codes::Mail, keys::auth_key, recovery};
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

/// Wrong answers before the account's owner has to wait: a password is not guessed online.
const WRONG_MAX: u32 = 20;

/// Seconds in which they count.
const WRONG_WINDOW: u32 = 3600;

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
        /// When it was last set or changed, unix seconds.
        5 => changed: u32,
        /// Wrong answers since `wrong_window`.
        6 => wrong: u32,
        7 => wrong_window: u32,
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
    /// Seconds to wait after too many wrong answers; 0: none.
    pub wait: u32,
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
    let wait = wait_after_wrong(&row, view.now().secs());
    let mut facts = Facts { set: row.set, version: row.version, wait, ..Facts::default() };
    if row.set {
        facts.secret = Secret::decode(&open(view, user, 2 * row.version, &row.sealed)?)?;
    }
    if !row.challenge.is_empty() {
        facts.challenge = StoredChallenge::decode(&open(view, user, 2 * row.version + 1, &row.challenge)?)?;
    }
    Ok(facts)
}

/// When the password was last set or changed, unix seconds.
pub(crate) fn changed(view: &(impl Rows + ?Sized), user: UserId) -> Decided<u32> {
    Ok(load::<PasswordRow>(view, &password_key(user))?.map_or(0, |it| it.changed))
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
    if facts.wait > 0 {
        return Err(Refusal::FloodWait(facts.wait));
    }
    if facts.challenge.id != id || facts.challenge.expires <= now {
        return Err(Refusal::SrpIdInvalid);
    }
    if facts.challenge.version != facts.version { Err(Refusal::SrpPasswordChanged) } else { Ok(()) }
}

/// Counts a wrong answer; its challenge is spent.
pub struct CountWrong {
    /// To whose challenge.
    pub user: UserId,
}

impl Command for CountWrong {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let Some(row) = load::<PasswordRow>(turn, &password_key(self.user))? else { return Ok(()) };
        let now = turn.now().secs();
        let fresh = now.saturating_sub(row.wrong_window) >= WRONG_WINDOW;
        let (wrong, wrong_window) = if fresh { (1, now) } else { (row.wrong + 1, row.wrong_window) };
        turn.put(password_key(self.user), &PasswordRow { challenge: Bytes::new(), wrong, wrong_window, ..row });
        Ok(())
    }
}

fn wait_after_wrong(row: &PasswordRow, now: u32) -> u32 {
    let over = row.wrong_window.saturating_add(WRONG_WINDOW);
    if row.wrong >= WRONG_MAX { over.saturating_sub(now) } else { 0 }
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
        super::operator::refuse_switched_off(turn, self.user)?;
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

/// Sets, changes or takes away the password, or the address that recovers it; the old one has been proved.
pub struct UpdatePassword {
    /// Who.
    pub by: Caller,
    /// The password that was proved; 0 where there was none.
    pub version: u32,
    /// The new one; `None` leaves it.
    pub new: Option<NewPassword>,
    /// The new recovery address; empty: none; `None` leaves it.
    pub email: Option<String>,
}

impl Command for UpdatePassword {
    /// A code to mail: the address has yet to be proved, and a first password waits for that.
    type Reply = Option<Mail>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<Mail>> {
        let me = self.by.user;
        let old: PasswordRow = load(turn, &password_key(me))?.unwrap_or_default();
        if old.version != self.version {
            return Err(Refusal::SrpPasswordChanged.into());
        }
        let removed = self.new.as_ref().is_some_and(|it| it.verifier.is_none());
        if removed || (self.new.is_none() && !old.set) {
            recovery::forget(turn, me)?;
            return if removed { remove(turn, me).map(|()| None) } else { Err(Refusal::NewSettingsEmpty.into()) };
        }
        let secret = self.new.as_ref().map(secret).transpose()?;
        let email = self.email.as_deref().filter(|it| !it.is_empty());
        match (secret, email) {
            (secret, Some(email)) if !old.set => recovery::await_address(turn, me, email, secret).map(Some),
            (secret, email) => {
                if let Some(secret) = secret {
                    put_secret(turn, me, &secret)?;
                }
                match email {
                    Some(email) => recovery::await_address(turn, me, email, None).map(Some),
                    None if self.email.is_some() => recovery::forget_address(turn, me).map(|()| None),
                    None => recovery::settle(turn, me).map(|()| None),
                }
            }
        }
    }
}

/// A new password as it is kept.
pub(super) fn secret(new: &NewPassword) -> Result<Secret, Refusal> {
    let verifier = new.verifier.as_ref().ok_or(Refusal::NewSettingsInvalid)?;
    if !SALT.contains(&new.client_salt.len()) || !SALT.contains(&new.server_salt.len()) {
        return Err(Refusal::NewSaltInvalid);
    }
    Ok(Secret {
        verifier: Bytes::copy_from_slice(verifier),
        client_salt: new.client_salt.clone().into(),
        server_salt: new.server_salt.clone().into(),
        hint: new.hint.chars().take(HINT_MAX).collect(),
        ..Secret::default()
    })
}

/// Sets the password.
pub(super) fn put_secret(turn: &mut Turn<'_>, user: UserId, secret: &Secret) -> Decided<()> {
    let version = version(turn, user)? + 1;
    let sealed = seal(turn, user, 2 * version, &secret.encode())?;
    let changed = turn.now().secs();
    turn.put(password_key(user), &PasswordRow { sealed, version, set: true, changed, ..PasswordRow::default() });
    Ok(())
}

/// Takes the password away; its number goes on, so that no proof of it is good later.
pub(super) fn remove(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    let version = version(turn, user)? + 1;
    turn.put(password_key(user), &PasswordRow { version, ..PasswordRow::default() });
    Ok(())
}

fn version(view: &(impl Rows + ?Sized), user: UserId) -> Decided<u32> {
    Ok(load::<PasswordRow>(view, &password_key(user))?.map_or(0, |it| it.version))
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

pub(super) fn password_key(user: UserId) -> Key {
    Key::of(PASSWORD, user.vshard().0).u64(user.0).key()
}
