//! Pinned messages.

use domain::{
    MessageId,
    messages::pinned::{PinMessage, UnpinAll},
};
use tl::{
    enums,
    functions::messages::{UnpinAllMessages, UpdatePinnedMessage},
};

use crate::{Cx, RpcError, input::peer, messages::delete::affected_history, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    UnpinAllMessages, UserOrBot, Write => unpin_all_messages;
    UpdatePinnedMessage, UserOrBot, Write => update_pinned_message;
};

async fn update_pinned_message(cx: Cx, request: UpdatePinnedMessage) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let command = PinMessage {
        by,
        peer,
        message: MessageId(request.id),
        pinned: !request.unpin,
        one_side: request.pm_oneside,
        silent: request.silent,
    };
    let entries = cx.domain.command(command).await?;
    let entries = entries.into_iter().map(|it| (peer.log(by.user), it)).collect();
    Ok(render::updates::told(&cx.domain, by.user, entries).await?)
}

async fn unpin_all_messages(cx: Cx, request: UnpinAllMessages) -> Result<enums::messages::AffectedHistory, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let step = cx.domain.command(UnpinAll { by, peer }).await?;
    affected_history(&cx, peer.log(by.user), step.entry.as_ref(), step.more).await
}
