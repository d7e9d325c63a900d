//! Lists of a channel's members, a page at a time, and one of them.
//! Source: core.telegram.org/method/channels.getParticipants.

use super::{
    AdminRights, BannedRights, MemberRow, Standing,
    admins::may_manage,
    channel::{counts, member, standing_of},
    guard::{Before, before},
    lists::{self, List},
    names, ranks,
};
use crate::{
    ids::{ChannelId, UserId},
    messages::search::words,
    people::{self, contacts},
    refusal::Refusal,
    view::{Decided, View},
};

/// Members on a page.
pub const PAGE_MAX: usize = 200;

/// Rows of names that a search looks at: it names a page, not everybody.
const FOUND_MAX: usize = 1000;

/// Banned and restricted people that a search by name looks at.
const LOOKED_AT: usize = 1000;

/// Which members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Who joined last first.
    Recent,
    /// The owner, then admins.
    Admins,
    /// Banned from the channel.
    Kicked(String),
    /// Restricted.
    Restricted(String),
    /// There are none here.
    Bots,
    /// By the beginnings of names.
    Search(String),
    /// The caller's contacts.
    Contacts(String),
    /// Who may be mentioned.
    Mentions(String),
}

/// Somebody in the eyes of the caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    /// Who.
    pub user: UserId,
    /// As stored.
    pub row: MemberRow,
    /// How it stands in the channel.
    pub standing: Standing,
    /// Its title; empty: none.
    pub rank: String,
    /// Whether the caller may change its rights.
    pub can_edit: bool,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In the whole list.
    pub count: u32,
    /// Of this page, in order.
    pub participants: Vec<Participant>,
}

/// A page of a list.
pub fn page(
    view: &(impl View + ?Sized),
    id: ChannelId,
    me: UserId,
    filter: &Filter,
    (offset, limit): (usize, usize),
) -> Decided<Page> {
    let it = before(view, id, me)?;
    refuse_hidden(&it, filter)?;
    let counts = counts(view, id)?;
    let limit = limit.min(PAGE_MAX);
    let part = |list| lists::page(view, id, list, offset, limit);
    let (count, users) = match filter {
        Filter::Recent => (counts.members, part(List::Members)?),
        Filter::Admins => (counts.admins, cut(admins(view, &it)?, offset, limit).1),
        Filter::Bots => (0, Vec::new()),
        Filter::Kicked(q) if is_empty(q) => (counts.kicked, part(List::Kicked)?),
        Filter::Restricted(q) if is_empty(q) => (counts.restricted, part(List::Restricted)?),
        Filter::Search(q) | Filter::Mentions(q) if is_empty(q) => (counts.members, part(List::Members)?),
        Filter::Kicked(q) => cut(among(view, id, List::Kicked, q)?, offset, limit),
        Filter::Restricted(q) => cut(among(view, id, List::Restricted, q)?, offset, limit),
        Filter::Search(q) | Filter::Mentions(q) => cut(by_name(view, id, q)?, offset, limit),
        Filter::Contacts(q) => cut(known(view, &it, me, q)?, offset, limit),
    };
    let participants = users.into_iter().map(|user| seen(view, &it, me, user)).collect::<Decided<_>>()?;
    Ok(Page { count, participants })
}

/// One of them: members see members; who is out, or banned, is told to admins and to itself.
pub fn one(view: &(impl View + ?Sized), id: ChannelId, me: UserId, user: UserId) -> Decided<Participant> {
    let it = before(view, id, me)?;
    let found = seen(view, &it, me, user)?;
    let known = found.row != MemberRow::default();
    let (manages, itself) = (!it.standing.admin().is_none(), user == me);
    let named = found.standing.is_in() || manages && known && !found.row.banned.is_none();
    let hidden = (it.row.broadcast || it.row.participants_hidden) && !manages && !itself;
    match () {
        () if hidden && found.standing.admin().is_none() => Err(Refusal::ChatAdminRequired.into()),
        () if named => Ok(found),
        () => Err(Refusal::UserNotParticipant.into()),
    }
}

fn refuse_hidden(it: &Before, filter: &Filter) -> Decided<()> {
    let manages = !it.standing.admin().is_none();
    let may = match filter {
        Filter::Kicked(_) | Filter::Restricted(_) => manages,
        Filter::Admins | Filter::Bots => manages || !it.row.broadcast,
        Filter::Recent | Filter::Search(_) | Filter::Contacts(_) | Filter::Mentions(_) => {
            manages || !it.row.broadcast && !it.row.participants_hidden
        }
    };
    if may { Ok(()) } else { Err(Refusal::ChatAdminRequired.into()) }
}

