//! The rows of a mailbox: a copy of a message, what is sealed in it, and the keys by which it is found.

use bytes::Bytes;
use store::{Key, Range};
use vault::Kind;

use super::{
    media::MediaBody,
    polls::{PollAnswer, PollBody},
    todo::{TodoBody, TodoTask},
    webpages,
};
use crate::{
    files::{Carrier, Photo, uses},
    ids::{ChannelId, ChatId, LogId, MessageId, MessageUid, Peer, UserId},
    kept::wallpapers::Wallpaper,
    record,
    record::Record,
    sealing,
    spaces::{COPY, HISTORY, MAILBOX, SENT},
    turn::Turn,
    variants,
    view::{Decided, Rows, View, load},
};

record! {
    /// One user's copy of a message.
    pub struct MailboxRow {
        /// The chat, from this user's side.
        1 => peer: Peer,
        2 => from: UserId,
        /// Unix seconds.
        3 => date: u32,
        /// Unix seconds; 0: never edited.
        4 => edit_date: u32,
        5 => uid: MessageUid,
        /// Sent by this user to somebody else; never in Saved Messages.
        /// Source: observed with TDLib 1.8.66, which logs an error otherwise.
        6 => out: bool,
        7 => silent: bool,
        8 => noforwards: bool,
        /// A [`Body`], sealed under the chat's key; AAD is the uid and the version.
        9 => body: Bytes,
        10 => version: u32,
        /// What it answers.
        11 => reply_to: Option<MessageUid>,
        /// Where it was first sent, if it is a forward.
        12 => forward: Option<ForwardRow>,
        /// Seconds after which it destroys itself; 0: never.
        13 => ttl_period: u32,
        14 => from_scheduled: bool,
        /// A request that has been answered.
        15 => answered: bool,
        /// Somebody reacted to it; who and how stands in rows of their own.
        20 => reacted: bool,
        /// In groups: the members that it mentions or answers.
        21 => mentions: Vec<UserId>,
        /// The chat or channel that speaks in place of the author: anonymous admins, posts of channels.
        22 => sent_as: Option<Peer>,
        /// Of a broadcast channel.
        23 => post: bool,
        35 => pinned: bool,
        /// A channel's post: the discussion group where its copy is, which is found under the same uid.
        104 => copied_to: Option<ChannelId>,
        /// A comment: whom it answers, who is not in the group and was told in its own mailbox, under the same uid.
        105 => guest_told: Option<UserId>,
        /// In channels: the message that its topic or thread begins with; 0: it is in none.
        30 => thread: MessageId,
        /// That is a topic of a forum.
        31 => in_topic: bool,
        /// Outside forums: others answer it.
        32 => has_thread: bool,
        /// Of a public channel: the keyed hashes of the tags by which all may find it, one behind the other.
        108 => tags: Bytes,
        /// The number of the poll or checklist that was first asked here; 0: none. What came of it goes with the chat.
        109 => asked: u64,
        /// The album that it belongs to; 0: none.
        110 => album: u64,
        /// The files that its body holds the keys of.
        111 => files: Vec<u64>,
        /// In a mailbox: what it carries waits to be opened by whom it was sent to.
        116 => media_unread: bool,
        /// The page of the web that it shows; 0: none.
        112 => page: u64,
    }
}

impl Body {
    /// The files that it holds the keys of.
    pub fn files(&self) -> Vec<u64> {
        self.carried().iter().flat_map(MediaBody::files).map(|it| it.id).collect()
    }

    /// What it carries beside its text, or as a part of what happened.
    pub fn carried(&self) -> Option<MediaBody> {
        self.media.clone().or_else(|| self.action.as_ref().and_then(Action::carried))
    }

    /// The page of the web that it shows; 0: none.
    pub fn page(&self) -> u64 {
        self.media.as_ref().map_or(0, MediaBody::page)
    }

    /// The number of the poll or checklist that is asked in this chat, and not forwarded to it; 0: none.
    pub fn asked_in(&self, peer: Peer) -> u64 {
        let poll = self.poll.as_ref().filter(|it| it.home == peer).map(|it| it.id);
        let todo = self.todo.as_ref().filter(|it| it.home == peer).map(|it| it.id);
        poll.or(todo).unwrap_or(0)
    }
}

