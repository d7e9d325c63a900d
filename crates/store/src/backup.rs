//! A whole store as a stream, for every engine: segments of rows with a checksum each, and a closing
//! manifest. Encryption is the caller's.

use std::io::{self, ErrorKind, Read, Write};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{Batch, Error, Key, Kv, Op, Row, Snapshot};

/// The first bytes of a stream.
const MAGIC: &[u8; 16] = b"chappe backup 2\n";

/// Rows read from a snapshot at a time: with the largest values there are, 128 MiB.
const PAGE_ROWS: usize = 128;

/// Bytes after which a segment is closed, which are also those of one batch of a restore: well within an
/// engine's limit of a batch even with one more row of the largest size.
const SEGMENT_BYTES: usize = 1 << 20;

/// Bytes of one segment that a reader accepts: one that was about to close, and the largest row.
const SEGMENT_BYTES_MAX: usize = 4 << 20;

/// Bytes of a header that a reader accepts.
const HEADER_BYTES_MAX: usize = 1 << 20;

/// Bytes of a manifest.
const MANIFEST_BYTES: usize = 16;

/// The group whose commit sequence a stream names.
const GROUP: u16 = 0;

/// What closes a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Rows in the stream.
    pub rows: u64,
    /// The last commit that the exported view held.
    pub seq: u64,
}

/// Writes a snapshot: magic, the caller's header, segments, an empty one, the manifest. Returns the number of rows.
pub fn export(snapshot: &dyn Snapshot, header: &[u8], out: &mut dyn Write) -> Result<u64, Error> {
    if header.len() > HEADER_BYTES_MAX {
        return Err(Error::TooLarge { got: header.len(), limit: HEADER_BYTES_MAX });
    }
    out.write_all(MAGIC).map_err(failed)?;
    put_block(header, out)?;
    let (mut after, mut rows, mut segment) = (None, 0_u64, Vec::new());
    loop {
        let page = snapshot.page(after.as_ref(), PAGE_ROWS)?;
        for (key, value) in &page {
            put_sized(key.as_bytes(), &mut segment)?;
            put_sized(value, &mut segment)?;
            if segment.len() >= SEGMENT_BYTES {
                put_block(&segment, out)?;
                segment.clear();
            }
        }
        rows += page.len() as u64;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
    }
    if !segment.is_empty() {
        put_block(&segment, out)?;
    }
    put_block(&[], out)?;
    put_block(&[rows.to_be_bytes(), snapshot.seq(GROUP)?.to_be_bytes()].concat(), out)?;
    out.flush().map_err(failed)?;
    Ok(rows)
}

/// Reads the caller's header of a stream.
pub fn read_header(input: &mut dyn Read) -> Result<Vec<u8>, Error> {
    let mut magic = [0; MAGIC.len()];
    input.read_exact(&mut magic).map_err(cut)?;
    if magic != *MAGIC {
        return Err(Error::Backup("it does not begin as one"));
    }
    take_block(input, HEADER_BYTES_MAX)
}

/// As [`restore`]; returns the number of rows.
pub async fn import(input: &mut (dyn Read + Send), kv: &dyn Kv) -> Result<u64, Error> {
    Ok(restore(input, kv).await?.rows)
}

/// Writes the rest of a stream, after its header, into a store that must be empty, segment by segment as each
/// proves whole. On an error the store holds a part of the stream: the caller throws it away.
pub async fn restore(input: &mut (dyn Read + Send), kv: &dyn Kv) -> Result<Manifest, Error> {
    let manifest = restore_rows(input, kv).await?;
    // An encrypted stream proves its own end only to a reader who comes to it.
    crate::blobs::backup::ended(input)?;
    Ok(manifest)
}

/// The same of a stream that goes on behind the rows; its end is the caller's to look for.
pub async fn restore_rows(input: &mut (dyn Read + Send), kv: &dyn Kv) -> Result<Manifest, Error> {
    if !kv.snapshot().await?.page(None, 1)?.is_empty() {
        return Err(Error::Backup("the store is not empty"));
    }
    let lease = kv.lease(GROUP).await?;
    let (mut seq, mut rows) = (lease.seq, 0_u64);
    loop {
        let segment = take_block(input, SEGMENT_BYTES_MAX)?;
        if segment.is_empty() {
            break;
        }
        let ops = puts(&segment)?;
        seq += 1;
        rows += ops.len() as u64;
        kv.commit(Batch { lease, seq, ops }).await?;
    }
    let manifest = take_manifest(input)?;
    if manifest.rows != rows {
        return Err(Error::Backup("rows are missing"));
    }
    Ok(manifest)
}

fn take_manifest(input: &mut dyn Read) -> Result<Manifest, Error> {
    let bytes = take_block(input, MANIFEST_BYTES)?;
    let number = |at: usize| Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let both = number(0).zip(number(8)).ok_or(Error::Backup("the manifest does not read"))?;
    Ok(Manifest { rows: both.0, seq: both.1 })
}

fn puts(segment: &[u8]) -> Result<Vec<Op>, Error> {
    let (mut ops, mut rest) = (Vec::new(), segment);
    while !rest.is_empty() {
        let (key, value) = take_row(&mut rest)?;
        ops.push(Op::Put(key, value));
    }
    Ok(ops)
}

