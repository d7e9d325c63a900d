//! What clients fetch by themselves.

use domain::{
    Refusal,
    people::downloads::{Downloads, Preset, SetPreset, preset},
};
use tl::{
    enums,
    functions::account::{GetAutoDownloadSettings, SaveAutoDownloadSettings},
    types,
};

use crate::{Cx, RpcError, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAutoDownloadSettings, User, Light => get_auto_download_settings;
    SaveAutoDownloadSettings, User, Write => save_auto_download_settings;
};

async fn get_auto_download_settings(
    cx: Cx,
    _request: GetAutoDownloadSettings,
) -> Result<enums::account::AutoDownloadSettings, RpcError> {
    let me = cx.user()?;
    let read = async |which| Ok::<_, RpcError>(shown(&cx.domain.query(|view| preset(view, me, which)).await?));
    let (low, medium, high) = (read(Preset::Low).await?, read(Preset::Medium).await?, read(Preset::High).await?);
    Ok(types::account::AutoDownloadSettings { low, medium, high }.into())
}

async fn save_auto_download_settings(cx: Cx, request: SaveAutoDownloadSettings) -> Result<bool, RpcError> {
    let (by, to) = (cx.me()?, told(&request.settings)?);
    for (which, wanted) in [(Preset::Low, request.low), (Preset::High, request.high)] {
        if wanted {
            cx.domain.command(SetPreset { by, which, to: to.clone() }).await?;
        }
    }
    Ok(true)
}

fn shown(it: &Downloads) -> enums::AutoDownloadSettings {
    let number = |it: u32| i32::try_from(it).unwrap_or(i32::MAX);
    types::AutoDownloadSettings {
        disabled: it.disabled,
        video_preload_large: it.video_preload_large,
        audio_preload_next: it.audio_preload_next,
        phonecalls_less_data: it.calls_less_data,
        stories_preload: it.stories_preload,
        photo_size_max: number(it.photo_max),
        video_size_max: it.video_max.cast_signed(),
        file_size_max: it.file_max.cast_signed(),
        video_upload_maxbitrate: number(it.upload_bitrate),
        small_queue_active_operations_max: number(it.small_queue),
        large_queue_active_operations_max: number(it.large_queue),
    }
    .into()
}

fn told(it: &enums::AutoDownloadSettings) -> Result<Downloads, RpcError> {
    let enums::AutoDownloadSettings::Settings(it) = it;
    let number = |it: i32| u32::try_from(it).map_err(|_| RpcError::from(Refusal::LimitInvalid));
    let bytes = |it: i64| u64::try_from(it).map_err(|_| RpcError::from(Refusal::LimitInvalid));
    Ok(Downloads {
        disabled: it.disabled,
        video_preload_large: it.video_preload_large,
        audio_preload_next: it.audio_preload_next,
        calls_less_data: it.phonecalls_less_data,
        stories_preload: it.stories_preload,
        photo_max: number(it.photo_size_max)?,
        video_max: bytes(it.video_size_max)?,
        file_max: bytes(it.file_size_max)?,
        upload_bitrate: number(it.video_upload_maxbitrate)?,
        small_queue: number(it.small_queue_active_operations_max)?,
        large_queue: number(it.large_queue_active_operations_max)?,
        ..Downloads::default()
    })
}
