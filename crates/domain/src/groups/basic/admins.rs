//! Admins of a basic group, and titles of its members.
//! Source: core.telegram.org/method/messages.editChatAdmin, core.telegram.org/method/messages.editChatParticipantRank.

use super::{access, card, facts, put_chat, put_chat_with};
use crate::{
    caller::Caller,
    groups::{BannedRights, GroupCard, Rank, card::clean_rank, invites::export::ensure_main},
    ids::{ChatId, Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{Change, LogEntry},
    view::Decided,
};

/// Makes a member an admin, or no longer one.
pub struct EditAdmin {
    /// Who; the creator.
    pub by: Caller,
    /// Of which group.
    pub chat: ChatId,
    /// Whom.
    pub user: UserId,
    /// An admin or not.
    pub admin: bool,
}

impl Command for EditAdmin {
    /// Entries of the caller's log: none where nothing changed.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let mut row = access::member_of(turn, self.chat, self.by.user)?;
        if row.creator != self.by.user {
            return Err(Refusal::ChatAdminRequired.into());
        }
        if self.user == self.by.user {
            return Err(Refusal::UserCreator.into());
        }
        let member = row.members.iter_mut().find(|it| it.user == self.user).ok_or(Refusal::UserNotParticipant)?;
        if member.admin == self.admin {
            return Ok(Vec::new());
        }
        member.admin = self.admin;
        let row = put_chat(turn, self.chat, row);
        if self.admin {
            ensure_main(turn, Peer::Chat(self.chat), self.user)?;
        }
        let change = Change::ChatParticipantAdmin { chat: self.chat, user: self.user };
        Ok(vec![facts::tell(turn, &self.by, self.chat, &row, &change)?])
    }
}

/// Gives a member a title, or takes it away.
pub struct EditRank {
    /// Who.
    pub by: Caller,
    /// Of which group.
    pub chat: ChatId,
    /// Whom.
    pub user: UserId,
    /// As typed; empty: none.
    pub rank: String,
}

impl Command for EditRank {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        let row = access::member_of(turn, self.chat, me)?;
        if row.member(self.user).is_none() {
            return Err(Refusal::UserNotParticipant.into());
        }
        // One's own is a matter of the group's rights; others' of admins, and an admin's of the creator.
        let allowed = match () {
            () if row.creator == me => true,
            () if self.user == me => !row.banned_rights(me).has(BannedRights::EDIT_RANK),
            () => !row.admin_rights(me).is_none() && row.admin_rights(self.user).is_none(),
        };
        if !allowed {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let (rank, mut card) = (clean_rank(&self.rank)?, card(turn, self.chat, &row)?);
        let old = rank_of(&card, self.user);
        if old == rank {
            return Err(Refusal::ChatNotModified.into());
        }
        card.ranks.retain(|it| it.user != self.user && row.member(it.user).is_some());
        if !rank.is_empty() {
            card.ranks.push(Rank { user: self.user, text: rank, ..Rank::default() });
        }
        let row = put_chat_with(turn, self.chat, row, &card)?;
        let change = Change::ChatParticipantRank { chat: self.chat, user: self.user };
        Ok(vec![facts::tell(turn, &self.by, self.chat, &row, &change)?])
    }
}

/// A member's title; empty: none.
pub fn rank_of(card: &GroupCard, user: UserId) -> String {
    card.ranks.iter().find(|it| it.user == user).map(|it| it.text.clone()).unwrap_or_default()
}
