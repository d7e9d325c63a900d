//! Coming to a channel and leaving it, by one's own wish.
//! Source: core.telegram.org/method/channels.joinChannel, channels.leaveChannel.

use super::{
    Standing, channel,
    guard::before,
    log::{self, AdminEvent},
    members::{self, Coming},
    requests, service,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, Peer},
    messages::{Action, send::Sent},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::Decided,
};

/// Members up to which a supergroup's history tells of who came and went: beyond, nobody would read anything else.
/// Source: what groups of Telegram show beyond some two hundred members.
pub const TOLD_MAX: u32 = 200;

/// Joins a channel that anybody may join.
#[derive(Clone, Debug)]
pub struct JoinChannel {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
}

/// What became of coming.
#[derive(Clone, Debug, PartialEq)]
pub enum Joined {
    /// The caller is in; the service message, where there is one.
    In(Option<Sent>),
    /// Its admins decide; clients are told by `INVITE_REQUEST_SENT`.
    Asked,
}

impl Command for JoinChannel {
    type Reply = Joined;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Joined> {
        let (me, id) = (self.by.user, self.channel);
        let it = before(turn, id, me)?;
        if it.standing.is_in() {
            return Err(Refusal::UserAlreadyParticipant.into());
        }
        if it.row.join_request && !it.row.broadcast {
            requests::ask(turn, Peer::Channel(id), me, None)?;
            return Ok(Joined::Asked);
        }
        members::add(turn, &self.by, id, me, Coming { inviter: me, via_request: false })?;
        log::note(turn, id, me, AdminEvent::Joined {})?;
        came(turn, &self.by, id, Action::ChatAddUser { users: vec![me] }).map(Joined::In)
    }
}

/// Leaves a channel.
#[derive(Clone, Debug)]
pub struct LeaveChannel {
    /// Who; not its owner.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
}

impl Command for LeaveChannel {
    /// The service message, where there is one.
    type Reply = Option<Sent>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<Sent>> {
        let (me, id) = (self.by.user, self.channel);
        let it = before(turn, id, me)?;
        match it.standing {
            Standing::Creator(_) => return Err(Refusal::UserCreator.into()),
            it if !it.is_in() => return Err(Refusal::UserNotParticipant.into()),
            _ => {}
        }
        members::remove(turn, &self.by, id, me)?;
        log::note(turn, id, me, AdminEvent::Left {})?;
        came(turn, &self.by, id, Action::ChatDeleteUser { user: me })
    }
}

/// Tells the history of a supergroup that somebody came or went.
pub fn came(turn: &mut Turn<'_>, by: &Caller, id: ChannelId, action: Action) -> Decided<Option<Sent>> {
    let row = channel::existing(turn, id)?;
    if row.broadcast || channel::counts(turn, id)?.members > TOLD_MAX {
        return Ok(None);
    }
    service::post(turn, by.user, Peer::Channel(id), action, Some(by.origin)).map(Some)
}
