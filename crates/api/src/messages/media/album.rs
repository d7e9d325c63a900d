//! `messages.sendMultiMedia`: an album.

use domain::{
    Peer, Refusal, UserId,
    messages::{
        forward::at_once,
        media::{
            SendMedia, ahead,
            album::{SendAlbum, refuse_mixed, refuse_numbers},
        },
        send::{SendMessage, Sent},
    },
};
use tl::{enums, functions::messages::SendMultiMedia};

use super::{files, input, media};
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
    let ids: Vec<_> = request.multi_media.iter().map(|enums::InputSingleMedia::Media(it)| it.random_id).collect();
    refuse_numbers(&ids)?;
    if let Some(known) = known(&cx, by.user, peer, &request.multi_media).await? {
        return answer(&cx, peer, known.into_iter().zip(ids).collect()).await;
    }
    let album = if ids.len() > 1 { u64::from_be_bytes(cx.domain.draw()) } else { 0 };
    let mut items = Vec::with_capacity(ids.len());
    for (place, enums::InputSingleMedia::Media(it)) in request.multi_media.iter().enumerate() {
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
        let media = media(&cx, &it.media).await.map_err(|error| placed(error, place))?;
        items.push(SendMedia { send, media });
    }
    refuse_mixed(items.iter().map(|it| &it.media))?;
    let part = cx.domain.query(|view| at_once(view, peer)).await?;
    let mut sent = Vec::with_capacity(items.len());
    for items in items.chunks(part) {
        sent.extend(cx.domain.command(SendAlbum { items: items.to_vec(), at }).await?);
    }
    answer(&cx, peer, sent.into_iter().zip(ids).collect()).await
}

/// Where all of an album was sent or queued before, in its order. Refuses what may not be sent.
async fn known(
    cx: &Cx,
    me: UserId,
    peer: Peer,
    items: &[enums::InputSingleMedia],
) -> Result<Option<Vec<Sent>>, RpcError> {
    let mut all = Vec::with_capacity(items.len());
    for enums::InputSingleMedia::Media(it) in items {
        let right = files::right(&it.media)?;
        let sent = cx.domain.query(|view| ahead::sent(view, me, peer, it.random_id, right)).await?;
        all.push(sent.map(|message| Sent { message, entry: None }));
    }
    Ok(all.into_iter().collect())
}

/// An error about a file reference says which item of an album it is about.
/// Source: core.telegram.org/api/file-references.
fn placed(error: RpcError, place: usize) -> RpcError {
    match error.name.strip_prefix("FILE_REFERENCE_") {
        Some(what) => RpcError { name: format!("FILE_REFERENCE_{place}_{what}").into(), ..error },
        None => error,
    }
}
