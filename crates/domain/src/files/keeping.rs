//! Files that the server makes itself: sizes of photos, thumbnails. They are sealed and kept like what was uploaded.

use bytes::Bytes;
use store::blobs::BlobId;
use vault::pieces::{FileKey, Layout, PIECE_MAX, seal};

use super::{
    descriptor::Stored,
    rows::{FileRow, SMALL, count, file_key, new_id, small_key},
};
use crate::{
    ids::UserId,
    refusal::Refusal,
    service::{Command, Domain},
    turn::Turn,
    view::{Decided, load},
};

/// Keeps the bytes of a file that belongs to what somebody sends or sets. Nothing carries it yet.
pub(super) async fn keep(domain: &Domain, user: UserId, plain: Vec<u8>) -> Result<Stored, Refusal> {
    let id = new_id(domain.draw());
    let size = plain.len() as u64;
    let piece = u32::try_from(size).unwrap_or(PIECE_MAX).clamp(1, PIECE_MAX);
    let layout = Layout::new(size, piece).ok_or(Refusal::ImageProcessFailed)?;
    let (key, salts) = (FileKey::new(domain.draw()), (0..layout.pieces()).map(|_| domain.draw()).collect::<Vec<_>>());
    let stored = Stored { id, key: Bytes::copy_from_slice(key.bytes()), size, piece, ..Stored::default() };
    let sealed = domain.shelf().run(move || sealed_pieces(&key, &salts, piece, &plain)).await?;
    let row = FileRow { owner: user, date: domain.now().secs(), bytes: layout.sealed_size(), ..FileRow::default() };
    if size <= SMALL {
        let small = sealed.into_iter().next();
        domain.command(Keep { file: id, row, small }).await?;
        return Ok(stored);
    }
    // The row comes first: a blob without one would be taken for what a backup left behind.
    domain.command(Keep { file: id, row, small: None }).await?;
    let shelf = domain.shelf();
    for (number, piece) in (0..).zip(sealed) {
        let put = shelf.blobs.put_piece(BlobId(id), number, layout.stride(), piece).await;
        put.map_err(|error| shelf.refusal(&error))?;
    }
    let finished = shelf.blobs.finish(BlobId(id), layout.stride(), layout.sealed_size()).await;
    finished.map_err(|error| shelf.refusal(&error))?;
    Ok(stored)
}

fn sealed_pieces(key: &FileKey, salts: &[[u8; 16]], piece: u32, plain: &[u8]) -> Vec<Bytes> {
    let pieces = plain.chunks(piece as usize).zip(salts).zip(0..);
    let one = |((plain, salt), number): ((&[u8], &[u8; 16]), u32)| {
        let mut sealed = Vec::new();
        seal(key, number, *salt, plain, &mut sealed);
        Bytes::from(sealed)
    };
    pieces.map(one).collect()
}

/// Writes that a file is there, or will be.
struct Keep {
    file: u64,
    row: FileRow,
    small: Option<Bytes>,
}

impl Command for Keep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if load::<FileRow>(turn, &file_key(self.file))?.is_some() {
            return Err(Refusal::Unavailable.into());
        }
        turn.put(file_key(self.file), &self.row);
        if let Some(sealed) = &self.small {
            turn.put_bytes(small_key(self.file), sealed.clone());
        }
        count(turn, self.row.owner, |quota| {
            quota.stored = quota.stored.saturating_add(self.row.bytes);
            Ok(())
        })
    }
}
