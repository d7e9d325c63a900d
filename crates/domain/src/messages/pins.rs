//! Pinned dialogs and their order.

use super::dialogs::{self, pinned};
use crate::{
    caller::Caller,
    folders::archive,
    groups::access,
    ids::{Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::Decided,
};

/// Dialogs pinned in the main list. Source: `dialogs_pinned_limit_default`.
pub const PINNED_MAX: usize = 5;

/// Dialogs pinned in the archive. Source: `dialogs_folder_pinned_limit_default`.
pub const ARCHIVE_PINNED_MAX: usize = 100;

/// Pins a dialog, or takes the pin away.
pub struct TogglePin {
    /// Who.
    pub by: Caller,
    /// Which chat.
    pub peer: Peer,
    /// Pin or not.
    pub pinned: bool,
}

impl Command for TogglePin {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        admit(turn, me, self.peer)?;
        let row = dialogs::dialog(turn, me, self.peer)?;
        if (row.pin > 0) == self.pinned {
            return Ok(());
        }
        let all = pinned(turn, me, row.folder)?;
        if self.pinned && all.len() >= pinned_max(row.folder) {
            return Err(Refusal::PinnedDialogsTooMuch.into());
        }
        let highest = all.iter().map(|(_, row)| row.pin).max().unwrap_or(0);
        dialogs::change(turn, me, self.peer, |it| it.pin = if self.pinned { highest + 1 } else { 0 })?;
        let change = Change::DialogPinned { peer: self.peer, pinned: self.pinned, folder: row.folder };
        updates::append(turn, me, change, 0, Some(self.by.origin)).map(drop)
    }
}

/// Puts the pinned dialogs of a folder in this order.
pub struct ReorderPins {
    /// Who.
    pub by: Caller,
    /// The folder.
    pub folder: u8,
    /// Highest first.
    pub order: Vec<Peer>,
    /// Dialogs not named lose their pin.
    pub force: bool,
}

impl Command for ReorderPins {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        if self.order.len() > pinned_max(self.folder) {
            return Err(Refusal::PinnedDialogsTooMuch.into());
        }
        for peer in &self.order {
            admit(turn, me, *peer)?;
            // A pin belongs to the part of the list that its chat is in.
            if dialogs::dialog(turn, me, *peer)?.folder != self.folder {
                return Err(Refusal::PeerIdInvalid.into());
            }
        }
        let before = pinned(turn, me, self.folder)?;
        let others = before.iter().map(|(peer, _)| *peer).filter(|peer| !self.order.contains(peer));
        let others: Vec<_> = others.collect();
        let kept = if self.force { &[][..] } else { &others[..] };
        let order: Vec<_> = self.order.iter().chain(kept).copied().collect();
        for peer in others.iter().filter(|_| self.force) {
            dialogs::change(turn, me, *peer, |it| it.pin = 0)?;
        }
        for (at, peer) in order.iter().rev().enumerate() {
            let pin = u32::try_from(at + 1).unwrap_or(u32::MAX);
            dialogs::change(turn, me, *peer, |it| it.pin = pin)?;
        }
        updates::append(turn, me, Change::PinnedOrder { folder: self.folder }, 0, Some(self.by.origin)).map(drop)
    }
}

fn pinned_max(folder: u8) -> usize {
    if folder == archive::ARCHIVE { ARCHIVE_PINNED_MAX } else { PINNED_MAX }
}

/// Channels in one's list are those that one is in.
fn admit(turn: &Turn<'_>, me: UserId, peer: Peer) -> Decided<()> {
    peer.channel().map_or(Ok(()), |channel| access::inside(turn, channel, me).map(drop))
}
