//! Links to this server's own: public names and posts, invite links. What they show is what anybody may read who
//! follows them, and nothing is fetched.
//! Source: core.telegram.org/api/links; core.telegram.org/constructor/webPage, `type`.

use previews::{Link, link::Place};

use super::rows::PageCard;
use crate::{
    groups::{
        channel,
        face::{self, Post},
        invites::join::{self, Preview},
    },
    ids::{ChannelId, MessageId, Peer, UserId},
    people::{NameKind, names::holder_of, seen_min, usernames},
    view::{Decided, Stop, View},
};

/// Letters of a post.
const TEXT_MAX: usize = 400;

/// Whether a link leads to this server.
pub(super) fn is_own(view: &(impl View + ?Sized), link: &Link) -> bool {
    match link.place() {
        Place::Name(name) => view.world().settings.own_hosts.contains(&name),
        Place::Address(_) => false,
    }
}

/// What it shows; `None` where it leads to nothing that everybody may read.
pub(super) fn card(view: &(impl View + ?Sized), link: &Link) -> Decided<Option<PageCard>> {
    let parts: Vec<&str> = link.path().split('/').filter(|it| !it.is_empty()).collect();
    let parts = parts.strip_prefix(&["s"][..]).unwrap_or(&parts);
    let found = match parts {
        ["joinchat", hash] => invite(view, hash)?,
        [name] if name.starts_with('+') => invite(view, &name[1..])?,
        [name] => named(view, name)?,
        [name, post] => match post.parse() {
            Ok(id) => self::post(view, name, MessageId(id))?,
            Err(_) => None,
        },
        _ => None,
    };
    Ok(found.map(|card| PageCard {
        url: link.as_str().to_owned(),
        display: link.display(),
        site: view.world().settings.site.clone(),
        ..card
    }))
}

fn of_kind(kind: &str, title: String, text: String) -> Option<PageCard> {
    Some(PageCard { kind: kind.to_owned(), title, text, ..PageCard::default() })
}

fn named(view: &(impl View + ?Sized), name: &str) -> Decided<Option<PageCard>> {
    if !usernames::is_valid(name) {
        return Ok(None);
    }
    match holder_of(view, NameKind::Username, name)? {
        Some(Peer::Channel(id)) => public(view, id),
        Some(Peer::User(id)) => {
            let seen = seen_min(view, id)?.filter(|it| !it.deleted);
            let title = |first: &str, last: &str| format!("{first} {last}").trim().to_owned();
            Ok(seen.and_then(|it| of_kind("telegram_user", title(&it.first_name, &it.last_name), String::new())))
        }
        Some(Peer::Chat(_)) | None => Ok(None),
    }
}

fn public(view: &(impl View + ?Sized), id: ChannelId) -> Decided<Option<PageCard>> {
    let Some(row) = channel::channel(view, id)?.filter(|it| it.public && !it.deleted) else { return Ok(None) };
    let card = channel::card(view, id, &row)?;
    Ok(of_kind(kind(row.broadcast, false), card.title, card.about))
}

fn kind(broadcast: bool, asks: bool) -> &'static str {
    match (broadcast, asks) {
        (true, false) => "telegram_channel",
        (true, true) => "telegram_channel_request",
        (false, false) => "telegram_megagroup",
        (false, true) => "telegram_megagroup_request",
    }
}

fn post(view: &(impl View + ?Sized), name: &str, id: MessageId) -> Decided<Option<PageCard>> {
    let Some(stand) = face::stand(view, name)?.filter(|it| it.row.broadcast) else { return named(view, name) };
    let Some(front) = face::front(view, &stand, name)? else { return Ok(None) };
    let Post::Here(article) = face::post(view, &stand, id)? else { return Ok(None) };
    let text = article.message.body.text.chars().take(TEXT_MAX).collect();
    Ok(of_kind("telegram_message", front.title, text))
}

fn invite(view: &(impl View + ?Sized), hash: &str) -> Decided<Option<PageCard>> {
    let found = match join::check(view, UserId::NOBODY, hash) {
        Ok(found) => found,
        Err(Stop::Refuse(_)) => return Ok(None),
        Err(other) => return Err(other),
    };
    Ok(match found {
        Preview::Peek(Peer::Channel(id), _) => public(view, id)?,
        Preview::Peek(..) | Preview::Member(_) => None,
        Preview::Closed(it) => match it.peer {
            Peer::Chat(_) if it.request_needed => of_kind("telegram_chat_request", it.title, it.about),
            Peer::Chat(_) => of_kind("telegram_chat", it.title, it.about),
            Peer::User(_) | Peer::Channel(_) => of_kind(kind(it.broadcast, it.request_needed), it.title, it.about),
        },
    })
}
