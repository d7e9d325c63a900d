//! The server's RSA key: made, kept as PEM, and used to open what clients encrypt to it, in the present
//! padding and the older one. Source: core.telegram.org/mtproto/auth_key.

mod key;
mod padding;

pub use key::{PublicKey, ServerKey};
pub use padding::{InnerData, Padding};

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

    /// Source: Telegram's production key, whose fingerprint its clients are known to send.
    #[test]
    fn the_fingerprint_of_a_published_key_is_the_published_one() {
        let pem = "-----BEGIN RSA PUBLIC KEY-----\n\
            MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g\n\
            5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO\n\
            62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/\n\
            +aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9\n\
            t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs\n\
            5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB\n\
            -----END RSA PUBLIC KEY-----";
        assert_eq!(PublicKey::from_pem(pem).unwrap().fingerprint() as u64, 0xD09D_1D85_DE64_FD85);
    }

    #[test]
    fn a_key_reads_from_each_of_its_forms_and_from_no_part_of_one() {
        let key = ServerKey::generate().unwrap();
        let pkcs1 = key.to_der();
        let length = |it: usize| u16::try_from(it).unwrap().to_be_bytes();
        // PrivateKeyInfo: version 0, rsaEncryption, the PKCS#1 key as an octet string (RFC 5208).
        let body = [
            &[0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05][..],
            &[0x00, 0x04, 0x82],
            &length(pkcs1.len()),
            &pkcs1,
        ]
        .concat();
        let pkcs8 = [&[0x30, 0x82][..], &length(body.len()), &body].concat();
        for der in [&pkcs1[..], &pkcs8] {
            assert_eq!(ServerKey::from_der(der).unwrap().fingerprint(), key.fingerprint());
            assert!(matches!(ServerKey::from_der(&der[..der.len() - 1]), Err(Error::Key)));
            assert!(matches!(ServerKey::from_der(&[der, &[0]].concat()), Err(Error::Key)));
        }
        assert!(matches!(ServerKey::from_der(&[]), Err(Error::Key)));
    }

    #[test]
    fn a_key_with_another_exponent_is_an_error_and_not_a_panic() {
        // 2048 bits, exponent 3, made for this test alone.
        let der = include_bytes!("rsa/exponent3.der");
        assert!(matches!(ServerKey::from_der(der), Err(Error::Key)));
    }

    #[test]
    fn the_padding_that_a_client_used_is_told() {
        let key = ServerKey::generate().unwrap();
        let public = key.public();
        let new = key.open_inner(&public.encrypt_rsa_pad(&[5; 100], &mut rng())).unwrap();
        assert_eq!((new.padding, new.data.len(), &new.data[..100]), (Padding::RsaPad, 192, &[5; 100][..]));
        let old = key.open_inner(&public.encrypt_sha1(&[5; 100], &mut rng())).unwrap();
        assert_eq!((old.padding, &old.data[..]), (Padding::Sha1, &[5; 100][..]));
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
