//! A part of a chat's index: some dozens of messages with what searches ask of them, and each word once
//! with the messages that have it. It is sealed as a whole, so words may stand in it as they are, and
//! the beginning of one is found as well as the whole.

use bytes::Bytes;

use super::super::{
    media::MediaBody,
    rows::{Action, Body, EntityKind, MailboxRow},
};
use crate::{
    ids::{MessageId, UserId},
    record,
    record::{Malformed, Record, put_varint, take_varint},
};

/// Kinds of messages that filters tell apart, as bits of [`Entry::kinds`].
pub(crate) mod kinds {
    /// Has a link.
    pub(crate) const LINK: u32 = 1;
    /// Asks something.
    pub(crate) const POLL: u32 = 2;
    /// Carries one of these.
    pub(crate) const PHOTO: u32 = 4;
    pub(crate) const VIDEO: u32 = 8;
    pub(crate) const ROUND: u32 = 16;
    pub(crate) const GIF: u32 = 32;
    pub(crate) const VOICE: u32 = 64;
    pub(crate) const MUSIC: u32 = 128;
    pub(crate) const DOCUMENT: u32 = 256;
    pub(crate) const PLACE: u32 = 512;
    pub(crate) const CONTACT: u32 = 1024;
    /// Tells of another photo of the group.
    pub(crate) const CHAT_PHOTO: u32 = 1 << 16;
    pub(crate) const LIVE: u32 = 2048;
}

record! {
    /// A block as it is sealed.
    pub struct BlockBody {
        /// Numbers, moments, authors and kinds of the messages, in order of number.
        1 => entries: Bytes,
        /// Authors that entries name.
        2 => authors: Vec<UserId>,
        /// Words in order, each without what it shares with the one before, then its messages.
        3 => words: Bytes,
    }
}

/// What searches ask of a message beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: MessageId,
    pub(super) date: u32,
    pub(super) from: UserId,
    pub(super) kinds: u32,
}

impl Entry {
    pub(super) fn of(id: MessageId, row: &MailboxRow, body: &Body) -> Self {
        let link = |kind: &EntityKind| matches!(kind, EntityKind::Url {} | EntityKind::TextUrl { .. });
        let links = if body.entities.iter().any(|it| link(&it.kind)) { kinds::LINK } else { 0 };
        let polls = if body.poll.is_some() { kinds::POLL } else { 0 };
        let is_photo = matches!(body.action, Some(Action::ChatEditPhoto { .. }));
        let shown = if is_photo { kinds::CHAT_PHOTO } else { 0 };
        let kinds = links | polls | shown | body.media.as_ref().map_or(0, MediaBody::kinds);
        // Who speaks as a group or channel is not to be found by its name.
        let from = if row.sent_as.is_some() { UserId::NOBODY } else { row.from };
        Self { id, date: row.date, from, kinds }
    }
}

/// A message with its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Indexed {
    pub(super) entry: Entry,
    /// Sorted, each once.
    pub(super) words: Vec<String>,
}

/// Packs messages, which are in order of number.
pub(super) fn pack(all: &[Indexed]) -> Bytes {
    let mut authors: Vec<UserId> = Vec::new();
    let mut entries = Vec::with_capacity(all.len() * 5);
    let (mut id, mut date) = (0_i64, 0_i64);
    for Indexed { entry, .. } in all {
        let author = authors.iter().position(|it| *it == entry.from).unwrap_or_else(|| {
            authors.push(entry.from);
            authors.len() - 1
        });
        put_varint(&mut entries, zigzag(i64::from(entry.id.0) - id));
        put_varint(&mut entries, zigzag(i64::from(entry.date) - date));
        put_varint(&mut entries, author as u64);
        put_varint(&mut entries, u64::from(entry.kinds));
        (id, date) = (i64::from(entry.id.0), i64::from(entry.date));
    }
    let words = pack_words(all);
    BlockBody { entries: entries.into(), authors, words: words.into(), ..BlockBody::default() }.encode()
}

fn pack_words(all: &[Indexed]) -> Vec<u8> {
    let postings = all.iter().enumerate().flat_map(|(at, it)| it.words.iter().map(move |word| (word.as_str(), at)));
    let mut postings: Vec<_> = postings.collect();
    postings.sort_unstable();
    let mut out = Vec::with_capacity(postings.len() * 6);
    let mut before = "";
    for same in postings.chunk_by(|one, other| one.0 == other.0) {
        let word = same[0].0;
        let shared = before.bytes().zip(word.bytes()).take_while(|(one, other)| one == other).count();
        put_varint(&mut out, shared as u64);
        put_varint(&mut out, (word.len() - shared) as u64);
        out.extend_from_slice(&word.as_bytes()[shared..]);
        put_varint(&mut out, same.len() as u64);
        let mut last = 0;
        for (_, at) in same {
            put_varint(&mut out, (at - last) as u64);
            last = *at;
        }
        before = word;
    }
    out
}

/// An opened block.
pub(super) struct Block {
    pub(super) entries: Vec<Entry>,
    words: Bytes,
}

