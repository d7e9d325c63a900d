//! Invented people, groups and histories in bulk, for a server that is tried out or measured. Every row is written
//! by the rule that owns its kind; only who may do it is not asked. A command is bounded, tells of a moment in the
//! past, and may be run again: what is there stays as it is.

mod groups;
mod history;
mod people;
#[cfg(test)]
mod tests;

pub use groups::{MEMBERS_MAX, SeedChannel, SeedMembers, SeededChannel};
pub use history::{LINES_MAX, Line, SeedLines};
pub use people::{PEOPLE_MAX, SeedPeople, SeedPerson, is_invented};

use crate::{
    caller::Caller,
    ids::{AuthKeyId, AuthorizationHash, UserId},
    updates::Origin,
};

/// Somebody who acts without a device.
pub fn caller(user: UserId) -> Caller {
    let origin = Origin { key: AuthKeyId(0), session: 0 };
    Caller { user, origin, authorization: AuthorizationHash(0) }
}
