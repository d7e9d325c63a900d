//! Links of both kinds of group, under every way a hall can be driven.

use super::{
    Invite,
    export::{DeleteInvite, DeleteRevoked, EditInvite, Edited, ExportInvite, Terms},
    importers,
    join::{self, ImportInvite, Imported, Preview},
    list,
};
use crate::{
    Caller, Peer, Refusal, UserId,
    groups::{
        AdminRights, BannedRights, ChannelRow, ChatMember, ChatRow, GroupCard,
        admins::EditAdmin,
        bans::EditBanned,
        basic,
        create::{CreateChannel, create},
        members::{self, Coming},
        requests::{self, HideAllRequests, HideRequest},
        usernames::{NameChannel, Naming},
    },
    people::contacts::{AddContact, Entry},
    service::Command,
    testing::Hall,
    turn::Turn,
    updates::{Change, Event},
    view::Decided,
};

/// A group with an owner and an admin who may not invite; others are outside.
pub(in crate::groups) struct Room {
    pub(in crate::groups) hall: Hall,
    pub(in crate::groups) peer: Peer,
    pub(in crate::groups) owner: Caller,
    pub(in crate::groups) member: Caller,
    pub(in crate::groups) guests: Vec<Caller>,
}

struct Found {
    by: Caller,
    member: UserId,
    channel: bool,
}

impl Command for Found {
    type Reply = Peer;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Peer> {
        let card = GroupCard { title: "Walkers".into(), about: "On Sundays".into(), ..GroupCard::default() };
        if self.channel {
            let id = create(turn, &self.by, ChannelRow::default(), &card)?;
            members::add(turn, &self.by, id, self.member, Coming::default())?;
            return Ok(Peer::Channel(id));
        }
        let id = basic::allocate(turn)?;
        let member = |user| ChatMember { user, joined: 1, ..ChatMember::default() };
        let members = vec![member(self.by.user), member(self.member)];
        let row = ChatRow { creator: self.by.user, created: 1, members, ..ChatRow::default() };
        basic::put_chat_with(turn, id, row, &card)?;
        super::export::ensure_main(turn, Peer::Chat(id), self.by.user)?;
        Ok(Peer::Chat(id))
    }
}

/// A room of either kind in each kind of hall.
pub(in crate::groups) fn rooms() -> Vec<Room> {
    let halls = [Hall::new, Hall::distant, Hall::with_outbox];
    let kinds = [false, true];
    halls.iter().flat_map(|hall| kinds.iter().map(|channel| Room::new(hall(), *channel))).collect()
}

impl Room {
    fn new(hall: Hall, channel: bool) -> Self {
        let person = |name: &str, n: u32| hall.person(name, &format!("999662{n:04}"));
        let (owner, member) = (person("Olga", 1), person("Max", 2));
        let guests = ["Ann", "Bob", "Cid"].iter().zip(3..).map(|(name, n)| person(name, n)).collect();
        let peer = hall.run(Found { by: owner, member: member.user, channel }).expect("a group");
        Self { hall, peer, owner, member, guests }
    }

    fn export(&self, by: Caller, terms: Terms) -> Result<Invite, Refusal> {
        self.hall.run(ExportInvite { by, peer: self.peer, terms, main: false })
    }

    fn link(&self, terms: Terms) -> String {
        self.export(self.owner, terms).expect("the owner may").card.hash
    }

    fn main(&self) -> Invite {
        let terms = Terms::default();
        self.hall.run(ExportInvite { by: self.owner, peer: self.peer, terms, main: true }).expect("the owner may")
    }

    fn import(&self, by: Caller, hash: &str) -> Result<Imported, Refusal> {
        self.hall.run(ImportInvite { by, hash: hash.into() })
    }

    fn edit(&self, by: Caller, hash: &str) -> EditInvite {
        let (peer, hash) = (self.peer, hash.to_owned());
        EditInvite { by, peer, hash, revoke: false, title: None, expires: None, limit: None, request_needed: None }
    }

