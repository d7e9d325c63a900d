//! Two-step verification: both sides of SRP as Telegram uses it.
//! Source: core.telegram.org/api/srp.

use zeroize::Zeroizing;

use crate::{
    Error,
    bignum::{Number, multiply_add},
    dh::{G, MODULUS, PRIME, is_safe_public},
    hash::{equal, pbkdf2_sha512, sha256},
};

/// Rounds of PBKDF2.
const ROUNDS: u32 = 100_000;

/// Bytes of a value modulo the prime.
pub const SIZE: usize = 256;

/// The salts of a password, as the server hands them out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salts {
    /// `salt1`.
    pub client: Vec<u8>,
    /// `salt2`.
    pub server: Vec<u8>,
}

/// What the server keeps of a challenge: its secret exponent and public value.
pub struct Challenge {
    /// `b`.
    pub secret: Zeroizing<[u8; SIZE]>,
    /// `B`, sent as `srp_B`.
    pub public: [u8; SIZE],
}

/// A client's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `A`.
    pub public: [u8; SIZE],
    /// `M1`.
    pub proof: [u8; 32],
}

/// Makes a challenge from the verifier and 256 random bytes.
pub fn challenge(verifier: &[u8; SIZE], secret: Zeroizing<[u8; SIZE]>) -> Challenge {
    let k = Number::from_bytes(&multiplier());
    let kv = MODULUS.multiply(&k, &Number::from_bytes(verifier));
    let gb = MODULUS.power(&generator(), &Number::from_bytes(&*secret));
    Challenge { public: MODULUS.add(&kv, &gb).to_bytes(), secret }
}

/// Whether an answer proves the password behind the verifier.
pub fn verify(verifier: &[u8; SIZE], salts: &Salts, challenge: &Challenge, answer: &Answer) -> Result<bool, Error> {
    if !is_safe_public(&answer.public) {
        return Err(Error::Range);
    }
    let a = Number::from_bytes(&answer.public);
    let u = Number::from_bytes(&sha256(&[&answer.public, &challenge.public]));
    let vu = MODULUS.power(&Number::from_bytes(verifier), &u);
    let shared = MODULUS.power(&MODULUS.multiply(&a, &vu), &Number::from_bytes(&*challenge.secret)).to_bytes();
    let key = sha256(&[&shared]);
    Ok(equal(&proof(salts, &answer.public, &challenge.public, &key), &answer.proof))
}

/// The verifier of a password: what a client sends as `new_password_hash`.
pub fn verifier(salts: &Salts, password: &[u8]) -> [u8; SIZE] {
    MODULUS.power(&generator(), &Number::from_bytes(&*password_hash(salts, password))).to_bytes()
}

/// The client's side: the answer to a challenge, from 256 random bytes.
pub fn answer(salts: &Salts, password: &[u8], server_public: &[u8; SIZE], secret: &[u8; SIZE]) -> Answer {
    let x = Number::from_bytes(&*password_hash(salts, password));
    let a = Number::from_bytes(secret);
    let public = MODULUS.power(&generator(), &a).to_bytes();
    let u = Number::from_bytes(&sha256(&[&public, server_public]));
    let kv = MODULUS.multiply(&Number::from_bytes(&multiplier()), &MODULUS.power(&generator(), &x));
    let base = MODULUS.subtract(&Number::from_bytes(server_public), &kv);
    let key = sha256(&[&MODULUS.power(&base, &multiply_add(&u, &x, &a)).to_bytes()]);
    Answer { proof: proof(salts, &public, server_public, &key), public }
}

fn proof(salts: &Salts, a: &[u8; SIZE], b: &[u8; SIZE], key: &[u8; 32]) -> [u8; 32] {
    let (prime, generator) = (sha256(&[&PRIME]), sha256(&[&padded_generator()]));
    let mixed: [u8; 32] = std::array::from_fn(|i| prime[i] ^ generator[i]);
    sha256(&[&mixed, &sha256(&[&salts.client]), &sha256(&[&salts.server]), a, b, key])
}

/// `PH2(password)`, the exponent `x`.
fn password_hash(salts: &Salts, password: &[u8]) -> Zeroizing<[u8; 32]> {
    let once = Zeroizing::new(salted(&salts.client, password));
    let twice = Zeroizing::new(salted(&salts.server, &*once));
    let stretched = Zeroizing::new(pbkdf2_sha512(&*twice, &salts.client, ROUNDS));
    Zeroizing::new(salted(&salts.server, &*stretched))
}

fn salted(salt: &[u8], data: &[u8]) -> [u8; 32] {
    sha256(&[salt, data, salt])
}

fn multiplier() -> [u8; 32] {
    sha256(&[&PRIME, &padded_generator()])
}

fn padded_generator() -> [u8; SIZE] {
    let mut it = [0; SIZE];
    it[SIZE - 4..].copy_from_slice(&G.to_be_bytes());
    it
}

fn generator() -> Number {
    Number::from_bytes(&G.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tests::hex;

    fn salts() -> Salts {
        Salts { client: vec![1; 40], server: vec![2; 16] }
    }

    #[test]
    fn only_the_right_password_answers() {
        let verifier = verifier(&salts(), b"correct horse");
        let challenge = challenge(&verifier, Zeroizing::new([0x5a; SIZE]));
        let right = answer(&salts(), b"correct horse", &challenge.public, &[0x77; SIZE]);
        // Computed with Python's hashlib and integers from the document's formulas.
        assert_eq!(hex(&sha256(&[&verifier])), "8565697ec984f95985b32ffaee5fea33d45b678cc54accc46a63c57c40db3c1d");
        assert_eq!(
            hex(&sha256(&[&challenge.public])),
            "8d42d6e934512245b8ae17c247417bb4498b0ab39ec376623e73d361c9a125c2"
        );
        assert_eq!(hex(&right.proof), "ea9143a76ab82088db3968c2e390fdb1a50592b97e58831eb5f68384afd04ccd");
        assert_eq!(verify(&verifier, &salts(), &challenge, &right), Ok(true));
        let wrong = answer(&salts(), b"battery staple", &challenge.public, &[0x77; SIZE]);
        assert_eq!(verify(&verifier, &salts(), &challenge, &wrong), Ok(false));
    }

    #[test]
    fn public_values_that_would_fix_the_key_are_refused() {
        let verifier = verifier(&salts(), b"x");
        let challenge = challenge(&verifier, Zeroizing::new([1; SIZE]));
        for public in [[0; SIZE], PRIME] {
            let answer = Answer { public, proof: [0; 32] };
            assert_eq!(verify(&verifier, &salts(), &challenge, &answer), Err(Error::Range));
        }
    }
}
