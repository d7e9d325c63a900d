//! What helps who forgot the password: a recovery address, proved by a code, and a reset that takes a week.
//! Source: core.telegram.org/api/srp, "Email verification", "Password recovery", "Password reset".

use bytes::Bytes;
use store::Key;
use vault::Kind;

use super::{
    devices,
    email_codes::{self, Guess, Mail, Slot},
    keys::auth_key,
    password::{self, NewPassword, Secret},
};
use crate::{
    caller::Caller,
    ids::{AuthKeyId, UserId},
    messages, record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::RECOVERY,
    turn::Turn,
    view::{Decided, Rows, View, load, load_or_default},
};

/// Seconds from asking for a reset until it can be had: time for the owner to see the notice.
pub const RESET_SECONDS: u32 = 7 * 24 * 3600;

/// Seconds after a reset that was called off until one may be asked for again.
const RETRY_SECONDS: u32 = 24 * 3600;

record! {
    /// An account's ways back to a forgotten password.
    pub struct RecoveryRow {
        /// A [`Kept`], sealed under the account's key; AAD is the version.
        1 => sealed: Bytes,
        2 => version: u32,
        /// When the reset under way is due, unix seconds; 0: none.
        3 => reset_due: u32,
        /// When the next reset may be asked for.
        4 => retry_after: u32,
    }
}

record! {
    /// What is known of the recovery address; stored only sealed.
    pub struct Kept {
        /// Proved.
        1 => address: String,
        /// The first password, which waits for its address to be proved.
        2 => waiting: Option<Secret>,
    }
}

/// What clients are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The proved address.
    pub address: Option<String>,
    /// The address that waits for its code.
    pub unconfirmed: Option<String>,
    /// When the reset under way is due.
    pub reset_due: Option<u32>,
}

/// Everything known of an account's recovery.
pub fn facts(view: &(impl View + ?Sized), user: UserId) -> Decided<Facts> {
    let (row, kept) = stored(view, user)?;
    Ok(Facts {
        address: Some(kept.address).filter(|it| !it.is_empty()),
        unconfirmed: email_codes::address_waiting(view, Slot::ConfirmRecovery(user))?,
        reset_due: Some(row.reset_due).filter(|it| *it > 0),
    })
}

/// Begins to prove an address; `first` is a password that waits for it.
pub(super) fn await_address(turn: &mut Turn<'_>, user: UserId, text: &str, first: Option<Secret>) -> Decided<Mail> {
    if !turn.world().settings.email_sender {
        return Err(Refusal::EmailNotAllowed.into());
    }
    let address = email_codes::address(text).ok_or(Refusal::EmailInvalid)?;
    let mail = email_codes::make(turn, Slot::ConfirmRecovery(user), &address)?;
    let (row, kept) = stored(turn, user)?;
    put(turn, user, RecoveryRow { reset_due: 0, ..row }, &Kept { waiting: first, ..kept })?;
    Ok(mail)
}

/// The password was set anew: whoever could do that needs no reset.
pub(super) fn settle(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    let row: RecoveryRow = load_or_default(turn, &recovery_key(user))?;
    if row.reset_due > 0 {
        turn.put(recovery_key(user), &RecoveryRow { reset_due: 0, ..row });
    }
    Ok(())
}

/// Forgets the address; the password stays.
pub(super) fn forget_address(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    email_codes::void(turn, Slot::ConfirmRecovery(user))?;
    let (row, _) = stored(turn, user)?;
    put(turn, user, RecoveryRow { reset_due: 0, ..row }, &Kept::default())
}

/// Forgets everything that belonged to the password, except when the next reset may be asked for.
pub(super) fn forget(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    email_codes::void(turn, Slot::Recover(user))?;
    forget_address(turn, user)
}

/// Proves the address that waits.
pub struct ConfirmAddress {
    /// Who.
    pub by: Caller,
    /// The guess.
    pub code: String,
}

impl Command for ConfirmAddress {
    type Reply = Guess;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Guess> {
        let (me, slot) = (self.by.user, Slot::ConfirmRecovery(self.by.user));
        let guess = email_codes::guess(turn, slot, &self.code)?;
        if let Guess::Right(address) = &guess {
            email_codes::void(turn, slot)?;
            let (row, kept) = stored(turn, me)?;
            if let Some(secret) = &kept.waiting {
                password::put_secret(turn, me, secret)?;
            }
            put(turn, me, row, &Kept { address: address.clone(), ..Kept::default() })?;
        }
        Ok(guess)
    }
}

/// Gives up proving an address, and the password that waits for it.
pub struct CancelAddress {
    /// Who.
    pub by: Caller,
}

impl Command for CancelAddress {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, slot) = (self.by.user, Slot::ConfirmRecovery(self.by.user));
        email_codes::address_waiting(turn, slot)?.ok_or(Refusal::EmailHashExpired)?;
        email_codes::void(turn, slot)?;
        let (row, kept) = stored(turn, me)?;
        put(turn, me, row, &Kept { waiting: None, ..kept })
    }
}

/// Mails a code that opens the account without its password.
pub struct AskRecovery {
    /// Whose.
    pub user: UserId,
}

