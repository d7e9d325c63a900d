//! A user as somebody else sees it: names, number, status, each under its privacy.

use crate::{
    ids::{Peer, UserId},
    people::{
        ContactRow, contacts, known,
        photos::{self, SeenPhoto},
        presence, privacy,
        profile::Username,
    },
    view::{Decided, View},
};

/// When a user was last seen, as far as the viewer may know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeenStatus {
    /// Nothing is known.
    #[default]
    Empty,
    /// Online until then (unix seconds).
    Online(u32),
    /// Last seen then (unix seconds).
    Offline(u32),
    /// Within three days; the exact moment is private.
    Recently(Hidden),
    /// Within seven days.
    LastWeek(Hidden),
    /// Within a month.
    LastMonth(Hidden),
}

/// Whose privacy hides the exact moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// The user's.
    ByUser,
    /// The viewer's own: who hides is not shown.
    ByViewer,
}

/// A user as one viewer sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeenUser {
    /// The user.
    pub id: UserId,
    /// For this viewer only.
    pub access_hash: i64,
    /// The viewer's own account.
    pub is_self: bool,
    /// The account is gone; nothing else is told.
    pub deleted: bool,
    /// As the viewer's address book or the user calls it.
    pub first_name: String,
    /// As the viewer's address book or the user calls it.
    pub last_name: String,
    /// Active names, the editable one first.
    pub usernames: Vec<Username>,
    /// Digits, where the viewer may know.
    pub phone: Option<String>,
    /// In the viewer's address book.
    pub contact: bool,
    /// And the viewer in the user's.
    pub mutual_contact: bool,
    /// Last seen.
    pub status: SeenStatus,
    /// The operator's service account.
    pub service: bool,
    /// A supporter's account.
    pub support: bool,
    /// The palette entry of the name's colour.
    pub color: Option<u32>,
    /// The photo that the viewer sees of it.
    pub photo: Option<SeenPhoto>,
    /// Of a user that is `min`: the photo is the one that each sees who has not chosen another.
    pub applies_photo: bool,
    /// Nothing in it depends on who sees it: no hash, number, status, and names as the user calls itself.
    pub min: bool,
}

/// A user as `viewer` sees it; `None` where there is no such user.
pub fn seen(view: &(impl View + ?Sized), viewer: UserId, id: UserId) -> Decided<Option<SeenUser>> {
    let known = known(view, id)?;
    let Some((row, card)) = known.as_ref() else { return Ok(None) };
    let base = SeenUser {
        id,
        access_hash: view.world().access_hash(viewer, Peer::User(id)),
        is_self: viewer == id,
        deleted: row.deleted,
        service: row.service,
        support: row.support,
        ..SeenUser::default()
    };
    if row.deleted {
        return Ok(Some(base));
    }
    let pair = contacts::contact(view, viewer, id)?;
    let label = contacts::label(view, viewer, id, &pair)?;
    let phone = may_see_phone(view, viewer, id, &pair)?.then(|| card.phone.clone());
    let (first_name, last_name) = match &label {
        Some(label) => (label.first_name.clone(), label.last_name.clone()),
        None => (card.first_name.clone(), card.last_name.clone()),
    };
    Ok(Some(SeenUser {
        first_name,
        last_name,
        usernames: card.usernames.iter().filter(|it| it.active || viewer == id).cloned().collect(),
        photo: photos::seen(view, viewer, id, (card, label.as_ref()))?,
        phone: phone.filter(|it| !it.is_empty()),
        contact: pair.mine,
        mutual_contact: pair.mine && pair.known_by,
        status: presence::seen_status(view, viewer, id)?,
        color: card.color,
        ..base
    }))
}

/// A number is shown to its owner, by privacy, or where one let the other see it.
fn may_see_phone(view: &(impl View + ?Sized), viewer: UserId, id: UserId, pair: &ContactRow) -> Decided<bool> {
    Ok(pair.shown_phone || privacy::allows(view, id, privacy::Key::PhoneNumber, viewer)?)
}

/// Several users as `viewer` sees them, each once, in order of id; unknown ones are left out.
pub fn seen_all(
    view: &(impl View + ?Sized),
    viewer: UserId,
    ids: impl IntoIterator<Item = UserId>,
) -> Decided<Vec<SeenUser>> {
    let ids: std::collections::BTreeSet<_> = ids.into_iter().collect();
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        all.extend(seen(view, viewer, id)?);
    }
    Ok(all)
}

/// A user as anybody may see it who reads what it wrote. Source: core.telegram.org/api/min.
pub fn seen_min(view: &(impl View + ?Sized), id: UserId) -> Decided<Option<SeenUser>> {
    let known = known(view, id)?;
    let Some((row, card)) = known.as_ref() else { return Ok(None) };
    let (deleted, service, support) = (row.deleted, row.service, row.support);
    let base = SeenUser { id, deleted, service, support, min: true, ..SeenUser::default() };
    if deleted {
        return Ok(Some(base));
    }
    let (photo, applies_photo) = photos::seen_min(view, id, card)?;
    Ok(Some(SeenUser {
        first_name: card.first_name.clone(),
        last_name: card.last_name.clone(),
        usernames: card.usernames.iter().filter(|it| it.active).cloned().collect(),
        color: card.color,
        photo,
        applies_photo,
        ..base
    }))
}

/// Several as anybody may see them, each once, in order of id.
pub fn seen_all_min(view: &(impl View + ?Sized), ids: impl IntoIterator<Item = UserId>) -> Decided<Vec<SeenUser>> {
    let ids: std::collections::BTreeSet<_> = ids.into_iter().collect();
    let all = ids.into_iter().map(|id| seen_min(view, id)).collect::<Decided<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}
