//! A basic group under every way a hall can be driven: its members, its messages, its rights.

use std::{
    cell::Cell,
    sync::atomic::{AtomicI64, Ordering},
};

use super::{
    admins::{EditAdmin, EditRank, rank_of},
    chat,
    create::{CreateChat, Created},
    info::{DeleteChat, EditChat, Info},
    members::{AddMember, Added, RemoveMember},
};
use crate::{
    Caller, ChatId, MessageId, Peer, Refusal, UserId,
    groups::{BannedRights, SeenGroup, seen},
    messages::{
        self, Action, Reaction, SeenMessage,
        delete::DeleteMessages,
        dialogs,
        edit::EditMessage,
        forward::ForwardMessages,
        history::{self, Part, Place},
        marks::{self, Mark},
        mentions::ReadMentions,
        pinned::{self, PinMessage, UnpinAll},
        reactions::react::React,
        read::ReadHistory,
        send::{ReplyTo, SendMessage, Sent},
        typing::SetTyping,
    },
    testing::Hall,
    updates::{Event, LogEntry, Passing, counters},
};

mod attention;
mod migration;
mod owners;

struct Group {
    hall: Hall,
    people: [Caller; 4],
    chat: ChatId,
    random: AtomicI64,
}

/// Alice has made a group with Bob and Carol; Dave is outside.
fn groups() -> [Group; 2] {
    [Hall::new(), Hall::with_outbox()].map(|hall| {
        let person = |name, at: u32| hall.person(name, &format!("999662100{at}"));
        let people = [person("Alice", 1), person("Bob", 2), person("Carol", 3), person("Dave", 4)];
        let users = vec![people[1].user, people[2].user];
        let create = CreateChat { by: people[0], users, title: " Signals ".into(), ttl_period: 0 };
        let chat = hall.run(create).expect("a group can be made").chat;
        Group { hall, people, chat, random: AtomicI64::new(0) }
    })
}

impl Group {
    fn peer(&self) -> Peer {
        Peer::Chat(self.chat)
    }

    fn text(&self, by: Caller, text: &str) -> SendMessage {
        SendMessage {
            by,
            peer: self.peer(),
            text: text.into(),
            entities: Vec::new(),
            reply: None,
            random_id: self.random.fetch_add(1, Ordering::Relaxed) + 1,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        }
    }

    fn send(&self, by: Caller, text: &str) -> Result<Sent, Refusal> {
        self.hall.run(self.text(by, text))
    }

    fn history(&self, me: Caller) -> Vec<SeenMessage> {
        let part = Part { limit: 100, ..Part::default() };
        let page = self.hall.ask(|view| history::page(view, me.user, Place::Chat(self.peer()), part)).expect("reads");
        page.messages
    }

