//! The files of blobs: paths, writes, syncs. Whoever calls holds the blob's lock.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom},
    ops::Range,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use bytes::Bytes;

use super::failed;
use crate::blobs::{BlobId, Error, PIECES_MAX};

/// Bytes before the first piece: the map of pieces, in whole pages.
pub(super) const HEAD: u64 = 8 << 10;

const _: () = assert!(HEAD >= PIECES_MAX as u64);

/// In the map: the piece is written.
const THERE: u8 = 1;

/// How much of a name is its directory's: 4,096 directories, of some hundred files each on a server with a million.
const FAN: usize = 3;

/// Where unfinished blobs stand.
const PARTS: &str = "parts";

/// Stands for a boot without a name.
const UNNAMED: &str = "this";

pub(super) struct Files {
    dir: PathBuf,
    parts: PathBuf,
}

impl Files {
    pub(super) fn open(dir: &Path, boot: Option<&str>) -> Result<Self, Error> {
        let parts = dir.join(PARTS);
        let here = parts.join(boot.unwrap_or(UNNAMED));
        let make = || {
            fs::create_dir_all(&parts)?;
            for entry in fs::read_dir(&parts)? {
                let path = entry?.path();
                if boot.is_none() || path != here {
                    fs::remove_dir_all(path)?;
                }
            }
            fs::create_dir_all(&here)
        };
        make().map_err(|error| failed(&error))?;
        Ok(Self { dir: dir.to_owned(), parts: here })
    }

    pub(super) fn put(&self, blob: BlobId, piece: u32, stride: u64, bytes: &[u8]) -> Result<(), Error> {
        let file = self.open_part(blob)?;
        let write = || {
            // In this order, whichever is the last that a kill lets through.
            file.write_all_at(&[0], piece.into())?;
            file.write_all_at(bytes, HEAD + u64::from(piece) * stride)?;
            file.write_all_at(&[THERE], piece.into())
        };
        write().map_err(|error| failed(&error))
    }

    fn open_part(&self, blob: BlobId) -> Result<File, Error> {
        let path = self.part(blob);
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        match options.open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if self.whole(blob).exists() {
                    return Err(Error::Finished { blob });
                }
                options.create(true).truncate(false).open(path).map_err(|error| failed(&error))
            }
            opened => opened.map_err(|error| failed(&error)),
        }
    }

    pub(super) fn read(&self, blob: BlobId, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        let opened = File::open(self.whole(blob)).map_err(|error| absent(&error, Error::Missing { blob }))?;
        let mut file = &opened;
        let one = |range: &Range<u64>| {
            let len = range.end - range.start;
            let mut bytes = Vec::with_capacity(usize::try_from(len).expect("ranges are short"));
            file.seek(SeekFrom::Start(HEAD + range.start)).map_err(|error| failed(&error))?;
            // Into memory that nobody has cleared for it.
            file.take(len).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
            if (bytes.len() as u64) < len { Err(Error::Cut { blob, end: range.end }) } else { Ok(bytes.into()) }
        };
        ranges.iter().map(one).collect()
    }

    pub(super) fn finish(&self, blob: BlobId, count: u32, size: u64) -> Result<(), Error> {
        let whole = self.whole(blob);
        if whole.exists() {
            return Ok(());
        }
        let missing = |piece| Error::PieceMissing { blob, piece };
        let opened = OpenOptions::new().read(true).write(true).open(self.part(blob));
        let file = opened.map_err(|error| absent(&error, missing(0)))?;
        let mut map = vec![0; count as usize];
        read_to_end(&file, &mut map).map_err(|error| failed(&error))?;
        if let Some(piece) = map.iter().position(|it| *it != THERE) {
            return Err(missing(u32::try_from(piece).expect("pieces have numbers")));
        }
        let make = || {
            if file.metadata()?.len() < HEAD + size {
                return Ok(false);
            }
            file.set_len(HEAD + size)?;
            file.sync_all()?;
            let fan = whole.parent().expect("a file lies in a directory");
            if !fan.exists() {
                fs::create_dir_all(fan)?;
                sync(&self.dir)?;
            }
            fs::rename(self.part(blob), &whole)?;
            sync(fan)?;
            Ok(true)
        };
        if make().map_err(|error: io::Error| failed(&error))? { Ok(()) } else { Err(missing(count - 1)) }
    }

    pub(super) fn remove(&self, blob: BlobId) -> Result<(), Error> {
        for path in [self.part(blob), self.whole(blob)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(&error)),
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn list(&self, after: Option<BlobId>, limit: usize) -> Result<Vec<BlobId>, Error> {
        let after = after.map(BlobId::name).unwrap_or_default();
        let read = || {
            let mut parts = names(&self.parts)?;
            parts.retain(|it| *it > after);
            let mut found = Vec::new();
            for fan in
                names(&self.dir)?.into_iter().filter(|it| it.len() == FAN && **it >= after[..FAN.min(after.len())])
            {
                let mut here = names(&self.dir.join(&fan))?;
                here.retain(|it| *it > after);
                // What is unfinished stands elsewhere and comes in its turn.
                let turn = parts.partition_point(|it| it[..FAN.min(it.len())] <= *fan);
                here.extend(parts.drain(..turn));
                here.sort_unstable();
                found.extend(here);
                if found.len() >= limit {
                    break;
                }
            }
            if found.len() < limit {
                found.append(&mut parts);
            }
            Ok(found)
        };
        let found: Vec<String> = read().map_err(|error: io::Error| failed(&error))?;
        Ok(found.iter().filter_map(|it| BlobId::from_name(it)).take(limit).collect())
    }

    fn part(&self, blob: BlobId) -> PathBuf {
        self.parts.join(blob.name())
    }

    pub(super) fn whole(&self, blob: BlobId) -> PathBuf {
        whole(&self.dir, blob)
    }
}

/// Where a finished blob stands.
pub(in crate::blobs) fn whole(dir: &Path, blob: BlobId) -> PathBuf {
    let name = blob.name();
    dir.join(&name[..FAN]).join(name)
}

/// Every finished blob of a directory, in the order of their names.
pub(in crate::blobs) fn finished(dir: &Path) -> io::Result<Vec<BlobId>> {
    let mut found = Vec::new();
    for fan in names(dir)?.into_iter().filter(|it| it.len() == FAN) {
        found.extend(names(&dir.join(fan))?.iter().filter_map(|it| BlobId::from_name(it)));
    }
    Ok(found)
}

/// The names in a directory, in order.
fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names: Vec<String> = fs::read_dir(dir)?
        .map(|it| Ok(it?.file_name().into_string().unwrap_or_default()))
        .collect::<io::Result<_>>()?;
    names.retain(|it| it.is_ascii());
    names.sort_unstable();
    Ok(names)
}

/// A map that ends early has no piece beyond.
fn read_to_end(file: &File, map: &mut [u8]) -> io::Result<()> {
    let mut at = 0;
    while at < map.len() {
        match file.read_at(&mut map[at..], at as u64) {
            Ok(0) => break,
            Ok(read) => at += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn absent(error: &io::Error, it: Error) -> Error {
    if error.kind() == ErrorKind::NotFound { it } else { failed(error) }
}

/// What was renamed or made in a directory is durable once the directory is.
fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
