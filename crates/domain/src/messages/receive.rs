//! What the other side's commands mean for this side's mailbox. Nothing here refuses: what no longer
//! applies changes nothing.

use bytes::Bytes;

use super::{
    delete, dialogs,
    marks::{self, Mark},
    media::opening,
    pinned, polls, protection, purge, reactions,
    reactions::ReactionRow,
    rows::{ForwardRow, MailboxRow, carry, copy, local_id, mailbox_key, open_body},
    search, send, webpages,
};
use crate::{
    folders::archive,
    ids::{ChannelId, MessageId, MessageUid, Peer, UserId},
    kept::wallpapers::chats::{self, Sealed},
    record,
    turn::Turn,
    updates::{self, Change, Passing},
    variants,
    view::Decided,
};

record! {
    /// A message as it travels: the same for both sides.
    pub struct MessageCopy {
        1 => uid: MessageUid,
        2 => date: u32,
        3 => silent: bool,
        4 => noforwards: bool,
        5 => body: Bytes,
        6 => version: u32,
        7 => reply_to: Option<MessageUid>,
        8 => forward: Option<ForwardRow>,
        9 => ttl_period: u32,
        10 => from_scheduled: bool,
        11 => mentions: Vec<UserId>,
        12 => album: u64,
        13 => files: Vec<u64>,
        14 => page: u64,
    }
}

impl MessageCopy {
    /// What travels of a copy; where it was saved from is the sender's own affair.
    pub(crate) fn of(row: &MailboxRow) -> Self {
        let forward = row.forward.clone().map(|it| ForwardRow { saved_peer: None, saved_id: MessageId(0), ..it });
        Self {
            uid: row.uid,
            date: row.date,
            silent: row.silent,
            noforwards: row.noforwards,
            body: row.body.clone(),
            version: row.version,
            reply_to: row.reply_to,
            forward,
            ttl_period: row.ttl_period,
            from_scheduled: row.from_scheduled,
            mentions: row.mentions.clone(),
            album: row.album,
            files: row.files.clone(),
            page: row.page,
            ..Self::default()
        }
    }
}

record! {
    /// What one person chose, as it travels: sealed for both sides; nothing chosen, nothing sealed.
    pub struct ReactionCopy { 1 => chosen: Bytes, 2 => version: u32, 3 => date: u32, 4 => big: bool }
}

impl ReactionCopy {
    /// What travels of a row; whether it was seen is each side's own affair.
    pub(super) fn of(row: &ReactionRow) -> Self {
        let chosen = row.chosen.clone();
        Self { chosen, version: row.version, date: row.date, big: row.big, ..Self::default() }
    }
}

