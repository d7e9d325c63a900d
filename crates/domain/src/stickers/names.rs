//! What a set may be called, and the words by which it is found.
//! Source: core.telegram.org/method/stickers.createStickerSet.

use bytes::Bytes;
use store::{Direction, Key, KeyBuilder, Range};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::rows::{SetCard, SetRow};
use crate::{
    ids::{StickerSetId, VSHARDS_IN_USE},
    messages::search::words,
    people::names::set_of,
    refusal::Refusal,
    spaces::STICKER_WORD,
    turn::Turn,
    view::{Decided, View},
    world::World,
};

/// Letters of a short name and of a title.
const LETTERS_MAX: usize = 64;

/// Letters of the shortest and longest beginnings by which a set is found, as of public channels.
pub(super) const BEGINNING: std::ops::RangeInclusive<usize> = 2..=8;

/// Beginnings of one set.
const BEGINNINGS_MAX: usize = 128;

/// Bytes of a hash.
const EACH: usize = 8;

/// Names tried for a title before none is proposed.
const TRIES: u32 = 20;

/// Whether a text may be a short name at all.
pub fn is_valid(name: &str) -> bool {
    (1..=LETTERS_MAX).contains(&name.len())
        && name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        && !name.contains("__")
}

/// A title as it is kept.
pub fn clean_title(title: &str) -> Decided<String> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > LETTERS_MAX {
        return Err(Refusal::PackTitleInvalid.into());
    }
    Ok(title.to_owned())
}

/// Refuses a short name that a new set cannot have.
pub fn check(view: &(impl View + ?Sized), name: &str) -> Decided<()> {
    match is_valid(name) {
        false => Err(Refusal::ShortNameInvalid.into()),
        true if set_of(view, name)?.is_some() => Err(Refusal::ShortNameOccupied.into()),
        true => Ok(()),
    }
}

/// A free short name for a title: its Latin letters, and a number where that is taken.
pub fn suggest(view: &(impl View + ?Sized), title: &str) -> Decided<String> {
    if title.chars().count() > LETTERS_MAX {
        return Err(Refusal::TitleInvalid.into());
    }
    let plain: String = title.nfkd().filter(|it| !is_combining_mark(*it)).collect();
    let plain = plain.to_ascii_lowercase();
    let words = plain.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    let letters = words.collect::<Vec<_>>().join("_");
    let base = letters.trim_start_matches(|it: char| !it.is_ascii_alphabetic());
    // Room for a number behind it.
    let base = base[..base.len().min(LETTERS_MAX - 4)].trim_end_matches('_');
    if base.is_empty() {
        return Err(Refusal::TitleInvalid.into());
    }
    for number in 1..=TRIES {
        let name = if number == 1 { base.to_owned() } else { format!("{base}_{number}") };
        if is_valid(&name) && set_of(view, &name)?.is_none() {
            return Ok(name);
        }
    }
    Err(Refusal::TitleInvalid.into())
}

/// Brings the index to what a set's card says; `None`: it stands nowhere.
pub(super) fn settle(turn: &mut Turn<'_>, id: StickerSetId, row: &mut SetRow, card: Option<&SetCard>) {
    let new = card.map_or_else(Bytes::new, |it| hashes(turn.world(), it));
    let keys = |all: &[u8]| all.chunks_exact(EACH).map(|it| key(it, row.created, id)).collect::<Vec<_>>();
    let (left, kept) = (keys(&row.hashes), keys(&new));
    left.iter().filter(|it| !kept.contains(it)).for_each(|it| turn.delete(it.clone()));
    kept.into_iter().filter(|it| !left.contains(it)).for_each(|it| turn.put_empty(it));
    row.hashes = new;
}

/// Sets with a word that begins so, newer ones first; more than are, where hashes meet.
pub(super) fn beginning(view: &(impl View + ?Sized), word: &str, limit: usize) -> Decided<Vec<StickerSetId>> {
    let letters: String = word.chars().take(*BEGINNING.end()).collect();
    let whole = Range::prefix(builder(&view.world().set_word_hash(&letters)).key());
    let rows = view.scan(&whole, Direction::Forward, limit)?;
    let id = |key: &Key| key.suffix().last_chunk().map(|it| StickerSetId(u64::from_be_bytes(*it)));
    Ok(rows.iter().filter_map(|(key, _)| id(key)).collect())
}

/// The words of what a set is found by.
pub(super) fn words_of(card: &SetCard) -> Vec<String> {
    words::of_text(&format!("{} {}", card.title, card.short_name))
}

fn hashes(world: &World, card: &SetCard) -> Bytes {
    let mut all: Vec<String> = Vec::new();
    for word in [&card.short_name, &card.title].into_iter().flat_map(|it| words::of_text(it)) {
        for end in *BEGINNING.start()..=word.chars().count().min(*BEGINNING.end()) {
            let beginning: String = word.chars().take(end).collect();
            if !all.contains(&beginning) {
                all.push(beginning);
            }
        }
    }
    all.iter().take(BEGINNINGS_MAX).flat_map(|it| world.set_word_hash(it)).collect()
}

fn key(hash: &[u8], created: u32, id: StickerSetId) -> Key {
    builder(hash).u32_newest_first(created).u64(id.0).key()
}

/// Beginnings are spread by their hashes, as unique names are.
fn builder(hash: &[u8]) -> KeyBuilder {
    let vshard = hash.first_chunk().map_or(0, |it| u16::from_be_bytes(*it)) % VSHARDS_IN_USE;
    Key::of(STICKER_WORD, vshard).bytes(hash)
}
