//! `account.*`: the caller's own settings, privacy, devices, password.

use crate::table::Row;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[]
}
