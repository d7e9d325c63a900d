//! The rows of messages: a copy in each mailbox, the sealed body both share, and the indexes around them.

use bytes::Bytes;
use store::{Key, Range};
use vault::Kind;

use crate::{
    ids::{MessageId, MessageUid, Peer, Pts, UserId},
    record,
    record::Record,
    sealing,
    spaces::{COPY, HISTORY, MAILBOX, SENT},
    turn::Turn,
    variants,
    view::{Decided, Rows, View, load},
};

record! {
    /// One mailbox's copy of a message.
    pub struct MailboxRow {
        /// The chat, from this mailbox's side; one's own id is Saved Messages.
        1 => peer: Peer,
        /// Who wrote it.
        2 => from: UserId,
        /// Unix seconds.
        3 => date: u32,
        /// Unix seconds; 0: never edited.
        4 => edit_date: u32,
        /// The same in every copy.
        5 => uid: MessageUid,
        /// Sent by this mailbox's owner to somebody else; never in Saved Messages.
        /// Source: observed with TDLib 1.8.66, which logs an error otherwise.
        6 => out: bool,
        7 => silent: bool,
        /// The sender forbade forwarding this one; a chat's own protection is in its dialog.
        8 => noforwards: bool,
        9 => media_unread: bool,
        10 => mentioned: bool,
        11 => reply: Option<Reply>,
        12 => forward: Option<Forward>,
        /// A [`Body`], sealed under the chat's key; AAD is the uid and the version.
        13 => body: Bytes,
        /// Grows with each edit.
        14 => version: u32,
        /// Seconds after `date` at which it destroys itself; 0: never.
        15 => ttl_period: u32,
        /// A summary of reactions, owned by their rules; empty: none.
        16 => reactions: Bytes,
        17 => from_scheduled: bool,
        /// In Saved Messages: where it came from, one's own id for one's own notes.
        18 => saved_peer: Option<Peer>,
        /// The body is a service action.
        19 => service: bool,
        /// The sender asked for text above the media preview.
        20 => invert_media: bool,
    }
}

record! {
    /// What a message answers.
    pub struct Reply {
        /// The answered message in every copy.
        1 => uid: MessageUid,
        /// Its number in this mailbox; 0: this mailbox has no copy of it.
        2 => message: MessageId,
        /// The body carries a quote.
        3 => quote: bool,
    }
}

record! {
    /// Where a forwarded message comes from.
    pub struct Forward {
        /// Its author; `None`: hidden, the body keeps the name.
        1 => from: Option<UserId>,
        /// When it was first sent.
        2 => date: u32,
        /// In Saved Messages: the chat and message it was forwarded out of.
        3 => saved_from_peer: Option<Peer>,
        4 => saved_from_message: MessageId,
        /// In Saved Messages: its author in that chat, if that is not the origin.
        5 => saved_from: Option<UserId>,
        6 => saved_date: u32,
        /// It was the owner's own message there.
        7 => saved_out: bool,
    }
}

record! {
    /// What people wrote; stored only sealed.
    pub struct Body {
        1 => text: String,
        2 => entities: Vec<Entity>,
        3 => quote: Option<Quote>,
        /// The author's name, where the forward's origin is hidden.
        4 => hidden_name: String,
        5 => action: Option<Action>,
        6 => no_webpage: bool,
    }
}

record! {
    /// The part of a message that an answer quotes.
    pub struct Quote {
        1 => text: String,
        2 => entities: Vec<Entity>,
        /// Where it begins in the answered text, in UTF-16 units.
        3 => offset: Option<u32>,
    }
}

record! {
    /// One piece of formatting. Offsets and lengths are in UTF-16 units.
    pub struct Entity {
        /// An [`EntityKind`](super::entities::EntityKind)'s number.
        1 => kind: u8,
        2 => offset: u32,
        3 => length: u32,
        /// A language, an address or an old text.
        4 => extra: String,
        /// A user's, a document's number, or a date.
        5 => number: i64,
        /// Switches of the kind.
        6 => flags: u32,
    }
}

