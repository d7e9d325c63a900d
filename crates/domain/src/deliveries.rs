//! What a command causes in another mailbox. Where the other owner lives in this process it joins the
//! command's batch; otherwise, or when forced, it travels through an outbox row and is applied exactly
//! once, below the destination's inbox watermark.

use store::{Direction, Key, Range};

use crate::{
    groups,
    ids::{UserId, VShard},
    messages, people, record,
    service::Command,
    spaces::{INBOX, OUTBOX},
    turn::Turn,
    variants,
    view::{Decided, Rows, View, list, load_or_default},
    world::Deliveries,
};

variants! {
    /// What reaches the other side; each kind is applied by the rules that own it.
    pub enum Delivery {
        /// Something about messages of a private chat.
        1 => Messages { 1 => what: messages::Delivered },
        /// Something about people.
        2 => People { 1 => what: people::Delivered },
        /// Something about a channel that the receiver is in.
        8 => Channels { 1 => what: groups::members::Delivered },
    }
}

record! {
    /// A delivery on its way.
    pub struct Parcel { 1 => to: UserId, 2 => from: UserId, 3 => delivery: Delivery }
}

record! {
    /// The last number given out or applied between two vshards.
    pub struct Watermark { 1 => seq: u64 }
}

/// Rows that one run of the outbox job applies.
pub const OUTBOX_PAGE: usize = 64;

/// Delivers to another user's mailbox, now or through the outbox.
pub fn deliver(turn: &mut Turn<'_>, from: UserId, to: UserId, delivery: Delivery) -> Decided<()> {
    match turn.world().settings.deliveries {
        Deliveries::Join => apply(turn, from, to, &delivery),
        Deliveries::Outbox => post(turn, from, to, delivery),
    }
}

fn apply(turn: &mut Turn<'_>, from: UserId, to: UserId, delivery: &Delivery) -> Decided<()> {
    match delivery {
        Delivery::Messages { what } => messages::receive(turn, from, to, what),
        Delivery::People { what } => people::receive(turn, from, to, what),
        Delivery::Channels { what } => groups::members::receive(turn, to, what),
    }
}

fn post(turn: &mut Turn<'_>, from: UserId, to: UserId, delivery: Delivery) -> Decided<()> {
    let (source, destination) = (from.vshard(), to.vshard());
    let key = sent_key(source, destination);
    let mut sent: Watermark = load_or_default(turn, &key)?;
    sent.seq += 1;
    turn.put(key, &sent);
    let parcel = Parcel { to, from, delivery, ..Parcel::default() };
    turn.put(parcel_key(source, destination, sent.seq), &parcel);
    Ok(())
}

/// The outbox's parcels, oldest first for each pair of vshards; what the outbox job applies.
pub fn pending(view: &(impl View + ?Sized)) -> Decided<Vec<Key>> {
    let all = Range { start: Key::of(OUTBOX, 0).key(), end: Key::from_bytes(&[OUTBOX.id + 1]) };
    let rows = list::<Parcel>(view, &all, Direction::Forward, OUTBOX_PAGE)?;
    Ok(rows.into_iter().map(|(key, _)| key).collect())
}

/// Applies one parcel, once: a parcel at or below the watermark, or ahead of its turn, changes nothing.
pub struct ApplyParcel {
    /// The outbox row.
    pub key: Key,
}

impl Command for ApplyParcel {
    /// Whether it was applied by this call.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let Some(bytes) = turn.get(&self.key)? else { return Ok(false) };
        let parcel: Parcel = record::Record::decode(&bytes)?;
        let (source, destination) = (parcel.from.vshard(), parcel.to.vshard());
        let mark_key = applied_key(source, destination);
        let mut applied: Watermark = load_or_default(turn, &mark_key)?;
        if self.key != parcel_key(source, destination, applied.seq + 1) {
            return Ok(false);
        }
        applied.seq += 1;
        turn.put(mark_key, &applied);
        turn.delete(self.key.clone());
        apply(turn, parcel.from, parcel.to, &parcel.delivery)?;
        Ok(true)
    }
}

fn parcel_key(source: VShard, destination: VShard, seq: u64) -> Key {
    Key::of(OUTBOX, destination.0).u32(u32::from(source.0)).u64(seq).key()
}

fn sent_key(source: VShard, destination: VShard) -> Key {
    Key::of(INBOX, source.0).u8(1).u32(u32::from(destination.0)).key()
}

fn applied_key(source: VShard, destination: VShard) -> Key {
    Key::of(INBOX, destination.0).u8(2).u32(u32::from(source.0)).key()
}

#[cfg(test)]
mod tests;
