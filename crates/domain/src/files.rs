//! Files as the rules see them: how they come and where their bytes lie, what a carrier knows of a file, and the
//! tokens by which clients ask for its bytes. Bytes go past the owner: commands write what is known of them.
//! Source: core.telegram.org/api/files.

mod ahead;
mod completing;
pub mod descriptor;
pub mod frames;
mod gone;
pub mod intake;
mod keeping;
pub mod links;
mod placing;
pub mod ranges;
mod reading;
pub mod reference;
pub mod rows;
mod shelf;
mod signed;
mod uploading;
pub mod uses;

pub use ahead::Beside;
pub use completing::{Claim, complete};
pub use descriptor::{Attribute, Document, MaskPlace, Photo, PhotoSize, Stored, VideoSize};
pub use gone::{abandoned, orphans, sweep, unused_seconds};
pub use placing::{PART_MAX, PARTS_MAX, Part};
pub use reading::{HASHED, Hashed, READ_MAX, date, hashes, read, read_behind};
pub use reference::{Access, Carrier};
pub use rows::{SMALL, STORED_MAX, UPLOADING_MAX, UPLOADS_MAX};
pub use shelf::Shelf;
pub use uploading::{ABANDONED_SECONDS, save_part};

#[cfg(test)]
mod tests;
