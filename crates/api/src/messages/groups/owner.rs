//! Handing a group over.

use domain::groups::transfer::{EditCreator, refuse_early};
use tl::{enums, functions::messages::EditChatCreator};

use crate::{
    Cx, RpcError, auth,
    input::{self, peer},
    render,
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    EditChatCreator, User, Code => edit_chat_creator;
};

async fn edit_chat_creator(cx: Cx, request: EditChatCreator) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let (peer, to) = (peer(&cx.domain, by.user, &request.peer)?, input::user(&cx.domain, by.user, &request.user_id)?);
    // Whether it can be is told before the password is asked for.
    cx.domain.query(|view| refuse_early(view, &by)).await?;
    let proved = auth::proved(&cx, by.user, &request.password).await?.version;
    let entries = cx.domain.command(EditCreator { by, peer, to, proved }).await?;
    Ok(render::updates::told(&cx.domain, by.user, entries).await?)
}
