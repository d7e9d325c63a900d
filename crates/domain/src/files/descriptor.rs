//! What whoever carries a file knows of it, its key included. It stands in sealed content only, so who opens
//! the content can open the file; a forward copies it, and not a byte of the file.

use bytes::Bytes;

use crate::{ids::StickerSetId, record, variants};

record! {
    /// Where the bytes of a file are, and the key that opens them.
    pub struct Stored {
        1 => id: u64,
        /// 32 random bytes.
        2 => key: Bytes,
        /// Bytes of the file.
        3 => size: u64,
        /// Bytes of each of its pieces but the last.
        4 => piece: u32,
    }
}

record! {
    /// One size of a photo, or a thumbnail: a file of its own.
    pub struct PhotoSize {
        /// Its letter. Source: core.telegram.org/api/files#image-thumbnail-types.
        1 => kind: String,
        /// Pixels.
        2 => width: u32,
        3 => height: u32,
        4 => stored: Stored,
        /// Bytes after which a progressive image shows more; empty: it is none.
        5 => progressive: Vec<u32>,
    }
}

record! {
    /// A photo in its sizes. Source: core.telegram.org/constructor/photo.
    pub struct Photo {
        1 => id: u64,
        /// Unix seconds.
        2 => date: u32,
        3 => sizes: Vec<PhotoSize>,
        /// A tiny one, shown at once, without its head; empty: none.
        4 => stripped: Bytes,
        /// Of a profile or chat: the same, moving.
        5 => videos: Vec<VideoSize>,
        /// Sets of the stickers that were put on it.
        20 => sets: Vec<StickerSetId>,
    }
}

record! {
    /// A photo that moves, a file of its own. Source: core.telegram.org/api/files#animated-profile-pictures.
    pub struct VideoSize {
        /// Its letter.
        1 => kind: String,
        /// Pixels.
        2 => width: u32,
        3 => height: u32,
        4 => stored: Stored,
        /// The moment of the frame that the photo shows, seconds.
        5 => starts: f64,
    }
}

impl Photo {
    /// The size of that letter, still or moving.
    pub fn size(&self, kind: &str) -> Option<&Stored> {
        let still = self.sizes.iter().find(|it| it.kind == kind).map(|it| &it.stored);
        still.or_else(|| self.videos.iter().find(|it| it.kind == kind).map(|it| &it.stored))
    }

    /// Every file of it.
    pub fn files(&self) -> impl Iterator<Item = &Stored> {
        self.sizes.iter().map(|it| &it.stored).chain(self.videos.iter().map(|it| &it.stored))
    }

    /// The small square of a profile or chat, or the large one; `None` of a photo that was made for a message.
    /// Source: core.telegram.org/constructor/inputPeerPhotoFileLocation.
    pub fn square(&self, large: bool) -> Option<&Stored> {
        self.size(if large { "c" } else { "a" })
    }
}

record! {
    /// Any other file. Source: core.telegram.org/constructor/document.
    pub struct Document {
        1 => stored: Stored,
        /// Unix seconds.
        2 => date: u32,
        3 => mime: String,
        4 => attributes: Vec<Attribute>,
        5 => thumbs: Vec<PhotoSize>,
        /// As of a photo.
        6 => stripped: Bytes,
    }
}

impl Document {
    /// Its thumbnail of that letter, or the file itself where none is named.
    pub fn part(&self, kind: &str) -> Option<&Stored> {
        if kind.is_empty() {
            return Some(&self.stored);
        }
        self.thumbs.iter().find(|it| it.kind == kind).map(|it| &it.stored)
    }

    /// Every file of it.
    pub fn files(&self) -> Vec<u64> {
        [self.stored.id].into_iter().chain(self.thumbs.iter().map(|it| it.stored.id)).collect()
    }

    /// The emoji that it stands for, as a sticker or custom emoji.
    pub fn alt(&self) -> Option<&str> {
        self.attributes.iter().find_map(|it| match it {
            Attribute::Sticker { alt, .. } | Attribute::CustomEmoji { alt, .. } => Some(alt.as_str()),
            _ => None,
        })
    }

