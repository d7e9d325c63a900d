//! What is known of pages, and the places by which they are found.

use bytes::Bytes;
use store::Key;
use vault::{Kind, Scope};

use crate::{
    files::Photo,
    ids::LogId,
    record,
    record::Record,
    sealing,
    spaces::{WEB_PAGE, WEB_PAGE_DAY, WEB_PAGE_ERRAND, WEB_PAGE_WAIT},
    turn::Turn,
    view::{Decided, Rows, View, load},
};

pub(super) const DAY: u32 = 24 * 3600;

/// Days for which a page is kept after it was last asked for; its picture goes with it.
pub(super) const KEPT_DAYS: u32 = 90;

/// Seconds after which a page that is asked for is fetched again.
const FRESH_SECONDS: u32 = DAY;

/// The same of what is shown of this server's own, which costs nothing to look up.
const OWN_FRESH_SECONDS: u32 = 60;

/// The same where there was nothing: a server that was down for a moment is asked again soon, and not by each message.
const NOTHING_FRESH_SECONDS: u32 = 600;

record! {
    /// A page.
    pub struct PageRow {
        /// When it was last to be fetched, unix seconds.
        1 => asked: u32,
        /// When it last came, or came to nothing; 0: it is on its way for the first time.
        2 => fetched: u32,
        /// There was something.
        3 => found: bool,
        /// It is about something on this server.
        4 => own: bool,
        /// Kept to the end of this day, counted from 1970.
        5 => day: u32,
        /// A [`PageCard`], sealed under the server's key; AAD is the number and the version.
        6 => card: Bytes,
        7 => version: u32,
        /// The files of its picture.
        8 => files: Vec<u64>,
    }
}

record! {
    /// What a page says of itself.
    pub struct PageCard {
        1 => url: String,
        /// Without its scheme, for people.
        2 => display: String,
        /// What it is. Source: core.telegram.org/constructor/webPage, `type`.
        3 => kind: String,
        4 => site: String,
        5 => title: String,
        6 => text: String,
        7 => author: String,
        8 => photo: Option<Photo>,
        /// Its picture may be shown large.
        9 => large: bool,
        10 => video: Option<PageVideo>,
        /// Seconds; 0: not told.
        11 => duration: u32,
    }
}

record! {
    /// A player on another site.
    pub struct PageVideo {
        1 => url: String,
        /// `iframe`, or a media type.
        2 => kind: String,
        /// Pixels.
        3 => width: u32,
        4 => height: u32,
    }
}

impl PageRow {
    /// It has not come yet.
    pub(super) fn is_pending(&self) -> bool {
        self.fetched == 0
    }

    /// Somebody fetches it, or will.
    pub(super) fn is_under_way(&self) -> bool {
        self.fetched < self.asked
    }

    /// Asking for it needs no errand.
    pub(super) fn is_fresh(&self, now: u32) -> bool {
        let lasts = match (self.own, self.found) {
            (true, _) => OWN_FRESH_SECONDS,
            (false, true) => FRESH_SECONDS,
            (false, false) => NOTHING_FRESH_SECONDS,
        };
        !self.is_pending() && now.saturating_sub(self.fetched) < lasts
    }

    /// Told to clients, which name it when they ask whether a page has changed.
    pub(super) fn hash(&self) -> i32 {
        i32::try_from(self.fetched & 0x7fff_ffff).unwrap_or(0)
    }
}

/// A page's row.
pub(crate) fn row(view: &(impl Rows + ?Sized), page: u64) -> Decided<Option<PageRow>> {
    load(view, &page_key(page))
}

/// What a row holds.
pub(crate) fn open(view: &(impl View + ?Sized), page: u64, row: &PageRow) -> Decided<PageCard> {
    let id = page.to_be_bytes();
    let plain = sealing::open(view, Scope::Server, Kind::WebPage, &id, row.version, &row.card)?;
    Ok(PageCard::decode(&plain)?)
}

/// Writes a row with what it holds, under its next version.
pub(super) fn put(turn: &mut Turn<'_>, page: u64, row: PageRow, card: &PageCard) -> Decided<()> {
    let (id, version) = (page.to_be_bytes(), row.version.wrapping_add(1));
    let sealed = sealing::seal(turn, Scope::Server, Kind::WebPage, &id, version, &card.encode())?;
    turn.put(page_key(page), &PageRow { card: sealed, version, ..row });
    Ok(())
}

pub(super) fn page_key(page: u64) -> Key {
    Key::of(WEB_PAGE, 0).u64(page).key()
}

pub(super) fn errand_key(page: u64) -> Key {
    Key::of(WEB_PAGE_ERRAND, 0).u64(page).key()
}

pub(super) fn wait_key(page: u64, log: LogId) -> Key {
    Key::of(WEB_PAGE_WAIT, 0).u64(page).u64(log.number()).key()
}

pub(super) fn day_key(day: u32, page: u64) -> Key {
    Key::of(WEB_PAGE_DAY, 0).u32(day).u64(page).key()
}

/// The last number of a key.
pub(super) fn number_of(key: &Key) -> u64 {
    key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it))
}
