//! Batches of messages: on every path of this machine the bytes are those of sealing one by one.

use crypto::{
    AuthKey,
    message::{Lane, Path, Side, seal, seal_batch, seal_batch_on},
};

/// Messages of a batch: two full turns and a rest.
const LANES_MAX: usize = 40;

/// One input: a byte for how many messages, then a byte of length in blocks for each, and what is left is
/// what they say, over and over.
pub fn run(data: &[u8]) {
    let Some((count, rest)) = data.split_first() else { return };
    let count = usize::from(*count) % (LANES_MAX + 1);
    let Some((lengths, text)) = rest.split_at_checked(count) else { return };
    let sender = if data.len().is_multiple_of(2) { Side::Client } else { Side::Server };
    let mut text = [text, &[0]].concat().into_iter().cycle();
    let mut bytes = |length: usize| text.by_ref().take(length).collect::<Vec<u8>>();
    let keys: Vec<AuthKey> = (0..count).map(|_| AuthKey::new(std::array::from_fn(|_| bytes(1)[0]))).collect();
    let plains: Vec<Vec<u8>> = lengths.iter().map(|blocks| bytes(usize::from(*blocks) * 16)).collect();
    let packets: Vec<Vec<u8>> = keys.iter().zip(&plains).map(|(key, plain)| one(key, sender, plain)).collect();
    for path in Path::all().map(Some).chain([None]) {
        let mut work = plains.clone();
        let lanes = keys.iter().zip(&mut work);
        let mut lanes: Vec<_> = lanes.map(|(key, plain)| Lane { key, plain, message_key: [0; 16] }).collect();
        match path {
            Some(path) => seal_batch_on(path, sender, &mut lanes),
            None => seal_batch(sender, &mut lanes),
        }
        for (lane, packet) in lanes.iter().zip(&packets) {
            let sealed = [&lane.key.id().to_le_bytes()[..], &lane.message_key, lane.plain].concat();
            assert_eq!(sealed, *packet, "{path:?}");
        }
    }
}

fn one(key: &AuthKey, sender: Side, plain: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    seal(key, sender, &mut plain.to_vec(), &mut packet);
    packet
}

/// Full turns, rests, mixed lengths, and bodies that are the same in all lanes.
pub fn seeds() -> Vec<Vec<u8>> {
    let batch = |lengths: &[u8], text: &[u8]| [&[lengths.len() as u8], lengths, text].concat();
    vec![
        batch(&[22; 16], b"a post for many"),
        batch(&[22; 16], &[7]),
        batch(&[22; 19], &(0..251).collect::<Vec<u8>>()),
        batch(&[0, 1, 1, 2, 2, 2, 3, 255, 255], b"of all lengths"),
        batch(&[5; 40], &(0..=255).collect::<Vec<u8>>()),
        batch(&[], &[]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_batches_are_sealed_the_same_on_every_path() {
        mutations(&seeds(), 91, 300, run);
    }
}
