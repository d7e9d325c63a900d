//! What clients save to their devices by themselves.

use domain::{
    Refusal,
    people::autosave::{AutoSave, ForgetExceptions, SetAutoSave, Target, auto_save},
};
use tl::{
    enums,
    functions::account::{DeleteAutoSaveExceptions, GetAutoSaveSettings, SaveAutoSaveSettings},
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{named::Named, user},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteAutoSaveExceptions, User, Write => delete_auto_save_exceptions;
    GetAutoSaveSettings, User, Light => get_auto_save_settings;
    SaveAutoSaveSettings, User, Write => save_auto_save_settings;
};

async fn get_auto_save_settings(
    cx: Cx,
    _request: GetAutoSaveSettings,
) -> Result<enums::account::AutoSaveSettings, RpcError> {
    let me = cx.user()?;
    let (row, named) = cx
        .domain
        .query(|view| {
            let (row, mut named) = (auto_save(view, me)?, Named::default());
            row.exceptions.iter().for_each(|it| named.peer(it.peer));
            Ok((row, named.read(view, me)?))
        })
        .await?;
    let exceptions = row.exceptions.iter().map(|it| {
        let (peer, settings) = (user::peer(it.peer), shown(&it.save));
        types::AutoSaveException { peer, settings }.into()
    });
    Ok(types::account::AutoSaveSettings {
        users_settings: shown(&row.users),
        chats_settings: shown(&row.groups),
        broadcasts_settings: shown(&row.broadcasts),
        exceptions: exceptions.collect(),
        chats: named.chats(),
        users: named.users(),
    }
    .into())
}

async fn save_auto_save_settings(cx: Cx, request: SaveAutoSaveSettings) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let kinds =
        [(Target::Users, request.users), (Target::Groups, request.chats), (Target::Broadcasts, request.broadcasts)];
    let mut targets: Vec<_> = kinds.into_iter().filter(|(_, wanted)| *wanted).map(|(target, _)| target).collect();
    if let Some(peer) = &request.peer {
        targets.push(Target::Peer(input::peer(&cx.domain, by.user, peer)?));
    }
    if targets.is_empty() {
        return Err(Refusal::PeerIdInvalid.into());
    }
    let enums::AutoSaveSettings::Settings(it) = request.settings;
    let save = AutoSave {
        photos: it.photos,
        videos: it.videos,
        video_max_size: it.video_max_size.map(|it| it.max(0)),
        ..AutoSave::default()
    };
    cx.domain.command(SetAutoSave { by, targets, save }).await?;
    Ok(true)
}

async fn delete_auto_save_exceptions(cx: Cx, _request: DeleteAutoSaveExceptions) -> Result<bool, RpcError> {
    cx.domain.command(ForgetExceptions { by: cx.me()? }).await?;
    Ok(true)
}

fn shown(it: &AutoSave) -> enums::AutoSaveSettings {
    types::AutoSaveSettings { photos: it.photos, videos: it.videos, video_max_size: it.video_max_size }.into()
}