variants! {
    /// What a message command causes in the other side's mailbox.
    pub enum Delivered {
        /// A message.
        1 => Message { 1 => message: MessageCopy },
        /// A message's text changed.
        2 => Edited { 1 => uid: MessageUid, 2 => body: Bytes, 3 => version: u32, 4 => date: u32 },
        /// Messages are gone for both.
        3 => Deleted { 1 => uids: Vec<MessageUid> },
        /// The other side read up to this message.
        4 => Read { 1 => uid: MessageUid, 2 => date: u32 },
        /// The other side types; a serialized action of the newest layer.
        5 => Typing { 1 => action: Bytes },
        /// The chat's self-destruct period.
        6 => TtlPeriod { 1 => period: u32 },
        /// Content protection by the other side.
        7 => NoForwards { 1 => enabled: bool },
        /// A request of this side has been answered.
        8 => RequestAnswered { 1 => uid: MessageUid },
        /// The other side chose reactions to a message, or took them back.
        20 => Reacted { 1 => uid: MessageUid, 2 => reaction: ReactionCopy },
        /// Somebody voted in a poll, or took a vote back; the peer as the voter names it.
        65 => PollVoted { 1 => peer: Peer, 2 => uid: MessageUid, 3 => voted: bool },
        /// A poll was closed.
        66 => PollClosed { 1 => peer: Peer, 2 => uid: MessageUid },
        /// A checklist changed.
        67 => TodoChanged { 1 => uid: MessageUid },
        /// Somebody read what the receiver wrote in a thread of a channel.
        68 => ThreadRead { 1 => channel: ChannelId, 2 => top: MessageId, 3 => up_to: MessageId },
        /// A post came to a channel that the receiver has archived.
        100 => Woken {},
        /// Messages were pinned for both sides or all members, or their pins taken away.
        21 => Pinned { 1 => uids: Vec<MessageUid>, 2 => pinned: bool },
        /// Something of a group that its members are told; it has no number.
        30 => Told { 1 => change: Change },
        /// All messages of a group go.
        31 => Purge {},
        /// Somebody read what the receiver wrote in a channel.
        60 => ChannelRead { 1 => up_to: MessageId },
        /// Messages of a channel mention the receiver, or no longer do.
        61 => Mentions { 1 => messages: Vec<MessageId>, 2 => unread: bool },
        /// Others reacted to the receiver's messages in a channel, or took all reactions back.
        62 => Reactions { 1 => messages: Vec<MessageId>, 2 => unread: bool },
        /// The other side set a wallpaper for both, or took it away.
        134 => Wallpaper { 1 => wallpaper: Sealed },
        /// Somebody opened what the receiver sent; unix seconds of that, and of its end; 0: it has none.
        148 => Opened { 1 => uid: MessageUid, 2 => date: u32, 3 => ends: u32 },
        /// Polls of the receiver's in a channel were deleted.
        114 => VotesGone { 1 => messages: Vec<MessageId> },
    }
}

