//! The finished blobs of a directory as a part of a backup's stream, behind its rows: for each its number and length,
//! then its file in blocks with a checksum each, and an empty block at the end. Files are sealed, and stay so.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::Path,
};

use super::{
    BlobId, PIECE_BYTES_MAX, PIECES_MAX,
    local::files::{finished, whole},
};
use crate::{
    Error,
    backup::{cut, failed, put_block, take_block},
};

/// Bytes of a file that are read and written at once.
const BLOCK_BYTES: usize = 1 << 20;

/// Bytes of what stands before each file.
const HEAD_BYTES: usize = 16;

/// Bytes of a file that a reader accepts.
const FILE_BYTES_MAX: u64 = PIECE_BYTES_MAX as u64 * PIECES_MAX as u64 + (1 << 20);

/// Writes all finished blobs; how many there were. One that is removed meanwhile is left out.
pub fn export(dir: &Path, out: &mut dyn Write) -> Result<u64, Error> {
    let mut count = 0;
    for blob in finished(dir).map_err(failed)? {
        let mut file = match File::open(whole(dir, blob)) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            opened => opened.map_err(failed)?,
        };
        let len = file.metadata().map_err(failed)?.len();
        put_block(&[blob.0.to_be_bytes(), len.to_be_bytes()].concat(), out)?;
        let mut rest = len;
        while rest > 0 {
            let mut block = vec![0; usize::try_from(rest).map_or(BLOCK_BYTES, |it| it.min(BLOCK_BYTES))];
            file.read_exact(&mut block).map_err(failed)?;
            put_block(&block, out)?;
            rest -= block.len() as u64;
        }
        count += 1;
    }
    put_block(&[], out)?;
    Ok(count)
}

/// Writes the blobs of a stream into a directory, which must be empty or not there; how many there were. On an error
/// the directory holds a part of them: the caller throws it away.
pub fn import(input: &mut dyn Read, dir: &Path) -> Result<u64, Error> {
    fs::create_dir_all(dir).map_err(failed)?;
    if fs::read_dir(dir).map_err(failed)?.next().is_some() {
        return Err(Error::Backup("the directory of files is not empty"));
    }
    let mut count = 0;
    loop {
        let head = take_block(input, HEAD_BYTES)?;
        if head.is_empty() {
            break;
        }
        let (id, len) = head.split_first_chunk::<8>().ok_or(Error::Backup("a file's head does not read"))?;
        let len = <[u8; 8]>::try_from(len).map_err(|_| Error::Backup("a file's head does not read"))?;
        let (blob, len) = (BlobId(u64::from_be_bytes(*id)), u64::from_be_bytes(len));
        if len > FILE_BYTES_MAX {
            return Err(Error::Backup("a file is too long"));
        }
        take_file(input, &whole(dir, blob), len)?;
        count += 1;
    }
    sync(dir).map_err(failed)?;
    Ok(count)
}

/// The stream must end here.
pub fn ended(input: &mut dyn Read) -> Result<(), Error> {
    match input.read(&mut [0]).map_err(cut)? {
        0 => Ok(()),
        _ => Err(Error::Backup("it goes on after its end")),
    }
}

fn take_file(input: &mut dyn Read, path: &Path, len: u64) -> Result<(), Error> {
    fs::create_dir_all(path.parent().expect("a file lies in a directory")).map_err(failed)?;
    let mut file = File::create_new(path).map_err(failed)?;
    let mut rest = len;
    while rest > 0 {
        let block = take_block(input, BLOCK_BYTES)?;
        rest = match rest.checked_sub(block.len() as u64) {
            Some(rest) if !block.is_empty() => rest,
            _ => return Err(Error::Backup("a file's blocks do not add up")),
        };
        file.write_all(&block).map_err(failed)?;
    }
    file.sync_all().map_err(failed)
}

/// The directories that files were made in, and the one that holds those.
fn sync(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        File::open(entry?.path())?.sync_all()?;
    }
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        blobs::{
            Blobs,
            conformance::{STRIDE, put_all, read, text},
            local::tests::opened,
        },
        conformance::wait,
        embedded::tests::Place,
    };

    fn sample(name: &str) -> (Place, Vec<u8>) {
        let place = Place::new(name);
        let local = opened(&place, Some("boot"));
        for (id, size) in [(1, 10), (2, 2_500_000), (0x0103, 1000)] {
            put_all(&local, BlobId(id), size);
            wait(local.finish(BlobId(id), STRIDE, size)).unwrap();
        }
        put_all(&local, BlobId(4), 1000);
        let mut stream = Vec::new();
        assert_eq!(export(&place.0, &mut stream).unwrap(), 3);
        (place, stream)
    }

    #[test]
    fn finished_blobs_come_back_and_others_do_not() {
        let (_source, stream) = sample("blobs-backup");
        let place = Place::new("blobs-restored");
        let mut input = &stream[..];
        assert_eq!(import(&mut input, &place.0).unwrap(), 3);
        ended(&mut input).unwrap();
        let local = opened(&place, Some("boot"));
        assert_eq!(read(&local, BlobId(2), 2_499_000..2_500_000), Ok(text(BlobId(2), 2499, 1, 1000)));
        assert_eq!(wait(local.list(None, 9)).unwrap().len(), 3);
        assert!(matches!(import(&mut &stream[..], &place.0), Err(Error::Backup(_))), "it is not empty any more");
    }

    #[test]
    fn a_damaged_stream_of_blobs_is_refused() {
        let (_source, stream) = sample("blobs-damaged");
        let refused = |stream: &[u8]| {
            let place = Place::new("blobs-refused");
            let mut input = stream;
            let result = import(&mut input, &place.0).and_then(|_| ended(&mut input));
            assert!(matches!(result, Err(Error::Backup(_))), "{result:?}");
            let _ = fs::remove_dir_all(&place.0);
        };
        for end in [0, 10, 60, stream.len() / 2, stream.len() - 1] {
            refused(&stream[..end]);
        }
        for at in (0..stream.len()).step_by(499_979) {
            let mut changed = stream.clone();
            changed[at] ^= 1;
            refused(&changed);
        }
        refused(&[&stream[..], b"x"].concat());
    }
}
