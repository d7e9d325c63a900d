//! Installing, archiving, ordering and removing sets; one's own sessions are told.
//! Source: core.telegram.org/api/stickers, "Installing stickersets".

use super::{
    INSTALLED_MAX, SetKind,
    lists::{self, List},
    rows::{Wanted, find},
};
use crate::{
    caller::Caller,
    ids::{StickerSetId, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::Decided,
};

/// Installs a set, or puts it away.
pub struct Install {
    /// Who.
    pub by: Caller,
    /// Which.
    pub set: Wanted,
    /// It goes into the archive at once.
    pub archived: bool,
}

impl Command for Install {
    /// Sets that went into the archive, as there was no room for them.
    type Reply = Vec<StickerSetId>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<StickerSetId>> {
        let (id, row) = find(turn, &self.set)?;
        match self.archived {
            true => {
                archive(turn, self.by.user, row.kind, id)?;
                tell(turn, &self.by, Change::StickerSets { kind: row.kind })?;
                Ok(Vec::new())
            }
            false => install(turn, &self.by, row.kind, id),
        }
    }
}

/// Installs a set at the head of the list. One that is installed stays where it is.
pub(super) fn install(turn: &mut Turn<'_>, by: &Caller, kind: SetKind, id: StickerSetId) -> Decided<Vec<StickerSetId>> {
    let me = by.user;
    if lists::since(turn, me, List::Installed(kind), id)?.is_some() {
        return Ok(Vec::new());
    }
    lists::take_out(turn, me, List::Archived(kind), id)?;
    let over = lists::put_first(turn, me, List::Installed(kind), id)?;
    for it in &over {
        // What the archive has no room for is forgotten.
        lists::put_first(turn, me, List::Archived(kind), *it)?;
    }
    tell(turn, by, Change::StickerSetInstalled { set: id })?;
    if !over.is_empty() {
        tell(turn, by, Change::StickerSets { kind })?;
    }
    Ok(over)
}

fn archive(turn: &mut Turn<'_>, me: UserId, kind: SetKind, id: StickerSetId) -> Decided<()> {
    lists::take_out(turn, me, List::Installed(kind), id)?;
    if lists::since(turn, me, List::Archived(kind), id)?.is_none() {
        lists::put_first(turn, me, List::Archived(kind), id)?;
    }
    Ok(())
}

/// Forgets a set; whether it was installed or archived.
pub(super) fn uninstall(turn: &mut Turn<'_>, me: UserId, kind: SetKind, id: StickerSetId) -> Decided<bool> {
    let installed = lists::take_out(turn, me, List::Installed(kind), id)?;
    Ok(lists::take_out(turn, me, List::Archived(kind), id)? || installed)
}

/// Removes a set from one's lists.
pub struct Uninstall {
    /// Who.
    pub by: Caller,
    /// Which.
    pub set: Wanted,
}

impl Command for Uninstall {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (id, row) = find(turn, &self.set)?;
        match uninstall(turn, self.by.user, row.kind, id)? {
            true => tell(turn, &self.by, Change::StickerSets { kind: row.kind }),
            false => Ok(()),
        }
    }
}

/// Orders installed sets.
pub struct Reorder {
    /// Who.
    pub by: Caller,
    /// Of which kind.
    pub kind: SetKind,
    /// The first ones, in their order; others follow.
    pub order: Vec<StickerSetId>,
}

impl Command for Reorder {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if self.order.len() > INSTALLED_MAX {
            return Err(Refusal::OrderInvalid.into());
        }
        match lists::reorder(turn, self.by.user, List::Installed(self.kind), &self.order)? {
            true => tell(turn, &self.by, Change::StickerSetsOrder { kind: self.kind }),
            false => Ok(()),
        }
    }
}

/// What is done to several sets at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toggle {
    /// They are removed.
    Uninstall,
    /// They go into the archive.
    Archive,
    /// They come back from there.
    Unarchive,
}

/// Does it to several sets.
pub struct ToggleSets {
    /// Who.
    pub by: Caller,
    /// Which.
    pub sets: Vec<Wanted>,
    /// What.
    pub how: Toggle,
}

impl Command for ToggleSets {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if self.sets.len() > INSTALLED_MAX {
            return Err(Refusal::StickersetInvalid.into());
        }
        let (me, mut kinds) = (self.by.user, Vec::new());
        // The first of them comes to stand first.
        for wanted in self.sets.iter().rev() {
            let (id, row) = find(turn, wanted)?;
            match self.how {
                Toggle::Uninstall => drop(uninstall(turn, me, row.kind, id)?),
                Toggle::Archive => archive(turn, me, row.kind, id)?,
                Toggle::Unarchive => drop(install(turn, &self.by, row.kind, id)?),
            }
            if !kinds.contains(&row.kind) {
                kinds.push(row.kind);
            }
        }
        kinds.into_iter().try_for_each(|kind| tell(turn, &self.by, Change::StickerSets { kind }))
    }
}

/// Tells the caller's other sessions.
pub(super) fn tell(turn: &mut Turn<'_>, by: &Caller, change: Change) -> Decided<()> {
    updates::append(turn, by.user, change, 0, Some(by.origin)).map(drop)
}