    /// A history, oldest first, with authors by the first letter of their names.
    fn read(&self, me: Caller) -> String {
        let line = |it: &SeenMessage| {
            let author = self.people.iter().position(|person| person.user == it.row.from).expect("one of these");
            let said = match &it.body.action {
                Some(action) => format!("[{}]", self.shown(action)),
                None => it.body.text.clone(),
            };
            let marks = [(it.mentioned, "@"), (it.row.pinned, "^"), (it.row.edit_date > 0, "*")];
            let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, mark)| *mark).collect();
            format!("{}{marks}: {said}", ["A", "B", "C", "D"][author])
        };
        let mut all: Vec<_> = self.history(me).iter().map(line).collect();
        all.reverse();
        all.join(" | ")
    }

    fn shown(&self, action: &Action) -> String {
        let name = |user: &UserId| {
            let at = self.people.iter().position(|it| it.user == *user).expect("one of these");
            ["A", "B", "C", "D"][at]
        };
        match action {
            Action::ChatCreate { title, users } => {
                format!("makes {title} {}", users.iter().map(name).collect::<String>())
            }
            Action::ChatEditTitle { title } => format!("calls it {title}"),
            Action::ChatAddUser { users } => format!("adds {}", users.iter().map(name).collect::<String>()),
            Action::ChatDeleteUser { user } => format!("removes {}", name(user)),
            Action::PinMessage {} => "pins".into(),
            Action::NewCreatorPending { user } => format!("leaves it to {}", name(user)),
            Action::ChangeCreator { user } => format!("owner {}", name(user)),
            Action::TtlSet { period, .. } => format!("ttl {period}"),
            other => format!("{other:?}"),
        }
    }

    fn add(&self, by: Caller, user: Caller, forward: usize) -> Result<Added, Refusal> {
        self.hall.run(AddMember { by, chat: self.chat, user: user.user, forward })
    }

    fn remove(&self, by: Caller, user: Caller) -> Result<Vec<LogEntry>, Refusal> {
        self.hall.run(RemoveMember { by, chat: self.chat, user: user.user, revoke_history: false })
    }

    fn edit(&self, by: Caller, info: Info) -> Result<Vec<LogEntry>, Refusal> {
        self.hall.run(EditChat { by, chat: self.chat, info })
    }

    fn promote(&self, by: Caller, user: Caller, admin: bool) -> Result<Vec<LogEntry>, Refusal> {
        self.hall.run(EditAdmin { by, chat: self.chat, user: user.user, admin })
    }

    fn dialog(&self, me: Caller) -> messages::DialogRow {
        self.hall.ask(|view| dialogs::dialog(view, me.user, self.peer())).expect("reads")
    }

    fn last(&self, me: Caller) -> MessageId {
        self.dialog(me).top
    }

    fn members(&self) -> Vec<UserId> {
        let row = self.hall.ask(|view| chat(view, self.chat)).expect("reads").expect("a group");
        row.members.iter().map(|it| it.user).collect()
    }
}

#[test]
fn a_group_is_made_and_everybody_in_it_reads_the_same() {
    for group in groups() {
        let [alice, bob, carol, dave] = group.people;
        group.send(bob, "good day").unwrap();
        let all = "A: [makes Signals BC] | B: good day";
        assert_eq!([alice, bob, carol].map(|it| group.read(it)), [all; 3]);
        let page = |me: UserId, peer| {
            group.hall.ask(|view| history::page(view, me, Place::Chat(peer), Part { limit: 9, ..Part::default() }))
        };
        let nowhere = Peer::Chat(ChatId(u64::MAX >> 24));
        assert_eq!(page(dave.user, group.peer()), Err(Refusal::PeerIdInvalid), "he is no member");
        assert_eq!(page(alice.user, nowhere), Err(Refusal::PeerIdInvalid), "there is no such group");
        assert_eq!((group.dialog(alice).unread, group.dialog(bob).unread, group.dialog(carol).unread), (1, 1, 2));
        assert_eq!(group.send(dave, "let me in").map(drop), Err(Refusal::PeerIdInvalid));
    }
}

#[test]
fn who_does_not_let_itself_be_added_is_named_and_the_group_is_made_all_the_same() {
    use crate::people::privacy::{Key, Rule, SetPrivacy};
    for group in groups() {
        let [alice, bob, .., dave] = group.people;
        group.hall.run(SetPrivacy { by: dave, key: Key::ChatInvite, rules: vec![Rule::DisallowAll {}] }).unwrap();
        let users = vec![bob.user, dave.user, bob.user, alice.user];
        let made = group.hall.run(CreateChat { by: alice, users, title: "Second".into(), ttl_period: 0 }).unwrap();
        assert_eq!(made.missing, [dave.user]);
        assert_eq!(group.add(alice, dave, 0).unwrap().missing, [dave.user]);
        let refused = |title: &str| {
            group.hall.run(CreateChat { by: alice, users: Vec::new(), title: title.into(), ttl_period: 0 }).map(drop)
        };
        assert_eq!((refused("  "), refused("Alone")), (Err(Refusal::ChatTitleEmpty), Ok(())));
    }
}

