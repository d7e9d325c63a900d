//! The stored form of rows: a version byte, then fields as (tag, length, bytes). Unknown tags are
//! kept and written back, so a row survives a visit by an older build.
//!
//! A record is declared with `record!`, a choice between records with `variants!`. A field's
//! default value is not written; a field added later reads as its default in older rows.

use bytes::Bytes;

use crate::ids::{AuthKeyId, AuthorizationHash, ChannelId, ChatId, LogId, MessageId, MessageUid, Peer, Pts, UserId};

/// The version byte of every row written by this build.
pub const FORMAT: u8 = 1;

/// A stored row that doesn't read: damage, or a bug of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end inside a field.
    #[error("the row ends inside a field")]
    Short,
    /// The version byte is not one this build reads.
    #[error("row format {0} is unknown")]
    Format(u8),
    /// A field's bytes don't fit its type.
    #[error("a field does not fit its type")]
    Field,
}

/// A value with a stored form of its own inside a field.
pub trait Field: Sized + Default {
    /// Appends the bytes.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads exactly these bytes.
    fn take(bytes: &[u8]) -> Result<Self, Malformed>;
    /// Whether this is the default, which is not written.
    fn is_default(&self) -> bool;
}

/// A row's type: a record or a choice between records.
pub trait Record: Sized {
    /// The row's bytes, version byte first.
    fn encode(&self) -> Bytes;
    /// Reads a row.
    fn decode(bytes: &[u8]) -> Result<Self, Malformed>;
}

/// Fields that this build doesn't know, kept as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown(Vec<(u64, Vec<u8>)>);

impl Unknown {
    /// Keeps a field.
    pub fn keep(&mut self, tag: u64, bytes: &[u8]) {
        self.0.push((tag, bytes.to_vec()));
    }

    /// Writes the kept fields back.
    pub fn put(&self, out: &mut Vec<u8>) {
        for (tag, bytes) in &self.0 {
            put_field(out, *tag, bytes);
        }
    }
}

/// Appends an unsigned number, seven bits a byte, low bits first.
pub fn put_varint(out: &mut Vec<u8>, mut it: u64) {
    while it >= 0x80 {
        out.push((it & 0x7f) as u8 | 0x80);
        it >>= 7;
    }
    out.push(it as u8);
}

/// Takes a number off the front.
pub fn take_varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut it = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(Malformed::Short)?;
        *bytes = rest;
        it |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(it);
        }
    }
    Err(Malformed::Field)
}

/// Appends a field.
pub fn put_field(out: &mut Vec<u8>, tag: u64, bytes: &[u8]) {
    put_varint(out, tag);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes a field off the front.
pub fn take_field<'a>(bytes: &mut &'a [u8]) -> Result<(u64, &'a [u8]), Malformed> {
    let tag = take_varint(bytes)?;
    let body = take_sized(bytes)?;
    Ok((tag, body))
}

fn take_sized<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], Malformed> {
    let len = usize::try_from(take_varint(bytes)?).map_err(|_| Malformed::Field)?;
    if bytes.len() < len {
        return Err(Malformed::Short);
    }
    let (body, rest) = bytes.split_at(len);
    *bytes = rest;
    Ok(body)
}

/// Declares a struct with a tagged stored form. Tags never change and are never used again.
///
/// ```text
/// record! {
///     /// What it is.
///     pub struct Dialog { 1 => read_inbox: MessageId, 2 => unread: u32 }
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* $tag:literal => $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[allow(missing_docs, reason = "a field's name says it, or it has a comment")]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $ty,)*
            /// Fields of a newer build, kept.
            pub unknown: $crate::record::Unknown,
        }

        impl $crate::record::Field for $name {
            #[allow(unused_mut, unused_variables)]
            fn put(&self, out: &mut Vec<u8>) {
                let mut scratch = Vec::new();
                $(if !$crate::record::Field::is_default(&self.$field) {
                    scratch.clear();
                    $crate::record::Field::put(&self.$field, &mut scratch);
                    $crate::record::put_field(out, $tag, &scratch);
                })*
                self.unknown.put(out);
            }

            #[allow(unused_mut)]
            fn take(mut bytes: &[u8]) -> Result<Self, $crate::record::Malformed> {
                let mut it = Self::default();
                while !bytes.is_empty() {
                    let (tag, body) = $crate::record::take_field(&mut bytes)?;
                    match tag {
                        $($tag => it.$field = $crate::record::Field::take(body)?,)*
                        _ => it.unknown.keep(tag, body),
                    }
                }
                Ok(it)
            }

            fn is_default(&self) -> bool {
                *self == Self::default()
            }
        }

        impl $crate::record::Record for $name {
            fn encode(&self) -> bytes::Bytes {
                let mut out = vec![$crate::record::FORMAT];
                $crate::record::Field::put(self, &mut out);
                out.into()
            }

            fn decode(bytes: &[u8]) -> Result<Self, $crate::record::Malformed> {
                match bytes.split_first() {
                    Some((&$crate::record::FORMAT, body)) => $crate::record::Field::take(body),
                    Some((&format, _)) => Err($crate::record::Malformed::Format(format)),
                    None => Err($crate::record::Malformed::Short),
                }
            }
        }
    };
}

