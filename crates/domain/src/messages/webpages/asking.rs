//! Asking for pages: what is known and young enough is told, else it becomes an errand.

use previews::Link;

use super::{
    attach::{first, may_ask},
    own,
    rows::{DAY, KEPT_DAYS, PageCard, PageRow, day_key, errand_key, page_key, put, row, wait_key},
};
use crate::{
    caller::Caller,
    ids::LogId,
    messages::{
        media::MediaBody,
        rows::{Body, Entity},
        text,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Finds the page of a link; its number. `None`: the server does not show such pages.
pub(super) fn ask(turn: &mut Turn<'_>, link: &Link) -> Decided<Option<u64>> {
    if !may_ask(turn, link) {
        return Ok(None);
    }
    let (page, now) = (turn.world().page_number(link.as_str()), turn.now().secs());
    let known = row(turn, page)?;
    if let Some(known) = known.as_ref().filter(|it| it.is_under_way() || it.is_fresh(now)) {
        keep(turn, page, known);
        return Ok(Some(page));
    }
    if own::is_own(turn, link) {
        let card = own::card(turn, link)?;
        let row = PageRow { asked: now, fetched: now, found: card.is_some(), own: true, ..dated(turn, page, known) };
        put(turn, page, row, &card.unwrap_or_else(|| of(link)))?;
        return Ok(Some(page));
    }
    match known {
        // What is shown stays until what is new has come.
        Some(known) => {
            let row = PageRow { asked: now, ..dated(turn, page, Some(known)) };
            turn.put(page_key(page), &row);
        }
        None => {
            let row = PageRow { asked: now, ..dated(turn, page, None) };
            put(turn, page, row, &of(link))?;
        }
    }
    turn.put_empty(errand_key(page));
    Ok(Some(page))
}

/// The same of a message that goes out, which may have been written long ago.
pub(in crate::messages) fn ask_again(turn: &mut Turn<'_>, body: &Body) -> Decided<()> {
    let Some(MediaBody::WebPage { url, .. }) = &body.media else { return Ok(()) };
    match Link::read(url) {
        Some(link) => ask(turn, &link).map(drop),
        None => Ok(()),
    }
}

/// A page of which only its link is known.
fn of(link: &Link) -> PageCard {
    PageCard { url: link.as_str().to_owned(), display: link.display(), ..PageCard::default() }
}

/// Keeps a page that was asked for; its row changes once a day at most.
fn keep(turn: &mut Turn<'_>, page: u64, known: &PageRow) {
    if known.day < turn.now().secs() / DAY + KEPT_DAYS {
        let row = dated(turn, page, Some(known.clone()));
        turn.put(page_key(page), &row);
    }
}

/// A row that is kept from today on, with its place among those of its day.
fn dated(turn: &mut Turn<'_>, page: u64, known: Option<PageRow>) -> PageRow {
    let day = turn.now().secs() / DAY + KEPT_DAYS;
    let row = known.unwrap_or_default();
    if row.day != day {
        if row.day != 0 {
            turn.delete(day_key(row.day, page));
        }
        turn.put_empty(day_key(day, page));
    }
    PageRow { day, ..row }
}

/// A log is told of a page when it has come, if it is still on its way.
pub(in crate::messages) fn wait(turn: &mut Turn<'_>, page: u64, log: LogId) -> Decided<()> {
    if page != 0 && row(turn, page)?.is_some_and(|it| it.is_pending()) {
        turn.put_empty(wait_key(page, log));
    }
    Ok(())
}

/// What somebody who writes a text would have previewed, before it is sent.
pub struct AskPage {
    /// Who.
    pub by: Caller,
    /// The text.
    pub text: String,
    /// As the client marked it.
    pub entities: Vec<Entity>,
    /// The whole text is a link, and refused where it is none.
    pub is_link: bool,
}

impl Command for AskPage {
    /// The link as it is kept, and its page's number.
    type Reply = Option<(String, u64)>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Self::Reply> {
        let link = if self.is_link {
            let link = Link::read(&self.text).filter(|it| may_ask(turn, it));
            Some(link.ok_or(Refusal::WcConvertUrlInvalid)?)
        } else {
            let cleaned = text::clean(&self.text, &self.entities)?;
            let body = Body { text: cleaned.text, entities: cleaned.entities, ..Body::default() };
            first(turn, &body).map(|(it, _)| it)
        };
        let Some(link) = link else { return Ok(None) };
        let Some(page) = ask(turn, &link)? else { return Ok(None) };
        wait(turn, page, self.by.user.into())?;
        Ok(Some((link.as_str().to_owned(), page)))
    }
}