#[test]
fn who_is_removed_hears_it_last_keeps_what_it_has_and_its_message_in_flight_is_refused() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        // Both stand in one line at the owner: the first to be decided decides the second.
        let kick = RemoveMember { by: alice, chat: group.chat, user: bob.user, revoke_history: false };
        let (kicked, flying) = group.hall.run_in_line(kick, group.text(bob, "wait"));
        assert_eq!((kicked.map(drop), flying.map(drop)), (Ok(()), Err(Refusal::ChatWriteForbidden)));
        group.send(carol, "he is gone").unwrap();
        assert_eq!(group.read(bob), "A: [makes Signals BC] | A: [removes B]");
        assert_eq!(group.read(carol), "A: [makes Signals BC] | A: [removes B] | C: he is gone");
        let as_bob = group.hall.ask(|view| seen(view, bob.user, group.peer())).unwrap();
        assert!(matches!(as_bob, Some(SeenGroup::Forbidden(_))));
        assert_eq!(group.remove(alice, bob).map(drop), Err(Refusal::UserNotParticipant));
    }
}

#[test]
fn a_newcomer_is_given_the_last_messages_and_changes_of_them_reach_it() {
    for group in groups() {
        let [alice, bob, carol, dave] = group.people;
        let first = group.send(alice, "one").unwrap().message;
        group.send(bob, "two").unwrap();
        group.add(alice, dave, 2).unwrap();
        assert_eq!(group.read(dave), "A: one | B: two | A: [adds D]");
        let edit = EditMessage {
            by: alice,
            peer: group.peer(),
            message: first,
            text: "once".into(),
            entities: Vec::new(),
            no_webpage: false,
        };
        group.hall.run(edit).unwrap();
        assert_eq!(group.read(dave), "A*: once | B: two | A: [adds D]");
        assert_eq!(group.add(carol, dave, 0).map(drop), Err(Refusal::UserAlreadyParticipant));
    }
}

/// What each of an owner, an admin, a member and a stranger is answered.
fn roles<T>(group: &Group, what: impl Fn(Caller) -> Result<T, Refusal>) -> [Result<(), Refusal>; 4] {
    let [alice, bob, carol, dave] = group.people;
    [alice, bob, carol, dave].map(|it| what(it).map(drop))
}

