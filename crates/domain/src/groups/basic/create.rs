//! Making a basic group.
//! Source: core.telegram.org/method/messages.createChat.

use super::{ChatMember, ChatRow, allocate, facts, people, put_chat_with};
use crate::{
    caller::Caller,
    groups::{CHAT_SIZE_MAX, GroupCard, card, invites::export::ensure_main, service},
    ids::{ChatId, Peer, UserId},
    messages::{Action, settings::ttl_of_new},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{Change, LogEntry},
    view::{Decided, View},
};

/// Makes a group of these people.
pub struct CreateChat {
    /// Who; its creator.
    pub by: Caller,
    /// Whom to add; who is named twice is added once.
    pub users: Vec<UserId>,
    /// As typed.
    pub title: String,
    /// Seconds after which messages destroy themselves; 0: as its creator wishes of new chats.
    pub ttl_period: u32,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Created {
    /// Which.
    pub chat: ChatId,
    /// Entries of the creator's log.
    pub entries: Vec<LogEntry>,
    /// Who does not let itself be added.
    pub missing: Vec<UserId>,
}

impl Command for CreateChat {
    type Reply = Created;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Created> {
        let (me, now) = (self.by.user, turn.now().secs());
        let title = card::clean_title(&self.title)?;
        let ttl_period = ttl_of_new(turn, me, self.ttl_period)?;
        let mut row = ChatRow { creator: me, created: now, ttl_period, ..ChatRow::default() };
        let member = |user| ChatMember { user, inviter: me, joined: now, ..ChatMember::default() };
        row.members.push(member(me));
        let (mut added, mut missing) = (Vec::new(), Vec::new());
        for &user in &self.users {
            if row.member(user).is_some() || missing.contains(&user) {
                continue;
            }
            match people::addable(turn, me, user)? {
                true => {
                    row.members.push(member(user));
                    added.push(user);
                }
                false => missing.push(user),
            }
        }
        if row.members.len() > CHAT_SIZE_MAX {
            return Err(Refusal::UsersTooMuch.into());
        }
        let id = allocate(turn)?;
        let card = GroupCard { title: title.clone(), ..GroupCard::default() };
        let row = put_chat_with(turn, id, row, &card)?;
        ensure_main(turn, Peer::Chat(id), me)?;
        let told = facts::tell(turn, &self.by, id, &row, &Change::ChatParticipants { chat: id })?;
        let action = Action::ChatCreate { title, users: added };
        let sent = service::post(turn, me, Peer::Chat(id), action, Some(self.by.origin))?;
        let entries = [told].into_iter().chain(sent.entry).collect();
        Ok(Created { chat: id, entries, missing })
    }
}
