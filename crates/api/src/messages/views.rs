//! How often posts were seen and forwarded, and that they are being seen.

use domain::{
    MessageId, Peer,
    messages::counts::look::{Look, look},
};
use tl::{enums, functions::messages::GetMessagesViews, types};

use crate::{
    Cx, RpcError,
    input::peer,
    render::{
        message::{comments, date, replies},
        named::{Named, Shown},
    },
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
    let shown = match named(&looks) {
        Some(named) => cx.domain.query(|view| named.read(view, me)).await?,
        None => Shown::default(),
    };
    Ok(types::messages::MessageViews { views, chats: shown.chats(), users: shown.users() }.into())
}

/// Where posts are commented on, and by whom last; most calls name nobody.
fn named(looks: &[Option<Look>]) -> Option<Named> {
    let mut named = None;
    for it in looks.iter().flatten().filter_map(|it| it.comments.as_ref()) {
        let named: &mut Named = named.get_or_insert_default();
        named.peer(Peer::Channel(it.group));
        it.recent.iter().for_each(|it| named.peer(*it));
    }
    named
}

/// A message that is no post, or gone, has nothing to tell.
fn seen(it: Option<&Look>) -> enums::MessageViews {
    types::MessageViews {
        views: it.map(|it| date(it.counts.views)),
        forwards: it.map(|it| date(it.counts.forwards)),
        replies: it.and_then(answers),
    }
    .into()
}

fn answers(it: &Look) -> Option<enums::MessageReplies> {
    it.comments.as_ref().map(comments).or(it.thread.as_ref().map(replies))
}

#[cfg(test)]
mod tests;
