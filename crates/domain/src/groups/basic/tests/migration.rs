//! A basic group becomes a supergroup.

use super::*;
use crate::groups::{
    basic::migrate::MigrateChat,
    channel,
    invites::{
        export::{ExportInvite, Terms},
        importers,
        join::{ImportInvite, Imported},
        list,
    },
    reactions::{Allowed, Choice},
    requests::HideRequest,
};

#[test]
fn a_group_becomes_a_supergroup_with_its_members_and_admins_and_both_histories_stay() {
    use crate::{ChannelId, groups::basic::migrate};
    for group in groups() {
        let [alice, bob, carol, dave] = group.people;
        group.send(bob, "before").unwrap();
        group.promote(alice, bob, true).unwrap();
        let command = |by| MigrateChat { by, chat: group.chat };
        assert_eq!(group.hall.run(command(bob)).map(drop), Err(Refusal::ChatAdminRequired));
        assert_eq!(group.hall.run(command(dave)).map(drop), Err(Refusal::ChatIdInvalid));
        let made: ChannelId = group.hall.run(command(alice)).unwrap().channel;
        assert_eq!(group.hall.run(command(alice)).map(drop), Err(Refusal::ChatAlreadyMigrated));
        let row = group.hall.ask(|view| channel::existing(view, made)).unwrap();
        assert_eq!((row.migrated_from, row.creator), (Some(group.chat), alice.user));
        let standing = |it: Caller| group.hall.ask(|view| channel::standing(view, made, &row, it.user)).unwrap();
        assert_eq!(standing(bob), channel::Standing::Admin(crate::groups::AdminRights::BASIC));
        assert_eq!((standing(carol), standing(dave)), (channel::Standing::Member, channel::Standing::Out));
        for me in [alice, bob, carol] {
            assert!(group.read(me).starts_with("A: [makes Signals BC] | B: before | A: ["), "{}", group.read(me));
            let before = group.hall.ask(|view| migrate::before(view, me.user, &row)).unwrap();
            assert_eq!(before, Some((group.chat, group.last(me).0)));
        }
        assert_eq!(group.send(bob, "still here?").map(drop), Err(Refusal::PeerIdInvalid));
        let said = SendMessage { peer: Peer::Channel(made), ..group.text(carol, "after") };
        group.hall.run(said).unwrap();
        let part = Part { limit: 100, ..Part::default() };
        let there = |view: &dyn crate::View| history::page(view, bob.user, Place::Chat(Peer::Channel(made)), part);
        let texts: Vec<_> = group.hall.ask(there).unwrap().messages.into_iter().map(|it| it.body.text).collect();
        assert_eq!(texts, ["after", ""]);
    }
}

#[test]
fn a_full_group_becomes_a_supergroup_in_one_command() {
    use crate::groups::CHAT_SIZE_MAX;
    let hall = Hall::new();
    let people: Vec<_> = (0..CHAT_SIZE_MAX).map(|at| hall.person("Person", &format!("99966{at:05}"))).collect();
    let users = people[1..].iter().map(|it| it.user).collect();
    let chat = hall.run(CreateChat { by: people[0], users, title: "Full".into(), ttl_period: 0 }).unwrap().chat;
    let channel = hall.run(MigrateChat { by: people[0], chat }).unwrap().channel;
    assert_eq!(hall.ask(|view| channel::counts(view, channel)).unwrap().members as usize, CHAT_SIZE_MAX);
}

#[test]
fn one_member_more_than_a_group_holds_makes_it_a_supergroup() {
    use crate::groups::CHAT_SIZE_MAX;
    let hall = Hall::new();
    let people: Vec<_> = (0..=CHAT_SIZE_MAX).map(|at| hall.person("Person", &format!("99966{at:05}"))).collect();
    let users = people[1..CHAT_SIZE_MAX].iter().map(|it| it.user).collect();
    let made = CreateChat { by: people[0], users, title: "Full".into(), ttl_period: 0 };
    let chat_id = hall.run(made).unwrap().chat;
    // Anybody may bring the one who is too much; the group keeps its owner.
    let add = AddMember { by: people[7], chat: chat_id, user: people[CHAT_SIZE_MAX].user, forward: 0 };
    hall.run(add).unwrap();
    let row = hall.ask(|view| chat(view, chat_id)).unwrap().unwrap();
    let channel = row.migrated_to.expect("it is a supergroup now");
    let made = hall.ask(|view| channel::existing(view, channel)).unwrap();
    assert_eq!(made.creator, people[0].user);
    assert_eq!(hall.ask(|view| channel::counts(view, channel)).unwrap().members as usize, CHAT_SIZE_MAX + 1);
}

