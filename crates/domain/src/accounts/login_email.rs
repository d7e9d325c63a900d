//! The address that sign-in codes go to, and its removal, which takes a week.
//! Source: core.telegram.org/api/auth, "Email verification".

use bytes::Bytes;
use store::Key;
use vault::Kind;

use super::email_codes::{self, Guess, Mail, Slot};
use crate::{
    caller::Caller,
    ids::UserId,
    messages, record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::LOGIN_EMAIL,
    turn::Turn,
    view::{Decided, Rows, View, load},
};

/// Seconds from asking for the removal until codes go another way.
pub const RESET_SECONDS: u32 = 7 * 24 * 3600;

record! {
    /// A login address.
    pub struct LoginEmailRow {
        /// The address, sealed under the account's key; AAD is the version.
        1 => sealed: Bytes,
        2 => version: u32,
        /// When its removal is due, unix seconds; 0: none was asked for.
        3 => reset_due: u32,
    }
}

/// A login address, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginEmail {
    /// The address.
    pub address: String,
    /// When its removal is due.
    pub reset_due: Option<u32>,
}

/// The address that a user's codes go to; one whose removal is due is none.
pub fn login_email(view: &(impl View + ?Sized), user: UserId) -> Decided<Option<LoginEmail>> {
    let Some(row) = load::<LoginEmailRow>(view, &login_email_key(user))? else { return Ok(None) };
    if row.reset_due > 0 && row.reset_due <= view.now().secs() {
        return Ok(None);
    }
    let (scope, id) = (sealing::account_scope(user), user.0.to_be_bytes());
    let plain = sealing::open(view, scope, Kind::Email, &id, 2 * row.version + 1, &row.sealed)?;
    let address = String::from_utf8_lossy(&plain).into_owned();
    Ok(Some(LoginEmail { address, reset_due: Some(row.reset_due).filter(|it| *it > 0) }))
}

/// Mails a code to an address that shall be the login address.
pub struct AskLoginEmail {
    /// Who.
    pub by: Caller,
    /// As written.
    pub address: String,
}

impl Command for AskLoginEmail {
    type Reply = Mail;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Mail> {
        if !turn.world().settings.login_email {
            return Err(Refusal::EmailNotAllowed.into());
        }
        let address = email_codes::address(&self.address).ok_or(Refusal::EmailInvalid)?;
        email_codes::make(turn, Slot::ChangeLogin(self.by.user), &address)
    }
}

/// Proves the address; from now on codes go there.
pub struct SetLoginEmail {
    /// Who.
    pub by: Caller,
    /// The guess.
    pub code: String,
}

impl Command for SetLoginEmail {
    type Reply = Guess;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Guess> {
        let (me, slot) = (self.by.user, Slot::ChangeLogin(self.by.user));
        let guess = email_codes::guess(turn, slot, &self.code)?;
        if let Guess::Right(address) = &guess {
            email_codes::void(turn, slot)?;
            let version = load::<LoginEmailRow>(turn, &login_email_key(me))?.map_or(0, |it| it.version) + 1;
            let (scope, id) = (sealing::account_scope(me), me.0.to_be_bytes());
            let sealed = sealing::seal(turn, scope, Kind::Email, &id, 2 * version + 1, address.as_bytes())?;
            turn.put(login_email_key(me), &LoginEmailRow { sealed, version, ..LoginEmailRow::default() });
        }
        Ok(guess)
    }
}

/// Asks for the removal, or carries out the one that is due. Returns when it is due; `None`: now.
pub(super) fn reset(turn: &mut Turn<'_>, user: UserId) -> Decided<Option<u32>> {
    let key = login_email_key(user);
    let row: LoginEmailRow = load(turn, &key)?.ok_or(Refusal::EmailInstallMissing)?;
    let now = turn.now().secs();
    match row.reset_due {
        0 => {
            let reset_due = now + RESET_SECONDS;
            turn.put(key, &LoginEmailRow { reset_due, ..row });
            messages::notice(turn, user, NOTICE)?;
            Ok(Some(reset_due))
        }
        due if due > now => Err(Refusal::TaskAlreadyExists.into()),
        _ => {
            turn.delete(key);
            Ok(None)
        }
    }
}

const NOTICE: &str = "Your login e-mail address will be removed in 7 days, as somebody who signs in with your number asked.\n\nIf this wasn't you, set the address anew in your settings under Login Email.";

/// Forgets it with the account.
pub(super) fn erase(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    if turn.get(&login_email_key(user))?.is_some() {
        turn.delete(login_email_key(user));
    }
    Ok(())
}

fn login_email_key(user: UserId) -> Key {
    Key::of(LOGIN_EMAIL, user.vshard().0).u64(user.0).key()
}

#[cfg(test)]
mod tests;
