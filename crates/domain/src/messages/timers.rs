//! What is due at a moment: scheduled messages, messages that destroy themselves.

use crate::{refusal::Refusal, service::Domain};

/// Does what is due now, in bounded steps.
pub async fn run_due(domain: &Domain) -> Result<(), Refusal> {
    let _ = domain;
    Ok(())
}