impl Command for AskRecovery {
    type Reply = Mail;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Mail> {
        if !password::is_set(turn, self.user)? {
            return Err(Refusal::PasswordEmpty.into());
        }
        let (_, kept) = stored(turn, self.user)?;
        if kept.address.is_empty() || !turn.world().settings.email_sender {
            return Err(Refusal::PasswordRecoveryNa.into());
        }
        email_codes::make(turn, Slot::Recover(self.user), &kept.address)
    }
}

/// Looks whether a recovery code is right.
pub struct CheckRecovery {
    /// Whose.
    pub user: UserId,
    /// The guess.
    pub code: String,
}

impl Command for CheckRecovery {
    type Reply = Guess;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Guess> {
        email_codes::guess(turn, Slot::Recover(self.user), &self.code)
    }
}

/// Spends a recovery code: the password is replaced or taken away, and the key is signed in.
pub struct Recover {
    /// The permanent key of the request.
    pub key: AuthKeyId,
    /// Whose.
    pub user: UserId,
    /// The guess.
    pub code: String,
    /// `None`: no password from now on, and no recovery address.
    pub new: Option<NewPassword>,
}

impl Command for Recover {
    type Reply = Guess;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Guess> {
        if self.code.trim().is_empty() {
            return Err(Refusal::CodeEmpty.into());
        }
        let new = self.new.as_ref().map(password::secret).transpose()?;
        let guess = email_codes::guess(turn, Slot::Recover(self.user), &self.code)?;
        if !matches!(guess, Guess::Right(_)) {
            return Ok(guess);
        }
        super::operator::refuse_switched_off(turn, self.user)?;
        email_codes::void(turn, Slot::Recover(self.user))?;
        match new {
            Some(secret) => {
                password::put_secret(turn, self.user, &secret)?;
                settle(turn, self.user)?;
            }
            None => {
                forget(turn, self.user)?;
                password::remove(turn, self.user)?;
            }
        }
        let waits = auth_key(turn, self.key)?.is_some_and(|it| it.password_pending == Some(self.user));
        if waits {
            devices::authorize(turn, self.key, self.user, false)?;
        }
        Ok(guess)
    }
}

/// Where asking for a reset led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// One was called off lately; ask again then (unix seconds).
    Failed(u32),
    /// It can be had then.
    Requested(u32),
    /// The password is gone.
    Done,
}

/// Asks for a reset, or has the one that is due.
pub struct ResetPassword {
    /// Who.
    pub by: Caller,
}

impl Command for ResetPassword {
    type Reply = Reset;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Reset> {
        let (me, now) = (self.by.user, turn.now().secs());
        if !password::is_set(turn, me)? {
            return Err(Refusal::PasswordEmpty.into());
        }
        let row: RecoveryRow = load_or_default(turn, &recovery_key(me))?;
        match row.reset_due {
            0 if row.retry_after > now => Ok(Reset::Failed(row.retry_after)),
            0 => {
                let reset_due = now + RESET_SECONDS;
                turn.put(recovery_key(me), &RecoveryRow { reset_due, ..row });
                messages::notice(turn, me, RESET_NOTICE)?;
                Ok(Reset::Requested(reset_due))
            }
            due if due > now => Ok(Reset::Requested(due)),
            _ => {
                forget(turn, me)?;
                password::remove(turn, me)?;
                Ok(Reset::Done)
            }
        }
    }
}

const RESET_NOTICE: &str = "Your two-step verification password will be reset in 7 days, as somebody asked on one of your devices.\n\nIf this wasn't you, cancel it in your settings under Two-Step Verification, and end the session that you don't know under Devices.";

/// Calls a reset off.
pub struct DeclineReset {
    /// Who.
    pub by: Caller,
}

impl Command for DeclineReset {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = recovery_key(self.by.user);
        let row: RecoveryRow = load_or_default(turn, &key)?;
        if row.reset_due == 0 {
            return Err(Refusal::ResetRequestMissing.into());
        }
        let retry_after = turn.now().secs() + RETRY_SECONDS;
        turn.put(key, &RecoveryRow { reset_due: 0, retry_after, ..row });
        Ok(())
    }
}

fn stored(view: &(impl View + ?Sized), user: UserId) -> Decided<(RecoveryRow, Kept)> {
    let row: RecoveryRow = load(view, &recovery_key(user))?.unwrap_or_default();
    if row.sealed.is_empty() {
        return Ok((row, Kept::default()));
    }
    let (scope, id) = (sealing::account_scope(user), user.0.to_be_bytes());
    let plain = sealing::open(view, scope, Kind::Email, &id, 2 * row.version, &row.sealed)?;
    let kept = Kept::decode(&plain)?;
    Ok((row, kept))
}

fn put(turn: &mut Turn<'_>, user: UserId, mut row: RecoveryRow, kept: &Kept) -> Decided<()> {
    row.version += 1;
    let (scope, id) = (sealing::account_scope(user), user.0.to_be_bytes());
    row.sealed = sealing::seal(turn, scope, Kind::Email, &id, 2 * row.version, &kept.encode())?;
    turn.put(recovery_key(user), &row);
    Ok(())
}

/// Whether there is anything to forget with the account.
pub(super) fn erase(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    if turn.get(&recovery_key(user))?.is_some() {
        turn.delete(recovery_key(user));
    }
    Ok(())
}

fn recovery_key(user: UserId) -> Key {
    Key::of(RECOVERY, user.vshard().0).u64(user.0).key()
}

#[cfg(test)]
mod tests;
