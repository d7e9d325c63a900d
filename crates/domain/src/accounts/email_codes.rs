//! Codes that prove an e-mail address: one under way for each thing that it may prove. Address and code
//! are stored only sealed. A wrong guess is counted in the same batch that answers it.
//! Source: core.telegram.org/api/srp, "Email verification"; core.telegram.org/api/auth, "Email verification".

use bytes::Bytes;
use store::Key;
use vault::{Kind, Scope};

use crate::{
    ids::{UserId, VSHARDS_IN_USE},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::CODE,
    turn::Turn,
    view::{Decided, View, load, load_or_default},
    world::World,
};

/// Digits of a code.
pub const DIGITS: usize = 6;

/// Seconds a code is good for: mail may be slow.
const LIFETIME: u32 = 3600;

/// Guesses at one code.
const ATTEMPTS: u32 = 5;

/// Times one code is sent.
const SENDS: u32 = 5;

/// Codes made for one purpose in a day: each brings fresh guesses at six digits.
const MADE: u32 = 10;

/// Codes mailed to one address in a day, whoever asks: nobody's mailbox is flooded from here.
const MAILED: u32 = 20;

const DAY: u32 = 24 * 3600;

/// Bytes of an address. Source: RFC 5321, 4.5.3.1.
const ADDRESS_MAX: usize = 254;

/// What a code proves, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// That a new recovery address is the user's.
    ConfirmRecovery(UserId),
    /// That who forgot the password reads the recovery address.
    Recover(UserId),
    /// That a new login address is the user's.
    ChangeLogin(UserId),
}

impl Slot {
    fn user(self) -> UserId {
        match self {
            Slot::ConfirmRecovery(user) | Slot::Recover(user) | Slot::ChangeLogin(user) => user,
        }
    }

    fn number(self) -> u8 {
        match self {
            Slot::ConfirmRecovery(_) => 1,
            Slot::Recover(_) => 2,
            Slot::ChangeLogin(_) => 3,
        }
    }
}

record! {
    /// A mailed code under way.
    pub struct EmailCodeRow {
        /// A [`Mail`], sealed under the server's scope; AAD is the slot and `made_ever`.
        1 => sealed: Bytes,
        2 => expires: u32,
        3 => attempts: u32,
        4 => sends: u32,
        /// Codes made since `window`.
        5 => made: u32,
        /// Unix seconds.
        6 => window: u32,
        /// Codes made at all.
        7 => made_ever: u32,
    }
}

record! {
    /// How many codes an address got.
    pub struct AddressRow { 1 => mailed: u32, 2 => window: u32 }
}

record! {
    /// What is to be mailed; stored only sealed.
    pub struct Mail { 1 => address: String, 2 => code: String }
}

/// What a guess came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// There is no code, or no longer.
    Gone,
    /// Wrong, and counted.
    Wrong,
    /// Right: the address is proved.
    Right(String),
}

/// An address that mail can be sent to, as far as its form tells.
pub fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, host) = text.rsplit_once('@')?;
    let plain =
        |it: &str| it.chars().all(|it| !it.is_control() && !it.is_whitespace() && !"\"(),:;<>@[\\]".contains(it));
    let labels = host.split('.').all(|it| !it.is_empty() && !it.starts_with('-') && !it.ends_with('-'));
    let whole = !local.is_empty() && host.contains('.') && labels && plain(local) && plain(host);
    (whole && text.len() <= ADDRESS_MAX).then(|| text.to_owned())
}

/// An address as it is shown to who must not learn it: `a***z@example.org`.
/// Source: core.telegram.org/api/pattern.
pub fn pattern(address: &str) -> String {
    let (local, host) = address.rsplit_once('@').unwrap_or((address, ""));
    let mut letters = local.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    let last = letters.next_back().map(String::from).unwrap_or_default();
    format!("{first}***{last}@{host}")
}

/// Makes a code for an address; an earlier one of the same slot is void.
pub(super) fn make(turn: &mut Turn<'_>, slot: Slot, address: &str) -> Decided<Mail> {
    let (key, now) = (slot_key(turn.world(), slot), turn.now().secs());
    let old: EmailCodeRow = load_or_default(turn, &key)?;
    let (made, window) = within_day(old.made, old.window, now, MADE)?;
    count_address(turn, address)?;
    let code = turn.draw::<DIGITS>().iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    let mail = Mail { address: address.to_owned(), code, ..Mail::default() };
    let made_ever = old.made_ever + 1;
    let sealed = sealing::seal(turn, Scope::Server, Kind::Code, &slot_id(slot), made_ever, &mail.encode())?;
    let expires = now + LIFETIME;
    turn.put(key, &EmailCodeRow { sealed, expires, sends: 1, made, window, made_ever, ..EmailCodeRow::default() });
    Ok(mail)
}

