//! Making, changing, revoking and deleting links.
//! Source: core.telegram.org/method/messages.exportChatInvite and its neighbours.

use bytes::Bytes;
use store::Direction;

use super::{
    Invite, InviteCard, InviteId, InviteRow, LINKS_MAX, LinkRow, Manager, NAME, TITLE_MAX, USES_MAX, change_inviter,
    draw_hash, found_at, invite_key, invite_range, inviter, link_key, main_of, managed, manager, moved, open, put,
    seal,
};
use crate::{
    caller::Caller,
    groups::log::{self, AdminEvent},
    ids::{Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View, list},
};

/// Revoked links that one step deletes.
pub const DELETED_AT_ONCE: usize = 500;

/// What a new link allows.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Its name among the links.
    pub title: String,
    /// Unix seconds; 0: never.
    pub expires: u32,
    /// 0: any number.
    pub limit: u32,
    /// Who follows it asks to join.
    pub request_needed: bool,
}

/// Makes a link.
pub struct ExportInvite {
    /// Who.
    pub by: Caller,
    /// The group.
    pub peer: Peer,
    /// What it allows.
    pub terms: Terms,
    /// It becomes the caller's main link; the former one is revoked.
    pub main: bool,
}

impl Command for ExportInvite {
    type Reply = Invite;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Invite> {
        let by = manager(turn, self.by.user, self.peer)?;
        if self.main {
            return replace_main(turn, &by, by.me).map(|(_, made)| made);
        }
        let terms = checked(turn, &self.terms)?;
        make(turn, self.peer, by.me, terms, false)
    }
}

/// Changes a link, or revokes it.
pub struct EditInvite {
    /// Who.
    pub by: Caller,
    /// The group.
    pub peer: Peer,
    /// The link's hash.
    pub hash: String,
    /// It stops working.
    pub revoke: bool,
    /// A new name.
    pub title: Option<String>,
    /// Unix seconds; 0: never.
    pub expires: Option<u32>,
    /// 0: any number.
    pub limit: Option<u32>,
    /// Whether who follows it asks to join.
    pub request_needed: Option<bool>,
}

/// A link after a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// As it is now.
    pub invite: Invite,
    /// What stands in place of a main link that was revoked.
    pub new: Option<Invite>,
}

impl Command for EditInvite {
    type Reply = Edited;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Edited> {
        let by = manager(turn, self.by.user, self.peer)?;
        let (id, row) = managed(turn, &by, &self.hash)?;
        if row.revoked {
            return Err(Refusal::InviteHashExpired.into());
        }
        if self.revoke && row.permanent {
            let (old, new) = replace_main(turn, &by, id.admin)?;
            return Ok(Edited { invite: old.ok_or(Refusal::InviteHashExpired)?, new: Some(new) });
        }
        if self.revoke {
            return Ok(Edited { invite: revoke(turn, &by, id, row)?, new: None });
        }
        if row.permanent {
            return Err(Refusal::ChatInvitePermanent.into());
        }
        let before = open(turn, id, row.clone())?;
        let after = self.change(turn, id, row)?;
        note(turn, &by, AdminEvent::InviteEdited { before: (&before).into(), after: (&after).into() })?;
        Ok(Edited { invite: after, new: None })
    }
}

impl EditInvite {
    fn change(&self, turn: &mut Turn<'_>, id: InviteId, row: InviteRow) -> Decided<Invite> {
        let old = open(turn, id, row.clone())?;
        let wanted = Terms {
            title: self.title.clone().unwrap_or(old.card.title),
            expires: self.expires.unwrap_or(row.expires),
            limit: self.limit.unwrap_or(row.limit),
            request_needed: self.request_needed.unwrap_or(row.request_needed),
        };
        // What was set before may have run out since; only what is set now is looked at.
        let looked_at = Terms { expires: self.expires.unwrap_or(0), ..wanted.clone() };
        let Terms { title, limit, request_needed, .. } = checked(turn, &looked_at)?;
        let card = InviteCard { title, ..old.card };
        let version = row.version + 1;
        let sealed = seal(turn, id, version, &card)?;
        let changed = turn.now().secs();
        let row = InviteRow { card: sealed, version, changed, expires: wanted.expires, limit, request_needed, ..row };
        put(turn, id, &row);
        Ok(Invite { id, row, card })
    }
}

/// Deletes a revoked link.
pub struct DeleteInvite {
    /// Who.
    pub by: Caller,
    /// The group.
    pub peer: Peer,
    /// The link's hash.
    pub hash: String,
}

impl Command for DeleteInvite {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let by = manager(turn, self.by.user, self.peer)?;
        let (id, row) = managed(turn, &by, &self.hash)?;
        if !row.revoked {
            return Err(Refusal::InviteRevokedMissing.into());
        }
        delete(turn, &by, id, row)
    }
}

