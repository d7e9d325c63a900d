//! What a basic group is called and how it goes about: title, description, default rights, protection, reactions,
//! self-destruct period, and its end.
//! Source: core.telegram.org/api/rights, core.telegram.org/method/messages.deleteChat.

use super::{ChatRow, access, card, facts, put_chat, put_chat_with};
use crate::{
    caller::Caller,
    groups::{AdminRights, BannedRights, card as cards, reactions::Allowed, service},
    ids::{ChatId, Peer},
    messages::{Action, purge, settings::PERIOD_MAX},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{Change, LogEntry},
    view::Decided,
};

/// One thing about a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Info {
    /// Its name.
    Title(String),
    /// Its description.
    About(String),
    /// What members may not do.
    DefaultBanned(BannedRights),
    /// Whether nothing may be forwarded out of it.
    NoForwards(bool),
    /// Which reactions may be chosen.
    Reactions(Allowed),
    /// Seconds after which its messages destroy themselves; 0: never.
    Ttl(u32),
}

/// Changes it.
pub struct EditChat {
    /// Who.
    pub by: Caller,
    /// Which group.
    pub chat: ChatId,
    /// How it shall be.
    pub info: Info,
}

impl Command for EditChat {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let row = access::member_of(turn, self.chat, self.by.user)?;
        match &self.info {
            Info::Title(title) => self.title(turn, row, title),
            Info::About(about) => self.about(turn, row, about),
            Info::DefaultBanned(rights) => self.default_banned(turn, row, *rights),
            Info::NoForwards(on) => {
                // Source: TDLib 1.8.66, "Only owner can do this".
                if row.creator != self.by.user {
                    return Err(Refusal::ChatAdminRequired.into());
                }
                self.same(row.noforwards == *on)?;
                self.put(turn, ChatRow { noforwards: *on, ..row })
            }
            Info::Reactions(allowed) => {
                access::refuse_without(&row, self.by.user, AdminRights::CHANGE_INFO)?;
                allowed.refuse_itself()?;
                self.same(row.reactions == *allowed)?;
                self.put(turn, ChatRow { reactions: allowed.clone(), ..row })
            }
            Info::Ttl(period) => self.ttl(turn, row, *period),
        }
    }
}

impl EditChat {
    fn title(&self, turn: &mut Turn<'_>, row: ChatRow, title: &str) -> Decided<Vec<LogEntry>> {
        access::refuse_unless(&row, self.by.user, AdminRights::CHANGE_INFO, BannedRights::CHANGE_INFO)?;
        let mut card = card(turn, self.chat, &row)?;
        let title = cards::clean_title(title)?;
        self.same(card.title == title)?;
        card.title.clone_from(&title);
        put_chat_with(turn, self.chat, row, &card)?;
        let (peer, action) = (Peer::Chat(self.chat), Action::ChatEditTitle { title });
        Ok(service::post(turn, self.by.user, peer, action, Some(self.by.origin))?.entry.into_iter().collect())
    }

    fn about(&self, turn: &mut Turn<'_>, row: ChatRow, about: &str) -> Decided<Vec<LogEntry>> {
        access::refuse_unless(&row, self.by.user, AdminRights::CHANGE_INFO, BannedRights::CHANGE_INFO)?;
        let mut card = card(turn, self.chat, &row)?;
        let about = cards::clean_about(about)?;
        if card.about == about {
            return Err(Refusal::ChatAboutNotModified.into());
        }
        card.about = about;
        let row = put_chat_with(turn, self.chat, row, &card)?;
        Ok(vec![facts::tell(turn, &self.by, self.chat, &row, &Change::Chat { chat: self.chat })?])
    }

    fn default_banned(&self, turn: &mut Turn<'_>, row: ChatRow, rights: BannedRights) -> Decided<Vec<LogEntry>> {
        access::refuse_without(&row, self.by.user, AdminRights::BAN_USERS)?;
        if rights.has(BannedRights::VIEW_MESSAGES) {
            return Err(Refusal::BannedRightsInvalid.into());
        }
        self.same(row.default_banned == rights)?;
        let row = put_chat(turn, self.chat, ChatRow { default_banned: rights, ..row });
        let change = Change::ChatDefaultBannedRights { peer: Peer::Chat(self.chat) };
        Ok(vec![facts::tell(turn, &self.by, self.chat, &row, &change)?])
    }

    fn ttl(&self, turn: &mut Turn<'_>, row: ChatRow, period: u32) -> Decided<Vec<LogEntry>> {
        // Source: TDLib 1.8.66, `set_dialog_message_ttl`.
        access::refuse_without(&row, self.by.user, AdminRights::DELETE_MESSAGES)?;
        if period > PERIOD_MAX {
            return Err(Refusal::TtlPeriodInvalid.into());
        }
        self.same(row.ttl_period == period)?;
        let row = put_chat(turn, self.chat, ChatRow { ttl_period: period, ..row });
        let peer = Peer::Chat(self.chat);
        let told = facts::tell(turn, &self.by, self.chat, &row, &Change::PeerHistoryTtl { peer, period })?;
        let action = Action::TtlSet { period, by_default_of: None };
        let sent = service::post(turn, self.by.user, peer, action, Some(self.by.origin))?;
        Ok([told].into_iter().chain(sent.entry).collect())
    }

    fn put(&self, turn: &mut Turn<'_>, row: ChatRow) -> Decided<Vec<LogEntry>> {
        let row = put_chat(turn, self.chat, row);
        Ok(vec![facts::tell(turn, &self.by, self.chat, &row, &Change::Chat { chat: self.chat })?])
    }

    fn same(&self, same: bool) -> Decided<()> {
        if same { Err(Refusal::ChatNotModified.into()) } else { Ok(()) }
    }
}

/// Ends a group for all: nobody is in it any more, and its messages go.
pub struct DeleteChat {
    /// Who; its creator.
    pub by: Caller,
    /// Which.
    pub chat: ChatId,
}

impl Command for DeleteChat {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let mut row = access::member_of(turn, self.chat, self.by.user)?;
        if row.creator != self.by.user {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let gone: Vec<_> = std::mem::take(&mut row.members).into_iter().map(|it| it.user).collect();
        row.deactivated = true;
        row.left.clear();
        let row = put_chat(turn, self.chat, row);
        let change = Change::Chat { chat: self.chat };
        let told = facts::tell_also(turn, &self.by, self.chat, &row, &gone, &change)?;
        for user in gone {
            purge::begin(turn, Peer::Chat(self.chat), self.by.user, user)?;
        }
        Ok(vec![told])
    }
}
