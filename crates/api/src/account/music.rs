//! Music on one's own profile.

use domain::{
    Refusal,
    kept::{self, List, music},
};
use tl::{
    enums,
    functions::account::{GetSavedMusicIds, SaveMusic},
    types,
};

use crate::{Cx, RpcError, input, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetSavedMusicIds, User, Light => get_saved_music_ids;
    SaveMusic, User, Write => save_music;
};

async fn save_music(cx: Cx, request: SaveMusic) -> Result<bool, RpcError> {
    let document = input::document(&request.id, Refusal::DocumentInvalid)?;
    let after = request.after_id.as_ref().map(|it| input::document(it, Refusal::DocumentInvalid)).transpose()?;
    let after = after.map(|it| it.id);
    cx.domain.command(music::SaveMusic { by: cx.me()?, document, after, unsave: request.unsave }).await?;
    Ok(true)
}

async fn get_saved_music_ids(cx: Cx, request: GetSavedMusicIds) -> Result<enums::account::SavedMusicIds, RpcError> {
    let me = cx.user()?;
    let ids = cx.domain.query(|view| kept::ids(view, me, List::Music)).await?;
    let ids: Vec<_> = ids.into_iter().map(u64::cast_signed).collect();
    let hash = render::hash::of(ids.iter().copied());
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::account::SavedMusicIds::NotModified);
    }
    Ok(types::account::SavedMusicIds { ids }.into())
}
