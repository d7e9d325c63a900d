//! Codes that prove a phone number. A wrong guess is counted in the same batch that answers it.
//! Source: core.telegram.org/api/auth.

use bytes::Bytes;
use store::Key;
use vault::{Kind, Scope};

use super::{deletion, devices, email_codes, login_email};
use crate::{
    caller::Caller,
    hex,
    ids::{UserId, VSHARDS_IN_USE},
    people::{NameKind, digits, holder},
    record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::CODE,
    turn::Turn,
    view::{Decided, View, load},
    world::World,
};

/// Digits of a code.
pub const DIGITS: usize = 5;

/// Seconds a code is good for.
const LIFETIME: u32 = 600;

/// Seconds after which a client may ask for the code to be sent again.
pub const RESEND_AFTER: u32 = 60;

/// Guesses at one code.
const ATTEMPTS: u32 = 5;

/// Times one code is sent.
const SENDS: u32 = 5;

/// Codes made for one number in a day: each brings fresh guesses, and this many keep the odds of
/// guessing five digits at a thousandth a day.
const MADE: u32 = 20;

const DAY: u32 = 24 * 3600;

/// Letters of the name by which a client calls a code: nine random bytes in hex.
pub const HASH_LETTERS: usize = 18;

record! {
    /// A code under way for a number.
    pub struct CodeRow {
        /// What the client names it by.
        1 => hash: String,
        /// The digits, sealed under the server's scope; AAD is the hash.
        2 => sealed: Bytes,
        3 => expires: u32,
        4 => attempts: u32,
        5 => sends: u32,
        /// The right code came; the number may sign up.
        6 => verified: bool,
        /// What the code is for; a code for one thing is no good for another.
        7 => purpose: u8,
        /// Whose change it is, for all but signing in.
        8 => owner: Option<UserId>,
        /// Codes made for the number since `window`, however many were used.
        9 => made: u32,
        /// Unix seconds.
        10 => window: u32,
    }
}

/// What a code proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in or up.
    SignIn = 0,
    /// Moving an account to the number.
    ChangePhone = 1,
    /// Stopping the deletion of the number's account.
    ConfirmPhone = 2,
}

impl Purpose {
    fn of(row: &CodeRow) -> Self {
        match row.purpose {
            1 => Purpose::ChangePhone,
            2 => Purpose::ConfirmPhone,
            _ => Purpose::SignIn,
        }
    }
}

/// Makes a code for a number.
pub struct SendCode {
    /// As written.
    pub phone: String,
    /// What for.
    pub purpose: Purpose,
    /// Who asks, for all but signing in.
    pub owner: Option<Caller>,
}

/// Where a code is mailed instead of going to the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailed {
    /// The login address.
    pub address: String,
    /// As who is not signed in may see it.
    pub pattern: String,
    /// When its removal is due, if that was asked for.
    pub reset_due: Option<u32>,
}

/// A code on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// What it is for.
    pub purpose: Purpose,
    /// Digits only.
    pub phone: String,
    /// What the client names the code by.
    pub hash: String,
    /// The code, for the sender; empty for a test number, whose code is known.
    pub code: String,
    /// The account's devices have been told.
    pub to_devices: bool,
    /// It is mailed.
    pub mailed: Option<Mailed>,
}

impl Command for SendCode {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        let account = holder(turn, NameKind::Phone, &phone)?;
        if let Some(account) = account {
            refuse_disabled(turn, account)?;
        }
        if self.purpose == Purpose::ChangePhone {
            if account.is_some() {
                return Err(Refusal::PhoneNumberOccupied.into());
            }
            devices::refuse_fresh(turn, self.owner.as_ref(), Refusal::FreshChangePhoneForbidden)?;
        }
        let (hash, code, test) = make(turn, &phone, self.purpose, self.owner.map(|it| it.user))?;
        let mut sent = Sent { purpose: self.purpose, phone, hash, code, to_devices: false, mailed: None };
        if let (Some(user), Purpose::SignIn) = (account, self.purpose) {
            sent.to_devices = devices::tell_code(turn, user, &sent.code)?;
            sent.mailed = mailed(turn, user)?.filter(|_| !test);
        }
        if test {
            sent.code.clear();
        }
        Ok(sent)
    }
}

/// Makes a code for the number of an account whose deletion shall be stopped.
pub struct SendConfirmCode {
    /// Who.
    pub by: Caller,
    /// From the link that its devices were sent.
    pub link: String,
}

impl Command for SendConfirmCode {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let (me, purpose) = (self.by.user, Purpose::ConfirmPhone);
        deletion::refuse_other_link(turn, me, &self.link)?;
        let phone = phone_of(turn, me)?;
        let (hash, code, test) = make(turn, &phone, purpose, Some(me))?;
        let code = if test { String::new() } else { code };
        Ok(Sent { purpose, phone, hash, code, to_devices: false, mailed: None })
    }
}

