//! `messages.uploadMedia`: media that is made now and sent later.

use domain::{
    Refusal,
    files::Access,
    messages::{
        Media, SeenMedia,
        media::{SeenCarried, ahead, uploaded::KeepUploaded},
    },
};
use tl::{enums, functions::messages::UploadMedia};

use super::{files, media};
use crate::{Cx, RpcError, input::peer, render};

pub(super) async fn upload_media(cx: Cx, request: UploadMedia) -> Result<enums::MessageMedia, RpcError> {
    let me = cx.user()?;
    let (peer, right) = (peer(&cx.domain, me, &request.peer)?, files::right(&request.media)?);
    cx.domain.query(|view| ahead::refuse(view, me, peer, right)).await?;
    let Media::Files(body) = media(&cx, &request.media).await? else { return Err(Refusal::MediaInvalid.into()) };
    let carrier = cx.domain.command(KeepUploaded { user: me, media: (*body).clone() }).await?;
    let named = body.named();
    let access = cx.domain.query(|view| Ok(Access::of(view, carrier, named.iter().copied()))).await?;
    let shown = render::media::media(&SeenMedia::Carried(Box::new(SeenCarried { body: *body, access })));
    Ok(shown.ok_or(Refusal::MediaInvalid)?)
}
