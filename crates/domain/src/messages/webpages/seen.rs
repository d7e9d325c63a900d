//! A page as clients are shown it.

use super::rows::{PageCard, open, row};
use crate::{
    files::{Access, Carrier},
    messages::media::MediaBody,
    view::{Decided, View},
};

/// Seconds within which a page comes or comes to nothing; clients look again after them.
pub(super) const COMES_SECONDS: u32 = 30;

/// A page, and how a message shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenPage {
    /// Its number.
    pub number: u64,
    /// Its link.
    pub url: String,
    /// With a large picture.
    pub large: bool,
    /// With a small one.
    pub small: bool,
    /// Above the text.
    pub inverted: bool,
    /// The sender named it.
    pub manual: bool,
    /// The text shows its link as it is.
    pub safe: bool,
    /// What there is.
    pub what: What,
}

/// What there is of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// It is on its way, and is there by then, unix seconds.
    Pending(u32),
    /// Nothing.
    Nothing,
    /// It.
    Found {
        /// What it says.
        card: Box<PageCard>,
        /// What changes with it.
        hash: i32,
        /// By what its picture is asked for.
        access: Access,
    },
}

/// What is known of a page.
pub fn page(view: &(impl View + ?Sized), number: u64) -> Decided<What> {
    let Some(row) = row(view, number)? else { return Ok(What::Nothing) };
    if row.is_pending() {
        // Without previews nobody fetches what is left of them.
        let comes = view.world().settings.previews;
        let by = view.now().secs().saturating_add(COMES_SECONDS);
        return Ok(if comes { What::Pending(by) } else { What::Nothing });
    }
    if !row.found {
        return Ok(What::Nothing);
    }
    let card = Box::new(open(view, number, &row)?);
    let access = Access::of(view, Carrier::WebPage { page: number }, card.photo.iter().map(|it| it.id));
    Ok(What::Found { card, hash: row.hash(), access })
}

/// The same with its link, for who waits for it.
pub fn told(view: &(impl View + ?Sized), number: u64) -> Decided<(String, What)> {
    let url = match row(view, number)? {
        Some(row) => open(view, number, &row)?.url,
        None => String::new(),
    };
    Ok((url, page(view, number)?))
}

/// The page of a message.
pub fn of(view: &(impl View + ?Sized), body: &MediaBody) -> Decided<Option<SeenPage>> {
    let MediaBody::WebPage { url, page: number, large, small, inverted, manual, safe } = body else { return Ok(None) };
    let what = page(view, *number)?;
    Ok(Some(SeenPage {
        number: *number,
        url: url.clone(),
        large: *large,
        small: *small,
        inverted: *inverted,
        manual: *manual,
        safe: *safe,
        what,
    }))
}
