//! The search index of a mailbox: blocks for each chat, sealed under the mailbox's own index key. A job
//! follows the mailbox and indexes some dozens of messages in one command, which costs a row or two; newer
//! ones are searched as they are. What is edited or deleted leaves the index in the same command.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use super::{
    block::{Block, Entry, Indexed, pack},
    words,
};
use crate::{
    ids::{LogId, MessageId, Peer},
    messages::rows::{Body, MailboxRow, id_of, mailbox_key},
    record,
    record::Record,
    refusal::Refusal,
    sealing::{self, Opener},
    service::{Command, Domain},
    spaces::{MAILBOX, SEARCH},
    turn::Turn,
    view::{Decided, Rows, View, load},
};

/// New messages of a mailbox that are indexed at once: fewer stay as they are, and are opened by each
/// search, which takes some 200 µs.
pub const STEP: usize = 64;

/// Chats of one step: each needs reads of its own.
const CHATS_MAX: usize = 8;

/// A chat's last block takes more messages until it has so many.
const BLOCK_FULL: usize = 48;

/// Bytes of sealed texts of one step, so that no block comes near the largest value of a store.
const STEP_BYTES_MAX: usize = 128 << 10;

/// Bytes of a block that takes no more.
const BLOCK_BYTES_MAX: usize = 32 << 10;

record! {
    /// How far the index of a mailbox reaches.
    pub struct IndexState { 1 => indexed: MessageId }
}

record! {
    /// A block as stored.
    pub struct BlockRow {
        /// A [`super::block::BlockBody`]; AAD is the row's place and the version.
        1 => sealed: Bytes,
        2 => version: u32,
        /// The last message in it.
        3 => last: MessageId,
    }
}

/// The last message that the index covers.
pub(super) fn indexed(view: &(impl Rows + ?Sized), log: LogId) -> Decided<MessageId> {
    Ok(load::<IndexState>(view, &state_key(log))?.unwrap_or_default().indexed)
}

/// Brings a mailbox's index up to date, as far as it is worth a step.
pub async fn catch_up(domain: &Domain, log: LogId) -> Result<(), Refusal> {
    while domain.command(IndexMailbox { log }).await? {}
    Ok(())
}

/// Indexes the next messages of a mailbox, if there are enough of them.
pub struct IndexMailbox {
    /// Whose.
    pub log: LogId,
}

impl Command for IndexMailbox {
    /// Whether there may be more to do.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let after = indexed(turn, self.log)?;
        let rows = turn.scan(&newer_than(self.log, after), Direction::Forward, STEP)?;
        if rows.len() < STEP {
            return Ok(false);
        }
        let mut opener = Opener::default();
        let (mut chats, mut bytes, mut last): (Vec<(Peer, Vec<Indexed>)>, usize, MessageId) = (Vec::new(), 0, after);
        for (key, value) in rows {
            let row = MailboxRow::decode(&value)?;
            let at = chats.iter().position(|(peer, _)| *peer == row.peer);
            if bytes >= STEP_BYTES_MAX || at.is_none() && chats.len() == CHATS_MAX {
                break;
            }
            bytes += row.body.len();
            last = id_of(&key);
            let message = indexed_form(last, &row, &open_body(turn, &mut opener, self.log, &row)?);
            match at {
                Some(at) => chats[at].1.push(message),
                None => chats.push((row.peer, vec![message])),
            }
        }
        for (peer, new) in chats {
            add(turn, &mut opener, self.log, peer, new)?;
        }
        turn.put(state_key(self.log), &IndexState { indexed: last, ..IndexState::default() });
        Ok(true)
    }
}

/// Takes deleted messages out of the index.
pub(in crate::messages) fn forget(turn: &mut Turn<'_>, log: LogId, gone: &[(Peer, MessageId)]) -> Decided<()> {
    let Some(newest) = gone.iter().map(|(_, id)| *id).min() else { return Ok(()) };
    if newest > indexed(turn, log)? {
        return Ok(());
    }
    let mut gone = gone.to_vec();
    gone.sort_unstable();
    let mut at = 0;
    while let Some(&(peer, first)) = gone.get(at) {
        let Some((key, row)) = block_of(turn, log, peer, first)? else {
            at += 1;
            continue;
        };
        let here = gone[at..].iter().take_while(|(of, id)| *of == peer && *id <= row.last).count().max(1);
        let ids = &gone[at..at + here];
        let mut all = opened(turn, log, &key, &row)?.unpack()?;
        all.retain(|it| !ids.iter().any(|(_, id)| *id == it.entry.id));
        put_block(turn, log, key, row.version + 1, &all)?;
        at += here;
    }
    Ok(())
}

/// Indexes a message anew whose text changed.
pub(in crate::messages) fn replace(
    turn: &mut Turn<'_>,
    log: LogId,
    id: MessageId,
    row: &MailboxRow,
    body: &Body,
) -> Decided<()> {
    if id > indexed(turn, log)? {
        return Ok(());
    }
    let Some((key, block)) = block_of(turn, log, row.peer, id)? else { return Ok(()) };
    let mut all = opened(turn, log, &key, &block)?.unpack()?;
    let Some(it) = all.iter_mut().find(|it| it.entry.id == id) else { return Ok(()) };
    *it = indexed_form(id, row, body);
    put_block(turn, log, key, block.version + 1, &all)
}

