//! Who is in by which link, and who asks to be: one row a person and group, and its places in the lists.
//! Source: core.telegram.org/method/messages.getChatInviteImporters.

use store::{Direction, Key, KeyBuilder, Range};

use super::{InviteId, inviter, join::count, managed, manager, rows_of};
use crate::{
    ids::{Peer, UserId},
    people::{self, privacy},
    record,
    spaces::{INVITE_USE, JOINING},
    turn::Turn,
    view::{Decided, Rows, View, load},
};

/// People of one page. Source: clients ask for at most 100.
pub const PAGE_MAX: usize = 100;

/// People looked at for a search by name.
pub const SEARCHED_MAX: usize = 2000;

/// In by a link.
const BY_LINK: u8 = 1;
/// Asks by a link.
const ASKS_BY_LINK: u8 = 2;
/// Asks, by whatever way.
const ASKS: u8 = 3;
/// Came by a link or was let in, by whatever way.
const CAME: u8 = 4;

record! {
    /// How somebody came into a group, or that it asks to.
    pub struct JoiningRow {
        /// It asks and waits.
        1 => waits: bool,
        /// The link, if it came by one: whose, and its number; 0: none.
        2 => admin: UserId,
        3 => number: u32,
        /// When it asked or joined, unix seconds.
        4 => date: u32,
        /// Who let it in.
        5 => approved_by: Option<UserId>,
        /// The basic group of the link, where that has become this supergroup.
        6 => before: Option<Peer>,
        /// It took over a folder of whose link it is.
        7 => by_folder: bool,
    }
}

impl JoiningRow {
    /// The link by which it came.
    pub fn link(&self, peer: Peer) -> Option<InviteId> {
        let peer = self.before.unwrap_or(peer);
        (self.number > 0).then_some(InviteId { peer, admin: self.admin, number: self.number })
    }
}

/// Somebody who is in by a link, or asks to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Importer {
    /// Who.
    pub user: UserId,
    /// When it joined or asked, unix seconds.
    pub date: u32,
    /// It asks.
    pub waits: bool,
    /// It took over a folder of the link's owner.
    pub by_folder: bool,
    /// Who let it in.
    pub approved_by: Option<UserId>,
    /// What it says of itself, where it asks.
    pub about: Option<String>,
}

/// Which people.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The group.
    pub peer: Peer,
    /// By this link; else by any.
    pub hash: Option<String>,
    /// Those who ask, else those who are in.
    pub waiting: bool,
    /// A part of a name.
    pub query: String,
    /// The date of the last one of the page before; 0: from the newest on.
    pub offset_date: u32,
    /// And who it was.
    pub offset_user: UserId,
    /// At most so many.
    pub limit: usize,
}

/// A page of people.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Of all that are wanted, without regard to a name.
    pub count: u32,
    /// Newest first.
    pub importers: Vec<Importer>,
}

/// A page of who came by a link or asks to join.
pub fn page(view: &(impl View + ?Sized), me: UserId, wanted: &Wanted) -> Decided<Page> {
    let by = manager(view, me, wanted.peer)?;
    let link = wanted.hash.as_deref().map(|it| managed(view, &by, it)).transpose()?;
    let (count, prefix) = match (&link, wanted.waiting) {
        (Some((id, row)), true) => (row.requested, link_places(ASKS_BY_LINK, *id)),
        (Some((id, row)), false) => (row.usage, link_places(BY_LINK, *id)),
        (None, true) => (super::requests_waiting(view, wanted.peer)?, places(wanted.peer, ASKS)),
        (None, false) => (inviter(view, wanted.peer, UserId::NOBODY)?.came, places(wanted.peer, CAME)),
    };
    let limit = wanted.limit.clamp(1, PAGE_MAX);
    let looked_at = if wanted.query.is_empty() { limit } else { SEARCHED_MAX };
    let mut importers = Vec::new();
    for (key, _) in view.scan(&until(prefix, wanted), Direction::Backward, looked_at)? {
        let user = user_of(&key);
        if wanted.query.is_empty() || people::search::is_called(view, me, user, &wanted.query)? {
            importers.extend(importer(view, me, wanted.peer, user)?);
        }
        if importers.len() == limit {
            break;
        }
    }
    Ok(Page { count, importers })
}

/// The newest who ask, and how many do.
pub(in crate::groups) fn newest(view: &(impl Rows + ?Sized), peer: Peer, limit: usize) -> Decided<(u32, Vec<UserId>)> {
    let range = Range::prefix(places(peer, ASKS).key());
    let rows = view.scan(&range, Direction::Backward, limit)?;
    Ok((super::requests_waiting(view, peer)?, rows.iter().map(|(key, _)| user_of(key)).collect()))
}

/// Those who ask, the longest waiting first, perhaps by one link.
pub(in crate::groups) fn waiting(
    view: &(impl Rows + ?Sized),
    peer: Peer,
    link: Option<InviteId>,
    limit: usize,
) -> Decided<Vec<UserId>> {
    let prefix = link.map_or_else(|| places(peer, ASKS), |it| link_places(ASKS_BY_LINK, it));
    let rows = view.scan(&Range::prefix(prefix.key()), Direction::Forward, limit)?;
    Ok(rows.iter().map(|(key, _)| user_of(key)).collect())
}

/// How somebody came in, or that it asks.
pub(in crate::groups) fn joining(view: &(impl Rows + ?Sized), peer: Peer, user: UserId) -> Decided<Option<JoiningRow>> {
    load(view, &joining_key(peer, user))
}

