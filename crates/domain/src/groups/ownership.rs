//! Who owns a channel, and who would.
//! Source: core.telegram.org/method/messages.editChatCreator, messages.getFutureChatCreatorAfterLeave.

use super::{
    AdminRights,
    admins::ADMINS_MAX,
    channel::{channel, existing, member, put_channel},
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
    let rights = rights.with(AdminRights::OTHER);
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
    next(view, id, me)
}

/// The account that owned a channel is gone. What it owned passes on at once, since it does not come back; a channel
/// in which nobody is left stays as it is.
pub(super) fn erased(turn: &mut Turn<'_>, id: ChannelId, user: UserId) -> Decided<()> {
    let Some(mut row) = channel(turn, id)?.filter(|it| it.creator == user && !it.deleted) else { return Ok(()) };
    let Some(heir) = next(turn, id, user)? else { return Ok(()) };
    row.creator = heir;
    put_channel(turn, id, &row);
    let before = member(turn, id, heir)?.unwrap_or_default();
    let rights = AdminRights::CREATOR.within(&row);
    let after = super::MemberRow { admin: rights, promoted_by: UserId::NOBODY, ..before.clone() };
    members::put(turn, id, heir, &before, &after)?;
    members::tell_of_time(turn, id, heir)?;
    tell_all(turn, id, None)?;
    // The service says it in the name of the old owner, who is not there; so the new one does.
    service::post(turn, heir, Peer::Channel(id), Action::ChangeCreator { user: heir }, None).map(drop)
}

fn next(view: &(impl View + ?Sized), id: ChannelId, me: UserId) -> Decided<Option<UserId>> {
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
        assert!(old.may(AdminRights::OTHER) && !matches!(old, crate::groups::Standing::Creator(_)), "it manages still");
        assert_eq!(hand_over(bob.user), Err(Refusal::ChatAdminRequired));
    }

    #[test]
    fn a_deleted_account_leaves_its_channel_to_the_oldest_admin_or_else_member() {
        use crate::{
            accounts::{
                deletion::DeleteAccount,
                erasing::{EraseStep, on_list},
            },
            groups::admins::EditAdmin,
        };
        for hall in [Hall::new(), Hall::with_outbox()] {
            let [by, bob, carol] = ["Alice", "Bob", "Carol"].map(|it| hall.person(it, "9996626001"));
            let (title, about) = ("G".into(), String::new());
            let new = CreateChannel { by, title, about, broadcast: false, forum: false, ttl_period: 0 };
            let (id, _) = hall.run(new).unwrap();
            hall.run(InviteToChannel { by, channel: id, users: vec![bob.user, carol.user] }).unwrap();
            let (rights, rank) = (AdminRights::PIN_MESSAGES, None);
            hall.run(EditAdmin { by, channel: id, user: carol.user, rights, rank }).unwrap();
            let gone = |who: crate::Caller| {
                let link_prefix = "https://example.org/".into();
                let (user, key) = (who.user, who.origin.key);
                hall.run(DeleteAccount { user, key, proved: None, link: [7; 16], link_prefix }).unwrap();
                while let [user, ..] = hall.ask(|view| on_list(view)).unwrap()[..] {
                    hall.run(EraseStep { user }).unwrap();
                }
                hall.ask(|view| existing(view, id)).unwrap().creator
            };
            assert_eq!(gone(by), carol.user, "the admin");
            let row = hall.ask(|view| existing(view, id)).unwrap();
            let standing = hall.ask(|view| crate::groups::standing(view, id, &row, carol.user)).unwrap();
            assert!(matches!(standing, crate::groups::Standing::Creator(_)));
            assert_eq!(gone(carol), bob.user, "nobody else is left");
            assert_eq!(gone(bob), bob.user, "it stays as it is, and empty");
            assert_eq!(hall.ask(|view| crate::groups::channel::counts(view, id)).unwrap().members, 0);
        }
    }
}
