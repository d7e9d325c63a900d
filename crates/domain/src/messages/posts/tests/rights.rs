//! Who may read and who may write: a table, and what rows cannot say.

use super::*;
use crate::messages::edit::EditMessage;

/// Roles, and how each stands.
fn roles(group: &Group) -> Vec<(&'static str, Caller)> {
    let banned = |rights| MemberRow { joined: 1, banned: rights, ..MemberRow::default() };
    let admin = |rights| MemberRow { joined: 1, admin: rights, ..MemberRow::default() };
    let rows = [
        ("poster", admin(AdminRights::POST_MESSAGES)),
        ("deleter", admin(AdminRights::DELETE_MESSAGES)),
        ("muted", banned(BannedRights::SEND_MESSAGES)),
        ("no texts", banned(BannedRights::SEND_PLAIN)),
        ("out", MemberRow::default()),
        ("kicked", MemberRow { banned: BannedRights::VIEW_MESSAGES, ..MemberRow::default() }),
        ("ban ran out", MemberRow { banned: BannedRights::VIEW_MESSAGES, banned_until: 1, ..MemberRow::default() }),
    ];
    let mut all = vec![("creator", group.owner), ("member", group.alice)];
    for (name, row) in rows {
        let who = group.stranger(name);
        group.place(who, row);
        all.push((name, who));
    }
    all
}

fn outcome<T>(it: Result<T, Refusal>) -> String {
    it.map_or_else(|refusal| format!("{refusal:?}"), |_| "yes".into())
}

fn table(row: ChannelRow, method: impl Fn(&Group, Caller) -> String) -> String {
    let group = Group::new(Hall::new(), row);
    let line = |(name, who): (&str, Caller)| format!("{name}: {}", method(&group, who));
    roles(&group).into_iter().map(line).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_private_group_is_read_by_its_members_and_a_public_one_by_all_but_the_banned() {
    let read = |group: &Group, who| outcome(group.page(who));
    assert_eq!(
        table(ChannelRow::default(), read),
        "creator: yes, member: yes, poster: yes, deleter: yes, muted: yes, no texts: yes, out: ChannelPrivate, \
         kicked: ChannelPrivate, ban ran out: ChannelPrivate"
    );
    assert_eq!(
        table(ChannelRow { public: true, ..ChannelRow::default() }, read),
        "creator: yes, member: yes, poster: yes, deleter: yes, muted: yes, no texts: yes, out: yes, \
         kicked: ChannelPrivate, ban ran out: yes"
    );
    assert_eq!(
        table(ChannelRow { deleted: true, ..ChannelRow::default() }, read),
        "creator: ChannelPrivate, member: ChannelPrivate, poster: ChannelPrivate, deleter: ChannelPrivate, \
         muted: ChannelPrivate, no texts: ChannelPrivate, out: ChannelPrivate, kicked: ChannelPrivate, \
         ban ran out: ChannelPrivate"
    );
}

#[test]
fn each_role_writes_or_learns_why_not() {
    let send = |group: &Group, who| outcome(group.send(who, "hello"));
    assert_eq!(
        table(ChannelRow { public: true, ..ChannelRow::default() }, send),
        "creator: yes, member: yes, poster: yes, deleter: yes, muted: UserBannedInChannel, \
         no texts: ChatSendPlainForbidden, out: ChatWriteForbidden, kicked: ChannelPrivate, \
         ban ran out: ChatWriteForbidden"
    );
    let mute = ChannelRow { default_banned: BannedRights::SEND_MESSAGES, ..ChannelRow::default() };
    assert_eq!(
        table(mute, send),
        "creator: yes, member: ChatWriteForbidden, poster: yes, deleter: yes, muted: UserBannedInChannel, \
         no texts: ChatWriteForbidden, out: ChannelPrivate, kicked: ChannelPrivate, ban ran out: ChannelPrivate"
    );
    let plain = ChannelRow { default_banned: BannedRights::SEND_PLAIN, ..ChannelRow::default() };
    assert!(table(plain, send).contains("member: ChatSendPlainForbidden, poster: yes"));
    assert_eq!(
        table(ChannelRow { broadcast: true, ..ChannelRow::default() }, send),
        "creator: yes, member: ChatAdminRequired, poster: yes, deleter: ChatAdminRequired, \
         muted: ChatAdminRequired, no texts: ChatAdminRequired, out: ChannelPrivate, kicked: ChannelPrivate, \
         ban ran out: ChannelPrivate"
    );
    let comments = ChannelRow { public: true, linked: Some(ChannelId(9)), ..ChannelRow::default() };
    assert!(table(comments.clone(), send).contains("out: yes"), "guests comment");
    let closed = ChannelRow { join_to_send: true, ..comments };
    assert!(table(closed, send).contains("out: ChatGuestSendForbidden"));
    assert!(
        table(ChannelRow { gigagroup: true, ..ChannelRow::default() }, send).contains("member: ChatWriteForbidden")
    );
}

#[test]
fn only_its_author_edits_a_message_of_a_group() {
    let edit = |group: &Group, who: Caller| {
        let id = group.send(group.alice, "first").expect("a member writes").message;
        outcome(group.hall.run(edit_of(group, who, id, "second")))
    };
    assert_eq!(
        table(ChannelRow { public: true, ..ChannelRow::default() }, edit),
        "creator: MessageAuthorRequired, member: yes, poster: MessageAuthorRequired, deleter: MessageAuthorRequired, \
         muted: MessageAuthorRequired, no texts: MessageAuthorRequired, out: MessageAuthorRequired, \
         kicked: ChannelPrivate, ban ran out: MessageAuthorRequired"
    );
}

#[test]
fn posts_of_a_channel_are_edited_by_who_may_edit_all() {
    let group = Group::new(Hall::new(), ChannelRow { broadcast: true, ..ChannelRow::default() });
    let editor = group.stranger("Edith");
    group.place(editor, MemberRow { joined: 1, admin: AdminRights::EDIT_MESSAGES, ..MemberRow::default() });
    let id = group.send(group.owner, "first").unwrap().message;
    group.hall.run(edit_of(&group, editor, id, "second")).unwrap();
    let refused = group.hall.run(edit_of(&group, group.alice, id, "third"));
    assert_eq!(refused, Err(Refusal::ChatAdminRequired));
    assert_eq!(group.read(group.alice), "1< second");
    let seen = group.page(group.alice).unwrap().remove(0);
    assert!(seen.row.post && seen.row.sent_as == Some(group.peer()));
    assert_eq!(seen.row.from, UserId::NOBODY, "who wrote a post is its writer's own affair");
}

#[test]
fn a_kicked_members_message_in_flight_is_refused() {
    for group in groups() {
        let flying = group.text(group.alice, "too late");
        group.place(group.alice, MemberRow { banned: BannedRights::VIEW_MESSAGES, ..MemberRow::default() });
        assert_eq!(group.hall.run(flying).map(drop), Err(Refusal::ChannelPrivate));
    }
}

#[test]
fn a_slow_group_makes_members_wait_and_admins_not() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let group = Group::new(hall, ChannelRow { slow_mode: 30, ..ChannelRow::default() });
        group.send(group.alice, "one").unwrap();
        group.hall.pass(10);
        assert_eq!(group.send(group.alice, "two").map(drop), Err(Refusal::SlowmodeWait(20)));
        group.send(group.bob, "mine").unwrap();
        group.send(group.owner, "one").unwrap();
        group.send(group.owner, "two").unwrap();
        let id = MessageId(1);
        group.hall.run(edit_of(&group, group.alice, id, "edited in time")).unwrap();
        group.hall.pass(20);
        group.send(group.alice, "two").unwrap();
    }
}

