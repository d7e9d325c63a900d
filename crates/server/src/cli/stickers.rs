//! `chappe stickers …`: through the running server's socket, or on the store itself when nobody serves.

use super::{Failure, Stickers, user};
use crate::admin::command::Request;

/// Runs a sticker command and prints what it says.
pub async fn run(command: Stickers) -> Result<(), Failure> {
    let (places, request) = match command {
        Stickers::Feature { name, places } => (places, Request::StickersFeature { name, on: true }),
        Stickers::Unfeature { name, places } => (places, Request::StickersFeature { name, on: false }),
    };
    user::print(user::ask(&places, request).await?)
}