record! {
    /// Where a forwarded message was first sent. A hidden author's name stands in the sealed body.
    pub struct ForwardRow {
        /// The author, if its privacy lets forwards lead to it.
        1 => from: Option<UserId>,
        /// When it was first sent.
        2 => date: u32,
        /// The chat from which it was forwarded into Saved Messages, and its number there.
        3 => saved_peer: Option<Peer>,
        4 => saved_id: MessageId,
        /// The channel or group that it was sent as, in place of an author.
        5 => channel: Option<Peer>,
        /// Its number there, if it was a post of a broadcast channel; 0: none.
        6 => post: MessageId,
    }
}

record! {
    /// What people wrote; stored only sealed.
    pub struct Body {
        1 => text: String,
        2 => entities: Vec<Entity>,
        /// The part of the answered message that is quoted.
        3 => quote: Option<Quote>,
        /// The author of a forward that hides its account.
        4 => hidden_author: String,
        /// What happened, where it is no text.
        5 => action: Option<Action>,
        /// Nothing of the text is to be previewed.
        6 => no_webpage: bool,
        /// In channels: what stands beside the identity that speaks, a name or a title.
        15 => signature: String,
        /// The same of a forward's origin.
        16 => origin_signature: String,
        /// What it answers, where that is in another chat.
        24 => elsewhere: Option<Elsewhere>,
        20 => poll: Option<PollBody>,
        21 => todo: Option<TodoBody>,
        25 => media: Option<MediaBody>,
    }
}

record! {
    /// A message of another chat, and the one that its thread begins with.
    pub struct Elsewhere { 1 => peer: Peer, 2 => message: MessageId, 3 => top: MessageId }
}

record! {
    /// A quoted part.
    pub struct Quote { 1 => text: String, 2 => entities: Vec<Entity>, 3 => offset: u32 }
}

record! {
    /// A marked part of a text; offset and length in UTF-16 units.
    pub struct Entity { 1 => offset: u32, 2 => length: u32, 3 => kind: EntityKind }
}

variants! {
    /// How a part is marked. Source: core.telegram.org/api/entities.
    pub enum EntityKind {
        1 => Unknown {},
        2 => Mention {},
        3 => Hashtag {},
        4 => BotCommand {},
        5 => Url {},
        6 => Email {},
        7 => Bold {},
        8 => Italic {},
        9 => Code {},
        10 => Pre { 1 => language: String },
        11 => TextUrl { 1 => url: String },
        12 => MentionName { 1 => user: UserId },
        13 => Phone {},
        14 => Cashtag {},
        15 => Underline {},
        16 => Strike {},
        17 => BankCard {},
        18 => Spoiler {},
        19 => CustomEmoji { 1 => document: i64 },
        20 => Blockquote { 1 => collapsed: bool },
    }
}