    /// The set whose sticker it is.
    pub fn set(&self) -> Option<StickerSetId> {
        let set = self.attributes.iter().find_map(|it| match it {
            Attribute::Sticker { set, .. } | Attribute::CustomEmoji { set, .. } => Some(*set),
            _ => None,
        });
        set.filter(|it| *it != StickerSetId::NONE)
    }

    /// What it is told apart by.
    pub fn shape(&self) -> Shape {
        let has = |wanted: fn(&Attribute) -> bool| self.attributes.iter().any(wanted);
        if has(|it| matches!(it, Attribute::Sticker { .. } | Attribute::CustomEmoji { .. })) {
            Shape::Sticker
        } else if has(|it| matches!(it, Attribute::Video { round: true, .. })) {
            Shape::Round
        } else if has(|it| matches!(it, Attribute::Audio { voice: true, .. })) {
            Shape::Voice
        } else if has(|it| matches!(it, Attribute::Animated {})) {
            Shape::Animation
        } else if has(|it| matches!(it, Attribute::Video { .. })) {
            Shape::Video
        } else if has(|it| matches!(it, Attribute::Audio { .. })) {
            Shape::Music
        } else {
            Shape::Plain
        }
    }
}

/// Kinds of documents that clients show, and groups allow, each in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any file.
    Plain,
    /// A video with sound.
    Video,
    /// A round one.
    Round,
    /// A GIF, or a video without sound that plays by itself.
    Animation,
    /// A voice note.
    Voice,
    /// Music and other sound.
    Music,
    /// A sticker or custom emoji.
    Sticker,
}

record! {
    /// Where a mask sits on a face. Source: core.telegram.org/constructor/maskCoords.
    pub struct MaskPlace {
        /// 0 to 3: forehead, eyes, mouth, chin.
        1 => part: u32,
        /// Shifts in widths and heights of the mask, and its scale.
        2 => x: f64,
        3 => y: f64,
        4 => zoom: f64,
    }
}

variants! {
    /// What is known of a document. Source: core.telegram.org/type/DocumentAttribute.
    pub enum Attribute {
        1 => FileName { 1 => name: String },
        2 => ImageSize { 1 => width: u32, 2 => height: u32 },
        3 => Animated {},
        4 => Video {
            1 => round: bool,
            2 => streaming: bool,
            3 => silent: bool,
            /// Seconds.
            4 => duration: f64,
            5 => width: u32,
            6 => height: u32,
            /// Bytes at its head by which it can begin; 0: not told.
            7 => prefix: u32,
            /// The moment of the frame that stands for it, seconds.
            8 => starts: f64,
            9 => codec: String,
        },
        5 => Audio {
            1 => voice: bool,
            /// Seconds.
            2 => duration: u32,
            3 => title: String,
            4 => performer: String,
            /// Loudness in steps of five bits.
            5 => waveform: Bytes,
        },
        6 => Sticker { 1 => mask: bool, 2 => alt: String, 3 => set: StickerSetId, 4 => place: Option<MaskPlace> },
        7 => CustomEmoji { 1 => free: bool, 2 => text_color: bool, 3 => alt: String, 4 => set: StickerSetId },
        /// Stickers were put on it, of these sets.
        8 => HasStickers { 1 => sets: Vec<StickerSetId> },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn a_document_survives_its_stored_form() {
        let video = Attribute::Video {
            round: false,
            streaming: true,
            silent: false,
            duration: 12.345,
            width: 1280,
            height: 720,
            prefix: 0,
            starts: -0.5,
            codec: "h264".into(),
        };
        let stored = Stored { id: 7, key: vec![9; 32].into(), size: 1 << 31, piece: 1 << 19, ..Stored::default() };
        let thumb =
            PhotoSize { kind: "m".into(), width: 320, height: 180, stored: stored.clone(), ..PhotoSize::default() };
        let it = Document {
            stored,
            date: 5,
            mime: "video/mp4".into(),
            attributes: vec![video, Attribute::FileName { name: "film.mp4".into() }],
            thumbs: vec![thumb],
            ..Document::default()
        };
        let read = Document::decode(&it.encode()).unwrap();
        assert_eq!(read, it);
        assert_eq!((read.shape(), read.part("m").map(|it| it.id), read.part("x")), (Shape::Video, Some(7), None));
    }
}
