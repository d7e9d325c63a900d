//! Members of channels as TL.

use domain::{
    Peer, UserId,
    groups::{
        Standing,
        participants::{Participant, own_bans},
    },
};
use tl::{enums, types};

use crate::render::{
    group::{admin_rights, banned_rights},
    message::date,
    user::{id, peer},
};

/// A member as `viewer` sees it.
pub fn participant(viewer: UserId, it: &Participant) -> enums::ChannelParticipant {
    let (row, user_id) = (&it.row, id(it.user));
    let rank = Some(it.rank.clone()).filter(|it| !it.is_empty());
    match it.standing {
        Standing::Creator(_) => {
            let admin_rights = admin_rights(it.standing.admin());
            types::ChannelParticipantCreator { user_id, admin_rights, rank }.into()
        }
        Standing::Admin(rights) => types::ChannelParticipantAdmin {
            can_edit: it.can_edit,
            is_self: it.user == viewer,
            user_id,
            inviter_id: (it.user == viewer).then(|| id(row.inviter)),
            promoted_by: id(row.promoted_by),
            date: date(row.joined),
            admin_rights: admin_rights(rights),
            rank,
        }
        .into(),
        Standing::Restricted(..) | Standing::Kicked => types::ChannelParticipantBanned {
            left: row.joined == 0,
            peer: peer(Peer::User(it.user)),
            kicked_by: id(row.banned_by),
            date: date(row.banned_at),
            banned_rights: banned_rights(own_bans(it), row.banned_until),
            rank,
        }
        .into(),
        Standing::Member if it.user == viewer => types::ChannelParticipantSelf {
            via_request: row.via_request,
            user_id,
            inviter_id: id(row.inviter),
            date: date(row.joined),
            subscription_until_date: None,
            rank,
        }
        .into(),
        Standing::Member => {
            types::ChannelParticipant { user_id, date: date(row.joined), subscription_until_date: None, rank }.into()
        }
        Standing::Out => types::ChannelParticipantLeft { peer: peer(Peer::User(it.user)) }.into(),
    }
}
