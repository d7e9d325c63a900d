//! Tokens that end: what one says, when it ends, and a proof that the server made it. A token stays the same for a
//! window of time, so that what shows it does, and lives for one to two windows.

use crypto::hash::equal;

use crate::world::World;

/// Seconds of a window.
pub(super) const WINDOW: u32 = 24 * 3600;

/// Bytes of the proof.
const PROOF: usize = 16;

/// Bytes of the moment at which a token ends, unix seconds.
const ENDS: usize = 4;

/// What tokens are for: one that was made for the one is none for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A file reference, which clients send back.
    Reference,
    /// A link to a file, which is followed over HTTP.
    Link,
}

/// Why a token says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsigned {
    /// It was not made here, or for something else.
    Foreign,
    /// It was good once.
    Ended,
}

impl Purpose {
    fn proof(self, world: &World, signed: &[u8]) -> [u8; PROOF] {
        match self {
            Purpose::Reference => world.reference_proof(signed),
            Purpose::Link => world.link_proof(signed),
        }
    }

    /// The token that says this, as of a moment in unix seconds and in windows of so many seconds.
    pub(super) fn sign(self, world: &World, said: Vec<u8>, (now, window): (u32, u32)) -> Vec<u8> {
        let ends = (now / window).saturating_add(2).saturating_mul(window);
        let mut token = said;
        token.extend(ends.to_be_bytes());
        let proof = self.proof(world, &token);
        token.extend(proof);
        token
    }

    /// What a token says at a moment in unix seconds.
    pub(super) fn read<'a>(self, world: &World, token: &'a [u8], now: u32) -> Result<&'a [u8], Unsigned> {
        let (signed, proof) = token.split_last_chunk::<PROOF>().ok_or(Unsigned::Foreign)?;
        if !equal(&self.proof(world, signed), proof) {
            return Err(Unsigned::Foreign);
        }
        let (said, ends) = signed.split_last_chunk::<ENDS>().ok_or(Unsigned::Foreign)?;
        if u32::from_be_bytes(*ends) <= now { Err(Unsigned::Ended) } else { Ok(said) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Hall;

    #[test]
    fn a_token_is_the_same_for_a_window_and_ends_with_the_next() {
        let hall = Hall::new();
        let world = hall.domain.world();
        let sign = |now| Purpose::Link.sign(world, b"a file".to_vec(), (now, 100));
        let read = |token: &[u8], now| Purpose::Link.read(world, token, now).map(<[u8]>::to_vec);
        let token = sign(1000);
        assert_eq!((sign(1099) == token, sign(1100) == token), (true, false));
        assert_eq!((read(&token, 1000), read(&token, 1199)), (Ok(b"a file".to_vec()), Ok(b"a file".to_vec())));
        assert_eq!(read(&token, 1200), Err(Unsigned::Ended));
    }

    #[test]
    fn a_token_for_one_thing_is_none_for_another() {
        let hall = Hall::new();
        let world = hall.domain.world();
        let token = Purpose::Link.sign(world, b"a file".to_vec(), (1000, WINDOW));
        assert_eq!(Purpose::Reference.read(world, &token, 1000), Err(Unsigned::Foreign));
        assert_eq!(Purpose::Link.read(world, &token[..PROOF + 2], 1000), Err(Unsigned::Foreign));
    }
}
