//! `auth.*`: codes, sign-in, temporary keys, two-step verification.

use crate::table::Row;

mod codes;
pub(crate) mod device;
mod password;
mod recovery;
mod sign_in;
mod temp_keys;
mod tokens;

pub(crate) use codes::{deliver, mail};
pub(crate) use password::{padded, proved};

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[codes::ROWS, password::ROWS, recovery::ROWS, sign_in::ROWS, temp_keys::ROWS, tokens::ROWS]
}
