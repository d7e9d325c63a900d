//! Previews of web pages. A message names the link that it shows and the page's number; what is known of a page is one
//! row for all who link to it, sealed, found by a keyed hash, and forgotten when nobody has asked for it for long.
//! Nothing is fetched here: a page that is not known yet is an errand ([`arrival`]), for whoever may use sockets, and
//! who waits for it is told when it has come (`updateWebPage`). So no message waits for a stranger's server.
//! Source: core.telegram.org/api/url-previews.

pub mod arrival;
mod asking;
mod attach;
mod own;
pub mod rows;
mod seen;
#[cfg(test)]
mod tests;

pub use asking::AskPage;
pub use attach::Wish;
pub use rows::{PageCard, PageVideo};
pub use seen::{SeenPage, What, of, page, told};

pub(super) use asking::{ask_again, wait};
pub(super) use attach::{again, attached, refit};