fn edit_of(group: &Group, by: Caller, message: MessageId, text: &str) -> EditMessage {
    let (peer, text, entities) = (group.peer(), text.to_owned(), Vec::new());
    EditMessage { by, peer, message, text, entities, no_webpage: false }
}

#[test]
fn who_is_refused_learns_nothing_by_any_way_to_read() {
    let group = Group::new(Hall::new(), ChannelRow::default());
    group.send(group.alice, "secret").unwrap();
    let out = group.stranger("Mallory").user;
    let peer = group.peer();
    let place = history::Place::Chat(peer);
    let query = crate::messages::search::Query { peer: Some(peer), ..Default::default() };
    let wanted = crate::messages::search::Wanted { query, ..Default::default() };
    let all = crate::messages::search::Filter::All;
    let ways: [(&str, Result<(), Refusal>); 6] = [
        ("search", group.hall.ask(|view| crate::messages::search::search(view, out, &wanted)).map(drop)),
        ("counts", group.hall.ask(|view| crate::messages::search::counts(view, out, place, &[all])).map(drop)),
        (
            "calendar",
            group
                .hall
                .ask(|view| crate::messages::search::calendar(view, out, place, all, (MessageId(0), 0)))
                .map(drop),
        ),
        (
            "positions",
            group.hall.ask(|view| crate::messages::search::positions(view, out, place, all, MessageId(0), 9)).map(drop),
        ),
        ("dialog", group.hall.ask(|view| crate::messages::posts::list::shown(view, out, peer)).map(drop)),
        ("edit data", group.hall.ask(|view| crate::messages::edit::editable(view, out, peer, MessageId(1))).map(drop)),
    ];
    for (way, answer) in ways {
        assert_eq!(answer, Err(Refusal::ChannelPrivate), "{way}");
    }
}
