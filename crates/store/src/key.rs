//! Keys and ranges: what a row is called. The numbers' meaning is the caller's.

use std::{cmp::Ordering, fmt, hash};

/// How the rows of a subspace are used, which decides the engine keyspace they live in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Small precious rows, read by key: keys, users, names, settings.
    Records,
    /// Appended in order and read in ranges: mailboxes, logs.
    Logs,
    /// Rewritten often: counters, dialogs.
    Hot,
    /// Empty or tiny values, scanned: orders, indexes.
    Index,
}

/// One kind of row. The id is the first byte of each of its keys and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subspace {
    /// The first byte of its keys.
    pub id: u8,
    /// How its rows are used.
    pub class: Class,
    /// For logs and tools.
    pub name: &'static str,
}

/// Bytes that a key holds in place: nearly all keys are shorter, and a message touches a hundred of them.
const SHORT: usize = 30;

/// A full key: subspace byte, vshard (u16, big-endian), then the row's own ordered bytes.
#[derive(Clone)]
pub struct Key(Repr);

#[derive(Clone)]
enum Repr {
    Short(u8, [u8; SHORT]),
    Long(Box<[u8]>),
}

impl Key {
    /// Starts a key of a vshard; the builder appends big-endian fields.
    #[inline]
    pub fn of(space: Subspace, vshard: u16) -> KeyBuilder {
        KeyBuilder { len: 0, short: [0; SHORT], long: Vec::new() }.u8(space.id).bytes(&vshard.to_be_bytes())
    }

    /// Wraps bytes that an engine returned.
    #[inline]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut short = [0; SHORT];
        match short.get_mut(..bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                Self(Repr::Short(bytes.len() as u8, short))
            }
            None => Self(Repr::Long(bytes.into())),
        }
    }

    /// The whole key.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Short(len, bytes) => &bytes[..usize::from(*len)],
            Repr::Long(bytes) => bytes,
        }
    }

    /// The id of the subspace this key belongs to.
    #[inline]
    pub fn subspace(&self) -> u8 {
        self.as_bytes()[0]
    }

    /// The row's own bytes, after subspace and vshard.
    #[inline]
    pub fn suffix(&self) -> &[u8] {
        &self.as_bytes()[3..]
    }

    /// The first key after every key that starts with this one; used as a range's open end.
    pub fn prefix_end(&self) -> Key {
        let mut bytes = self.as_bytes().to_vec();
        while let Some(last) = bytes.pop() {
            if last < u8::MAX {
                bytes.push(last + 1);
                break;
            }
        }
        Self::from_bytes(&bytes)
    }
}

impl PartialEq for Key {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl hash::Hash for Key {
    #[inline]
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Builds a key field by field; integers are big-endian, so their order is the keys' order.
#[derive(Clone)]
pub struct KeyBuilder {
    len: usize,
    short: [u8; SHORT],
    /// All of it, once it is too long.
    long: Vec<u8>,
}

impl KeyBuilder {
    /// Appends a field.
    #[must_use]
    #[inline]
    pub fn u8(self, it: u8) -> Self {
        self.bytes(&[it])
    }

    /// Appends a field.
    #[must_use]
    #[inline]
    pub fn u32(self, it: u32) -> Self {
        self.bytes(&it.to_be_bytes())
    }

    /// Appends a field.
    #[must_use]
    #[inline]
    pub fn u64(self, it: u64) -> Self {
        self.bytes(&it.to_be_bytes())
    }

    /// Newest first: stored inverted.
    #[must_use]
    pub fn u32_newest_first(self, it: u32) -> Self {
        self.u32(!it)
    }

    /// Appends a field.
    #[must_use]
    #[inline]
    pub fn bytes(mut self, it: &[u8]) -> Self {
        let end = self.len + it.len();
        match self.short.get_mut(self.len..end) {
            Some(place) => place.copy_from_slice(it),
            None => {
                if self.long.is_empty() {
                    self.long.extend_from_slice(&self.short[..self.len]);
                }
                self.long.extend_from_slice(it);
            }
        }
        // What follows a long field is long as well.
        self.len = if self.long.is_empty() { end } else { SHORT + 1 };
        self
    }

    /// The finished key.
    #[inline]
    pub fn key(self) -> Key {
        if self.long.is_empty() {
            Key(Repr::Short(self.len as u8, self.short))
        } else {
            Key(Repr::Long(self.long.into()))
        }
    }
}

/// Keys from `start` (included) to `end` (not included).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// The first key.
    pub start: Key,
    /// The key after the last.
    pub end: Key,
}

impl Range {
    /// Every key that starts with `prefix`.
    pub fn prefix(prefix: Key) -> Self {
        let end = prefix.prefix_end();
        Self { start: prefix, end }
    }

    /// Whether a key lies in it.
    pub fn contains(&self, key: &Key) -> bool {
        self.start <= *key && *key < self.end
    }
}

/// Which end of a range a scan starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the first key on.
    Forward,
    /// From the last key back.
    Backward,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACE: Subspace = Subspace { id: 7, class: Class::Logs, name: "SPACE" };

    /// Around the length from which a key lies on the heap.
    #[test]
    fn a_key_is_its_bytes_however_long_and_however_built() {
        for len in [0, 1, SHORT - 4, SHORT - 3, SHORT - 2, SHORT + 5, 300] {
            let field: Vec<u8> = (0..len).map(|it| it as u8).collect();
            let whole = [&[7, 0, 9][..], &field, &[1, 2, 3, 4]].concat();
            let built = Key::of(SPACE, 9).bytes(&field).u32(0x0102_0304).key();
            assert_eq!(built.as_bytes(), whole);
            assert_eq!(built, Key::from_bytes(&whole));
            assert_eq!((built.subspace(), built.suffix()), (7, &whole[3..]));
            let split = field.iter().fold(Key::of(SPACE, 9), |builder, byte| builder.u8(*byte)).u32(0x0102_0304).key();
            assert_eq!(split, built);
        }
    }

    #[test]
    fn short_and_long_keys_are_ordered_by_their_bytes() {
        let key = |bytes: &[u8]| Key::from_bytes(bytes);
        let long = [&[5; SHORT][..], &[0]].concat();
        assert!(key(&[5; SHORT]) < key(&long));
        assert!(key(&long) < key(&[6]));
        assert!(key(&[5; SHORT - 1]) < key(&[5; SHORT]));
        assert_eq!(key(&[1, u8::MAX]).prefix_end(), key(&[2]));
    }
}
