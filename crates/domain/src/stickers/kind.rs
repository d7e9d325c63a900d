//! The three kinds of sets.

use super::{EMOJI_MAX, STICKERS_MAX};
use crate::record::{Field, Malformed};

/// What a set is of. Lists of one kind know nothing of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetKind {
    /// Stickers.
    #[default]
    Stickers,
    /// Masks, which are put on photos.
    Masks,
    /// Custom emoji.
    Emoji,
}

impl SetKind {
    /// All of them.
    pub const ALL: [SetKind; 3] = [SetKind::Stickers, SetKind::Masks, SetKind::Emoji];

    /// As it stands in rows and keys.
    pub(super) fn number(self) -> u8 {
        match self {
            SetKind::Stickers => 0,
            SetKind::Masks => 1,
            SetKind::Emoji => 2,
        }
    }

    /// Stickers that a set of this kind may have.
    pub fn most(self) -> usize {
        match self {
            SetKind::Stickers | SetKind::Masks => STICKERS_MAX,
            SetKind::Emoji => EMOJI_MAX,
        }
    }
}

impl Field for SetKind {
    fn put(&self, out: &mut Vec<u8>) {
        self.number().put(out);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        let number = u8::take(bytes)?;
        Self::ALL.into_iter().find(|it| it.number() == number).ok_or(Malformed::Field)
    }
    fn is_default(&self) -> bool {
        *self == SetKind::default()
    }
}