#[test]
fn links_and_who_came_by_them_or_asks_titles_and_reactions_go_along() {
    for group in groups() {
        let [alice, bob, _, dave] = group.people;
        let hall = &group.hall;
        let export = |request_needed| {
            let terms = Terms { title: "Door".into(), request_needed, ..Terms::default() };
            hall.run(ExportInvite { by: alice, peer: group.peer(), terms, main: false }).unwrap().card.hash
        };
        let (open, asking) = (export(false), export(true));
        let follow = |by: Caller, hash: &str| hall.run(ImportInvite { by, hash: hash.into() }).unwrap();
        assert!(matches!(follow(dave, &open), Imported::Joined(_)));
        let [erin, fred, gina] = ["Erin", "Fred", "Gina"].map(|it| hall.person(it, "9996621009"));
        assert!(!matches!(follow(erin, &asking), Imported::Joined(_)));
        assert!(!matches!(follow(fred, &asking), Imported::Joined(_)));
        hall.run(EditRank { by: alice, chat: group.chat, user: bob.user, rank: "engineer".into() }).unwrap();
        let allowed = Allowed { choice: Choice::None {}, ..Allowed::default() };
        group.edit(alice, Info::Reactions(allowed.clone())).unwrap();
        let main =
            hall.run(ExportInvite { by: alice, peer: group.peer(), terms: Terms::default(), main: true }).unwrap();
        let made = hall.run(MigrateChat { by: alice, chat: group.chat }).unwrap().channel;
        let peer = Peer::Channel(made);

        let row = hall.ask(|view| channel::existing(view, made)).unwrap();
        assert_eq!(row.reactions, allowed);
        let member = hall.ask(|view| channel::member(view, made, bob.user)).unwrap().unwrap();
        let rank = hall.ask(|view| crate::groups::ranks::of(view, made, bob.user, &member));
        assert_eq!(rank.as_deref(), Ok("engineer"));
        let link = |hash: &str| hall.ask(|view| list::one(view, alice.user, peer, hash)).unwrap();
        assert_eq!((link(&open).row.usage, link(&asking).row.requested), (1, 2));
        assert_eq!((link(&open).card.title.as_str(), link(&main.card.hash).row.permanent), ("Door", true));
        let wanted = |admin| list::Wanted { peer, admin, revoked: false, after: String::new(), limit: 9 };
        let page = hall.ask(|view| list::page(view, alice.user, &wanted(alice.user))).unwrap();
        assert_eq!((page.count, page.invites.len()), (3, 3), "the same links, and no new one");
        let people = |hash: Option<&str>, waiting| {
            let hash = hash.map(str::to_owned);
            let wanted = importers::Wanted { peer, hash, waiting, limit: 9, ..Default::default() };
            let page = hall.ask(|view| importers::page(view, alice.user, &wanted)).unwrap();
            (page.count, page.importers.iter().map(|it| it.user).collect::<Vec<_>>())
        };
        assert_eq!(people(Some(&open), false), (1, vec![dave.user]));
        assert_eq!(people(None, false), (1, vec![dave.user]), "of all links");
        assert_eq!((people(None, true).0, people(Some(&asking), true).1.len()), (2, 2));

        hall.run(HideRequest { by: alice, peer, user: erin.user, approve: true }).unwrap();
        assert!(channel::member_key(made, erin.user) != channel::member_key(made, fred.user));
        assert_eq!((people(None, true), people(None, false).0), ((1, vec![fred.user]), 2));
        assert!(matches!(follow(gina, &open), Imported::Joined(it) if it.peer == peer));
        assert_eq!(people(Some(&open), false).0, 2);
        let old = hall.ask(|view| crate::groups::invites::inviter(view, group.peer(), alice.user)).unwrap();
        assert_eq!(old.live, 0, "nothing is left with the basic group");
    }
}

#[test]
fn many_links_move_by_themselves_and_work_meanwhile() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let people: Vec<_> = (0..130).map(|at| hall.person("Person", &format!("99966{at:05}"))).collect();
        let users = people[1..120].iter().map(|it| it.user).collect();
        let (by, title) = (people[0], "Full".into());
        let chat = hall.run(CreateChat { by, users, title, ttl_period: 0 }).unwrap().chat;
        let terms = Terms::default;
        let peer = Peer::Chat(chat);
        let link = || hall.run(ExportInvite { by, peer, terms: terms(), main: false }).unwrap().card.hash;
        let links: Vec<_> = (0..70).map(|_| link()).collect();
        let follow = |at: usize, hash: &str| hall.run(ImportInvite { by: people[at], hash: hash.into() }).map(drop);
        follow(121, &links[0]).unwrap();
        let made = hall.run(MigrateChat { by, chat }).unwrap().channel;
        follow(122, &links[60]).unwrap();
        hall.pass(1);
        crate::testing::ready(messages::timers::run_due(&hall.domain)).unwrap();
        hall.pass(1);
        crate::testing::ready(messages::timers::run_due(&hall.domain)).unwrap();
        follow(123, &links[61]).unwrap();
        let used = |at: usize| {
            let one = |view: &dyn crate::View| list::one(view, by.user, Peer::Channel(made), &links[at]);
            hall.ask(one).unwrap().row.usage
        };
        assert_eq!((used(0), used(60), used(61), used(5)), (1, 1, 1, 0));
        let wanted = importers::Wanted { peer: Peer::Channel(made), limit: 9, ..Default::default() };
        let page = hall.ask(|view| importers::page(view, by.user, &wanted)).unwrap();
        assert_eq!((page.count, page.importers.len()), (3, 3));
    }
}
