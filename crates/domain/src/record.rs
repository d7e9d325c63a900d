//! The stored form of rows: a version byte, then fields as (tag, length, bytes). Unknown tags are
//! kept and written back, so a row survives a visit by an older build.
//!
//! A record is declared with `record!`, a choice between records with `variants!`. A field's
//! default value is not written; a field added later reads as its default in older rows.

use bytes::Bytes;

mod declared;
mod names;
mod values;

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
pub trait Record: Field {
    /// The row's bytes, version byte first.
    fn encode(&self) -> Bytes {
        let mut out = vec![FORMAT];
        self.put(&mut out);
        out.into()
    }

    /// Reads a row.
    fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        match bytes.split_first() {
            Some((&FORMAT, body)) => Self::take(body),
            Some((&format, _)) => Err(Malformed::Format(format)),
            None => Err(Malformed::Short),
        }
    }
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

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros declare what they make public")]
mod tests {
    use super::*;
    use crate::{record, variants};

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
