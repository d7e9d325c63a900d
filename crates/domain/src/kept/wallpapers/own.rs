//! The wallpapers on somebody's list: those that it saved or used, the last one first, then the server's fills.

use super::{Look, Named, Seen, Wallpaper, fills, find, seen};
use crate::{
    caller::Caller,
    files::Carrier,
    ids::UserId,
    kept::list::{self, List, Thing},
    record::Record,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Wallpapers that one account keeps beside the server's; beyond, the oldest go.
pub const WALLPAPERS_MAX: usize = 100;

/// All of a list, in its order.
pub fn all(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<Seen>> {
    let order = list::order(view, user, List::Wallpapers)?;
    let mut all = Vec::with_capacity(order.files.len());
    for id in &order.files {
        all.extend(wallpaper(view, user, *id)?.map(|it| seen(view, it, carrier(user, *id))));
    }
    let left = fills::all().filter(|it| !order.files.contains(&it.id) && !order.without.contains(&it.id));
    all.extend(left.map(|wallpaper| Seen { wallpaper, ..Seen::default() }));
    Ok(all)
}

/// A wallpaper of a list; those of the server only where they were saved with a look of their own.
pub(crate) fn wallpaper(view: &(impl View + ?Sized), user: UserId, id: u64) -> Decided<Option<Wallpaper>> {
    match list::opened(view, user, List::Wallpapers, id)? {
        Some(plain) => Ok(Some(Wallpaper::decode(&plain)?)),
        None => Ok(None),
    }
}

/// What carries the wallpapers of a list.
pub(super) fn carrier(user: UserId, file: u64) -> Carrier {
    Carrier::Kept { user, list: List::Wallpapers, file }
}

/// Puts a wallpaper at the front of a list.
pub(super) fn put(turn: &mut Turn<'_>, user: UserId, it: &Wallpaper) -> Decided<()> {
    let thing = Thing { id: it.id, plain: it.encode(), files: it.files() };
    list::put(turn, user, List::Wallpapers, thing, (0, WALLPAPERS_MAX, None)).map(drop)
}

/// Saves or uses a wallpaper, or takes it off the list.
pub struct SaveWallpaper {
    /// Who.
    pub by: Caller,
    /// Which.
    pub wallpaper: Named,
    /// How it is shown.
    pub look: Look,
    /// It is to be taken off.
    pub unsave: bool,
}

impl Command for SaveWallpaper {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let look = self.look.clone().checked()?;
        if !self.unsave {
            let wallpaper = find(turn, me, &self.wallpaper, (look != Look::default()).then_some(&look))?;
            return put(turn, me, &wallpaper);
        }
        let id = match &self.wallpaper {
            Named::Id(id, _) | Named::Fill(id) if *id != 0 => *id,
            named => find(turn, me, named, Some(&look))?.id,
        };
        list::remove(turn, me, List::Wallpapers, id)?;
        if fills::is_built_in(id) { list::leave_out(turn, me, List::Wallpapers, id) } else { Ok(()) }
    }
}

/// Makes a list the one that comes with the server.
pub struct ResetWallpapers {
    /// Whose.
    pub by: Caller,
}

impl Command for ResetWallpapers {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        list::clear(turn, self.by.user, List::Wallpapers)
    }
}
