//! Who may do what in a basic group, decided at its record.
//! Source: core.telegram.org/api/rights.

use super::{ChatRow, chat};
use crate::{
    groups::{AdminRights, BannedRights, access::forbidden},
    ids::{ChatId, Peer, UserId},
    messages::{DialogRow, Reaction, dialog},
    refusal::Refusal,
    view::{Decided, View},
};

/// A basic group that `me` is in and that goes on; every change of it begins here.
pub fn member_of(view: &(impl View + ?Sized), id: ChatId, me: UserId) -> Decided<ChatRow> {
    let row = chat(view, id)?.filter(|it| it.member(me).is_some() && !it.deactivated);
    row.ok_or_else(|| Refusal::ChatIdInvalid.into())
}

/// A basic group as a member asks about what is said in it.
pub fn reader(view: &(impl View + ?Sized), id: ChatId, me: UserId) -> Decided<ChatRow> {
    let row = chat(view, id)?.filter(|it| it.member(me).is_some());
    row.ok_or_else(|| Refusal::PeerIdInvalid.into())
}

/// Refuses to show messages to whom the group is unknown. Who left it, or was removed, keeps what it has.
pub fn refuse_stranger(view: &(impl View + ?Sized), id: ChatId, me: UserId) -> Decided<()> {
    let known = |row: ChatRow| row.member(me).is_some() || row.left.contains(&me);
    if chat(view, id)?.is_some_and(known) || dialog(view, me, Peer::Chat(id))? != DialogRow::default() {
        return Ok(());
    }
    Err(Refusal::PeerIdInvalid.into())
}

/// Refuses who is not an admin with this right.
pub fn refuse_without(row: &ChatRow, me: UserId, right: AdminRights) -> Decided<()> {
    if row.admin_rights(me).has(right) { Ok(()) } else { Err(Refusal::ChatAdminRequired.into()) }
}

/// Refuses who is neither an admin with this right, nor a member in a group that lets all do it.
pub fn refuse_unless(row: &ChatRow, me: UserId, right: AdminRights, banned: BannedRights) -> Decided<()> {
    let open = row.admin_rights(me).is_none() && !row.banned_rights(me).any(banned);
    if open { Ok(()) } else { refuse_without(row, me, right) }
}

/// Refuses who may not write there now. Who was in it once knows that it exists.
pub fn refuse_writer(view: &(impl View + ?Sized), id: ChatId, me: UserId) -> Decided<ChatRow> {
    let row = chat(view, id)?.ok_or(Refusal::PeerIdInvalid)?;
    if row.member(me).is_none() {
        let known = dialog(view, me, Peer::Chat(id))?.top.0 > 0;
        return Err(if known { Refusal::ChatWriteForbidden } else { Refusal::PeerIdInvalid }.into());
    }
    if row.deactivated {
        return Err(Refusal::PeerIdInvalid.into());
    }
    Ok(row)
}

/// Refuses who may not react so there now; how many different reactions a message bears.
pub fn refuse_reactions(view: &(impl View + ?Sized), id: ChatId, me: UserId, reactions: &[Reaction]) -> Decided<usize> {
    let row = refuse_writer(view, id, me)?;
    if row.banned_rights(me).has(BannedRights::SEND_REACTIONS) {
        return Err(Refusal::ChatWriteForbidden.into());
    }
    row.reactions.refuse(reactions)?;
    Ok(row.reactions.unique_max())
}

/// Refuses who may not write a text there now.
pub fn refuse_text(view: &(impl View + ?Sized), id: ChatId, me: UserId) -> Decided<()> {
    refuse_banned(view, id, me, BannedRights::SEND_PLAIN)
}

/// Refuses who may not send there now what takes that right.
pub fn refuse_banned(view: &(impl View + ?Sized), id: ChatId, me: UserId, needed: BannedRights) -> Decided<()> {
    let banned = refuse_writer(view, id, me)?.banned_rights(me);
    match () {
        () if banned.has(BannedRights::SEND_MESSAGES) => Err(Refusal::ChatWriteForbidden.into()),
        () if banned.any(needed) => Err(forbidden(needed).into()),
        () => Ok(()),
    }
}
