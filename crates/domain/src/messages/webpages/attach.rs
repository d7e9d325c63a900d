//! Which link of a message is previewed.

use previews::Link;

use super::asking::ask;
use crate::{
    groups::BannedRights,
    ids::{Peer, UserId},
    messages::{
        media::MediaBody,
        rows::{Body, Entity, EntityKind},
        send::refuse_kind,
    },
    refusal::Refusal,
    turn::Turn,
    view::{Decided, Stop, View},
};

/// How a sender wants the page that its message links to be shown.
/// Source: core.telegram.org/constructor/inputMediaWebPage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// This page, whether the text names it or not; `None`: that of the text's first link.
    pub url: Option<String>,
    /// With a large picture.
    pub large: bool,
    /// With a small one.
    pub small: bool,
    /// The message is sent all the same where there is no such page.
    pub optional: bool,
    /// Above the text.
    pub inverted: bool,
}

/// What a new message with a text shows below it.
pub(in crate::messages) fn attached(
    turn: &mut Turn<'_>,
    me: UserId,
    peer: Peer,
    (body, wish): (&Body, &Wish),
) -> Decided<Option<MediaBody>> {
    if body.no_webpage {
        return Ok(None);
    }
    let Some(url) = &wish.url else { return in_text(turn, me, peer, (body, wish)) };
    let link = Link::read(url).filter(|it| may_ask(turn, it));
    let missing = |refusal: Refusal| if wish.optional { Ok(None) } else { Err(Stop::Refuse(refusal)) };
    let Some(link) = link else { return missing(Refusal::WcConvertUrlInvalid) };
    if !may_embed(turn, me, peer)? {
        return missing(Refusal::ChatSendMediaForbidden);
    }
    let Some(page) = ask(turn, &link)? else { return missing(Refusal::WebpageNotFound) };
    if super::rows::row(turn, page)?.is_some_and(|it| !it.is_pending() && !it.found) {
        return missing(Refusal::WebpageNotFound);
    }
    let safe = links(body).any(|(it, is_shown)| is_shown && it == link);
    Ok(Some(shown(link, page, wish, true, safe)))
}

/// The same of a message that has been edited.
pub(in crate::messages) fn again(
    turn: &mut Turn<'_>,
    me: UserId,
    peer: Peer,
    (body, wish): (&Body, &Wish),
) -> Decided<Option<MediaBody>> {
    match &body.media {
        None | Some(MediaBody::WebPage { .. }) if body.poll.is_none() && body.todo.is_none() => {
            attached(turn, me, peer, (body, wish))
        }
        other => Ok(other.clone()),
    }
}

/// Takes the page off a message that was written elsewhere where its sender may show none: its text goes there all the
/// same.
pub(in crate::messages) fn refit(turn: &Turn<'_>, me: UserId, peer: Peer, body: &mut Body) -> Decided<()> {
    if matches!(body.media, Some(MediaBody::WebPage { .. })) && !may_embed(turn, me, peer)? {
        body.media = None;
    }
    Ok(())
}

fn in_text(turn: &mut Turn<'_>, me: UserId, peer: Peer, (body, wish): (&Body, &Wish)) -> Decided<Option<MediaBody>> {
    let Some((link, safe)) = first(turn, body) else { return Ok(None) };
    if !may_embed(turn, me, peer)? {
        return Ok(None);
    }
    let page = ask(turn, &link)?;
    Ok(page.map(|page| shown(link, page, wish, false, safe)))
}

fn shown(link: Link, page: u64, wish: &Wish, manual: bool, safe: bool) -> MediaBody {
    let (large, small, inverted) = (wish.large, wish.small && !wish.large, wish.inverted);
    MediaBody::WebPage { url: link.as_str().to_owned(), page, large, small, inverted, manual, safe }
}

/// The first link of a text that may be asked, and whether the text shows it as it is.
pub(super) fn first(view: &(impl View + ?Sized), body: &Body) -> Option<(Link, bool)> {
    links(body).find(|(it, _)| may_ask(view, it))
}

/// Whether somebody may show pages in a chat; who may not is not refused its text.
fn may_embed(turn: &Turn<'_>, me: UserId, peer: Peer) -> Decided<bool> {
    match refuse_kind(turn, me, peer, BannedRights::EMBED_LINKS) {
        Ok(()) => Ok(true),
        Err(Stop::Refuse(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

pub(super) fn may_ask(view: &(impl View + ?Sized), link: &Link) -> bool {
    let settings = &view.world().settings;
    super::own::is_own(view, link) || settings.previews && settings.previews_allow.may_ask(link)
}

fn links(body: &Body) -> impl Iterator<Item = (Link, bool)> + '_ {
    let units: Vec<u16> = body.text.encode_utf16().collect();
    let part = move |it: &Entity| {
        let (start, len) = (usize::try_from(it.offset).ok()?, usize::try_from(it.length).ok()?);
        String::from_utf16(units.get(start..start.checked_add(len)?)?).ok()
    };
    body.entities.iter().filter_map(move |it| match &it.kind {
        EntityKind::Url {} => Some((Link::read(&part(it)?)?, true)),
        EntityKind::TextUrl { url } => Some((Link::read(url)?, false)),
        _ => None,
    })
}
