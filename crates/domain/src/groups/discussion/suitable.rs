//! The groups that somebody may give to a channel of its own.
//! Source: core.telegram.org/method/channels.getGroupsForDiscussion.

use crate::{
    groups::{
        AdminRights, basic,
        channel::{self, joined},
    },
    ids::{Peer, UserId},
    messages::dialogs,
    view::{Decided, View},
};

/// Groups that serve no channel yet. A basic one has to become a supergroup first, which only its creator can bring
/// about; of one that hides its history its admins have to show it first.
pub fn suitable(view: &(impl View + ?Sized), me: UserId) -> Decided<Vec<Peer>> {
    let mut all = Vec::new();
    for (peer, _) in dialogs::all(view, me)? {
        if let Peer::Chat(id) = peer
            && basic::chat(view, id)?.is_some_and(|it| !it.deactivated && it.creator == me && it.member(me).is_some())
        {
            all.push(peer);
        }
    }
    for id in joined(view, me)? {
        let Some(row) = channel::channel(view, id)?.filter(|it| !it.deleted && it.linked.is_none()) else { continue };
        let fits = !row.broadcast && !row.gigagroup && !row.forum;
        if fits && channel::standing(view, id, &row, me)?.may(AdminRights::PIN_MESSAGES) {
            all.push(Peer::Channel(id));
        }
    }
    Ok(all)
}
