//! Photos of people, groups and channels as TL: in lists the ids by which their squares are asked for, in profiles the
//! whole.

use domain::{
    files::{Access, Photo, VideoSize},
    people::photos::SeenPhoto,
};
use tl::{enums, types};

use super::media::{FILES_DC, photo};

/// What lists show of somebody.
pub fn of_user(it: &SeenPhoto) -> enums::UserProfilePhoto {
    types::UserProfilePhoto {
        has_video: it.video,
        personal: it.personal,
        photo_id: it.id.cast_signed(),
        stripped_thumb: stripped(&it.stripped),
        dc_id: FILES_DC,
    }
    .into()
}

/// What lists show of a group or channel.
pub fn of_group(it: Option<&Photo>) -> enums::ChatPhoto {
    let Some(it) = it else { return enums::ChatPhoto::Empty };
    types::ChatPhoto {
        has_video: !it.videos.is_empty(),
        photo_id: it.id.cast_signed(),
        stripped_thumb: stripped(&it.stripped),
        dc_id: FILES_DC,
    }
    .into()
}

/// A whole photo, or that there is none.
pub fn whole(it: Option<&(Photo, Access)>) -> enums::Photo {
    it.map_or_else(|| types::PhotoEmpty { id: 0 }.into(), |(it, access)| photo(it, access))
}

/// The films of a photo that moves.
pub(super) fn videos(all: &[VideoSize]) -> Option<Vec<enums::VideoSize>> {
    let video = |it: &VideoSize| -> enums::VideoSize {
        let number = |it: u32| i32::try_from(it).unwrap_or(i32::MAX);
        types::VideoSize {
            r#type: it.kind.clone(),
            w: number(it.width),
            h: number(it.height),
            size: i32::try_from(it.stored.size).unwrap_or(i32::MAX),
            video_start_ts: (it.starts > 0.0).then_some(it.starts),
        }
        .into()
    };
    (!all.is_empty()).then(|| all.iter().map(video).collect())
}

fn stripped(it: &[u8]) -> Option<Vec<u8>> {
    (!it.is_empty()).then(|| it.to_vec())
}