/// Declares an enum whose variants are records: stored as one field whose tag is the variant's number.
///
/// ```text
/// variants! {
///     /// What happened.
///     pub enum Change { 1 => Read { 1 => peer: Peer, 2 => up_to: MessageId }, 2 => Reset {} }
/// }
/// ```
/// The first variant, with defaults, is the enum's default.
#[macro_export]
macro_rules! variants {
    (@default $first:ident { $($field:ident),* } $($rest:tt)*) => {
        Self::$first { $($field: Default::default()),* }
    };
    ($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$vdoc:meta])* $vtag:literal => $variant:ident { $($(#[$fdoc:meta])* $tag:literal => $field:ident : $ty:ty),* $(,)? }),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs, reason = "a field's name says it, or it has a comment")]
        pub enum $name { $($(#[$vdoc])* $variant { $($(#[$fdoc])* $field: $ty),* }),* }

        impl Default for $name {
            fn default() -> Self {
                $crate::variants!(@default $($variant { $($field),* })*)
            }
        }

        impl $crate::record::Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                #[allow(unused_mut)]
                let mut body: Vec<u8> = Vec::new();
                #[allow(unused_mut)]
                let mut scratch: Vec<u8> = Vec::new();
                let tag: u64 = match self {
                    $(Self::$variant { $($field),* } => {
                        $(if !$crate::record::Field::is_default($field) {
                            scratch.clear();
                            $crate::record::Field::put($field, &mut scratch);
                            $crate::record::put_field(&mut body, $tag, &scratch);
                        })*
                        $vtag
                    })*
                };
                let _ = &mut scratch;
                $crate::record::put_field(out, tag, &body);
            }

            fn take(mut bytes: &[u8]) -> Result<Self, $crate::record::Malformed> {
                #[allow(unused_mut, unused_variables)]
                let (vtag, mut body) = $crate::record::take_field(&mut bytes)?;
                match vtag {
                    $($vtag => {
                        $(let mut $field: $ty = Default::default();)*
                        while !body.is_empty() {
                            let (tag, _bytes) = $crate::record::take_field(&mut body)?;
                            match tag {
                                $($tag => $field = $crate::record::Field::take(_bytes)?,)*
                                _ => {}
                            }
                        }
                        Ok(Self::$variant { $($field),* })
                    })*
                    _ => Err($crate::record::Malformed::Field),
                }
            }

            fn is_default(&self) -> bool {
                false
            }
        }

        impl $crate::record::Record for $name {
            fn encode(&self) -> bytes::Bytes {
                let mut out = vec![$crate::record::FORMAT];
                $crate::record::Field::put(self, &mut out);
                out.into()
            }

            fn decode(bytes: &[u8]) -> Result<Self, $crate::record::Malformed> {
                match bytes.split_first() {
                    Some((&$crate::record::FORMAT, body)) => $crate::record::Field::take(body),
                    Some((&format, _)) => Err($crate::record::Malformed::Format(format)),
                    None => Err($crate::record::Malformed::Short),
                }
            }
        }
    };
}

macro_rules! number_fields {
    ($($ty:ty),*) => {$(
        impl Field for $ty {
            fn put(&self, out: &mut Vec<u8>) {
                // zigzag, so that small negative numbers stay small
                let wide = i128::from(*self);
                put_varint(out, ((wide << 1) ^ (wide >> 127)) as u64);
            }
            fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
                let raw = take_varint(&mut bytes)?;
                let value = ((raw >> 1) as i64) ^ -((raw & 1) as i64);
                <$ty>::try_from(value).map_err(|_| Malformed::Field)
            }
            fn is_default(&self) -> bool {
                *self == 0
            }
        }
    )*};
}

number_fields!(i32, u32, u8, i64, u16);

impl Field for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, *self);
    }
    fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
        take_varint(&mut bytes)
    }
    fn is_default(&self) -> bool {
        *self == 0
    }
}

