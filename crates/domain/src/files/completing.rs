//! From an upload to a file: whoever sends or sets something claims what was uploaded for it. A claim may come again,
//! since a client that lost an answer repeats its request: for a day it names the same file.

use bytes::Bytes;
use crypto::hash::Md5;
use store::blobs::{BlobId, Error};
use vault::pieces::{FileKey, seal, sealed_len};

use super::{
    descriptor::Stored,
    gone::give_up,
    placing::{PART_MAX, shape},
    reading,
    rows::{FileRow, SMALL, UploadRow, count, file_key, open_key, part_key, small_key, upload_key},
};
use crate::{
    ids::UserId,
    policy::{self, Uploaded, Verdict},
    refusal::Refusal,
    service::{Command, Domain},
    turn::Turn,
    view::{Decided, View, load, load_or_default},
};

/// What a client says that it has uploaded. Source: core.telegram.org/type/InputFile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The number that it gave.
    pub upload: i64,
    /// Parts.
    pub parts: u32,
    /// MD5 of the whole, where it was told.
    pub md5: Option<[u8; 16]>,
}

/// An upload as it is found.
struct Found {
    stored: Stored,
    key: FileKey,
    /// It has been claimed before.
    is_done: bool,
    /// A part that waits in a row.
    held: Option<(u32, Bytes)>,
}

/// Makes a file of what somebody has uploaded. Refused with the first part that is missing.
pub async fn complete(domain: &Domain, user: UserId, claim: Claim) -> Result<Stored, Refusal> {
    let found = domain.query(|view| find(view, user, claim)).await?;
    if found.is_done {
        return Ok(found.stored);
    }
    let (mut stored, mut small) = (found.stored.clone(), whole_in_a_row(&found));
    let has_blob = small.is_none();
    if has_blob {
        close_blob(domain, &found).await?;
        // Parts that are a small file together become one.
        if stored.size <= SMALL {
            small = Some(packed(domain, &found).await?);
            stored.piece = u32::try_from(stored.size).expect("it is small");
        }
    }
    if let Some(expected) = claim.md5
        && md5(domain, &stored, small.as_ref()).await? != expected
    {
        give_up(domain, user, claim.upload).await?;
        return Err(Refusal::Md5ChecksumInvalid);
    }
    if is_rejected(domain, user, &stored, small.as_ref()).await? {
        give_up(domain, user, claim.upload).await?;
        return Err(Refusal::ContentRejected);
    }
    let is_packed = has_blob && small.is_some();
    let (parts, upload) = (claim.parts, claim.upload);
    let stored = domain.command(Complete { user, upload, parts, stored, small }).await?;
    if is_packed {
        let removed = domain.shelf().blobs.remove(BlobId(stored.id)).await;
        removed.map_err(|error| domain.shelf().refusal(&error))?;
    }
    Ok(stored)
}

fn find(view: &(impl View + ?Sized), user: UserId, claim: Claim) -> Decided<Found> {
    let row: Option<UploadRow> = load(view, &upload_key(user, claim.upload))?;
    let row = row.ok_or(Refusal::FilePartMissing(0))?;
    let key = open_key(view, user, &row)?;
    let (size, piece) = match row.done {
        0 => shape(&row, claim.parts)?,
        parts if parts == claim.parts => (row.size, row.piece),
        _ => return Err(Refusal::FilePartsInvalid.into()),
    };
    let mut held = None;
    if row.held != 0 && row.done == 0 {
        let number = row.held - 1;
        let bytes = view.get(&part_key(user, claim.upload, number))?;
        // The server may have been killed between the placing of the part and its keeping.
        let bytes = bytes.filter(|it| it.len() == sealed_len(row.held_len as usize));
        held = Some((number, bytes.ok_or(Refusal::FilePartMissing(number))?));
    }
    let stored = stored(&row, &key, size, piece);
    Ok(Found { stored, key, is_done: row.done > 0, held })
}

fn stored(row: &UploadRow, key: &FileKey, size: u64, piece: u32) -> Stored {
    Stored { id: row.file, key: Bytes::copy_from_slice(key.bytes()), size, piece, ..Stored::default() }
}

/// The only piece of a small file, where it waits in a row.
fn whole_in_a_row(found: &Found) -> Option<Bytes> {
    let Stored { size, piece, .. } = found.stored;
    let (number, sealed) = found.held.as_ref()?;
    (*number == 0 && size <= SMALL && size == u64::from(piece)).then(|| sealed.clone())
}