/// Notes that somebody is in, by a link or let in by somebody.
pub(in crate::groups) fn joined(
    turn: &mut Turn<'_>,
    peer: Peer,
    user: UserId,
    link: Option<InviteId>,
    approved_by: Option<UserId>,
) -> Decided<()> {
    forget(turn, peer, user)?;
    write(turn, peer, user, link, JoiningRow { approved_by, ..JoiningRow::default() })
}

/// Notes that somebody is in by a folder whose owner has this link.
pub(in crate::groups) fn joined_by_folder(
    turn: &mut Turn<'_>,
    peer: Peer,
    user: UserId,
    link: InviteId,
) -> Decided<()> {
    forget(turn, peer, user)?;
    write(turn, peer, user, Some(link), JoiningRow { by_folder: true, ..JoiningRow::default() })
}

/// Notes that somebody asks.
pub(in crate::groups) fn asked(turn: &mut Turn<'_>, peer: Peer, user: UserId, link: Option<InviteId>) -> Decided<()> {
    forget(turn, peer, user)?;
    write(turn, peer, user, link, JoiningRow { waits: true, ..JoiningRow::default() })
}

/// Takes somebody off the lists: it left, was removed, or asks no more. A link's limit counts those who are
/// in by it at once. Source: core.telegram.org/bots/api, "ChatInviteLink", `member_limit`.
pub fn forget(turn: &mut Turn<'_>, peer: Peer, user: UserId) -> Decided<()> {
    let Some(row) = joining(turn, peer, user)? else { return Ok(()) };
    let link = row.link(peer);
    turn.delete(joining_key(peer, user));
    for key in lists(peer, user, link, &row) {
        turn.delete(key);
    }
    tally(turn, peer, link, &row, -1)
}

fn write(turn: &mut Turn<'_>, peer: Peer, user: UserId, link: Option<InviteId>, row: JoiningRow) -> Decided<()> {
    let (admin, number) = link.map_or((UserId::NOBODY, 0), |it| (it.admin, it.number));
    let before = link.map(|it| it.peer).filter(|it| *it != peer);
    let row = JoiningRow { admin, number, before, date: turn.now().secs(), ..row };
    turn.put(joining_key(peer, user), &row);
    for key in lists(peer, user, link, &row) {
        turn.put_empty(key);
    }
    tally(turn, peer, link, &row, 1)
}

/// Takes somebody off the lists of a group that has become another; what is counted there counts no more.
pub(super) fn vacate(turn: &mut Turn<'_>, peer: Peer, user: UserId, row: &JoiningRow) {
    turn.delete(joining_key(peer, user));
    for key in lists(peer, user, row.link(peer), row) {
        turn.delete(key);
    }
}

/// Puts somebody on the lists of the group that its old one has become, where it was counted already; or uncounts it.
pub(super) fn inherit(turn: &mut Turn<'_>, to: Peer, user: UserId, row: &JoiningRow, stands: bool) -> Decided<()> {
    let row = JoiningRow { before: None, ..row.clone() };
    let link = row.link(to);
    if !stands {
        return tally(turn, to, link, &row, -1);
    }
    turn.put(joining_key(to, user), &row);
    for key in lists(to, user, link, &row) {
        turn.put_empty(key);
    }
    Ok(())
}

fn tally(turn: &mut Turn<'_>, peer: Peer, link: Option<InviteId>, row: &JoiningRow, by: i64) -> Decided<()> {
    match row.waits {
        true => super::count_requests(turn, peer, by)?,
        false => super::count_came(turn, peer, by)?,
    }
    match link {
        Some(id) if row.waits => count(turn, id, 0, by),
        Some(id) => count(turn, id, by, 0),
        None => Ok(()),
    }
}

/// The places of a row in the lists.
fn lists(peer: Peer, user: UserId, link: Option<InviteId>, row: &JoiningRow) -> Vec<Key> {
    let at = |prefix: KeyBuilder| prefix.u32(row.date).u64(user.0).key();
    let by_link = link.map(|it| at(link_places(if row.waits { ASKS_BY_LINK } else { BY_LINK }, it)));
    by_link.into_iter().chain([at(places(peer, if row.waits { ASKS } else { CAME }))]).collect()
}

fn importer(view: &(impl View + ?Sized), me: UserId, peer: Peer, user: UserId) -> Decided<Option<Importer>> {
    let Some(row) = joining(view, peer, user)? else { return Ok(None) };
    let about = if row.waits { about(view, me, user)? } else { None };
    Ok(Some(Importer {
        user,
        date: row.date,
        waits: row.waits,
        by_folder: row.by_folder,
        approved_by: row.approved_by,
        about,
    }))
}

fn about(view: &(impl View + ?Sized), me: UserId, user: UserId) -> Decided<Option<String>> {
    let Some(row) = people::user(view, user)?.filter(|it| !it.deleted) else { return Ok(None) };
    if !privacy::allows(view, user, privacy::Key::About, me)? {
        return Ok(None);
    }
    Ok(Some(people::card(view, user, &row)?.about).filter(|it| !it.is_empty()))
}

/// The part of a list that comes after a page.
fn until(prefix: KeyBuilder, wanted: &Wanted) -> Range {
    let all = Range::prefix(prefix.clone().key());
    match (wanted.offset_date, wanted.offset_user) {
        (0, _) => all,
        (date, user) => Range { start: all.start, end: prefix.u32(date).u64(user.0).key() },
    }
}

fn places(peer: Peer, list: u8) -> KeyBuilder {
    rows_of(INVITE_USE, peer).u8(list)
}

fn link_places(list: u8, link: InviteId) -> KeyBuilder {
    places(link.peer, list).u64(link.admin.0).u32(link.number)
}

fn joining_key(peer: Peer, user: UserId) -> Key {
    rows_of(JOINING, peer).u64(user.0).key()
}

fn user_of(key: &Key) -> UserId {
    UserId(key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it)))
}
