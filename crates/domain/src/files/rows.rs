//! Rows of uploads and files, and what one account may take of the disk.

use bytes::Bytes;
use store::{Key, KeyBuilder};
use vault::{Kind, pieces::FileKey};

use crate::{
    ids::{UserId, VSHARDS_IN_USE},
    record,
    refusal::Refusal,
    sealing,
    spaces::{FILE, FILE_QUOTA, SMALL_FILE, UPLOAD, UPLOAD_PART},
    turn::Turn,
    view::{Decided, Stop, View, load_or_default},
};

/// Bytes of a file up to which its only piece is a row: a blob has a head and a place of its own, and most small files
/// are thumbnails.
pub const SMALL: u64 = 64 << 10;

/// Bytes on their way of one account: four of the largest files.
pub const UPLOADING_MAX: u64 = 8 << 30;

/// Uploads of one account that are not finished: an album of ten with thumbnails from each of some devices, many times.
pub const UPLOADS_MAX: u32 = 500;

/// Bytes of files of one account, far above what a person keeps; a script meets it before the disk does.
pub const STORED_MAX: u64 = 1 << 40;

/// What who has too much on its way is told to wait, seconds: room comes as uploads end or are given up.
const FULL_WAIT: u32 = 300;

record! {
    /// An upload under way, or one that has ended and is remembered in case its claim comes again.
    pub struct UploadRow {
        1 => file: u64,
        /// The file's key, sealed under the account's.
        2 => sealed: Bytes,
        /// How many parts there will be; 0: nobody has said.
        3 => total: u32,
        /// Bytes of all parts but the last; 0: not known yet.
        4 => part: u32,
        /// The number of the last part plus one, where it is a short one; 0: none has come.
        5 => last: u32,
        6 => last_len: u32,
        /// The number plus one of a part that waits in a row of its own; 0: none.
        7 => held: u32,
        8 => held_len: u32,
        /// Bytes that are counted against the account meanwhile.
        9 => reserved: u64,
        /// When it was last written to, roughly, unix seconds.
        10 => touched: u32,
        /// Of one that has ended: how many parts it had; 0: it has not.
        11 => done: u32,
        12 => size: u64,
        13 => piece: u32,
    }
}

record! {
    /// A file, or one that is on its way.
    pub struct FileRow {
        1 => owner: UserId,
        /// When it began, and once it is there when that was, unix seconds.
        2 => date: u32,
        /// Bytes that it takes; 0 while it is on its way.
        3 => bytes: u64,
        /// It is being removed.
        4 => doomed: bool,
    }
}

record! {
    /// What an account takes.
    pub struct QuotaRow {
        /// Bytes on their way.
        1 => coming: u64,
        2 => uploads: u32,
        3 => stored: u64,
    }
}

impl QuotaRow {
    /// So many bytes more are on their way.
    pub(super) fn grow(&mut self, bytes: u64, is_new: bool) -> Result<(), Refusal> {
        self.coming = self.coming.saturating_add(bytes);
        self.uploads = self.uploads.saturating_add(u32::from(is_new));
        let full = self.coming > UPLOADING_MAX || self.uploads > UPLOADS_MAX;
        if full || self.stored.saturating_add(self.coming) > STORED_MAX {
            return Err(Refusal::FloodWait(FULL_WAIT));
        }
        Ok(())
    }

    /// An upload has ended, and left so many bytes.
    pub(super) fn end(&mut self, upload: &UploadRow, stored: u64) {
        self.coming = self.coming.saturating_sub(upload.reserved);
        self.uploads = self.uploads.saturating_sub(1);
        self.stored = self.stored.saturating_add(stored);
    }
}

/// The number of a new file, of random bytes: clients read it as a signed one, and 0 stands for none.
pub(super) fn new_id(drawn: [u8; 8]) -> u64 {
    (u64::from_be_bytes(drawn) >> 1).max(1)
}

pub(super) fn upload_key(user: UserId, upload: i64) -> Key {
    Key::of(UPLOAD, user.vshard().0).u64(user.0).u64(upload as u64).key()
}

/// Reads what [`upload_key`] wrote.
pub(super) fn upload_of(key: &Key) -> Option<(UserId, i64)> {
    let (user, rest) = key.suffix().split_first_chunk()?;
    Some((UserId(u64::from_be_bytes(*user)), i64::from_be_bytes(rest.try_into().ok()?)))
}

pub(super) fn part_key(user: UserId, upload: i64, part: u32) -> Key {
    Key::of(UPLOAD_PART, user.vshard().0).u64(user.0).u64(upload as u64).u32(part).key()
}

pub(super) fn file_key(file: u64) -> Key {
    of_file(FILE, file).key()
}

/// Reads what [`file_key`] wrote.
pub(super) fn file_of(key: &Key) -> Option<u64> {
    key.suffix().try_into().ok().map(u64::from_be_bytes)
}

pub(super) fn small_key(file: u64) -> Key {
    of_file(SMALL_FILE, file).key()
}

fn of_file(space: store::Subspace, file: u64) -> KeyBuilder {
    Key::of(space, (file % u64::from(VSHARDS_IN_USE)) as u16).u64(file)
}

fn quota_key(user: UserId) -> Key {
    Key::of(FILE_QUOTA, user.vshard().0).u64(user.0).key()
}

/// Changes what an account takes.
pub(super) fn count(
    turn: &mut Turn<'_>,
    user: UserId,
    change: impl FnOnce(&mut QuotaRow) -> Result<(), Refusal>,
) -> Decided<()> {
    let mut row: QuotaRow = load_or_default(turn, &quota_key(user))?;
    change(&mut row)?;
    turn.put(quota_key(user), &row);
    Ok(())
}

/// The key of an upload's file.
pub(super) fn open_key(view: &(impl View + ?Sized), user: UserId, row: &UploadRow) -> Decided<FileKey> {
    let scope = sealing::account_scope(user);
    let plain = sealing::open(view, scope, Kind::Upload, &row.file.to_be_bytes(), 0, &row.sealed)?;
    Ok(FileKey::new(<[u8; 32]>::try_from(plain).map_err(|_| Stop::Sealed)?))
}

/// Seals the key of a new file.
pub(super) fn seal_key(turn: &mut Turn<'_>, user: UserId, file: u64, key: &FileKey) -> Decided<Bytes> {
    sealing::seal(turn, sealing::account_scope(user), Kind::Upload, &file.to_be_bytes(), 0, key.bytes())
}