impl Block {
    /// Reads what [`pack`] made.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, Malformed> {
        let body = BlockBody::decode(bytes)?;
        let mut rest = &body.entries[..];
        let mut entries = Vec::with_capacity(64);
        let (mut id, mut date) = (0_i64, 0_i64);
        while !rest.is_empty() {
            id = id.saturating_add(unzigzag(take_varint(&mut rest)?));
            date = date.saturating_add(unzigzag(take_varint(&mut rest)?));
            let author = usize::try_from(take_varint(&mut rest)?).map_err(|_| Malformed::Field)?;
            let kinds = u32::try_from(take_varint(&mut rest)?).map_err(|_| Malformed::Field)?;
            entries.push(Entry {
                id: MessageId(i32::try_from(id).map_err(|_| Malformed::Field)?),
                date: u32::try_from(date).map_err(|_| Malformed::Field)?,
                from: *body.authors.get(author).ok_or(Malformed::Field)?,
                kinds,
            });
        }
        Ok(Self { entries, words: body.words })
    }

    /// The places of entries that have a word for each of the query's.
    pub(super) fn matching(&self, query: &[String]) -> Result<Vec<bool>, Malformed> {
        let mut found = vec![0_usize; self.entries.len()];
        // Each wanted word counts once an entry, however many words of the entry it begins.
        let mut counted = vec![vec![false; self.entries.len()]; query.len()];
        self.each_word(|word, places| {
            for (wanted, counted) in query.iter().zip(&mut counted) {
                if word.starts_with(wanted.as_bytes()) {
                    for &at in places {
                        if let Some(it) = counted.get_mut(at).filter(|it| !**it) {
                            *it = true;
                            found[at] += 1;
                        }
                    }
                }
            }
        })?;
        Ok(found.into_iter().map(|it| it == query.len()).collect())
    }

    /// The messages with their words, to be packed anew.
    pub(super) fn unpack(self) -> Result<Vec<Indexed>, Malformed> {
        let mut all: Vec<_> = self.entries.iter().map(|entry| Indexed { entry: *entry, words: Vec::new() }).collect();
        let mut broken = false;
        self.each_word(|word, places| match std::str::from_utf8(word) {
            Ok(word) => places.iter().for_each(|at| {
                if let Some(it) = all.get_mut(*at) {
                    it.words.push(word.to_owned());
                }
            }),
            Err(_) => broken = true,
        })?;
        if broken { Err(Malformed::Field) } else { Ok(all) }
    }

    fn each_word(&self, mut take: impl FnMut(&[u8], &[usize])) -> Result<(), Malformed> {
        let mut rest = &self.words[..];
        let (mut word, mut places): (Vec<u8>, Vec<usize>) = (Vec::new(), Vec::new());
        let number = |rest: &mut &[u8]| usize::try_from(take_varint(rest)?).map_err(|_| Malformed::Field);
        while !rest.is_empty() {
            let (shared, more) = (number(&mut rest)?, number(&mut rest)?);
            if shared > word.len() || more > rest.len() {
                return Err(Malformed::Short);
            }
            let (suffix, tail) = rest.split_at(more);
            rest = tail;
            word.truncate(shared);
            word.extend_from_slice(suffix);
            places.clear();
            let mut at = 0;
            for _ in 0..number(&mut rest)? {
                at = number(&mut rest)?.saturating_add(at);
                places.push(at);
            }
            take(&word, &places);
        }
        Ok(())
    }
}

fn zigzag(it: i64) -> u64 {
    ((it << 1) ^ (it >> 63)) as u64
}

fn unzigzag(it: u64) -> i64 {
    ((it >> 1) as i64) ^ -((it & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexed(id: i32, date: u32, from: u64, kinds: u32, text: &str) -> Indexed {
        let entry = Entry { id: MessageId(id), date, from: UserId(from), kinds };
        Indexed { entry, words: super::super::words::of_text(text) }
    }

    fn some() -> Vec<Indexed> {
        vec![
            indexed(3, 1000, 7, 0, "attack at dawn"),
            indexed(9, 999, 8, 1, "attacking the 東京都"),
            indexed(10, 2000, 7, 0, ""),
            indexed(70_000, 2001, 9, 3, "dawn dawns"),
        ]
    }

    #[test]
    fn what_is_packed_is_found_again() {
        let packed = pack(&some());
        let block = Block::open(&packed).unwrap();
        let find = |query: &[&str]| {
            let query: Vec<_> = query.iter().map(|it| (*it).to_owned()).collect();
            let found = block.matching(&query).unwrap();
            block.entries.iter().zip(found).filter(|(_, it)| *it).map(|(it, _)| it.id.0).collect::<Vec<_>>()
        };
        assert_eq!(find(&["att"]), [3, 9]);
        assert_eq!(find(&["dawn", "attack"]), [3]);
        assert_eq!(find(&["daw"]), [3, 70_000]);
        assert_eq!(find(&["京都"]), [9]);
        assert_eq!(find(&["zebra"]), Vec::<i32>::new());
        assert_eq!(find(&[]), [3, 9, 10, 70_000]);
        assert_eq!(block.unpack().unwrap(), some());
    }

    #[test]
    fn damaged_bytes_are_an_error_and_never_a_panic() {
        let packed = pack(&some());
        for at in 0..packed.len() {
            for flip in [1_u8, 0x7f, 0x80, 0xff] {
                let mut bytes = packed.to_vec();
                bytes[at] ^= flip;
                if let Ok(block) = Block::open(&bytes) {
                    let _ = block.matching(&["a".to_owned()]);
                    let _ = block.unpack();
                }
            }
            let _ = Block::open(&packed[..at]).map(|it| it.unpack());
        }
    }
}
