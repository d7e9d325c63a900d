//! What an engine of lanes does, block by block, and how messages become blocks for it.

use super::{Block, Digests, last_block};
use crate::LANES;

/// What a lane's part must be a multiple of, as it is cut and joined in pieces of this size.
const PIECE: usize = 16;

/// Blocks of each lane that are compressed before others may have the core.
const STRETCH: usize = crate::STRETCH / size_of::<Block>();

/// Up to [`LANES`] hashes that go on together.
pub(super) trait Compress: Copy {
    /// The chaining values of all lanes.
    type State;

    /// Before the first block.
    fn start(self) -> Self::State;

    /// Each lane takes its blocks, as many as each other; the same lanes in every call for a state.
    fn compress(self, state: &mut Self::State, lanes: &[&[Block]]);

    /// The hashes, after the last block.
    fn digests(self, state: &Self::State) -> Digests;
}

/// See [`super::Hashes::joined`].
pub(super) fn joined<C: Compress>(engine: C, heads: &[&[u8; 32]], tails: &[&[u8]], pause: &dyn Fn()) -> Digests {
    let (lanes, length) = (heads.len(), tails[0].len());
    assert!(lanes <= LANES && lanes == tails.len(), "a head and a tail for each lane");
    assert!(length.is_multiple_of(PIECE) && tails.iter().all(|it| it.len() == length), "tails of one length");
    let last = last_block(heads[0].len() + length);
    let mut blocks = [last; LANES];
    let mut state = engine.start();
    let mut rests: [&[u8]; LANES] = [&[]; LANES];
    rests[..lanes].copy_from_slice(tails);
    let mut at = 0;
    for (block, head) in blocks.iter_mut().zip(heads) {
        block[..32].copy_from_slice(*head);
    }
    if length < 32 {
        at = 32;
    } else {
        for (block, rest) in blocks.iter_mut().zip(&mut rests[..lanes]) {
            let (now, later) = rest.split_at(32);
            block[32..].copy_from_slice(now);
            *rest = later;
        }
        engine.compress(&mut state, &each(&blocks)[..lanes]);
        let mut whole: [&[Block]; LANES] = [&[]; LANES];
        for (whole, rest) in whole.iter_mut().zip(&mut rests) {
            (*whole, *rest) = rest.as_chunks();
        }
        while whole[0].len() > STRETCH {
            let (now, later): (Vec<_>, Vec<_>) = whole[..lanes].iter().map(|it| it.split_at(STRETCH)).unzip();
            engine.compress(&mut state, &now);
            whole[..lanes].copy_from_slice(&later);
            pause();
        }
        engine.compress(&mut state, &whole[..lanes]);
        blocks = [last; LANES];
    }
    for (block, rest) in blocks.iter_mut().zip(&rests) {
        for (to, from) in block[at..].as_chunks_mut::<PIECE>().0.iter_mut().zip(rest.as_chunks::<PIECE>().0) {
            *to = *from;
        }
    }
    engine.compress(&mut state, &each(&blocks)[..lanes]);
    engine.digests(&state)
}

/// See [`super::Hashes::short`].
pub(super) fn short<C: Compress>(engine: C, blocks: &[Block]) -> Digests {
    let mut state = engine.start();
    let mut lanes: [&[Block]; LANES] = [&[]; LANES];
    for (lane, block) in lanes.iter_mut().zip(blocks) {
        *lane = std::slice::from_ref(block);
    }
    engine.compress(&mut state, &lanes[..blocks.len()]);
    engine.digests(&state)
}

fn each(blocks: &[Block; LANES]) -> [&[Block]; LANES] {
    blocks.each_ref().map(std::slice::from_ref)
}
