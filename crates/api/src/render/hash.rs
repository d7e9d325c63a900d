//! The hash with which clients ask whether a list changed.
//! Source: core.telegram.org/api/offsets, "Hash generation".

/// The hash of a list's ids, in its order.
pub fn of(ids: impl IntoIterator<Item = i64>) -> i64 {
    let mut hash = 0_u64;
    for id in ids {
        hash ^= hash >> 21;
        hash ^= hash << 35;
        hash ^= hash >> 4;
        hash = hash.wrapping_add(id as u64);
    }
    hash as i64
}

/// What stands for a text in a hash: the first half of its MD5.
/// Source: core.telegram.org/api/offsets, "Hash generation"; TDLib 1.8.66 complains of any other.
pub fn of_text(text: &str) -> i64 {
    let digest = crypto::hash::md5(text.as_bytes());
    i64::from_be_bytes(*digest.first_chunk().expect("a digest has 16 bytes"))
}
