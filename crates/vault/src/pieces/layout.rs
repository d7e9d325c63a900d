//! Where the bytes of a sealed file lie: which frames of which pieces cover a plain range, and where those are in the
//! row of sealed pieces.

use std::ops::Range;

use super::{FRAME, SALT, TAG};

/// Plain bytes of the longest piece: Telegram's longest part.
/// Source: core.telegram.org/api/files, "Uploading files".
pub const PIECE_MAX: u32 = 512 << 10;

/// A file's plain size and how it is cut. All pieces but the last have the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    size: u64,
    piece: u32,
}

/// The frames of one piece that a range touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// The piece's number.
    pub piece: u32,
    /// The first of the frames.
    pub first_frame: u32,
    /// How many frames the piece has, by which its last one is known.
    pub frames_of_piece: u32,
    /// Where the piece's salt lies in the row of sealed pieces.
    pub salt: Range<u64>,
    /// Where the sealed frames lie in the row of sealed pieces.
    pub frames: Range<u64>,
    /// What of the frames' plain bytes belongs to the range.
    pub plain: Range<usize>,
}

impl Layout {
    /// A file of `size` bytes in pieces of `piece`; `None` where there is nothing, a piece is longer than
    /// [`PIECE_MAX`], or more pieces are needed than have a number.
    pub fn new(size: u64, piece: u32) -> Option<Self> {
        let fits = size > 0 && (1..=PIECE_MAX).contains(&piece) && u32::try_from(size.div_ceil(piece.into())).is_ok();
        fits.then_some(Self { size, piece })
    }

    /// Plain bytes of the whole.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Plain bytes of every piece but the last.
    pub fn piece(&self) -> u32 {
        self.piece
    }

    /// How many pieces there are.
    pub fn pieces(&self) -> u32 {
        u32::try_from(self.size.div_ceil(self.piece.into())).expect("checked when it was made")
    }

    /// Plain bytes of a piece; `None` where there is no such piece.
    pub fn plain_len(&self, piece: u32) -> Option<u32> {
        let rest = self.size.checked_sub(u64::from(piece) * u64::from(self.piece))?;
        (rest > 0).then(|| u32::try_from(rest).map_or(self.piece, |rest| rest.min(self.piece)))
    }

    /// Sealed bytes of every piece but the last: the distance between two of them.
    pub fn stride(&self) -> u64 {
        sealed(self.piece)
    }

    /// Sealed bytes of the whole.
    pub fn sealed_size(&self) -> u64 {
        let last = self.pieces() - 1;
        u64::from(last) * self.stride() + sealed(self.plain_len(last).expect("the last piece is there"))
    }

    /// What covers the plain range of `len` bytes from `from` on, in order; what lies beyond the end is left out.
    pub fn cover(&self, from: u64, len: u64) -> impl Iterator<Item = Cover> + use<> {
        let it = *self;
        let end = from.saturating_add(len).min(it.size);
        let from = from.min(end);
        let piece = u64::from(it.piece);
        let pieces = if from < end { from / piece..end.div_ceil(piece) } else { 0..0 };
        pieces.map(move |no| {
            let begin = no * piece;
            let within = from.max(begin) - begin..end.min(begin + piece) - begin;
            it.cover_of(u32::try_from(no).expect("pieces have numbers"), &within)
        })
    }

    /// `within` is a range of the piece's plain bytes that is not empty.
    fn cover_of(&self, piece: u32, within: &Range<u64>) -> Cover {
        let plain = u64::from(self.plain_len(piece).expect("only pieces that are there are asked for"));
        let (frame, grown) = (FRAME as u64, (FRAME + TAG) as u64);
        let (first, after) = (within.start / frame, within.end.div_ceil(frame));
        let frames_of_piece = plain.div_ceil(frame);
        let at = u64::from(piece) * self.stride();
        let body = at + SALT as u64;
        let end =
            if after == frames_of_piece { body + plain + frames_of_piece * TAG as u64 } else { body + after * grown };
        let small = |it: u64| usize::try_from(it).expect("a piece is short");
        Cover {
            piece,
            first_frame: u32::try_from(first).expect("a piece has few frames"),
            frames_of_piece: u32::try_from(frames_of_piece).expect("a piece has few frames"),
            salt: at..body,
            frames: body + first * grown..end,
            plain: small(within.start - first * frame)..small(within.end - first * frame),
        }
    }
}

/// As [`super::sealed_len`].
fn sealed(plain: u32) -> u64 {
    let plain = u64::from(plain);
    SALT as u64 + plain + plain.div_ceil(FRAME as u64) * TAG as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_cut_has_no_layout() {
        for (size, piece) in [(0, 1024), (1, 0), (1, PIECE_MAX + 1), (u64::MAX, PIECE_MAX), (1 << 32, 1)] {
            assert_eq!(Layout::new(size, piece), None, "{size} in {piece}");
        }
        assert!(Layout::new((1 << 32) - 1, 1).is_some());
        assert!(Layout::new(u64::from(u32::MAX) * u64::from(PIECE_MAX), PIECE_MAX).is_some());
    }

    /// By hand, from the picture of a piece: 16, then frames of 65,536 + 16.
    #[test]
    fn lengths_are_those_of_the_picture() {
        let layout = Layout::new(2 * 524_288 + 65_537, 524_288).unwrap();
        assert_eq!((layout.pieces(), layout.stride()), (3, 16 + 8 * 65_552));
        assert_eq!(layout.sealed_size(), 2 * (16 + 8 * 65_552) + 16 + 65_552 + 17);
        assert_eq!([0, 1, 2, 3].map(|it| layout.plain_len(it)), [Some(524_288), Some(524_288), Some(65_537), None]);
        assert_eq!(layout.plain_len(u32::MAX), None);
    }

    #[test]
    fn a_range_inside_one_frame_touches_that_frame_alone() {
        let layout = Layout::new(2000 * 524_288, 524_288).unwrap();
        let covers: Vec<_> = layout.cover(3 * 524_288 + 2 * 65_536 + 100, 50).collect();
        let at = 3 * layout.stride();
        let expected = Cover {
            piece: 3,
            first_frame: 2,
            frames_of_piece: 8,
            salt: at..at + 16,
            frames: at + 16 + 2 * 65_552..at + 16 + 3 * 65_552,
            plain: 100..150,
        };
        assert_eq!(covers, [expected]);
    }

    #[test]
    fn a_range_beyond_the_end_or_without_bytes_touches_nothing() {
        let layout = Layout::new(3000, 1024).unwrap();
        for (from, len) in [(3000, 1), (u64::MAX, u64::MAX), (10, 0), (0, 0)] {
            assert_eq!(layout.cover(from, len).count(), 0, "{len} from {from}");
        }
        let last: Vec<_> = layout.cover(2999, u64::MAX).collect();
        assert_eq!((last.len(), last[0].piece, last[0].plain.clone()), (1, 2, 951..952));
        assert_eq!(last[0].frames.end, layout.sealed_size());
    }
}
