//! What a channel is called and how it works.

use domain::{
    Peer, Refusal,
    groups::{
        photo::{self, EditChannelPhoto},
        settings::{ChangeChannel, Setting},
    },
    stickers::SetKind,
};
use tl::{
    enums::{InputChannel, InputStickerSet, Updates},
    functions::channels::{
        ConvertToGigagroup, EditPhoto, EditTitle, SetEmojiStickers, SetStickers, ToggleJoinRequest, ToggleJoinToSend,
        ToggleParticipantsHidden, TogglePreHistoryHidden, ToggleSignatures, ToggleSlowMode,
    },
};

use crate::{Cx, RpcError, input, messages::stickers::wanted, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ConvertToGigagroup, User, Write => convert_to_gigagroup;
    EditPhoto, UserOrBot, Write => edit_photo;
    EditTitle, UserOrBot, Write => edit_title;
    SetEmojiStickers, User, Write => async |cx: Cx, it: SetEmojiStickers| {
        set_stickers(cx, &it.channel, SetKind::Emoji, &it.stickerset).await
    };
    SetStickers, UserOrBot, Write => async |cx: Cx, it: SetStickers| {
        set_stickers(cx, &it.channel, SetKind::Stickers, &it.stickerset).await
    };
    ToggleJoinRequest, User, Write => toggle_join_request;
    ToggleJoinToSend, User, Write => toggle_join_to_send;
    ToggleParticipantsHidden, User, Write => toggle_participants_hidden;
    TogglePreHistoryHidden, User, Write => toggle_pre_history_hidden;
    ToggleSignatures, User, Write => toggle_signatures;
    ToggleSlowMode, User, Write => toggle_slow_mode;
};

async fn change(cx: Cx, channel: &InputChannel, setting: Setting) -> Result<Updates, RpcError> {
    let channel = input::channel(&cx.domain, cx.user()?, channel)?;
    super::change(&cx, channel, setting).await
}

async fn edit_photo(cx: Cx, request: EditPhoto) -> Result<Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    // Before anything is decoded.
    cx.domain.query(|view| photo::refuse_editing(view, by.user, Peer::Channel(channel))).await?;
    let photo = crate::photos::of_group(&cx, &request.photo).await?;
    let sent = cx.domain.command(EditChannelPhoto { by, channel, photo }).await?;
    Ok(super::changed(&cx.domain, by.user, channel, Some(sent)).await?)
}

async fn edit_title(cx: Cx, request: EditTitle) -> Result<Updates, RpcError> {
    change(cx, &request.channel, Setting::Title(request.title)).await
}

async fn toggle_pre_history_hidden(cx: Cx, request: TogglePreHistoryHidden) -> Result<Updates, RpcError> {
    change(cx, &request.channel, Setting::HistoryHidden(request.enabled)).await
}

async fn toggle_signatures(cx: Cx, request: ToggleSignatures) -> Result<Updates, RpcError> {
    let setting = Setting::Signatures { names: request.signatures_enabled, profiles: request.profiles_enabled };
    change(cx, &request.channel, setting).await
}

async fn toggle_slow_mode(cx: Cx, request: ToggleSlowMode) -> Result<Updates, RpcError> {
    let seconds = u32::try_from(request.seconds).map_err(|_| Refusal::SecondsInvalid)?;
    change(cx, &request.channel, Setting::SlowMode(seconds)).await
}

async fn toggle_join_to_send(cx: Cx, request: ToggleJoinToSend) -> Result<Updates, RpcError> {
    change(cx, &request.channel, Setting::JoinToSend(request.enabled)).await
}

/// There are no bots here that could guard the door.
async fn toggle_join_request(cx: Cx, request: ToggleJoinRequest) -> Result<Updates, RpcError> {
    if request.guard_bot.is_some() {
        return Err(Refusal::UserBotRequired.into());
    }
    change(cx, &request.channel, Setting::JoinRequest(request.enabled)).await
}

async fn toggle_participants_hidden(cx: Cx, request: ToggleParticipantsHidden) -> Result<Updates, RpcError> {
    change(cx, &request.channel, Setting::ParticipantsHidden(request.enabled)).await
}

async fn convert_to_gigagroup(cx: Cx, request: ConvertToGigagroup) -> Result<Updates, RpcError> {
    change(cx, &request.channel, Setting::Gigagroup).await
}

/// What members are offered; a set that is set already is no error to clients.
async fn set_stickers(cx: Cx, channel: &InputChannel, kind: SetKind, set: &InputStickerSet) -> Result<bool, RpcError> {
    let set = match set {
        InputStickerSet::Empty => None,
        it => Some(wanted(it)?),
    };
    let channel = input::channel(&cx.domain, cx.user()?, channel)?;
    let setting = Setting::Stickers(kind, set);
    match cx.domain.command(ChangeChannel { by: cx.me()?, channel, setting }).await {
        Ok(_) | Err(Refusal::ChatNotModified) => Ok(true),
        Err(other) => Err(other.into()),
    }
}
