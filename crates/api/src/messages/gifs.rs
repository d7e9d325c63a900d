//! Saved GIFs, and a document of one's own by its hash.

use domain::{
    Refusal,
    kept::{self, List, by_hash, gifs::SaveGif as Save},
};
use tl::{
    enums,
    functions::messages::{GetDocumentByHash, GetSavedGifs, SaveGif},
    types,
};

use crate::{Cx, RpcError, input, render, table::Row};

#[cfg(test)]
mod tests;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetDocumentByHash, UserOrBot, Search => get_document_by_hash;
    GetSavedGifs, User, Light => get_saved_gifs;
    SaveGif, User, Write => save_gif;
};

async fn save_gif(cx: Cx, request: SaveGif) -> Result<bool, RpcError> {
    let document = input::document(&request.id, Refusal::GifIdInvalid)?;
    cx.domain.command(Save { by: cx.me()?, document, unsave: request.unsave }).await?;
    Ok(true)
}

async fn get_saved_gifs(cx: Cx, request: GetSavedGifs) -> Result<enums::messages::SavedGifs, RpcError> {
    let me = cx.user()?;
    let ids = cx.domain.query(|view| kept::ids(view, me, List::Gifs)).await?;
    let hash = render::hash::of(ids.iter().map(|it| it.cast_signed()));
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::messages::SavedGifs::NotModified);
    }
    let all = cx.domain.query(|view| kept::documents(view, me, List::Gifs, &ids)).await?;
    Ok(types::messages::SavedGifs { hash, gifs: render::media::kept(&all) }.into())
}

/// The MIME type tells nothing that the hash does not.
async fn get_document_by_hash(cx: Cx, request: GetDocumentByHash) -> Result<enums::Document, RpcError> {
    let hash = request.sha256.try_into().map_err(|_| Refusal::Sha256HashInvalid)?;
    let found = match u64::try_from(request.size) {
        Ok(size) => by_hash::find(&cx.domain, cx.user()?, hash, size).await?,
        Err(_) => None,
    };
    // Source: core.telegram.org/constructor/documentEmpty.
    let none = || types::DocumentEmpty { id: 0 }.into();
    Ok(found.map_or_else(none, |it| render::media::document(&it.document, &it.access)))
}