/// The code under way, to be sent again.
pub(super) fn again(turn: &mut Turn<'_>, slot: Slot) -> Decided<Option<Mail>> {
    let Some(mut row) = waiting(turn, slot)? else { return Ok(None) };
    if row.sends >= SENDS {
        return Err(Refusal::FloodWait(row.expires.saturating_sub(turn.now().secs()).max(1)).into());
    }
    let mail = opened(turn, slot, &row)?;
    count_address(turn, &mail.address)?;
    row.sends += 1;
    turn.put(slot_key(turn.world(), slot), &row);
    Ok(Some(mail))
}

/// The address that a code was sent to and that is not proved yet.
pub(super) fn address_waiting(view: &(impl View + ?Sized), slot: Slot) -> Decided<Option<String>> {
    let Some(row) = waiting(view, slot)? else { return Ok(None) };
    Ok(Some(opened(view, slot, &row)?.address))
}

/// Checks a guess, which is counted; a right one does not spend the code.
pub(super) fn guess(turn: &mut Turn<'_>, slot: Slot, code: &str) -> Decided<Guess> {
    let Some(mut row) = waiting(turn, slot)?.filter(|it| it.attempts < ATTEMPTS) else { return Ok(Guess::Gone) };
    let mail = opened(turn, slot, &row)?;
    if crypto::hash::equal(mail.code.as_bytes(), code.trim().as_bytes()) {
        return Ok(Guess::Right(mail.address));
    }
    row.attempts += 1;
    turn.put(slot_key(turn.world(), slot), &row);
    Ok(Guess::Wrong)
}

/// Voids a slot's code; how many there were is remembered.
pub(super) fn void(turn: &mut Turn<'_>, slot: Slot) -> Decided<()> {
    let key = slot_key(turn.world(), slot);
    if let Some(row) = load::<EmailCodeRow>(turn, &key)? {
        turn.put(key, &EmailCodeRow { sealed: Bytes::new(), expires: 0, ..row });
    }
    Ok(())
}

/// Everything of a user that is deleted.
pub(super) fn forget(turn: &mut Turn<'_>, user: UserId) {
    for slot in [Slot::ConfirmRecovery(user), Slot::Recover(user), Slot::ChangeLogin(user)] {
        turn.delete(slot_key(turn.world(), slot));
    }
}

/// Sends the code of a slot again.
pub struct MailAgain {
    /// Which.
    pub slot: Slot,
}

impl Command for MailAgain {
    /// What to mail; `None` where nothing waits.
    type Reply = Option<Mail>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<Mail>> {
        again(turn, self.slot)
    }
}

fn waiting(view: &(impl View + ?Sized), slot: Slot) -> Decided<Option<EmailCodeRow>> {
    let row = load::<EmailCodeRow>(view, &slot_key(view.world(), slot))?;
    Ok(row.filter(|it| !it.sealed.is_empty() && it.expires > view.now().secs()))
}

fn opened(view: &(impl View + ?Sized), slot: Slot, row: &EmailCodeRow) -> Decided<Mail> {
    let plain = sealing::open(view, Scope::Server, Kind::Code, &slot_id(slot), row.made_ever, &row.sealed)?;
    Ok(Mail::decode(&plain)?)
}

/// One more within a day's window, or how long to wait.
fn within_day(count: u32, window: u32, now: u32, most: u32) -> Decided<(u32, u32)> {
    let age = now.saturating_sub(window);
    match count {
        _ if age >= DAY => Ok((1, now)),
        count if count >= most => Err(Refusal::FloodWait(DAY - age).into()),
        count => Ok((count + 1, window)),
    }
}

fn count_address(turn: &mut Turn<'_>, address: &str) -> Decided<()> {
    let key = hashed_key(turn.world(), 7, &address.to_lowercase());
    let row: AddressRow = load_or_default(turn, &key)?;
    let (mailed, window) = within_day(row.mailed, row.window, turn.now().secs(), MAILED)?;
    turn.put(key, &AddressRow { mailed, window, ..AddressRow::default() });
    Ok(())
}

fn slot_id(slot: Slot) -> [u8; 9] {
    let mut id = [slot.number(); 9];
    id[1..].copy_from_slice(&slot.user().0.to_be_bytes());
    id
}

fn slot_key(world: &World, slot: Slot) -> Key {
    hashed_key(world, 6, &format!("{} {}", slot.number(), slot.user().0))
}

/// Kinds 1 to 5 of names are taken by numbers and usernames.
fn hashed_key(world: &World, kind: u8, name: &str) -> Key {
    let hash = world.name_hash(kind, name);
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(CODE, vshard).bytes(&hash).key()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_sign_and_a_domain() {
        for good in ["claude@chappe.org", " a.b+c@mail.example.org ", "é@exämple.org"] {
            assert!(address(good).is_some(), "{good}");
        }
        let long = format!("{}@chappe.org", "a".repeat(250));
        for bad in [
            "",
            "claude",
            "@chappe.org",
            "claude@",
            "claude@chappe",
            "a b@c.org",
            "a@b@c.org",
            "a@b..org",
            "a\n@b.org",
            &long,
        ] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_pattern_hides_all_but_the_ends_of_a_name() {
        assert_eq!(pattern("claude@chappe.org"), "c***e@chappe.org");
        assert_eq!(pattern("a@chappe.org"), "a***@chappe.org");
    }
}
