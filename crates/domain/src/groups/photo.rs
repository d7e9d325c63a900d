//! The photo of a group or channel, and who sees it. The message that tells of a change carries the photo as well, so
//! what was shown before is seen for as long as its message is there.
//! Source: core.telegram.org/method/channels.editPhoto, core.telegram.org/method/messages.editChatPhoto.

use super::{
    AdminRights, BannedRights, SeenGroup, basic, channel,
    guard::allowed,
    log::{self, AdminEvent},
    seen, service,
    settings::tell_all,
};
use crate::{
    caller::Caller,
    files::{Access, Carrier, Photo, uses},
    ids::{ChannelId, ChatId, LogId, MessageUid, Peer, UserId},
    messages::{Action, rows::copy, send::Sent},
    people::photos::with_access,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::LogEntry,
    view::{Decided, View},
};

/// Shows another photo above a channel.
#[derive(Clone, Debug)]
pub struct EditChannelPhoto {
    /// Who.
    pub by: Caller,
    /// Which.
    pub channel: ChannelId,
    /// `None`: none.
    pub photo: Option<Photo>,
}

impl Command for EditChannelPhoto {
    /// The service message.
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let (id, me, peer) = (self.channel, self.by.user, Peer::Channel(self.channel));
        let it = allowed(turn, id, me, (AdminRights::CHANGE_INFO, BannedRights::CHANGE_INFO))?;
        let before = channel::card(turn, id, &it.row)?;
        refuse_same(before.photo.as_ref(), self.photo.as_ref())?;
        let sent = service::post(turn, me, peer, action(self.photo.as_ref()), Some(self.by.origin))?;
        let told = copy(turn, id, sent.message)?.map(|it| it.uid).unwrap_or_default();
        carry(turn, peer, self.photo.as_ref());
        // The message may have changed the record.
        let mut row = channel::existing(turn, id)?;
        let card = super::GroupCard { photo: self.photo.clone(), photo_told: told, ..before.clone() };
        channel::put_channel_with(turn, id, &mut row, &card)?;
        tell_all(turn, id, Some(self.by.origin))?;
        let (after, told_before) = (card.photo, before.photo_told);
        log::note(turn, id, me, AdminEvent::Photo { before: before.photo, after, told_before, told })?;
        Ok(sent)
    }
}

/// Shows another photo above a basic group.
#[derive(Clone, Debug)]
pub struct EditChatPhoto {
    /// Who.
    pub by: Caller,
    /// Which.
    pub chat: ChatId,
    /// `None`: none.
    pub photo: Option<Photo>,
}

impl Command for EditChatPhoto {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let (id, me, peer) = (self.chat, self.by.user, Peer::Chat(self.chat));
        let row = basic::access::member_of(turn, id, me)?;
        basic::access::refuse_unless(&row, me, AdminRights::CHANGE_INFO, BannedRights::CHANGE_INFO)?;
        let mut card = basic::card(turn, id, &row)?;
        refuse_same(card.photo.as_ref(), self.photo.as_ref())?;
        card.photo.clone_from(&self.photo);
        basic::put_chat_with(turn, id, row, &card)?;
        carry(turn, peer, self.photo.as_ref());
        let sent = service::post(turn, me, peer, action(self.photo.as_ref()), Some(self.by.origin))?;
        Ok(sent.entry.into_iter().collect())
    }
}

/// Refuses who may not change the photo of a group or channel.
pub fn refuse_editing(view: &(impl View + ?Sized), me: UserId, group: Peer) -> Decided<()> {
    let (right, banned) = (AdminRights::CHANGE_INFO, BannedRights::CHANGE_INFO);
    match group {
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
        Peer::Channel(id) => allowed(view, id, me, (right, banned)).map(drop),
        Peer::Chat(id) => {
            let row = basic::access::member_of(view, id, me)?;
            basic::access::refuse_unless(&row, me, right, banned)
        }
    }
}

/// The group has the photo's files from now on.
pub(super) fn carry(turn: &mut Turn<'_>, group: Peer, photo: Option<&Photo>) {
    let files: Vec<_> = photo.into_iter().flat_map(Photo::files).map(|it| it.id).collect();
    files.iter().for_each(|it| uses::put(turn, *it, Carrier::GroupPhoto { group }));
}

fn refuse_same(before: Option<&Photo>, after: Option<&Photo>) -> Decided<()> {
    if before.map(|it| it.id) == after.map(|it| it.id) { Err(Refusal::ChatNotModified.into()) } else { Ok(()) }
}

fn action(photo: Option<&Photo>) -> Action {
    photo.map_or(Action::ChatDeletePhoto {}, |it| Action::ChatEditPhoto { photo: it.clone() })
}

/// The photo of a group as `reader` sees it, where it may look into the group.
pub fn read(view: &(impl View + ?Sized), reader: UserId, group: Peer) -> Decided<Option<Photo>> {
    Ok(match seen::seen(view, reader, group)? {
        Some(SeenGroup::Chat(it)) => it.card.photo,
        Some(SeenGroup::Channel(it)) => it.card.photo,
        Some(SeenGroup::Forbidden(_)) | None => None,
    })
}

/// The same with what its bytes are asked for by.
pub fn told(view: &(impl View + ?Sized), reader: UserId, group: Peer) -> Decided<Option<(Photo, Access)>> {
    Ok(read(view, reader, group)?.map(|it| with_access(view, &it, Carrier::GroupPhoto { group })))
}

/// The photo that a group shows; none of one that was deleted.
pub(crate) fn shown(view: &(impl View + ?Sized), group: Peer) -> Decided<Option<Photo>> {
    match group {
        Peer::User(_) => Ok(None),
        Peer::Chat(id) => match basic::chat(view, id)?.filter(|it| !it.members.is_empty() || !it.left.is_empty()) {
            Some(row) => Ok(basic::card(view, id, &row)?.photo),
            None => Ok(None),
        },
        Peer::Channel(id) => match channel::channel(view, id)?.filter(|it| !it.deleted) {
            Some(row) => Ok(channel::card(view, id, &row)?.photo),
            None => Ok(None),
        },
    }
}

/// By what a photo is asked for that a message in the channel told of; where that is not known, by the channel.
pub fn told_by(channel: ChannelId, told: MessageUid) -> Carrier {
    match told == MessageUid::default() {
        true => Carrier::GroupPhoto { group: Peer::Channel(channel) },
        false => Carrier::Message { log: LogId::Channel(channel), uid: told },
    }
}

#[cfg(test)]
mod tests;