    fn revoke(&self, hash: &str) -> Result<Edited, Refusal> {
        self.hall.run(EditInvite { revoke: true, ..self.edit(self.owner, hash) })
    }

    fn read(&self, hash: &str) -> Invite {
        self.hall.ask(|view| list::one(view, self.owner.user, self.peer, hash)).expect("the owner may")
    }

    fn people(&self, hash: Option<&str>, waiting: bool, query: &str) -> Vec<UserId> {
        let hash = hash.map(str::to_owned);
        let wanted =
            importers::Wanted { peer: self.peer, hash, waiting, query: query.into(), limit: 50, ..Default::default() };
        let page = self.hall.ask(|view| importers::page(view, self.owner.user, &wanted)).expect("the owner may");
        page.importers.iter().map(|it| it.user).collect()
    }

    fn is_in(&self, who: Caller) -> bool {
        self.hall.ask(|view| crate::groups::enter::is_in(view, self.peer, who.user)).expect("reads")
    }
}

#[test]
fn who_follows_a_link_is_in_and_counted_once() {
    for room in rooms() {
        let hash = room.link(Terms::default());
        let ann = room.guests[0];
        assert!(matches!(room.import(ann, &hash), Ok(Imported::Joined(_))));
        assert!(room.is_in(ann));
        assert_eq!(room.import(ann, &hash), Err(Refusal::UserAlreadyParticipant));
        assert_eq!(room.read(&hash).row.usage, 1);
        assert_eq!(room.people(Some(&hash), false, ""), [ann.user]);
    }
}

#[test]
fn a_link_ends_at_its_date_its_limit_and_when_revoked() {
    for room in rooms() {
        let now = room.hall.domain.now().secs();
        let dated = room.link(Terms { expires: now + 60, ..Terms::default() });
        let one = room.link(Terms { limit: 1, ..Terms::default() });
        let revoked = room.link(Terms::default());
        room.revoke(&revoked).expect("the owner may");
        let [ann, bob, cid] = [room.guests[0], room.guests[1], room.guests[2]];
        assert!(room.import(ann, &one).is_ok());
        assert_eq!(room.import(bob, &one), Err(Refusal::InviteHashExpired), "the only place is taken");
        assert_eq!(room.import(bob, &revoked), Err(Refusal::InviteHashExpired));
        assert!(room.import(bob, &dated).is_ok());
        room.hall.pass(60);
        assert_eq!(room.import(cid, &dated), Err(Refusal::InviteHashExpired));
        let check = |hash: &str| room.hall.ask(|view| join::check(view, cid.user, hash));
        assert_eq!(check(&dated), Err(Refusal::InviteHashExpired));
        assert_eq!(check(&one), Err(Refusal::InviteHashExpired));
        assert_eq!(check(""), Err(Refusal::InviteHashEmpty));
        assert_eq!(check("no such link"), Err(Refusal::InviteHashInvalid));
        assert_eq!(check("AAAAAAAAAAAAAAAA"), Err(Refusal::InviteHashExpired));
    }
}

#[test]
fn two_who_come_for_the_last_place_at_once_get_one_place() {
    for room in rooms() {
        let hash = room.link(Terms { limit: 1, ..Terms::default() });
        let join = |by: Caller| ImportInvite { by, hash: hash.clone() };
        let answers = room.hall.run_together([join(room.guests[0]), join(room.guests[1])]);
        // A distant engine answers in an order of its own.
        let refused = answers.iter().position(Result::is_err).expect("one place, two guests");
        assert_eq!(answers[refused], Err(Refusal::InviteHashExpired));
        assert!(!room.is_in(room.guests[refused]) && room.is_in(room.guests[1 - refused]));
        assert_eq!(room.read(&hash).row.usage, 1);
    }
}

#[test]
fn who_leaves_frees_the_place_that_its_link_gave() {
    for room in rooms() {
        let hash = room.link(Terms { limit: 1, ..Terms::default() });
        room.import(room.guests[0], &hash).expect("a place is free");
        room.hall.run(Forget { peer: room.peer, user: room.guests[0].user }).expect("writes");
        assert_eq!(room.read(&hash).row.usage, 0);
        assert!(room.people(Some(&hash), false, "").is_empty());
        assert!(room.import(room.guests[1], &hash).is_ok());
    }
}

