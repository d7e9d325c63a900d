//! `photos.*`: photos of people; and photos of groups and channels as their methods take them.

use domain::{
    Refusal, UserId,
    files::{Carrier, Photo, intake},
    messages::{
        media::{
            MediaBody,
            carriers::{self, Named},
        },
        suggest::SuggestPhoto,
    },
    people::photos::{self, DeletePhotos, SetContactPhoto, SetPhoto, Wanted, with_access},
};
use tl::{
    enums,
    functions::photos::{
        DeletePhotos as Delete, GetUserPhotos, UpdateProfilePhoto, UploadContactProfilePhoto, UploadProfilePhoto,
    },
    types,
};

use crate::{
    Cx, RpcError, input,
    messages::media::files::claim,
    render::{self, named::Named as Told},
    table::Row,
};

/// Photos named at once; a profile's page has as many.
const PHOTOS_MAX: usize = photos::PAGE_MAX;

const ROWS: &[Row] = crate::methods! {
    Delete, User, Write => delete_photos;
    GetUserPhotos, UserOrBot, Light => get_user_photos;
    UpdateProfilePhoto, UserOrBot, Write => update_profile_photo;
    UploadContactProfilePhoto, User, Write => upload_contact_profile_photo;
    UploadProfilePhoto, UserOrBot, Write => upload_profile_photo;
};

/// The namespace's methods.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS]
}

async fn upload_profile_photo(cx: Cx, request: UploadProfilePhoto) -> Result<enums::photos::Photo, RpcError> {
    refuse_bot(request.bot.as_ref())?;
    let upload = Upload {
        file: request.file.as_ref(),
        video: request.video.as_ref(),
        starts: request.video_start_ts,
        markup: request.video_emoji_markup.as_ref(),
    };
    let photo = uploaded(&cx, upload).await?.ok_or(Refusal::PhotoCropFileMissing)?;
    set(&cx, Some(photo), request.fallback).await
}

async fn update_profile_photo(cx: Cx, request: UpdateProfilePhoto) -> Result<enums::photos::Photo, RpcError> {
    refuse_bot(request.bot.as_ref())?;
    let photo = match named(&cx, &request.id, Refusal::PhotoIdInvalid).await? {
        Some(photo) => Some(intake::squared(&cx.domain, cx.user()?, photo).await?),
        None => None,
    };
    set(&cx, photo, request.fallback).await
}

/// There are no bots here whose photo could be set.
fn refuse_bot(bot: Option<&enums::InputUser>) -> Result<(), RpcError> {
    if bot.is_some() { Err(Refusal::BotInvalid.into()) } else { Ok(()) }
}

async fn set(cx: &Cx, photo: Option<Photo>, fallback: bool) -> Result<enums::photos::Photo, RpcError> {
    let by = cx.me()?;
    let shown = cx.domain.command(SetPhoto { by, photo, fallback }).await?;
    let carrier = |it: &Photo| Carrier::UserPhoto { user: by.user, photo: it.id };
    answer(cx, by.user, shown.as_ref().map(|it| (it, carrier(it)))).await
}

async fn delete_photos(cx: Cx, request: Delete) -> Result<Vec<i64>, RpcError> {
    if request.id.len() > PHOTOS_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let told = |it: &enums::InputPhoto| match it {
        enums::InputPhoto::Photo(it) => {
            let id = it.id.cast_unsigned();
            (cx.domain.world().file_hash(id) == it.access_hash).then_some(id)
        }
        enums::InputPhoto::Empty => None,
    };
    let photos = request.id.iter().filter_map(told).collect();
    let gone = cx.domain.command(DeletePhotos { by: cx.me()?, photos }).await?;
    Ok(gone.into_iter().map(u64::cast_signed).collect())
}

async fn get_user_photos(cx: Cx, request: GetUserPhotos) -> Result<enums::photos::Photos, RpcError> {
    let me = cx.user()?;
    let user = input::user(&cx.domain, me, &request.user_id)?;
    let limit = usize::try_from(request.limit).map_err(|_| Refusal::LimitInvalid)?;
    let wanted = Wanted { offset: request.offset, after: request.max_id.cast_unsigned(), limit };
    let (page, told) = cx
        .domain
        .query(|view| {
            let mut told = Told::default();
            told.user(user);
            Ok((photos::page(view, me, user, wanted)?, told.read(view, me)?))
        })
        .await?;
    let (users, count) = (told.users(), i32::try_from(page.count).unwrap_or(i32::MAX));
    let photos: Vec<_> = page.photos.iter().map(|it| render::photo::whole(Some(it))).collect();
    Ok(match photos.len() == page.count {
        true => types::photos::Photos { photos, users }.into(),
        false => types::photos::PhotosSlice { count, photos, users }.into(),
    })
}

