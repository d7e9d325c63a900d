//! Service messages of groups and channels: what happened, told in the history.

use super::{AdminRights, channel};
use crate::{
    caller::Caller,
    ids::{ChannelId, LogId, MessageId, Peer},
    messages::{
        Action, Body, MailboxRow,
        rows::{put_copy, seal_body},
        send::Sent,
    },
    refusal::Refusal,
    turn::Turn,
    updates::{self, Change, Origin},
    view::{Decided, View},
};

/// Writes a service message to a group or channel, in the name of the caller.
pub fn post(turn: &mut Turn<'_>, by: &Caller, peer: Peer, action: Action, skip: Option<Origin>) -> Decided<Sent> {
    match peer {
        Peer::User(_) | Peer::Chat(_) => Err(Refusal::PeerIdInvalid.into()),
        Peer::Channel(id) => in_channel(turn, by, id, action, skip),
    }
}

/// One row and one entry of the channel's log, whatever the number of members.
fn in_channel(turn: &mut Turn<'_>, by: &Caller, id: ChannelId, action: Action, skip: Option<Origin>) -> Decided<Sent> {
    let (log, peer) = (LogId::Channel(id), Peer::Channel(id));
    let row = channel::existing(turn, id)?;
    let hides = channel::standing(turn, id, &row, by.user)?.may(AdminRights::ANONYMOUS);
    let (uid, date) = (turn.draw_uid(), turn.now().secs());
    let body = Body { action: Some(action), ..Body::default() };
    let body = seal_body(turn, (log, peer), uid, 0, &body)?;
    let sent_as = (row.broadcast || hides).then_some(peer);
    let message = MailboxRow { peer, from: by.user, date, uid, body, sent_as, ..MailboxRow::default() };
    let mut counters = updates::counters(turn, log)?;
    counters.last_message_id += 1;
    let at = MessageId(counters.last_message_id);
    updates::put_counters(turn, log, &counters);
    put_copy(turn, log, at, &message);
    let change = Change::NewMessage { message: at, random_id: None, by: by.user };
    let entry = updates::append(turn, log, change, 1, skip)?;
    Ok(Sent { message: at, entry: Some(entry) })
}
