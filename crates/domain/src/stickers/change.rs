//! Changes of a set, by its maker alone. Who made it learns of them on its other devices; others when they ask.
//! Source: core.telegram.org/api/stickers, "Creating a stickerset".

use super::{
    SetKind,
    create::{NewSticker, Words, dress, put_sticker},
    install::tell,
    lists::{List, since},
    names::{self, clean_title},
    rows::{self, SetCard, SetRow, Wanted, card, own},
};
use crate::{
    caller::Caller,
    files::{Attribute, Document, MaskPlace},
    ids::StickerSetId,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Change,
    view::Decided,
};

/// What changes.
#[derive(Clone, Debug, PartialEq)]
pub enum SetChange {
    /// A sticker is put at its end.
    Add(Box<NewSticker>),
    /// A sticker is taken out.
    Remove(u64),
    /// A sticker goes to a place, counted from 0.
    Move(u64, usize),
    /// A sticker stands for something else; what is `None` stays.
    Words {
        /// Which.
        document: u64,
        /// Emoji.
        emoji: Option<Vec<String>>,
        /// Words.
        keywords: Option<Vec<String>>,
        /// Where a mask sits.
        place: Option<MaskPlace>,
    },
    /// A sticker is another one from now on, at the same place.
    Replace(u64, Box<NewSticker>),
    /// The set is called otherwise.
    Title(String),
    /// It has this thumbnail, or none.
    Thumb(Option<Box<Document>>),
    /// One of its custom emoji stands for it.
    ThumbEmoji(u64),
}

/// Changes a set.
pub struct ChangeSet {
    /// Who.
    pub by: Caller,
    /// Which.
    pub set: Wanted,
    /// What.
    pub change: SetChange,
}

impl Command for ChangeSet {
    type Reply = StickerSetId;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<StickerSetId> {
        let (id, mut row) = own(turn, self.by.user, &self.set)?;
        let mut card = card(turn, id, &row)?;
        self.apply(turn, (id, &row), &mut card)?;
        if matches!(self.change, SetChange::Title(_)) {
            names::settle(turn, id, &mut row, Some(&card));
        }
        let kind = row.kind;
        rows::put(turn, id, row, &card)?;
        if since(turn, self.by.user, List::Installed(kind), id)?.is_some() {
            tell(turn, &self.by, Change::StickerSets { kind })?;
        }
        Ok(id)
    }
}

impl ChangeSet {
    fn apply(&self, turn: &mut Turn<'_>, (id, row): (StickerSetId, &SetRow), card: &mut SetCard) -> Decided<()> {
        let of = (id, row.kind, card.text_color);
        match &self.change {
            SetChange::Add(_) if card.faces.len() >= row.kind.most() => return Err(Refusal::StickersTooMuch.into()),
            SetChange::Add(new) => card.faces.push(put_sticker(turn, of, new)?),
            SetChange::Remove(document) => {
                card.faces.remove(place(card, *document)?);
                card.thumb_emoji = if card.thumb_emoji == *document { 0 } else { card.thumb_emoji };
                rows::remove_document(turn, id, *document);
            }
            SetChange::Move(document, to) => {
                let face = card.faces.remove(place(card, *document)?);
                let to = (*to).min(card.faces.len());
                card.faces.insert(to, face);
            }
            SetChange::Words { document, emoji, keywords, place } => {
                let at = self::place(card, *document)?;
                let face = &mut card.faces[at];
                emoji.iter().for_each(|it| face.emoji.clone_from(it));
                keywords.iter().for_each(|it| face.keywords.clone_from(it));
                let mut stored = rows::document(turn, id, *document)?.ok_or(Refusal::StickerInvalid)?;
                let place = place.clone().or_else(|| mask_place(&stored));
                let words = Words { emoji: face.emoji.clone(), keywords: face.keywords.clone(), place };
                words.check(row.kind)?;
                dress(&mut stored, of, &words);
                rows::put_document(turn, id, &stored)?;
            }
            SetChange::Replace(document, new) => {
                let at = place(card, *document)?;
                rows::remove_document(turn, id, *document);
                card.faces[at] = put_sticker(turn, of, new)?;
                card.thumb_emoji = if card.thumb_emoji == *document { 0 } else { card.thumb_emoji };
            }
            SetChange::Title(title) => card.title = clean_title(title)?,
            SetChange::Thumb(thumb) => {
                if card.thumb != 0 {
                    rows::remove_document(turn, id, card.thumb);
                }
                card.thumb = 0;
                if let Some(it) = thumb {
                    rows::put_document(turn, id, it)?;
                    card.thumb = it.stored.id;
                }
                (card.thumb_version, card.thumb_emoji) = (card.thumb_version.saturating_add(1), 0);
            }
            SetChange::ThumbEmoji(_) if row.kind != SetKind::Emoji => return Err(Refusal::StickerInvalid.into()),
            SetChange::ThumbEmoji(document) => {
                place(card, *document)?;
                card.thumb_emoji = *document;
            }
        }
        Ok(())
    }
}

fn place(card: &SetCard, document: u64) -> Decided<usize> {
    let at = card.faces.iter().position(|it| it.document == document);
    at.ok_or_else(|| Refusal::StickerInvalid.into())
}

fn mask_place(document: &Document) -> Option<MaskPlace> {
    document.attributes.iter().find_map(|it| match it {
        Attribute::Sticker { place, .. } => place.clone(),
        _ => None,
    })
}
