//! A basic group becomes a supergroup: the group ends with a message that leads there, and its members, admins and
//! rules go along. What was said before stays in everybody's own copies.
//! Source: core.telegram.org/api/channel, "Migration".

use super::{ChatRow, access, card, put_chat};
use crate::{
    caller::Caller,
    groups::{
        AdminRights, ChannelRow, GroupCard, channel, create,
        invites::{export::ensure_main, inherit},
        members::{self, Coming},
        photo, ranks, service,
    },
    ids::{ChannelId, ChatId, LogId, Peer, UserId},
    messages::{Action, dialog},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{Change, LogEntry},
    view::{Decided, Stop, View},
};

/// Turns a group into a supergroup.
pub struct MigrateChat {
    /// Who; its creator.
    pub by: Caller,
    /// Which.
    pub chat: ChatId,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Migrated {
    /// The supergroup.
    pub channel: ChannelId,
    /// Entries of the caller's log and of the supergroup's.
    pub entries: Vec<(LogId, LogEntry)>,
}

impl Command for MigrateChat {
    type Reply = Migrated;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Migrated> {
        if let Some(row) = super::chat(turn, self.chat)?
            && row.migrated_to.is_some()
            && row.member(self.by.user).is_some()
        {
            return Err(Refusal::ChatAlreadyMigrated.into());
        }
        let row = access::member_of(turn, self.chat, self.by.user)?;
        if row.creator != self.by.user {
            return Err(Refusal::ChatAdminRequired.into());
        }
        migrate(turn, &self.by, self.chat, row)
    }
}

/// The same, once it is decided that it shall be; the creator is in the group.
pub(super) fn migrate(turn: &mut Turn<'_>, by: &Caller, id: ChatId, row: ChatRow) -> Decided<Migrated> {
    let (old, me) = (Peer::Chat(id), by.user);
    let card = card(turn, id, &row)?;
    let new = ChannelRow {
        default_banned: row.default_banned,
        noforwards: row.noforwards,
        ttl_period: row.ttl_period,
        migrated_from: Some(id),
        reactions: row.reactions.clone(),
        ..ChannelRow::default()
    };
    let (title, about, shown) = (card.title.clone(), card.about.clone(), card.photo.clone());
    let facts = GroupCard { title, about, photo: shown, ..GroupCard::default() };
    let channel = create::found(turn, by, new, &facts)?;
    photo::carry(turn, Peer::Channel(channel), facts.photo.as_ref());
    let rank = |user: UserId| card.ranks.iter().find(|it| it.user == user).map_or("", |it| it.text.as_str());
    entitle(turn, channel, me, rank(me))?;
    let last = service::post(turn, me, old, Action::ChatMigrateTo { channel }, Some(by.origin))?;
    let made = channel::existing(turn, channel)?;
    channel::put_channel(turn, channel, &ChannelRow { migrated_at: last.message, ..made });
    for member in row.members.iter().filter(|it| it.user != me) {
        bring(turn, by, channel, member.user, (member.inviter, member.admin))?;
        entitle(turn, channel, member.user, rank(member.user))?;
    }
    // Who came by a link is in by now.
    inherit::begin(turn, id, channel, row.members.len())?;
    ensure_main(turn, Peer::Channel(channel), me)?;
    put_chat(turn, id, ChatRow { migrated_to: Some(channel), deactivated: true, ..row });
    let action = Action::ChannelMigrateFrom { title: card.title, chat: id };
    let first = service::post(turn, me, Peer::Channel(channel), action, Some(by.origin))?;
    let date = turn.now().secs();
    let told = LogEntry { date, change: Change::Channel { channel }, ..LogEntry::default() };
    let own = LogId::Mailbox(me);
    let entries = last.entry.into_iter().chain([told]).map(|it| (own, it));
    let entries = entries.chain(first.entry.map(|it| (LogId::Channel(channel), it))).collect();
    Ok(Migrated { channel, entries })
}

/// A member goes along with its rights; one that is in as many channels as may be stays behind.
fn bring(
    turn: &mut Turn<'_>,
    by: &Caller,
    channel: ChannelId,
    user: UserId,
    (inviter, admin): (UserId, bool),
) -> Decided<()> {
    match members::add(turn, by, channel, user, Coming { inviter, via_request: false }) {
        Err(Stop::Refuse(Refusal::UserChannelsTooMuch)) => return Ok(()),
        other => other?,
    }
    if !admin {
        return Ok(());
    }
    let old = channel::member(turn, channel, user)?.unwrap_or_default();
    let new = channel::MemberRow { admin: AdminRights::BASIC, promoted_by: by.user, ..old.clone() };
    members::put(turn, channel, user, &old, &new)
}

/// A member keeps the title that it had; one that stayed behind has none.
fn entitle(turn: &mut Turn<'_>, channel: ChannelId, user: UserId, rank: &str) -> Decided<()> {
    let Some(old) = channel::member(turn, channel, user)?.filter(|it| it.joined > 0 && !rank.is_empty()) else {
        return Ok(());
    };
    let mut new = old.clone();
    ranks::set(turn, channel, user, &mut new, rank)?;
    members::put(turn, channel, user, &old, &new)
}

/// The last message of the basic group that a supergroup was, by the viewer's own numbers; none where the viewer
/// has nothing of it.
pub fn before(view: &(impl View + ?Sized), me: UserId, row: &ChannelRow) -> Decided<Option<(ChatId, i32)>> {
    let Some(chat) = row.migrated_from else { return Ok(None) };
    let last = dialog(view, me, Peer::Chat(chat))?.top.0;
    Ok((last > 0).then_some((chat, last)))
}
