//! How often posts were seen and forwarded, and that they are being seen.

use domain::{
    MessageId,
    messages::counts::look::{Look, look},
};
use tl::{enums, functions::messages::GetMessagesViews, types};

use crate::{
    Cx, RpcError,
    input::peer,
    render::message::{date, replies},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetMessagesViews, User, Light => get_messages_views;
};

async fn get_messages_views(cx: Cx, request: GetMessagesViews) -> Result<enums::messages::MessageViews, RpcError> {
    let me = cx.user()?;
    let chat = peer(&cx.domain, me, &request.peer)?;
    let ids: Vec<_> = request.id.iter().copied().map(MessageId).collect();
    let looks = look(&cx.domain, me, chat, &ids, request.increment).await?;
    let views = looks.iter().map(|it| seen(it.as_ref())).collect();
    Ok(types::messages::MessageViews { views, chats: Vec::new(), users: Vec::new() }.into())
}

/// A message that is no post, or gone, has nothing to tell.
fn seen(it: Option<&Look>) -> enums::MessageViews {
    types::MessageViews {
        views: it.map(|it| date(it.counts.views)),
        forwards: it.map(|it| date(it.counts.forwards)),
        replies: it.and_then(|it| it.thread.as_ref()).map(replies),
    }
    .into()
}

#[cfg(test)]
mod tests;
