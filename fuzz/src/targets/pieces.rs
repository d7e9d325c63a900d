//! Sealed pieces as a disk or a distant store might give them back, and ranges as clients might ask for them.

use vault::pieces::{FileKey, Layout, SALT, open, seal};

const SIZE: u64 = 3 * 1024 + 17;
const PIECE: u32 = 1024;

/// One input: a layout and a range, then the row of sealed pieces.
pub fn run(data: &[u8]) {
    let Some((head, sealed)) = data.split_first_chunk::<24>() else { return };
    let number = |at: usize| u64::from_be_bytes(head[at..at + 8].try_into().expect("eight of the head"));
    let (size, from, len) = (number(0), number(8), number(16));
    let Some(layout) = Layout::new(size, PIECE) else { return };
    let key = FileKey::new([3; 32]);
    let slice = |range: &std::ops::Range<u64>| {
        let (start, end) = (usize::try_from(range.start).ok()?, usize::try_from(range.end).ok()?);
        sealed.get(start..end)
    };
    let (mut plain, mut asked) = (Vec::new(), 0);
    // A range may be as long as the file; an input is not.
    for cover in layout.cover(from, len).take(16) {
        let (Some(salt), Some(frames)) = (slice(&cover.salt), slice(&cover.frames)) else { return };
        assert_eq!(salt.len(), SALT);
        asked += cover.plain.len();
        let before = plain.len();
        match open(&key, &cover, salt, frames, &mut plain) {
            Ok(()) => assert_eq!(plain.len(), asked),
            Err(_) => {
                assert_eq!(plain.len(), before, "nothing of what is broken is handed out");
                return;
            }
        }
    }
    assert!(plain.iter().all(|it| *it == 9), "a seal was forged");
}

/// A file of nines, asked for in three ways.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut sealed = Vec::new();
    for (no, part) in vec![9; usize::try_from(SIZE).expect("it is short")].chunks(PIECE as usize).enumerate() {
        let no = u32::try_from(no).expect("pieces have numbers");
        seal(&FileKey::new([3; 32]), no, [7; SALT], part, &mut sealed);
    }
    let ranges = [(0, SIZE), (1000, 100), (SIZE - 1, u64::MAX)];
    let seed = |(from, len): (u64, u64)| {
        let head = [SIZE, from, len].map(u64::to_be_bytes).concat();
        [&head[..], &sealed].concat()
    };
    ranges.into_iter().map(seed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_pieces_open_nowhere() {
        seeds().iter().for_each(|seed| run(seed));
        mutations(&seeds(), 121, 4000, run);
    }
}
