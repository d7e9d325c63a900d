//! Many messages at once, each under a key of its own.

use super::{Path, Side, path::Way, seal_in_place};
use crate::{AuthKey, LANES, STRETCH, kdf};

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
    seal_batch_and_pause(sender, lanes, &|| {});
}

/// The same, calling `pause` every few dozen microseconds where messages are long: the thread may let others have the
/// core.
pub fn seal_batch_and_pause(sender: Side, lanes: &mut [Lane<'_>], pause: &dyn Fn()) {
    for_each_run(lanes, length, |run| match run {
        [lane] if lane.plain.len() <= STRETCH => lane.message_key = seal_in_place(lane.key, sender, lane.plain),
        run if length(&run[0]) <= STRETCH => seal_lanes(Path::for_count(run.len()), sender, run, pause),
        run => seal_lanes(Path::for_long(run.len()), sender, run, pause),
    });
}

/// As [`seal_batch`] on a path of the caller's choice, for tests and benches.
pub fn seal_batch_on(path: Path, sender: Side, lanes: &mut [Lane<'_>]) {
    for_each_run(lanes, length, |run| seal_lanes(path, sender, run, &|| {}));
}

fn length(lane: &Lane<'_>) -> usize {
    lane.plain.len()
}

/// Up to [`LANES`] neighbours of equal length at once.
pub(super) fn for_each_run<T>(lanes: &mut [T], length: impl Fn(&T) -> usize, act: impl Fn(&mut [T])) {
    for equal in lanes.chunk_by_mut(|one, next| length(one) == length(next)) {
        equal.chunks_mut(LANES).for_each(&act);
    }
}

/// The message keys of messages of one length, each under its own key.
pub(super) fn message_keys(
    path: Path,
    x: usize,
    keys: &[&AuthKey],
    plains: &[&[u8]],
    pause: &dyn Fn(),
) -> [[u8; 16]; LANES] {
    let large = path.hashes.joined(&heads(x, keys)[..keys.len()], plains, pause);
    large.map(|it| middle(&it))
}

/// What stands in front of the plain text where it is hashed.
pub(super) fn heads<'a>(x: usize, keys: &[&'a AuthKey]) -> [&'a [u8; 32]; LANES] {
    let mut heads = [&[0; 32]; LANES];
    for (head, key) in heads.iter_mut().zip(keys) {
        *head = key.as_bytes()[88 + x..].first_chunk().expect("an auth key is longer");
    }
    heads
}

/// The part of that hash which is the message key.
pub(super) fn middle(large: &[u8; 32]) -> [u8; 16] {
    large[8..24].try_into().expect("sixteen of thirty-two bytes")
}