/// Proves the number of an account: its deletion is called off.
pub struct ConfirmPhone {
    /// Who.
    pub by: Caller,
    /// The code's name.
    pub hash: String,
    /// The guess.
    pub code: String,
}

impl Command for ConfirmPhone {
    /// Whether the guess was right.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let me = self.by.user;
        let phone = phone_of(turn, me)?;
        if load::<CodeRow>(turn, &code_key(turn.world(), &phone))?.is_none_or(|it| it.hash != self.hash) {
            return Err(Refusal::CodeHashInvalid.into());
        }
        let right = guess(turn, &phone, &self.hash, &self.code, Purpose::ConfirmPhone, Some(me))?;
        if right {
            spend(turn, &phone)?;
            deletion::call_off(turn, me)?;
        }
        Ok(right)
    }
}

/// Sends a code again; it stays the same.
pub struct ResendCode {
    /// As written.
    pub phone: String,
    /// The code's name.
    pub hash: String,
}

impl Command for ResendCode {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        let mut row = pending(turn, &phone, &self.hash)?;
        if row.sends >= SENDS {
            return Err(Refusal::SendCodeUnavailable.into());
        }
        row.sends += 1;
        turn.put(code_key(turn.world(), &phone), &row);
        sent_again(turn, phone, row)
    }
}

/// Asks that codes go to the number again instead of the login address, or has them sent there when the
/// wait is over.
pub struct ResetLoginEmail {
    /// As written.
    pub phone: String,
    /// The code's name.
    pub hash: String,
}

impl Command for ResetLoginEmail {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        let row = pending(turn, &phone, &self.hash)?;
        let account = holder(turn, NameKind::Phone, &phone)?.ok_or(Refusal::EmailInstallMissing)?;
        login_email::reset(turn, account)?;
        sent_again(turn, phone, row)
    }
}

fn sent_again(turn: &Turn<'_>, phone: String, row: CodeRow) -> Decided<Sent> {
    let (purpose, test) = (Purpose::of(&row), test_code(turn.world(), &phone).is_some());
    let code = if test { String::new() } else { opened(turn, &row)? };
    let account = holder(turn, NameKind::Phone, &phone)?.filter(|_| purpose == Purpose::SignIn && !test);
    let mailed = account.map(|it| mailed(turn, it)).transpose()?.flatten();
    Ok(Sent { purpose, hash: row.hash, code, phone, to_devices: false, mailed })
}

/// Drops a code.
pub struct CancelCode {
    /// As written.
    pub phone: String,
    /// The code's name.
    pub hash: String,
}

impl Command for CancelCode {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        pending(turn, &phone, &self.hash)?;
        spend(turn, &phone)
    }
}

/// Voids codes that a user leaked in a chat.
pub struct InvalidateCodes {
    /// Whose codes.
    pub phone: String,
    /// Those seen.
    pub codes: Vec<String>,
}

impl Command for InvalidateCodes {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = code_key(turn.world(), &self.phone);
        let Some(row) = load::<CodeRow>(turn, &key)? else { return Ok(()) };
        if !row.sealed.is_empty() && self.codes.contains(&opened(turn, &row)?) {
            spend(turn, &self.phone)?;
        }
        Ok(())
    }
}

/// Checks a guess. `Ok(false)`: wrong, and the guess has been counted in this turn.
pub(super) fn guess(
    turn: &mut Turn<'_>,
    phone: &str,
    hash: &str,
    code: &str,
    purpose: Purpose,
    by: Option<UserId>,
) -> Decided<bool> {
    if code.is_empty() {
        return Err(Refusal::PhoneCodeEmpty.into());
    }
    let mut row = pending(turn, phone, hash)?;
    if row.purpose != purpose as u8 || row.owner != by || row.attempts >= ATTEMPTS {
        return Err(Refusal::PhoneCodeExpired.into());
    }
    // Some clients send the documented six digits of a test code.
    let expected = opened(turn, &row)?;
    let test = test_code(turn.world(), phone)
        .is_some_and(|it| code.len() == DIGITS + 1 && code.starts_with(&it) && code.ends_with(&it));
    let right = test || crypto::hash::equal(expected.as_bytes(), code.as_bytes());
    if right {
        row.verified = true
    } else {
        row.attempts += 1
    }
    turn.put(code_key(turn.world(), phone), &row);
    Ok(right)
}

/// Whether the number has proved itself by this code.
pub(super) fn verified(view: &(impl View + ?Sized), phone: &str, hash: &str) -> Decided<bool> {
    Ok(pending(view, phone, hash)?.verified)
}

