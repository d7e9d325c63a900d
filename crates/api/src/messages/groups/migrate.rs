//! A basic group becomes a supergroup.

use domain::groups::basic::migrate::MigrateChat as Migrate;
use tl::{enums, functions::messages::MigrateChat};

use crate::{Cx, RpcError, input, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    MigrateChat, User, Write => migrate_chat;
};

async fn migrate_chat(cx: Cx, request: MigrateChat) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let migrated = cx.domain.command(Migrate { by, chat: input::chat(request.chat_id)? }).await?;
    Ok(render::updates::told(&cx.domain, by.user, migrated.entries).await?)
}
