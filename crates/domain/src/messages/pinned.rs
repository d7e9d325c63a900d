//! Pinned messages of a chat: a flag of the message, and an index a log by which they are found.
//! Source: core.telegram.org/api/pin.

use store::{Direction, Key, Range};

use super::{
    receive::Delivered,
    recipients::tell,
    rows::{Action, MailboxRow, copy, id_of, local_id, mailbox_key, open_body},
    send::{Outgoing, put},
    settings::service,
};
use crate::{
    caller::Caller,
    groups::{
        self, AdminRights, BannedRights,
        basic::access,
        log::{self, AdminEvent},
    },
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    refusal::Refusal,
    service::Command,
    spaces::PINNED,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::{Decided, Rows, View},
};

/// Messages of one step; the client asks again until none is left.
const STEP: usize = 100;

/// Pinned messages that a search looks through.
const FOUND_MAX: usize = 10_000;

/// The pinned message of a chat that was sent last.
pub fn last(view: &(impl Rows + ?Sized), log: LogId, peer: Peer) -> Decided<Option<MessageId>> {
    let found = view.scan(&range(log, Some(peer)), Direction::Backward, 1)?;
    Ok(found.first().map(|(key, _)| id_of(key)))
}

/// The pinned messages of a chat, or of all of them, in no order that would matter.
pub(super) fn all(view: &(impl Rows + ?Sized), log: LogId, peer: Option<Peer>) -> Decided<Vec<MessageId>> {
    let found = view.scan(&range(log, peer), Direction::Backward, FOUND_MAX)?;
    Ok(found.iter().map(|(key, _)| id_of(key)).collect())
}

/// Pins a message of a log, or takes the pin away; whether that changed anything.
pub(crate) fn set(turn: &mut Turn<'_>, log: LogId, id: MessageId, pinned: bool) -> Decided<bool> {
    let Some(row) = copy(turn, log, id)? else { return Ok(false) };
    if row.pinned == pinned {
        return Ok(false);
    }
    match pinned {
        true => turn.put_empty(key(log, row.peer, id)),
        false => turn.delete(key(log, row.peer, id)),
    }
    turn.put(mailbox_key(log, id), &MailboxRow { pinned, ..row });
    Ok(true)
}

/// Forgets the pin of a copy that is being deleted.
pub(crate) fn forget(turn: &mut Turn<'_>, log: LogId, id: MessageId, row: &MailboxRow) {
    if row.pinned {
        turn.delete(key(log, row.peer, id));
    }
}

/// Pins a message, or takes its pin away.
pub struct PinMessage {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// In the caller's mailbox.
    pub message: MessageId,
    /// Pin or not.
    pub pinned: bool,
    /// In a private chat: on the caller's side alone.
    pub one_side: bool,
    /// Nobody's telephone rings.
    pub silent: bool,
}

impl Command for PinMessage {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        let from = refuse(turn, me, self.peer)?;
        let log = self.peer.log(me);
        let row = copy(turn, log, self.message)?.filter(|it| it.peer == self.peer && self.message >= from);
        let row = row.ok_or(Refusal::MessageIdInvalid)?;
        if open_body(turn, log, &row)?.action.is_some() {
            return Err(Refusal::MessageIdInvalid.into());
        }
        if !set(turn, log, self.message, self.pinned)? {
            return Err(Refusal::ChatNotModified.into());
        }
        note(turn, me, self.peer, self.message, self.pinned)?;
        let told = tell_own(turn, log, self.peer, vec![self.message], self.pinned, Some(self.by.origin))?;
        let own = self.peer.user().is_some() && (self.one_side || self.peer == Peer::User(me));
        if own {
            return Ok(vec![told]);
        }
        tell(turn, me, self.peer, Delivered::Pinned { uids: vec![row.uid], pinned: self.pinned })?;
        if !self.pinned {
            return Ok(vec![told]);
        }
        let said =
            Outgoing { reply_to: Some(row.uid), silent: self.silent, ..service(self.peer, Action::PinMessage {}) };
        let sent = put(turn, me, said, Some(self.by.origin))?;
        Ok([told].into_iter().chain(sent.entry).collect())
    }
}