struct Forget {
    peer: Peer,
    user: UserId,
}

impl Command for Forget {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        importers::forget(turn, self.peer, self.user)
    }
}

#[test]
fn a_link_with_approval_files_a_request_once_and_the_admin_lets_in() {
    for room in rooms() {
        let hash = room.link(Terms { request_needed: true, ..Terms::default() });
        let (ann, bob) = (room.guests[0], room.guests[1]);
        room.hall.events();
        for _ in 0..2 {
            assert_eq!(room.import(ann, &hash), Ok(Imported::Asked));
        }
        let told = room.hall.events().into_iter().filter(|it| tells(it, room.owner.user, room.peer)).count();
        assert_eq!(told, 1, "the second request is no news");
        room.hall.pass(1);
        assert_eq!(room.import(bob, &hash), Ok(Imported::Asked));
        assert!(!room.is_in(ann));
        let pending = room.hall.ask(|view| requests::pending(view, room.peer)).expect("reads");
        assert_eq!((pending.count, pending.recent), (2, vec![bob.user, ann.user]));
        assert_eq!(room.people(Some(&hash), true, ""), [bob.user, ann.user]);
        assert_eq!(room.people(None, true, "an"), [ann.user], "found by name");
        let hide = |user: UserId, approve| HideRequest { by: room.owner, peer: room.peer, user, approve };
        room.hall.run(hide(ann.user, true)).expect("it asked");
        room.hall.run(hide(bob.user, false)).expect("it asked");
        assert!(room.is_in(ann) && !room.is_in(bob));
        assert_eq!(room.hall.run(hide(ann.user, true)), Err(Refusal::UserAlreadyParticipant));
        assert_eq!(room.hall.run(hide(bob.user, true)), Err(Refusal::HideRequesterMissing));
        let link = room.read(&hash).row;
        assert_eq!((link.usage, link.requested), (1, 0));
        assert_eq!(room.people(Some(&hash), false, ""), [ann.user]);
    }
}

fn tells(event: &Event, who: UserId, peer: Peer) -> bool {
    let Event::Logged { log, entry, .. } = event else { return false };
    *log == who.into() && entry.change == Change::PendingRequests { peer }
}

#[test]
fn all_requests_of_a_link_are_answered_at_once() {
    for room in rooms() {
        let asks = |title: &str| Terms { request_needed: true, title: title.into(), ..Terms::default() };
        let (one, two) = (room.link(asks("one")), room.link(asks("two")));
        for (guest, hash) in room.guests.iter().zip([&one, &one, &two]) {
            room.import(*guest, hash).expect("it may ask");
        }
        let (by, peer) = (room.owner, room.peer);
        let all = |hash: Option<&str>, approve| HideAllRequests {
            by,
            peer,
            hash: hash.map(str::to_owned),
            approve,
            first: true,
        };
        assert_eq!(room.hall.run(all(Some(&one), true)).expect("two asked").entered.len(), 2);
        assert!(room.is_in(room.guests[0]) && room.is_in(room.guests[1]) && !room.is_in(room.guests[2]));
        room.hall.run(all(None, false)).expect("one asked");
        assert!(!room.is_in(room.guests[2]));
        assert_eq!(room.hall.run(all(None, false)), Err(Refusal::HideRequesterMissing));
    }
}

