//! Conversion of serialized TL between layers, both directions, driven by tables.

use crate::layer::Layer;
use crate::walk::{Limits, WalkError};
use std::borrow::Cow;

/// Why bytes were not converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TranscodeError {
    /// The bytes are not a valid value of the source layer (the peer's fault when upgrading, ours
    /// when downgrading).
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// The value has no form in the target layer.
    #[error("constructor {id:#010x} has no form in the other layer")]
    Unrepresentable {
        /// Constructor that could not be written.
        id: u32,
    },
}

/// A validated request in the newest layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded<'a> {
    /// Constructor id of the method in the newest layer.
    pub id: u32,
    /// The whole request, id included; borrowed where nothing changed.
    pub bytes: Cow<'a, [u8]>,
}

/// Validates one whole request of `layer` and rewrites it into the newest layer.
pub fn upgrade<'a>(layer: Layer, request: &'a [u8], limits: &Limits) -> Result<Upgraded<'a>, TranscodeError> {
    let _ = (layer, request, limits);
    Err(TranscodeError::Unrepresentable { id: 0 })
}

/// Appends to `out` one whole object (an update, `updates`, anything boxed) of the newest layer
/// as `layer` has it. On an error `out` is as before.
pub fn downgrade(layer: Layer, object: &[u8], out: &mut Vec<u8>) -> Result<(), TranscodeError> {
    let _ = (layer, object, out);
    Err(TranscodeError::Unrepresentable { id: 0 })
}

/// Appends to `out` the result of the method with the newest layer's id `method`, as a client of
/// `layer` expects it. `rpc_error` passes unchanged. On an error `out` is as before.
pub fn downgrade_result(layer: Layer, method: u32, result: &[u8], out: &mut Vec<u8>) -> Result<(), TranscodeError> {
    let _ = (layer, method, result, out);
    Err(TranscodeError::Unrepresentable { id: 0 })
}
