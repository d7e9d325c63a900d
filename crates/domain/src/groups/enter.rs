//! Coming into a group of either kind by a link or a request that was granted.

use super::{
    AdminRights, ChatMember, basic,
    channel::{self, JoinedRow, MemberRow, counts, joined_key, member, member_key, put_counts},
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{LogId, Peer, UserId},
    people,
    refusal::Refusal,
    turn::Turn,
    updates::{Change, LogEntry},
    view::{Decided, Rows, View},
};

/// What the caller's clients learn when somebody came in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entered {
    /// Where.
    pub peer: Peer,
    /// Entries of the caller's own log and of the group's, in order.
    pub told: Vec<(LogId, LogEntry)>,
}

/// Whether somebody is in a group.
pub fn is_in(view: &(impl Rows + ?Sized), peer: Peer, user: UserId) -> Decided<bool> {
    match peer {
        Peer::User(_) => Ok(false),
        Peer::Chat(id) => Ok(basic::chat(view, id)?.is_some_and(|it| it.member(user).is_some())),
        Peer::Channel(id) => Ok(member(view, id, user)?.is_some_and(|it| it.joined > 0)),
    }
}

/// The caller comes in by a link of this admin.
pub(super) fn by_link(turn: &mut Turn<'_>, by: &Caller, peer: Peer, admin: UserId) -> Decided<Entered> {
    add(turn, by, peer, by.user, admin)
}

/// The caller lets somebody in who asked.
pub(super) fn by_request(turn: &mut Turn<'_>, by: &Caller, peer: Peer, user: UserId) -> Decided<Entered> {
    add(turn, by, peer, user, by.user)
}

fn add(turn: &mut Turn<'_>, _by: &Caller, peer: Peer, user: UserId, inviter: UserId) -> Decided<Entered> {
    let joined = turn.now().secs();
    match peer {
        Peer::User(_) => return Err(Refusal::PeerIdInvalid.into()),
        Peer::Chat(id) => {
            let mut row = basic::chat(turn, id)?.ok_or(Refusal::ChatIdInvalid)?;
            row.members.push(ChatMember { user, inviter, joined, ..ChatMember::default() });
            basic::put_chat(turn, id, row);
        }
        Peer::Channel(id) => {
            let old = member(turn, id, user)?.unwrap_or_default();
            turn.put(member_key(id, user), &MemberRow { joined, inviter, ..old });
            turn.put(joined_key(user, id), &JoinedRow { joined, ..JoinedRow::default() });
            let mut counts = counts(turn, id)?;
            counts.members += 1;
            put_counts(turn, id, &counts);
        }
    }
    Ok(Entered { peer, told: vec![] })
}

/// Tells something to the admins of a group who may invite.
pub(super) fn tell_inviters(turn: &mut Turn<'_>, peer: Peer, cause: UserId, change: &Change) -> Decided<()> {
    for admin in inviters(turn, peer)? {
        let what = people::Delivered::Changed { change: change.clone() };
        deliver(turn, cause, admin, Delivery::People { what })?;
    }
    Ok(())
}

fn inviters(turn: &Turn<'_>, peer: Peer) -> Decided<Vec<UserId>> {
    match peer {
        Peer::User(_) => Ok(Vec::new()),
        Peer::Chat(id) => {
            let Some(row) = basic::chat(turn, id)? else { return Ok(Vec::new()) };
            let may = |it: &UserId| row.admin_rights(*it).has(AdminRights::INVITE_USERS);
            Ok(row.members.iter().map(|it| it.user).filter(may).collect())
        }
        Peer::Channel(id) => {
            let row = channel::existing(turn, id)?;
            Ok(vec![row.creator])
        }
    }
}
