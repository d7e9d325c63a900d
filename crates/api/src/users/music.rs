//! Music on profiles, as its owner's privacy lets the caller see it.

use domain::{
    Refusal,
    kept::{self, List, music},
};
use tl::{
    enums,
    functions::users::{GetSavedMusic, GetSavedMusicById},
    types,
};

use crate::{Cx, RpcError, input, render, table::Row};

pub(super) const ROWS: &[Row] = crate::methods! {
    GetSavedMusic, UserOrBot, Light => get_saved_music;
    GetSavedMusicById, User, Light => get_saved_music_by_id;
};

async fn get_saved_music(cx: Cx, request: GetSavedMusic) -> Result<enums::users::SavedMusic, RpcError> {
    let (me, owner) = (cx.user()?, input::user(&cx.domain, cx.user()?, &request.id)?);
    let ids = cx.domain.query(|view| music::shown(view, me, owner)).await?;
    let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    let hash = render::hash::of(ids.iter().map(|it| it.cast_signed()));
    if request.hash != 0 && request.hash == hash {
        return Ok(types::users::SavedMusicNotModified { count }.into());
    }
    let offset = usize::try_from(request.offset).map_err(|_| Refusal::OffsetInvalid)?;
    let limit = usize::try_from(request.limit).map_err(|_| Refusal::LimitInvalid)?.min(music::PAGE_MAX);
    let page: Vec<_> = ids.into_iter().skip(offset).take(limit).collect();
    let all = cx.domain.query(|view| kept::documents(view, owner, List::Music, &page)).await?;
    Ok(types::users::SavedMusic { count, documents: render::media::kept(&all) }.into())
}

/// The named songs as far as they are still there, with fresh references.
async fn get_saved_music_by_id(cx: Cx, request: GetSavedMusicById) -> Result<enums::users::SavedMusic, RpcError> {
    let (me, owner) = (cx.user()?, input::user(&cx.domain, cx.user()?, &request.id)?);
    if request.documents.len() > music::PAGE_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let named = request.documents.iter().map(|it| input::document(it, Refusal::DocumentInvalid));
    let named = named.map(|it| it.map(|it| it.id)).collect::<Result<Vec<_>, _>>()?;
    let (count, all) = cx
        .domain
        .query(|view| {
            let shown = music::shown(view, me, owner)?;
            let there: Vec<_> = named.iter().copied().filter(|it| shown.contains(it)).collect();
            Ok((shown.len(), kept::documents(view, owner, List::Music, &there)?))
        })
        .await?;
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    Ok(types::users::SavedMusic { count, documents: render::media::kept(&all) }.into())
}
