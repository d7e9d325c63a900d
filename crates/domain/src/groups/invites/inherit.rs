//! A basic group's links, who came by them and who asks go along into the supergroup that it becomes. Links keep
//! their hashes and numbers; whatever is more than a step goes by itself, and until then an old link leads to where
//! its group has gone. Source: core.telegram.org/api/channel, "Migration".

use store::{Direction, Key, Range};

use super::{
    InviteId, InviteRow, InviterRow, LinkRow, found_at,
    importers::{self, JoiningRow},
    inviter_key, open, put, rows_of, seal,
};
use crate::{
    groups::enter,
    ids::{ChannelId, ChatId, Peer, UserId},
    spaces::{INVITE, INVITER, JOINING, TIMER},
    turn::Turn,
    view::{Decided, Rows, View, list},
};

/// The kind of timer that goes on.
pub(crate) const INHERITING: u8 = 129;

/// Links, and people, of one step: each is up to eight rows.
const STEP: usize = 50;

/// Members of the largest group whose first step belongs to the migration itself: those of a larger one write
/// almost as much as one command may.
const AT_ONCE_MEMBERS_MAX: usize = 100;

/// The supergroup takes over what is counted of each admin's links, and begins to take over the links.
pub(in crate::groups) fn begin(turn: &mut Turn<'_>, from: ChatId, to: ChannelId, members: usize) -> Decided<()> {
    for (key, row) in list::<InviterRow>(turn, &all(INVITER, from), Direction::Forward, STEP * 10)? {
        turn.put(inviter_key(Peer::Channel(to), user_of(&key)), &row);
    }
    match members <= AT_ONCE_MEMBERS_MAX {
        true => step(turn, from, to),
        false => {
            turn.put_empty(timer_key(turn.now().secs(), from, to));
            Ok(())
        }
    }
}

/// Goes on where a timer says.
pub(crate) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let number = |at: usize| key.suffix().get(at..).and_then(|it| it.first_chunk()).map(|it| u64::from_be_bytes(*it));
    let (Some(from), Some(to)) = (number(5), number(13)) else { return Ok(()) };
    step(turn, ChatId(from), ChannelId(to))
}

fn step(turn: &mut Turn<'_>, from: ChatId, to: ChannelId) -> Decided<()> {
    let links = list::<InviteRow>(turn, &all(INVITE, from), Direction::Forward, STEP)?;
    let people = list::<JoiningRow>(turn, &all(JOINING, from), Direction::Forward, STEP)?;
    let more = links.len() == STEP || people.len() == STEP;
    for (key, row) in links {
        let Some(id) = link_of(&key, Peer::Chat(from)) else { continue };
        take_link(turn, id, row, Peer::Channel(to))?;
        turn.delete(key);
    }
    for (key, row) in people {
        take_person(turn, (Peer::Chat(from), Peer::Channel(to)), user_of(&key), &row)?;
    }
    if more {
        turn.put_empty(timer_key(turn.now().secs(), from, to));
        return Ok(());
    }
    for (key, _) in turn.scan(&all(INVITER, from), Direction::Forward, STEP * 10)? {
        turn.delete(key);
    }
    Ok(())
}

/// The same link under the supergroup's key, and its hash leads there.
fn take_link(turn: &mut Turn<'_>, old: InviteId, row: InviteRow, to: Peer) -> Decided<()> {
    let it = open(turn, old, row)?;
    let id = InviteId { peer: to, ..old };
    let card = seal(turn, id, it.row.version, &it.card)?;
    let row = InviteRow { card, ..it.row };
    put(turn, id, &row);
    turn.put(found_at(&row.found_by), &LinkRow { peer: to, admin: id.admin, number: id.number, ..LinkRow::default() });
    Ok(())
}

/// Who is in, or still asks, keeps its place; whom the supergroup knows otherwise by now gives it up.
fn take_person(turn: &mut Turn<'_>, (from, to): (Peer, Peer), user: UserId, row: &JoiningRow) -> Decided<()> {
    importers::vacate(turn, from, user, row);
    let known = importers::joining(turn, to, user)?.is_some();
    let stands = !known && enter::is_in(turn, to, user)? != row.waits;
    importers::inherit(turn, to, user, row, stands)
}

fn all(space: store::Subspace, chat: ChatId) -> Range {
    Range::prefix(rows_of(space, Peer::Chat(chat)).key())
}

/// The group's kind and number, the admin, whether it is revoked, its number.
fn link_of(key: &Key, peer: Peer) -> Option<InviteId> {
    let admin = UserId(u64::from_be_bytes(*key.suffix().get(9..)?.first_chunk()?));
    Some(InviteId { peer, admin, number: super::list::number(key) })
}

fn user_of(key: &Key) -> UserId {
    UserId(key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it)))
}

fn timer_key(due: u32, from: ChatId, to: ChannelId) -> Key {
    Key::of(TIMER, 0).u32(due).u8(INHERITING).u64(from.0).u64(to.0).key()
}
