//! Changing the photos that one has of itself. The current one is the latest of them; what is taken away leaves the
//! one before. Source: core.telegram.org/method/photos.updateProfilePhoto, photos.deletePhotos.

use super::rows;
use crate::{
    caller::Caller,
    files::Photo,
    people::{audience, card, edit::change_card, user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Change,
    view::Decided,
};

/// Shows another photo.
#[derive(Clone, Debug)]
pub struct SetPhoto {
    /// Who.
    pub by: Caller,
    /// `None`: the one that is shown goes, and the one before it is shown.
    pub photo: Option<Photo>,
    /// It is for whom the current one is hidden from.
    pub fallback: bool,
}

impl Command for SetPhoto {
    /// The photo that is shown from now on.
    type Reply = Option<Photo>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<Photo>> {
        let me = self.by.user;
        let row = user(turn, me)?.filter(|it| !it.deleted).ok_or(Refusal::UserInvalid)?;
        let card = card(turn, me, &row)?;
        let shown = match (&self.photo, self.fallback) {
            (Some(photo), false) => {
                rows::put_latest(turn, me, photo)?;
                Some(photo.clone())
            }
            (None, false) => {
                if let Some(current) = &card.photo {
                    remove(turn, self, current.id, &card.fallback)?;
                }
                rows::latest(turn, me)?
            }
            (photo, true) => {
                if let Some(before) = &card.fallback {
                    rows::drop_fallback(turn, me, before.id)?;
                }
                if let Some(photo) = photo {
                    rows::put_fallback(turn, me, photo)?;
                }
                photo.clone()
            }
        };
        change_card(turn, &self.by, |card| {
            *(if self.fallback { &mut card.fallback } else { &mut card.photo }) = shown.clone();
            Ok(())
        })?;
        audience::tell(turn, &self.by, Change::User { user: me })?;
        Ok(shown)
    }
}

/// The current photo goes; as the fallback it stays.
fn remove(turn: &mut Turn<'_>, it: &SetPhoto, photo: u64, fallback: &Option<Photo>) -> Decided<()> {
    rows::remove(turn, it.by.user, photo)?;
    match fallback {
        Some(kept) if kept.id == photo => rows::put_fallback(turn, it.by.user, kept),
        Some(_) | None => Ok(()),
    }
}

/// Forgets photos that one has of itself.
#[derive(Clone, Debug)]
pub struct DeletePhotos {
    /// Who.
    pub by: Caller,
    /// Which, by id; those that are none of its own are passed over.
    pub photos: Vec<u64>,
}

impl Command for DeletePhotos {
    /// Those that went.
    type Reply = Vec<u64>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<u64>> {
        let me = self.by.user;
        let mut gone = Vec::new();
        for photo in &self.photos {
            if rows::remove(turn, me, *photo)? {
                gone.push(*photo);
            }
        }
        if gone.is_empty() {
            return Ok(gone);
        }
        let latest = rows::latest(turn, me)?;
        change_card(turn, &self.by, |card| {
            card.photo = latest;
            if card.fallback.as_ref().is_some_and(|it| gone.contains(&it.id)) {
                card.fallback = None;
            }
            Ok(())
        })?;
        audience::tell(turn, &self.by, Change::User { user: me })?;
        Ok(gone)
    }
}
