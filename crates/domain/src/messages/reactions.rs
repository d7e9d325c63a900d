//! Reactions: what each person chose for a message. Both sides of a chat keep them beside their own copy;
//! what one side chooses reaches the other as a delivery that names the message's uid.
//! Source: core.telegram.org/api/reactions.

pub mod crowd;
pub mod habits;
pub mod react;
pub mod standard;
pub mod tags;
pub mod unread;

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use super::{
    marks::{self, Mark},
    rows::{MailboxRow, mailbox_key},
};
use crate::{
    groups::CHAT_SIZE_MAX,
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    record,
    record::Record,
    sealing,
    spaces::REACTION,
    turn::Turn,
    variants,
    view::{Decided, View, list, load},
};

/// Reactions of one person to one message. Telegram sells the second and third; here nothing is sold.
/// Source: `reactions_user_max_premium`.
pub const REACTIONS_MAX: usize = 3;

/// Different reactions to one message. Source: `reactions_uniq_max`.
pub const UNIQUE_MAX: usize = 11;

/// Reactions that one chat may allow: more than the standard set has. Groups will choose among them.
/// Source: `reactions_in_chat_max`.
pub const IN_CHAT_MAX: usize = 100;

/// People whose reactions to one message are read at once; a basic group has no more.
const PEOPLE_MAX: usize = CHAT_SIZE_MAX;

variants! {
    /// A reaction. Custom ones are documents, which come with files.
    pub enum Reaction {
        /// One of the standard set.
        1 => Emoji { 1 => emoticon: String },
    }
}

record! {
    /// What one person chose for a message.
    pub struct ReactionRow {
        /// A [`Chosen`], sealed under the chat's key; AAD is the message's uid with the person, and the version.
        1 => chosen: Bytes,
        2 => version: u32,
        /// Unix seconds.
        3 => date: u32,
        /// To be shown with the big animation.
        4 => big: bool,
        /// The mailbox's owner, whose message it is, has not seen it.
        5 => unread: bool,
    }
}

record! {
    /// A person's reactions in the order of choice; stored only sealed.
    pub struct Chosen { 1 => reactions: Vec<Reaction> }
}

/// What one person chose, opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Reacted {
    /// Who.
    pub who: UserId,
    /// In the order of choice.
    pub reactions: Vec<Reaction>,
    /// Unix seconds.
    pub date: u32,
    /// To be shown with the big animation.
    pub big: bool,
    /// The mailbox's owner has not seen it.
    pub unread: bool,
}

/// The reactions to a message of a mailbox, the latest first.
pub fn of(
    view: &(impl View + ?Sized),
    log: impl Into<LogId>,
    id: MessageId,
    copy: &MailboxRow,
) -> Decided<Vec<Reacted>> {
    let log = log.into();
    if !copy.reacted {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for (key, row) in list::<ReactionRow>(view, &rows(log, id), Direction::Forward, PEOPLE_MAX)? {
        let who = who(&key);
        let reactions = open(view, (log, copy.peer), copy.uid, who, &row)?;
        all.push(Reacted { who, reactions, date: row.date, big: row.big, unread: row.unread });
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.date));
    Ok(all)
}

/// Writes what a person chose, `None` for nothing, beside a copy, and settles what follows from it.
fn put(
    turn: &mut Turn<'_>,
    user: UserId,
    id: MessageId,
    copy: &MailboxRow,
    who: UserId,
    row: Option<ReactionRow>,
) -> Decided<()> {
    match row {
        Some(row) => turn.put(row_key(user, id, who), &row),
        None => turn.delete(row_key(user, id, who)),
    }
    let left = list::<ReactionRow>(turn, &rows(user, id), Direction::Forward, PEOPLE_MAX)?;
    if left.is_empty() == copy.reacted {
        turn.put(mailbox_key(user, id), &MailboxRow { reacted: !left.is_empty(), ..copy.clone() });
    }
    let unread = left.iter().any(|(_, row)| row.unread);
    marks::settle(turn, user, copy.peer, id, (Mark::Reaction, unread)).map(drop)
}

/// Forgets the reactions to a copy that is being deleted.
pub(super) fn forget(turn: &mut Turn<'_>, user: UserId, id: MessageId, copy: &MailboxRow) -> Decided<()> {
    if !copy.reacted {
        return Ok(());
    }
    for (key, row) in list::<ReactionRow>(turn, &rows(user, id), Direction::Forward, PEOPLE_MAX)? {
        if copy.peer == Peer::User(user) {
            let tags = open(turn, (user.into(), copy.peer), copy.uid, user, &row)?;
            tags::count(turn, user, &tags, &[])?;
        }
        turn.delete(key);
    }
    marks::settle(turn, user, copy.peer, id, (Mark::Reaction, false)).map(drop)
}

fn open(
    view: &(impl View + ?Sized),
    chat: (LogId, Peer),
    uid: MessageUid,
    who: UserId,
    row: &ReactionRow,
) -> Decided<Vec<Reaction>> {
    let scope = sealing::chat_scope(chat.0, chat.1);
    let plain = sealing::open(view, scope, Kind::Reaction, &name(uid, who), row.version, &row.chosen)?;
    Ok(Chosen::decode(&plain)?.reactions)
}

fn seal(
    turn: &mut Turn<'_>,
    chat: (UserId, Peer),
    uid: MessageUid,
    version: u32,
    reactions: &[Reaction],
) -> Decided<Bytes> {
    let plain = Chosen { reactions: reactions.to_vec(), ..Chosen::default() }.encode();
    sealing::seal(turn, sealing::chat_scope(chat.0, chat.1), Kind::Reaction, &name(uid, chat.0), version, &plain)
}

/// What the seal of one person's reactions to one message is bound to.
fn name(uid: MessageUid, who: UserId) -> Vec<u8> {
    [&uid.0[..], &who.0.to_be_bytes()].concat()
}

fn row(view: &(impl View + ?Sized), log: impl Into<LogId>, id: MessageId, who: UserId) -> Decided<Option<ReactionRow>> {
    load(view, &row_key(log, id, who))
}

fn rows(log: impl Into<LogId>, id: MessageId) -> Range {
    Range::prefix(log.into().rows(REACTION).u32(id.0.unsigned_abs()).key())
}

fn row_key(log: impl Into<LogId>, id: MessageId, who: UserId) -> Key {
    log.into().rows(REACTION).u32(id.0.unsigned_abs()).u64(who.0).key()
}

fn who(key: &Key) -> UserId {
    key.suffix().last_chunk().map_or(UserId::NOBODY, |it| UserId(u64::from_be_bytes(*it)))
}
