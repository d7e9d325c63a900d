//! `contacts.*`: address book, search, blocking.

use crate::table::Row;

mod blocks;
mod book;
mod find;
mod top;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[blocks::ROWS, book::ROWS, find::ROWS, top::ROWS]
}

#[cfg(test)]
pub(crate) mod tests;
