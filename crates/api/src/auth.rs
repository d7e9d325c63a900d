//! `auth.*`: codes, sign-in, QR login, temporary keys, two-step verification.

use crate::table::Row;

pub mod device;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[]
}
