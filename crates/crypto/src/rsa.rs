//! The server's RSA key: made, kept as PEM, and used to open what clients encrypt to it, in the present
//! padding and the older one. Source: core.telegram.org/mtproto/auth_key.

mod key;
mod padding;

pub use key::{PublicKey, ServerKey};

/// Bytes of the modulus, and of everything encrypted to it.
pub const SIZE: usize = 256;

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;
    use crate::Error;

    fn rng() -> rand_chacha::ChaCha12Rng {
        rand_chacha::ChaCha12Rng::seed_from_u64(7)
    }

    #[test]
    fn a_key_survives_its_pem_and_shows_the_same_fingerprint() {
        let key = ServerKey::generate().unwrap();
        let again = ServerKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(again.public_pem(), key.public_pem());
        assert_eq!(key.public_pem().trim_end().len(), 425, "the length that fits in place of TDLib's own keys");
        let public = PublicKey::from_pem(&key.public_pem()).unwrap();
        assert_eq!(public.fingerprint(), key.fingerprint());
    }

    #[test]
    fn both_paddings_open() {
        let key = ServerKey::generate().unwrap();
        let public = PublicKey::from_pem(&key.public_pem()).unwrap();
        let data: Vec<u8> = (0..96).collect();
        for _ in 0..4 {
            let opened = key.decrypt_inner(&public.encrypt_rsa_pad(&data, &mut rng())).unwrap();
            assert_eq!(opened[..96], data);
            let opened = key.decrypt_inner(&public.encrypt_sha1(&data, &mut rng())).unwrap();
            assert_eq!(opened, data);
        }
    }

    #[test]
    fn noise_and_other_keys_are_refused() {
        let (key, other) = (ServerKey::generate().unwrap(), ServerKey::generate().unwrap());
        let public = PublicKey::from_pem(&other.public_pem()).unwrap();
        assert_eq!(key.decrypt_inner(&public.encrypt_rsa_pad(&[1; 40], &mut rng())), Err(Error::Padding));
        let mut noise = [0; SIZE];
        rng().fill_bytes(&mut noise);
        assert_eq!(key.decrypt_inner(&noise), Err(Error::Padding));
        assert_eq!(key.decrypt_inner(&[0xff; SIZE]), Err(Error::Padding));
        assert!(ServerKey::from_pem("no key").is_err());
        assert!(PublicKey::from_pem("-----BEGIN RSA PUBLIC KEY-----\nMA==\n-----END RSA PUBLIC KEY-----").is_err());
    }
}