async fn close_blob(domain: &Domain, found: &Found) -> Result<(), Refusal> {
    let (shelf, layout) = (domain.shelf(), reading::layout(&found.stored)?);
    let blob = BlobId(found.stored.id);
    if let Some((number, sealed)) = &found.held {
        match shelf.blobs.put_piece(blob, *number, layout.stride(), sealed.clone()).await {
            // The server was killed behind this in an earlier claim.
            Ok(()) | Err(Error::Finished { .. }) => {}
            Err(error) => return Err(shelf.refusal(&error)),
        }
    }
    let finished = shelf.blobs.finish(blob, layout.stride(), layout.sealed_size()).await;
    finished.map_err(|error| shelf.refusal(&error))
}

/// A small file that came in several parts, as one piece.
async fn packed(domain: &Domain, found: &Found) -> Result<Bytes, Refusal> {
    let plain = reading::from_blob(domain, &found.stored, (0, SMALL), 0).await?;
    let (salt, key) = (domain.draw(), found.key.clone());
    domain.shelf().run(move || sealed_piece(&key, salt, &plain)).await
}

fn sealed_piece(key: &FileKey, salt: [u8; 16], plain: &[u8]) -> Bytes {
    let mut sealed = Vec::new();
    seal(key, 0, salt, plain, &mut sealed);
    sealed.into()
}

/// Whether the operator's screening rejects a file.
async fn is_rejected(domain: &Domain, by: UserId, stored: &Stored, small: Option<&Bytes>) -> Result<bool, Refusal> {
    let policy = &domain.world().policy;
    let wanted = policy.reads().min(policy::READS_MAX).min(stored.size);
    if policy.reads() == 0 {
        return Ok(false);
    }
    let mut head = Vec::new();
    if let Some(sealed) = small {
        head = reading::from_row(stored, sealed, (0, wanted), 0)?;
    } else {
        while (head.len() as u64) < wanted {
            let from = head.len() as u64;
            let range = (from, (wanted - from).min(u64::from(PART_MAX)));
            head.extend(reading::from_blob(domain, stored, range, 0).await?);
        }
    }
    Ok(policy.file(Uploaded { by, size: stored.size, head: &head }) == Verdict::Reject)
}

/// Of the whole, half a megabyte after the other.
async fn md5(domain: &Domain, stored: &Stored, small: Option<&Bytes>) -> Result<[u8; 16], Refusal> {
    let mut hash = Md5::default();
    if let Some(sealed) = small {
        hash.update(&reading::from_row(stored, sealed, (0, SMALL), 0)?);
        return Ok(hash.finish());
    }
    let step = u64::from(PART_MAX);
    for from in (0..stored.size).step_by(PART_MAX as usize) {
        let plain = reading::from_blob(domain, stored, (from, step), 0).await?;
        let hashed = domain.shelf().run(move || {
            hash.update(&plain);
            hash
        });
        hash = hashed.await?;
    }
    Ok(hash.finish())
}

/// Writes that the file is there. Its bytes are durable.
struct Complete {
    user: UserId,
    upload: i64,
    parts: u32,
    stored: Stored,
    small: Option<Bytes>,
}

impl Command for Complete {
    type Reply = Stored;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Stored> {
        let key = upload_key(self.user, self.upload);
        let mut row: UploadRow = load_or_default(turn, &key)?;
        if row.file != self.stored.id {
            // Given up meanwhile.
            return Err(Refusal::FilePartMissing(0).into());
        }
        if row.done > 0 {
            // Two claims at once; both made the same of the same parts.
            return if row.done == self.parts {
                Ok(self.stored.clone())
            } else {
                Err(Refusal::FilePartsInvalid.into())
            };
        }
        let stored = self.stored.clone();
        if let Some(sealed) = &self.small {
            turn.put_bytes(small_key(row.file), sealed.clone());
        }
        let file = file_key(row.file);
        let mut file_row: FileRow = load_or_default(turn, &file)?;
        file_row.date = turn.now().secs();
        file_row.bytes = reading::layout(&stored)?.sealed_size();
        turn.put(file, &file_row);
        count(turn, self.user, |quota| {
            quota.end(&row, file_row.bytes);
            Ok(())
        })?;
        if row.held != 0 {
            turn.delete(part_key(self.user, self.upload, row.held - 1));
        }
        row = UploadRow { done: self.parts, size: stored.size, piece: stored.piece, held: 0, reserved: 0, ..row };
        row.touched = turn.now().secs();
        turn.put(key, &row);
        Ok(stored)
    }
}
