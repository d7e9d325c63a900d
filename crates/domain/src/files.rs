//! Files as the rules see them: what a carrier knows of a file, and the tokens by which clients ask for its bytes.
//! Source: core.telegram.org/api/files.

pub mod descriptor;
pub mod reference;
pub mod uses;

pub use descriptor::{Attribute, Document, Photo, PhotoSize, Stored};
pub use reference::{Access, Carrier};
