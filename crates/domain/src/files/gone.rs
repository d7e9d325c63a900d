//! What nobody needs any more: uploads that were given up, files that nothing carries, blobs without a row. Marked in
//! a command, then the bytes go, then the rows: wherever it is stopped, the next run goes on.

use store::{Direction, Key, Range, Subspace, blobs::BlobId};

use super::{
    Carrier,
    rows::{FileRow, UploadRow, count, file_key, file_of, part_key, small_key, upload_key, upload_of},
    uploading::ABANDONED_SECONDS,
    uses,
};
use crate::{
    ids::UserId,
    messages::media::carriers,
    refusal::Refusal,
    service::{Command, Domain},
    spaces::{FILE, UPLOAD},
    turn::Turn,
    view::{Decided, View, list, load, load_or_default},
};

/// Rows or blobs looked at in one step.
const STEP: usize = 256;

/// Seconds after which a file that nothing carries is removed: for as long as its claim may come again, and as much
/// again in which its carrier is written.
const UNUSED_SECONDS: u32 = 2 * ABANDONED_SECONDS;

/// For how long a file is kept that nothing carries, as the operator has it.
pub fn unused_seconds(domain: &Domain) -> u32 {
    match domain.world().settings.unused_file_seconds {
        0 => UNUSED_SECONDS,
        seconds => seconds,
    }
}

/// Forgets uploads that nobody goes on with, their bytes with them; how many there were.
pub async fn abandoned(domain: &Domain) -> Result<usize, Refusal> {
    let (mut range, mut gone) = (whole(UPLOAD), 0);
    loop {
        let rows = domain.query(|view| list::<UploadRow>(view, &range, Direction::Forward, STEP)).await?;
        let now = domain.now().secs();
        for (key, row) in &rows {
            if let Some((user, upload)) = upload_of(key)
                && is_stale(row, now)
            {
                if let Some(file) = domain.command(Forget { user, upload, is_wrong: false }).await? {
                    bury(domain, file).await?;
                }
                gone += 1;
            }
        }
        match rows.last() {
            Some((key, _)) if rows.len() == STEP => range.start = key.prefix_end(),
            _ => return Ok(gone),
        }
    }
}

/// Forgets an upload whose bytes are not what the client meant to send.
pub(super) async fn give_up(domain: &Domain, user: UserId, upload: i64) -> Result<(), Refusal> {
    match domain.command(Forget { user, upload, is_wrong: true }).await? {
        Some(file) => bury(domain, file).await,
        None => Ok(()),
    }
}

fn is_stale(row: &UploadRow, now: u32) -> bool {
    now.saturating_sub(row.touched) > ABANDONED_SECONDS
}

/// Removes files that nothing carries, of a page of all files; the place where the next page begins.
pub async fn sweep(domain: &Domain, after: Option<Key>) -> Result<Option<Key>, Refusal> {
    let mut range = whole(FILE);
    range.start = after.map_or(range.start, |it| it.prefix_end());
    let rows = domain.query(|view| list::<FileRow>(view, &range, Direction::Forward, STEP)).await?;
    let (now, kept) = (domain.now().secs(), unused_seconds(domain));
    for (key, row) in &rows {
        let Some(file) = file_of(key) else { continue };
        let is_old = row.bytes > 0 && now.saturating_sub(row.date) > kept;
        if row.doomed || is_old && !still_carried(domain, file).await? && domain.command(Doom { file }).await? {
            bury(domain, file).await?;
        }
    }
    Ok(rows.last().filter(|_| rows.len() == STEP).map(|(key, _)| key.clone()))
}

