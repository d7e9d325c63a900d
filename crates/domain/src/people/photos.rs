//! Photos of people: the one that somebody shows, those that it showed before, what it shows to whom those are hidden
//! from, and what others see in its place. Privacy decides at each look, also at each range of a photo's bytes.
//! Source: core.telegram.org/api/files#profile-pictures.

pub mod change;
pub mod contact;
pub mod rows;
#[cfg(test)]
pub(crate) mod tests;

pub use change::{DeletePhotos, SetPhoto};
pub use contact::SetContactPhoto;
pub use rows::PHOTOS_MAX;

use bytes::Bytes;

use super::{
    UserCard, blocks,
    contacts::{ContactLabel, contact, label},
    known, privacy, user,
};
use crate::{
    files::{Access, Carrier, Photo, Stored},
    ids::UserId,
    refusal::Refusal,
    view::{Decided, View},
};

/// Photos of one page. Source: core.telegram.org/method/photos.getUserPhotos; clients ask for up to a hundred.
pub const PAGE_MAX: usize = 100;

/// What lists of users and groups show of a photo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeenPhoto {
    /// The photo's id.
    pub id: u64,
    /// A tiny one, without its head.
    pub stripped: Bytes,
    /// It moves.
    pub video: bool,
    /// The viewer chose it for itself.
    pub personal: bool,
}

impl From<&Photo> for SeenPhoto {
    fn from(it: &Photo) -> Self {
        Self { id: it.id, stripped: it.stripped.clone(), video: !it.videos.is_empty(), personal: false }
    }
}

/// The photo that `viewer` sees of somebody; `label` is what its address book says.
pub(super) fn seen<'a>(
    view: &(impl View + ?Sized),
    viewer: UserId,
    id: UserId,
    (card, label): (&'a UserCard, Option<&'a ContactLabel>),
) -> Decided<Option<SeenPhoto>> {
    if let Some(own) = label.and_then(|it| it.photo.as_ref()) {
        return Ok(Some(SeenPhoto { personal: true, ..own.into() }));
    }
    Ok(public(view, viewer, id, card)?.map(SeenPhoto::from))
}

/// The photo that anybody sees of somebody, and whether that is what each sees whom nothing else is shown.
pub(super) fn seen_min(view: &(impl View + ?Sized), id: UserId, card: &UserCard) -> Decided<(Option<SeenPhoto>, bool)> {
    let has_any = card.photo.is_some() || card.fallback.is_some();
    if has_any && !privacy::is_open(view, id, privacy::Key::ProfilePhoto)? {
        return Ok((card.fallback.as_ref().map(SeenPhoto::from), false));
    }
    Ok((card.photo.as_ref().map(SeenPhoto::from), true))
}

/// What somebody shows to `viewer` by itself.
fn public<'a>(
    view: &(impl View + ?Sized),
    viewer: UserId,
    id: UserId,
    card: &'a UserCard,
) -> Decided<Option<&'a Photo>> {
    if card.photo.is_none() && card.fallback.is_none() || shuts_out(view, viewer, id)? {
        return Ok(None);
    }
    let is_told = privacy::allows(view, id, privacy::Key::ProfilePhoto, viewer)?;
    Ok(if is_told { card.photo.as_ref() } else { card.fallback.as_ref() })
}

/// Who is blocked sees the name and no more.
fn shuts_out(view: &(impl View + ?Sized), viewer: UserId, id: UserId) -> Decided<bool> {
    Ok(viewer != id && blocks::is_blocked(view, id, viewer)?)
}

/// The photos of a profile, each where the viewer sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfilePhotos {
    /// What the viewer chose for itself.
    pub personal: Option<(Photo, Access)>,
    /// What the user shows.
    pub current: Option<(Photo, Access)>,
    /// What the user shows to whom that is hidden from.
    pub fallback: Option<(Photo, Access)>,
}