#[test]
fn every_role_may_what_it_may_and_nothing_else() {
    use Refusal::{ChatAdminRequired as Admin, ChatIdInvalid as Unknown};
    let closed = BannedRights::CHANGE_INFO.with(BannedRights::INVITE_USERS).with(BannedRights::PIN_MESSAGES);
    for group in groups() {
        let [alice, bob, carol, dave] = group.people;
        group.promote(alice, bob, true).unwrap();
        let n = Cell::new(0);
        let title = |by| {
            n.set(n.get() + 1);
            group.edit(by, Info::Title(format!("Title {}", n.get())))
        };
        assert_eq!(roles(&group, title), [Ok(()), Ok(()), Ok(()), Err(Unknown)]);
        assert_eq!(
            roles(&group, |by| group.edit(
                by,
                Info::DefaultBanned(if by == alice { closed } else { closed.with(BannedRights::SEND_GAMES) })
            )),
            [Ok(()), Ok(()), Err(Admin), Err(Unknown)]
        );
        assert_eq!(roles(&group, title), [Ok(()), Ok(()), Err(Admin), Err(Unknown)]);
        let about = |by| {
            n.set(n.get() + 1);
            group.edit(by, Info::About(format!("About {}", n.get())))
        };
        assert_eq!(roles(&group, about), [Ok(()), Ok(()), Err(Admin), Err(Unknown)]);
        let ttl = |by| {
            n.set(n.get() + 1);
            group.edit(by, Info::Ttl(86_400 + n.get()))
        };
        assert_eq!(roles(&group, ttl), [Ok(()), Ok(()), Err(Admin), Err(Unknown)]);
        let protect = |by| group.edit(by, Info::NoForwards(true));
        assert_eq!(roles(&group, protect), [Ok(()), Err(Admin), Err(Admin), Err(Unknown)]);
        assert_eq!(roles(&group, |by| group.promote(by, carol, false)), [Ok(()), Err(Admin), Err(Admin), Err(Unknown)]);
        assert_eq!(
            roles(&group, |by| group.add(by, dave, 0)),
            [Ok(()), Err(Refusal::UserAlreadyParticipant), Err(Admin), Err(Admin)]
        );
        group.remove(bob, dave).unwrap();
        assert_eq!(group.add(carol, dave, 0).map(drop), Err(Admin));
        assert_eq!(group.remove(carol, bob).map(drop), Err(Admin), "an admin by a member");
        assert_eq!(group.remove(bob, alice).map(drop), Err(Admin), "the owner by an admin");
        let delete = |by| group.hall.run(DeleteChat { by, chat: group.chat });
        let [_, bob_may, carol_may, dave_may] =
            roles(&group, |by| if by == alice { Ok(Vec::new()) } else { delete(by).map(|_| Vec::<u8>::new()) });
        assert_eq!([bob_may, carol_may, dave_may], [Err(Admin), Err(Admin), Err(Unknown)]);
        delete(alice).unwrap();
        assert_eq!([alice, bob, carol].map(|it| group.read(it)), ["", "", ""]);
        assert_eq!(group.send(carol, "anybody?").map(drop), Err(Refusal::PeerIdInvalid));
    }
}

#[test]
fn two_admins_at_once_leave_one_state_that_all_see() {
    for group in groups() {
        let [alice, bob, carol, dave] = group.people;
        group.promote(alice, bob, true).unwrap();
        let add = |by| AddMember { by, chat: group.chat, user: dave.user, forward: 0 };
        let (one, two) = group.hall.run_in_line(add(alice), add(bob));
        assert_eq!((one.map(drop), two.map(drop)), (Ok(()), Err(Refusal::UserAlreadyParticipant)));
        let kick = |by| RemoveMember { by, chat: group.chat, user: carol.user, revoke_history: false };
        let (one, two) = group.hall.run_in_line(kick(bob), kick(alice));
        assert_eq!((one.map(drop), two.map(drop)), (Ok(()), Err(Refusal::UserNotParticipant)));
        assert_eq!(group.members(), [alice, bob, dave].map(|it| it.user));
        assert_eq!(group.read(alice), group.read(bob));
    }
}

#[test]
fn an_admin_deletes_others_messages_for_all_and_a_member_only_its_own() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        group.send(bob, "mine").unwrap();
        let delete = |by: Caller, revoke| {
            let messages = vec![group.last(by)];
            group.hall.run(DeleteMessages { by, messages, revoke }).map(drop)
        };
        assert_eq!(delete(carol, true), Err(Refusal::MessageDeleteForbidden));
        assert_eq!(delete(carol, false), Ok(()));
        assert_eq!(group.read(bob), "A: [makes Signals BC] | B: mine");
        assert_eq!(delete(alice, true), Ok(()));
        assert_eq!(group.read(bob), "A: [makes Signals BC]");
    }
}