fn take_row(rest: &mut &[u8]) -> Result<Row, Error> {
    let (key, value) = (take_sized(rest)?, take_sized(rest)?);
    if key.len() < 3 {
        return Err(Error::Backup("a key is too short"));
    }
    Ok((Key::from_bytes(key), Bytes::copy_from_slice(value)))
}

/// Length, bytes, SHA-256 of both.
pub(crate) fn put_block(bytes: &[u8], out: &mut dyn Write) -> Result<(), Error> {
    let len = (bytes.len() as u64).to_be_bytes();
    out.write_all(&len)
        .and_then(|()| out.write_all(bytes))
        .and_then(|()| out.write_all(&checksum(&len, bytes)))
        .map_err(failed)
}

pub(crate) fn take_block(input: &mut dyn Read, most: usize) -> Result<Vec<u8>, Error> {
    let (mut len, mut sum) = ([0; 8], [0; 32]);
    input.read_exact(&mut len).map_err(cut)?;
    let size = usize::try_from(u64::from_be_bytes(len)).ok().filter(|size| *size <= most);
    let mut bytes = vec![0; size.ok_or(Error::Backup("a block is too long"))?];
    input.read_exact(&mut bytes).and_then(|()| input.read_exact(&mut sum)).map_err(cut)?;
    if sum == checksum(&len, &bytes) { Ok(bytes) } else { Err(Error::Backup("a checksum does not match")) }
}

fn checksum(len: &[u8; 8], bytes: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(len).chain_update(bytes).finalize().into()
}

fn put_sized(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    let limit = SEGMENT_BYTES_MAX - SEGMENT_BYTES;
    if bytes.len() > limit / 2 {
        return Err(Error::TooLarge { got: bytes.len(), limit: limit / 2 });
    }
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(())
}

fn take_sized<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Error> {
    let short = Error::Backup("a row is cut off");
    let Some((len, tail)) = rest.split_first_chunk::<4>() else { return Err(short) };
    let len = u32::from_be_bytes(*len) as usize;
    let (bytes, after) = tail.split_at_checked(len).ok_or(short)?;
    *rest = after;
    Ok(bytes)
}

pub(crate) fn failed(error: io::Error) -> Error {
    Error::Engine(error.to_string())
}

pub(crate) fn cut(error: io::Error) -> Error {
    if error.kind() == ErrorKind::UnexpectedEof { Error::Backup("it is cut off") } else { failed(error) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conformance::{Writer, key, put, wait},
        memory::Memory,
    };

    fn exported(kv: &dyn Kv) -> Vec<u8> {
        let mut stream = Vec::new();
        export(&*wait(kv.snapshot()).unwrap(), b"header", &mut stream).unwrap();
        stream
    }

    fn sample() -> Vec<u8> {
        let kv = Memory::new();
        let mut writer = Writer::new(&kv);
        for round in 0..5 {
            let rows = (0..500).map(|n| put(key(n as u16 % 5, round * 500 + n), &format!("value {n}")));
            writer.write(rows.collect()).unwrap();
        }
        exported(&kv)
    }

    fn taken(mut stream: &[u8], kv: &dyn Kv) -> Result<Manifest, Error> {
        assert_eq!(read_header(&mut stream)?, b"header");
        wait(restore(&mut stream, kv))
    }

    #[test]
    fn a_backup_fills_an_empty_store_and_no_other() {
        let (stream, kv) = (sample(), Memory::new());
        assert_eq!(taken(&stream, &kv).unwrap(), Manifest { rows: 2500, seq: 5 });
        assert_eq!(wait(kv.get(&key(2, 1487))).unwrap().as_deref(), Some(&b"value 487"[..]));
        assert!(matches!(taken(&stream, &kv), Err(Error::Backup("the store is not empty"))));
    }

    #[test]
    fn the_largest_rows_come_back() {
        let kv = Memory::new();
        let mut writer = Writer::new(&kv);
        let large = Bytes::from(vec![7; kv.limits().value_bytes]);
        for n in 0..9 {
            writer.write(vec![put(key(0, n), "small"), Op::Put(key(1, n), large.clone())]).unwrap();
        }
        let copy = Memory::new();
        assert_eq!(taken(&exported(&kv), &copy).unwrap().rows, 18);
        assert_eq!(wait(copy.get(&key(1, 8))).unwrap(), Some(large));
    }

    #[test]
    fn an_empty_store_has_a_backup() {
        assert_eq!(taken(&exported(&Memory::new()), &Memory::new()).unwrap(), Manifest { rows: 0, seq: 0 });
    }

    #[test]
    fn a_damaged_backup_is_refused() {
        let stream = sample();
        for end in [0, 10, 40, stream.len() / 2, stream.len() - 1] {
            assert!(matches!(taken(&stream[..end], &Memory::new()), Err(Error::Backup(_))), "cut at {end}");
        }
        for at in (0..stream.len()).step_by(997) {
            let mut changed = stream.clone();
            changed[at] ^= 1;
            let mut input = &changed[..];
            let result = read_header(&mut input).and_then(|_| wait(restore(&mut input, &Memory::new())));
            assert!(matches!(result, Err(Error::Backup(_))), "byte {at}");
        }
        let longer = [&stream[..], b"x"].concat();
        assert!(matches!(taken(&longer, &Memory::new()), Err(Error::Backup("it goes on after its end"))));
    }
}
