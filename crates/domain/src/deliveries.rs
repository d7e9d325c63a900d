//! What a command causes in another mailbox. Where the other owner lives in this process it joins the
//! command's batch; otherwise, when forced, or where a command has written enough, it travels through an outbox
//! row and is applied exactly once, below the destination's inbox watermark.

use store::{Direction, Key, Range};

use crate::{
    groups,
    ids::{ChannelId, Peer, UserId, VShard},
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
        /// Something about messages of a group. The group's vshard is the source, so that its members see
        /// everything in one order, whoever caused it.
        3 => Group { 1 => peer: Peer, 2 => what: messages::Delivered },
        /// Between a channel and its discussion group: what the one does in the other, in its order.
        11 => Linked { 1 => from: ChannelId, 2 => to: ChannelId, 3 => what: groups::discussion::Delivered },
        /// Something about a post of a channel, whose owner it goes to.
        14 => Posts { 1 => channel: ChannelId, 2 => what: messages::counts::forwards::Delivered },
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

/// Rows of a command beyond which what it still causes in groups takes the outbox: half of what a command may
/// write, so that a message to 200 members is one batch and a hundred deletions for each of them are not.
const JOINED_ROWS_MAX: usize = crate::owner::COMMAND_ROWS_MAX / 2;

/// Delivers to another user's mailbox, now or through the outbox.
pub fn deliver(turn: &mut Turn<'_>, from: UserId, to: UserId, delivery: Delivery) -> Decided<()> {
    match turn.world().settings.deliveries {
        Deliveries::Join if joins(turn, from, to, &delivery)? => apply(turn, from, to, &delivery),
        Deliveries::Join | Deliveries::Outbox => post(turn, from, to, delivery),
    }
}

/// Delivers something about messages of a group to each of these mailboxes but the author's own.
pub fn deliver_all(
    turn: &mut Turn<'_>,
    from: UserId,
    to: impl IntoIterator<Item = UserId>,
    peer: Peer,
    what: &messages::Delivered,
) -> Decided<()> {
    for to in to.into_iter().filter(|it| *it != from) {
        deliver(turn, from, to, Delivery::Group { peer, what: what.clone() })?;
    }
    Ok(())
}

/// Whether a delivery may join the batch: what went into the outbox before it keeps its place.
fn joins(turn: &Turn<'_>, from: UserId, to: UserId, delivery: &Delivery) -> Decided<bool> {
    if !matches!(delivery, Delivery::Group { .. } | Delivery::Linked { .. }) {
        return Ok(true);
    }
    if turn.writes.len() > JOINED_ROWS_MAX {
        return Ok(false);
    }
    let (source, destination) = (source(from, delivery), destination(to, delivery));
    let sent: Watermark = load_or_default(turn, &sent_key(source, destination))?;
    let applied: Watermark = load_or_default(turn, &applied_key(source, destination))?;
    Ok(sent.seq == applied.seq)
}

fn source(from: UserId, delivery: &Delivery) -> VShard {
    match delivery {
        Delivery::Messages { .. } | Delivery::People { .. } | Delivery::Channels { .. } | Delivery::Posts { .. } => {
            from.vshard()
        }
        Delivery::Group { peer, .. } => peer.vshard(),
        Delivery::Linked { from, .. } => from.vshard(),
    }
}

fn destination(to: UserId, delivery: &Delivery) -> VShard {
    match delivery {
        Delivery::Messages { .. } | Delivery::People { .. } | Delivery::Channels { .. } | Delivery::Group { .. } => {
            to.vshard()
        }
        Delivery::Linked { to, .. } => to.vshard(),
        Delivery::Posts { channel, .. } => channel.vshard(),
    }
}

fn apply(turn: &mut Turn<'_>, from: UserId, to: UserId, delivery: &Delivery) -> Decided<()> {
    match delivery {
        Delivery::Messages { what } => messages::receive(turn, Peer::User(from), from, to, what),
        Delivery::People { what } => people::receive(turn, from, to, what),
        Delivery::Channels { what } => groups::members::receive(turn, to, what),
        Delivery::Group { peer, what } => messages::receive(turn, *peer, from, to, what),
        Delivery::Linked { from, to, what } => groups::discussion::receive(turn, *from, *to, what),
        Delivery::Posts { channel, what } => messages::counts::forwards::receive(turn, *channel, what),
    }
}

/// Delivers through the outbox in any case: what is a step of something long.
pub fn later(turn: &mut Turn<'_>, from: UserId, to: UserId, delivery: Delivery) -> Decided<()> {
    post(turn, from, to, delivery)
}

fn post(turn: &mut Turn<'_>, from: UserId, to: UserId, delivery: Delivery) -> Decided<()> {
    let (source, destination) = (source(from, &delivery), destination(to, &delivery));
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
        let (source, destination) = (source(parcel.from, &parcel.delivery), destination(parcel.to, &parcel.delivery));
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
