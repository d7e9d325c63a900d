//! The first bytes of a connection and all that follow: detection, then packets, in pieces.

use mtproto::transport::{Detection, Framing, Kind, MAX_PACKET, Secret, detect};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// One input: as a connection from its first byte, and past the opening of each transport.
pub fn run(data: &[u8]) {
    let secrets = [Secret::new([7; 16])];
    for cut in [data.len(), data.len() / 2, 1] {
        let seen = &data[..cut.min(data.len())];
        if let Detection::Mtproto { framing, consumed } = detect(seen, &secrets) {
            assert!(consumed <= seen.len());
            drain(*framing, &data[consumed..]);
        }
    }
    for kind in Kind::ALL {
        // Both ends read packets alike; the client's end reads quick acks besides.
        drain(Framing::client(kind).0, data);
    }
}

fn drain(mut framing: Framing, data: &[u8]) {
    for piece in data.chunks(61) {
        framing.push(piece);
        while let Ok(Some(packet)) = framing.poll_packet() {
            assert!((4..=MAX_PACKET).contains(&packet.payload.len()));
        }
        assert!(framing.buffered() <= data.len());
    }
}

/// A stream of every transport, plain and obfuscated, and what is none.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut rng = ChaCha8Rng::seed_from_u64(51);
    let mut seeds = vec![b"GET / HTTP/1.1".to_vec(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".to_vec()];
    for kind in Kind::ALL {
        let hidden = Framing::client_obfuscated(kind, None, 2, &mut rng);
        for (mut framing, opening) in [Some(Framing::client(kind)), hidden].into_iter().flatten() {
            let mut stream = opening.to_vec();
            for len in [8, 40, 504, 508, 1024] {
                framing.frame(&vec![3; len], &mut rng, &mut stream);
            }
            seeds.push(stream);
        }
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_streams_never_break_the_transports() {
        mutations(&seeds(), 52, 4000, run);
    }
}
