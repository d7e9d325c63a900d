//! The 2048-bit key that a client and the server share.

use std::fmt;

use zeroize::Zeroizing;

use crate::hash::sha1;

/// An auth key. Source: core.telegram.org/mtproto/description, "Authorization Key".
pub struct AuthKey {
    bytes: Zeroizing<[u8; 256]>,
    id: u64,
    aux_hash: u64,
}

impl AuthKey {
    /// Takes the bytes and derives the key's names.
    pub fn new(bytes: [u8; 256]) -> Self {
        let hash = sha1(&[&bytes]);
        let part = |at: usize| hash[at..at + 8].try_into().map(u64::from_le_bytes).expect("eight of twenty bytes");
        let (aux_hash, id) = (part(0), part(12));
        Self { bytes: Zeroizing::new(bytes), id, aux_hash }
    }

    /// The key itself.
    pub fn as_bytes(&self) -> &[u8; 256] {
        &self.bytes
    }

    /// The low 64 bits of its SHA-1, as packets name it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The high 64 bits of its SHA-1, which prove knowledge at the end of a key exchange.
    pub fn aux_hash(&self) -> u64 {
        self.aux_hash
    }
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthKey {:016x}", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_key_are_the_ends_of_its_hash() {
        let key = AuthKey::new(std::array::from_fn(|i| (i * 7 % 251) as u8));
        assert_eq!((key.id(), key.aux_hash()), (0x31C7_25B7_2934_A135, 0x22BE_E783_B558_9C3E));
        assert_eq!(format!("{key:?}"), "AuthKey 31c725b72934a135", "nothing but the name is shown");
    }
}