/// Looks at everything that ever carried a file, and forgets what does so no more.
async fn still_carried(domain: &Domain, file: u64) -> Result<bool, Refusal> {
    let (mut after, mut is_carried) = (None, false);
    loop {
        let look = |view: &dyn View| {
            let page = uses::carriers(view, file, after, STEP)?;
            let mut vanished = Vec::new();
            for carrier in &page {
                if !carriers::carries(view, *carrier, file)? {
                    vanished.push(*carrier);
                }
            }
            Ok((page, vanished))
        };
        let (page, vanished) = domain.query(look).await?;
        is_carried |= vanished.len() < page.len();
        if !vanished.is_empty() {
            domain.command(DropUses { file, vanished }).await?;
        }
        match page.last() {
            Some(last) if page.len() == STEP => after = Some(*last),
            _ => return Ok(is_carried),
        }
    }
}

/// Removes blobs of a page of all blobs that no row knows, as a backup that is older than they are leaves behind; the
/// place where the next page begins.
pub async fn orphans(domain: &Domain, after: Option<BlobId>) -> Result<Option<BlobId>, Refusal> {
    let shelf = domain.shelf();
    let blobs = shelf.blobs.list(after, STEP).await.map_err(|error| shelf.refusal(&error))?;
    for blob in &blobs {
        let key = file_key(blob.0);
        if domain.query(|view| load::<FileRow>(view, &key)).await?.is_none() {
            shelf.blobs.remove(*blob).await.map_err(|error| shelf.refusal(&error))?;
        }
    }
    Ok(blobs.last().copied().filter(|_| blobs.len() == STEP))
}

/// The bytes of a doomed file, then its rows.
async fn bury(domain: &Domain, file: u64) -> Result<(), Refusal> {
    let shelf = domain.shelf();
    shelf.blobs.remove(BlobId(file)).await.map_err(|error| shelf.refusal(&error))?;
    domain.command(Bury { file }).await
}

/// All rows of a kind.
fn whole(space: Subspace) -> Range {
    Range { start: Key::from_bytes(&[space.id]), end: Key::from_bytes(&[space.id + 1]) }
}

/// Ends an upload that is still stale; the file that is doomed with it.
struct Forget {
    user: UserId,
    upload: i64,
    /// It goes however fresh it is.
    is_wrong: bool,
}

impl Command for Forget {
    type Reply = Option<u64>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<u64>> {
        let key = upload_key(self.user, self.upload);
        let Some(row) = load::<UploadRow>(turn, &key)? else { return Ok(None) };
        if !self.is_wrong && !is_stale(&row, turn.now().secs()) {
            return Ok(None);
        }
        turn.delete(key);
        if row.done > 0 {
            return Ok(None);
        }
        if row.held != 0 {
            turn.delete(part_key(self.user, self.upload, row.held - 1));
        }
        doom(turn, row.file)?;
        count(turn, self.user, |quota| {
            quota.end(&row, 0);
            Ok(())
        })?;
        Ok(Some(row.file))
    }
}

fn doom(turn: &mut Turn<'_>, file: u64) -> Decided<()> {
    let row: FileRow = load_or_default(turn, &file_key(file))?;
    turn.put(file_key(file), &FileRow { doomed: true, ..row });
    Ok(())
}

/// Forgets that these carried a file, where they still don't.
struct DropUses {
    file: u64,
    vanished: Vec<Carrier>,
}

impl Command for DropUses {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        for carrier in &self.vanished {
            if !carriers::carries(turn, *carrier, self.file)? {
                uses::remove(turn, self.file, *carrier);
            }
        }
        Ok(())
    }
}

/// Marks a file that nothing carries.
struct Doom {
    file: u64,
}

impl Command for Doom {
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        if !uses::carriers(turn, self.file, None, 1)?.is_empty() {
            return Ok(false);
        }
        doom(turn, self.file)?;
        Ok(true)
    }
}

/// Removes the rows of a file whose bytes are gone.
struct Bury {
    file: u64,
}

impl Command for Bury {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let Some(row) = load::<FileRow>(turn, &file_key(self.file))? else { return Ok(()) };
        turn.delete(file_key(self.file));
        turn.delete(small_key(self.file));
        count(turn, row.owner, |quota| {
            quota.stored = quota.stored.saturating_sub(row.bytes);
            Ok(())
        })
    }
}
