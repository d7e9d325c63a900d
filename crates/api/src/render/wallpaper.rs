//! Wallpapers as TL.

use domain::{
    UserId,
    files::Access,
    kept::wallpapers::{Look, Seen, Wallpaper},
};
use tl::{enums, types};

use super::media;

/// A wallpaper as `viewer` is shown it.
pub fn wallpaper(it: &Seen, viewer: UserId) -> enums::WallPaper {
    of_message(&it.wallpaper, &it.access, viewer)
}

/// The same of what a message carries.
pub fn of_message(it: &Wallpaper, access: &Access, viewer: UserId) -> enums::WallPaper {
    let (id, default, dark, settings) = (it.id.cast_signed(), it.is_built_in(), it.dark, settings(&it.look));
    let Some(document) = &it.document else {
        return types::WallPaperNoFile { id, default, dark, settings }.into();
    };
    types::WallPaper {
        id,
        creator: it.maker == viewer,
        default,
        pattern: it.pattern,
        dark,
        access_hash: access.hash(it.id),
        slug: it.slug.clone(),
        document: media::document(document, access),
        settings,
    }
    .into()
}

/// How a wallpaper is shown; nothing where that is as it comes.
fn settings(it: &Look) -> Option<enums::WallPaperSettings> {
    if *it == Look::default() {
        return None;
    }
    let color = |at: usize| it.colors.get(at).map(|it| it.cast_signed());
    let rotation = it.colors.get(1).map(|_| i32::try_from(it.rotation).unwrap_or(0));
    Some(
        types::WallPaperSettings {
            blur: it.blur,
            motion: it.motion,
            background_color: color(0),
            second_background_color: color(1),
            third_background_color: color(2),
            fourth_background_color: color(3),
            intensity: it.intensity,
            rotation,
            emoticon: (!it.emoticon.is_empty()).then(|| it.emoticon.clone()),
        }
        .into(),
    )
}
