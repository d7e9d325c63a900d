//! TL at the newest layer, and everything that happens to TL bytes before and after it: the
//! validation walk, the layer transcoder, RPC wrappers and bounded gunzip.
//!
//! The server proper knows only the newest layer ([`LAYER`]), as typed structs re-exported from
//! `grammers-tl-types`. The way in for a request is always the same:
//!
//! 1. [`gunzip::unpack`] if the payload was packed,
//! 2. [`wrappers::peel`] takes the `invokeWith*` wrappers off and reports the announced layer,
//! 3. [`Layer::serving`] picks the layer served for it,
//! 4. [`upgrade`] validates the untrusted bytes and, for an older layer, rewrites them into the
//!    newest; nothing may be decoded before this,
//! 5. [`decode_request`] (or `match` on [`request_id`] first) makes the typed struct.
//!
//! The way out: serialize the typed value once at the newest layer, then [`downgrade`] (updates,
//! objects) or [`downgrade_result`] (answers of a method) once per distinct layer among the
//! recipients. No step depends on the recipient.
//!
//! The crate has no clock, randomness, socket or thread, and knows nothing else of ours.
#![warn(missing_docs)]

pub mod decode;
pub mod generate;
pub mod gunzip;
pub mod layer;
pub mod names;
mod schema;
pub mod transcode;
pub mod walk;
pub mod wrappers;

pub use decode::{DecodeError, decode_object, decode_request, request_id};
pub use grammers_tl_types::{
    Blob, Cursor, Deserializable, Identifiable, LAYER, RawVec, RemoteCall, Serializable, deserialize, enums, functions,
    types,
};
pub use layer::{Layer, LayerTooOld};
pub use names::{all_methods, constructor_name, method_name};
pub use transcode::{TranscodeError, Upgraded, downgrade, downgrade_result, downgraded_result, upgrade};
pub use walk::{Limits, WalkError};
