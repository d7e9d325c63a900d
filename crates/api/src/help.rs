//! `help.*`: configuration and what clients ask at start.

use crate::table::Row;

mod app_config;
mod config;
mod lists;
mod notices;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[app_config::ROWS, config::ROWS, lists::ROWS, notices::ROWS]
}
