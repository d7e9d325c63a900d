//! How codes leave the server. There is no sender yet: the operator reads codes with `chappe user code`.

use std::{future::ready, pin::Pin};

use api::ports::{CodePurpose, CodeTarget, Ports};

/// The configured senders: none.
pub struct Senders;

impl Ports for Senders {
    fn send_code(
        &self,
        _to: CodeTarget,
        _code: String,
        purpose: CodePurpose,
    ) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        tracing::info!(?purpose, "a code waits to be read with `chappe user code`");
        Box::pin(ready(false))
    }
}
