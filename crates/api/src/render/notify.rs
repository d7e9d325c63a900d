//! Notification settings as TL.

use domain::{
    Peer,
    people::notify::{NotifyRow, Target},
};
use tl::{Deserializable, enums, types};

/// Settings as stored; one sound serves every platform.
pub fn settings(row: &NotifyRow) -> enums::PeerNotifySettings {
    let heard = sound(&row.sound);
    let stories = sound(&row.stories_sound);
    types::PeerNotifySettings {
        show_previews: row.show_previews,
        silent: row.silent,
        mute_until: row.mute_until.map(|it| i32::try_from(it).unwrap_or(i32::MAX)),
        ios_sound: heard.clone(),
        android_sound: heard.clone(),
        other_sound: heard,
        stories_muted: row.stories_muted,
        stories_hide_sender: row.stories_hide_sender,
        stories_ios_sound: stories.clone(),
        stories_android_sound: stories.clone(),
        stories_other_sound: stories,
    }
    .into()
}

/// What settings are for.
pub fn target(target: Target) -> enums::NotifyPeer {
    match target {
        Target::Peer(peer) => types::NotifyPeer { peer: super::user::peer(peer) }.into(),
        Target::Topic(channel, topic) => {
            types::NotifyForumTopic { peer: super::user::peer(Peer::Channel(channel)), top_msg_id: topic.0 }.into()
        }
        Target::Users => enums::NotifyPeer::NotifyUsers,
        Target::Chats => enums::NotifyPeer::NotifyChats,
        Target::Broadcasts => enums::NotifyPeer::NotifyBroadcasts,
    }
}

/// A sound as the client sent it.
pub fn sound(bytes: &[u8]) -> Option<enums::NotificationSound> {
    enums::NotificationSound::from_bytes(bytes).ok()
}
