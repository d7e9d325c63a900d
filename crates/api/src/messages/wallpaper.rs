//! The wallpaper of a chat.

use domain::{
    MessageId,
    kept::wallpapers::chats::{Choice, SetChatWallpaper},
};
use tl::{enums, functions::messages::SetChatWallPaper};

use crate::{
    Cx, RpcError,
    account::wallpapers::{look, named},
    input::peer,
    render::updates,
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    SetChatWallPaper, User, Send => set_chat_wall_paper;
};

async fn set_chat_wall_paper(cx: Cx, request: SetChatWallPaper) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let look = request.settings.as_ref().map(look).transpose()?;
    let choice = match (&request.wallpaper, request.id) {
        _ if request.revert => Choice::Revert,
        (_, Some(id)) => Choice::OfMessage(MessageId(id), look),
        (Some(wallpaper), None) => Choice::New(named(wallpaper), look),
        (None, None) => Choice::Nothing,
    };
    let entries = cx.domain.command(SetChatWallpaper { by, peer, choice, for_both: request.for_both }).await?;
    Ok(updates::entries(&cx.domain, by.user, entries).await?)
}
