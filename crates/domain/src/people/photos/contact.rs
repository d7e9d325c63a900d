//! The photo that somebody sees of a contact in place of the contact's own. It stands in the address book, goes with
//! the contact, and nobody else learns of it. Source: core.telegram.org/method/photos.uploadContactProfilePhoto.

use crate::{
    caller::Caller,
    files::{Carrier, Photo, uses},
    ids::UserId,
    people::contacts::{ContactLabel, contact, label, put},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::Decided,
};

/// Gives a contact another photo.
#[derive(Clone, Debug)]
pub struct SetContactPhoto {
    /// Who.
    pub by: Caller,
    /// Of whom.
    pub other: UserId,
    /// `None`: its own is shown again.
    pub photo: Option<Photo>,
}

impl Command for SetContactPhoto {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, other) = (self.by.user, self.other);
        let row = contact(turn, me, other)?;
        let before = label(turn, me, other, &row)?.ok_or(Refusal::ContactMissing)?;
        if before.photo == self.photo {
            return Ok(());
        }
        let files: Vec<_> = self.photo.iter().flat_map(Photo::files).map(|it| it.id).collect();
        files.iter().for_each(|it| uses::put(turn, *it, Carrier::ContactPhoto { owner: me, other }));
        put(turn, me, other, row, &ContactLabel { photo: self.photo.clone(), ..before })?;
        updates::append(turn, me, Change::User { user: other }, 0, Some(self.by.origin)).map(drop)
    }
}
