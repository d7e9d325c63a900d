//! The domain's views as TL objects of the newest layer.

mod action;
pub mod admin_log;
pub mod dialog;
pub mod entities;
pub mod folder;
pub mod full_user;
pub mod group;
pub mod hash;
pub mod invite;
pub mod media;
pub mod message;
pub mod named;
pub mod notify;
pub mod participant;
pub mod photo;
pub mod poll;
pub mod privacy;
pub mod reactions;
pub mod sticker;
pub mod topic;
pub mod updates;
pub mod user;
pub mod wallpaper;
pub mod webpage;

/// A TL struct with no flag set and zeros elsewhere, for `..blank()`: the generated types have no
/// default. Only for types whose required fields are numbers, strings or vectors-free: a required
/// boxed field has no zero.
pub(crate) fn blank<T: tl::Deserializable>() -> T {
    tl::Deserializable::from_bytes(&[0; 512]).expect("a struct of flags and numbers reads from zeros")
}
