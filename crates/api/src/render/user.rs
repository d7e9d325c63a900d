//! Users as TL.

use domain::{
    Peer, Refusal, UserId,
    people::{self, Hidden, SeenStatus, SeenUser},
};
use tl::{enums, types};

use crate::{Cx, RpcError, render};

/// A user as seen, as `user`.
pub fn user(seen: &SeenUser) -> enums::User {
    let (username, usernames) = names(&seen.usernames.iter().collect::<Vec<_>>());
    types::User {
        is_self: seen.is_self,
        contact: seen.contact,
        mutual_contact: seen.mutual_contact,
        deleted: seen.deleted,
        verified: seen.service,
        support: seen.support,
        id: id(seen.id),
        min: seen.min,
        // With any, mtcute 0.30.3 no longer asks for who it does not know, and shows nothing.
        access_hash: (!seen.min).then_some(seen.access_hash),
        first_name: (!seen.deleted).then(|| seen.first_name.clone()),
        last_name: (!seen.last_name.is_empty()).then(|| seen.last_name.clone()),
        username,
        usernames,
        phone: seen.phone.clone(),
        photo: seen.photo.as_ref().map(render::photo::of_user),
        apply_min_photo: seen.applies_photo,
        status: (!seen.min).then(|| status(seen.status)),
        ..render::blank()
    }
    .into()
}

/// A name that its holder chose stands alone, where it is the only one; others come in a list, which says of each
/// whether it is that one. Source: core.telegram.org/constructor/username.
pub(crate) fn names(all: &[&people::Username]) -> (Option<String>, Option<Vec<enums::Username>>) {
    match all {
        [] => (None, None),
        [only] if only.editable => (Some(only.name.clone()), None),
        _ => (None, Some(all.iter().copied().map(name).collect())),
    }
}

/// One name.
pub(crate) fn name(it: &people::Username) -> enums::Username {
    types::Username { editable: it.editable, active: it.active, username: it.name.clone(), ..render::blank() }.into()
}

/// Several.
pub fn users(seen: &[SeenUser]) -> Vec<enums::User> {
    seen.iter().map(user).collect()
}

/// When somebody was last seen, as `UserStatus`.
pub fn status(seen: SeenStatus) -> enums::UserStatus {
    let date = |it: u32| i32::try_from(it).unwrap_or(i32::MAX);
    match seen {
        SeenStatus::Empty => enums::UserStatus::Empty,
        SeenStatus::Online(until) => types::UserStatusOnline { expires: date(until) }.into(),
        SeenStatus::Offline(at) => types::UserStatusOffline { was_online: date(at) }.into(),
        SeenStatus::Recently(by) => types::UserStatusRecently { by_me: by == Hidden::ByViewer }.into(),
        SeenStatus::LastWeek(by) => types::UserStatusLastWeek { by_me: by == Hidden::ByViewer }.into(),
        SeenStatus::LastMonth(by) => types::UserStatusLastMonth { by_me: by == Hidden::ByViewer }.into(),
    }
}

/// A user's id as TL carries it.
pub fn id(user: UserId) -> i64 {
    i64::try_from(user.0).unwrap_or(0)
}

/// A peer as TL carries it.
pub fn peer(peer: Peer) -> enums::Peer {
    match peer {
        Peer::User(user) => types::PeerUser { user_id: id(user) }.into(),
        Peer::Chat(chat) => types::PeerChat { chat_id: render::group::chat_id(chat) }.into(),
        Peer::Channel(channel) => types::PeerChannel { channel_id: render::group::channel_id(channel) }.into(),
    }
}

/// The caller's own account.
pub async fn me(cx: &Cx) -> Result<enums::User, RpcError> {
    let me = cx.user()?;
    let seen = cx.domain.query(|view| people::seen(view, me, me)).await?;
    Ok(user(&seen.ok_or(Refusal::UserInvalid)?))
}

/// Users as the caller sees them, each once.
pub async fn by_id(cx: &Cx, ids: Vec<UserId>) -> Result<Vec<enums::User>, RpcError> {
    let me = cx.user()?;
    let seen = cx.domain.query(|view| people::seen_all(view, me, ids.iter().copied())).await?;
    Ok(users(&seen))
}
