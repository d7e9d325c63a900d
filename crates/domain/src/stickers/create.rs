//! A new set. Its stickers are files of their own, which `files::intake` has made: so each is of one set, and can be
//! named by its number alone. Source: core.telegram.org/method/stickers.createStickerSet.

use super::{
    OWNED_MAX, SetKind, install,
    lists::{self, List},
    names::{self, clean_title},
    rows::{self, Face, SetCard, SetRow},
};
use crate::{
    caller::Caller,
    files::{Attribute, Document, MaskPlace},
    ids::StickerSetId,
    people::names::{claim_for_set, set_of},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Parts of a face on which masks sit: forehead, eyes, mouth, chin.
const PARTS: std::ops::RangeInclusive<u32> = 0..=3;

/// A sticker to be put into a set.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSticker {
    /// A file of its own, without a sticker's attribute.
    pub document: Document,
    /// What it is found by.
    pub words: Words,
}

/// What a sticker is found by, and where a mask sits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// Emoji; at least one.
    pub emoji: Vec<String>,
    /// Words.
    pub keywords: Vec<String>,
    /// Of a mask.
    pub place: Option<MaskPlace>,
}

impl Words {
    /// Refuses what stickers of that kind do not have.
    pub(super) fn check(&self, kind: SetKind) -> Decided<()> {
        if self.emoji.is_empty() {
            return Err(Refusal::StickerEmojiInvalid.into());
        }
        let Some(place) = &self.place else { return Ok(()) };
        let is_real = [place.x, place.y, place.zoom].iter().all(|it| it.is_finite());
        match kind == SetKind::Masks && is_real && PARTS.contains(&place.part) {
            true => Ok(()),
            false => Err(Refusal::StickerMaskCoordsNotSupported.into()),
        }
    }
}

/// Makes a set.
pub struct CreateSet {
    /// Who.
    pub by: Caller,
    /// Of what.
    pub kind: SetKind,
    /// How it is called.
    pub title: String,
    /// How it is found; empty: by a name that comes of the title.
    pub short_name: String,
    /// Custom emoji that take the colour of the text.
    pub text_color: bool,
    /// Its thumbnail, a file of its own.
    pub thumb: Option<Document>,
    /// In order.
    pub stickers: Vec<NewSticker>,
}

/// Refuses a name or a number of stickers that a set cannot have, before its files are made.
pub fn check(
    view: &(impl View + ?Sized),
    by: &Caller,
    (title, short_name): (&str, &str),
    (kind, stickers): (SetKind, usize),
) -> Decided<()> {
    clean_title(title)?;
    if !short_name.is_empty() {
        if !names::is_valid(short_name) {
            return Err(Refusal::PackShortNameInvalid.into());
        }
        if set_of(view, short_name)?.is_some() {
            return Err(Refusal::PackShortNameOccupied.into());
        }
    }
    match stickers {
        0 => return Err(Refusal::StickersEmpty.into()),
        it if it > kind.most() => return Err(Refusal::StickersTooMuch.into()),
        _ => {}
    }
    match lists::list(view, by.user, List::Owned)?.len() {
        it if it >= OWNED_MAX => Err(Refusal::ShortnameOccupyFailed.into()),
        _ => Ok(()),
    }
}

impl Command for CreateSet {
    type Reply = StickerSetId;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<StickerSetId> {
        let me = self.by.user;
        check(turn, &self.by, (&self.title, &self.short_name), (self.kind, self.stickers.len()))?;
        let short_name = match self.short_name.is_empty() {
            true => names::suggest(turn, &self.title)?,
            false => self.short_name.clone(),
        };
        let id = StickerSetId::new(u64::from_be_bytes(turn.draw()), me.vshard());
        if rows::set(turn, id)?.is_some() {
            return Err(Refusal::Unavailable.into());
        }
        let text_color = self.text_color && self.kind == SetKind::Emoji;
        let mut card = SetCard { title: clean_title(&self.title)?, short_name, text_color, ..SetCard::default() };
        let mut row = SetRow { owner: me, kind: self.kind, created: turn.now().secs(), ..SetRow::default() };
        for sticker in &self.stickers {
            let face = put_sticker(turn, (id, self.kind, text_color), sticker)?;
            card.faces.push(face);
        }
        if let Some(thumb) = &self.thumb {
            rows::put_document(turn, id, thumb)?;
            (card.thumb, card.thumb_version) = (thumb.stored.id, 1);
        }
        claim_for_set(turn, &card.short_name, id, me);
        names::settle(turn, id, &mut row, Some(&card));
        rows::put(turn, id, row, &card)?;
        lists::put_first(turn, me, List::Owned, id)?;
        install::install(turn, &self.by, self.kind, id)?;
        Ok(id)
    }
}

/// Puts a sticker's file into a set; what it is found by there.
pub(super) fn put_sticker(
    turn: &mut Turn<'_>,
    (set, kind, text_color): (StickerSetId, SetKind, bool),
    it: &NewSticker,
) -> Decided<Face> {
    it.words.check(kind)?;
    let mut document = it.document.clone();
    dress(&mut document, (set, kind, text_color), &it.words);
    rows::put_document(turn, set, &document)?;
    Ok(Face {
        document: document.stored.id,
        emoji: it.words.emoji.clone(),
        keywords: it.words.keywords.clone(),
        ..Face::default()
    })
}

/// Says in a document which set's sticker it is, and what it stands for.
pub(super) fn dress(document: &mut Document, (set, kind, text_color): (StickerSetId, SetKind, bool), words: &Words) {
    document.attributes.retain(|it| !matches!(it, Attribute::Sticker { .. } | Attribute::CustomEmoji { .. }));
    let alt = words.emoji.first().cloned().unwrap_or_default();
    document.attributes.push(match kind {
        SetKind::Emoji => Attribute::CustomEmoji { free: true, text_color, alt, set },
        SetKind::Stickers | SetKind::Masks => {
            Attribute::Sticker { mask: kind == SetKind::Masks, alt, set, place: words.place.clone() }
        }
    });
}
