//! Notification sounds of one's own.

use domain::{
    Refusal,
    kept::{self, List, sounds},
};
use tl::{
    enums,
    functions::account::{GetSavedRingtones, SaveRingtone, UploadRingtone},
    types,
};

use crate::{Cx, RpcError, input, messages::media::files, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetSavedRingtones, User, Light => get_saved_ringtones;
    SaveRingtone, User, Write => save_ringtone;
    UploadRingtone, User, Write => upload_ringtone;
};

async fn get_saved_ringtones(cx: Cx, request: GetSavedRingtones) -> Result<enums::account::SavedRingtones, RpcError> {
    let me = cx.user()?;
    let ids = cx.domain.query(|view| kept::ids(view, me, List::Sounds)).await?;
    let hash = render::hash::of(ids.iter().map(|it| it.cast_signed()));
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::account::SavedRingtones::NotModified);
    }
    let all = cx.domain.query(|view| kept::documents(view, me, List::Sounds, &ids)).await?;
    Ok(types::account::SavedRingtones { hash, ringtones: render::media::kept(&all) }.into())
}

/// Nothing is converted: what is kept is played by every client as it is.
async fn save_ringtone(cx: Cx, request: SaveRingtone) -> Result<enums::account::SavedRingtone, RpcError> {
    let document = input::document(&request.id, Refusal::RingtoneInvalid)?;
    cx.domain.command(sounds::SaveSound { by: cx.me()?, document, unsave: request.unsave }).await?;
    Ok(enums::account::SavedRingtone::Ringtone)
}

async fn upload_ringtone(cx: Cx, request: UploadRingtone) -> Result<enums::Document, RpcError> {
    let (claim, _) = files::claim(&request.file)?;
    let (name, mime) = (files::file_name(&request.file_name), request.mime_type);
    let kept = sounds::upload(&cx.domain, cx.me()?, claim, name, mime).await?;
    Ok(render::media::document(&kept.document, &kept.access))
}
