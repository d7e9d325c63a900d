//! `folders.*`: the archive.

use domain::{Refusal, folders::archive::MoveDialogs};
use tl::{enums, functions::folders::EditPeerFolders};

use crate::{Cx, RpcError, input, render, table::Row};

const ROWS: &[Row] = crate::methods! {
    EditPeerFolders, User, Write => edit_peer_folders;
};

/// The namespace's methods.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS]
}

async fn edit_peer_folders(cx: Cx, request: EditPeerFolders) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let mut moves = Vec::with_capacity(request.folder_peers.len());
    for enums::InputFolderPeer::Peer(it) in &request.folder_peers {
        let folder = u8::try_from(it.folder_id).map_err(|_| Refusal::FolderIdInvalid)?;
        moves.push((input::peer(&cx.domain, by.user, &it.peer)?, folder));
    }
    let entries = cx.domain.command(MoveDialogs { by, moves }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, entries).await?)
}

#[cfg(test)]
mod tests;
