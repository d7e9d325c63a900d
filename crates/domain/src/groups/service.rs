//! Service messages of groups and channels: what happened, told in the history.

use super::{AdminRights, channel};
use crate::{
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::{
        Action, Body, MailboxRow,
        rows::{put_copy, seal_body},
        send::{self, Sent},
    },
    refusal::Refusal,
    turn::Turn,
    updates::{self, Change, Origin},
    view::{Decided, View},
};

/// Writes to a group what somebody did in it: to every member of a basic group, once in a channel. That they may
/// was decided before.
pub fn post(turn: &mut Turn<'_>, by: UserId, peer: Peer, action: Action, skip: Option<Origin>) -> Decided<Sent> {
    match peer {
        Peer::Chat(_) => send::service(turn, by, peer, action, skip),
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
        Peer::Channel(id) => in_channel(turn, by, id, action, skip),
    }
}

/// One row and one entry of the channel's log, whatever the number of members.
fn in_channel(turn: &mut Turn<'_>, by: UserId, id: ChannelId, action: Action, skip: Option<Origin>) -> Decided<Sent> {
    let (log, peer) = (LogId::Channel(id), Peer::Channel(id));
    let row = channel::existing(turn, id)?;
    let hides = channel::standing(turn, id, &row, by)?.may(AdminRights::ANONYMOUS);
    let (uid, date) = (turn.draw_uid(), turn.now().secs());
    let body = Body { action: Some(action), ..Body::default() };
    let body = seal_body(turn, (log, peer), uid, 0, &body)?;
    let sent_as = (row.broadcast || hides).then_some(peer);
    let message = MailboxRow { peer, from: by, date, uid, body, sent_as, ..MailboxRow::default() };
    let mut counters = updates::counters(turn, log)?;
    counters.last_message_id += 1;
    let at = MessageId(counters.last_message_id);
    updates::put_counters(turn, log, &counters);
    put_copy(turn, log, at, &message);
    let change = Change::NewMessage { message: at, random_id: None, by };
    let entry = updates::append(turn, log, change, 1, skip)?;
    Ok(Sent { message: at, entry: Some(entry) })
}
