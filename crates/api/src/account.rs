//! `account.*`: the caller's own settings, privacy, devices, password.

use crate::table::Row;

pub mod notify;
pub mod privacy;
pub mod profile;
pub mod settings;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[notify::ROWS, privacy::ROWS, profile::ROWS, settings::ROWS]
}
