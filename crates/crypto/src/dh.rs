//! Diffie-Hellman over Telegram's 2048-bit prime.
//! Source: core.telegram.org/mtproto/auth_key, "known prime"; some clients accept no other.

use std::{ops::Deref, sync::LazyLock};

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::bignum::{Modulus, Number, SIZE};

/// The generator.
pub const G: u32 = 3;

/// The prime, big-endian.
pub const PRIME: [u8; SIZE] = *include_bytes!("dh/prime.bin");

/// The prime, prepared.
pub(crate) static MODULUS: LazyLock<Modulus> = LazyLock::new(|| Modulus::new(&PRIME));

/// A secret exponent, cleared when dropped. It is passed where 256 bytes are asked for.
pub struct Exponent(Zeroizing<[u8; SIZE]>);

impl Exponent {
    /// Draws one.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; SIZE]);
        rng.fill_bytes(&mut *bytes);
        Self(bytes)
    }
}

impl Deref for Exponent {
    type Target = [u8; SIZE];

    fn deref(&self) -> &[u8; SIZE] {
        &self.0
    }
}

impl std::fmt::Debug for Exponent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exponent")
    }
}

/// `base ^ exponent` modulo the prime; a millisecond and a half, so never on a thread that serves sockets.
pub fn power(base: &[u8], exponent: &[u8; SIZE]) -> [u8; SIZE] {
    MODULUS.power(&Number::from_bytes(base), &Number::from_bytes(exponent)).to_bytes()
}

/// `G ^ exponent` modulo the prime.
pub fn power_g(exponent: &[u8; SIZE]) -> [u8; SIZE] {
    power(&G.to_be_bytes(), exponent)
}

/// `G ^ exponent` and `base ^ other` together, which costs little more than one where the CPU can.
pub fn power_g_and(exponent: &[u8; SIZE], base: &[u8], other: &[u8; SIZE]) -> ([u8; SIZE], [u8; SIZE]) {
    let g = Number::from_bytes(&G.to_be_bytes());
    let (exponent, base, other) = (Number::from_bytes(exponent), Number::from_bytes(base), Number::from_bytes(other));
    let (one, two) = MODULUS.power_pair((&g, &exponent), (&base, &other));
    (one.to_bytes(), two.to_bytes())
}

/// Whether a public value lies between 2^(2048-64) and the prime less that, as both sides must check.
/// Source: core.telegram.org/mtproto/security_guidelines, "g_a and g_b validation".
pub fn is_safe_public(value: &[u8; SIZE]) -> bool {
    // At least 2^1984: something in the first eight bytes. At most prime - 2^1984: the same of the difference.
    let difference = MODULUS.subtract(&Number::from_bytes(&PRIME_LESS_ONE), &Number::from_bytes(value)).to_bytes();
    *value < PRIME && value[..8] != [0; 8] && difference[..8] != [0; 8]
}

const PRIME_LESS_ONE: [u8; SIZE] = {
    let mut it = PRIME;
    it[SIZE - 1] -= 1;
    it
};

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::hash::{sha256, tests::hex};

    fn number(low: u8) -> [u8; SIZE] {
        let mut it = [0; SIZE];
        it[SIZE - 1] = low;
        it
    }

    #[test]
    fn both_sides_reach_the_same_secret() {
        let (a, b) = (std::array::from_fn(|i| i as u8), std::array::from_fn(|i| (i * 3) as u8 | 1));
        let (to_b, to_a) = (power_g(&a), power_g(&b));
        assert_eq!(power(&to_a, &a), power(&to_b, &b));
        assert_eq!(power_g_and(&a, &to_a, &a), (to_b, power(&to_a, &a)));
        assert!(is_safe_public(&to_a));
    }

    /// Computed with Python's integers; the prime itself by the hash of the documented one.
    #[test]
    fn a_known_power_of_the_known_prime_is_known() {
        assert_eq!(hex(&sha256(&[&PRIME])), "02f85e7687fc6f33ba678226a963b3c8a191b47c890cf30debe17c1d623b5af1");
        let power = power_g(&std::array::from_fn(|i| (i * 3) as u8 | 1));
        assert_eq!(hex(&sha256(&[&power])), "e942d91dd5eb2fed28f33f2268961cc334fff34c126b544260a1d7c1e9c7356c");
    }

    #[test]
    fn drawn_exponents_agree_and_show_nothing() {
        let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(5);
        let (a, b) = (Exponent::draw(&mut rng), Exponent::draw(&mut rng));
        assert_eq!(power(&power_g(&b), &a), power(&power_g(&a), &b));
        assert_eq!(format!("{a:?}"), "Exponent");
    }

    #[test]
    fn small_powers_are_plain_arithmetic() {
        assert_eq!(power_g(&number(4)), number(81));
    }

    #[test]
    fn values_at_the_edges_are_refused() {
        assert!(!is_safe_public(&number(1)));
        assert!(!is_safe_public(&PRIME));
        assert!(!is_safe_public(&PRIME_LESS_ONE));
        assert!(!is_safe_public(&[0xff; SIZE]));
        let mut edge = [0; SIZE];
        edge[8] = 0xff;
        assert!(!is_safe_public(&edge));
        edge[7] = 1;
        assert!(is_safe_public(&edge));
    }
}