#[test]
fn a_revoked_main_link_is_replaced_and_others_are_not() {
    for room in rooms() {
        let main = room.main();
        assert!(main.row.permanent);
        assert_eq!(room.hall.run(room.edit(room.owner, &main.card.hash)), Err(Refusal::ChatInvitePermanent));
        let edited = room.revoke(&main.card.hash).expect("the owner may");
        let new = edited.new.expect("a main link has a successor");
        assert!(edited.invite.row.revoked && new.row.permanent && new.card.hash != main.card.hash);
        let other = room.link(Terms { title: "Friends".into(), ..Terms::default() });
        assert_eq!(room.revoke(&other).expect("the owner may").new, None);
        assert_eq!(room.revoke(&other), Err(Refusal::InviteHashExpired));
        let next = room.main();
        let wanted = |revoked, after: &str| list::Wanted {
            peer: room.peer,
            admin: room.owner.user,
            revoked,
            after: after.into(),
            limit: 2,
        };
        let page = |wanted: &list::Wanted| room.hall.ask(|view| list::page(view, room.owner.user, wanted));
        let live = page(&wanted(false, "")).expect("the owner may");
        assert_eq!((live.count, live.invites), (1, vec![next]));
        let revoked = page(&wanted(true, "")).expect("the owner may");
        assert_eq!((revoked.count, revoked.invites.len()), (4, 2));
        let rest = page(&wanted(true, &revoked.invites[1].card.hash)).expect("the owner may");
        assert_eq!(rest.invites[0].card.hash, main.card.hash);
    }
}

#[test]
fn a_links_terms_change_and_are_checked() {
    for room in rooms() {
        let now = room.hall.domain.now().secs();
        let hash = room.link(Terms { title: "  x".repeat(40), expires: now + 5, ..Terms::default() });
        assert_eq!(room.read(&hash).card.title.chars().count(), super::TITLE_MAX);
        let edit = || room.edit(room.owner, &hash);
        room.hall.pass(10);
        let edited = room.hall.run(EditInvite { title: Some("Spring".into()), limit: Some(3), ..edit() });
        let edited = edited.expect("what ran out stays so").invite;
        assert_eq!((edited.card.title.as_str(), edited.row.limit, edited.row.expires), ("Spring", 3, now + 5));
        let lifted = room.hall.run(EditInvite { expires: Some(0), ..edit() }).expect("the owner may").invite;
        assert_eq!((lifted.row.expires, lifted.row.changed), (0, now + 10));
        let refused = |it: EditInvite| room.hall.run(it).expect_err("a refusal");
        assert_eq!(refused(EditInvite { expires: Some(now), ..edit() }), Refusal::ExpireDateInvalid);
        assert_eq!(refused(EditInvite { limit: Some(super::USES_MAX + 1), ..edit() }), Refusal::UsageLimitInvalid);
        assert_eq!(refused(EditInvite { request_needed: Some(true), ..edit() }), Refusal::UsageLimitInvalid);
    }
}

#[test]
fn revoked_links_are_deleted_and_live_ones_are_not() {
    for room in rooms() {
        let (by, peer) = (room.owner, room.peer);
        let hash = room.link(Terms::default());
        let delete = |hash: &str| room.hall.run(DeleteInvite { by, peer, hash: hash.into() });
        assert_eq!(delete(&hash), Err(Refusal::InviteRevokedMissing));
        room.revoke(&hash).expect("the owner may");
        delete(&hash).expect("it was revoked");
        assert_eq!(delete(&hash), Err(Refusal::InviteHashExpired));
        let more = [room.link(Terms::default()), room.link(Terms::default())];
        room.revoke(&more[0]).expect("the owner may");
        assert_eq!(room.hall.run(DeleteRevoked { by, peer, admin: by.user }), Ok(false));
        let counted = room.hall.ask(|view| list::admins(view, by.user, peer)).expect("the owner may");
        assert_eq!(counted, [list::AdminLinks { admin: by.user, live: 2, revoked: 0 }]);
    }
}

