//! What a mailbox has that matches, by number alone: from the index, and from the newest messages as they are.

use store::{Direction, Range};

use super::{
    block::{Entry, kinds},
    index::{self, BlockRow},
    words,
};
use crate::{
    ids::{LogId, MessageId, Peer, UserId},
    messages::{
        pinned,
        rows::{MailboxRow, copy, id_of},
    },
    record::Record,
    sealing::Opener,
    view::{Decided, View, list},
};

/// Blocks read at once.
const PAGE: usize = 256;

/// Blocks of one search: half a million messages, some tens of milliseconds.
const BLOCKS_MAX: usize = 8192;

/// Messages beyond the index that are opened: the job is seldom more than [`index::STEP`] behind.
const OPENED_MAX: usize = 10_000;

/// Which messages are wanted beside their words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Any.
    #[default]
    All,
    /// With a link.
    Links,
    /// Polls and quizzes.
    Polls,
    /// Pinned.
    Pinned,
    /// Carrying one of these kinds.
    Carrying(Kinds),
    /// Of a kind that does not exist here yet: none.
    Nothing,
}

/// Kinds of what messages carry, as searches tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u32);

impl Kinds {
    /// Photos.
    pub const PHOTO: Self = Self(kinds::PHOTO);
    /// Videos with sound that are not round.
    pub const VIDEO: Self = Self(kinds::VIDEO);
    /// Photos and videos.
    pub const PHOTO_VIDEO: Self = Self(kinds::PHOTO | kinds::VIDEO);
    /// Files of no other kind.
    pub const DOCUMENT: Self = Self(kinds::DOCUMENT);
    /// GIFs and videos without sound.
    pub const GIF: Self = Self(kinds::GIF);
    /// Voice notes.
    pub const VOICE: Self = Self(kinds::VOICE);
    /// Music.
    pub const MUSIC: Self = Self(kinds::MUSIC);
    /// Round videos.
    pub const ROUND: Self = Self(kinds::ROUND);
    /// Voice notes and round videos.
    pub const ROUND_VOICE: Self = Self(kinds::ROUND | kinds::VOICE);
    /// Places and venues.
    pub const PLACE: Self = Self(kinds::PLACE);
    /// Live locations, over ones too.
    pub const LIVE: Self = Self(kinds::LIVE);
    /// Contacts.
    pub const CONTACT: Self = Self(kinds::CONTACT);
    /// Photos that a group or channel was given.
    pub const CHAT_PHOTO: Self = Self(kinds::CHAT_PHOTO);
}

impl Filter {
    fn passes(self, entry: &Entry) -> bool {
        match self {
            Filter::All | Filter::Pinned => true,
            Filter::Links => entry.kinds & kinds::LINK > 0,
            Filter::Polls => entry.kinds & kinds::POLL > 0,
            Filter::Carrying(it) => entry.kinds & it.0 > 0,
            Filter::Nothing => false,
        }
    }
}

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Each word begins a word of the text; empty: any text.
    pub words: String,
    /// In this chat only.
    pub peer: Option<Peer>,
    /// By this author only.
    pub from: Option<UserId>,
    /// Of this kind only.
    pub filter: Filter,
    /// From this moment on, unix seconds; 0: any.
    pub min_date: u32,
    /// Before this moment; 0: any.
    pub max_date: u32,
}

/// A message that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub id: MessageId,
    /// Unix seconds.
    pub date: u32,
    /// Its chat.
    pub peer: Peer,
}

/// How far back a search goes in one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth {
    /// Blocks of the index.
    pub(super) blocks: usize,
    /// Messages beyond the index.
    pub(super) newest: usize,
}

impl Depth {
    /// As far as one search of one log may.
    pub(super) const WHOLE: Self = Self { blocks: BLOCKS_MAX, newest: OPENED_MAX };
}

/// Everything that matches, newest first.
pub fn hits(view: &(impl View + ?Sized), log: LogId, query: &Query) -> Decided<Vec<Hit>> {
    hits_within(view, log, query, Depth::WHOLE)
}

