//! Bytes of a file: only the frames that a range touches are read and opened, off the threads that serve messages.
//! Who may read is decided before, by whoever carries the file.

use bytes::Bytes;
use crypto::hash::sha256;
use store::blobs::BlobId;
use vault::pieces::{Cover, FileKey, Layout, open};

use super::{
    ahead::{Asked, KEPT},
    descriptor::Stored,
    rows::{FileRow, SMALL, file_key, small_key},
};
use crate::{
    refusal::Refusal,
    service::Domain,
    view::{Decided, View, load_or_default},
};

/// Bytes that one call reads at most: the longest range that a client may ask for.
pub const READ_MAX: u64 = 1 << 20;

/// `len` bytes of a file from `from` on, fewer at its end, at most [`READ_MAX`].
pub async fn read(domain: &Domain, stored: &Stored, from: u64, len: u64) -> Result<Vec<u8>, Refusal> {
    read_behind(domain, stored, (from, len), 0).await
}

/// The same behind `room` zeros, for who has something to put in front of them.
pub async fn read_behind(
    domain: &Domain,
    stored: &Stored,
    (from, len): (u64, u64),
    room: usize,
) -> Result<Vec<u8>, Refusal> {
    if stored.size > SMALL {
        return large(domain, stored, (from, len), room).await;
    }
    let key = small_key(stored.id);
    let sealed = domain.query(|view| view.get(&key)).await?.ok_or(Refusal::LocationInvalid)?;
    let stored = stored.clone();
    domain.shelf().run(move || from_row(&stored, &sealed, (from, len), room)).await?
}

/// Bytes of a file that one hash is of. Source: core.telegram.org/constructor/fileHash.
pub const HASHED: u64 = 128 << 10;

/// The hash of a stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// Where it begins.
    pub offset: u64,
    /// Its bytes.
    pub len: u32,
    /// SHA-256.
    pub hash: [u8; 32],
}

/// Hashes of a file's stretches from the one that holds `offset` on, of at most [`READ_MAX`] bytes.
pub async fn hashes(domain: &Domain, stored: &Stored, offset: u64) -> Result<Vec<Hashed>, Refusal> {
    let begin = offset - offset % HASHED;
    let plain = read(domain, stored, begin, READ_MAX).await?;
    let hashed = move || {
        let stretch = |(n, it): (u64, &[u8])| Hashed {
            offset: begin + n * HASHED,
            len: u32::try_from(it.len()).expect("it is short"),
            hash: sha256(&[it]),
        };
        (0..).zip(plain.chunks(HASHED as usize)).map(stretch).collect()
    };
    domain.shelf().run(hashed).await
}

/// When a file came, unix seconds.
pub fn date(view: &(impl View + ?Sized), stored: &Stored) -> Decided<u32> {
    Ok(load_or_default::<FileRow>(view, &file_key(stored.id))?.date)
}

/// How a file is cut. Only a damaged carrier has a file without a layout.
pub(super) fn layout(stored: &Stored) -> Result<Layout, Refusal> {
    Layout::new(stored.size, stored.piece).ok_or(Refusal::LocationInvalid)
}

fn key(stored: &Stored) -> Result<FileKey, Refusal> {
    <[u8; 32]>::try_from(&*stored.key).map(FileKey::new).map_err(|_| Refusal::LocationInvalid)
}

/// Of a small file, from the piece in its row.
pub(super) fn from_row(
    stored: &Stored,
    sealed: &[u8],
    (from, len): (u64, u64),
    room: usize,
) -> Result<Vec<u8>, Refusal> {
    let (key, mut plain) = (key(stored)?, vec![0; room]);
    let slice = |range: &std::ops::Range<u64>| {
        let bytes = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        bytes.and_then(|(start, end)| sealed.get(start..end)).ok_or(Refusal::Unavailable)
    };
    for cover in layout(stored)?.cover(from, len.min(READ_MAX)) {
        open(&key, &cover, slice(&cover.salt)?, slice(&cover.frames)?, &mut plain).map_err(|_| Refusal::Unavailable)?;
    }
    Ok(plain)
}

/// Of any other: as it was read ahead, or from its blob.
async fn large(domain: &Domain, stored: &Stored, (from, len): (u64, u64), room: usize) -> Result<Vec<u8>, Refusal> {
    let (shelf, len) = (domain.shelf(), len.min(READ_MAX));
    let Some(beside) = shelf.beside else { return from_blob(domain, stored, (from, len), room).await };
    let plan = shelf.ahead.plan(Asked { file: stored.id, from, len, room }, stored.size);
    for (next, send) in plan.begin {
        let (domain, stored) = (domain.clone(), stored.clone());
        let read = async move {
            // Whoever wanted it may have gone.
            let _ = send.send(from_blob(&domain, &stored, (next.from, next.len), next.room).await);
        };
        (beside.spawn)(Box::pin(read));
    }
    if plan.sweep {
        let domain = domain.clone();
        let sweep = async move {
            (beside.wait)(KEPT).await;
            while domain.shelf().ahead.sweep() {
                (beside.wait)(KEPT).await;
            }
        };
        (beside.spawn)(Box::pin(sweep));
    }
    if let Some(read) = plan.read
        && let Ok(Ok(bytes)) = read.await
    {
        return Ok(bytes);
    }
    // What failed then may succeed now, and tells why if not.
    from_blob(domain, stored, (from, len), room).await
}

/// From its blob.
pub(super) async fn from_blob(
    domain: &Domain,
    stored: &Stored,
    (from, len): (u64, u64),
    room: usize,
) -> Result<Vec<u8>, Refusal> {
    let (key, layout, shelf) = (key(stored)?, layout(stored)?, domain.shelf());
    let covers: Vec<Cover> = layout.cover(from, len.min(READ_MAX)).collect();
    if covers.is_empty() {
        return Ok(vec![0; room]);
    }
    let ranges = covers.iter().flat_map(|it| [it.salt.clone(), it.frames.clone()]).collect();
    let open = move |read: Vec<Bytes>| opened(&key, &covers, &read, room);
    shelf.read(BlobId(stored.id), layout.stride(), ranges, open).await?
}

fn opened(key: &FileKey, covers: &[Cover], read: &[Bytes], room: usize) -> Result<Vec<u8>, Refusal> {
    // The tags are longer than what pads an answer.
    let mut plain = Vec::with_capacity(room + read.iter().map(Bytes::len).sum::<usize>());
    plain.resize(room, 0);
    for (cover, bytes) in covers.iter().zip(read.chunks_exact(2)) {
        open(key, cover, &bytes[0], &bytes[1], &mut plain).map_err(|_| Refusal::Unavailable)?;
    }
    Ok(plain)
}
