//! `account.*`: the caller's own settings, privacy, devices, password.

use crate::table::Row;

pub(crate) mod devices;
mod notify;
mod password;
mod phone;
mod privacy;
mod profile;
mod settings;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[devices::ROWS, notify::ROWS, password::ROWS, phone::ROWS, privacy::ROWS, profile::ROWS, settings::ROWS]
}
