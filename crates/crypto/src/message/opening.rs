//! Many messages at once that others sealed, each under a key of its own.

use super::{
    HEAD, Path, Side,
    batch::{for_each_run, message_keys},
    decrypt,
    path::Way,
    split,
};
#[cfg(target_arch = "x86_64")]
use super::{
    batch::{heads, middle},
    both,
};
use crate::{
    AuthKey, Error, LANES, STRETCH, hash,
    kdf::{self, KeyIv},
};

/// One message of a batch.
pub struct Sealed<'a> {
    /// The key it should open with.
    pub key: &'a AuthKey,
    /// The packet; once it is open its inner data stand behind [`HEAD`], and zeros where it does not open.
    pub packet: &'a mut [u8],
    /// Written: whether it opened.
    pub opened: Result<(), Error>,
}

impl<'a> Sealed<'a> {
    /// A packet to be opened.
    pub fn new(key: &'a AuthKey, packet: &'a mut [u8]) -> Self {
        let opened = split(packet).map(drop);
        Self { key, packet, opened }
    }
}

/// As [`open_in_place`](super::open_in_place) for each packet. Neighbours of equal length go together, so callers put
/// equal lengths side by side.
pub fn open_batch(sender: Side, packets: &mut [Sealed<'_>]) {
    open_batch_and_pause(sender, packets, &|| {});
}

/// The same, calling `pause` every few dozen microseconds where packets are long: the thread may let others have the
/// core.
pub fn open_batch_and_pause(sender: Side, packets: &mut [Sealed<'_>], pause: &dyn Fn()) {
    for_each_run(packets, length, |run| match run {
        [one] if one.opened.is_ok() && one.packet.len() <= STRETCH => {
            let (message_key, data) = parts(one.packet);
            one.opened = decrypt(one.key, sender, &message_key, data);
            clear(one);
        }
        run if length(&run[0]) <= STRETCH => open_lanes(Path::for_count(run.len()), sender, run, pause),
        run => open_long(sender, run, pause),
    });
}

/// As [`open_batch`] on a path of the caller's choice, for tests and benches.
pub fn open_batch_on(path: Path, sender: Side, packets: &mut [Sealed<'_>]) {
    for_each_run(packets, length, |run| open_lanes(path, sender, run, &|| {}));
}

fn length(it: &Sealed<'_>) -> usize {
    it.packet.len()
}

/// A packet of a length that [`split`] has passed.
fn parts(packet: &mut [u8]) -> ([u8; 16], &mut [u8]) {
    let (head, data) = packet.split_at_mut(HEAD);
    (head[8..].try_into().expect("sixteen of twenty-four bytes"), data)
}

/// What did not prove to be whole is nobody's to see.
fn clear(it: &mut Sealed<'_>) {
    if it.opened.is_err()
        && let Some(data) = it.packet.get_mut(HEAD..)
    {
        data.fill(0);
    }
}

/// Long packets of one length.
fn open_long(sender: Side, packets: &mut [Sealed<'_>], pause: &dyn Fn()) {
    let path = Path::for_long(packets.len());
    #[cfg(target_arch = "x86_64")]
    if let Some(both) = both::Both::detect() {
        for packets in packets.chunks_mut(both::MOST) {
            open_by(path, sender, packets, |keys, ciphers, data| {
                let mut got = [[0; 16]; LANES];
                let digests = both.open(ciphers, &heads(sender.x(), keys)[..keys.len()], data, pause);
                got.iter_mut().zip(&digests).for_each(|(got, digest)| *got = middle(digest));
                got
            });
        }
        return;
    }
    open_lanes(path, sender, packets, pause);
}

/// Packets of one length: decrypted, then hashed.
fn open_lanes(path: Path, sender: Side, packets: &mut [Sealed<'_>], pause: &dyn Fn()) {
    open_by(path, sender, packets, |keys, ciphers, data| {
        path.run(Way::Decrypt, ciphers, data, pause);
        let mut plains: [&[u8]; LANES] = [&[]; LANES];
        plains.iter_mut().zip(data.iter()).for_each(|(plain, it)| *plain = it);
        message_keys(path, sender.x(), keys, &plains[..keys.len()], pause)
    });
}

/// Packets of one length: `decrypt` does so in place, and gives the message keys that they should have come with.
fn open_by(
    path: Path,
    sender: Side,
    packets: &mut [Sealed<'_>],
    decrypt: impl FnOnce(&[&AuthKey], &mut [KeyIv], &mut [&mut [u8]]) -> [[u8; 16]; LANES],
) {
    if packets[0].opened.is_err() {
        return packets.iter_mut().for_each(clear);
    }
    let (count, x) = (packets.len(), sender.x());
    let mut keys = [packets[0].key; LANES];
    let mut wanted = [[0; 16]; LANES];
    for ((key, wanted), it) in keys.iter_mut().zip(&mut wanted).zip(packets.iter_mut()) {
        (*key, *wanted) = (it.key, parts(it.packet).0);
    }
    let mut ciphers = kdf::message_v2_lanes(path.hashes, &keys[..count], &wanted[..count], x);
    let mut each = packets.iter_mut();
    let mut data: [&mut [u8]; LANES] =
        std::array::from_fn(|_| each.next().map_or(&mut [][..], |it| parts(it.packet).1));
    let got = decrypt(&keys[..count], &mut ciphers[..count], &mut data[..count]);
    for ((it, got), wanted) in packets.iter_mut().zip(&got).zip(&wanted) {
        it.opened = if hash::equal(got, wanted) { Ok(()) } else { Err(Error::MessageKey) };
        clear(it);
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;
    use crate::message::seal;

    /// Packets of some lengths, what is in them, and their keys.
    fn packets(seed: u64, sender: Side, lengths: &[usize]) -> Vec<(AuthKey, Vec<u8>, Vec<u8>)> {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let one = |length: &usize| {
            let (mut key, mut plain, mut packet) = ([0; 256], vec![0; *length], Vec::new());
            rng.fill_bytes(&mut key);
            rng.fill_bytes(&mut plain);
            let key = AuthKey::new(key);
            seal(&key, sender, &mut plain.clone(), &mut packet);
            (key, plain, packet)
        };
        lengths.iter().map(one).collect()
    }

    fn paths() -> impl Iterator<Item = Option<Path>> {
        Path::all().map(Some).chain([None])
    }

    fn open(path: Option<Path>, sender: Side, packets: &mut [Sealed<'_>]) {
        match path {
            Some(path) => open_batch_on(path, sender, packets),
            None => open_batch(sender, packets),
        }
    }

    #[test]
    fn every_path_opens_every_number_of_packets_of_many_lengths() {
        for (seed, length) in [16, 48, 320, 368, 4096, (64 << 10) + 16].into_iter().enumerate() {
            let sender = if seed % 2 == 0 { Side::Client } else { Side::Server };
            let all = packets(seed as u64, sender, &[length; 20]);
            for path in paths() {
                for count in [1, 2, 3, 5, 8, 16, 20] {
                    let mut bytes: Vec<Vec<u8>> = all[..count].iter().map(|it| it.2.clone()).collect();
                    let mut batch: Vec<_> =
                        all.iter().zip(&mut bytes).map(|(it, packet)| Sealed::new(&it.0, packet)).collect();
                    open(path, sender, &mut batch);
                    for (it, (_, plain, _)) in batch.iter().zip(&all) {
                        assert_eq!(it.opened, Ok(()), "{path:?}, {count} of {length} bytes");
                        assert!(it.packet[HEAD..] == plain[..], "{path:?}, {count} of {length} bytes");
                    }
                }
            }
        }
    }

    #[test]
    fn a_changed_packet_among_others_is_told_and_cleared_and_lengths_may_mix() {
        let lengths = [48, 48, 48, 320, 320, 64];
        let all = packets(1, Side::Client, &lengths);
        for path in paths() {
            for wrong in 0..all.len() {
                let mut bytes: Vec<Vec<u8>> = all.iter().map(|it| it.2.clone()).collect();
                bytes[wrong][HEAD + 20] ^= 1;
                bytes.extend([vec![1; HEAD], vec![1; HEAD], vec![1; 30], vec![], vec![2; 7]]);
                let keys = all.iter().chain(std::iter::repeat(&all[0])).map(|it| &it.0);
                let mut batch: Vec<_> = keys.zip(&mut bytes).map(|(key, packet)| Sealed::new(key, packet)).collect();
                open(path, Side::Client, &mut batch);
                for (at, it) in batch.iter().enumerate() {
                    if at == wrong {
                        assert_eq!(it.opened, Err(Error::MessageKey), "{path:?}");
                        assert!(it.packet[HEAD..].iter().all(|it| *it == 0));
                    } else if let Some((_, plain, _)) = all.get(at) {
                        assert_eq!(it.opened, Ok(()), "{path:?}");
                        assert_eq!(it.packet[HEAD..], plain[..]);
                    } else {
                        assert!(matches!(it.opened, Err(Error::Length { .. })), "{path:?}");
                    }
                }
            }
        }
    }
}
