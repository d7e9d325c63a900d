//! Who may edit a post, and for how long.

use crate::{
    groups::{AdminRights, access},
    ids::{ChannelId, MessageId, UserId},
    messages::{
        edit::EDIT_SECONDS,
        media::live,
        rows::{MailboxRow, copy, open_body},
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// A message of a channel that somebody may edit now: its author, and in a broadcast channel who may edit
/// all posts. Who may no longer write may no longer edit.
/// Source: core.telegram.org/constructor/chatAdminRights, `edit_messages`.
pub(in crate::messages) fn editable(
    view: &(impl View + ?Sized),
    me: UserId,
    channel: ChannelId,
    message: MessageId,
) -> Decided<MailboxRow> {
    let access = access::reader(view, channel, me)?;
    let row = copy(view, access.log(), message)?.filter(|_| access.shows(message)).ok_or(Refusal::MessageIdInvalid)?;
    let (own, broadcast) = (row.from == me, access.row.broadcast);
    let may_post = access.standing.may(AdminRights::POST_MESSAGES);
    let may_edit = access.standing.may(AdminRights::EDIT_MESSAGES);
    let allowed = if broadcast { own && may_post || may_edit } else { own };
    if !allowed && broadcast {
        return Err(Refusal::ChatAdminRequired.into());
    }
    if !allowed || row.forward.is_some() {
        return Err(Refusal::MessageAuthorRequired.into());
    }
    let body = open_body(view, access.log(), &row)?;
    if body.action.is_some() {
        return Err(Refusal::MessageIdInvalid.into());
    }
    if !broadcast {
        access::allowed(&access, body.right())?;
    }
    let age = view.now().secs().saturating_sub(row.date);
    // Who may pin in a group, and who may edit all posts of a channel, edit for ever.
    let unlimited = if broadcast { may_edit } else { access.standing.may(AdminRights::PIN_MESSAGES) };
    let unlimited = unlimited || live::runs(body.media.as_ref(), row.date, view.now().secs());
    if age > EDIT_SECONDS && !unlimited {
        return Err(Refusal::MessageEditTimeExpired.into());
    }
    Ok(row)
}