#[test]
fn only_admins_who_may_invite_manage_links() {
    for room in rooms() {
        let hash = room.link(Terms::default());
        let outside = match room.peer {
            Peer::Channel(_) => Refusal::ChannelPrivate,
            Peer::Chat(_) | Peer::User(_) => Refusal::ChatIdInvalid,
        };
        for (by, refusal) in [(room.member, Refusal::ChatAdminRequired), (room.guests[0], outside)] {
            let (me, peer) = (by.user, room.peer);
            assert_eq!(room.export(by, Terms::default()), Err(refusal));
            assert_eq!(room.hall.run(room.edit(by, &hash)), Err(refusal));
            assert_eq!(room.hall.run(DeleteInvite { by, peer, hash: hash.clone() }), Err(refusal));
            assert_eq!(room.hall.run(DeleteRevoked { by, peer, admin: room.owner.user }), Err(refusal));
            assert_eq!(room.hall.ask(|view| list::one(view, me, peer, &hash)), Err(refusal));
            assert_eq!(room.hall.ask(|view| list::admins(view, me, peer)), Err(refusal));
            let wanted = importers::Wanted { peer, waiting: true, ..Default::default() };
            assert_eq!(room.hall.ask(|view| importers::page(view, me, &wanted)), Err(refusal));
            let user = room.guests[1].user;
            assert_eq!(room.hall.run(HideRequest { by, peer, user, approve: true }), Err(refusal));
            let all = HideAllRequests { by, peer, hash: None, approve: true, first: true };
            assert_eq!(room.hall.run(all), Err(refusal));
        }
    }
}

#[test]
fn a_link_shows_the_group_and_members_whom_the_caller_knows() {
    for room in rooms() {
        let hash = room.link(Terms::default());
        let ann = room.guests[0];
        let add = AddContact {
            by: ann,
            other: room.member.user,
            entry: Entry { first_name: "Max".into(), ..Entry::default() },
            share_phone: false,
        };
        room.hall.run(add).expect("a person may be added");
        let preview = room.hall.ask(|view| join::check(view, ann.user, &hash)).expect("the link works");
        let Preview::Closed(it) = preview else { panic!("a private group is closed") };
        assert_eq!((it.title.as_str(), it.about.as_str(), it.members), ("Walkers", "On Sundays", 2));
        assert_eq!(it.known, [room.member.user]);
        let inside = room.hall.ask(|view| join::check(view, room.member.user, &hash));
        assert_eq!(inside, Ok(Preview::Member(room.peer)));
    }
}

/// A broadcast channel, as a link shows it.
fn preview(hall: &Hall, by: Caller, hash: &str) -> Result<Preview, Refusal> {
    hall.ask(|view| join::check(view, by.user, hash))
}

#[test]
fn a_link_to_a_channel_shows_no_reader_and_one_to_a_public_channel_lets_anybody_look() {
    let hall = Hall::new();
    let [olga, ann] = [("Olga", "9996629001"), ("Ann", "9996629002")].map(|(name, phone)| hall.person(name, phone));
    let (title, about) = ("Moths".to_owned(), "At night".to_owned());
    let new = CreateChannel { by: olga, title, about, broadcast: true, forum: false, ttl_period: 0 };
    let channel = hall.run(new).expect("made").0;
    let peer = Peer::Channel(channel);
    let link = |terms| hall.run(ExportInvite { by: olga, peer, terms, main: false }).expect("made").card.hash;
    let (free, asked) = (link(Terms::default()), link(Terms { request_needed: true, ..Terms::default() }));
    let add = Entry { first_name: "Olga".into(), ..Entry::default() };
    hall.run(AddContact { by: ann, other: olga.user, entry: add, share_phone: false }).expect("may be added");
    let shown = |hash: &str| match preview(&hall, ann, hash) {
        Ok(Preview::Closed(it)) => {
            (it.title, it.about, it.broadcast, it.public, it.request_needed, it.members, it.known)
        }
        other => panic!("closed: {other:?}"),
    };
    let like = |public, asked| ("Moths".to_owned(), "At night".to_owned(), true, public, asked, 1, vec![]);
    assert_eq!((shown(&free), shown(&asked)), (like(false, false), like(false, true)));
    let name = |name: &str| hall.run(NameChannel { by: olga, channel, naming: Naming::Main(name.into()) });
    name("silent_wings").expect("free");
    let until = hall.domain.now().secs() + join::PEEK_SECONDS;
    assert_eq!(preview(&hall, ann, &free), Ok(Preview::Peek(peer, until)));
    assert_eq!(shown(&asked), like(true, true), "who is to ask is told what it is");
    assert_eq!(preview(&hall, olga, &asked), Ok(Preview::Member(peer)));
    let (rights, until) = (BannedRights::VIEW_MESSAGES, 0);
    hall.run(EditBanned { by: olga, channel, user: ann.user, rights, until }).expect("the owner may");
    for hash in [&free, &asked] {
        assert_eq!(preview(&hall, ann, hash), Err(Refusal::InviteHashExpired), "nobody is told of a ban this way");
    }
}

