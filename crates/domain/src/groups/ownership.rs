//! Who owns a channel, and who would.
//! Source: core.telegram.org/method/messages.editChatCreator, messages.getFutureChatCreatorAfterLeave.

use super::{
    AdminRights,
    admins::ADMINS_MAX,
    channel::{existing, member, put_channel},
    guard::owner,
    lists::{self, List},
    log::{self, AdminEvent},
    members, service,
    settings::tell_all,
    usernames,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, Peer, UserId},
    messages::{Action, send::Sent},
    refusal::Refusal,
    turn::Turn,
    view::{Decided, View},
};

/// Hands a channel over at once; the password has been checked. The old owner stays as an admin with every right.
pub(super) fn hand_over(turn: &mut Turn<'_>, by: &Caller, id: ChannelId, to: UserId) -> Decided<Sent> {
    let it = owner(turn, id, by.user)?;
    let heir = member(turn, id, to)?.filter(|it| it.joined > 0 && to != by.user).ok_or(Refusal::UserNotParticipant)?;
    if it.row.public {
        usernames::refuse_more(turn, to, Some(id))?;
    }
    let mut row = existing(turn, id)?;
    row.creator = to;
    put_channel(turn, id, &row);
    let rights = AdminRights::CREATOR.within(&row);
    let new = super::MemberRow { admin: rights, promoted_by: UserId::NOBODY, ..heir.clone() };
    members::put(turn, id, to, &heir, &new)?;
    let old = super::MemberRow { admin: rights, promoted_by: to, ..it.member.clone() };
    members::put(turn, id, by.user, &it.member, &old)?;
    log::note(turn, id, by.user, AdminEvent::Admin { user: to, before: heir, after: new })?;
    members::tell(turn, by, id, by.user)?;
    members::tell(turn, by, id, to)?;
    tell_all(turn, id, Some(by.origin))?;
    service::post(turn, by.user, Peer::Channel(id), Action::CreatorChanged { user: to }, Some(by.origin))
}

/// Who would own a channel if its owner left it: the admin, or else the member, who has been in it longest.
pub fn successor(view: &(impl View + ?Sized), id: ChannelId, me: UserId) -> Decided<Option<UserId>> {
    owner(view, id, me)?;
    let mut admins = Vec::new();
    for user in lists::page(view, id, List::Admins, 0, ADMINS_MAX as usize)? {
        if user != me {
            admins.push((member(view, id, user)?.unwrap_or_default().place, user));
        }
    }
    if let Some((_, first)) = admins.into_iter().min() {
        return Ok(Some(first));
    }
    Ok(lists::oldest(view, id, 2)?.into_iter().find(|it| *it != me))
}
