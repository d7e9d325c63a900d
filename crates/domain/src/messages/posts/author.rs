//! Who stands behind a message that speaks as its channel or group: told to the admins there, to nobody else.

use crate::{
    groups::access,
    ids::{ChannelId, MessageId, UserId},
    messages::rows::copy,
    refusal::Refusal,
    view::{Decided, View},
};

/// The author of a post, or of a message of an anonymous admin.
pub fn author(view: &(impl View + ?Sized), me: UserId, channel: ChannelId, message: MessageId) -> Decided<UserId> {
    let access = access::reader(view, channel, me)?;
    if access.standing.admin().is_none() {
        return Err(Refusal::ChatAdminRequired.into());
    }
    let row = copy(view, access.log(), message)?.filter(|_| access.shows(message)).ok_or(Refusal::MessageIdInvalid)?;
    let for_all = row.post || row.sent_as == Some(access.peer());
    if for_all { Ok(row.from) } else { Err(Refusal::MessageIdInvalid.into()) }
}