/// What matches no further back than this, newest first.
pub(super) fn hits_within(view: &(impl View + ?Sized), log: LogId, query: &Query, depth: Depth) -> Decided<Vec<Hit>> {
    if query.filter == Filter::Nothing {
        return Ok(Vec::new());
    }
    let wanted = words::of_query(&query.words);
    // Signs alone are no words, and no message has them.
    if wanted.is_empty() && !query.words.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let mut opener = Opener::default();
    if query.filter == Filter::Pinned {
        pins(view, &mut opener, log, query, &wanted, &mut found)?;
        return Ok(found);
    }
    let mut search = Search { opener: &mut opener, log, query, wanted: &wanted, found: &mut found };
    newest(view, &mut search, depth.newest)?;
    older(view, &mut search, depth.blocks)?;
    found.sort_unstable_by_key(|it: &Hit| std::cmp::Reverse(it.id));
    Ok(found)
}

/// A search of one log under way.
struct Search<'a> {
    opener: &'a mut Opener,
    log: LogId,
    query: &'a Query,
    wanted: &'a [String],
    found: &'a mut Vec<Hit>,
}

/// Messages beyond the index.
fn newest(view: &(impl View + ?Sized), it: &mut Search<'_>, limit: usize) -> Decided<()> {
    let range = index::newer_than(it.log, index::indexed(view, it.log)?);
    for (key, value) in view.scan(&range, Direction::Backward, limit)? {
        let row = MailboxRow::decode(&value)?;
        if it.query.peer.is_some_and(|peer| peer != row.peer) {
            continue;
        }
        let body = index::open_body(view, it.opener, it.log, &row)?;
        let entry = Entry::of(id_of(&key), &row, &body);
        let matches = it.wanted.is_empty() || words::match_all(it.wanted, &words::of_body(&body));
        if fits(it.query, &entry) && matches {
            it.found.push(Hit { id: entry.id, date: entry.date, peer: row.peer });
        }
    }
    Ok(())
}

/// Pinned messages: an index of their own names them, and they are few.
fn pins(
    view: &(impl View + ?Sized),
    opener: &mut Opener,
    log: LogId,
    query: &Query,
    wanted: &[String],
    found: &mut Vec<Hit>,
) -> Decided<()> {
    for id in pinned::all(view, log, query.peer)? {
        let Some(row) = copy(view, log, id)? else { continue };
        let body = index::open_body(view, opener, log, &row)?;
        let entry = Entry::of(id, &row, &body);
        if fits(query, &entry) && (wanted.is_empty() || words::match_all(wanted, &words::of_body(&body))) {
            found.push(Hit { id, date: entry.date, peer: row.peer });
        }
    }
    found.sort_unstable_by_key(|it| std::cmp::Reverse(it.id));
    Ok(())
}

/// The index, block by block.
fn older(view: &(impl View + ?Sized), it: &mut Search<'_>, blocks: usize) -> Decided<()> {
    let mut range = index::blocks(it.log, it.query.peer);
    let mut left = blocks;
    while left > 0 {
        let limit = left.min(PAGE);
        let page = list::<BlockRow>(view, &range, Direction::Backward, limit)?;
        for (key, row) in &page {
            let block = index::open_block(view, it.opener, it.log, key, row)?;
            let matching = block.matching(it.wanted)?;
            let Some(peer) = index::chat_of(key) else { continue };
            let here = block.entries.iter().zip(matching).filter(|(entry, yes)| *yes && fits(it.query, entry));
            it.found.extend(here.map(|(it, _)| Hit { id: it.id, date: it.date, peer }));
        }
        left -= limit;
        match page.last() {
            Some((key, _)) if page.len() == limit => range = Range { end: key.clone(), ..range },
            _ => break,
        }
    }
    Ok(())
}

fn fits(query: &Query, entry: &Entry) -> bool {
    query.filter.passes(entry)
        && query.from.is_none_or(|from| entry.from == from)
        && entry.date >= query.min_date
        && (query.max_date == 0 || entry.date < query.max_date)
}
