//! Previews of web pages, without a socket: which links may be asked and which addresses reached ([`judge`]), and what
//! a page says of itself ([`page`]). Everything here reads bytes of strangers. Who fetches is the server.

#![warn(missing_docs)]

pub mod judge;
pub mod link;
pub mod page;
pub mod unpack;

pub use judge::Allowed;
pub use link::{Link, URL_MAX};
pub use page::Page;
