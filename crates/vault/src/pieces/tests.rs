//! Every range opens to what it was, and nothing else opens.

use rand_chacha::{
    ChaCha12Rng,
    rand_core::{RngCore, SeedableRng},
};

use super::*;

fn dice(seed: u64) -> ChaCha12Rng {
    ChaCha12Rng::seed_from_u64(seed)
}

fn below(dice: &mut ChaCha12Rng, n: u64) -> u64 {
    dice.next_u64() % n
}

/// A file and the row of its sealed pieces.
struct File {
    key: FileKey,
    layout: Layout,
    plain: Vec<u8>,
    sealed: Vec<u8>,
}

fn file(size: usize, piece: u32, dice: &mut ChaCha12Rng) -> File {
    let mut plain = vec![0; size];
    dice.fill_bytes(&mut plain);
    let key = FileKey::new([7; 32]);
    let layout = Layout::new(size as u64, piece).unwrap();
    let mut sealed = Vec::new();
    for (no, part) in plain.chunks(piece as usize).enumerate() {
        let mut salt = [0; SALT];
        dice.fill_bytes(&mut salt);
        seal(&key, no as u32, salt, part, &mut sealed);
    }
    File { key, layout, plain, sealed }
}

impl File {
    fn read(&self, from: u64, len: u64) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        for cover in self.layout.cover(from, len) {
            let bytes = |it: &std::ops::Range<u64>| {
                let whole = &self.sealed;
                whole.get(it.start as usize..(it.end as usize).min(whole.len())).unwrap_or_default()
            };
            open(&self.key, &cover, bytes(&cover.salt), bytes(&cover.frames), &mut out)?;
        }
        Ok(out)
    }

    fn whole(&self) -> Result<Vec<u8>, Error> {
        self.read(0, u64::MAX)
    }
}

/// Sizes around every border that there is.
fn shapes() -> Vec<(usize, u32)> {
    let mut all = Vec::new();
    for piece in [1, 1000, 1024, FRAME as u32 - 1, FRAME as u32, FRAME as u32 + 1, 128 << 10, PIECE_MAX] {
        let piece_len = piece as usize;
        for size in [1, piece_len - 1, piece_len, piece_len + 1, 2 * piece_len + FRAME, 3 * piece_len] {
            if size > 0 && size.div_ceil(piece_len) < 100 {
                all.push((size, piece));
            }
        }
    }
    all
}

#[test]
fn every_range_of_a_file_is_that_slice_of_its_bytes() {
    let mut dice = dice(1);
    for (size, piece) in shapes() {
        let file = file(size, piece, &mut dice);
        assert_eq!(file.sealed.len() as u64, file.layout.sealed_size(), "{size} in {piece}");
        assert!(file.whole().as_ref() == Ok(&file.plain), "{size} in {piece}");
        for _ in 0..12 {
            let from = below(&mut dice, size as u64 + 3);
            let len = below(&mut dice, size as u64 - from.min(size as u64) + 3);
            let end = (from + len).min(size as u64) as usize;
            let expected = &file.plain[(from as usize).min(end)..end];
            assert!(file.read(from, len).as_deref() == Ok(expected), "{len} from {from} of {size} in {piece}");
        }
    }
}

#[test]
fn a_range_reads_no_more_than_its_frames_and_salts() {
    let mut dice = dice(2);
    for (size, piece) in shapes() {
        let layout = Layout::new(size as u64, piece).unwrap();
        let from = below(&mut dice, size as u64);
        let len = 1 + below(&mut dice, size as u64 - from);
        let covers: Vec<_> = layout.cover(from, len).collect();
        let read: u64 = covers.iter().map(|it| it.frames.end - it.frames.start).sum();
        let edges = 2 * (FRAME + TAG) as u64;
        let tags = TAG as u64 * covers.iter().map(|it| u64::from(it.frames_of_piece)).sum::<u64>();
        assert!(read <= len + edges + tags, "{read} for {len} from {from} of {size} in {piece}");
        assert_eq!(covers.iter().map(|it| it.plain.len() as u64).sum::<u64>(), len);
    }
}

/// A frame holds its bits together, so a file of two short pieces shows what a long one would.
#[test]
fn every_changed_bit_is_noticed() {
    let mut file = file(150, 100, &mut dice(3));
    for at in 0..file.sealed.len() * 8 {
        file.sealed[at / 8] ^= 1 << (at % 8);
        assert_eq!(file.whole(), Err(Error::Broken), "bit {at}");
        file.sealed[at / 8] ^= 1 << (at % 8);
    }
    assert!(file.whole().is_ok());
}

#[test]
fn a_changed_frame_spoils_no_other() {
    let mut file = file(3 * FRAME, PIECE_MAX, &mut dice(4));
    file.sealed[SALT + FRAME + TAG + 5] ^= 1;
    let frame = FRAME as u64;
    assert!(file.read(0, frame).is_ok() && file.read(2 * frame, frame).is_ok());
    assert_eq!(file.read(frame, 1), Err(Error::Broken));
}

#[test]
fn pieces_and_frames_open_in_their_places_alone() {
    let mut swapped = file(200, 100, &mut dice(5));
    let stride = swapped.layout.stride() as usize;
    swapped.sealed.rotate_left(stride);
    assert_eq!(swapped.whole(), Err(Error::Broken));
    let mut frames = file(2 * FRAME, PIECE_MAX, &mut dice(6));
    frames.sealed[SALT..].rotate_left(FRAME + TAG);
    assert_eq!(frames.read(0, 1), Err(Error::Broken));
    let mut other = file(100, 100, &mut dice(7));
    other.key = FileKey::new([8; 32]);
    assert_eq!(other.whole(), Err(Error::Broken));
}

/// A file that lost its end, read as the shorter file that is left.
#[test]
fn what_was_cut_off_does_not_open_as_a_shorter_file() {
    let mut file = file(FRAME + 10, PIECE_MAX, &mut dice(8));
    let whole = file.layout;
    for size in [FRAME as u64, FRAME as u64 + 9, FRAME as u64 - 1] {
        file.layout = Layout::new(size, PIECE_MAX).unwrap();
        assert_eq!(file.whole(), Err(Error::Broken), "{size}");
    }
    file.layout = whole;
    for end in 0..file.sealed.len() {
        let File { key, plain, sealed, .. } = &file;
        let cut = File { key: key.clone(), layout: whole, plain: plain.clone(), sealed: sealed[..end].to_vec() };
        if end % 997 == 0 || end + 50 > sealed.len() {
            assert!(matches!(cut.whole(), Err(Error::Short { .. } | Error::Broken)), "{end}");
        }
    }
}

#[test]
fn nothing_of_a_broken_range_is_handed_out() {
    let mut file = file(2 * FRAME, PIECE_MAX, &mut dice(9));
    file.sealed[SALT + FRAME + TAG] ^= 1;
    let cover = file.layout.cover(0, u64::MAX).next().unwrap();
    let mut out = b"before".to_vec();
    let frames = &file.sealed[cover.frames.start as usize..cover.frames.end as usize];
    assert_eq!(open(&file.key, &cover, &file.sealed[..SALT], frames, &mut out), Err(Error::Broken));
    assert_eq!(out, b"before");
}

#[test]
fn a_part_that_comes_again_shares_nothing_with_what_was() {
    let (key, text, mut one, mut other) = (FileKey::new([1; 32]), [5; 64], Vec::new(), Vec::new());
    seal(&key, 0, [1; SALT], &text, &mut one);
    seal(&key, 0, [2; SALT], &text, &mut other);
    assert!(one.chunks(8).zip(other.chunks(8)).all(|(one, other)| one != other));
}
