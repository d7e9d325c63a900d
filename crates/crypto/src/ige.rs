//! AES-256-IGE, in place. A chain: each block needs the one before, so one message runs at the latency
//! of the AES rounds; the fast path keeps everything else off that chain.

#[cfg(target_arch = "x86_64")]
mod aesni;
pub(crate) mod lanes;

use aes::{
    Aes256, Block,
    cipher::{BlockDecrypt, BlockEncrypt, KeyInit},
};

/// Bytes of a block.
pub const BLOCK: usize = 16;

/// Encrypts whole blocks in place. Panics if the length is not a multiple of [`BLOCK`]: a bug of ours.
pub fn encrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    assert_eq!(data.len() % BLOCK, 0, "IGE works on whole blocks");
    #[cfg(target_arch = "x86_64")]
    if aesni::available() {
        return aesni::encrypt(key, iv, data);
    }
    portable_encrypt(key, iv, data);
}

/// Decrypts whole blocks in place. Panics if the length is not a multiple of [`BLOCK`]: a bug of ours.
pub fn decrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    assert_eq!(data.len() % BLOCK, 0, "IGE works on whole blocks");
    #[cfg(target_arch = "x86_64")]
    if aesni::available() {
        return aesni::decrypt(key, iv, data);
    }
    portable_decrypt(key, iv, data);
}

fn portable_encrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    let aes = Aes256::new(key.into());
    let (mut cipher, mut plain) = halves(iv);
    for block in data.as_chunks_mut::<BLOCK>().0 {
        let saved = *block;
        let mut state = Block::from(xor(&saved, &cipher));
        aes.encrypt_block(&mut state);
        cipher = xor(&state.into(), &plain);
        plain = saved;
        *block = cipher;
    }
}

fn portable_decrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    let aes = Aes256::new(key.into());
    let (mut cipher, mut plain) = halves(iv);
    for block in data.as_chunks_mut::<BLOCK>().0 {
        let saved = *block;
        let mut state = Block::from(xor(&saved, &plain));
        aes.decrypt_block(&mut state);
        plain = xor(&state.into(), &cipher);
        cipher = saved;
        *block = plain;
    }
}

/// The IV's halves: what stands in for the ciphertext and the plaintext before the first block.
fn halves(iv: &[u8; 32]) -> ([u8; BLOCK], [u8; BLOCK]) {
    let (cipher, plain) = iv.split_at(BLOCK);
    (cipher.try_into().expect("half of 32"), plain.try_into().expect("half of 32"))
}

fn xor(one: &[u8; BLOCK], other: &[u8; BLOCK]) -> [u8; BLOCK] {
    (u128::from_ne_bytes(*one) ^ u128::from_ne_bytes(*other)).to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;
    use crate::hash::tests::hex;

    /// Computed from the definition with an independent AES in Python.
    #[test]
    fn three_blocks_are_those_of_another_implementation() {
        let (key, iv) = (std::array::from_fn(|i| i as u8), std::array::from_fn(|i| i as u8 + 32));
        let mut data: [u8; 48] = std::array::from_fn(|i| i as u8 + 64);
        encrypt(&key, &iv, &mut data);
        assert_eq!(
            hex(&data),
            "b6b23cb46d2f43de2c67fc9a3a9e35104fad6ed15177969c\
             1cebc616bcfa482cb220e4d159bedfd570df191a805e9d9d"
        );
    }

    #[test]
    fn every_path_makes_the_same_bytes_at_every_size() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for blocks in (0..70).chain([1024, 4097]) {
            let (mut key, mut iv) = ([0; 32], [0; 32]);
            rng.fill_bytes(&mut key);
            rng.fill_bytes(&mut iv);
            let mut plain = vec![0; blocks * BLOCK];
            rng.fill_bytes(&mut plain);
            let (mut fast, mut slow) = (plain.clone(), plain.clone());
            encrypt(&key, &iv, &mut fast);
            portable_encrypt(&key, &iv, &mut slow);
            assert_eq!(fast, slow, "{blocks} blocks");
            decrypt(&key, &iv, &mut fast);
            portable_decrypt(&key, &iv, &mut slow);
            assert_eq!(fast, plain);
            assert_eq!(slow, plain);
        }
    }
}
