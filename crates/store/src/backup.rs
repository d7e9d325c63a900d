//! A whole store as a stream, for every engine: segments of rows with a checksum each, and a closing
//! count. Encryption is the caller's.

use std::io::{Read, Write};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{Batch, Error, Key, Kv, Op, Row, Snapshot};

/// The first bytes of a stream.
const MAGIC: &[u8; 16] = b"chappe backup 1\n";

/// Rows of one segment, and of one batch of a restore.
const SEGMENT_ROWS: usize = 1000;

/// Bytes of one segment that a reader accepts: a full segment of the largest rows there are.
const SEGMENT_BYTES_MAX: usize = 64 << 20;

/// Bytes of one restoring batch.
const BATCH_BYTES: usize = 1 << 20;

/// Bytes of a header that a reader accepts.
const HEADER_BYTES_MAX: usize = 1 << 20;

/// Writes a snapshot: magic, the caller's header, segments, the end. Returns the number of rows.
pub fn export(snapshot: &dyn Snapshot, header: &[u8], out: &mut dyn Write) -> Result<u64, Error> {
    out.write_all(MAGIC).map_err(io)?;
    put_block(header, out)?;
    let (mut after, mut rows) = (None, 0_u64);
    loop {
        let page = snapshot.page(after.as_ref(), SEGMENT_ROWS)?;
        let mut segment = Vec::new();
        for (key, value) in &page {
            put_sized(key.as_bytes(), &mut segment);
            put_sized(value, &mut segment);
        }
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        rows += page.len() as u64;
        put_block(&segment, out)?;
    }
    put_block(&[], out)?;
    put_block(&rows.to_be_bytes(), out)?;
    out.flush().map_err(io)?;
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

/// Writes the rest of a stream, after its header, into a store that must be empty. Returns the number of rows.
pub async fn import(input: &mut (dyn Read + Send), kv: &dyn Kv) -> Result<u64, Error> {
    if !kv.snapshot().await?.page(None, 1)?.is_empty() {
        return Err(Error::Backup("the store is not empty"));
    }
    let lease = kv.lease(0).await?;
    let (mut seq, mut rows) = (lease.seq, 0_u64);
    loop {
        let segment = take_block(input, SEGMENT_BYTES_MAX)?;
        if segment.is_empty() {
            break;
        }
        for ops in batches(&segment)? {
            seq += 1;
            rows += ops.len() as u64;
            kv.commit(Batch { lease, seq, ops }).await?;
        }
    }
    if take_block(input, 8)? != rows.to_be_bytes() {
        return Err(Error::Backup("rows are missing"));
    }
    Ok(rows)
}

fn batches(segment: &[u8]) -> Result<Vec<Vec<Op>>, Error> {
    let (mut all, mut ops, mut bytes, mut rest) = (Vec::new(), Vec::new(), 0, segment);
    while !rest.is_empty() {
        let (key, value) = take_row(&mut rest)?;
        bytes += key.as_bytes().len() + value.len();
        ops.push(Op::Put(key, value));
        if bytes >= BATCH_BYTES {
            all.push(std::mem::take(&mut ops));
            bytes = 0;
        }
    }
    all.push(ops);
    Ok(all)
}

fn take_row(rest: &mut &[u8]) -> Result<Row, Error> {
    let (key, value) = (take_sized(rest)?, take_sized(rest)?);
    if key.len() < 3 {
        return Err(Error::Backup("a key is too short"));
    }
    Ok((Key::from_bytes(key), Bytes::copy_from_slice(value)))
}

/// Length, bytes, SHA-256 of both.
fn put_block(bytes: &[u8], out: &mut dyn Write) -> Result<(), Error> {
    let len = (bytes.len() as u64).to_be_bytes();
    out.write_all(&len)
        .and_then(|()| out.write_all(bytes))
        .and_then(|()| out.write_all(&checksum(&len, bytes)))
        .map_err(io)
}

fn take_block(input: &mut dyn Read, most: usize) -> Result<Vec<u8>, Error> {
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

fn put_sized(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn take_sized<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Error> {
    let short = Error::Backup("a row is cut off");
    let Some((len, tail)) = rest.split_first_chunk::<4>() else { return Err(short) };
    let len = u32::from_be_bytes(*len) as usize;
    let (bytes, after) = tail.split_at_checked(len).ok_or(short)?;
    *rest = after;
    Ok(bytes)
}

fn io(error: std::io::Error) -> Error {
    Error::Engine(error.to_string())
}

fn cut(_: std::io::Error) -> Error {
    Error::Backup("it is cut off")
}
