//! Files that somebody has uploaded and will send: kept under the account's key for a day or two, and named meanwhile
//! as if a message carried them. Source: core.telegram.org/method/messages.uploadMedia.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use super::body::MediaBody;
use crate::{
    files::{Carrier, uses},
    ids::UserId,
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::{Command, Domain},
    spaces::UPLOADED_MEDIA,
    turn::Turn,
    view::{Decided, Rows, View, load},
};

const DAY: u32 = 24 * 3600;

/// Days of which what was uploaded is kept, today included.
const DAYS: u32 = 2;

/// Rows removed in one step.
const STEP: usize = 256;

record! {
    /// What was uploaded.
    pub struct UploadedRow {
        /// A [`MediaBody`], sealed under the account's key.
        1 => body: Bytes,
        /// The files that it holds the keys of.
        2 => files: Vec<u64>,
    }
}

/// Keeps what somebody has uploaded, so that it can be named.
pub struct KeepUploaded {
    /// Who.
    pub user: UserId,
    /// What.
    pub media: MediaBody,
}

impl Command for KeepUploaded {
    type Reply = Carrier;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Carrier> {
        let file = *self.media.named().first().ok_or(Refusal::MediaInvalid)?;
        let (user, day) = (self.user, turn.now().secs() / DAY);
        let carrier = Carrier::Uploaded { user, day, file };
        let files: Vec<_> = self.media.files().iter().map(|it| it.id).collect();
        files.iter().for_each(|it| uses::put(turn, *it, carrier));
        let scope = sealing::account_scope(user);
        let body = sealing::seal(turn, scope, Kind::UploadedMedia, &file.to_be_bytes(), day, &self.media.encode())?;
        turn.put(key(user, day, file), &UploadedRow { body, files, ..UploadedRow::default() });
        Ok(carrier)
    }
}

/// What was uploaded, while it is kept.
pub(super) fn row(view: &(impl View + ?Sized), user: UserId, day: u32, file: u64) -> Decided<Option<UploadedRow>> {
    if is_past(view, day) { Ok(None) } else { load(view, &key(user, day, file)) }
}

/// The same, opened.
pub(super) fn body(view: &(impl View + ?Sized), user: UserId, day: u32, file: u64) -> Decided<Option<MediaBody>> {
    let Some(row) = row(view, user, day, file)? else { return Ok(None) };
    let scope = sealing::account_scope(user);
    let opened = sealing::open(view, scope, Kind::UploadedMedia, &file.to_be_bytes(), day, &row.body)?;
    Ok(Some(MediaBody::decode(&opened)?))
}

fn is_past(view: &(impl View + ?Sized), day: u32) -> bool {
    view.now().secs() / DAY >= day.saturating_add(DAYS)
}

/// Forgets some of what is no longer kept. `true`: there is more.
pub async fn forget(domain: &Domain) -> Result<bool, Refusal> {
    domain.command(Forget).await
}

struct Forget;

impl Command for Forget {
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let last = (turn.now().secs() / DAY).saturating_sub(DAYS - 1);
        let range = Range { start: Key::of(UPLOADED_MEDIA, 0).key(), end: Key::of(UPLOADED_MEDIA, 0).u32(last).key() };
        let rows = turn.scan(&range, Direction::Forward, STEP)?;
        let more = rows.len() == STEP;
        rows.into_iter().for_each(|(key, _)| turn.delete(key));
        Ok(more)
    }
}

/// By day first, so that those of a day go together; all on one vshard, as rows of jobs are.
fn key(user: UserId, day: u32, file: u64) -> Key {
    Key::of(UPLOADED_MEDIA, 0).u32(day).u64(user.0).u64(file).key()
}