#[test]
fn pins_reach_all_with_a_message_that_says_so() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        let message = group.send(bob, "meet at noon").unwrap().message;
        let pin = |pinned| PinMessage { by: bob, peer: group.peer(), message, pinned, one_side: false, silent: false };
        group.hall.run(pin(true)).unwrap();
        assert_eq!(group.hall.run(pin(true)).map(drop), Err(Refusal::ChatNotModified));
        let all = "A: [makes Signals BC] | B^: meet at noon | B: [pins]";
        assert_eq!([alice, carol].map(|it| group.read(it)), [all; 2]);
        let last = |me: Caller| group.hall.ask(|view| pinned::last(view, me.user.into(), group.peer())).unwrap();
        assert_eq!(last(alice), Some(group.history(alice)[1].id));
        group.edit(alice, Info::DefaultBanned(BannedRights::PIN_MESSAGES)).unwrap();
        assert_eq!(group.hall.run(pin(false)).map(drop), Err(Refusal::ChatAdminRequired));
        assert!(group.hall.run(UnpinAll { by: alice, peer: group.peer() }).unwrap().entry.is_some());
        assert_eq!((last(alice), last(bob), last(carol)), (None, None, None));
    }
}

#[test]
fn reactions_of_many_stand_beside_each_copy() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        group.send(alice, "news").unwrap();
        let react = |by: Caller, emoticon: &str| React {
            by,
            peer: group.peer(),
            message: group.last(by),
            reactions: vec![Reaction::Emoji { emoticon: emoticon.into() }],
            big: false,
            add_to_recent: false,
        };
        for (by, emoticon) in [(alice, "👍"), (bob, "👍"), (carol, "❤")] {
            group.hall.run(react(by, emoticon)).unwrap();
        }
        for me in [alice, bob, carol] {
            assert_eq!(group.history(me)[0].reactions.len(), 3);
        }
        assert_eq!((group.dialog(alice).unread_reactions, group.dialog(bob).unread_reactions), (1, 0));
        use crate::groups::reactions::{Allowed, Choice};
        let none = Allowed { choice: Choice::None {}, ..Allowed::default() };
        group.edit(alice, Info::Reactions(none)).unwrap();
        assert_eq!(group.hall.run(react(bob, "❤")).map(drop), Err(Refusal::ReactionInvalid));
    }
}

#[test]
fn members_may_be_kept_from_writing_and_admins_write_on() {
    for group in groups() {
        let [alice, bob, ..] = group.people;
        group.edit(alice, Info::DefaultBanned(BannedRights::SEND_PLAIN)).unwrap();
        assert_eq!(group.send(bob, "psst").map(drop), Err(Refusal::ChatSendPlainForbidden));
        group.edit(alice, Info::DefaultBanned(BannedRights::SEND_MESSAGES)).unwrap();
        assert_eq!(group.send(bob, "psst").map(drop), Err(Refusal::ChatWriteForbidden));
        group.promote(alice, bob, true).unwrap();
        assert_eq!(group.send(bob, "at last").map(drop), Ok(()));
    }
}

#[test]
fn titles_of_members_are_sealed_and_told() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        let rank = |by: Caller, of: Caller, rank: &str| {
            group.hall.run(EditRank { by, chat: group.chat, user: of.user, rank: rank.into() }).map(drop)
        };
        assert_eq!(rank(bob, bob, "engineer"), Ok(()));
        assert_eq!(rank(bob, carol, "boss"), Err(Refusal::ChatAdminRequired));
        assert_eq!(rank(alice, bob, "a title that is too long"), Err(Refusal::AdminRankInvalid));
        assert_eq!(rank(alice, bob, "🎄"), Err(Refusal::AdminRankEmojiNotAllowed));
        let row = group.hall.ask(|view| chat(view, group.chat)).unwrap().unwrap();
        let card = group.hall.ask(|view| super::card(view, group.chat, &row)).unwrap();
        assert_eq!((rank_of(&card, bob.user), rank_of(&card, carol.user)), ("engineer".into(), String::new()));
    }
}

