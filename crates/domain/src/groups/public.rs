//! Finding public channels and groups by name. For each beginning of a word of a title or of a public name there is a
//! row with its keyed hash, larger channels first; so a search reads what it shows, in its order, and no name reaches
//! the disk. Only who has an active public name stands there: the rows are written and taken away with the card.

pub mod adopt;
mod find;

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::{ChannelRow, GroupCard, channel::counts};
use crate::{
    ids::{ChannelId, VSHARDS_IN_USE},
    messages::search::words,
    record,
    spaces::{PUBLIC_CHANNEL, PUBLIC_NAME},
    turn::Turn,
    view::{Decided, Rows, View, load},
    world::World,
};

pub use adopt::adopt;
pub use find::{Found, Wanted, search};

/// Letters of the shortest beginning: what begins with one letter is too much to be found by it.
pub const LETTERS_MIN: usize = 2;

/// Letters of the longest one; who searches for more looks at the names themselves.
const LETTERS_MAX: usize = 8;

/// Beginnings of one channel: a title of a dozen words.
const BEGINNINGS_MAX: usize = 128;

/// Sizes from one doubling to the next.
const QUARTERS: u32 = 4;

/// Bytes of a hash.
const EACH: usize = 8;

record! {
    /// Where a public channel stands in the index.
    pub struct PlacesRow {
        /// Of what size it counts there: a quarter of a doubling each.
        1 => size: u32,
        /// The hashes of its beginnings, one behind the other.
        2 => hashes: Bytes,
    }
}

/// Brings the index to what a channel's card says; one that is not public stands nowhere.
pub(super) fn settle(turn: &mut Turn<'_>, id: ChannelId, row: &ChannelRow, card: &GroupCard) -> Decided<()> {
    let old = load::<PlacesRow>(turn, &places_key(id))?;
    if !row.public || row.deleted {
        return put(turn, id, old, PlacesRow::default());
    }
    let size = match &old {
        Some(old) => old.size,
        None => size(counts(turn, id)?.members),
    };
    let hashes = hashes(turn.world(), row.broadcast, card);
    put(turn, id, old, PlacesRow { size, hashes, ..PlacesRow::default() })
}

/// A channel has more or fewer members. It moves up with each quarter of a doubling, and down when half is lost: who
/// comes and goes at a border moves nothing.
pub(super) fn counted(turn: &mut Turn<'_>, id: ChannelId, before: u32, now: u32) -> Decided<()> {
    if size(before) == size(now) {
        return Ok(());
    }
    let Some(old) = load::<PlacesRow>(turn, &places_key(id))? else { return Ok(()) };
    if size(now) > old.size || size(now) + QUARTERS < old.size {
        let new = PlacesRow { size: size(now), ..old.clone() };
        return put(turn, id, Some(old), new);
    }
    Ok(())
}

fn put(turn: &mut Turn<'_>, id: ChannelId, old: Option<PlacesRow>, new: PlacesRow) -> Decided<()> {
    let before = old.unwrap_or_default();
    if before == new {
        return Ok(());
    }
    let keys = |row: &PlacesRow| row.hashes.chunks_exact(EACH).map(|it| key(it, row.size, id)).collect::<Vec<_>>();
    let (left, kept) = (keys(&before), keys(&new));
    left.iter().filter(|it| !kept.contains(it)).for_each(|it| turn.delete(it.clone()));
    kept.into_iter().filter(|it| !left.contains(it)).for_each(|it| turn.put_empty(it));
    match new.hashes.is_empty() {
        true => turn.delete(places_key(id)),
        false => turn.put(places_key(id), &new),
    }
    Ok(())
}

/// Doublings of a number of members, in quarters: the two digits after the first in base two.
fn size(members: u32) -> u32 {
    let (members, doublings) = (u64::from(members.max(1)), members.max(1).ilog2());
    let quarter = ((members * u64::from(QUARTERS)) >> doublings) as u32 % QUARTERS;
    doublings * QUARTERS + quarter
}

/// Channels with a word that begins so, larger ones first; more than are, where hashes meet.
fn beginning(view: &(impl View + ?Sized), word: &str, limit: usize) -> Decided<Vec<(u32, ChannelId)>> {
    let letters: String = word.chars().take(LETTERS_MAX).collect();
    listed(view, &view.world().public_name_hash(&letters), limit)
}

/// Every public broadcast channel, larger ones first.
pub fn broadcasts(view: &(impl View + ?Sized), limit: usize) -> Decided<Vec<ChannelId>> {
    let all = listed(view, &view.world().public_name_hash(""), limit)?;
    Ok(all.into_iter().map(|(_, id)| id).collect())
}

fn listed(view: &(impl Rows + ?Sized), hash: &[u8], limit: usize) -> Decided<Vec<(u32, ChannelId)>> {
    let rows = view.scan(&Range::prefix(builder(hash).key()), Direction::Forward, limit)?;
    let one = |key: &Key| {
        let (rest, id) = key.suffix().split_last_chunk::<8>()?;
        Some((!u32::from_be_bytes(*rest.last_chunk()?), ChannelId(u64::from_be_bytes(*id))))
    };
    Ok(rows.iter().filter_map(|(key, _)| one(key)).collect())
}

/// Public names come first: a long title does not keep them out. Broadcast channels have the empty beginning too, by
/// which all of them are found.
fn hashes(world: &World, broadcast: bool, card: &GroupCard) -> Bytes {
    let mut all: Vec<String> = if broadcast { vec![String::new()] } else { Vec::new() };
    let names = card.usernames.iter().filter(|it| it.active).map(|it| it.name.as_str());
    for text in names.chain([card.title.as_str()]) {
        for word in words::of_text(text) {
            let letters = word.chars().count();
            let ends = LETTERS_MIN..=letters.min(LETTERS_MAX);
            all.extend(
                ends.map(|end| word.chars().take(end).collect()).filter(|it| !all.contains(it)).collect::<Vec<_>>(),
            );
        }
    }
    all.iter().take(BEGINNINGS_MAX).flat_map(|it| world.public_name_hash(it)).collect()
}

/// The words of what a channel is found by.
fn words_of(card: &GroupCard) -> Vec<String> {
    let active = card.usernames.iter().filter(|it| it.active).map(|it| it.name.as_str());
    words::of_text(&[card.title.as_str()].into_iter().chain(active).collect::<Vec<_>>().join(" "))
}

fn key(hash: &[u8], size: u32, id: ChannelId) -> Key {
    builder(hash).u32_newest_first(size).u64(id.0).key()
}

/// Beginnings are spread by their hashes, as unique names are.
fn builder(hash: &[u8]) -> store::KeyBuilder {
    let vshard = hash.first_chunk().map_or(0, |it| u16::from_be_bytes(*it)) % VSHARDS_IN_USE;
    Key::of(PUBLIC_NAME, vshard).bytes(hash)
}

fn places_key(id: ChannelId) -> Key {
    Key::of(PUBLIC_CHANNEL, id.vshard().0).u64(id.0).key()
}

#[cfg(test)]
mod tests;
