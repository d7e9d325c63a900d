//! What ends by itself: logins that nobody uses, accounts whose owner is gone, deletions whose wait is over.
//! A sweep visits every account in pages; deadlines are days away, so hours don't matter.
//! Source: core.telegram.org/api/account-deletion; core.telegram.org/method/account.setAuthorizationTTL.

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::{
    deletion,
    devices::{self, authorizations, lifetimes},
    keys::{Ended, auth_key, put_key},
};
use crate::{
    ids::{AuthKeyId, UserId, VSHARDS_IN_USE},
    people::{UserRow, presence, user},
    record,
    record::Record,
    refusal::Refusal,
    service::{Command, Domain},
    spaces::{SERVER, TOKEN, USER},
    turn::Turn,
    view::{Decided, View, list, load_or_default},
};

/// Seconds between two notes that a key is used.
pub const TOUCH_SECONDS: u32 = 3600;

/// Accounts, and tokens, looked at by one step of the sweep.
const PAGE: usize = 512;

const DAY: u32 = 24 * 3600;

/// A sweep that comes later than this after the last one was kept from it: the server was off, or its clock
/// jumped, and nobody could show that it is still there.
const GAP: u32 = 2 * DAY;

/// Seconds of sweeps without a gap before anything is ended.
const GRACE: u32 = 7 * DAY;

record! {
    /// Any token: all kinds keep their end at the same place.
    pub struct Expiring { 2 => expires: u32 }
}

record! {
    /// Since when sweeps have come one after another.
    pub struct Watch {
        /// Unix seconds.
        1 => last: u32,
        /// From when on things are ended.
        2 => trusted_from: u32,
    }
}

/// Notes that a key is used.
pub struct Touch {
    /// The permanent key.
    pub key: AuthKeyId,
}

impl Command for Touch {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let now = turn.now().secs();
        let Some(mut row) = auth_key(turn, self.key)? else { return Ok(()) };
        if now.saturating_sub(row.touched) < TOUCH_SECONDS {
            return Ok(());
        }
        row.touched = now;
        put_key(turn, self.key, &row);
        match row.user {
            Some(user) => devices::note_active(turn, user, row.authorization),
            None => Ok(()),
        }
    }
}

/// When the account was last used, unix seconds.
pub fn last_active(view: &(impl View + ?Sized), id: UserId) -> Decided<u32> {
    let created = user(view, id)?.map_or(0, |it| it.created);
    let logins = authorizations(view, id)?.into_iter().map(|it| it.row.active).max().unwrap_or(0);
    Ok(created.max(logins).max(presence::last_seen(view, id)?))
}

/// Where a sweep goes on; the default is the beginning.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    users: Option<Key>,
    tokens: Option<Key>,
}

/// One step over the accounts and the tokens, to be done again and again.
pub async fn sweep(domain: &Domain, cursor: &mut Cursor) -> Result<(), Refusal> {
    cursor.tokens = domain.command(DropTokens { from: cursor.tokens.clone() }).await?;
    if !domain.command(KeepWatch).await? {
        return Ok(());
    }
    let (users, next) = domain.query(|view| page(view, cursor.users.as_ref())).await?;
    cursor.users = next;
    for user in users {
        if domain.query(|view| ends(view, user)).await? != Ends::Nothing {
            domain.command(EndIdle { user }).await?;
        }
    }
    Ok(())
}

/// Notes that a sweep came.
struct KeepWatch;

impl Command for KeepWatch {
    /// Whether people have had the time to show that they are there.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let (key, now) = (Key::of(SERVER, 0).bytes(b"sweep").key(), turn.now().secs());
        let old: Watch = load_or_default(turn, &key)?;
        let kept = now >= old.last && now - old.last <= GAP;
        let trusted_from = if kept { old.trusted_from } else { now.saturating_add(GRACE) };
        turn.put(key, &Watch { last: now, trusted_from, ..old });
        Ok(now >= trusted_from)
    }
}

/// What of an account has come to its end.
#[derive(Clone, Debug, PartialEq)]
enum Ends {
    Nothing,
    Logins(Vec<(crate::ids::AuthorizationHash, AuthKeyId)>),
    Account,
}

fn ends(view: &(impl View + ?Sized), id: UserId) -> Decided<Ends> {
    let Some(row) = user(view, id)?.filter(|it| !it.deleted && !it.service) else { return Ok(Ends::Nothing) };
    let (now, lifetimes) = (view.now().secs(), lifetimes(view, id)?);
    let over = |at: u32, days: u32| now.saturating_sub(at) / DAY >= days;
    let abandoned = over(last_active(view, id)?, lifetimes.account()) && !row.disabled && !row.support;
    if abandoned || deletion::due(view, id)?.is_some_and(|due| due <= now) {
        return Ok(Ends::Account);
    }
    let logins = authorizations(view, id)?.into_iter();
    let unused: Vec<_> =
        logins.filter(|it| over(it.row.active, lifetimes.authorization())).map(|it| (it.hash, it.row.key)).collect();
    Ok(if unused.is_empty() { Ends::Nothing } else { Ends::Logins(unused) })
}

/// Ends what of an account has come to its end.
pub struct EndIdle {
    /// Whose.
    pub user: UserId,
}

impl Command for EndIdle {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        match ends(turn, self.user)? {
            Ends::Nothing => Ok(()),
            Ends::Account => deletion::delete(turn, self.user, None),
            Ends::Logins(unused) => {
                for (hash, key) in unused {
                    devices::revoke(turn, self.user, hash, key, Ended::Revoked)?;
                }
                Ok(())
            }
        }
    }
}

/// A page of accounts, and where the next begins.
fn page(view: &(impl View + ?Sized), from: Option<&Key>) -> Decided<(Vec<UserId>, Option<Key>)> {
    let range = between(from, Key::of(USER, 0).key(), Key::of(USER, VSHARDS_IN_USE).key());
    let rows = view.scan(&range, Direction::Forward, PAGE)?;
    let next = after(&rows.last().filter(|_| rows.len() == PAGE).map(|(key, _)| key.clone()));
    let live = |(key, bytes): &(Key, Bytes)| {
        let gone = UserRow::decode(bytes).map_or(true, |it| it.deleted);
        let id = key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it)));
        id.filter(|_| !gone)
    };
    Ok((rows.iter().filter_map(live).collect(), next))
}

/// Drops tokens that ended, a page at a time.
struct DropTokens {
    from: Option<Key>,
}

impl Command for DropTokens {
    /// Where the next page begins.
    type Reply = Option<Key>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<Key>> {
        let range = between(self.from.as_ref(), Key::of(TOKEN, 0).key(), Key::of(TOKEN, VSHARDS_IN_USE).key());
        let rows = list::<Expiring>(turn, &range, Direction::Forward, PAGE)?;
        let now = turn.now().secs();
        for (key, row) in &rows {
            // A day longer, so that a late client still hears that its token ended.
            if row.expires.saturating_add(DAY) <= now {
                turn.delete(key.clone());
            }
        }
        Ok(after(&rows.last().filter(|_| rows.len() == PAGE).map(|(key, _)| key.clone())))
    }
}

fn between(from: Option<&Key>, start: Key, end: Key) -> Range {
    Range { start: from.cloned().unwrap_or(start), end }
}

/// The least key above another.
fn after(key: &Option<Key>) -> Option<Key> {
    key.as_ref().map(|it| Key::from_bytes(&[it.as_bytes(), &[0]].concat()))
}

#[cfg(test)]
mod tests;
