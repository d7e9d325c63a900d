//! How many members of a group are online. Nobody's presence is told: only a number, and of a large group one that
//! is reckoned from some members spread over all of them, so that asking costs the same in a group of any size.

use store::{Direction, Key, Range};

use crate::{
    groups::{
        access, basic,
        channel::{MemberRow, counts},
    },
    ids::{ChannelId, ChatId, UserId},
    people::presence,
    spaces::MEMBER,
    view::{Decided, Rows, View, list},
};

/// Places at which members of a large group are looked at.
const PLACES: u64 = 64;

/// Rows looked at from each of them.
const ROWS: usize = 16;

/// Members of the largest group whose members are all looked at: as many as of a larger one.
const ALL_MAX: usize = PLACES as usize * ROWS;

/// Members of a basic group who are online; the caller is one of them.
pub fn online_in_chat(view: &(impl View + ?Sized), me: UserId, chat: ChatId) -> Decided<u32> {
    let group = basic::access::reader(view, chat, me)?;
    let mut present = 0;
    for user in group.members.iter().map(|it| it.user) {
        present += u32::from(user == me || presence::is_online(view, user)?);
    }
    Ok(present)
}

/// Members who are online; the caller is one of them.
pub fn online(view: &(impl View + ?Sized), me: UserId, channel: ChannelId) -> Decided<u32> {
    let access = access::reader(view, channel, me)?;
    let mut seen = Vec::new();
    let whole = Range::prefix(Key::of(MEMBER, channel.vshard().0).u64(channel.0).key());
    let all = list::<MemberRow>(view, &whole, Direction::Forward, ALL_MAX)?;
    if all.len() < ALL_MAX {
        seen.extend(all);
    } else {
        for start in places(view, channel, &whole)? {
            seen.extend(list::<MemberRow>(view, &Range { start, end: whole.end.clone() }, Direction::Forward, ROWS)?);
        }
    }
    let (mut members, mut present) = (0_u64, 0_u64);
    for (key, _) in seen.iter().filter(|(_, row)| row.joined > 0) {
        members += 1;
        present += u64::from(presence::is_online(view, user_of(key))?);
    }
    let total = u64::from(counts(view, channel)?.members).max(members);
    let reckoned = (present * total).checked_div(members).unwrap_or(0);
    let own = u64::from(access.standing.is_in());
    Ok(u32::try_from(reckoned.max(own)).unwrap_or(u32::MAX))
}

/// Places at even distances between the first and the last member, whose numbers say when they signed up.
fn places(view: &(impl Rows + ?Sized), channel: ChannelId, whole: &Range) -> Decided<Vec<Key>> {
    let end = |direction| Ok::<_, crate::view::Stop>(view.scan(whole, direction, 1)?.first().map(|it| user_of(&it.0)));
    let (Some(first), Some(last)) = (end(Direction::Forward)?, end(Direction::Backward)?) else {
        return Ok(Vec::new());
    };
    let step = (last.0 - first.0) / PLACES;
    Ok((0..PLACES).map(|at| crate::groups::channel::member_key(channel, UserId(first.0 + at * step))).collect())
}

fn user_of(key: &Key) -> UserId {
    key.suffix().last_chunk().map_or(UserId::NOBODY, |it| UserId(u64::from_be_bytes(*it)))
}
