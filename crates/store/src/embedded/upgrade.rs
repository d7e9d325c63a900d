//! The directory's format, and how an older one becomes this build's.

use fjall::{Database, Keyspace, PersistMode};

use super::{FORMAT, engine};
use crate::{Class, Error, Subspace};

/// The last format before which a kind of rows may live in another keyspace than its class says: 2 logs hot rows and
/// writes them later, which a build before it would not see; since 3 a channel's removal keeps its place among them.
const MOVED: u32 = 3;

/// Rows moved at a time.
const PAGE: usize = 1000;

/// The format of a directory, `None` for a new one; a newer one is refused before anything of it is touched.
pub(super) fn format(meta: &Keyspace) -> Result<Option<u32>, Error> {
    let Some(bytes) = meta.get("format").map_err(engine)? else { return Ok(None) };
    match bytes.as_ref().try_into().map(u32::from_be_bytes) {
        Ok(got) if got <= FORMAT => Ok(Some(got)),
        Ok(got) => Err(Error::NewerFormat { got, newest: FORMAT }),
        Err(_) => Err(Error::Engine("the format row does not read".into())),
    }
}

/// Brings an older directory up. A crash in the middle costs nothing: it begins anew.
pub(super) fn run(
    database: &Database,
    meta: &Keyspace,
    classes: &[(Class, Keyspace)],
    spaces: &[Subspace],
) -> Result<(), Error> {
    match format(meta)? {
        Some(FORMAT) => return Ok(()),
        Some(got) if got < MOVED => bring_home(database, classes, spaces)?,
        Some(_) | None => {}
    }
    meta.insert("format", FORMAT.to_be_bytes()).map_err(engine)?;
    database.persist(PersistMode::SyncData).map_err(engine)
}

/// Moves each row to the keyspace of its kind's class.
fn bring_home(database: &Database, classes: &[(Class, Keyspace)], spaces: &[Subspace]) -> Result<(), Error> {
    for space in spaces {
        let Some((_, home)) = classes.iter().find(|(class, _)| *class == space.class) else { continue };
        for (_, elsewhere) in classes.iter().filter(|(class, _)| *class != space.class) {
            while carry(database, space.id, elsewhere, home)? {}
        }
    }
    Ok(())
}

/// One page; whether there was any.
fn carry(database: &Database, space: u8, from: &Keyspace, to: &Keyspace) -> Result<bool, Error> {
    let mut write = database.batch();
    for row in from.prefix([space]).take(PAGE) {
        let (key, value) = row.into_inner().map_err(engine)?;
        write.remove(from, key.clone());
        write.insert(to, key, value);
    }
    let any = !write.is_empty();
    write.commit().map_err(engine)?;
    Ok(any)
}
