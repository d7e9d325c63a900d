//! Members of a channel in lists: all of them in order of joining, admins, banned and restricted ones. A list is
//! kept in order by its rows, so a page costs what it shows; the places of all members are counted in blocks, so
//! that a page far down is found without passing what stands above it.

use store::{Direction, Key, Range};

use super::channel::MemberRow;
use crate::{
    groups::BannedRights,
    ids::{ChannelId, UserId},
    record,
    spaces::{MEMBER_BLOCK, MEMBER_LIST},
    turn::Turn,
    view::{Decided, Rows, list, load_or_default},
};

/// Places in a block: as many rows as a page far down passes at most.
const BLOCK: u32 = 512;

/// Blocks looked at for a page: 200,000 members after a million have come and gone.
const BLOCKS_MAX: usize = 4096;

/// A list of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Members, who joined last first.
    Members = 1,
    /// Those of them who are admins, in order of number.
    Admins = 2,
    /// Banned from the channel, the last first.
    Kicked = 3,
    /// Restricted, members or not, the last first.
    Restricted = 4,
}

/// Every list.
const LISTS: [List; 4] = [List::Members, List::Admins, List::Kicked, List::Restricted];

record! {
    /// How many members have their places in a block.
    pub struct BlockRow { 1 => members: u32 }
}

impl List {
    /// Where somebody stands in this list.
    pub fn place(self, row: &MemberRow) -> Option<u32> {
        let (inside, banned) = (row.joined > 0, row.banned.has(BannedRights::VIEW_MESSAGES));
        match self {
            List::Members => inside.then_some(row.place),
            List::Admins => (inside && !row.admin.is_none()).then_some(0),
            List::Kicked => banned.then_some(row.banned_at),
            List::Restricted => (!banned && !row.banned.is_none()).then_some(row.banned_at),
        }
    }
}

/// Moves somebody from where the old row stands to where the new one does.
pub(super) fn settle(
    turn: &mut Turn<'_>,
    id: ChannelId,
    user: UserId,
    old: &MemberRow,
    new: &MemberRow,
) -> Decided<()> {
    for list in LISTS {
        let (before, after) = (list.place(old), list.place(new));
        if before == after {
            continue;
        }
        before.into_iter().for_each(|place| turn.delete(list_key(id, list, place, user)));
        after.into_iter().for_each(|place| turn.put_empty(list_key(id, list, place, user)));
        if list == List::Members {
            before.map_or(Ok(()), |place| count(turn, id, place, |it| it.saturating_sub(1)))?;
            after.map_or(Ok(()), |place| count(turn, id, place, |it| it + 1))?;
        }
    }
    Ok(())
}

/// A part of a list, in its order.
pub fn page(
    view: &(impl Rows + ?Sized),
    id: ChannelId,
    list: List,
    offset: usize,
    limit: usize,
) -> Decided<Vec<UserId>> {
    let whole = Range::prefix(list_builder(id, list).key());
    let (start, skip) = match list {
        List::Members => skip_blocks(view, id, offset)?,
        List::Admins | List::Kicked | List::Restricted => (None, offset),
    };
    let range = Range { start: start.unwrap_or(whole.start), end: whole.end };
    let rows = view.scan(&range, Direction::Forward, skip.saturating_add(limit))?;
    Ok(rows.iter().skip(skip).filter_map(|(key, _)| user_of(key)).collect())
}

/// Members who have been in a channel longest.
pub fn oldest(view: &(impl Rows + ?Sized), id: ChannelId, limit: usize) -> Decided<Vec<UserId>> {
    let whole = Range::prefix(list_builder(id, List::Members).key());
    let rows = view.scan(&whole, Direction::Backward, limit)?;
    Ok(rows.iter().filter_map(|(key, _)| user_of(key)).collect())
}

/// Where the block begins in which a place far down is, and how many stand before it there.
fn skip_blocks(view: &(impl Rows + ?Sized), id: ChannelId, offset: usize) -> Decided<(Option<Key>, usize)> {
    let mut left = u32::try_from(offset).unwrap_or(u32::MAX);
    if left < BLOCK {
        return Ok((None, offset));
    }
    let all = Range::prefix(block_builder(id).key());
    for (key, row) in list::<BlockRow>(view, &all, Direction::Forward, BLOCKS_MAX)? {
        let Some(block) = key.suffix().last_chunk().map(|it| !u32::from_be_bytes(*it)) else { continue };
        if row.members > left {
            let last = block.saturating_mul(BLOCK).saturating_add(BLOCK - 1);
            let start = list_builder(id, List::Members).u32_newest_first(last).key();
            return Ok((Some(start), usize::try_from(left).unwrap_or(usize::MAX)));
        }
        left -= row.members;
    }
    Ok((Some(list_builder(id, List::Members).key().prefix_end()), 0))
}

fn count(turn: &mut Turn<'_>, id: ChannelId, place: u32, change: impl Fn(u32) -> u32) -> Decided<()> {
    let key = block_builder(id).u32_newest_first(place / BLOCK).key();
    let mut row: BlockRow = load_or_default(turn, &key)?;
    row.members = change(row.members);
    if row.members == 0 {
        turn.delete(key)
    } else {
        turn.put(key, &row)
    }
    Ok(())
}

fn list_key(id: ChannelId, list: List, place: u32, user: UserId) -> Key {
    list_builder(id, list).u32_newest_first(place).u64(user.0).key()
}

fn list_builder(id: ChannelId, list: List) -> store::KeyBuilder {
    Key::of(MEMBER_LIST, id.vshard().0).u64(id.0).u8(list as u8)
}

fn block_builder(id: ChannelId) -> store::KeyBuilder {
    Key::of(MEMBER_BLOCK, id.vshard().0).u64(id.0)
}

fn user_of(key: &Key) -> Option<UserId> {
    key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it)))
}
