//! The order of folders, and whether lists show tags for them.

use super::{FoldersRow, folder_key, folders, rows};
use crate::{
    caller::Caller,
    ids::UserId,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows},
};

/// Somebody's folders in their order; 0 is the list of all chats.
pub fn order(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<u8>> {
    let there: Vec<_> = rows(view, user)?.into_iter().map(|(id, _)| id).collect();
    Ok(completed(&folders(view, user)?.order, &there))
}

/// An order of those that are there: what it does not name follows, but the list of all chats leads.
fn completed(wanted: &[u8], there: &[u8]) -> Vec<u8> {
    let mut order: Vec<u8> = Vec::with_capacity(there.len() + 1);
    if !wanted.contains(&0) {
        order.push(0);
    }
    for id in wanted.iter().chain(there) {
        if (*id == 0 || there.contains(id)) && !order.contains(id) {
            order.push(*id);
        }
    }
    order
}

/// Puts folders in an order.
pub struct ReorderFolders {
    /// Who.
    pub by: Caller,
    /// Folders that are not there are passed over: another device may have deleted one meanwhile.
    pub order: Vec<u8>,
}

impl Command for ReorderFolders {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let there: Vec<_> = rows(turn, me)?.into_iter().map(|(id, _)| id).collect();
        let new = completed(&self.order, &there);
        if new == order(turn, me)? {
            return Ok(());
        }
        turn.put(folder_key(me, 0), &FoldersRow { order: new, ..folders(turn, me)? });
        updates::append(turn, me, Change::FolderOrder {}, 0, Some(self.by.origin)).map(drop)
    }
}

/// Shows tags, or hides them.
pub struct ToggleTags {
    /// Who.
    pub by: Caller,
    /// Show them.
    pub enabled: bool,
}

impl Command for ToggleTags {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let old = folders(turn, me)?;
        if old.tags == self.enabled {
            return Ok(());
        }
        turn.put(folder_key(me, 0), &FoldersRow { tags: self.enabled, ..old });
        updates::append(turn, me, Change::Folders {}, 0, Some(self.by.origin)).map(drop)
    }
}

/// A folder takes its place at the end, or leaves the order.
pub(super) fn settle(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    let (old, new) = (folders(turn, user)?, order(turn, user)?);
    if old.order != new {
        turn.put(folder_key(user, 0), &FoldersRow { order: new, ..old });
    }
    Ok(())
}
