//! Lists of links: an admin's, and who has any.

use store::{Direction, Key, Range};

use super::{Invite, InviteId, InviteRow, hash_in, invite_key, invite_range, inviter, inviters, manager, open};
use crate::{
    ids::{Peer, UserId},
    refusal::Refusal,
    view::{Decided, View, list},
};

/// Links of one page. Source: clients ask for at most 100.
pub const PAGE_MAX: usize = 100;

/// Which links.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The group.
    pub peer: Peer,
    /// Whose.
    pub admin: UserId,
    /// Revoked ones, else live ones.
    pub revoked: bool,
    /// The last link of the page before; empty: from the newest on.
    pub after: String,
    /// At most so many.
    pub limit: usize,
}

/// A page of links.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Of all.
    pub count: u32,
    /// Newest first.
    pub invites: Vec<Invite>,
}

/// A page of an admin's links.
pub fn page(view: &(impl View + ?Sized), me: UserId, wanted: &Wanted) -> Decided<Page> {
    let by = manager(view, me, wanted.peer)?;
    by.may_touch(wanted.admin)?;
    let kept = inviter(view, wanted.peer, wanted.admin)?;
    let range = before(view, wanted)?;
    let rows = list::<InviteRow>(view, &range, Direction::Backward, wanted.limit.clamp(1, PAGE_MAX))?;
    let id = |key: &Key| InviteId { peer: wanted.peer, admin: wanted.admin, number: number(key) };
    let invites = rows.into_iter().map(|(key, row)| open(view, id(&key), row)).collect::<Decided<_>>()?;
    Ok(Page { count: if wanted.revoked { kept.revoked } else { kept.live }, invites })
}

/// One link.
pub fn one(view: &(impl View + ?Sized), me: UserId, peer: Peer, hash: &str) -> Decided<Invite> {
    let by = manager(view, me, peer)?;
    let (id, row) = super::managed(view, &by, hash)?;
    open(view, id, row)
}

/// How many links an admin has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdminLinks {
    /// Whose.
    pub admin: UserId,
    /// That work.
    pub live: u32,
    /// That were revoked.
    pub revoked: u32,
}

/// The admins that have links; for the owner alone.
pub fn admins(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<Vec<AdminLinks>> {
    if !manager(view, me, peer)?.owner {
        return Err(Refusal::ChatAdminRequired.into());
    }
    let all = inviters(view, peer)?.into_iter();
    let counted = all.map(|(admin, it)| AdminLinks { admin, live: it.live, revoked: it.revoked });
    Ok(counted.filter(|it| it.live + it.revoked > 0).collect())
}

/// The links that come after a page.
fn before(view: &(impl View + ?Sized), wanted: &Wanted) -> Decided<Range> {
    let all = invite_range(wanted.peer, wanted.admin, wanted.revoked);
    let hash = hash_in(&wanted.after);
    if hash.is_empty() {
        return Ok(all);
    }
    let found = super::by_hash(view, hash)?.filter(|(id, _)| (id.peer, id.admin) == (wanted.peer, wanted.admin));
    let (id, _) = found.ok_or(Refusal::InviteHashExpired)?;
    Ok(Range { start: all.start, end: invite_key(id, wanted.revoked) })
}

/// The number in a link's key.
pub(super) fn number(key: &Key) -> u32 {
    key.suffix().last_chunk().map_or(0, |it| u32::from_be_bytes(*it))
}
