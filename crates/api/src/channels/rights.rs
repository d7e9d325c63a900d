//! Rights as clients write them.

use domain::groups::{AdminRights, BannedRights};
use tl::enums;

use crate::input;

/// What an admin may do.
pub(super) fn admin(it: &enums::ChatAdminRights) -> AdminRights {
    let enums::ChatAdminRights::Rights(it) = it;
    let all = [
        (it.change_info, AdminRights::CHANGE_INFO),
        (it.post_messages, AdminRights::POST_MESSAGES),
        (it.edit_messages, AdminRights::EDIT_MESSAGES),
        (it.delete_messages, AdminRights::DELETE_MESSAGES),
        (it.ban_users, AdminRights::BAN_USERS),
        (it.invite_users, AdminRights::INVITE_USERS),
        (it.pin_messages, AdminRights::PIN_MESSAGES),
        (it.add_admins, AdminRights::ADD_ADMINS),
        (it.anonymous, AdminRights::ANONYMOUS),
        (it.manage_call, AdminRights::MANAGE_CALL),
        (it.other, AdminRights::OTHER),
        (it.manage_topics, AdminRights::MANAGE_TOPICS),
        (it.post_stories, AdminRights::POST_STORIES),
        (it.edit_stories, AdminRights::EDIT_STORIES),
        (it.delete_stories, AdminRights::DELETE_STORIES),
        (it.manage_direct_messages, AdminRights::MANAGE_DIRECT_MESSAGES),
        (it.manage_ranks, AdminRights::MANAGE_RANKS),
        (it.manage_linked_peers, AdminRights::MANAGE_LINKED_PEERS),
        (it.manage_welcome_messages, AdminRights::MANAGE_WELCOME_MESSAGES),
    ];
    let set = all.into_iter().filter(|(set, _)| *set);
    set.fold(AdminRights::NONE, |rights, (_, right)| rights.with(right))
}

/// What somebody may not do, and until when (0: for ever).
pub(super) fn banned(it: &enums::ChatBannedRights) -> (BannedRights, u32) {
    let enums::ChatBannedRights::Rights(rights) = it;
    (input::banned_rights(it), u32::try_from(rights.until_date).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::group;

    #[test]
    fn rights_read_as_they_were_written_and_wide_ones_by_their_kinds() {
        for bit in 0..32 {
            let (one, other) =
                (AdminRights(1 << bit & AdminRights::ALL.0), BannedRights(1 << bit & BannedRights::ALL.0));
            assert_eq!(admin(&group::admin_rights(one)), one);
            assert_eq!(banned(&group::banned_rights(other, 7)), (other.by_kinds(), 7));
        }
    }
}
