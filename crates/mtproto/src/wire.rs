//! A bounded reader and writers for the few TL shapes that the protocol itself uses.

use bytes::{BufMut, Bytes};

/// Constructor id of a boxed vector.
pub(crate) const VECTOR: u32 = 0x1cb5_c415;

/// The bytes ended, or were not of the shape asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads from a shared buffer; slices taken from it share its memory.
pub(crate) struct Reader<'a> {
    all: &'a Bytes,
    pos: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(all: &'a Bytes) -> Self {
        Self { all, pos: 0 }
    }

    pub(crate) fn left(&self) -> usize {
        self.all.len() - self.pos
    }

    /// Everything not yet read.
    pub(crate) fn rest(&mut self) -> Bytes {
        let rest = self.all.slice(self.pos..);
        self.pos = self.all.len();
        rest
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let got = self.all[self.pos..].first_chunk().ok_or(Malformed)?;
        self.pos += N;
        Ok(*got)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn i32(&mut self) -> Result<i32, Malformed> {
        self.array().map(i32::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_le_bytes)
    }

    pub(crate) fn int128(&mut self) -> Result<[u8; 16], Malformed> {
        self.array()
    }

    pub(crate) fn int256(&mut self) -> Result<[u8; 32], Malformed> {
        self.array()
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<Bytes, Malformed> {
        if len > self.left() {
            return Err(Malformed);
        }
        let got = self.all.slice(self.pos..self.pos + len);
        self.pos += len;
        Ok(got)
    }

    /// A TL `bytes` or `string`, its padding skipped.
    pub(crate) fn bytes(&mut self) -> Result<Bytes, Malformed> {
        let [first] = self.array()?;
        let (head, len) = if first < 254 {
            (1, usize::from(first))
        } else {
            let [a, b, c] = self.array()?;
            (4, u32::from_le_bytes([a, b, c, 0]) as usize)
        };
        let got = self.take(len)?;
        let padding = (4 - (head + len) % 4) % 4;
        self.take(padding)?;
        Ok(got)
    }

    /// A boxed `Vector<long>` of at most `most` elements.
    pub(crate) fn longs(&mut self, most: usize) -> Result<Vec<i64>, Malformed> {
        if self.u32()? != VECTOR {
            return Err(Malformed);
        }
        let count = usize::try_from(self.i32()?).map_err(|_| Malformed)?;
        if count > most || count * 8 > self.left() {
            return Err(Malformed);
        }
        (0..count).map(|_| self.i64()).collect()
    }
}

/// Appends a TL `bytes`.
pub(crate) fn put_bytes(out: &mut impl BufMut, bytes: &[u8]) {
    let head = if bytes.len() < 254 {
        out.put_u8(bytes.len() as u8);
        1
    } else {
        assert!(bytes.len() < 1 << 24, "TL bytes hold up to 2^24 - 1");
        out.put_u32_le(254 | (bytes.len() as u32) << 8);
        4
    };
    out.put_slice(bytes);
    out.put_bytes(0, (4 - (head + bytes.len()) % 4) % 4);
}

/// Appends a boxed `Vector<long>`.
pub(crate) fn put_longs(out: &mut impl BufMut, longs: &[i64]) {
    out.put_u32_le(VECTOR);
    out.put_u32_le(u32::try_from(longs.len()).expect("our own vectors are bounded"));
    for long in longs {
        out.put_i64_le(*long);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_every_length_class_are_read_back() {
        for len in [0, 1, 2, 3, 4, 253, 254, 255, 256, 70_000] {
            let mut out = Vec::new();
            let content = vec![7_u8; len];
            put_bytes(&mut out, &content);
            assert_eq!(out.len() % 4, 0);
            let all = Bytes::from(out);
            let mut reader = Reader::new(&all);
            assert_eq!(reader.bytes().unwrap(), content);
            assert_eq!(reader.left(), 0);
            let cut = all.slice(..all.len() - 1);
            assert_eq!(Reader::new(&cut).bytes(), Err(Malformed));
        }
    }

    #[test]
    fn a_vector_that_claims_more_than_it_has_is_refused() {
        let mut out = Vec::new();
        put_longs(&mut out, &[1, 2, 3]);
        let all = Bytes::from(out);
        assert_eq!(Reader::new(&all).longs(3).unwrap(), [1, 2, 3]);
        assert_eq!(Reader::new(&all).longs(2), Err(Malformed));
        assert_eq!(Reader::new(&all.slice(..20)).longs(3), Err(Malformed));
    }
}
