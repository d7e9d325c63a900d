//! The photos that somebody has of itself: a row each, sealed under the account's key, and their order.

use bytes::Bytes;
use store::{Direction, Key, KeyBuilder, Range};
use vault::Kind;

use crate::{
    files::{Carrier, Photo, uses},
    ids::UserId,
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    spaces::{USER_PHOTO, USER_PHOTO_ORDER},
    turn::Turn,
    view::{Decided, Rows, View, load},
};

/// Photos that one has of itself, so that their order is read at once. Telegram names no number, only the refusal.
pub const PHOTOS_MAX: usize = 500;

record! {
    /// A photo that somebody has of itself.
    pub struct PhotoRow {
        /// A [`Photo`], sealed under the account's key; AAD is its id.
        1 => photo: Bytes,
        /// The files that it holds the keys of.
        2 => files: Vec<u64>,
        /// Its place among the others, later ones higher; 0: it is not among them.
        3 => place: u32,
        /// It is shown to whom the current one is hidden from.
        4 => fallback: bool,
    }
}

impl PhotoRow {
    /// Whether it is among those that are paged through.
    pub fn is_listed(&self) -> bool {
        self.place > 0
    }
}

/// The row of a photo.
pub fn row(view: &(impl Rows + ?Sized), user: UserId, photo: u64) -> Decided<Option<PhotoRow>> {
    load(view, &key(user, photo))
}

/// What is sealed in it.
pub(super) fn open(view: &(impl View + ?Sized), user: UserId, photo: u64, row: &PhotoRow) -> Decided<Photo> {
    let scope = sealing::account_scope(user);
    Ok(Photo::decode(&sealing::open(view, scope, Kind::UserPhoto, &photo.to_be_bytes(), 0, &row.photo)?)?)
}

/// The photos that somebody shows or showed, by id, the latest first.
pub(super) fn listed(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<u64>> {
    Ok(places(view, user, PHOTOS_MAX)?.into_iter().map(|(_, photo)| photo).collect())
}

/// Puts a photo on the top of the list.
pub(super) fn put_latest(turn: &mut Turn<'_>, user: UserId, photo: &Photo) -> Decided<()> {
    let before = row(turn, user, photo.id)?.unwrap_or_default();
    if before.is_listed() {
        turn.delete(order_key(user, before.place, photo.id));
    } else if places(turn, user, PHOTOS_MAX)?.len() >= PHOTOS_MAX {
        return Err(Refusal::AlbumPhotosTooMany.into());
    }
    let latest = places(turn, user, 1)?.first().map_or(0, |(place, _)| *place);
    let place = latest.checked_add(1).ok_or(Refusal::AlbumPhotosTooMany)?;
    turn.put_empty(order_key(user, place, photo.id));
    put(turn, user, photo, PhotoRow { place, ..before })
}

/// Keeps a photo as the fallback.
pub(super) fn put_fallback(turn: &mut Turn<'_>, user: UserId, photo: &Photo) -> Decided<()> {
    let before = row(turn, user, photo.id)?.unwrap_or_default();
    put(turn, user, photo, PhotoRow { fallback: true, ..before })
}

/// It is the fallback no more, and goes where it is nothing else.
pub(super) fn drop_fallback(turn: &mut Turn<'_>, user: UserId, photo: u64) -> Decided<()> {
    match row(turn, user, photo)? {
        Some(row) if row.is_listed() => turn.put(key(user, photo), &PhotoRow { fallback: false, ..row }),
        Some(_) => turn.delete(key(user, photo)),
        None => {}
    }
    Ok(())
}

/// Forgets a photo; `false`: there was none.
pub(super) fn remove(turn: &mut Turn<'_>, user: UserId, photo: u64) -> Decided<bool> {
    let Some(row) = row(turn, user, photo)? else { return Ok(false) };
    if row.is_listed() {
        turn.delete(order_key(user, row.place, photo));
    }
    turn.delete(key(user, photo));
    Ok(true)
}

/// The latest photo.
pub(super) fn latest(turn: &Turn<'_>, user: UserId) -> Decided<Option<Photo>> {
    let Some((_, photo)) = places(turn, user, 1)?.first().copied() else { return Ok(None) };
    let Some(row) = row(turn, user, photo)? else { return Ok(None) };
    open(turn, user, photo, &row).map(Some)
}

fn put(turn: &mut Turn<'_>, user: UserId, photo: &Photo, row: PhotoRow) -> Decided<()> {
    let files: Vec<_> = photo.files().map(|it| it.id).collect();
    files.iter().for_each(|it| uses::put(turn, *it, Carrier::UserPhoto { user, photo: photo.id }));
    let (scope, name) = (sealing::account_scope(user), photo.id.to_be_bytes());
    let sealed = sealing::seal(turn, scope, Kind::UserPhoto, &name, 0, &photo.encode())?;
    turn.put(key(user, photo.id), &PhotoRow { photo: sealed, files, ..row });
    Ok(())
}

fn places(view: &(impl Rows + ?Sized), user: UserId, limit: usize) -> Decided<Vec<(u32, u64)>> {
    let rows = view.scan(&Range::prefix(order(user).key()), Direction::Forward, limit)?;
    let place = |key: &Key| {
        let (place, photo) = key.suffix().get(8..)?.split_first_chunk()?;
        Some((!u32::from_be_bytes(*place), u64::from_be_bytes(photo.try_into().ok()?)))
    };
    Ok(rows.iter().filter_map(|(key, _)| place(key)).collect())
}

fn key(user: UserId, photo: u64) -> Key {
    Key::of(USER_PHOTO, user.vshard().0).u64(user.0).u64(photo).key()
}

fn order_key(user: UserId, place: u32, photo: u64) -> Key {
    order(user).u32(!place).u64(photo).key()
}

fn order(user: UserId) -> KeyBuilder {
    Key::of(USER_PHOTO_ORDER, user.vshard().0).u64(user.0)
}