/// Voids a number's code, once it has served; how many there were is remembered.
pub(super) fn spend(turn: &mut Turn<'_>, phone: &str) -> Decided<()> {
    let key = code_key(turn.world(), phone);
    if let Some(row) = load::<CodeRow>(turn, &key)? {
        turn.put(key, &CodeRow { made: row.made, window: row.window, ..CodeRow::default() });
    }
    Ok(())
}

/// Counts a code made for a number, or says how long to wait. Test numbers' codes are known anyway.
fn count(turn: &Turn<'_>, phone: &str, test: bool) -> Decided<(u32, u32)> {
    let now = turn.now().secs();
    let row = load::<CodeRow>(turn, &code_key(turn.world(), phone))?.unwrap_or_default();
    let age = now.saturating_sub(row.window);
    match row {
        _ if age >= DAY => Ok((1, now)),
        row if row.made >= MADE && !test => Err(Refusal::FloodWait(DAY - age).into()),
        row => Ok((row.made + 1, row.window)),
    }
}

/// The code that a number waits for, for the operator.
pub fn waiting(view: &(impl View + ?Sized), phone: &str) -> Decided<Option<String>> {
    let now = view.now().secs();
    let row = load::<CodeRow>(view, &code_key(view.world(), phone))?.filter(|row| row.expires > now);
    row.map(|row| opened(view, &row)).transpose()
}

/// The code of a test number 99966XYYYY, where test accounts are on.
/// Source: core.telegram.org/api/auth, "Test accounts".
pub fn test_code(world: &World, phone: &str) -> Option<String> {
    let rest = phone.strip_prefix("99966").filter(|rest| rest.len() == 5 && world.settings.test_accounts)?;
    Some(rest[..1].repeat(DIGITS))
}

fn pending(view: &(impl View + ?Sized), phone: &str, hash: &str) -> Decided<CodeRow> {
    if hash.is_empty() {
        return Err(Refusal::PhoneCodeHashEmpty.into());
    }
    let row = load::<CodeRow>(view, &code_key(view.world(), phone))?;
    let row = row.filter(|row| row.hash == hash && row.expires > view.now().secs());
    Ok(row.ok_or(Refusal::PhoneCodeExpired)?)
}

/// Makes a code: its name, itself, and whether the number is a test number.
fn make(turn: &mut Turn<'_>, phone: &str, purpose: Purpose, owner: Option<UserId>) -> Decided<(String, String, bool)> {
    let test = test_code(turn.world(), phone);
    let code = test.clone().unwrap_or_else(|| random_digits(turn));
    let hash = hex::encode(&turn.draw::<9>());
    let (made, window) = count(turn, phone, test.is_some())?;
    let sealed = sealing::seal(turn, Scope::Server, Kind::Code, hash.as_bytes(), 0, code.as_bytes())?;
    let (expires, named) = (turn.now().secs() + LIFETIME, hash.clone());
    let purpose = purpose as u8;
    let row = CodeRow { hash: named, sealed, expires, purpose, owner, sends: 1, made, window, ..CodeRow::default() };
    turn.put(code_key(turn.world(), phone), &row);
    Ok((hash, code, test.is_some()))
}

fn mailed(turn: &Turn<'_>, account: UserId) -> Decided<Option<Mailed>> {
    if !turn.world().settings.login_email {
        return Ok(None);
    }
    let found = login_email::login_email(turn, account)?;
    Ok(found.map(|it| Mailed {
        pattern: email_codes::pattern(&it.address),
        address: it.address,
        reset_due: it.reset_due,
    }))
}

fn phone_of(view: &(impl View + ?Sized), user: UserId) -> Decided<String> {
    let row = crate::people::user(view, user)?.ok_or(Refusal::UserInvalid)?;
    Ok(crate::people::card(view, user, &row)?.phone)
}

fn opened(view: &(impl View + ?Sized), row: &CodeRow) -> Decided<String> {
    let plain = sealing::open(view, Scope::Server, Kind::Code, row.hash.as_bytes(), 0, &row.sealed)?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

fn refuse_disabled(view: &(impl View + ?Sized), account: UserId) -> Decided<()> {
    let disabled = crate::people::user(view, account)?.is_some_and(|it| it.disabled);
    if disabled { Err(Refusal::PhoneNumberBanned.into()) } else { Ok(()) }
}

fn random_digits(turn: &mut Turn<'_>) -> String {
    turn.draw::<DIGITS>().iter().map(|byte| char::from(b'0' + byte % 10)).collect()
}

fn code_key(world: &World, phone: &str) -> Key {
    let hash = world.name_hash(4, phone);
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(CODE, vshard).bytes(&hash).key()
}
