//! Keys and ranges: what a row is called. The numbers' meaning is the caller's.

use std::fmt;

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

/// A full key: subspace byte, vshard (u16, big-endian), then the row's own ordered bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Box<[u8]>);

impl Key {
    /// Starts a key of a vshard; the builder appends big-endian fields.
    pub fn of(space: Subspace, vshard: u16) -> KeyBuilder {
        let mut bytes = Vec::with_capacity(32);
        bytes.push(space.id);
        bytes.extend_from_slice(&vshard.to_be_bytes());
        KeyBuilder(bytes)
    }

    /// Wraps bytes that an engine returned.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The whole key.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The id of the subspace this key belongs to.
    pub fn subspace(&self) -> u8 {
        self.0[0]
    }

    /// The row's own bytes, after subspace and vshard.
    pub fn suffix(&self) -> &[u8] {
        &self.0[3..]
    }

    /// The first key after every key that starts with this one; used as a range's open end.
    pub fn prefix_end(&self) -> Key {
        let mut bytes = self.0.to_vec();
        while let Some(last) = bytes.pop() {
            if last < u8::MAX {
                bytes.push(last + 1);
                break;
            }
        }
        Key(bytes.into())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Builds a key field by field; integers are big-endian, so their order is the keys' order.
#[derive(Clone)]
pub struct KeyBuilder(Vec<u8>);

impl KeyBuilder {
    /// Appends a field.
    #[must_use]
    pub fn u8(mut self, it: u8) -> Self {
        self.0.push(it);
        self
    }

    /// Appends a field.
    #[must_use]
    pub fn u32(mut self, it: u32) -> Self {
        self.0.extend_from_slice(&it.to_be_bytes());
        self
    }

    /// Appends a field.
    #[must_use]
    pub fn u64(mut self, it: u64) -> Self {
        self.0.extend_from_slice(&it.to_be_bytes());
        self
    }

    /// Newest first: stored inverted.
    #[must_use]
    pub fn u32_newest_first(self, it: u32) -> Self {
        self.u32(!it)
    }

    /// Appends a field.
    #[must_use]
    pub fn bytes(mut self, it: &[u8]) -> Self {
        self.0.extend_from_slice(it);
        self
    }

    /// The finished key.
    pub fn key(self) -> Key {
        Key(self.0.into())
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
