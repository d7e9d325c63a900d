//! Editing texts.

use domain::{
    MessageId, Refusal,
    messages::{
        edit::{self, EditMessage as Edit},
        polls::close::ClosePoll,
        scheduled::{EditScheduled, Schedule},
    },
};
use tl::{
    enums,
    functions::messages::{EditMessage, GetMessageEditData},
    types,
};

use super::{input, scheduled::schedule};
use crate::{Cx, RpcError, input::peer, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    EditMessage, UserOrBot, Write => edit_message;
    GetMessageEditData, User, Light => get_message_edit_data;
};

async fn edit_message(cx: Cx, request: EditMessage) -> Result<enums::Updates, RpcError> {
    if request.rich_message.is_some() {
        return Err(Refusal::InputConstructorInvalid.into());
    }
    if let Some(media) = &request.media {
        return edit_media(&cx, &request, media).await;
    }
    if let Some(at) = schedule(request.schedule_date, request.schedule_repeat_period)? {
        return edit_scheduled(&cx, request, at).await;
    }
    let by = cx.me()?;
    let command = Edit {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.id),
        text: request.message.ok_or(Refusal::MessageEmpty)?,
        entities: input::entities(&cx, request.entities.as_ref())?,
        no_webpage: request.no_webpage,
    };
    let log = command.peer.log(by.user);
    let entry = cx.domain.command(command).await?;
    Ok(render::updates::told(&cx.domain, by.user, vec![(log, entry)]).await?)
}

/// A poll is closed by an edit that names it closed; nothing else of it can be changed.
/// Source: core.telegram.org/api/poll, "Closing polls".
async fn edit_media(cx: &Cx, request: &EditMessage, media: &enums::InputMedia) -> Result<enums::Updates, RpcError> {
    let enums::InputMedia::Poll(it) = media else { return Err(Refusal::InputConstructorInvalid.into()) };
    let enums::Poll::Poll(poll) = &it.poll;
    if !poll.closed || request.schedule_date.is_some() {
        return Err(Refusal::MediaInvalid.into());
    }
    let by = cx.me()?;
    let (peer, message) = (peer(&cx.domain, by.user, &request.peer)?, MessageId(request.id));
    let entry = cx.domain.command(ClosePoll { by, peer, message }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, vec![entry]).await?)
}

async fn edit_scheduled(cx: &Cx, request: EditMessage, at: Schedule) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let entities = input::entities(cx, request.entities.as_ref())?;
    let command = EditScheduled {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.id),
        text: request.message.map(|text| (text, entities, request.no_webpage)),
        at,
    };
    let entry = cx.domain.command(command).await?;
    Ok(render::updates::entries(&cx.domain, by.user, vec![entry]).await?)
}

async fn get_message_edit_data(
    cx: Cx,
    request: GetMessageEditData,
) -> Result<enums::messages::MessageEditData, RpcError> {
    let me = cx.user()?;
    let peer = peer(&cx.domain, me, &request.peer)?;
    cx.domain.query(|view| edit::editable(view, me, peer, MessageId(request.id))).await?;
    Ok(types::messages::MessageEditData { caption: false }.into())
}
