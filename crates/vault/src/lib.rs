//! Sealing of content: what is sealed under which key, the envelope, and who holds the keys' keys.
//! It knows neither TL nor Telegram: scopes and kinds are numbers and names.

#![warn(missing_docs)]

mod derive;
mod envelope;
mod kind;
pub mod pieces;
mod provider;
mod remembered;

pub use derive::{derive, mac64, mac128, mac256};
pub use envelope::{Aad, ContentKey, epoch_of, open, seal};
pub use kind::{Kind, Scope, ScopeClass};
pub use provider::{KeyProvider, LocalMaster};
pub use remembered::Remembered;

/// Why something does not open. It never says more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The envelope is shorter than its head.
    #[error("{got} bytes are no envelope")]
    Short {
        /// Bytes given.
        got: usize,
    },
    /// The format byte is of a newer build.
    #[error("envelope format {0} is unknown")]
    Format(u8),
    /// Another key, another place, or changed bytes.
    #[error("the seal is broken")]
    Broken,
}