#[test]
fn an_admin_has_so_many_links_that_work() {
    let room = rooms().into_iter().next().expect("a room");
    let first = room.link(Terms::default());
    let live = |room: &Room| {
        let all = room.hall.ask(|view| list::admins(view, room.owner.user, room.peer)).expect("the owner may");
        all[0].live
    };
    while live(&room) < super::LINKS_MAX {
        room.link(Terms::default());
    }
    assert_eq!(room.export(room.owner, Terms::default()).map(drop), Err(Refusal::InvitesTooMuch));
    room.revoke(&first).expect("the owner may");
    room.link(Terms::default());
}

/// The basic group has become a supergroup of the same owner.
struct Migrate {
    by: Caller,
    from: Peer,
}

impl Command for Migrate {
    type Reply = Peer;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Peer> {
        let Peer::Chat(chat) = self.from else { panic!("a basic group") };
        let id = create(turn, &self.by, ChannelRow::default(), &GroupCard::default())?;
        let row = basic::chat(turn, chat)?.expect("it is there");
        basic::put_chat(turn, chat, ChatRow { migrated_to: Some(id), deactivated: true, ..row });
        Ok(Peer::Channel(id))
    }
}

#[test]
fn a_link_of_a_basic_group_leads_to_what_it_has_become_and_keeps_its_limit() {
    for room in rooms().into_iter().filter(|it| matches!(it.peer, Peer::Chat(_))) {
        let hash = room.link(Terms { limit: 1, ..Terms::default() });
        let became = room.hall.run(Migrate { by: room.owner, from: room.peer }).expect("writes");
        let Ok(Imported::Joined(entered)) = room.import(room.guests[0], &hash) else { panic!("a place is free") };
        assert_eq!(entered.peer, became);
        assert_eq!(room.import(room.guests[1], &hash), Err(Refusal::InviteHashExpired));
    }
}

#[test]
fn an_admin_manages_its_own_links_and_a_banned_guest_finds_none_that_works() {
    for room in rooms() {
        let Peer::Channel(channel) = room.peer else { continue };
        let (hall, peer, admin) = (&room.hall, room.peer, room.member);
        let appoint = |rights| EditAdmin { by: room.owner, channel, user: admin.user, rights, rank: None };
        hall.run(appoint(AdminRights::PIN_MESSAGES)).expect("the owner may");
        assert_eq!(room.export(admin, Terms::default()), Err(Refusal::ChatAdminRequired));
        hall.run(appoint(AdminRights::INVITE_USERS)).expect("the owner may");
        let main = hall.ask(|view| super::main_of(view, peer, admin.user)).expect("reads").expect("it has one now");
        let own = room.export(admin, Terms::default()).expect("it may").card.hash;
        let owners = room.link(Terms::default());
        assert_eq!(hall.run(room.edit(admin, &owners)), Err(Refusal::ChatAdminRequired));
        assert_eq!(hall.ask(|view| list::one(view, admin.user, peer, &owners)), Err(Refusal::ChatAdminRequired));
        assert_eq!(hall.ask(|view| list::admins(view, admin.user, peer)), Err(Refusal::ChatAdminRequired));
        assert!(room.revoke(&own).is_ok(), "the owner sees the links of all");
        let ann = room.guests[0];
        room.import(ann, &main.card.hash).expect("it works");
        let (rights, until) = (BannedRights::VIEW_MESSAGES, 0);
        hall.run(EditBanned { by: room.owner, channel, user: ann.user, rights, until }).expect("the owner may");
        assert_eq!(room.read(&main.card.hash).row.usage, 0, "who was put out frees its place");
        assert_eq!(room.import(ann, &main.card.hash), Err(Refusal::InviteHashExpired));
    }
}
