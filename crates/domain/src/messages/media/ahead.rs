//! What is asked before media is made of an upload, which takes time: whether the message was sent already, and whether
//! it may be. The command that sends it asks again.

use crate::{
    groups::BannedRights,
    ids::{MessageId, Peer, UserId},
    messages::send::{refuse_kind, refuse_sending, sent_or_queued},
    view::{Decided, View},
};

/// Where a message was sent or queued before under the sender's number for it; `None` where it may be sent now.
/// `needed` is the right that it takes in groups, as far as that is known.
pub fn sent(
    view: &(impl View + ?Sized),
    me: UserId,
    peer: Peer,
    random_id: i64,
    needed: BannedRights,
) -> Decided<Option<MessageId>> {
    let sent = sent_or_queued(view, me, peer, random_id)?;
    if sent.is_none() {
        refuse_sending(view, me, peer, needed)?;
    }
    Ok(sent)
}

/// Refuses media for a chat where its sender may not send it; slow mode does not keep anybody from uploading.
pub fn refuse(view: &(impl View + ?Sized), me: UserId, peer: Peer, needed: BannedRights) -> Decided<()> {
    match peer {
        Peer::User(_) => refuse_sending(view, me, peer, needed),
        Peer::Chat(_) | Peer::Channel(_) => refuse_kind(view, me, peer, needed),
    }
}