/// Somebody in the eyes of the caller.
pub fn seen(view: &(impl View + ?Sized), it: &Before, me: UserId, user: UserId) -> Decided<Participant> {
    let row = member(view, it.id, user)?.unwrap_or_default();
    let standing = standing_of(&it.row, user, &row, view.now().secs());
    let rank = ranks::of(view, it.id, user, &row)?;
    let owner = it.row.creator == user && row.joined > 0;
    let appoints = it.standing.may(AdminRights::ADD_ADMINS) && !owner && user != me;
    let can_edit = appoints && may_manage(it, me, &row);
    Ok(Participant { user, row, standing, rank, can_edit })
}

/// Admins, the owner first: few enough to be put in order here.
fn admins(view: &(impl View + ?Sized), it: &Before) -> Decided<Vec<UserId>> {
    let mut all = lists::page(view, it.id, List::Admins, 0, PAGE_MAX)?;
    all.sort_by_key(|user| *user != it.row.creator);
    // Who is anonymous is known to other admins only.
    if it.standing.admin().is_none() {
        let mut open = Vec::with_capacity(all.len());
        for user in all {
            let row = member(view, it.id, user)?.unwrap_or_default();
            if !row.admin.has(AdminRights::ANONYMOUS) {
                open.push(user);
            }
        }
        return Ok(open);
    }
    Ok(all)
}

/// Those of a list whose names match.
fn among(view: &(impl View + ?Sized), id: ChannelId, list: List, query: &str) -> Decided<Vec<UserId>> {
    let query = words::of_query(query);
    let all = lists::page(view, id, list, 0, LOOKED_AT)?;
    matching(view, all, &query)
}

/// Members by the beginnings of their names: the longest word of the query is looked up, the others are compared.
fn by_name(view: &(impl View + ?Sized), id: ChannelId, query: &str) -> Decided<Vec<UserId>> {
    let query = words::of_query(query.trim().trim_start_matches('@'));
    let Some(longest) = query.iter().max_by_key(|it| it.chars().count()) else { return Ok(Vec::new()) };
    let mut found = names::beginning(view, id, longest, FOUND_MAX)?;
    let mut seen = std::collections::HashSet::new();
    found.retain(|it| seen.insert(*it));
    found.truncate(PAGE_MAX);
    matching(view, found, &query)
}

fn matching(view: &(impl View + ?Sized), users: Vec<UserId>, query: &[String]) -> Decided<Vec<UserId>> {
    let mut all = Vec::new();
    for user in users {
        let Some(row) = people::user(view, user)?.filter(|it| !it.deleted) else { continue };
        let card = people::card(view, user, &row)?;
        let names = card.usernames.iter().filter(|it| it.active).map(|it| it.name.as_str());
        let text = [card.first_name.as_str(), card.last_name.as_str()].into_iter().chain(names);
        if words::match_all(query, &names::words_of(&text.collect::<Vec<_>>().join(" "))) {
            all.push(user);
        }
    }
    Ok(all)
}

/// The caller's contacts among the members, by how the caller calls them.
fn known(view: &(impl View + ?Sized), it: &Before, me: UserId, query: &str) -> Decided<Vec<UserId>> {
    let query = words::of_query(query);
    let mut all = Vec::new();
    for (user, _) in contacts::contacts(view, me)? {
        let inside = member(view, it.id, user)?.is_some_and(|it| it.joined > 0);
        if !inside {
            continue;
        }
        let Some(seen) = people::seen(view, me, user)? else { continue };
        let text = format!("{} {}", seen.first_name, seen.last_name);
        if words::match_all(&query, &names::words_of(&text)) {
            all.push(user);
        }
    }
    Ok(all)
}

fn cut(all: Vec<UserId>, offset: usize, limit: usize) -> (u32, Vec<UserId>) {
    let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
    (count, all.into_iter().skip(offset).take(limit).collect())
}

fn is_empty(query: &str) -> bool {
    query.trim().trim_start_matches('@').is_empty()
}

/// What somebody may not do, beyond what nobody may.
pub fn own_bans(it: &Participant) -> BannedRights {
    match it.standing {
        Standing::Kicked => BannedRights::ALL,
        Standing::Restricted(rights, _) => rights,
        Standing::Creator(_) | Standing::Admin(_) | Standing::Member | Standing::Out => BannedRights::NONE,
    }
}

/// Whether the caller may see the list of members.
pub fn can_view(it: &Before) -> bool {
    refuse_hidden(it, &Filter::Recent).is_ok()
}