variants! {
    /// What a service message says.
    pub enum Action {
        /// The self-destruct period changed; 0: off.
        1 => HistoryTtl { 1 => period: u32, 2 => auto_from: Option<UserId> },
        /// A contact joined.
        2 => ContactSignUp {},
        /// Free text of the server.
        3 => Custom { 1 => text: String },
        /// The other side took a screenshot.
        4 => Screenshot {},
        /// A birthday for the other's profile; year 0: not told.
        5 => SuggestBirthday { 1 => day: u32, 2 => month: u32, 3 => year: u32 },
        /// The chat was emptied by this mailbox's owner.
        6 => HistoryClear {},
        /// Content protection was switched.
        7 => NoForwardsToggle { 1 => before: bool, 2 => after: bool },
        /// Switching content protection off was asked for.
        8 => NoForwardsRequest { 1 => expired: bool, 2 => before: bool, 3 => after: bool },
    }
}

record! {
    /// What a `random_id` led to.
    pub struct SentRow { 1 => message: MessageId, 2 => pts: Pts, 3 => date: u32 }
}

/// In an entry of a chat's history: an incoming message, which may count as unread.
pub const INCOMING: &[u8] = &[1];

/// In an entry of a chat's history: written by the owner.
pub const OUTGOING: &[u8] = &[0];

/// A mailbox's copy of a message.
pub fn mailbox_key(owner: UserId, message: MessageId) -> Key {
    Key::of(MAILBOX, owner.vshard().0).u64(owner.0).u32(message.0.unsigned_abs()).key()
}

/// Where a message that every side names by its uid is in this mailbox.
pub fn copy_key(owner: UserId, uid: MessageUid) -> Key {
    Key::of(COPY, owner.vshard().0).u64(owner.0).bytes(&uid.0).key()
}

/// An entry of a chat's history; its value is [`INCOMING`] or [`OUTGOING`].
pub fn history_key(owner: UserId, peer: Peer, message: MessageId) -> Key {
    let (kind, id) = peer.key_parts();
    Key::of(HISTORY, owner.vshard().0).u64(owner.0).u8(kind).u64(id).u32(message.0.unsigned_abs()).key()
}

/// The entries of a chat's history from `from` to `to`, both included.
pub fn history_range(owner: UserId, peer: Peer, from: MessageId, to: MessageId) -> Range {
    let end = history_key(owner, peer, MessageId(to.0.max(0).saturating_add(1)));
    Range { start: history_key(owner, peer, MessageId(from.0.max(0))), end }
}

/// The message of a history entry.
pub fn message_of(key: &Key) -> MessageId {
    let number = key.suffix().last_chunk().map_or(0, |it| u32::from_be_bytes(*it));
    MessageId(i32::try_from(number).unwrap_or(i32::MAX))
}

/// What a `random_id` led to.
pub fn sent_key(owner: UserId, random_id: i64) -> Key {
    Key::of(SENT, owner.vshard().0).u64(owner.0).u64(random_id as u64).key()
}

/// Every `random_id` of a mailbox.
pub fn sent_range(owner: UserId) -> Range {
    Range::prefix(Key::of(SENT, owner.vshard().0).u64(owner.0).key())
}

/// A mailbox's copy of a message.
pub fn row(view: &(impl Rows + ?Sized), owner: UserId, message: MessageId) -> Decided<Option<MailboxRow>> {
    if message.0 <= 0 {
        return Ok(None);
    }
    load(view, &mailbox_key(owner, message))
}

/// The number of a message in a mailbox.
pub fn local(view: &(impl Rows + ?Sized), owner: UserId, uid: MessageUid) -> Decided<Option<MessageId>> {
    let found = view.get(&copy_key(owner, uid))?;
    Ok(found.and_then(|it| it.first_chunk().map(|it| MessageId(i32::from_be_bytes(*it)))))
}

/// Writes [`local`]'s row.
pub fn put_local(turn: &mut Turn<'_>, owner: UserId, uid: MessageUid, message: MessageId) {
    turn.put_bytes(copy_key(owner, uid), Bytes::copy_from_slice(&message.0.to_be_bytes()));
}

/// Seals a body for both copies of a message in the chat of `one` with `other`.
pub fn seal_body(turn: &mut Turn<'_>, one: UserId, other: Peer, uid: MessageUid, version: u32, body: &Body) -> Decided<Bytes> {
    let scope = sealing::chat_scope(one, other);
    sealing::seal(turn, scope, Kind::MessageBody, &uid.0, version, &body.encode())
}

/// Opens the body of a mailbox's copy.
pub fn open_body(view: &(impl View + ?Sized), owner: UserId, row: &MailboxRow) -> Decided<Body> {
    let scope = sealing::chat_scope(owner, row.peer);
    let plain = sealing::open(view, scope, Kind::MessageBody, &row.uid.0, row.version, &row.body)?;
    Ok(Body::decode(&plain)?)
}
