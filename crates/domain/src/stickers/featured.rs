//! Sets that the operator shows to everybody, and which of them somebody has seen.
//! Source: core.telegram.org/api/stickers, "Featured stickersets".

use store::Key;

use super::{
    SetKind,
    install::tell,
    lists::{self, List, Listed},
    rows::{self, SetCard, Wanted, card, find},
};
use crate::{
    caller::Caller,
    ids::{StickerSetId, UserId},
    record,
    refusal::Refusal,
    service::Command,
    spaces::STICKERS_FEATURED,
    turn::Turn,
    updates::Change,
    view::{Decided, View, load_or_default},
};

/// Sets of one kind that are shown: clients load all of them at once.
pub const FEATURED_MAX: usize = 100;

/// Sets that were shown before.
const OLD_MAX: usize = 200;

record! {
    /// The operator's choice.
    pub struct FeaturedRow {
        /// The latest first.
        1 => sets: Vec<Listed>,
        /// Those that are shown no more, the last of them first.
        2 => old: Vec<Listed>,
    }
}

/// Shows a set to everybody, or no longer.
pub struct Feature {
    /// By its short name.
    pub short_name: String,
    /// Whether it is shown.
    pub on: bool,
}

impl Command for Feature {
    /// What the set says of itself.
    type Reply = SetCard;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<SetCard> {
        let (id, set) = find(turn, &Wanted::Name(self.short_name.clone()))?;
        if set.kind == SetKind::Masks {
            return Err(Refusal::PackTypeInvalid.into());
        }
        let mut row: FeaturedRow = load_or_default(turn, &key(set.kind))?;
        let was = row.sets.iter().any(|it| it.set == id);
        if was == self.on {
            return Err(Refusal::StickersetNotModified.into());
        }
        row.sets.retain(|it| it.set != id);
        row.old.retain(|it| it.set != id);
        let new = Listed { set: id, since: turn.now().secs(), ..Listed::default() };
        match self.on {
            true if row.sets.len() >= FEATURED_MAX => return Err(Refusal::StickersTooMuch.into()),
            true => row.sets.insert(0, new),
            false => row.old.insert(0, new),
        }
        row.old.truncate(OLD_MAX);
        turn.put(key(set.kind), &row);
        card(turn, id, &set)
    }
}

/// Sets that are shown, those of them that somebody has not seen, and those that were shown before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Featured {
    /// The latest first.
    pub sets: Vec<StickerSetId>,
    /// Not seen.
    pub unread: Vec<StickerSetId>,
    /// The last first.
    pub old: Vec<StickerSetId>,
}

/// What is shown to somebody.
pub fn featured(view: &(impl View + ?Sized), me: UserId, kind: SetKind) -> Decided<Featured> {
    let row: FeaturedRow = load_or_default(view, &key(kind))?;
    let seen = lists::list(view, me, List::Seen(kind))?;
    let (sets, old) = (there(view, &row.sets)?, there(view, &row.old)?);
    let unread = sets.iter().filter(|it| seen.iter().all(|seen| seen.set != **it)).copied().collect();
    Ok(Featured { sets, unread, old })
}

fn there(view: &(impl View + ?Sized), sets: &[Listed]) -> Decided<Vec<StickerSetId>> {
    let mut kept = Vec::with_capacity(sets.len());
    for it in sets {
        if rows::set(view, it.set)?.is_some() {
            kept.push(it.set);
        }
    }
    Ok(kept)
}

/// Somebody has seen featured sets.
pub struct ReadFeatured {
    /// Who.
    pub by: Caller,
    /// Which; empty: all of them.
    pub sets: Vec<StickerSetId>,
}

impl Command for ReadFeatured {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        for kind in [SetKind::Stickers, SetKind::Emoji] {
            let unread = featured(turn, me, kind)?.unread;
            let read: Vec<_> = unread.iter().filter(|it| self.sets.is_empty() || self.sets.contains(it)).collect();
            for set in &read {
                lists::put_first(turn, me, List::Seen(kind), **set)?;
            }
            if !read.is_empty() {
                tell(turn, &self.by, Change::ReadFeatured { kind })?;
            }
        }
        Ok(())
    }
}

fn key(kind: SetKind) -> Key {
    Key::of(STICKERS_FEATURED, 0).u8(kind.number()).key()
}
