//! Who owns a channel, and who would.
//! Source: core.telegram.org/method/messages.editChatCreator, messages.getFutureChatCreatorAfterLeave.

use super::{
    AdminRights,
    admins::ADMINS_MAX,
    channel::{existing, member, put_channel},
    guard::owner,
    lists::{self, List},
    log::{self, AdminEvent},
    members, service,
    settings::tell_all,
    usernames,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, Peer, UserId},
    messages::{Action, send::Sent},
    refusal::Refusal,
    turn::Turn,
    view::{Decided, View},
};

/// Hands a channel over at once; the password has been checked. The old owner stays as an admin with every right.
pub(super) fn hand_over(turn: &mut Turn<'_>, by: &Caller, id: ChannelId, to: UserId) -> Decided<Sent> {
    let it = owner(turn, id, by.user)?;
    let heir = member(turn, id, to)?.filter(|it| it.joined > 0 && to != by.user).ok_or(Refusal::UserNotParticipant)?;
    if it.row.public {
        usernames::refuse_more(turn, to, Some(id))?;
    }
    let mut row = existing(turn, id)?;
    row.creator = to;
    put_channel(turn, id, &row);
    let rights = AdminRights::CREATOR.within(&row);
    let new = super::MemberRow { admin: rights, promoted_by: UserId::NOBODY, ..heir.clone() };
    members::put(turn, id, to, &heir, &new)?;
    let old = super::MemberRow { admin: rights, promoted_by: to, ..it.member.clone() };
    members::put(turn, id, by.user, &it.member, &old)?;
    log::note(turn, id, by.user, AdminEvent::Admin { user: to, before: heir, after: new })?;
    members::tell(turn, by, id, by.user)?;
    members::tell(turn, by, id, to)?;
    tell_all(turn, id, Some(by.origin))?;
    service::post(turn, by.user, Peer::Channel(id), Action::ChangeCreator { user: to }, Some(by.origin))
}

/// Who would own a channel if its owner left it: the admin, or else the member, who has been in it longest.
pub fn successor(view: &(impl View + ?Sized), id: ChannelId, me: UserId) -> Decided<Option<UserId>> {
    owner(view, id, me)?;
    let mut admins = Vec::new();
    for user in lists::page(view, id, List::Admins, 0, ADMINS_MAX as usize)? {
        if user != me {
            admins.push((member(view, id, user)?.unwrap_or_default().place, user));
        }
    }
    if let Some((_, first)) = admins.into_iter().min() {
        return Ok(Some(first));
    }
    Ok(lists::oldest(view, id, 2)?.into_iter().find(|it| *it != me))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::password::{NewPassword, UpdatePassword, facts},
        groups::{create::CreateChannel, invite::InviteToChannel, transfer::EditCreator},
        testing::Hall,
        world::{Registration, Settings},
    };

    const DAY: u32 = 24 * 3600;

    #[test]
    fn a_group_changes_hands_under_a_password_that_is_no_thiefs() {
        let registration = Registration::Open;
        let settings =
            Settings { test_accounts: true, registration, fresh_session_seconds: DAY, ..Settings::default() };
        let hall = Hall::with(settings, false);
        let (by, bob) = (hall.sign_up(77, "Alice", "9996626001"), hall.person("Bob", "9996626002"));
        let title = "G".into();
        let about = String::new();
        let new = CreateChannel { by, title, about, broadcast: false, forum: false, ttl_period: 0 };
        let (id, _) = hall.run(new).unwrap();
        hall.run(InviteToChannel { by, channel: id, users: vec![bob.user] }).unwrap();
        let hand_over = |to: UserId| {
            let proved = hall.ask(|view| facts(view, by.user)).unwrap().version;
            hall.run(EditCreator { by, peer: Peer::Channel(id), to, proved }).map(drop)
        };
        assert_eq!(hand_over(bob.user), Err(Refusal::PasswordMissing));
        let (client_salt, server_salt, hint) = (vec![1; 8], vec![1; 8], String::new());
        let new = NewPassword { verifier: Some([1; crypto::srp::SIZE]), client_salt, server_salt, hint };
        hall.run(UpdatePassword { by, version: 0, new: Some(new), email: None }).unwrap();
        assert_eq!(hand_over(bob.user), Err(Refusal::PasswordTooFresh(7 * DAY)));
        hall.pass(u64::from(7 * DAY));
        assert_eq!(hand_over(by.user), Err(Refusal::UserNotParticipant));
        assert_eq!(hand_over(bob.user), Ok(()));
        let row = hall.ask(|view| existing(view, id)).unwrap();
        assert_eq!(row.creator, bob.user);
        let old = hall.ask(|view| crate::groups::standing(view, id, &row, by.user)).unwrap();
        assert!(matches!(old, crate::groups::Standing::Admin(_)), "the old owner manages still");
        assert_eq!(hand_over(bob.user), Err(Refusal::ChatAdminRequired));
    }
}
