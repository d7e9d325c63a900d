//! Errands: pages that are to be fetched, what came of them, and who is told. Each step is a command of its own, and
//! an errand is done when everybody has been told, so that a restart anywhere goes on.

use futures_util::future::join_all;
use store::{Direction, Key, Range};

use super::rows::{
    DAY, PageCard, PageRow, PageVideo, day_key, errand_key, number_of, open, page_key, put, row, wait_key,
};
use crate::{
    files::{Carrier, Photo, intake, uses},
    groups,
    ids::{LogId, UserId},
    refusal::Refusal,
    service::{Command, Domain},
    spaces::{WEB_PAGE_DAY, WEB_PAGE_ERRAND, WEB_PAGE_WAIT},
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, View},
};

/// Logs that are told in one round.
const ROUND: usize = 64;

/// Rows removed in one step.
const STEP: usize = 256;

/// A page to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Its number.
    pub page: u64,
    /// Its link.
    pub url: String,
    /// When it was asked for, unix seconds.
    asked: u32,
    /// It came; only those who wait have yet to be told.
    is_settled: bool,
}

/// A page as it came; what it did not tell is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrived {
    /// What it is: `article`, `photo`, `video`.
    pub kind: String,
    /// What its site is called.
    pub site: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// A picture, as it came; one that does not decode is left out.
    pub picture: Option<Vec<u8>>,
    /// A player.
    pub video: Option<PageVideo>,
    /// Seconds of what it plays; 0: not told.
    pub duration: u32,
}

/// Pages that are to be fetched, at most so many.
pub fn errands(view: &dyn View, most: usize) -> Decided<Vec<Errand>> {
    let keys = view.scan(&Range::prefix(Key::of(WEB_PAGE_ERRAND, 0).key()), Direction::Forward, most)?;
    let mut all = Vec::with_capacity(keys.len());
    for page in keys.iter().map(|(key, _)| number_of(key)) {
        let Some(row) = row(view, page)? else {
            all.push(Errand { page, url: String::new(), asked: 0, is_settled: true });
            continue;
        };
        let url = open(view, page, &row)?.url;
        all.push(Errand { page, url, asked: row.asked, is_settled: !row.is_under_way() });
    }
    Ok(all)
}

impl Errand {
    /// Whether its page is still to be fetched.
    pub fn is_open(&self) -> bool {
        !self.is_settled
    }
}

/// Writes what came of an errand, and tells who waits; `None`: there was nothing, or nothing that may be asked.
pub async fn settle(domain: &Domain, errand: &Errand, came: Option<Arrived>) -> Result<(), Refusal> {
    if errand.is_open() {
        let found = match came {
            Some(it) => Some(card(domain, errand, it).await?),
            None => None,
        };
        domain.command(Settle { page: errand.page, asked: errand.asked, found }).await?;
    }
    let page = errand.page;
    loop {
        let logs = domain.query(|view| waiting(view, page)).await?;
        for told in join_all(logs.into_iter().map(|log| domain.command(Tell { page, log }))).await {
            told?;
        }
        if domain.command(Finish { page }).await? {
            return Ok(());
        }
    }
}

async fn card(domain: &Domain, errand: &Errand, it: Arrived) -> Result<PageCard, Refusal> {
    let photo: Option<Photo> = match it.picture {
        // A picture that can't be shown is none; a disk that fails is another matter.
        Some(bytes) => match intake::of_bytes(domain, UserId::NOBODY, bytes, intake::Use::Message).await {
            Ok(photo) => Some(photo),
            Err(Refusal::Unavailable) => return Err(Refusal::Unavailable),
            Err(_) => None,
        },
        None => None,
    };
    let display = previews::Link::read(&errand.url).map(|it| it.display()).unwrap_or_default();
    let large = photo.is_some();
    Ok(PageCard {
        url: errand.url.clone(),
        display,
        kind: it.kind,
        site: it.site,
        title: it.title,
        text: it.text,
        author: it.author,
        photo,
        large,
        video: it.video,
        duration: it.duration,
        ..PageCard::default()
    })
}

fn waiting(view: &(impl Rows + ?Sized), page: u64) -> Decided<Vec<LogId>> {
    let range = Range::prefix(Key::of(WEB_PAGE_WAIT, 0).u64(page).key());
    let rows = view.scan(&range, Direction::Forward, ROUND)?;
    Ok(rows.iter().map(|(key, _)| LogId::from_number(number_of(key))).collect())
}

/// Writes what a page says.
struct Settle {
    page: u64,
    asked: u32,
    found: Option<PageCard>,
}

impl Command for Settle {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        // It was forgotten, or asked for anew, meanwhile.
        let Some(row) = row(turn, self.page)?.filter(|it| it.asked == self.asked) else { return Ok(()) };
        let fetched = turn.now().secs().max(self.asked);
        let Some(card) = &self.found else {
            // What was there before is better than nothing.
            turn.put(page_key(self.page), &PageRow { fetched, ..row });
            return Ok(());
        };
        let files: Vec<u64> = card.photo.iter().flat_map(|it| &it.sizes).map(|it| it.stored.id).collect();
        files.iter().for_each(|it| uses::put(turn, *it, Carrier::WebPage { page: self.page }));
        put(turn, self.page, PageRow { fetched, found: true, files, ..row }, card)
    }
}

/// Tells one log that a page has come.
struct Tell {
    page: u64,
    log: LogId,
}

impl Command for Tell {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        turn.delete(wait_key(self.page, self.log));
        if let LogId::Channel(id) = self.log
            && groups::channel(turn, id)?.is_none_or(|it| it.deleted)
        {
            return Ok(());
        }
        updates::append(turn, self.log, Change::WebPage { page: self.page }, 0, None).map(drop)
    }
}

/// Ends an errand of which everybody has been told.
struct Finish {
    page: u64,
}

impl Command for Finish {
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        // Asked for anew: that is another errand, of the same place.
        let is_open = row(turn, self.page)?.is_some_and(|it| it.is_under_way());
        let is_done = waiting(turn, self.page)?.is_empty();
        if is_done && !is_open {
            turn.delete(errand_key(self.page));
        }
        Ok(is_done || is_open)
    }
}

/// Forgets some of the pages that nobody has asked for in long. `true`: there are more.
pub async fn forget(domain: &Domain) -> Result<bool, Refusal> {
    domain.command(Forget).await
}

struct Forget;

impl Command for Forget {
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let today = turn.now().secs() / DAY;
        let range = Range { start: Key::of(WEB_PAGE_DAY, 0).key(), end: Key::of(WEB_PAGE_DAY, 0).u32(today).key() };
        let rows = turn.scan(&range, Direction::Forward, STEP)?;
        let more = rows.len() == STEP;
        for (key, _) in rows {
            let page = number_of(&key);
            if let Some(row) = row(turn, page)? {
                turn.delete(page_key(page));
                turn.delete(day_key(row.day, page));
            }
            turn.delete(key);
        }
        Ok(more)
    }
}
