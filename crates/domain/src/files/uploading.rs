//! Parts of uploads: each is sealed and kept as it comes. What was acknowledged outlives a kill of the server; where
//! the machine itself fails, a claim names the parts that are to come again, as clients do by themselves.

use bytes::Bytes;
use store::blobs::{BlobId, Error};
use vault::pieces::{FileKey, seal, sealed_len};

use super::{
    placing::{Part, Place, place},
    rows::{FileRow, UploadRow, count, file_key, new_id, open_key, part_key, seal_key, upload_key},
};
use crate::{
    ids::UserId,
    refusal::Refusal,
    service::{Command, Domain},
    turn::Turn,
    view::{Decided, View, load, load_or_default},
};

/// Seconds after its last part for which an upload that nobody claimed is kept.
pub const ABANDONED_SECONDS: u32 = 24 * 3600;

/// Seconds after which a part writes that its upload lives.
const TOUCH_SECONDS: u32 = 3600;

/// Where a part goes, and the key that seals it.
pub(super) struct Ticket {
    file: u64,
    key: FileKey,
    place: Place,
    /// Bytes of all parts but the last, once two have come.
    piece: u32,
}

/// Keeps a part of an upload, which the client gave a number.
pub async fn save_part(domain: &Domain, user: UserId, upload: i64, part: Part, bytes: Bytes) -> Result<(), Refusal> {
    let known = domain.query(|view| known(view, user, upload, part)).await?;
    let ticket = match known {
        Some(ticket) => ticket,
        None => domain.command(PlacePart { user, upload, part }).await?,
    };
    if ticket.place == Place::Done {
        return Ok(());
    }
    let (salt, number, key) = (domain.draw(), part.number, ticket.key);
    let sealed = move || {
        let mut sealed = Vec::new();
        seal(&key, number, salt, &bytes, &mut sealed);
        Bytes::from(sealed)
    };
    match ticket.place {
        Place::Row => {
            let sealed = domain.shelf().run(sealed).await?;
            domain.command(KeepPart { user, upload, file: ticket.file, number, sealed }).await
        }
        Place::Blob | Place::Done => {
            let stride = sealed_len(usize::try_from(ticket.piece).expect("a part is short")) as u64;
            match domain.shelf().put(BlobId(ticket.file), number, stride, sealed).await {
                // Its claim was cut off behind the finishing: nothing is missing.
                Ok(()) | Err(Error::Finished { .. }) => Ok(()),
                Err(error) => Err(domain.shelf().refusal(&error)),
            }
        }
    }
}

fn ticket(view: &(impl View + ?Sized), user: UserId, row: &UploadRow, place: Place) -> Decided<Ticket> {
    Ok(Ticket { file: row.file, key: open_key(view, user, row)?, place, piece: row.part })
}

/// Where a part goes that changes nothing of what is known.
fn known(view: &(impl View + ?Sized), user: UserId, upload: i64, part: Part) -> Decided<Option<Ticket>> {
    let Some(row) = load::<UploadRow>(view, &upload_key(user, upload))? else { return Ok(None) };
    let mut next = row.clone();
    let place = place(&mut next, part)?;
    let lives = view.now().secs().saturating_sub(row.touched) < TOUCH_SECONDS || place == Place::Done;
    if next != row || !lives { Ok(None) } else { ticket(view, user, &row, place).map(Some) }
}

/// Notes what a part tells of its upload, which begins with it or goes on.
struct PlacePart {
    user: UserId,
    upload: i64,
    part: Part,
}

impl Command for PlacePart {
    type Reply = Ticket;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Ticket> {
        let key = upload_key(self.user, self.upload);
        let mut row: UploadRow = load_or_default(turn, &key)?;
        let is_new = row.file == 0;
        if is_new {
            row = begin(turn, self.user)?;
        }
        let before = row.reserved;
        let place = place(&mut row, self.part)?;
        count(turn, self.user, |quota| quota.grow(row.reserved - before, is_new))?;
        row.touched = turn.now().secs();
        turn.put(key, &row);
        ticket(turn, self.user, &row, place)
    }
}

/// A new file, with its number and key.
fn begin(turn: &mut Turn<'_>, user: UserId) -> Decided<UploadRow> {
    let file = new_id(turn.draw());
    if load::<FileRow>(turn, &file_key(file))?.is_some() {
        return Err(Refusal::Unavailable.into());
    }
    let key = FileKey::new(turn.draw());
    let sealed = seal_key(turn, user, file, &key)?;
    let date = turn.now().secs();
    turn.put(file_key(file), &FileRow { owner: user, date, ..FileRow::default() });
    Ok(UploadRow { file, sealed, ..UploadRow::default() })
}

/// Keeps a part in a row of its own.
struct KeepPart {
    user: UserId,
    upload: i64,
    file: u64,
    number: u32,
    sealed: Bytes,
}

impl Command for KeepPart {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let row: UploadRow = load_or_default(turn, &upload_key(self.user, self.upload))?;
        // It may have ended, or begun anew, since the part was placed: then nothing is missing.
        if row.file == self.file && row.done == 0 {
            turn.put_bytes(part_key(self.user, self.upload, self.number), self.sealed.clone());
        }
        Ok(())
    }
}