async fn upload_contact_profile_photo(
    cx: Cx,
    request: UploadContactProfilePhoto,
) -> Result<enums::photos::Photo, RpcError> {
    let by = cx.me()?;
    let other = input::user(&cx.domain, by.user, &request.user_id)?;
    let upload = Upload {
        file: request.file.as_ref(),
        video: request.video.as_ref(),
        starts: request.video_start_ts,
        markup: request.video_emoji_markup.as_ref(),
    };
    let photo = uploaded(&cx, upload).await?;
    if let (Some(photo), true) = (&photo, request.suggest) {
        let sent = cx.domain.command(SuggestPhoto { by, to: other, photo: photo.clone() }).await?;
        let carrier = cx.domain.query(|view| carriers::of(view, by.user.into(), sent.message)).await?;
        return answer(&cx, other, carrier.map(|it| (photo, it))).await;
    }
    // Source: core.telegram.org/method/photos.uploadContactProfilePhoto: `save` takes the photo away.
    if photo.is_none() && !request.save {
        return Err(Refusal::PhotoCropFileMissing.into());
    }
    cx.domain.command(SetContactPhoto { by, other, photo: photo.clone() }).await?;
    let carrier = Carrier::ContactPhoto { owner: by.user, other };
    answer(&cx, other, photo.as_ref().map(|it| (it, carrier))).await
}

async fn answer(cx: &Cx, about: UserId, it: Option<(&Photo, Carrier)>) -> Result<enums::photos::Photo, RpcError> {
    let told = cx.domain.query(|view| Ok(it.map(|(photo, carrier)| with_access(view, photo, carrier)))).await?;
    let users = render::user::by_id(cx, vec![about]).await?;
    Ok(types::photos::Photo { photo: render::photo::whole(told.as_ref()), users }.into())
}

/// What was uploaded for a photo of a profile or chat.
struct Upload<'a> {
    file: Option<&'a enums::InputFile>,
    video: Option<&'a enums::InputFile>,
    starts: Option<f64>,
    markup: Option<&'a enums::VideoSize>,
}

/// The photo of an upload; `None` where nothing was uploaded. A film without a picture beside it gives one itself, where
/// the operator has a decoder of videos.
async fn uploaded(cx: &Cx, it: Upload<'_>) -> Result<Option<Photo>, RpcError> {
    let me = cx.user()?;
    if it.markup.is_some() {
        return Err(Refusal::PhotoInvalid.into());
    }
    let film = it.video.map(claim).transpose()?.map(|film| (film.0, it.starts.unwrap_or(0.0)));
    let photo = match it.file {
        Some(file) => Some(intake::photo(&cx.domain, me, claim(file)?.0, intake::Use::Profile).await?),
        None => None,
    };
    Ok(match (photo, film) {
        (Some(photo), Some(film)) => Some(intake::moving(&cx.domain, me, photo, film).await?),
        (None, Some(film)) => Some(intake::filmed(&cx.domain, me, film).await?),
        (photo, None) => photo,
    })
}

/// A photo that the caller may read.
async fn named(cx: &Cx, it: &enums::InputPhoto, unknown: Refusal) -> Result<Option<Photo>, RpcError> {
    let enums::InputPhoto::Photo(it) = it else { return Ok(None) };
    let (me, id) = (cx.user()?, it.id.cast_unsigned());
    let it = Named { id, access_hash: it.access_hash, reference: it.file_reference.clone() };
    match cx.domain.query(|view| carriers::named(view, me, &it)).await {
        // What is shown for a moment is no photo to keep.
        Ok(MediaBody::Photo { photo, ttl: 0, .. }) => Ok(Some(photo)),
        Ok(MediaBody::Document { cover: Some(photo), ttl: 0, .. }) if photo.id == id => Ok(Some(photo)),
        Ok(_) | Err(Refusal::FileIdInvalid) => Err(unknown.into()),
        Err(other) => Err(other.into()),
    }
}

/// The photo that a group or channel shall show; `None`: none.
pub(crate) async fn of_group(cx: &Cx, it: &enums::InputChatPhoto) -> Result<Option<Photo>, RpcError> {
    match it {
        enums::InputChatPhoto::Empty => Ok(None),
        enums::InputChatPhoto::InputChatUploadedPhoto(it) => {
            let (file, video) = (it.file.as_ref(), it.video.as_ref());
            let markup = it.video_emoji_markup.as_ref();
            let upload = Upload { file, video, starts: it.video_start_ts, markup };
            Ok(Some(uploaded(cx, upload).await?.ok_or(Refusal::PhotoInvalid)?))
        }
        enums::InputChatPhoto::Photo(it) => {
            let photo = named(cx, &it.id, Refusal::PhotoInvalid).await?.ok_or(Refusal::PhotoInvalid)?;
            Ok(Some(intake::squared(&cx.domain, cx.user()?, photo).await?))
        }
    }
}

#[cfg(test)]
mod tests;
