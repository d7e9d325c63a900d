//! Sets that somebody has: installed and archived ones of each kind, those that were made, and featured ones that were
//! seen. A list is one row. A set that is deleted stays in the lists of others until they change, and is passed over.

use store::Key;

use super::{INSTALLED_MAX, OWNED_MAX, SetKind, rows};
use crate::{
    ids::{StickerSetId, UserId},
    record,
    spaces::STICKER_LIST,
    turn::Turn,
    view::{Decided, Rows, View, load_or_default},
};

/// Sets among the featured ones that somebody has seen: as many as there can be, twice.
const SEEN_MAX: usize = 2 * super::featured::FEATURED_MAX;

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Sets of a kind that are offered when something is written.
    Installed(SetKind),
    /// Those that were put away.
    Archived(SetKind),
    /// Those that were made, of all kinds.
    Owned,
    /// Featured ones that were seen.
    Seen(SetKind),
}

record! {
    /// A list, the first set first.
    pub struct ListRow { 1 => sets: Vec<Listed> }
}

record! {
    /// A set in a list.
    pub struct Listed {
        1 => set: StickerSetId,
        /// Since when, unix seconds.
        2 => since: u32,
    }
}

impl List {
    fn number(self) -> u8 {
        match self {
            List::Installed(kind) => kind.number(),
            List::Archived(kind) => 3 + kind.number(),
            List::Owned => 6,
            List::Seen(kind) => 7 + kind.number(),
        }
    }

    /// Sets that it holds.
    fn most(self) -> usize {
        match self {
            List::Installed(_) | List::Archived(_) => INSTALLED_MAX,
            List::Owned => OWNED_MAX,
            List::Seen(_) => SEEN_MAX,
        }
    }
}

/// A list as it is stored, deleted sets among the others.
pub fn list(view: &(impl Rows + ?Sized), user: UserId, list: List) -> Decided<Vec<Listed>> {
    Ok(load_or_default::<ListRow>(view, &key(user, list))?.sets)
}

/// Since when a set is in a list.
pub(super) fn since(view: &(impl Rows + ?Sized), user: UserId, of: List, set: StickerSetId) -> Decided<Option<u32>> {
    Ok(list(view, user, of)?.iter().find(|it| it.set == set).map(|it| it.since))
}

/// Puts a set at the head of a list; those that have no room any more, the last first.
pub(super) fn put_first(turn: &mut Turn<'_>, user: UserId, of: List, set: StickerSetId) -> Decided<Vec<StickerSetId>> {
    let since = turn.now().secs();
    let mut sets = there(turn, list(turn, user, of)?)?;
    sets.retain(|it| it.set != set);
    sets.insert(0, Listed { set, since, ..Listed::default() });
    let over = sets.split_off(sets.len().min(of.most()));
    write(turn, user, of, sets);
    Ok(over.into_iter().rev().map(|it| it.set).collect())
}

/// Takes a set out of a list; whether it was there.
pub(super) fn take_out(turn: &mut Turn<'_>, user: UserId, of: List, set: StickerSetId) -> Decided<bool> {
    let all = list(turn, user, of)?;
    let sets: Vec<_> = all.iter().filter(|it| it.set != set).cloned().collect();
    if sets.len() == all.len() {
        return Ok(false);
    }
    write(turn, user, of, sets);
    Ok(true)
}

/// Puts those that are named first, in this order; the others stay behind them. Whether anything moved.
pub(super) fn reorder(turn: &mut Turn<'_>, user: UserId, of: List, order: &[StickerSetId]) -> Decided<bool> {
    let before = list(turn, user, of)?;
    let mut sets = there(turn, before.clone())?;
    let place = |it: &Listed| order.iter().position(|set| *set == it.set).unwrap_or(order.len());
    sets.sort_by_key(place);
    let moved = sets != before;
    if moved {
        write(turn, user, of, sets);
    }
    Ok(moved)
}

/// Those that have not been deleted.
fn there(view: &(impl Rows + ?Sized), sets: Vec<Listed>) -> Decided<Vec<Listed>> {
    let mut kept = Vec::with_capacity(sets.len() + 1);
    for it in sets {
        if rows::set(view, it.set)?.is_some() {
            kept.push(it);
        }
    }
    Ok(kept)
}

fn write(turn: &mut Turn<'_>, user: UserId, of: List, sets: Vec<Listed>) {
    match sets.is_empty() {
        true => turn.delete(key(user, of)),
        false => turn.put(key(user, of), &ListRow { sets, ..ListRow::default() }),
    }
}

fn key(user: UserId, list: List) -> Key {
    Key::of(STICKER_LIST, user.vshard().0).u64(user.0).u8(list.number()).key()
}
