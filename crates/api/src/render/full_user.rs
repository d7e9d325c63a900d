//! A whole profile as TL.

use domain::{
    UserId,
    people::{
        edit::Birthday,
        full::{ActionBar, Full},
    },
};
use tl::{enums, types};

use crate::render;

/// A profile as `userFull`.
pub fn full_user(full: &Full, viewer: UserId) -> enums::UserFull {
    let flags = types::UserFull {
        blocked: full.blocked,
        phone_calls_available: full.calls,
        phone_calls_private: full.calls_private,
        can_pin_message: true,
        has_scheduled: full.has_scheduled,
        noforwards_my_enabled: full.noforwards_mine,
        noforwards_peer_enabled: full.noforwards_theirs,
        video_calls_available: full.calls,
        voice_messages_forbidden: full.voice_forbidden,
        wallpaper_overridden: full.wallpaper.as_ref().is_some_and(|(_, is_theirs)| *is_theirs),
        blocked_my_stories_from: full.blocked_stories,
        read_dates_private: full.read_dates_private,
        ..blank()
    };
    types::UserFull {
        id: render::user::id(full.seen.id),
        about: full.about.clone(),
        personal_photo: full.photos.personal.as_ref().map(|it| render::photo::whole(Some(it))),
        profile_photo: full.photos.current.as_ref().map(|it| render::photo::whole(Some(it))),
        fallback_photo: full.photos.fallback.as_ref().map(|it| render::photo::whole(Some(it))),
        settings: peer_settings(&full.bar),
        notify_settings: render::notify::settings(&full.notify),
        common_chats_count: 0,
        ttl_period: (full.ttl_period > 0).then(|| i32::try_from(full.ttl_period).unwrap_or(i32::MAX)),
        private_forward_name: full.forwards_hidden.then(|| full.seen.first_name.clone()),
        birthday: full.birthday.map(birthday),
        personal_channel_id: full.channel.map(|(id, _)| render::group::channel_id(id)),
        personal_channel_message: full.channel.map(|(_, last)| last.0),
        wallpaper: full.wallpaper.as_ref().map(|(it, _)| render::wallpaper::wallpaper(it, viewer)),
        saved_music: full.music.as_ref().map(|it| render::media::document(&it.document, &it.access)),
        note: full.note.clone().map(|text| types::TextWithEntities { text, entities: Vec::new() }.into()),
        ..flags
    }
    .into()
}

/// The action bar as `peerSettings`.
pub fn peer_settings(bar: &ActionBar) -> enums::PeerSettings {
    types::PeerSettings {
        report_spam: bar.report,
        add_contact: bar.add,
        block_contact: bar.block,
        share_contact: bar.share,
        need_contacts_exception: bar.need_contacts_exception,
        registration_month: bar.registered.clone(),
        ..render::blank()
    }
    .into()
}

/// A birthday.
pub fn birthday(it: Birthday) -> enums::Birthday {
    let number = |it: u32| i32::try_from(it).unwrap_or(0);
    types::Birthday { day: number(it.day), month: number(it.month), year: it.year.map(number) }.into()
}

/// A profile without anything: its two boxed fields are the empty ones.
fn blank() -> types::UserFull {
    let (settings, notify) = (peer_settings(&ActionBar::default()), render::notify::settings(&Default::default()));
    let mut bytes = vec![0_u8; 16];
    tl::Serializable::serialize(&settings, &mut bytes);
    tl::Serializable::serialize(&notify, &mut bytes);
    bytes.extend([0; 4]);
    tl::Deserializable::from_bytes(&bytes).expect("two flag words, an id, settings, settings, a count")
}
