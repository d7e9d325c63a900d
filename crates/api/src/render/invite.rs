//! Invite links and who follows them, as TL.

use domain::{
    Peer,
    groups::{
        invites::{Invite, importers::Importer, join::Closed, list::AdminLinks},
        requests::Pending,
    },
};
use tl::{enums, types};

use crate::render::{
    self,
    message::date,
    user::{id, peer},
};

/// Source: tdesktop, `Data::DecideColorIndex`: seven colours.
const COLORS: u64 = 7;

/// A link; `prefix` is where links of this server lead.
pub fn invite(prefix: &str, it: &Invite) -> enums::ExportedChatInvite {
    let row = &it.row;
    let some = |number: u32| (number > 0).then(|| date(number));
    types::ChatInviteExported {
        revoked: row.revoked,
        permanent: row.permanent,
        request_needed: row.request_needed,
        link: format!("{prefix}+{}", it.card.hash),
        admin_id: id(it.id.admin),
        date: date(row.date),
        start_date: some(row.changed),
        expire_date: some(row.expires),
        usage_limit: some(row.limit),
        usage: some(row.usage),
        requested: some(row.requested),
        subscription_expired: None,
        title: Some(it.card.title.clone()).filter(|it| !it.is_empty()),
        subscription_pricing: None,
    }
    .into()
}

/// What a group shows to who holds a link to it; those whom the caller knows as TL already.
pub fn closed(it: &Closed, known: Vec<enums::User>) -> enums::ChatInvite {
    let channel = it.peer.channel().is_some();
    types::ChatInvite {
        channel,
        broadcast: it.broadcast,
        public: it.public,
        megagroup: channel && !it.broadcast,
        request_needed: it.request_needed,
        verified: false,
        scam: false,
        fake: false,
        can_refulfill_subscription: false,
        title: it.title.clone(),
        about: Some(it.about.clone()).filter(|it| !it.is_empty()),
        photo: render::photo::whole(it.photo.as_ref()),
        participants_count: date(it.members),
        participants: (!known.is_empty()).then_some(known),
        color: i32::try_from(it.peer.key_parts().1 % COLORS).unwrap_or(0),
        subscription_pricing: None,
        subscription_form_id: None,
        bot_verification: None,
    }
    .into()
}

/// Somebody who came by a link or asks to join.
pub fn importer(it: &Importer) -> enums::ChatInviteImporter {
    types::ChatInviteImporter {
        requested: it.waits,
        via_chatlist: it.by_folder,
        user_id: id(it.user),
        date: date(it.date),
        about: it.about.clone(),
        approved_by: it.approved_by.map(id),
    }
    .into()
}

/// An admin with its number of links.
pub fn admin(it: &AdminLinks) -> enums::ChatAdminWithInvites {
    types::ChatAdminWithInvites {
        admin_id: id(it.admin),
        invites_count: date(it.live),
        revoked_invites_count: date(it.revoked),
    }
    .into()
}

/// How many ask to join a group, and who did last.
pub fn pending(group: Peer, it: &Pending) -> types::UpdatePendingJoinRequests {
    types::UpdatePendingJoinRequests {
        peer: peer(group),
        requests_pending: date(it.count),
        recent_requesters: it.recent.iter().copied().map(id).collect(),
    }
}

/// The same as the badge of a full group: how many, and who did last; nothing where nobody asks.
pub fn waiting(it: &Pending) -> Option<(i32, Vec<i64>)> {
    (it.count > 0).then(|| (date(it.count), it.recent.iter().copied().map(id).collect()))
}
