//! `account.*`: the caller's own settings, privacy, devices, password.

use crate::table::Row;

mod auto_save;
mod deletion;
pub(crate) mod devices;
mod downloads;
pub(crate) mod email;
mod music;
mod notify;
pub(crate) mod password;
mod phone;
mod privacy;
pub(crate) mod profile;
mod recovery;
mod settings;
mod sounds;
pub(crate) mod wallpapers;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[
        auto_save::ROWS,
        deletion::ROWS,
        devices::ROWS,
        downloads::ROWS,
        email::ROWS,
        music::ROWS,
        notify::ROWS,
        password::ROWS,
        phone::ROWS,
        privacy::ROWS,
        profile::ROWS,
        recovery::ROWS,
        settings::ROWS,
        sounds::ROWS,
        wallpapers::ROWS,
    ]
}
