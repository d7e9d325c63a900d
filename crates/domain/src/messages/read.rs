//! Read marks. The other side learns of them through the uid of the last message it sent.

use store::{Direction, Range};

use super::{
    dialogs::{self, unread_after},
    read_marks,
    receive::Delivered,
    recipients::{others, tell_one},
    rows::{copy, history_key, id_of},
};
use crate::{
    caller::Caller,
    groups::access,
    ids::{MessageId, Peer, Pts, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry, log_range},
    view::{Decided, Rows, View, list},
};

/// Messages looked through for the last one that the other side sent.
const LOOKED_AT: usize = 200;

/// Entries of the log looked through for the first mark beyond a message: a week of a busy account.
const ENTRIES_LOOKED_AT: usize = 10_000;

/// Seconds for which the moment of reading is told. Source: `pm_read_date_expire_period`.
const READ_DATE_SECONDS: u32 = 7 * 24 * 3600;

/// Reads a chat up to a message.
pub struct ReadHistory {
    /// Who.
    pub by: Caller,
    /// Which chat.
    pub peer: Peer,
    /// The last message read; 0 or beyond the newest: all.
    pub max_id: MessageId,
}

impl Command for ReadHistory {
    /// The entry of the reader's log; `None` if all that had been read before.
    type Reply = Option<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<LogEntry>> {
        let me = self.by.user;
        if let Some(channel) = self.peer.channel() {
            return super::posts::read::history(turn, &self.by, channel, self.max_id);
        }
        let row = dialogs::dialog(turn, me, self.peer)?;
        let up_to = if self.max_id.0 <= 0 { row.top } else { self.max_id.min(row.top) };
        if up_to <= row.read_inbox && !row.unread_mark {
            return Ok(None);
        }
        let before = row.read_inbox;
        let up_to = up_to.max(before);
        let unread = unread_after(turn, me, self.peer, up_to)?;
        dialogs::change(turn, me, self.peer, |it| (it.read_inbox, it.unread, it.unread_mark) = (up_to, unread, false))?;
        tell_senders(turn, &self.by, self.peer, before, up_to)?;
        if let Peer::Chat(chat) = self.peer
            && up_to > before
        {
            read_marks::note_in_chat(turn, me, chat, up_to)?;
        }
        let change = Change::ReadInbox { peer: self.peer, up_to, still_unread: unread };
        updates::append(turn, me, change, 1, Some(self.by.origin)).map(Some)
    }
}

/// Tells those whose messages were read, each of the last one.
fn tell_senders(turn: &mut Turn<'_>, by: &Caller, peer: Peer, before: MessageId, up_to: MessageId) -> Decided<()> {
    let me = by.user;
    let mut others = others(turn, me, peer)?;
    let range = Range {
        start: history_key(me, peer, MessageId(before.0.saturating_add(1))),
        end: history_key(me, peer, MessageId(up_to.0.saturating_add(1))),
    };
    for (key, _) in turn.scan(&range, Direction::Backward, LOOKED_AT)? {
        if others.is_empty() {
            break;
        }
        let Some(row) = copy(turn, me, id_of(&key))? else { continue };
        if let Some(at) = others.iter().position(|it| *it == row.from) {
            let author = others.swap_remove(at);
            let what = Delivered::Read { uid: row.uid, date: turn.now().secs() };
            tell_one(turn, me, author, peer, what)?;
        }
    }
    Ok(())
}

/// Marks a chat unread by hand, or clears the mark.
pub struct MarkUnread {
    /// Who.
    pub by: Caller,
    /// Which chat.
    pub peer: Peer,
    /// Set or clear.
    pub unread: bool,
}

impl Command for MarkUnread {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if let Some(channel) = self.peer.channel() {
            access::inside(turn, channel, self.by.user)?;
        }
        let old = dialogs::dialog(turn, self.by.user, self.peer)?;
        if old.unread_mark == self.unread {
            return Ok(());
        }
        dialogs::change(turn, self.by.user, self.peer, |it| it.unread_mark = self.unread)?;
        let change = Change::UnreadMark { peer: self.peer, unread: self.unread };
        updates::append(turn, self.by.user, change, 0, Some(self.by.origin)).map(drop)
    }
}

/// Chats marked unread by hand.
pub fn unread_marks(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<Peer>> {
    let all = dialogs::all(view, user)?;
    Ok(all.into_iter().filter(|(_, row)| row.unread_mark).map(|(peer, _)| peer).collect())
}

/// When the other side read a message; each side's wish not to tell hides it from both.
pub fn read_date(view: &(impl View + ?Sized), me: UserId, peer: Peer, id: MessageId) -> Decided<u32> {
    let row = copy(view, me, id)?.filter(|it| it.out && it.peer == peer).ok_or(Refusal::MessageIdInvalid)?;
    let hides = |user| Ok::<_, crate::view::Stop>(crate::people::settings::switches(view, user)?.hide_read_marks);
    if hides(me)? {
        return Err(Refusal::YourPrivacyRestricted.into());
    }
    if hides(peer.user().ok_or(Refusal::PeerIdInvalid)?)? {
        return Err(Refusal::UserPrivacyRestricted.into());
    }
    if view.now().secs().saturating_sub(row.date) > READ_DATE_SECONDS {
        return Err(Refusal::MessageTooOld.into());
    }
    let dialog = dialogs::dialog(view, me, peer)?;
    if dialog.read_outbox < id {
        return Err(Refusal::MessageNotReadYet.into());
    }
    let marks = list::<LogEntry>(view, &log_range(me, Pts(1)), Direction::Backward, ENTRIES_LOOKED_AT)?;
    let mut date = dialog.read_outbox_date;
    for (_, entry) in marks.into_iter().take_while(|(_, it)| it.date >= row.date) {
        match entry.change {
            Change::ReadOutbox { peer: of, up_to } if of == peer && up_to >= id => date = entry.date,
            Change::ReadOutbox { peer: of, .. } if of == peer => break,
            _ => {}
        }
    }
    Ok(date)
}
