//! When somebody read up to a message of a small group, in unix seconds. A channel keeps the marks of its members;
//! a member of a basic group keeps its own, since its numbers are its own.
//! Source: core.telegram.org/api/read-receipts.

use store::{Direction, Key, Range};

use crate::{
    groups::basic::{self, ChatRow},
    ids::{ChatId, LogId, MessageId, Peer, UserId},
    messages::{
        dialogs,
        rows::{copy, local_id},
    },
    refusal::Refusal,
    spaces::READ_AT,
    turn::Turn,
    view::{Decided, Rows, View},
};

/// Members of the largest group in which it is told who read a message.
/// Source: `chat_read_mark_size_threshold` of help.getAppConfig.
pub const READ_BY_MEMBERS_MAX: u32 = 100;

/// Seconds for which it is told. Source: `chat_read_mark_expire_period`.
pub const READ_BY_SECONDS: u32 = 7 * 24 * 3600;

/// Marks of one reader that are forgotten when it reads on.
const FORGOTTEN_AT_ONCE: usize = 8;

/// Keeps that all up to a message was read now; `whose` marks of the log: a member's, or those of a chat.
pub(super) fn note(turn: &mut Turn<'_>, log: LogId, whose: u64, up_to: MessageId) -> Decided<()> {
    let now = turn.now().secs();
    for (key, date) in turn.scan(&marks(log, whose), Direction::Forward, FORGOTTEN_AT_ONCE)? {
        if date_of(&date).saturating_add(READ_BY_SECONDS) < now {
            turn.delete(key);
        }
    }
    turn.put_bytes(mark_key(log, whose, up_to), bytes::Bytes::copy_from_slice(&now.to_be_bytes()));
    Ok(())
}

/// When a message was read, where it was.
pub(super) fn read_at(view: &(impl Rows + ?Sized), log: LogId, whose: u64, id: MessageId) -> Decided<Option<u32>> {
    let from = Range { start: mark_key(log, whose, id), end: marks(log, whose).end };
    Ok(view.scan(&from, Direction::Forward, 1)?.first().map(|(_, date)| date_of(date)))
}

/// A member reads a basic group: kept where it may be asked.
pub(super) fn note_in_chat(turn: &mut Turn<'_>, me: UserId, chat: ChatId, up_to: MessageId) -> Decided<()> {
    let small = |it: &ChatRow| it.member(me).is_some() && it.members.len() <= READ_BY_MEMBERS_MAX as usize;
    match basic::chat(turn, chat)?.is_some_and(|it| small(&it)) {
        true => note(turn, me.into(), chat.0, up_to),
        false => Ok(()),
    }
}

/// Who has read a message of the caller's in a small basic group, and when; the latest first.
pub fn read_in_chat(
    view: &(impl View + ?Sized),
    me: UserId,
    id: ChatId,
    message: MessageId,
) -> Decided<Vec<(UserId, u32)>> {
    let group = basic::access::reader(view, id, me)?;
    if group.members.len() > READ_BY_MEMBERS_MAX as usize {
        return Err(Refusal::ChatTooBig.into());
    }
    let own = copy(view, me, message)?.filter(|it| it.peer == Peer::Chat(id) && it.from == me);
    // Only one's own messages: others' readers are nobody's business.
    let row = own.ok_or(Refusal::MessageIdInvalid)?;
    refuse_old(view, row.date)?;
    let mut readers = Vec::new();
    for user in group.members.iter().map(|it| it.user).filter(|it| *it != me) {
        let Some(theirs) = local_id(view, user, row.uid)? else { continue };
        if dialogs::dialog(view, user, Peer::Chat(id))?.read_inbox < theirs {
            continue;
        }
        readers.extend(read_at(view, user.into(), id.0, theirs)?.map(|date| (user, date)));
    }
    readers.sort_by_key(|(_, date)| std::cmp::Reverse(*date));
    Ok(readers)
}

/// Refuses what was written too long ago to tell who read it.
pub(super) fn refuse_old(view: &(impl View + ?Sized), date: u32) -> Decided<()> {
    match view.now().secs().saturating_sub(date) > READ_BY_SECONDS {
        true => Err(Refusal::MsgTooOld.into()),
        false => Ok(()),
    }
}

fn marks(log: LogId, whose: u64) -> Range {
    Range::prefix(log.rows(READ_AT).u64(whose).key())
}

fn mark_key(log: LogId, whose: u64, up_to: MessageId) -> Key {
    log.rows(READ_AT).u64(whose).u32(up_to.0.unsigned_abs()).key()
}

fn date_of(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |it| u32::from_be_bytes(*it))
}
