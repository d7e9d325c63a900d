//! Editing: texts, captions, and what messages carry.

use domain::{
    MessageId, Peer, Refusal,
    messages::{
        Media,
        edit::{self, EditMessage as Edit, EditWithPage},
        media::{edit::EditMedia, live::EditLive},
        polls::close::ClosePoll,
        scheduled::{EditScheduled, Schedule},
        webpages::Wish,
    },
    updates::LogEntry,
};
use tl::{
    enums,
    functions::messages::{EditMessage, GetMessageEditData},
    types,
};

use super::{input, media, scheduled::schedule};
use crate::{Cx, RpcError, input::peer, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    EditMessage, UserOrBot, Write => edit_message;
    GetMessageEditData, User, Light => get_message_edit_data;
};

async fn edit_message(cx: Cx, request: EditMessage) -> Result<enums::Updates, RpcError> {
    if request.rich_message.is_some() {
        return Err(Refusal::InputConstructorInvalid.into());
    }
    let wish = match &request.media {
        Some(enums::InputMedia::WebPage(it)) => media::wish(it, request.invert_media),
        Some(media) => return edit_media(&cx, &request, media).await,
        None => Wish { inverted: request.invert_media, ..Wish::default() },
    };
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
    let entry = cx.domain.command(EditWithPage { edit: command, wish }).await?;
    Ok(render::updates::told(&cx.domain, by.user, vec![(log, entry)]).await?)
}

/// A poll is closed by an edit that names it closed, a live location told anew; anything else takes the place of what
/// was carried. Source: core.telegram.org/api/poll, "Closing polls", core.telegram.org/api/live-location.
async fn edit_media(cx: &Cx, request: &EditMessage, new: &enums::InputMedia) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let (peer, message) = (peer(&cx.domain, by.user, &request.peer)?, MessageId(request.id));
    let at = schedule(request.schedule_date, request.schedule_repeat_period)?;
    let entry = match (new, at) {
        (enums::InputMedia::Poll(it), None) => {
            let enums::Poll::Poll(poll) = &it.poll;
            if !poll.closed {
                return Err(Refusal::MediaInvalid.into());
            }
            cx.domain.command(ClosePoll { by, peer, message }).await?
        }
        (enums::InputMedia::GeoLive(it), None) => {
            cx.domain.command(EditLive { by, peer, message, live: media::live(it)? }).await?
        }
        (enums::InputMedia::Poll(_) | enums::InputMedia::GeoLive(_), Some(_)) => {
            return Err(Refusal::MediaInvalid.into());
        }
        (other, at) => replace(cx, request, (peer, message), other, at).await?,
    };
    // A queue's entries are of the writer's own log.
    let log = if at.is_some() { by.user.into() } else { peer.log(by.user) };
    Ok(render::updates::told(&cx.domain, by.user, vec![(log, entry)]).await?)
}

async fn replace(
    cx: &Cx,
    request: &EditMessage,
    (peer, message): (Peer, MessageId),
    new: &enums::InputMedia,
    at: Option<Schedule>,
) -> Result<LogEntry, RpcError> {
    let by = cx.me()?;
    if at.is_none() {
        // Before anything is made of an upload.
        cx.domain.query(|view| edit::editable(view, by.user, peer, message)).await?;
    }
    let entities = input::entities(cx, request.entities.as_ref())?;
    let caption = request.message.clone().map(|text| (text, entities));
    let Media::Files(media) = media::media(cx, new).await? else { return Err(Refusal::MediaNewInvalid.into()) };
    Ok(match at {
        None => cx.domain.command(EditMedia { by, peer, message, media, caption }).await?,
        Some(at) => {
            let text = caption.map(|(text, entities)| (text, entities, request.no_webpage));
            cx.domain.command(EditScheduled { by, peer, message, text, media: Some(media), at }).await?
        }
    })
}

async fn edit_scheduled(cx: &Cx, request: EditMessage, at: Schedule) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let entities = input::entities(cx, request.entities.as_ref())?;
    let command = EditScheduled {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        message: MessageId(request.id),
        text: request.message.map(|text| (text, entities, request.no_webpage)),
        media: None,
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
    let row = cx.domain.query(|view| edit::editable(view, me, peer, MessageId(request.id))).await?;
    Ok(types::messages::MessageEditData { caption: !row.files.is_empty() }.into())
}
