//! Users as TL.

use domain::people::{SeenStatus, SeenUser};
use tl::{enums, types};

use crate::render;

/// A user as seen, as `user`.
pub fn user(seen: &SeenUser) -> enums::User {
    let names = &seen.usernames;
    let several = names.len() > 1;
    let username = (!several).then(|| names.first().map(|it| it.name.clone())).flatten();
    let usernames = several.then(|| {
        let each = names.iter().map(|it| types::Username { editable: it.editable, active: it.active, username: it.name.clone() });
        each.map(enums::Username::from).collect()
    });
    types::User {
        is_self: seen.is_self,
        contact: seen.contact,
        mutual_contact: seen.mutual_contact,
        deleted: seen.deleted,
        verified: seen.service,
        support: seen.support,
        id: i64::try_from(seen.id.0).unwrap_or(0),
        access_hash: Some(seen.access_hash),
        first_name: (!seen.deleted).then(|| seen.first_name.clone()),
        last_name: (!seen.last_name.is_empty()).then(|| seen.last_name.clone()),
        username,
        usernames,
        phone: seen.phone.clone(),
        status: Some(status(seen.status)),
        ..render::blank()
    }
    .into()
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
        SeenStatus::Recently => types::UserStatusRecently { by_me: false }.into(),
        SeenStatus::LastWeek => types::UserStatusLastWeek { by_me: false }.into(),
        SeenStatus::LastMonth => types::UserStatusLastMonth { by_me: false }.into(),
    }
}
