//! Making, changing and deleting a folder.
//! Source: core.telegram.org/method/messages.updateDialogFilter.

use super::{
    CHATS_MAX, COLORS, EMOTICON_MAX, FOLDERS_MAX, FolderCard, FolderRow, IDS, Kinds, TITLE_MAX, archive, folder_key,
    links, order, put, row, rows,
};
use crate::{
    caller::Caller,
    groups::{access, basic},
    ids::{Peer, UserId},
    messages::{EntityKind, polls::Styled, text},
    people,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Stop, View},
};

/// A folder as a client sends it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewFolder {
    /// Which kinds of chats are in it.
    pub kinds: Kinds,
    /// Its title.
    pub title: Styled,
    /// Emoji of its title do not move.
    pub still: bool,
    /// What stands for it; may be empty.
    pub emoticon: String,
    /// Of its tag.
    pub color: Option<i32>,
    /// Always at its top.
    pub pinned: Vec<Peer>,
    /// Always in it.
    pub included: Vec<Peer>,
    /// Never in it.
    pub excluded: Vec<Peer>,
    /// It is one of those that can be shared.
    pub shareable: bool,
}

/// Makes a folder, or puts another in its place.
pub struct PutFolder {
    /// Who.
    pub by: Caller,
    /// Its number.
    pub id: u8,
    /// All of it.
    pub folder: NewFolder,
}

impl Command for PutFolder {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, id) = (self.by.user, self.id);
        if !IDS.contains(&id) {
            return Err(Refusal::FilterIdInvalid.into());
        }
        let old = row(turn, me, id)?;
        if old.is_none() && rows(turn, me)?.len() >= FOLDERS_MAX {
            return Err(Refusal::DialogFiltersTooMuch.into());
        }
        let old = old.unwrap_or_default();
        let card = card(&self.folder.title, &self.folder.emoticon)?;
        let new = self.row(turn, old)?;
        put(turn, me, id, new, &card)?;
        order::settle(turn, me)?;
        archive::settle_kept(turn, me)?;
        tell(turn, &self.by, id).map(drop)
    }
}

impl PutFolder {
    fn row(&self, turn: &Turn<'_>, old: FolderRow) -> Decided<FolderRow> {
        let (me, wanted) = (self.by.user, &self.folder);
        let pinned = once(&wanted.pinned, &[]);
        let included = once(&wanted.included, &pinned);
        let excluded = once(&wanted.excluded, &[&pinned[..], &included].concat());
        if pinned.len() + included.len() > CHATS_MAX {
            return Err(Refusal::FilterIncludeTooMuch.into());
        }
        if excluded.len() > CHATS_MAX {
            return Err(Refusal::FilterExcludeTooMuch.into());
        }
        let (pinned, included) = (known(turn, me, &pinned)?, known(turn, me, &included)?);
        let excluded = known(turn, me, &excluded)?;
        if pinned.is_empty() && included.is_empty() && !wanted.kinds.takes_any() {
            return Err(Refusal::FilterIncludeEmpty.into());
        }
        // One that others have, or that came from them, stays what it is.
        let shareable = wanted.shareable || old.came() || old.links > 0;
        if shareable && !excluded.is_empty() {
            return Err(Refusal::ChatlistExcludeInvalid.into());
        }
        if shareable && wanted.kinds != Kinds::NONE {
            return Err(Refusal::FilterNotSupported.into());
        }
        let color = wanted.color.filter(|it| COLORS.contains(it));
        Ok(FolderRow {
            kinds: wanted.kinds.0,
            color,
            pinned,
            included,
            excluded,
            still: wanted.still,
            shareable,
            ..old
        })
    }
}

/// Deletes a folder; its chats stay where they are.
pub struct DeleteFolder {
    /// Who.
    pub by: Caller,
    /// Its number.
    pub id: u8,
}

impl Command for DeleteFolder {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        delete(turn, &self.by, self.id).map(drop)
    }
}

/// The same, from within another command.
pub(super) fn delete(turn: &mut Turn<'_>, by: &Caller, id: u8) -> Decided<LogEntry> {
    row(turn, by.user, id)?.ok_or(Refusal::FilterIdInvalid)?;
    links::delete_all(turn, by.user, id)?;
    turn.delete(folder_key(by.user, id));
    order::settle(turn, by.user)?;
    archive::settle_kept(turn, by.user)?;
    tell(turn, by, id)
}

/// Tells all sessions but the caller's of a folder as it is now.
pub(super) fn tell(turn: &mut Turn<'_>, by: &Caller, id: u8) -> Decided<LogEntry> {
    updates::append(turn, by.user, Change::Folder { folder: id }, 0, Some(by.origin))
}

/// A title and an emoji as they are kept. Titles have no other marks than emoji.
/// Source: core.telegram.org/constructor/dialogFilter.
pub(super) fn card(title: &Styled, emoticon: &str) -> Decided<FolderCard> {
    let cleaned = text::clean(&title.text, &title.entities).map_err(|it| match it {
        Refusal::MessageEmpty => Refusal::FilterTitleEmpty,
        other => other,
    })?;
    if cleaned.text.chars().count() > TITLE_MAX {
        return Err(Refusal::MessageTooLong.into());
    }
    let emoji = |it: &crate::messages::Entity| matches!(it.kind, EntityKind::CustomEmoji { .. });
    let entities = cleaned.entities.into_iter().filter(emoji).collect();
    let title = Styled { text: cleaned.text, entities, ..Styled::default() };
    Ok(FolderCard { title, emoticon: emoticon.chars().take(EMOTICON_MAX).collect(), ..FolderCard::default() })
}

/// Those that somebody may have in a folder. What was left meanwhile falls out: a client sends all that it had.
pub(super) fn known(view: &(impl View + ?Sized), me: UserId, peers: &[Peer]) -> Decided<Vec<Peer>> {
    let mut all = Vec::with_capacity(peers.len());
    for peer in peers {
        if is_known(view, me, *peer)? {
            all.push(*peer);
        }
    }
    Ok(all)
}

/// Whether a chat is there for somebody.
pub fn is_known(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<bool> {
    let allowed = match peer {
        Peer::User(user) => return Ok(people::user(view, user)?.is_some()),
        Peer::Chat(id) => basic::access::refuse_stranger(view, id, me),
        Peer::Channel(id) => access::reader(view, id, me).map(drop),
    };
    match allowed {
        Ok(()) => Ok(true),
        Err(Stop::Refuse(_)) => Ok(false),
        Err(stop) => Err(stop),
    }
}

/// Each once, without others.
pub(super) fn once(peers: &[Peer], others: &[Peer]) -> Vec<Peer> {
    let mut all: Vec<Peer> = Vec::with_capacity(peers.len());
    for peer in peers {
        if !all.contains(peer) && !others.contains(peer) {
            all.push(*peer);
        }
    }
    all
}
