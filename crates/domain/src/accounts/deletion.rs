//! Deleting an account: at once, or after a week where nobody proved the password. The change itself is
//! one turn: names are free, logins end, the account's keys are destroyed; its rows follow in pages.
//! Source: core.telegram.org/api/account-deletion.

use bytes::Bytes;
use store::Key;

use super::{
    devices, email_codes, erasing, idle,
    keys::{Ended, auth_key, put_key},
    login_email, password, recovery,
};
use crate::{
    hex,
    ids::{AuthKeyId, Peer, UserId, VSHARDS_IN_USE},
    messages,
    people::{NameKind, UserRow, card, names::release, user, user_key},
    record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::{DELETION, TOKEN},
    turn::Turn,
    view::{Decided, View, load},
    world::World,
};

/// Seconds that a deletion without the password waits, and that the owner has to stop it.
pub const WAIT_SECONDS: u32 = 7 * 24 * 3600;

/// Bytes of a link that stops a deletion.
pub const LINK_BYTES: usize = 16;

record! {
    /// A deletion that waits.
    pub struct DeletionRow {
        /// Unix seconds.
        1 => due: u32,
    }
}

record! {
    /// What a link that stops a deletion leads to.
    pub struct Link { 1 => user: UserId, 2 => expires: u32 }
}

/// Where asking for a deletion led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The account is gone.
    Deleted,
    /// It goes in so many seconds, unless its owner stops it.
    Waits(u32),
}

/// Deletes an account.
pub struct DeleteAccount {
    /// Which.
    pub user: UserId,
    /// The permanent key of the request, which gets its answer before it is nobody's.
    pub key: AuthKeyId,
    /// The password was proved; this version of it.
    pub proved: Option<u32>,
    /// Drawn for the link that stops a deletion.
    pub link: [u8; LINK_BYTES],
    /// Where links lead, e.g. `https://example.org/`.
    pub link_prefix: String,
}

impl Command for DeleteAccount {
    type Reply = Asked;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Asked> {
        let row = user(turn, self.user)?.filter(|it| !it.deleted).ok_or(Refusal::UserDeactivated)?;
        let facts = password::facts(turn, self.user)?;
        if self.proved.is_some_and(|version| version != facts.version) {
            return Err(Refusal::SrpPasswordChanged.into());
        }
        if facts.set && self.proved.is_none() {
            let left = self.seconds_left(turn, &row)?;
            if left > 0 {
                return Ok(Asked::Waits(left));
            }
        }
        delete(turn, self.user, Some(self.key))?;
        Ok(Asked::Deleted)
    }
}

impl DeleteAccount {
    /// Only an account that is in use and whose password is older than a week is worth the wait.
    fn seconds_left(&self, turn: &mut Turn<'_>, row: &UserRow) -> Decided<u32> {
        let now = turn.now().secs();
        if let Some(waiting) = load::<DeletionRow>(turn, &deletion_key(self.user))? {
            return Ok(waiting.due.saturating_sub(now));
        }
        let settled = now.saturating_sub(password::changed(turn, self.user)?) >= WAIT_SECONDS;
        let in_use = now.saturating_sub(idle::last_active(turn, self.user)?) < WAIT_SECONDS;
        if !settled || !in_use {
            return Ok(0);
        }
        let due = now + WAIT_SECONDS;
        turn.put(deletion_key(self.user), &DeletionRow { due, ..DeletionRow::default() });
        let link = Link { user: self.user, expires: due, ..Link::default() };
        turn.put(link_key(turn.world(), &self.link), &link);
        let phone = card(turn, self.user, row)?.phone;
        let text = notice(&self.link_prefix, &phone, &hex::encode(&self.link));
        messages::notice(turn, self.user, &text)?;
        Ok(WAIT_SECONDS)
    }
}

fn notice(prefix: &str, phone: &str, hash: &str) -> String {
    format!(
        "Somebody who received a sign-in code for your number, but does not know your password, asked to delete your account. It will be deleted in 7 days.\n\nIf this wasn't you, follow this link to stop it: {prefix}confirmphone?phone={phone}&hash={hash}"
    )
}

/// When the deletion that waits is due, unix seconds.
pub fn due(view: &(impl View + ?Sized), id: UserId) -> Decided<Option<u32>> {
    Ok(load::<DeletionRow>(view, &deletion_key(id))?.map(|it| it.due))
}

/// Refuses a link that does not stop this account's deletion.
pub(super) fn refuse_other_link(view: &(impl View + ?Sized), id: UserId, link: &str) -> Decided<()> {
    let bytes = u128::from_str_radix(link, 16).map_err(|_| Refusal::HashInvalid)?.to_be_bytes();
    let row: Option<Link> = load(view, &link_key(view.world(), &bytes))?;
    let leads = row.is_some_and(|it| it.user == id && it.expires > view.now().secs());
    if leads && due(view, id)?.is_some() { Ok(()) } else { Err(Refusal::HashInvalid.into()) }
}

/// The owner proved its number.
pub(super) fn call_off(turn: &mut Turn<'_>, id: UserId) -> Decided<()> {
    turn.delete(deletion_key(id));
    Ok(())
}

/// Deletes an account now.
pub(super) fn delete(turn: &mut Turn<'_>, id: UserId, own: Option<AuthKeyId>) -> Decided<()> {
    let row = user(turn, id)?.ok_or(Refusal::UserDeactivated)?;
    let card = card(turn, id, &row)?;
    release(turn, NameKind::Phone, &card.phone);
    for name in &card.usernames {
        release(turn, NameKind::Username, &name.name);
    }
    devices::end_all(turn, id, Ended::Deleted, own)?;
    if let Some(own) = own
        && let Some(key) = auth_key(turn, own)?
    {
        put_key(turn, own, &super::keys::AuthKeyRow { password_pending: None, ..key });
    }
    let card_version = row.card_version + 1;
    turn.put(user_key(id), &UserRow { deleted: true, card: Bytes::new(), card_version, ..row });
    turn.delete(password::password_key(id));
    turn.delete(deletion_key(id));
    recovery::erase(turn, id)?;
    login_email::erase(turn, id)?;
    email_codes::forget(turn, id);
    // What is sealed under these keys is gone from this moment, whatever the rows still hold.
    sealing::destroy(turn, sealing::account_scope(id))?;
    sealing::destroy(turn, sealing::chat_scope(id, Peer::User(id)))?;
    messages::search::index::destroy(turn, id.into())?;
    erasing::begin(turn, id);
    Ok(())
}

fn deletion_key(id: UserId) -> Key {
    Key::of(DELETION, id.vshard().0).u64(id.0).key()
}

fn link_key(world: &World, link: &[u8; LINK_BYTES]) -> Key {
    const KIND: u8 = 22;
    let hash = vault::mac128(&world.secrets.names, &[&[KIND], link]);
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(TOKEN, vshard).bytes(&hash).key()
}

#[cfg(test)]
mod tests;