impl Field for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bits().to_be_bytes());
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        bytes.try_into().map(|it| Self::from_bits(u64::from_be_bytes(it))).map_err(|_| Malformed::Field)
    }
    fn is_default(&self) -> bool {
        self.to_bits() == 0
    }
}

impl Field for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        Ok(bytes != [0])
    }
    fn is_default(&self) -> bool {
        !self
    }
}

impl Field for String {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Malformed::Field)
    }
    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

impl Field for Bytes {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        Ok(Bytes::copy_from_slice(bytes))
    }
    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

/// `Some` of a default is written as an empty field, so it stays apart from `None`.
impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        if let Some(it) = self
            && !it.is_default()
        {
            it.put(out);
        }
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.is_empty() { Ok(Some(T::default())) } else { T::take(bytes).map(Some) }
    }
    fn is_default(&self) -> bool {
        self.is_none()
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        let mut scratch = Vec::new();
        for it in self {
            scratch.clear();
            it.put(&mut scratch);
            put_varint(out, scratch.len() as u64);
            out.extend_from_slice(&scratch);
        }
    }
    fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
        let mut all = Vec::new();
        while !bytes.is_empty() {
            let body = take_sized(&mut bytes)?;
            all.push(T::take(body)?);
        }
        Ok(all)
    }
    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Field> Field for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        T::take(bytes).map(Box::new)
    }
    fn is_default(&self) -> bool {
        (**self).is_default()
    }
}

macro_rules! newtype_fields {
    ($($ty:ident),*) => {$(
        impl Field for $ty {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn take(bytes: &[u8]) -> Result<Self, Malformed> {
                Field::take(bytes).map($ty)
            }
            fn is_default(&self) -> bool {
                self.0.is_default()
            }
        }
    )*};
}

newtype_fields!(UserId, ChatId, ChannelId, MessageId, Pts, AuthKeyId, AuthorizationHash);

impl Field for MessageUid {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        bytes.try_into().map(MessageUid).map_err(|_| Malformed::Field)
    }
    fn is_default(&self) -> bool {
        self.0 == [0; 16]
    }
}

impl Field for Peer {
    fn put(&self, out: &mut Vec<u8>) {
        let (kind, id) = self.key_parts();
        out.push(kind);
        put_varint(out, id);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        let (&kind, mut rest) = bytes.split_first().ok_or(Malformed::Short)?;
        Peer::from_key_parts(kind, take_varint(&mut rest)?).ok_or(Malformed::Field)
    }
    fn is_default(&self) -> bool {
        *self == Peer::default()
    }
}

impl Field for LogId {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.number());
    }
    fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
        take_varint(&mut bytes).map(LogId::from_number)
    }
    fn is_default(&self) -> bool {
        *self == LogId::default()
    }
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros declare what they make public")]
mod tests {
    use super::*;

    record! {
        /// Today's form.
        pub struct New { 1 => name: String, 2 => n: i32, 3 => list: Vec<Option<u32>>, 9 => more: Option<String> }
    }
    record! {
        /// What an older build knows of it.
        pub struct Old { 1 => name: String }
    }
    variants! {
        /// A choice.
        pub enum Choice { 1 => A { 1 => x: i64 }, 2 => B {} }
    }

    fn sample() -> New {
        New { name: "n".into(), n: -5, list: vec![Some(0), Some(300)], more: Some(String::new()), ..New::default() }
    }

    #[test]
    fn a_record_reads_back_as_written() {
        assert_eq!(New::decode(&sample().encode()), Ok(sample()));
    }

    #[test]
    fn an_older_build_keeps_what_it_does_not_know() {
        let old = Old::decode(&sample().encode()).expect("reads");
        assert_eq!(New::decode(&old.encode()), Ok(sample()));
    }

    #[test]
    fn a_choice_reads_back_as_written() {
        for it in [Choice::A { x: i64::MIN }, Choice::B {}] {
            assert_eq!(Choice::decode(&it.encode()), Ok(it));
        }
    }

    #[test]
    fn truncated_rows_are_refused_or_shorter_but_never_panic() {
        let whole = sample().encode();
        for end in 0..whole.len() {
            assert_ne!(New::decode(&whole[..end]), Ok(sample()));
        }
    }
}
