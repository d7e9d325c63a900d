//! Sticker sets: masks and custom emoji too. A set is a row with its stickers in order, and a row for each sticker's
//! file; it is public, as whoever sees a sticker may have its set. What people have of sets are lists of their own.
//! Source: core.telegram.org/api/stickers, core.telegram.org/api/custom-emoji.

pub mod change;
pub mod create;
pub mod delete;
pub mod emoji;
pub mod featured;
pub mod install;
pub mod kind;
pub mod lists;
pub mod matching;
pub mod names;
pub mod rows;
pub mod search;
pub mod seen;
pub mod shelf;
#[cfg(test)]
pub(crate) mod tests;

pub use kind::SetKind;
pub use rows::{Face, SetCard, SetRow, Wanted, find};
pub use seen::{SeenSet, SeenSticker};

/// Stickers of one set. Source: core.telegram.org/bots/api, `addStickerToSet`.
pub const STICKERS_MAX: usize = 120;

/// Custom emoji of one set. Source: the same.
pub const EMOJI_MAX: usize = 200;

/// Sets of one kind that somebody has installed; as many again may lie in the archive.
/// Source: core.telegram.org/method/messages.installStickerSet.
pub const INSTALLED_MAX: usize = 200;

/// Sets that one account may make: more than a person draws, and few enough for one row.
pub const OWNED_MAX: usize = 200;
