//! Secrets derived from a root, and keyed hashes for names, access hashes and search tokens.

use crypto::hash::hmac_sha256;

/// A secret for one purpose, from the root of all. HKDF-SHA-256 with one block of output.
pub fn derive(root: &[u8; 32], label: &str) -> [u8; 32] {
    let extracted = hmac_sha256(&[0; 32], &[root]);
    hmac_sha256(&extracted, &[label.as_bytes(), &[1]])
}

/// 64 bits that only the holder of the secret can make. Parts are length-prefixed, so their borders count.
pub fn mac64(secret: &[u8; 32], parts: &[&[u8]]) -> u64 {
    let mac = mac256(secret, parts);
    u64::from_be_bytes(mac[..8].try_into().expect("eight of thirty-two bytes"))
}

/// 128 bits of the same.
pub fn mac128(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 16] {
    mac256(secret, parts)[..16].try_into().expect("sixteen of thirty-two bytes")
}

/// All 256 bits of the same.
pub fn mac256(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut joined = Vec::with_capacity(parts.iter().map(|it| it.len() + 4).sum());
    for part in parts {
        joined.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        joined.extend_from_slice(part);
    }
    hmac_sha256(secret, &[&joined])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> [u8; 32] {
        std::array::from_fn(|i| i as u8)
    }

    /// Computed with Python's hmac from RFC 5869, no salt.
    #[test]
    fn a_derived_secret_is_that_of_another_implementation() {
        let expected = [
            0x7b, 0x31, 0xa2, 0xd6, 0xa0, 0x70, 0x16, 0x5f, 0x86, 0x7f, 0x31, 0xc6, 0x31, 0x18, 0x9f, 0x90, 0xcd, 0xd5,
            0x5f, 0xcb, 0x65, 0x0d, 0x65, 0xee, 0x40, 0x03, 0xa5, 0x56, 0xb1, 0xd1, 0x7c, 0xc0,
        ];
        assert_eq!(derive(&counting(), "access-hash"), expected);
    }

    /// Stored names and handed-out access hashes depend on these bytes. Computed with Python's hmac.
    #[test]
    fn every_length_of_a_mac_is_a_prefix_of_the_same_stable_bytes() {
        let parts: [&[u8]; 2] = [b"ab", b"c"];
        let whole = mac256(&counting(), &parts);
        assert_eq!(mac64(&counting(), &parts), 0xC3BE_357A_5B3B_ED19);
        assert_eq!(whole[..8], 0xC3BE_357A_5B3B_ED19_u64.to_be_bytes());
        assert_eq!(whole[24..], 0xBC96_B2A3_8F4C_69FF_u64.to_be_bytes());
        assert_eq!(mac128(&counting(), &parts), whole[..16]);
    }

    #[test]
    fn borders_between_parts_count() {
        assert_ne!(mac64(&[1; 32], &[b"ab", b"c"]), mac64(&[1; 32], &[b"a", b"bc"]));
        assert_ne!(mac128(&[1; 32], &[b"a"]), mac128(&[2; 32], &[b"a"]));
        assert_ne!(derive(&[1; 32], "a"), derive(&[1; 32], "b"));
    }
}