variants! {
    /// A service message. Source: core.telegram.org/type/MessageAction.
    pub enum Action {
        1 => ContactJoined {},
        /// By hand, or by the setting of somebody for new chats.
        2 => TtlSet { 1 => period: u32, 2 => by_default_of: Option<UserId> },
        3 => Screenshot {},
        /// Content protection was switched, or a request about it answered.
        4 => NoForwardsToggle { 1 => before: bool, 2 => after: bool },
        /// The other side is asked to switch protection off; whether it still can be is found when read.
        5 => NoForwardsRequest { 1 => before: bool, 2 => after: bool, 3 => expired: bool },
        /// Year 0: not told.
        20 => SuggestBirthday { 1 => day: u32, 2 => month: u32, 3 => year: u32 },
        /// A basic group was made of these people, besides its creator.
        30 => ChatCreate { 1 => title: String, 2 => users: Vec<UserId> },
        31 => ChatEditTitle { 1 => title: String },
        /// Somebody added these, or came back by itself.
        32 => ChatAddUser { 1 => users: Vec<UserId> },
        /// Somebody was removed, or left.
        33 => ChatDeleteUser { 1 => user: UserId },
        /// Who came by somebody's link.
        34 => ChatJoinedByLink { 1 => inviter: UserId },
        /// The basic group has become this supergroup; the last word in it.
        35 => ChatMigrateTo { 1 => channel: ChannelId },
        /// The supergroup was this basic group; the first word in it.
        36 => ChannelMigrateFrom { 1 => title: String, 2 => chat: ChatId },
        /// The message that it answers was pinned.
        37 => PinMessage {},
        /// The creator left: this one will own the group.
        38 => NewCreatorPending { 1 => user: UserId },
        /// This one owns the group now.
        39 => ChangeCreator { 1 => user: UserId },
        /// A supergroup or channel was made.
        45 => ChannelCreated { 1 => title: String },
        /// Somebody asked to join a group and was let in.
        56 => JoinedByRequest {},
        /// A topic was opened; a custom emoji of 0: none.
        60 => TopicCreated { 1 => title: String, 2 => color: u32, 3 => emoji: i64 },
        /// Something of a topic was changed.
        61 => TopicEdited {
            1 => title: Option<String>,
            2 => emoji: Option<i64>,
            3 => closed: Option<bool>,
            4 => hidden: Option<bool>,
        },
        /// Tasks of the checklist that it answers were ticked, or the ticks taken back.
        65 => TodoCompletions { 1 => done: Vec<u32>, 2 => undone: Vec<u32> },
        /// Tasks were added to the checklist that it answers.
        66 => TodoAppended { 1 => tasks: Vec<TodoTask> },
        /// Somebody added an answer to the poll that it answers.
        67 => PollAnswerAdded { 1 => answer: PollAnswer },
        /// An added answer was taken off the poll that it answers.
        68 => PollAnswerDeleted { 1 => answer: PollAnswer },
        /// A group or channel shows another photo.
        70 => ChatEditPhoto { 1 => photo: Photo },
        /// It shows none any more.
        71 => ChatDeletePhoto {},
        /// A photo for the other side's profile.
        72 => SuggestProfilePhoto { 1 => photo: Photo },
        /// The wallpaper of the chat was set: the one that it answers again, or on both sides.
        75 => SetChatWallpaper { 1 => wallpaper: Box<Wallpaper>, 2 => same: bool, 3 => for_both: bool },
    }
}

impl Action {
    /// The people that it names beside its author.
    pub fn people(&self) -> Vec<UserId> {
        match self {
            Action::PollAnswerAdded { answer } | Action::PollAnswerDeleted { answer } => {
                answer.added_by.iter().copied().collect()
            }
            Action::ChatCreate { users, .. } | Action::ChatAddUser { users } => users.clone(),
            Action::ChatDeleteUser { user }
            | Action::ChatJoinedByLink { inviter: user }
            | Action::NewCreatorPending { user }
            | Action::ChangeCreator { user } => vec![*user],
            Action::TtlSet { by_default_of, .. } => by_default_of.iter().copied().collect(),
            Action::ContactJoined {}
            | Action::JoinedByRequest {}
            | Action::Screenshot {}
            | Action::TopicCreated { .. }
            | Action::TopicEdited { .. }
            | Action::TodoCompletions { .. }
            | Action::TodoAppended { .. }
            | Action::NoForwardsToggle { .. }
            | Action::NoForwardsRequest { .. }
            | Action::SuggestBirthday { .. }
            | Action::ChatEditTitle { .. }
            | Action::ChatMigrateTo { .. }
            | Action::ChannelMigrateFrom { .. }
            | Action::PinMessage {}
            | Action::ChatEditPhoto { .. }
            | Action::ChatDeletePhoto {}
            | Action::SuggestProfilePhoto { .. }
            | Action::SetChatWallpaper { .. }
            | Action::ChannelCreated { .. } => Vec::new(),
        }
    }

    /// What it carries.
    fn carried(&self) -> Option<MediaBody> {
        if let Action::SetChatWallpaper { wallpaper, .. } = self {
            return wallpaper.body();
        }
        self.photo().map(MediaBody::of_photo)
    }

    /// The photo that it carries.
    fn photo(&self) -> Option<&Photo> {
        if let Action::ChatEditPhoto { photo } | Action::SuggestProfilePhoto { photo } = self {
            Some(photo)
        } else {
            None
        }
    }

    /// The group that it names.
    pub fn group(&self) -> Option<Peer> {
        if let Action::ChatMigrateTo { channel } = self {
            return Some(Peer::Channel(*channel));
        }
        if let Action::ChannelMigrateFrom { chat, .. } = self { Some(Peer::Chat(*chat)) } else { None }
    }
}

record! {
    /// Where a random id of a sender led.
    pub struct SentRow { 1 => message: MessageId, 2 => date: u32 }
}

/// The key of a copy.
pub fn mailbox_key(log: impl Into<LogId>, id: MessageId) -> Key {
    log.into().rows(MAILBOX).u32(id.0.unsigned_abs()).key()
}