/// Makes what is indexed unreadable; the rows go later.
pub(crate) fn destroy(turn: &mut Turn<'_>, log: LogId) -> Decided<()> {
    turn.delete(state_key(log));
    sealing::destroy(turn, sealing::index_scope(log))
}

/// A block, opened.
pub(super) fn open_block(
    view: &(impl View + ?Sized),
    opener: &mut Opener,
    log: LogId,
    key: &Key,
    row: &BlockRow,
) -> Decided<Block> {
    let place = (key.suffix(), row.version);
    let plain = opener.open(view, sealing::index_scope(log), Kind::SearchBlock, place, &row.sealed)?;
    Ok(Block::open(&plain)?)
}

/// A body, opened by who opens many.
pub(in crate::messages) fn open_body(
    view: &(impl View + ?Sized),
    opener: &mut Opener,
    log: LogId,
    row: &MailboxRow,
) -> Decided<Body> {
    let scope = sealing::chat_scope(log, row.peer);
    Ok(Body::decode(&opener.open(view, scope, Kind::MessageBody, (&row.uid.0, row.version), &row.body)?)?)
}

/// Copies newer than a message, in order.
pub(in crate::messages) fn newer_than(log: LogId, id: MessageId) -> Range {
    let whole = Range::prefix(log.rows(MAILBOX).key());
    Range { start: mailbox_key(log, MessageId(id.0.saturating_add(1))), end: whole.end }
}

/// Every block of a mailbox, or of one of its chats.
pub(super) fn blocks(log: LogId, peer: Option<Peer>) -> Range {
    match peer {
        Some(peer) => Range::prefix(chat_builder(log, peer).key()),
        None => {
            let whole = Range::prefix(log.rows(SEARCH).key());
            Range { start: state_key(log).prefix_end(), end: whole.end }
        }
    }
}

fn indexed_form(id: MessageId, row: &MailboxRow, body: &Body) -> Indexed {
    Indexed { entry: Entry::of(id, row, body), words: words::of_body(body) }
}

/// Adds messages to a chat: to its last block while that has room.
fn add(turn: &mut Turn<'_>, opener: &mut Opener, log: LogId, peer: Peer, new: Vec<Indexed>) -> Decided<()> {
    let Some(first) = new.first().map(|it| it.entry.id) else { return Ok(()) };
    let last = crate::view::list::<BlockRow>(turn, &blocks(log, Some(peer)), Direction::Backward, 1)?;
    if let Some((key, row)) = last.into_iter().next().filter(|(_, it)| it.sealed.len() < BLOCK_BYTES_MAX) {
        let block = open_block(turn, opener, log, &key, &row)?;
        if block.entries.len() < BLOCK_FULL {
            let mut all = block.unpack()?;
            all.extend(new);
            return put_block(turn, log, key, row.version + 1, &all);
        }
    }
    put_block(turn, log, block_key(log, peer, first), 0, &new)
}

fn opened(turn: &Turn<'_>, log: LogId, key: &Key, row: &BlockRow) -> Decided<Block> {
    open_block(turn, &mut Opener::default(), log, key, row)
}

/// Writes a block, or takes an empty one away.
fn put_block(turn: &mut Turn<'_>, log: LogId, key: Key, version: u32, all: &[Indexed]) -> Decided<()> {
    let Some(last) = all.last().map(|it| it.entry.id) else {
        turn.delete(key);
        return Ok(());
    };
    let scope = sealing::index_scope(log);
    let sealed = sealing::seal(turn, scope, Kind::SearchBlock, key.suffix(), version, &pack(all))?;
    turn.put(key, &BlockRow { sealed, version, last, ..BlockRow::default() });
    Ok(())
}

/// The block that a message of a chat would be in.
fn block_of(turn: &Turn<'_>, log: LogId, peer: Peer, id: MessageId) -> Decided<Option<(Key, BlockRow)>> {
    let whole = blocks(log, Some(peer));
    let range = Range { start: whole.start, end: block_key(log, peer, MessageId(id.0.saturating_add(1))) };
    let found = crate::view::list::<BlockRow>(turn, &range, Direction::Backward, 1)?;
    Ok(found.into_iter().next().filter(|(_, row)| row.last >= id))
}

fn block_key(log: LogId, peer: Peer, first: MessageId) -> Key {
    chat_builder(log, peer).u32(first.0.unsigned_abs()).key()
}

/// The chat of a block, by its key.
pub(super) fn chat_of(key: &Key) -> Option<Peer> {
    let place = key.suffix().get(8..)?;
    Peer::from_key_parts(*place.first()?, u64::from_be_bytes(*place.get(1..)?.first_chunk()?))
}

fn chat_builder(log: LogId, peer: Peer) -> store::KeyBuilder {
    let (kind, id) = peer.key_parts();
    log.rows(SEARCH).u8(kind).u64(id)
}

/// Before every chat: kinds of peers begin at 1.
fn state_key(log: LogId) -> Key {
    log.rows(SEARCH).u8(0).key()
}
