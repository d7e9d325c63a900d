//! How a file's bytes are asked for: by place and length, a bounded number of times and of bytes, so that a
//! file of 2 GB costs no more than a small one.

/// How often one probing asks the source. The worst honest file, a video whose `moov` lies behind its data
/// with some ten tracks, asks about twenty times.
pub const READS_MAX: u32 = 96;

/// Bytes that one probing reads in all; a picture's metadata, with a preview in it, may be a megabyte.
pub const BYTES_MAX: u64 = 4 << 20;

/// Bytes of one read where the parser wants fewer: neighbours are wanted next.
const CHUNK: usize = 16 << 10;

/// Longest piece that a parser may want at once: packed Lottie, the end of an Ogg file.
pub(crate) const PIECE_MAX: usize = 64 << 10;

/// The source could not give its bytes. Whoever implements it knows why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the file's bytes could not be read")]
pub struct Unreadable;

/// A file of which any range can be read.
pub trait Source {
    /// The file's length in bytes.
    fn size(&self) -> u64;

    /// `len` bytes from `offset` on. The range lies within the file; fewer bytes than asked for are an error.
    fn read_at(&mut self, offset: u64, len: usize) -> Result<Vec<u8>, Unreadable>;
}

impl Source for &[u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&mut self, offset: u64, len: usize) -> Result<Vec<u8>, Unreadable> {
        let start = usize::try_from(offset).map_err(|_| Unreadable)?;
        let end = start.checked_add(len).ok_or(Unreadable)?;
        self.get(start..end).map(<[u8]>::to_vec).ok_or(Unreadable)
    }
}

/// Why a parser ended before it knew everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The source failed.
    Unreadable,
    /// The file ends, contradicts itself, or asks for more than [`READS_MAX`] and [`BYTES_MAX`] allow.
    Enough,
}

/// What parsers read through: numbers at places, out of the chunk that was read last.
pub(crate) struct Reader<'a> {
    source: &'a mut dyn Source,
    size: u64,
    chunk: Vec<u8>,
    chunk_at: u64,
    reads: u32,
    bytes: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a mut dyn Source) -> Reader<'a> {
        let size = source.size();
        Reader { source, size, chunk: Vec::new(), chunk_at: 0, reads: 0, bytes: 0 }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Exactly `len` bytes at `at`.
    pub(crate) fn bytes(&mut self, at: u64, len: usize) -> Result<&[u8], Stop> {
        let found = self.up_to(at, len)?;
        if found.len() == len { Ok(found) } else { Err(Stop::Enough) }
    }

    /// Up to `len` bytes at `at`, fewer where the file ends.
    pub(crate) fn up_to(&mut self, at: u64, len: usize) -> Result<&[u8], Stop> {
        let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        let len = len.min(left);
        if len == 0 {
            return Ok(&[]);
        }
        if len > PIECE_MAX {
            return Err(Stop::Enough);
        }
        if !self.holds(at, len) {
            self.fill(at, len.max(CHUNK).min(left))?;
        }
        let start = usize::try_from(at - self.chunk_at).map_err(|_| Stop::Enough)?;
        Ok(&self.chunk[start..start + len])
    }

    fn holds(&self, at: u64, len: usize) -> bool {
        at >= self.chunk_at && at - self.chunk_at + len as u64 <= self.chunk.len() as u64
    }

    fn fill(&mut self, at: u64, len: usize) -> Result<(), Stop> {
        self.reads += 1;
        self.bytes += len as u64;
        if self.reads > READS_MAX || self.bytes > BYTES_MAX {
            return Err(Stop::Enough);
        }
        let read = self.source.read_at(at, len).map_err(|_| Stop::Unreadable)?;
        if read.len() != len {
            return Err(Stop::Unreadable);
        }
        self.chunk = read;
        self.chunk_at = at;
        Ok(())
    }

    pub(crate) fn array<const N: usize>(&mut self, at: u64) -> Result<[u8; N], Stop> {
        self.bytes(at, N)?.try_into().map_err(|_| Stop::Enough)
    }

    pub(crate) fn u8(&mut self, at: u64) -> Result<u8, Stop> {
        self.array(at).map(u8::from_be_bytes)
    }

    pub(crate) fn u16_be(&mut self, at: u64) -> Result<u16, Stop> {
        self.array(at).map(u16::from_be_bytes)
    }

    pub(crate) fn u32_be(&mut self, at: u64) -> Result<u32, Stop> {
        self.array(at).map(u32::from_be_bytes)
    }

    pub(crate) fn u64_be(&mut self, at: u64) -> Result<u64, Stop> {
        self.array(at).map(u64::from_be_bytes)
    }

    pub(crate) fn u16_le(&mut self, at: u64) -> Result<u16, Stop> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(crate) fn u32_le(&mut self, at: u64) -> Result<u32, Stop> {
        self.array(at).map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts what it is asked for, and has only zeros.
    struct Counted {
        size: u64,
        reads: u32,
        bytes: u64,
    }

    impl Source for Counted {
        fn size(&self) -> u64 {
            self.size
        }

        fn read_at(&mut self, _: u64, len: usize) -> Result<Vec<u8>, Unreadable> {
            self.reads += 1;
            self.bytes += len as u64;
            Ok(vec![0; len])
        }
    }

    #[test]
    fn a_reader_asks_no_more_often_than_it_may() {
        let mut source = Counted { size: 2 << 30, reads: 0, bytes: 0 };
        let mut reader = Reader::new(&mut source);
        let answered = (0..1000).filter(|it| reader.u8(it << 20).is_ok()).count();
        assert_eq!(answered, 96);
        assert_eq!((source.reads, source.bytes), (READS_MAX, 96 * CHUNK as u64));
    }

    #[test]
    fn a_reader_asks_for_no_more_bytes_than_it_may() {
        let mut source = Counted { size: 2 << 30, reads: 0, bytes: 0 };
        let mut reader = Reader::new(&mut source);
        let answered = (0..1000).filter(|it| reader.bytes(it << 20, PIECE_MAX).is_ok()).count();
        assert_eq!(answered, 64);
        assert_eq!(source.bytes, BYTES_MAX);
        assert_eq!(Reader::new(&mut source).bytes(0, PIECE_MAX + 1), Err(Stop::Enough));
    }

    #[test]
    fn what_lies_behind_the_end_is_no_error_of_the_source() {
        let mut bytes: &[u8] = b"abc";
        let mut reader = Reader::new(&mut bytes);
        assert_eq!(reader.bytes(1, 2), Ok(&b"bc"[..]));
        assert_eq!(reader.up_to(2, 9), Ok(&b"c"[..]));
        assert_eq!(reader.up_to(u64::MAX, 9), Ok(&b""[..]));
        assert_eq!(reader.u32_be(1), Err(Stop::Enough));
        assert_eq!(reader.u8(u64::MAX), Err(Stop::Enough));
    }

    #[test]
    fn a_source_that_gives_less_is_unreadable() {
        struct Short;
        impl Source for Short {
            fn size(&self) -> u64 {
                10
            }

            fn read_at(&mut self, _: u64, _: usize) -> Result<Vec<u8>, Unreadable> {
                Ok(vec![0; 3])
            }
        }
        assert_eq!(Reader::new(&mut Short).u8(0), Err(Stop::Unreadable));
    }
}
