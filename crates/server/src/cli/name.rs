//! `chappe name …`: through the running server's socket, or on the store itself when nobody serves.

use super::{Failure, Name, user};
use crate::admin::command::Request;

/// Runs a name command and prints what it says.
pub async fn run(command: Name) -> Result<(), Failure> {
    let (places, request) = match command {
        Name::Grant { name, to, places } => (places, Request::NameGrant { name, to }),
        Name::Withdraw { name, places } => (places, Request::NameWithdraw { name }),
    };
    user::print(user::ask(&places, request).await?)
}