/// A copy.
pub fn copy(view: &(impl Rows + ?Sized), log: impl Into<LogId>, id: MessageId) -> Decided<Option<MailboxRow>> {
    if id.0 <= 0 {
        return Ok(None);
    }
    load(view, &mailbox_key(log, id))
}

/// The number that a message has in a mailbox.
pub fn local_id(view: &(impl Rows + ?Sized), log: impl Into<LogId>, uid: MessageUid) -> Decided<Option<MessageId>> {
    let bytes = view.get(&copy_key(log.into(), uid))?;
    Ok(bytes.and_then(|it| it.as_ref().try_into().ok()).map(|it| MessageId(i32::from_be_bytes(it))))
}

/// Writes a copy with its indexes.
pub(crate) fn put_copy(turn: &mut Turn<'_>, log: LogId, id: MessageId, row: &MailboxRow) -> Decided<()> {
    webpages::wait(turn, row.page, log)?;
    turn.put(mailbox_key(log, id), row);
    row.files.iter().for_each(|it| uses::put(turn, *it, Carrier::Message { log, uid: row.uid }));
    turn.put_bytes(copy_key(log, row.uid), Bytes::copy_from_slice(&id.0.to_be_bytes()));
    turn.put_empty(history_key(log, row.peer, id));
    Ok(())
}

/// Notes which files a changed body holds the keys of.
pub(crate) fn carry(turn: &mut Turn<'_>, log: LogId, uid: MessageUid, before: &[u64], after: &[u64]) {
    let carrier = Carrier::Message { log, uid };
    before.iter().filter(|it| !after.contains(it)).for_each(|it| uses::remove(turn, *it, carrier));
    after.iter().filter(|it| !before.contains(it)).for_each(|it| uses::put(turn, *it, carrier));
}

/// Deletes a copy with its indexes.
pub(crate) fn delete_copy(turn: &mut Turn<'_>, log: LogId, id: MessageId, row: &MailboxRow) {
    turn.delete(mailbox_key(log, id));
    turn.delete(copy_key(log, row.uid));
    turn.delete(history_key(log, row.peer, id));
}

/// Seals a body for its chat.
pub(crate) fn seal_body(
    turn: &mut Turn<'_>,
    chat: (LogId, Peer),
    uid: MessageUid,
    version: u32,
    body: &Body,
) -> Decided<Bytes> {
    let scope = sealing::chat_scope(chat.0, chat.1);
    sealing::seal(turn, scope, Kind::MessageBody, &uid.0, version, &body.encode())
}

/// Opens a copy's body.
pub fn open_body(view: &(impl View + ?Sized), log: impl Into<LogId>, row: &MailboxRow) -> Decided<Body> {
    let scope = sealing::chat_scope(log.into(), row.peer);
    Ok(Body::decode(&sealing::open(view, scope, Kind::MessageBody, &row.uid.0, row.version, &row.body)?)?)
}

/// Every message of a chat, in order of number.
pub(crate) fn chat_range(log: impl Into<LogId>, peer: Peer) -> Range {
    let (kind, id) = peer.key_parts();
    Range::prefix(log.into().rows(HISTORY).u8(kind).u64(id).key())
}

/// The place of a message in its chat.
pub(crate) fn history_key(log: impl Into<LogId>, peer: Peer, id: MessageId) -> Key {
    let (kind, peer_id) = peer.key_parts();
    log.into().rows(HISTORY).u8(kind).u64(peer_id).u32(id.0.unsigned_abs()).key()
}

/// The message that a place in a chat names.
pub(crate) fn id_of(key: &Key) -> MessageId {
    MessageId(key.suffix().last_chunk().map_or(0, |it| i32::from_be_bytes(*it)))
}

/// The row of a sender's random id: in a mailbox it can only be its owner's.
pub(crate) fn sent_key(log: impl Into<LogId>, by: UserId, random_id: i64) -> Key {
    let rows = match log.into() {
        log @ LogId::Mailbox(_) => log.rows(SENT),
        log @ LogId::Channel(_) => log.rows(SENT).u64(by.0),
    };
    rows.bytes(&random_id.to_be_bytes()).key()
}

fn copy_key(log: LogId, uid: MessageUid) -> Key {
    log.rows(COPY).bytes(&uid.0).key()
}
