//! The proof of work of a key exchange: the server multiplies two primes, the client factors the product.
//! Source: core.telegram.org/mtproto/auth_key, "pq".

use rand::RngCore;

/// The primes' range: both below 2^31, so the product stays below 2^63, as old clients demand.
const LOW: u32 = 1 << 30;
const HIGH: u32 = 1 << 31;

/// A product with its factors, the smaller first.
pub fn make(rng: &mut impl RngCore) -> (u64, u32, u32) {
    loop {
        let (one, other) = (prime(rng), prime(rng));
        if one != other {
            let (p, q) = (one.min(other), one.max(other));
            return (u64::from(p) * u64::from(q), p, q);
        }
    }
}

fn prime(rng: &mut impl RngCore) -> u32 {
    let mut it = (LOW + rng.next_u32() % (HIGH - LOW)) | 1;
    while !is_prime(it) {
        it = if it + 2 < HIGH { it + 2 } else { LOW + 1 };
    }
    it
}

/// Miller-Rabin with the bases that decide every 32-bit number.
fn is_prime(n: u32) -> bool {
    const BASES: [u64; 3] = [2, 7, 61];
    if n < 2 || n.is_multiple_of(2) {
        return n == 2;
    }
    let (m, less) = (u64::from(n), u64::from(n) - 1);
    let (twos, odd) = (less.trailing_zeros(), less >> less.trailing_zeros());
    BASES.iter().filter(|base| **base % m != 0).all(|base| {
        let first = power(*base, odd, m);
        let mut squares = std::iter::successors(Some(first), |x| Some(x * x % m)).take(twos as usize);
        first == 1 || squares.any(|x| x == less)
    })
}

fn power(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut out = 1;
    base %= modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            out = out * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    out
}

/// Steps of one walk before another is tried. A factor below 2^32 shows after about 2^16; the bound keeps
/// a hostile number (it comes from the wire) from holding the caller.
const STEPS_MAX: u32 = 1 << 18;

/// Walks before a number is given up.
const WALKS_MAX: u64 = 8;

/// The factors of a product of two primes below 2^32, the smaller first; `None` for anything else.
/// Pollard's rho.
pub fn factorize(pq: u64) -> Option<(u32, u32)> {
    let root = pq.isqrt();
    if root * root == pq {
        return u32::try_from(root).ok().filter(|it| is_prime(*it)).map(|it| (it, it));
    }
    let (p, q) = divide(pq)?;
    (is_prime(p) && is_prime(q)).then_some((p.min(q), p.max(q)))
}

fn divide(pq: u64) -> Option<(u32, u32)> {
    if pq.is_multiple_of(2) {
        return Some((2, u32::try_from(pq / 2).ok()?));
    }
    let multiply = |a: u64, b: u64| (u128::from(a) * u128::from(b) % u128::from(pq)) as u64;
    for increment in 1..=WALKS_MAX {
        let step = |x: u64| ((u128::from(multiply(x, x)) + u128::from(increment)) % u128::from(pq)) as u64;
        let (mut slow, mut fast) = (2, 2);
        for _ in 0..STEPS_MAX {
            slow = step(slow);
            fast = step(step(fast));
            match common_divisor(slow.abs_diff(fast), pq) {
                1 => {}
                divisor if divisor == pq => break,
                divisor => {
                    let (p, q) = (u32::try_from(divisor).ok()?, u32::try_from(pq / divisor).ok()?);
                    return Some((p, q));
                }
            }
        }
    }
    None
}

fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while a != 0 {
        (a, b) = (b % a, a);
    }
    b
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn what_is_made_can_be_factored() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        for _ in 0..20 {
            let (pq, p, q) = make(&mut rng);
            assert!(pq < 1 << 63 && p < q);
            assert_eq!(factorize(pq), Some((p, q)));
        }
    }

    #[test]
    fn the_documented_example_factors() {
        assert_eq!(factorize(0x17ED_48941A08F981), Some((0x494C_553B, 0x5391_1073)));
    }

    #[test]
    fn numbers_without_two_prime_factors_are_refused_in_bounded_time() {
        // Nothing, units, primes of 32 and 61 bits, three factors, a factor of 33 bits.
        for pq in [0, 1, 2, 3, 2_147_483_647, (1 << 61) - 1, 3 * 5 * 7, 8, 3 * 8_589_934_609] {
            assert_eq!(factorize(pq), None, "{pq}");
        }
    }

    #[test]
    fn small_and_large_products_factor() {
        for (p, q) in [(2, 2), (2, 3), (3, 3), (3, 5), (2, 4_294_967_291), (4_294_967_279, 4_294_967_291)] {
            assert_eq!(factorize(u64::from(p) * u64::from(q)), Some((p, q)));
        }
    }

    #[test]
    fn primes_are_told_from_composites() {
        assert!([2, 3, 61, 2_147_483_647].into_iter().all(is_prime));
        assert!(![1, 9, 4_294_967_295, 3_215_031_751].into_iter().any(is_prime));
    }
}
