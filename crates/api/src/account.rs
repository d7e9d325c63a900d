//! `account.*`: the caller's own settings, privacy, devices, password.

use crate::table::Row;

mod deletion;
pub(crate) mod devices;
pub(crate) mod email;
mod notify;
pub(crate) mod password;
mod phone;
mod privacy;
pub(crate) mod profile;
mod recovery;
mod settings;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[
        deletion::ROWS,
        devices::ROWS,
        email::ROWS,
        notify::ROWS,
        password::ROWS,
        phone::ROWS,
        privacy::ROWS,
        profile::ROWS,
        recovery::ROWS,
        settings::ROWS,
    ]
}
