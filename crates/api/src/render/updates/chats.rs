//! What the members of a basic group are told of it, as updates.

use domain::{
    ChatId, Decided, Peer, UserId, View,
    groups::{self, SeenGroup, basic},
    updates::Change,
};
use tl::types;

use super::Rendered;
use crate::render::{group, message::date, user};

/// Adds the update of a change of a basic group; each carries the state as it is now.
pub(super) fn add(view: &dyn View, me: UserId, change: &Change, out: &mut Rendered) -> Decided<()> {
    match change {
        Change::ChatParticipants { chat } => {
            out.named.peer(Peer::Chat(*chat));
            if let Some(seen) = groups::seen(view, me, Peer::Chat(*chat))? {
                out.named.users(group::participants_of(&seen));
                let participants = group::participants(me, *chat, &seen);
                out.add(types::UpdateChatParticipants { participants });
            }
        }
        Change::ChatParticipantAdmin { chat, user: who } => {
            named(out, *chat, *who);
            if let Some(row) = basic::chat(view, *chat)? {
                let is_admin = !row.admin_rights(*who).is_none();
                let (chat_id, user_id, version) = (group::chat_id(*chat), user::id(*who), date(row.version));
                out.add(types::UpdateChatParticipantAdmin { chat_id, user_id, is_admin, version });
            }
        }
        Change::ChatParticipantRank { chat, user: who } => {
            named(out, *chat, *who);
            if let Some(SeenGroup::Chat(seen)) = groups::seen(view, me, Peer::Chat(*chat))? {
                let rank = basic::admins::rank_of(&seen.card, *who);
                let (chat_id, user_id, version) = (group::chat_id(*chat), user::id(*who), date(seen.row.version));
                out.add(types::UpdateChatParticipantRank { chat_id, user_id, rank, version });
            }
        }
        Change::ChatDefaultBannedRights { peer } => {
            out.named.peer(*peer);
            let Peer::Chat(chat) = *peer else { return Ok(()) };
            if let Some(row) = basic::chat(view, chat)? {
                let default_banned_rights = group::banned_rights(row.default_banned, 0);
                let (peer, version) = (user::peer(*peer), date(row.version));
                out.add(types::UpdateChatDefaultBannedRights { peer, default_banned_rights, version });
            }
        }
        Change::Chat { chat } => {
            out.named.peer(Peer::Chat(*chat));
            out.add(types::UpdateChat { chat_id: group::chat_id(*chat) });
        }
        _ => {}
    }
    Ok(())
}

fn named(out: &mut Rendered, chat: ChatId, who: UserId) {
    out.named.peer(Peer::Chat(chat));
    out.named.user(who);
}
