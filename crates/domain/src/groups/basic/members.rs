//! Who is in a basic group: adding, joining, removing, leaving.
//! Source: core.telegram.org/method/messages.addChatUser, core.telegram.org/method/messages.deleteChatUser.

use store::Direction;

use super::{ChatMember, ChatRow, access, chat, facts, migrate::migrate, people, put_chat, succession};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups::{
        AdminRights, BannedRights, CHAT_SIZE_MAX,
        invites::importers,
        members::{self as channel_members, Coming},
        requests, service,
    },
    ids::{ChatId, LogId, Peer, UserId},
    messages::{Action, Delivered, MessageCopy, purge, rows},
    people::is_contact,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{Change, LogEntry},
    view::{Decided, Rows, View},
};

/// Messages that a newcomer may be given. Source: TDLib, `addChatMember`.
pub const FORWARDED_MAX: usize = 100;

/// Messages looked through for those: service messages are not given.
const LOOKED_AT: usize = 300;

/// People remembered who left and may come back by themselves.
const LEFT_MAX: usize = 200;

/// Adds somebody; who has left comes back by adding itself.
pub struct AddMember {
    /// Who.
    pub by: Caller,
    /// To which group.
    pub chat: ChatId,
    /// Whom.
    pub user: UserId,
    /// How many of the last messages the newcomer is given.
    pub forward: usize,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Added {
    /// Entries of the caller's log, and of the supergroup's that the group has become.
    pub entries: Vec<(LogId, LogEntry)>,
    /// Who does not let itself be added.
    pub missing: Vec<UserId>,
}

impl Command for AddMember {
    type Reply = Added;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Added> {
        let me = self.by.user;
        let row = self.group(turn)?;
        if row.member(self.user).is_some() {
            return Err(Refusal::UserAlreadyParticipant.into());
        }
        if !people::addable(turn, me, self.user)? {
            return Ok(Added { missing: vec![self.user], ..Added::default() });
        }
        if row.left.contains(&self.user) && self.user != me && !are_mutual(turn, me, self.user)? {
            return Err(Refusal::UserNotMutualContact.into());
        }
        if row.members.len() >= CHAT_SIZE_MAX {
            return self.overflow(turn, row);
        }
        // Before the newcomer is told that it came, so that the numbers follow each other as the messages did.
        if self.user != me {
            self.give(turn)?;
        }
        let action = Action::ChatAddUser { users: vec![self.user] };
        let entries = enter(turn, &self.by, (self.chat, row), self.user, me, me, action)?;
        let entries = entries.into_iter().map(|it| (LogId::Mailbox(me), it)).collect();
        Ok(Added { entries, missing: Vec::new() })
    }
}

impl AddMember {
    fn group(&self, turn: &Turn<'_>) -> Decided<ChatRow> {
        let me = self.by.user;
        let row = chat(turn, self.chat)?.filter(|it| !it.deactivated).ok_or(Refusal::ChatIdInvalid)?;
        let returns = self.user == me && row.left.contains(&me);
        if row.member(me).is_none() && !returns {
            return Err(Refusal::ChatIdInvalid.into());
        }
        if !returns {
            access::refuse_unless(&row, me, AdminRights::INVITE_USERS, BannedRights::INVITE_USERS)?;
        }
        Ok(row)
    }

    /// A full group becomes a supergroup, which has room. One that its creator has left stays as it is.
    fn overflow(&self, turn: &mut Turn<'_>, row: ChatRow) -> Decided<Added> {
        let me = self.by.user;
        if row.member(row.creator).is_none() {
            return Err(Refusal::UsersTooMuch.into());
        }
        let owner = Caller { user: row.creator, ..self.by };
        let migrated = migrate(turn, &owner, self.chat, row)?;
        let how = Coming { inviter: me, via_request: false };
        channel_members::add(turn, &self.by, migrated.channel, self.user, how)?;
        let (peer, action) = (Peer::Channel(migrated.channel), Action::ChatAddUser { users: vec![self.user] });
        let sent = service::post(turn, me, peer, action, Some(self.by.origin))?;
        let log = LogId::Channel(migrated.channel);
        let all = migrated.entries.into_iter().chain(sent.entry.map(|it| (log, it)));
        // What the owner's own log has is the owner's to be told.
        let entries = all.filter(|(of, _)| *of == log || *of == LogId::Mailbox(me)).collect();
        Ok(Added { entries, missing: Vec::new() })
    }