/// Takes all pins of a chat away, a step at a time.
pub struct UnpinAll {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The entry of the caller's log, if anything was pinned.
    pub entry: Option<LogEntry>,
    /// Whether more is left.
    pub more: bool,
}

impl Command for UnpinAll {
    type Reply = Step;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Step> {
        let me = self.by.user;
        refuse(turn, me, self.peer)?;
        let log = self.peer.log(me);
        let found = turn.scan(&range(log, Some(self.peer)), Direction::Backward, STEP + 1)?;
        let (mut ids, mut uids) = (Vec::new(), Vec::new());
        for (key, _) in found.iter().take(STEP) {
            let id = id_of(key);
            let Some(row) = copy(turn, log, id)? else { continue };
            note(turn, me, self.peer, id, false)?;
            set(turn, log, id, false)?;
            ids.push(id);
            uids.push(row.uid);
        }
        let more = found.len() > STEP;
        if ids.is_empty() {
            return Ok(Step { entry: None, more });
        }
        tell(turn, me, self.peer, Delivered::Pinned { uids, pinned: false })?;
        let entry = tell_own(turn, log, self.peer, ids, false, Some(self.by.origin))?;
        Ok(Step { entry: Some(entry), more })
    }
}

/// Others pinned messages, or took pins away.
pub(super) fn receive(turn: &mut Turn<'_>, peer: Peer, to: UserId, uids: &[MessageUid], pinned: bool) -> Decided<()> {
    let mut ids = Vec::with_capacity(uids.len());
    for uid in uids {
        let Some(id) = local_id(turn, to, *uid)? else { continue };
        if set(turn, to.into(), id, pinned)? {
            ids.push(id);
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    tell_own(turn, to, peer, ids, pinned, None).map(drop)
}

fn tell_own(
    turn: &mut Turn<'_>,
    log: impl Into<LogId>,
    peer: Peer,
    messages: Vec<MessageId>,
    pinned: bool,
    skip: Option<Origin>,
) -> Decided<LogEntry> {
    let count = i32::try_from(messages.len()).unwrap_or(i32::MAX);
    updates::append(turn, log, Change::PinnedMessages { peer, messages, pinned }, count, skip)
}

/// The admin log of a channel keeps what was pinned.
fn note(turn: &mut Turn<'_>, me: UserId, peer: Peer, id: MessageId, pinned: bool) -> Decided<()> {
    let Some(channel) = peer.channel() else { return Ok(()) };
    let Some(message) = log::kept(turn, channel, id)? else { return Ok(()) };
    log::note(turn, channel, me, AdminEvent::Pinned { message, pinned })
}

/// Lets somebody pin there, messages from this one on. Nobody needs anybody's leave in a private chat.
fn refuse(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<MessageId> {
    match peer {
        Peer::User(_) => Ok(MessageId(0)),
        Peer::Chat(id) => {
            let row = access::refuse_writer(view, id, me)?;
            access::refuse_unless(&row, me, AdminRights::PIN_MESSAGES, BannedRights::PIN_MESSAGES)?;
            Ok(MessageId(0))
        }
        Peer::Channel(id) => {
            let access = groups::access::reader(view, id, me)?;
            access.refuse_pinning()?;
            Ok(access.visible_from)
        }
    }
}

fn range(log: LogId, peer: Option<Peer>) -> Range {
    let Some((kind, id)) = peer.map(Peer::key_parts) else { return Range::prefix(log.rows(PINNED).key()) };
    Range::prefix(log.rows(PINNED).u8(kind).u64(id).key())
}

fn key(log: LogId, peer: Peer, id: MessageId) -> Key {
    let (kind, peer) = peer.key_parts();
    log.rows(PINNED).u8(kind).u64(peer).u32(id.0.unsigned_abs()).key()
}
