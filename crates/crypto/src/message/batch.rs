//! Many messages at once, each under a key of its own.

use super::{Side, seal_in_place};
use crate::AuthKey;

/// One message of a batch.
pub struct Lane<'a> {
    /// The key it is encrypted with.
    pub key: &'a AuthKey,
    /// The inner data, header and padding included, whole blocks of 16 bytes. Encrypted in place.
    pub plain: &'a mut [u8],
    /// Written: the packet's head is `key.id() | message_key`.
    pub message_key: [u8; 16],
}

/// As [`seal`](super::seal) for each message. Neighbours of equal length go together, so callers put equal
/// lengths side by side. Panics if a length is not a multiple of 16: a bug of ours.
pub fn seal_batch(sender: Side, lanes: &mut [Lane<'_>]) {
    for lane in lanes {
        lane.message_key = seal_in_place(lane.key, sender, lane.plain);
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;
    use crate::message::seal;

    #[test]
    fn a_batch_is_what_its_messages_are_one_by_one() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for side in [Side::Client, Side::Server] {
            let lengths = [0, 16, 32, 352, 352, 352, 48, 4096, 352];
            let messages: Vec<(AuthKey, Vec<u8>)> = lengths
                .iter()
                .map(|length| {
                    let (mut key, mut plain) = ([0; 256], vec![0; *length]);
                    rng.fill_bytes(&mut key);
                    rng.fill_bytes(&mut plain);
                    (AuthKey::new(key), plain)
                })
                .collect();
            let mut plains: Vec<Vec<u8>> = messages.iter().map(|(_, plain)| plain.clone()).collect();
            let mut lanes: Vec<Lane<'_>> = messages
                .iter()
                .zip(&mut plains)
                .map(|((key, _), plain)| Lane { key, plain, message_key: [0; 16] })
                .collect();
            seal_batch(side, &mut lanes);
            for ((key, plain), lane) in messages.iter().zip(&lanes) {
                let mut packet = Vec::new();
                seal(key, side, &mut plain.clone(), &mut packet);
                let sealed = [&key.id().to_le_bytes()[..], &lane.message_key, lane.plain].concat();
                assert_eq!(sealed, packet, "{} bytes", plain.len());
            }
        }
    }
}
