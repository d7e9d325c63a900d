//! Who may be added to a group by whom. Channels ask the same.
//! Source: core.telegram.org/api/invites, "Direct invites".

use crate::{
    ids::UserId,
    people::{is_blocked, privacy, user},
    refusal::Refusal,
    turn::Turn,
    view::Decided,
};

/// Whether `who` lets itself be added to groups by `by`; refuses who can be added by nobody.
pub fn addable(turn: &Turn<'_>, by: UserId, who: UserId) -> Decided<bool> {
    let row = user(turn, who)?.filter(|_| who != UserId::HIDDEN).ok_or(Refusal::UserIdInvalid)?;
    if row.deleted {
        return Err(Refusal::InputUserDeactivated.into());
    }
    if row.service || row.support {
        return Err(Refusal::UserIdInvalid.into());
    }
    if is_blocked(turn, by, who)? {
        return Err(Refusal::YouBlockedUser.into());
    }
    Ok(!is_blocked(turn, who, by)? && privacy::allows(turn, who, privacy::Key::ChatInvite, by)?)
}