/// Deletes revoked links of an admin, as many as one step may.
pub struct DeleteRevoked {
    /// Who.
    pub by: Caller,
    /// The group.
    pub peer: Peer,
    /// Whose links.
    pub admin: UserId,
}

impl Command for DeleteRevoked {
    /// Whether more of them are left.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let by = manager(turn, self.by.user, self.peer)?;
        by.may_touch(self.admin)?;
        let range = invite_range(self.peer, self.admin, true);
        let rows = list::<InviteRow>(turn, &range, Direction::Forward, DELETED_AT_ONCE)?;
        let more = rows.len() == DELETED_AT_ONCE;
        for (key, row) in rows {
            let number = super::list::number(&key);
            delete(turn, &by, InviteId { peer: self.peer, admin: self.admin, number }, row)?;
        }
        Ok(more)
    }
}

/// Gives an admin its main link if it has none: at the making of a group, and when it becomes an admin.
pub fn ensure_main(turn: &mut Turn<'_>, peer: Peer, admin: UserId) -> Decided<()> {
    if inviter(turn, peer, admin)?.main == 0 {
        make(turn, peer, admin, Terms::default(), true)?;
    }
    Ok(())
}

/// Revokes an admin's main link, if there is one, and makes another.
fn replace_main(turn: &mut Turn<'_>, by: &Manager, admin: UserId) -> Decided<(Option<Invite>, Invite)> {
    let old = main_of(turn, by.peer, admin)?;
    let old = old.map(|it| revoke(turn, by, it.id, it.row)).transpose()?;
    let new = make(turn, by.peer, admin, Terms::default(), true)?;
    Ok((old, new))
}

fn make(turn: &mut Turn<'_>, peer: Peer, admin: UserId, terms: Terms, main: bool) -> Decided<Invite> {
    if !main && inviter(turn, peer, admin)?.live >= LINKS_MAX {
        return Err(Refusal::InvitesTooMuch.into());
    }
    let kept = change_inviter(turn, peer, admin, |it| {
        (it.last, it.live) = (it.last + 1, it.live + 1);
        it.main = if main { it.last } else { it.main };
    })?;
    let id = InviteId { peer, admin, number: kept.last };
    let card = InviteCard { hash: draw_hash(turn), title: terms.title, ..InviteCard::default() };
    let row = InviteRow {
        card: seal(turn, id, 0, &card)?,
        date: turn.now().secs(),
        expires: terms.expires,
        limit: terms.limit,
        permanent: main,
        request_needed: terms.request_needed,
        found_by: Bytes::copy_from_slice(&turn.world().name_hash(NAME, &card.hash)),
        ..InviteRow::default()
    };
    put(turn, id, &row);
    let link = LinkRow { peer, admin, number: id.number, ..LinkRow::default() };
    turn.put(found_at(&row.found_by), &link);
    Ok(Invite { id, row, card })
}

fn revoke(turn: &mut Turn<'_>, by: &Manager, id: InviteId, row: InviteRow) -> Decided<Invite> {
    turn.delete(invite_key(id, false));
    let row = InviteRow { revoked: true, ..row };
    put(turn, id, &row);
    change_inviter(turn, id.peer, id.admin, |it| {
        (it.live, it.revoked) = (moved(it.live, -1), it.revoked + 1);
        it.main = if it.main == id.number { 0 } else { it.main };
    })?;
    let revoked = open(turn, id, row)?;
    note(turn, by, AdminEvent::InviteRevoked { invite: (&revoked).into() })?;
    Ok(revoked)
}

fn delete(turn: &mut Turn<'_>, by: &Manager, id: InviteId, row: InviteRow) -> Decided<()> {
    let it = open(turn, id, row)?;
    turn.delete(invite_key(id, true));
    turn.delete(link_key(turn.world(), &it.card.hash));
    note(turn, by, AdminEvent::InviteDeleted { invite: (&it).into() })?;
    change_inviter(turn, id.peer, id.admin, |it| it.revoked = moved(it.revoked, -1)).map(drop)
}

/// Basic groups have no admin log.
fn note(turn: &mut Turn<'_>, by: &Manager, event: AdminEvent) -> Decided<()> {
    by.peer.channel().map_or(Ok(()), |channel| log::note(turn, channel, by.me, event))
}

/// Terms as they are kept. A link with approval has no limit: who is let in is decided by hand.
/// Source: core.telegram.org/bots/api, "createChatInviteLink".
fn checked(turn: &Turn<'_>, terms: &Terms) -> Decided<Terms> {
    if terms.expires > 0 && terms.expires <= turn.now().secs() {
        return Err(Refusal::ExpireDateInvalid.into());
    }
    if terms.limit > USES_MAX || (terms.limit > 0 && terms.request_needed) {
        return Err(Refusal::UsageLimitInvalid.into());
    }
    // Telegram cuts; so no client shows an error for it.
    let title = terms.title.trim().chars().take(TITLE_MAX).collect();
    Ok(Terms { title, ..terms.clone() })
}