#[test]
fn a_protected_group_lets_nothing_out_and_forwards_go_in() {
    for group in groups() {
        let [alice, bob, ..] = group.people;
        let note = SendMessage { peer: Peer::User(bob.user), ..group.text(bob, "a note") };
        let note = group.hall.run(note).unwrap().message;
        let forward = |from, to, message| ForwardMessages {
            by: bob,
            from,
            to,
            messages: vec![message],
            random_ids: vec![group.random.fetch_add(1, Ordering::Relaxed) + 1],
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        group.hall.run(forward(Peer::User(bob.user), group.peer(), note)).unwrap();
        assert!(group.read(alice).ends_with("B: a note"));
        let own = Peer::User(bob.user);
        group.hall.run(forward(group.peer(), own, group.last(bob))).unwrap();
        group.edit(alice, Info::NoForwards(true)).unwrap();
        let out = group.hall.run(forward(group.peer(), own, group.last(bob)));
        assert_eq!(out.map(drop), Err(Refusal::ChatForwardsRestricted));
    }
}

#[test]
fn a_command_too_large_for_one_batch_goes_on_in_the_outbox_and_keeps_its_order() {
    let hall = Hall::new();
    let people: Vec<_> = (0..120).map(|at| hall.person("Person", &format!("99966{at:05}"))).collect();
    let users = people[1..].iter().map(|it| it.user).collect();
    let Created { chat, .. } =
        hall.run_alone(CreateChat { by: people[0], users, title: "Many".into(), ttl_period: 0 }).unwrap();
    let group = Group { hall, people: [people[0], people[1], people[2], people[119]], chat, random: AtomicI64::new(0) };
    group.hall.apply_parcels();
    let sent: Vec<_> = (0..40).map(|at| group.send(people[0], &format!("{at}")).unwrap().message).collect();
    group.hall.run_alone(DeleteMessages { by: people[0], messages: sent, revoke: true }).unwrap();
    let waiting = group.hall.ask(|view| crate::deliveries::pending(view)).unwrap();
    assert!(!waiting.is_empty(), "more than one batch bears");
    // What comes after it does not overtake it.
    group.hall.run_alone(group.text(people[0], "after")).unwrap();
    group.hall.apply_parcels();
    for me in [people[1], people[119]] {
        let texts: Vec<_> = group.history(me).iter().map(|it| it.body.text.clone()).collect();
        assert_eq!(texts, ["after", ""]);
        let entries = group.hall.ask(|view| counters(view, me.user)).unwrap().pts;
        assert_eq!(entries.0, 1 + 1 + 40 + 40 + 1);
    }
}

#[test]
fn so_many_messages_go_into_a_group_at_once_as_a_command_may_write() {
    use crate::messages::forward::{MESSAGES_MAX, at_once};
    let hall = Hall::new();
    let people: Vec<_> = (0..200).map(|at| hall.person("Person", &format!("99966{at:05}"))).collect();
    let users = people[1..].iter().map(|it| it.user).collect();
    let chat = hall.run(CreateChat { by: people[0], users, title: "Full".into(), ttl_period: 0 }).unwrap().chat;
    let group = Group { hall, people: [people[0], people[1], people[2], people[199]], chat, random: AtomicI64::new(0) };
    let own = Peer::User(people[0].user);
    let part = group.hall.ask(|view| at_once(view, group.peer())).unwrap();
    assert_eq!((part, group.hall.ask(|view| at_once(view, own)).unwrap()), (7, MESSAGES_MAX));
    let notes: Vec<_> = (0..part)
        .map(|at| {
            let note = SendMessage { peer: own, ..group.text(people[0], &format!("{at}")) };
            group.hall.run(note).unwrap().message
        })
        .collect();
    let random_ids = (1000..).take(part).collect();
    let forward = ForwardMessages {
        by: people[0],
        from: own,
        to: group.peer(),
        messages: notes,
        random_ids,
        drop_author: false,
        silent: false,
        noforwards: false,
        send_as: None,
        top: None,
    };
    group.hall.run(forward).unwrap();
    let texts: Vec<_> = group.history(people[199]).iter().map(|it| it.body.text.clone()).collect();
    assert_eq!(texts, ["6", "5", "4", "3", "2", "1", "0", ""]);
}