/// The photos of a profile as `viewer` sees them.
pub(super) fn of_profile(
    view: &(impl View + ?Sized),
    viewer: UserId,
    id: UserId,
    (card, label): (&UserCard, Option<&ContactLabel>),
) -> Decided<ProfilePhotos> {
    let own = |it: &Photo| with_access(view, it, Carrier::ContactPhoto { owner: viewer, other: id });
    let theirs = |it: &Photo| with_access(view, it, Carrier::UserPhoto { user: id, photo: it.id });
    let personal = label.and_then(|it| it.photo.as_ref()).map(own);
    let shown = public(view, viewer, id, card)?;
    let is_current = shown.is_some() && shown == card.photo.as_ref();
    Ok(ProfilePhotos {
        personal,
        current: shown.filter(|_| is_current).map(theirs),
        fallback: match viewer == id {
            true => card.fallback.as_ref().map(theirs),
            false => shown.filter(|_| !is_current).map(theirs),
        },
    })
}

/// A photo with what its bytes are asked for by.
pub fn with_access(view: &(impl View + ?Sized), photo: &Photo, carrier: Carrier) -> (Photo, Access) {
    (photo.clone(), Access::of(view, carrier, [photo.id]))
}

/// The square of a photo that `viewer` sees of somebody, as lists show it.
pub fn square(
    view: &(impl View + ?Sized),
    viewer: UserId,
    id: UserId,
    photo: u64,
    large: bool,
) -> Decided<Option<Stored>> {
    let known = known(view, id)?;
    let Some((_, card)) = known.as_ref().as_ref().filter(|(row, _)| !row.deleted) else { return Ok(None) };
    let pair = contact(view, viewer, id)?;
    let label = label(view, viewer, id, &pair)?;
    let personal = label.as_ref().and_then(|it| it.photo.as_ref());
    let all = personal.into_iter().chain(public(view, viewer, id, card)?);
    Ok(all.filter(|it| it.id == photo).find_map(|it| it.square(large)).cloned())
}

/// One of somebody's photos of itself, for `reader`.
pub(crate) fn read(view: &(impl View + ?Sized), reader: UserId, id: UserId, photo: u64) -> Decided<Option<Photo>> {
    if user(view, id)?.is_none_or(|it| it.deleted) || shuts_out(view, reader, id)? {
        return Ok(None);
    }
    let Some(row) = rows::row(view, id, photo)? else { return Ok(None) };
    // A fallback is for everybody else.
    if row.is_listed() && !row.fallback && !privacy::allows(view, id, privacy::Key::ProfilePhoto, reader)? {
        return Ok(None);
    }
    rows::open(view, id, photo, &row).map(Some)
}

/// The photo that somebody gave another in its own address book.
pub(crate) fn read_personal(view: &(impl View + ?Sized), owner: UserId, other: UserId) -> Decided<Option<Photo>> {
    if user(view, owner)?.is_none_or(|it| it.deleted) {
        return Ok(None);
    }
    let pair = contact(view, owner, other)?;
    Ok(label(view, owner, other, &pair)?.and_then(|it| it.photo))
}

/// Which photos of somebody are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// So many are left out at the beginning, or of those that follow `after`; negative: as many before those come too.
    pub offset: i32,
    /// Those that follow this one; 0: the latest.
    pub after: u64,
    /// At most so many.
    pub limit: usize,
}

/// Some of somebody's photos, the latest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// With what their bytes are asked for by.
    pub photos: Vec<(Photo, Access)>,
    /// How many there are.
    pub count: usize,
}

/// Photos of somebody as `viewer` may see them; none where the current one is hidden from it.
pub fn page(view: &(impl View + ?Sized), viewer: UserId, id: UserId, wanted: Wanted) -> Decided<Page> {
    let gone = user(view, id)?.is_none_or(|it| it.deleted);
    if gone || shuts_out(view, viewer, id)? || !privacy::allows(view, id, privacy::Key::ProfilePhoto, viewer)? {
        return Ok(Page::default());
    }
    let all = rows::listed(view, id)?;
    let from = match wanted.after {
        0 => 0,
        after => all.iter().position(|it| *it == after).ok_or(Refusal::MaxIdInvalid)? + 1,
    };
    let from = from.saturating_add_signed(isize::try_from(wanted.offset).unwrap_or(0));
    let mut photos = Vec::new();
    for photo in all.iter().skip(from).take(wanted.limit.min(PAGE_MAX)) {
        let Some(row) = rows::row(view, id, *photo)? else { continue };
        let carrier = Carrier::UserPhoto { user: id, photo: *photo };
        photos.push(with_access(view, &rows::open(view, id, *photo, &row)?, carrier));
    }
    Ok(Page { photos, count: all.len() })
}
