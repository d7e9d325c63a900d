//! Channels that were public before there was an index of their names: a store that an older build has written is gone
//! through once, some channels at a time.

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::{PlacesRow, places_key, settle};
use crate::{
    groups::{ChannelRow, channel},
    ids::ChannelId,
    messages::posts::tags,
    record,
    refusal::Refusal,
    service::{Command, Domain},
    spaces::{CHANNEL, SERVER},
    turn::Turn,
    view::{Decided, View, list, load, load_or_default},
};

/// Channels looked at in one step.
const STEP: usize = 256;

/// Rows written in one step, beyond which the rest waits for the next.
const WRITTEN_MAX: usize = crate::owner::COMMAND_ROWS_MAX / 2;

record! {
    /// How far it has come.
    pub struct AdoptedRow {
        /// The key of the last channel.
        1 => after: Bytes,
        2 => done: bool,
    }
}

/// Does some of what is left. `true`: there is more to do now.
pub async fn adopt(domain: &Domain) -> Result<bool, Refusal> {
    if domain.query(|view| at(view)).await?.done {
        return Ok(false);
    }
    domain.command(AdoptStep).await?;
    Ok(true)
}

fn at(view: &(impl View + ?Sized)) -> Decided<AdoptedRow> {
    load_or_default(view, &state_key())
}

struct AdoptStep;

impl Command for AdoptStep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let mut at = at(turn)?;
        let all = Range { start: Key::from_bytes(&[CHANNEL.id]), end: Key::from_bytes(&[CHANNEL.id + 1]) };
        let start = if at.after.is_empty() { all.start } else { Key::from_bytes(&at.after).prefix_end() };
        let rows = list::<ChannelRow>(turn, &Range { start, end: all.end }, Direction::Forward, STEP)?;
        at.done = rows.len() < STEP;
        for (key, row) in rows {
            if turn.writes.len() >= WRITTEN_MAX {
                at.done = false;
                break;
            }
            if let Some(id) = key.suffix().last_chunk().map(|it| ChannelId(u64::from_be_bytes(*it))) {
                one(turn, id, &row)?;
            }
            at.after = Bytes::copy_from_slice(key.as_bytes());
        }
        turn.put(state_key(), &at);
        Ok(())
    }
}

fn one(turn: &mut Turn<'_>, id: ChannelId, row: &ChannelRow) -> Decided<()> {
    if !row.public || row.deleted || load::<PlacesRow>(turn, &places_key(id))?.is_some() {
        return Ok(());
    }
    let card = channel::card(turn, id, row)?;
    settle(turn, id, row, &card)?;
    if row.broadcast {
        tags::published(turn, id);
    }
    Ok(())
}

fn state_key() -> Key {
    Key::of(SERVER, 0).bytes(b"public names").key()
}
