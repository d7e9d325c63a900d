//! The admin log: who reads it, what of it, how long.

use super::{AdminEvent, KEPT_SECONDS, Kinds, Logged, Wanted, note, page};
use crate::{
    Caller, ChannelId, Peer, Refusal, UserId,
    groups::{AdminRights, BannedRights, MemberRow, invites::tests::rooms},
    messages::{edit::EditMessage, rows::open_body},
    service::Command,
    testing::Hall,
    turn::Turn,
    view::Decided,
};

struct Note {
    channel: ChannelId,
    by: UserId,
    event: AdminEvent,
}

impl Command for Note {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        note(turn, self.channel, self.by, self.event.clone())
    }
}

fn read(hall: &Hall, by: Caller, wanted: &Wanted) -> Result<Vec<Logged>, Refusal> {
    hall.ask(|view| page(view, by.user, wanted))
}

fn renamed(after: &str) -> AdminEvent {
    AdminEvent::Title { before: "Walkers".into(), after: after.into() }
}

#[test]
fn events_are_found_by_kind_by_admin_and_by_words_for_seven_days() {
    for room in rooms() {
        let Peer::Channel(channel) = room.peer else { continue };
        let (hall, owner, other) = (&room.hall, room.owner, room.member);
        let write = |by: Caller, event| hall.run(Note { channel, by: by.user, event }).expect("writes");
        write(owner, renamed("Hikers"));
        write(owner, AdminEvent::SlowMode { before: 0, after: 30 });
        write(other, AdminEvent::Joined {});
        let wanted = Wanted { channel, limit: 100, ..Wanted::default() };
        let all = read(hall, owner, &wanted).expect("the owner may");
        assert_eq!(all.iter().map(|it| it.by).collect::<Vec<_>>(), [other.user, owner.user, owner.user]);
        assert!(all.windows(2).all(|it| it[0].id > it[1].id), "in one millisecond, too");
        let some = |wanted: Wanted| read(hall, owner, &wanted).expect("the owner may");
        let kinds = Some(Kinds::SETTINGS.with(Kinds::LEAVE));
        assert_eq!(some(Wanted { kinds, ..wanted.clone() }), [all[1].clone()]);
        assert_eq!(some(Wanted { admins: vec![other.user], ..wanted.clone() }), [all[0].clone()]);
        assert_eq!(some(Wanted { query: "hik".into(), ..wanted.clone() }), [all[2].clone()]);
        assert_eq!(some(Wanted { query: "Max".into(), ..wanted.clone() }), [all[0].clone()], "by the name");
        assert_eq!(some(Wanted { max: all[0].id, limit: 1, ..wanted.clone() }), [all[1].clone()]);
        assert_eq!(some(Wanted { min: all[1].id, ..wanted.clone() }), [all[0].clone()]);
        hall.pass(u64::from(KEPT_SECONDS) + 1);
        assert_eq!(some(wanted.clone()), []);
        write(owner, renamed("Runners"));
        let rows = store::Range::prefix(store::Key::from_bytes(&[crate::spaces::ADMIN_LOG.id]));
        let left = hall.ask(|view| view.scan(&rows, store::Direction::Forward, 10)).expect("reads");
        assert_eq!(left.len(), 1, "old events go as new ones come");
    }
}

#[test]
fn only_admins_read_the_log() {
    for room in rooms() {
        let Peer::Channel(channel) = room.peer else { continue };
        let wanted = Wanted { channel, ..Wanted::default() };
        assert_eq!(read(&room.hall, room.member, &wanted), Err(Refusal::ChatAdminRequired));
        assert_eq!(read(&room.hall, room.guests[0], &wanted), Err(Refusal::ChannelPrivate));
        let nowhere = Wanted { channel: ChannelId(77), ..Wanted::default() };
        assert_eq!(read(&room.hall, room.owner, &nowhere), Err(Refusal::ChannelInvalid));
    }
}

#[test]
fn a_change_of_rights_is_of_the_kinds_that_it_amounts_to() {
    let member = |admin, banned| MemberRow { admin, banned, ..MemberRow::default() };
    let banned = |before, after| {
        let (before, after) = (member(AdminRights::NONE, before), member(AdminRights::NONE, after));
        AdminEvent::Banned { user: UserId(1), before, after }.kinds()
    };
    let (none, mute, out) = (BannedRights::NONE, BannedRights::SEND_MESSAGES, BannedRights::VIEW_MESSAGES);
    assert_eq!(banned(none, mute), Kinds::BAN);
    assert_eq!(banned(mute, none), Kinds::UNBAN);
    assert_eq!(banned(none, out), Kinds::KICK);
    assert_eq!(banned(out, none), Kinds::UNKICK);
    assert_eq!(banned(out, mute), Kinds::UNKICK.with(Kinds::BAN));
    let (before, after) = (member(AdminRights::PIN_MESSAGES, none), member(AdminRights::BAN_USERS, none));
    let changed = AdminEvent::Admin { user: UserId(1), before, after }.kinds();
    assert_eq!(changed, Kinds::PROMOTE.with(Kinds::DEMOTE));
}

#[test]
fn what_a_message_said_before_it_was_edited_is_kept() {
    for room in rooms() {
        let Peer::Channel(channel) = room.peer else { continue };
        let (hall, peer, owner, member) = (&room.hall, room.peer, room.owner, room.member);
        let sent = hall.run(crate::messages::send::SendMessage {
            by: member,
            peer,
            text: "first".into(),
            entities: Vec::new(),
            reply: None,
            random_id: 7,
            silent: false,
            noforwards: false,
            send_as: None,
            no_webpage: false,
            clear_draft: false,
            album: 0,
        });
        let (message, entities) = (sent.expect("a member may").message, Vec::new());
        let text = "second".to_owned();
        hall.run(EditMessage { by: member, peer, message, text, entities, no_webpage: false }).expect("its own");
        let kinds = Some(Kinds::EDIT);
        let wanted = Wanted { channel, kinds, limit: 9, ..Wanted::default() };
        let found = read(hall, owner, &wanted).expect("the owner may");
        let said: Vec<Vec<String>> = found
            .iter()
            .map(|it| {
                let text =
                    |kept: &super::Kept| hall.ask(|view| open_body(view, channel, &kept.row)).expect("opens").text;
                it.event.messages().into_iter().map(text).collect()
            })
            .collect();
        assert_eq!(found[0].by, member.user);
        assert_eq!(said, [["first", "second"]]);
        let by_words = Wanted { query: "FIRST".into(), ..wanted };
        assert_eq!(read(hall, owner, &by_words).expect("the owner may").len(), 1);
    }
}
