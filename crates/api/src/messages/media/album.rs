//! `messages.sendMultiMedia`: an album.

use domain::{
    Refusal,
    messages::{
        forward::at_once,
        media::{
            SendMedia,
            album::{SendAlbum, refuse_mixed},
        },
        send::SendMessage,
    },
};
use tl::{enums, functions::messages::SendMultiMedia};

use super::{input, media};
use crate::{
    Cx, RpcError,
    input::peer,
    messages::{scheduled::schedule, send::answer},
};

pub(super) async fn send_multi_media(cx: Cx, request: SendMultiMedia) -> Result<enums::Updates, RpcError> {
    if request.quick_reply_shortcut.is_some() {
        return Err(Refusal::InputConstructorInvalid.into());
    }
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let at = schedule(request.schedule_date, None)?;
    let album = if request.multi_media.len() > 1 { u64::from_be_bytes(cx.domain.draw()) } else { 0 };
    let mut items = Vec::with_capacity(request.multi_media.len());
    for enums::InputSingleMedia::Media(it) in &request.multi_media {
        let send = SendMessage {
            by,
            peer,
            text: it.message.clone(),
            entities: input::entities(&cx, it.entities.as_ref())?,
            reply: input::reply(&cx, request.reply_to.as_ref())?,
            random_id: it.random_id,
            silent: request.silent,
            noforwards: request.noforwards,
            no_webpage: false,
            clear_draft: request.clear_draft,
            send_as: input::send_as(&cx, request.send_as.as_ref())?,
            album,
        };
        items.push(SendMedia { send, media: media(&cx, &it.media).await? });
    }
    refuse_mixed(&items)?;
    let part = cx.domain.query(|view| at_once(view, peer)).await?;
    let mut sent = Vec::with_capacity(items.len());
    for items in items.chunks(part) {
        sent.extend(cx.domain.command(SendAlbum { items: items.to_vec(), at }).await?);
    }
    let ids = request.multi_media.iter().map(|enums::InputSingleMedia::Media(it)| it.random_id);
    answer(&cx, peer, sent.into_iter().zip(ids).collect()).await
}
