//! Secrets derived from a root, and keyed hashes for names, access hashes and search tokens.

use crypto::hash::hmac_sha256;

/// A secret for one purpose, from the root of all. HKDF-SHA-256 with one block of output.
pub fn derive(root: &[u8; 32], label: &str) -> [u8; 32] {
    let extracted = hmac_sha256(&[0; 32], &[root]);
    hmac_sha256(&extracted, &[label.as_bytes(), &[1]])
}

/// 64 bits that only the holder of the secret can make. Parts are length-prefixed, so their borders count.
pub fn mac64(secret: &[u8; 32], parts: &[&[u8]]) -> u64 {
    let mac = mac(secret, parts);
    u64::from_be_bytes(mac[..8].try_into().expect("eight of thirty-two bytes"))
}

/// 128 bits of the same.
pub fn mac128(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 16] {
    mac(secret, parts)[..16].try_into().expect("sixteen of thirty-two bytes")
}

fn mac(secret: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
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

    #[test]
    fn borders_between_parts_count() {
        assert_ne!(mac64(&[1; 32], &[b"ab", b"c"]), mac64(&[1; 32], &[b"a", b"bc"]));
        assert_ne!(mac128(&[1; 32], &[b"a"]), mac128(&[2; 32], &[b"a"]));
        assert_ne!(derive(&[1; 32], "a"), derive(&[1; 32], "b"));
    }
}
