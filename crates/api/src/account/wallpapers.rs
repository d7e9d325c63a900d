//! Wallpapers of one's own, and those that others tell of.

use domain::{
    Refusal,
    kept::wallpapers::{
        self, Look, Named,
        made::{self, NewWallpaper},
        own::{self, ResetWallpapers as Reset, SaveWallpaper as Save},
    },
};
use tl::{
    enums,
    functions::account::{
        GetMultiWallPapers, GetWallPaper, GetWallPapers, InstallWallPaper, ResetWallPapers, SaveWallPaper,
        UploadWallPaper,
    },
    types,
};

use crate::{
    Cx, RpcError,
    messages::media::files,
    render::{self, wallpaper::wallpaper},
    table::Row,
};

#[cfg(test)]
mod tests;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetMultiWallPapers, User, Light => get_multi_wall_papers;
    GetWallPaper, User, Light => get_wall_paper;
    GetWallPapers, User, Light => get_wall_papers;
    InstallWallPaper, User, Write => install_wall_paper;
    ResetWallPapers, User, Write => reset_wall_papers;
    SaveWallPaper, User, Write => save_wall_paper;
    UploadWallPaper, User, Write => upload_wall_paper;
};

/// Wallpapers asked for at once: as many as a list has.
const ASKED_MAX: usize = own::WALLPAPERS_MAX;

async fn get_wall_papers(cx: Cx, request: GetWallPapers) -> Result<enums::account::WallPapers, RpcError> {
    let me = cx.user()?;
    let all = cx.domain.query(|view| own::all(view, me)).await?;
    let hash = render::hash::of(all.iter().map(|it| it.wallpaper.id.cast_signed()));
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::account::WallPapers::NotModified);
    }
    let wallpapers = all.iter().map(|it| wallpaper(it, me)).collect();
    Ok(types::account::WallPapers { hash, wallpapers }.into())
}

async fn get_wall_paper(cx: Cx, request: GetWallPaper) -> Result<enums::WallPaper, RpcError> {
    shown(&cx, &request.wallpaper).await
}

async fn get_multi_wall_papers(cx: Cx, request: GetMultiWallPapers) -> Result<Vec<enums::WallPaper>, RpcError> {
    if request.wallpapers.len() > ASKED_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let mut all = Vec::with_capacity(request.wallpapers.len());
    for it in &request.wallpapers {
        all.push(shown(&cx, it).await?);
    }
    Ok(all)
}

async fn shown(cx: &Cx, it: &enums::InputWallPaper) -> Result<enums::WallPaper, RpcError> {
    let (me, named) = (cx.user()?, named(it));
    let seen = cx.domain.query(|view| wallpapers::shown(view, me, &named)).await?;
    Ok(wallpaper(&seen, me))
}

async fn save_wall_paper(cx: Cx, request: SaveWallPaper) -> Result<bool, RpcError> {
    let (wallpaper, look) = (named(&request.wallpaper), look(&request.settings)?);
    cx.domain.command(Save { by: cx.me()?, wallpaper, look, unsave: request.unsave }).await?;
    Ok(true)
}

/// What is used comes to the front of the list, as what is saved does.
async fn install_wall_paper(cx: Cx, request: InstallWallPaper) -> Result<bool, RpcError> {
    let (wallpaper, look) = (named(&request.wallpaper), look(&request.settings)?);
    cx.domain.command(Save { by: cx.me()?, wallpaper, look, unsave: false }).await?;
    Ok(true)
}

async fn reset_wall_papers(cx: Cx, _request: ResetWallPapers) -> Result<bool, RpcError> {
    cx.domain.command(Reset { by: cx.me()? }).await?;
    Ok(true)
}

async fn upload_wall_paper(cx: Cx, request: UploadWallPaper) -> Result<enums::WallPaper, RpcError> {
    let by = cx.me()?;
    let (claim, _) = files::claim(&request.file)?;
    let (mime, look, for_chat) = (request.mime_type, look(&request.settings)?, request.for_chat);
    let seen = made::upload(&cx.domain, by, NewWallpaper { claim, mime, look, for_chat }).await?;
    Ok(wallpaper(&seen, by.user))
}

/// A wallpaper as a client names it.
pub(crate) fn named(it: &enums::InputWallPaper) -> Named {
    match it {
        enums::InputWallPaper::Paper(it) => Named::Id(it.id.cast_unsigned(), it.access_hash),
        enums::InputWallPaper::Slug(it) => Named::Slug(it.slug.clone()),
        enums::InputWallPaper::NoFile(it) => Named::Fill(it.id.cast_unsigned()),
    }
}

/// How a wallpaper is to be shown, as a client says it; what is out of bounds is found by the rules.
pub(crate) fn look(it: &enums::WallPaperSettings) -> Result<Look, RpcError> {
    let enums::WallPaperSettings::Settings(it) = it;
    let given =
        [it.background_color, it.second_background_color, it.third_background_color, it.fourth_background_color];
    // A gap would move colours to other places.
    if given.windows(2).any(|it| it[0].is_none() && it[1].is_some()) {
        return Err(Refusal::WallpaperInvalid.into());
    }
    let number = |it: i32| u32::try_from(it).map_err(|_| RpcError::from(Refusal::WallpaperInvalid));
    Ok(Look {
        blur: it.blur,
        motion: it.motion,
        colors: given.into_iter().flatten().map(number).collect::<Result<_, _>>()?,
        intensity: it.intensity,
        rotation: number(it.rotation.unwrap_or(0))?,
        emoticon: it.emoticon.clone().unwrap_or_default(),
        ..Look::default()
    })
}
