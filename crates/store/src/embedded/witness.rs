//! A small file beside the database that remembers how far it had come. A damaged journal can look like
//! one that ends earlier; then the stored sequence is below the witness, and the store does not open.

use std::{fs, io::Write};

use super::{Rooms, commit::read_lease, engine};
use crate::{Error, Lease};

/// Commits between two notes: the witness may lag by this much, and costs a sync each time.
const EVERY: u64 = 1024;

const FILE: &str = "witness";

/// Notes the sequence now and then.
pub(super) fn note(rooms: &Rooms, lease: &Lease) -> Result<(), Error> {
    if lease.group != 0 || !lease.seq.is_multiple_of(EVERY) {
        return Ok(());
    }
    let (path, fresh) = (rooms.dir.join(FILE), rooms.dir.join("witness.new"));
    let mut file = fs::File::create(&fresh).map_err(engine)?;
    file.write_all(&lease.seq.to_be_bytes()).and_then(|()| file.sync_all()).map_err(engine)?;
    fs::rename(fresh, path).map_err(engine)
}

/// Refuses a store that has gone back.
pub(super) fn check(rooms: &Rooms) -> Result<(), Error> {
    let Ok(bytes) = fs::read(rooms.dir.join(FILE)) else { return Ok(()) };
    let Ok(seen) = bytes.as_slice().try_into().map(u64::from_be_bytes) else { return Ok(()) };
    let stored = read_lease(rooms, 0)?.seq;
    if stored < seen { Err(Error::WentBack { stored, seen }) } else { Ok(()) }
}