/// Applies what the other side caused.
pub fn receive(turn: &mut Turn<'_>, peer: Peer, from: UserId, to: UserId, what: &Delivered) -> Decided<()> {
    match what {
        Delivered::Message { message } => receive_message(turn, peer, from, to, message),
        Delivered::Edited { uid, body, version, date } => {
            let Some(id) = local_id(turn, to, *uid)? else { return Ok(()) };
            let Some(row) = copy(turn, to, id)? else { return Ok(()) };
            let mut row = MailboxRow { body: body.clone(), version: *version, edit_date: *date, ..row };
            let body = open_body(turn, to, &row)?;
            let before = std::mem::replace(&mut row.files, body.files());
            carry(turn, to.into(), row.uid, &before, &row.files);
            row.page = body.page();
            webpages::wait(turn, row.page, to.into())?;
            turn.put(mailbox_key(to, id), &row);
            search::index::replace(turn, to.into(), id, &row, &body)?;
            updates::append(turn, to, Change::EditMessage { message: id }, 1, None).map(drop)
        }
        Delivered::Deleted { uids } => {
            let ids = uids.iter().map(|uid| local_id(turn, to, *uid)).collect::<Decided<Vec<_>>>()?;
            delete::remove(turn, to, &ids.into_iter().flatten().collect::<Vec<_>>(), None).map(drop)
        }
        Delivered::Read { uid, date } => {
            let Some(up_to) = local_id(turn, to, *uid)? else { return Ok(()) };
            if dialogs::dialog(turn, to, peer)?.read_outbox >= up_to {
                return Ok(());
            }
            dialogs::change(turn, to, peer, |it| (it.read_outbox, it.read_outbox_date) = (up_to, *date))?;
            updates::append(turn, to, Change::ReadOutbox { peer, up_to }, 1, None).map(drop)
        }
        Delivered::Typing { action } => {
            updates::pass(turn, to.into(), Passing::Typing { peer, from, action: action.to_vec(), top: None })
        }
        Delivered::TtlPeriod { period } => {
            dialogs::change(turn, to, peer, |it| it.ttl_period = *period)?;
            updates::append(turn, to, Change::PeerHistoryTtl { peer, period: *period }, 0, None).map(drop)
        }
        Delivered::NoForwards { enabled } => {
            dialogs::change(turn, to, peer, |it| it.noforwards_theirs = *enabled).map(drop)
        }
        Delivered::Wallpaper { wallpaper } => chats::receive(turn, peer, to, wallpaper),
        Delivered::RequestAnswered { uid } => protection::receive_answered(turn, to, *uid),
        Delivered::Opened { uid, date, ends } => opening::receive(turn, to, *uid, *date, *ends),
        Delivered::ChannelRead { up_to } => {
            let change = Change::ReadOutbox { peer, up_to: *up_to };
            updates::append(turn, to, change, 0, None).map(drop)
        }
        Delivered::Mentions { messages, unread } => {
            messages.iter().try_for_each(|id| marks::settle(turn, to, peer, *id, (Mark::Mention, *unread)).map(drop))
        }
        Delivered::Reactions { messages, unread } => {
            messages.iter().try_for_each(|id| marks::settle(turn, to, peer, *id, (Mark::Reaction, *unread)).map(drop))
        }
        Delivered::VotesGone { messages } => {
            messages.iter().try_for_each(|id| marks::settle(turn, to, peer, *id, (Mark::PollVote, false)).map(drop))
        }
        Delivered::Reacted { uid, reaction } => reactions::react::receive(turn, from, to, *uid, reaction),
        Delivered::Pinned { uids, pinned } => pinned::receive(turn, peer, to, uids, *pinned),
        Delivered::Told { change } => updates::append(turn, to, change.clone(), 0, None).map(drop),
        Delivered::Purge {} => purge::step(turn, peer, from, to),
        Delivered::PollVoted { peer: there, uid, voted } => {
            polls::vote::receive(turn, (from, to), here(*there, from), *uid, *voted)
        }
        Delivered::PollClosed { peer: there, uid } => {
            let peer = here(*there, from);
            let Some(message) = local_id(turn, peer.log(to), *uid)? else { return Ok(()) };
            updates::append(turn, to, Change::Poll { peer, message }, 0, None).map(drop)
        }
        Delivered::ThreadRead { channel, top, up_to } => {
            let change = Change::ThreadReadOutbox { channel: *channel, top: *top, up_to: *up_to };
            updates::append(turn, to, change, 0, None).map(drop)
        }
        Delivered::Woken {} => archive::wake(turn, to, peer),
        Delivered::TodoChanged { uid } => {
            let Some(message) = local_id(turn, to, *uid)? else { return Ok(()) };
            updates::append(turn, to, Change::EditMessage { message }, 1, None).map(drop)
        }
    }
}

/// A peer that the other side names, from this side: a private chat is with who names it.
fn here(there: Peer, from: UserId) -> Peer {
    match there {
        Peer::User(_) => Peer::User(from),
        Peer::Chat(_) | Peer::Channel(_) => there,
    }
}

fn receive_message(turn: &mut Turn<'_>, peer: Peer, from: UserId, to: UserId, message: &MessageCopy) -> Decided<()> {
    let mut row = MailboxRow {
        peer,
        from,
        date: message.date,
        uid: message.uid,
        // An author who comes back to a group is given its own words.
        out: from == to,
        silent: message.silent,
        noforwards: message.noforwards,
        body: message.body.clone(),
        version: message.version,
        reply_to: message.reply_to,
        forward: message.forward.clone(),
        ttl_period: message.ttl_period,
        from_scheduled: message.from_scheduled,
        mentions: message.mentions.clone(),
        album: message.album,
        files: message.files.clone(),
        page: message.page,
        ..MailboxRow::default()
    };
    row.media_unread = !row.out && opening::waits(turn, to, &row)?;
    let id = send::append(turn, to, &row)?;
    updates::append(turn, to, Change::NewMessage { message: id, random_id: None, by: UserId::NOBODY }, 1, None)?;
    if row.out { Ok(()) } else { archive::wake(turn, to, peer) }
}
