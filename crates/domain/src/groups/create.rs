//! Making a supergroup or broadcast channel. Source: core.telegram.org/method/channels.createChannel.

use super::{
    AdminRights, CHANNELS_MAX, ChannelRow, GroupCard, MemberRow,
    card::{clean_about, clean_title},
    channel::{self, allocate, joined, put_channel_with},
    invites::export::ensure_main,
    members, names, service,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, Peer},
    messages::{Action, send::Sent, settings},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// A new supergroup or channel.
#[derive(Clone, Debug)]
pub struct CreateChannel {
    /// Who will own it.
    pub by: Caller,
    /// Its title.
    pub title: String,
    /// Its description; may be empty.
    pub about: String,
    /// A channel that admins write to; else a supergroup.
    pub broadcast: bool,
    /// A supergroup with topics.
    pub forum: bool,
    /// Seconds after which messages destroy themselves; 0: as its owner wishes of new chats.
    pub ttl_period: u32,
}

impl Command for CreateChannel {
    type Reply = (ChannelId, Sent);

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<(ChannelId, Sent)> {
        let title = clean_title(&self.title)?;
        let card = GroupCard { title, about: clean_about(&self.about)?, ..GroupCard::default() };
        if joined(turn, self.by.user)?.len() >= CHANNELS_MAX {
            return Err(Refusal::ChannelsTooMuch.into());
        }
        let ttl_period = settings::ttl_of_new(turn, self.by.user, self.ttl_period)?;
        let row = ChannelRow {
            broadcast: self.broadcast,
            forum: self.forum && !self.broadcast,
            ttl_period,
            ..ChannelRow::default()
        };
        let title = card.title.clone();
        let id = create(turn, &self.by, row, &card)?;
        let action = Action::ChannelCreated { title };
        let sent = service::post(turn, self.by.user, Peer::Channel(id), action, Some(self.by.origin))?;
        Ok((id, sent))
    }
}

/// Writes a channel with its owner in it; the first message is for the caller to write.
pub fn create(turn: &mut Turn<'_>, by: &Caller, row: ChannelRow, card: &GroupCard) -> Decided<ChannelId> {
    let id = found(turn, by, row, card)?;
    ensure_main(turn, Peer::Channel(id), by.user)?;
    Ok(id)
}

/// The same without a link that leads there.
pub(super) fn found(turn: &mut Turn<'_>, by: &Caller, row: ChannelRow, card: &GroupCard) -> Decided<ChannelId> {
    let (id, now) = (allocate(turn)?, turn.now().secs());
    let mut row = ChannelRow { creator: by.user, created: now, ..row };
    put_channel_with(turn, id, &mut row, card)?;
    let place = 1;
    let owner = MemberRow {
        joined: now,
        inviter: by.user,
        admin: AdminRights::CREATOR.within(&row),
        place,
        names: names::of(turn, id, by.user)?,
        ..MemberRow::default()
    };
    let counts = channel::ChannelCounts { last_place: place, ..channel::ChannelCounts::default() };
    channel::put_counts(turn, id, &counts);
    members::put(turn, id, by.user, &MemberRow::default(), &owner)?;
    members::tell(turn, by, id, by.user)?;
    Ok(id)
}