fn seal_lanes(path: Path, sender: Side, lanes: &mut [Lane<'_>], pause: &dyn Fn()) {
    let (count, x) = (lanes.len(), sender.x());
    let mut keys = [lanes[0].key; LANES];
    for (key, lane) in keys.iter_mut().zip(&*lanes) {
        *key = lane.key;
    }
    let mut plains: [&[u8]; LANES] = [&[]; LANES];
    for (plain, lane) in plains.iter_mut().zip(&*lanes) {
        *plain = lane.plain;
    }
    let message_keys = message_keys(path, x, &keys[..count], &plains[..count], pause);
    for (lane, message_key) in lanes.iter_mut().zip(&message_keys) {
        lane.message_key = *message_key;
    }
    let mut keys = kdf::message_v2_lanes(path.hashes, &keys[..count], &message_keys[..count], x);
    let mut lanes = lanes.iter_mut();
    let mut plains: [&mut [u8]; LANES] =
        std::array::from_fn(|_| lanes.next().map_or(&mut [][..], |lane| &mut *lane.plain));
    path.run(Way::Encrypt, &mut keys[..count], &mut plains[..count], pause);
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;
    use crate::message::seal;

    /// Messages with keys and bytes from a seed, and what each is sealed to alone.
    struct Messages {
        keys: Vec<AuthKey>,
        plains: Vec<Vec<u8>>,
        packets: Vec<Vec<u8>>,
    }

    impl Messages {
        fn new(seed: u64, sender: Side, lengths: &[usize]) -> Self {
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let mut it = Self { keys: Vec::new(), plains: Vec::new(), packets: Vec::new() };
            for length in lengths {
                let (mut key, mut plain, mut packet) = ([0; 256], vec![0; *length], Vec::new());
                rng.fill_bytes(&mut key);
                rng.fill_bytes(&mut plain);
                let key = AuthKey::new(key);
                seal(&key, sender, &mut plain.clone(), &mut packet);
                it.keys.push(key);
                it.plains.push(plain);
                it.packets.push(packet);
            }
            it
        }

        /// Seals the first `count` as a batch and compares.
        fn check(&self, what: &str, count: usize, seal: impl FnOnce(&mut [Lane<'_>])) {
            let mut plains = self.plains[..count].to_vec();
            let lanes = self.keys.iter().zip(&mut plains);
            let mut lanes: Vec<_> = lanes.map(|(key, plain)| Lane { key, plain, message_key: [0; 16] }).collect();
            seal(&mut lanes);
            for (at, (lane, packet)) in lanes.iter().zip(&self.packets).enumerate() {
                let sealed = [&lane.key.id().to_le_bytes()[..], &lane.message_key, lane.plain].concat();
                assert_eq!(sealed, *packet, "{what}, {count} lanes, lane {at} of {} bytes", lane.plain.len());
            }
        }
    }

    fn on_every_path(messages: &Messages, sender: Side, counts: impl Iterator<Item = usize>) {
        for count in counts {
            for path in Path::all() {
                messages.check(&format!("{path:?}"), count, |lanes| seal_batch_on(path, sender, lanes));
            }
            messages.check("the chosen path", count, |lanes| seal_batch(sender, lanes));
        }
    }

    #[test]
    fn every_path_seals_every_number_of_lanes_as_one_by_one() {
        // A length for each way in which the hash's last block may end, and one below the first block.
        for (seed, length) in [16, 48, 320, 352, 368, 400].into_iter().enumerate() {
            for sender in [Side::Client, Side::Server] {
                let messages = Messages::new(seed as u64, sender, &[length; 40]);
                on_every_path(&messages, sender, 1..=40);
            }
        }
    }

    #[test]
    fn every_path_seals_every_length_as_one_by_one() {
        let lengths = (0..3 << 10).step_by(16).chain([16 << 10, (64 << 10) + 16]);
        for (seed, length) in lengths.enumerate() {
            let sender = if seed % 2 == 0 { Side::Server } else { Side::Client };
            // A full turn, a rest, and nothing but a rest, in turns.
            let count = [16, 19, 5][seed % 3];
            on_every_path(&Messages::new(seed as u64, sender, &vec![length; count]), sender, [count].into_iter());
        }
    }

    #[test]
    fn a_batch_may_mix_lengths() {
        let mut lengths = vec![352; 18];
        lengths.extend([0, 16, 352, 48, 48, 4096, 352, 352, 352, 32]);
        lengths.extend([64; 9]);
        for sender in [Side::Client, Side::Server] {
            on_every_path(&Messages::new(7, sender, &lengths), sender, [lengths.len()].into_iter());
        }
    }

    #[test]
    fn a_post_for_many_seals_as_any_other_message() {
        // Own heads and paddings around one body.
        for length in [352, 1408] {
            let mut messages = Messages::new(length as u64, Side::Server, &[length; 20]);
            let body = messages.plains[0][32..length - 20].to_vec();
            for ((key, plain), packet) in messages.keys.iter().zip(&mut messages.plains).zip(&mut messages.packets) {
                plain[32..length - 20].copy_from_slice(&body);
                packet.clear();
                seal(key, Side::Server, &mut plain.clone(), packet);
            }
            on_every_path(&messages, Side::Server, [9, 16, 20].into_iter());
        }
    }

    #[test]
    fn nothing_is_sealed_of_an_empty_batch() {
        seal_batch(Side::Server, &mut []);
    }

    #[test]
    #[should_panic(expected = "length")]
    fn part_of_a_block_is_a_bug() {
        let messages = Messages::new(1, Side::Server, &[16, 16]);
        let [mut one, mut two] = [vec![0; 24], vec![0; 24]];
        let lane = |key, plain| Lane { key, plain, message_key: [0; 16] };
        seal_batch(Side::Server, &mut [lane(&messages.keys[0], &mut one[..]), lane(&messages.keys[1], &mut two[..])]);
    }
}
