//! `users.*`: profiles.

use crate::table::Row;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[]
}