    /// Copies of the last messages, with their authors, dates and names.
    fn give(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, peer) = (self.by.user, Peer::Chat(self.chat));
        let limit = self.forward.min(FORWARDED_MAX);
        let mut last = Vec::with_capacity(limit);
        for (key, _) in turn.scan(&rows::chat_range(me, peer), Direction::Backward, LOOKED_AT)? {
            if last.len() == limit {
                break;
            }
            let Some(row) = rows::copy(turn, me, rows::id_of(&key))? else { continue };
            if rows::open_body(turn, me, &row)?.action.is_none() {
                last.push(row);
            }
        }
        for row in last.into_iter().rev() {
            if rows::local_id(turn, self.user, row.uid)?.is_some() {
                continue;
            }
            let message = MessageCopy { mentions: Vec::new(), ..MessageCopy::of(&row) };
            let what = Delivered::Message { message };
            deliver(turn, row.from, self.user, Delivery::Group { peer, what })?;
        }
        Ok(())
    }
}

/// Puts somebody into a group that has room, with the message that says how; entries are the caller's. Whether
/// that may be is for the caller to have decided.
pub fn enter(
    turn: &mut Turn<'_>,
    by: &Caller,
    (id, mut row): (ChatId, ChatRow),
    user: UserId,
    inviter: UserId,
    author: UserId,
    action: Action,
) -> Decided<Vec<LogEntry>> {
    if row.members.len() >= CHAT_SIZE_MAX {
        return Err(Refusal::UsersTooMuch.into());
    }
    row.left.retain(|it| *it != user);
    row.members.push(ChatMember { user, inviter, joined: turn.now().secs(), ..ChatMember::default() });
    succession::returned(&mut row, user);
    let row = put_chat(turn, id, row);
    requests::withdraw(turn, Peer::Chat(id), user)?;
    let told = facts::tell_also(turn, by, id, &row, &[], &Change::ChatParticipants { chat: id })?;
    let skip = (author == by.user).then_some(by.origin);
    let sent = service::post(turn, author, Peer::Chat(id), action, skip)?;
    Ok([told].into_iter().chain(sent.entry.filter(|_| author == by.user)).collect())
}

fn are_mutual(turn: &Turn<'_>, one: UserId, other: UserId) -> Decided<bool> {
    Ok(is_contact(turn, one, other)? && is_contact(turn, other, one)?)
}

/// Removes somebody, or leaves.
pub struct RemoveMember {
    /// Who.
    pub by: Caller,
    /// From which group.
    pub chat: ChatId,
    /// Whom; the caller leaves.
    pub user: UserId,
    /// Who goes loses the messages that it has of the group.
    pub revoke_history: bool,
}

impl Command for RemoveMember {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let (me, user, peer) = (self.by.user, self.user, Peer::Chat(self.chat));
        let mut row = access::member_of(turn, self.chat, me)?;
        refuse_removal(&row, me, user)?;
        // Who goes is told so by the last message that it gets.
        let action = Action::ChatDeleteUser { user };
        let sent = service::post(turn, me, peer, action, Some(self.by.origin))?;
        if let Some(next) = succession::leave(turn, self.chat, &mut row, user) {
            service::post(turn, user, peer, Action::NewCreatorPending { user: next }, None)?;
        }
        row.members.retain(|it| it.user != user);
        if user == me {
            row.left.retain(|it| *it != me);
            row.left.push(me);
            let more = row.left.len().saturating_sub(LEFT_MAX);
            row.left.drain(..more);
        }
        let row = put_chat(turn, self.chat, row);
        importers::forget(turn, peer, user)?;
        let change = Change::ChatParticipants { chat: self.chat };
        let told = facts::tell_also(turn, &self.by, self.chat, &row, &[user], &change)?;
        if self.revoke_history {
            purge::begin(turn, peer, me, user)?;
        }
        Ok(sent.entry.into_iter().chain([told]).collect())
    }
}

/// Takes a deleted account out of a group, with no message of its own; the others see that it is gone.
pub(crate) fn erase(turn: &mut Turn<'_>, id: ChatId, user: UserId) -> Decided<()> {
    let Some(mut row) = chat(turn, id)? else { return Ok(()) };
    importers::forget(turn, Peer::Chat(id), user)?;
    let (was, had_left) = (row.member(user).is_some(), row.left.contains(&user));
    row.members.retain(|it| it.user != user);
    row.left.retain(|it| *it != user);
    match was {
        true => succession::erased(turn, id, row, user),
        false if had_left => {
            put_chat(turn, id, row);
            Ok(())
        }
        false => Ok(()),
    }
}

/// The creator removes anybody, an admin whoever is no admin, and others those whom they brought.
/// Source: TDLib 1.8.66, "Need to be inviter of a user to kick it from a basic group".
fn refuse_removal(row: &ChatRow, me: UserId, user: UserId) -> Decided<()> {
    let member = row.member(user).ok_or(Refusal::UserNotParticipant)?;
    let admin = row.admin_rights(me);
    let allowed = match () {
        () if user == me || row.creator == me => true,
        () if !row.admin_rights(user).is_none() => false,
        () => admin.has(AdminRights::BAN_USERS) || member.inviter == me,
    };
    if allowed { Ok(()) } else { Err(Refusal::ChatAdminRequired.into()) }
}
