//! The end of a set: its rows and its key go at once, its name is free, and nobody finds it. Messages that carry a
//! sticker of it keep the sticker.

use super::{
    install::{tell, uninstall},
    lists::{self, List},
    names,
    rows::{self, Wanted, card, own},
};
use crate::{
    caller::Caller,
    people::names::{NameKind, release},
    sealing,
    service::Command,
    turn::Turn,
    updates::Change,
    view::Decided,
};

/// Deletes a set.
pub struct DeleteSet {
    /// Who; its maker.
    pub by: Caller,
    /// Which.
    pub set: Wanted,
}

impl Command for DeleteSet {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let (id, mut row) = own(turn, me, &self.set)?;
        let card = card(turn, id, &row)?;
        release(turn, NameKind::StickerSet, &card.short_name);
        names::settle(turn, id, &mut row, None);
        let thumb = [card.thumb].into_iter().filter(|it| *it != 0);
        for document in card.faces.iter().map(|it| it.document).chain(thumb) {
            rows::remove_document(turn, id, document);
        }
        rows::remove(turn, id);
        sealing::destroy(turn, sealing::set_scope(id))?;
        lists::take_out(turn, me, List::Owned, id)?;
        match uninstall(turn, me, row.kind, id)? {
            true => tell(turn, &self.by, Change::StickerSets { kind: row.kind }),
            false => Ok(()),
        }
    }
}
