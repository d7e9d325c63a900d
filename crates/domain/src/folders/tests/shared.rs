//! Folders that others have by a link.

use super::{Desk, desks, people};
use crate::{
    Caller, ChannelId, Peer, Refusal,
    folders::{
        CHATS_MAX, FOLDERS_MAX, Kinds,
        change::{DeleteFolder, NewFolder, PutFolder},
        join::{self, HideNews, JoinFolder, JoinNews, LeaveFolder, Shown},
        links::{LINKS_MAX, Link, SHARED_MAX, links},
        rows,
        share::{DeleteFolderLink, EditFolderLink, ExportFolder},
    },
    groups::{
        AdminRights, ChannelRow, MemberRow, Standing,
        basic::create::CreateChat,
        channel::{channel, standing},
        invites::importers,
        joining::LeaveChannel,
    },
    testing::groups::{Count, Make, Place as Stand},
    updates::Change,
};

impl Desk {
    /// A channel of Ignace's.
    fn found(&self, row: ChannelRow) -> Peer {
        let row = ChannelRow { creator: self.ignace.user, ..row };
        let id = self.hall.run(Make { row, title: "Signals".into() }).unwrap();
        let owner = MemberRow { joined: 1, admin: AdminRights::CREATOR, ..MemberRow::default() };
        self.hall.run(Stand { channel: id, user: self.ignace.user, row: owner }).unwrap();
        self.hall.run(Count { channel: id, members: 1 }).unwrap();
        Peer::Channel(id)
    }

    /// A closed one and a public one, in a folder of Ignace's.
    fn two(&self) -> [Peer; 2] {
        let both =
            [self.found(ChannelRow::default()), self.found(ChannelRow { public: true, ..ChannelRow::default() })];
        self.keep(5, &both).unwrap();
        both
    }

    fn keep(&self, id: u8, peers: &[Peer]) -> Result<(), Refusal> {
        let folder = NewFolder { kinds: Kinds::NONE, included: peers.to_vec(), emoticon: "N".into(), ..people("News") };
        self.hall.run(PutFolder { by: self.ignace, id, folder })
    }

    fn export(&self, id: u8, peers: &[Peer]) -> Result<Link, Refusal> {
        let (by, title, peers) = (self.ignace, " For friends ".into(), peers.to_vec());
        self.hall.run(ExportFolder { by, id, title, peers }).map(|(_, link)| link)
    }

    fn edit(&self, link: &Link, peers: &[Peer]) -> Result<Link, Refusal> {
        let (by, slug, peers) = (self.ignace, link.card.slug.clone(), Some(peers.to_vec()));
        self.hall.run(EditFolderLink { by, id: link.id.folder, slug, title: None, peers })
    }

    fn check(&self, me: Caller, link: &Link) -> Result<Shown, Refusal> {
        self.hall.ask(|view| join::check(view, me.user, &link.card.slug))
    }

    fn join(&self, link: &Link, peers: &[Peer]) -> Result<usize, Refusal> {
        let (by, slug, peers) = (self.claude, link.card.slug.clone(), peers.to_vec());
        self.hall.run(JoinFolder { by, slug, peers }).map(|told| told.len())
    }

    fn news(&self, id: u8) -> Result<Vec<Peer>, Refusal> {
        self.hall.ask(|view| join::news(view, self.claude.user, id))
    }

    fn is_in(&self, peer: Peer) -> bool {
        let id = peer.channel().unwrap();
        let inside = |view: &dyn crate::View| {
            let row = channel(view, id)?.unwrap();
            Ok(standing(view, id, &row, self.claude.user)?.is_in())
        };
        self.hall.ask(inside).unwrap()
    }

    fn put_claude(&self, peer: Peer, row: MemberRow) {
        self.hall.run(Stand { channel: peer.channel().unwrap(), user: self.claude.user, row }).unwrap();
    }

    /// What Claude's folder of this number names.
    fn names(&self, id: u8) -> Vec<Peer> {
        let row = self.hall.ask(|view| crate::folders::folder(view, self.claude.user, id)).unwrap().unwrap().row;
        [row.pinned, row.included].concat()
    }
}

#[test]
fn a_folder_is_shared_by_a_link_and_taken_over_with_chosen_chats() {
    for desk in desks() {
        let [closed, public] = desk.two();
        let link = desk.export(5, &[closed, public]).unwrap();
        assert_eq!((link.card.slug.len(), &link.card.title[..]), (16, "For friends"));
        let Shown::New(folder, offered) = desk.check(desk.claude, &link).unwrap() else { panic!("a new one") };
        assert_eq!((&folder.card.title.text[..], &folder.card.emoticon[..]), ("News", "N"));
        assert_eq!(offered, [closed, public]);
        desk.told();
        desk.join(&link, &[closed]).unwrap();
        assert_eq!((desk.titles(), desk.names(2)), ("* News".into(), vec![closed]));
        assert_eq!((desk.is_in(closed), desk.is_in(public)), (true, false));
        assert_eq!(desk.told(), [Change::Folder { folder: 2 }]);
        let had = |missing: &[Peer], there: &[Peer]| {
            Ok(Shown::Had { id: 2, missing: missing.to_vec(), there: there.to_vec() })
        };
        assert_eq!(desk.check(desk.claude, &link), had(&[public], &[closed]));
        assert_eq!(desk.join(&link, &[closed]), Err(Refusal::FilterIncludeEmpty), "it is there");
        desk.join(&link, &[public, closed]).unwrap();
        assert_eq!((desk.names(2), desk.is_in(public)), (vec![closed, public], true));
        assert_eq!(desk.check(desk.claude, &link), had(&[], &[closed, public]));
        let own = Shown::Had { id: 5, missing: vec![], there: vec![closed, public] };
        assert_eq!(desk.check(desk.ignace, &link), Ok(own));
    }
}

#[test]
fn who_comes_by_a_folder_came_by_its_owners_link() {
    for desk in desks() {
        let closed = desk.found(ChannelRow::default());
        desk.keep(5, &[closed]).unwrap();
        let link = desk.export(5, &[closed]).unwrap();
        desk.join(&link, &[closed]).unwrap();
        let main = |view: &dyn crate::View| crate::groups::invites::main_of(view, closed, desk.ignace.user);
        let main = desk.hall.ask(main).unwrap().expect("it was made for this");
        assert_eq!(main.row.usage, 1);
        let wanted = importers::Wanted { peer: closed, hash: Some(main.card.hash), limit: 10, ..Default::default() };
        let page = desk.hall.ask(|view| importers::page(view, desk.ignace.user, &wanted)).unwrap();
        assert!(page.importers[0].by_folder, "its admins see by which way it came");
    }
}

#[test]
fn only_chats_that_one_may_open_to_others_are_shared() {
    for desk in desks() {
        let [closed, public] = desk.two();
        let person = Peer::User(desk.claude.user);
        desk.keep(6, &[person, closed]).unwrap();
        assert_eq!(desk.export(6, &[person]), Err(Refusal::PeerIdInvalid));
        assert_eq!(desk.export(6, &[public]), Err(Refusal::PeerIdInvalid), "it is not in the folder");
        assert_eq!(desk.export(6, &[]), Err(Refusal::PeersListEmpty));
        assert_eq!(desk.export(9, &[closed]), Err(Refusal::FilterIdInvalid));
        desk.hall.run(PutFolder { by: desk.ignace, id: 7, folder: people("People") }).unwrap();
        assert_eq!(desk.export(7, &[closed]), Err(Refusal::FilterNotSupported), "it has kinds of chats in it");
        // Claude is a member, and no more.
        for peer in [closed, public] {
            desk.put_claude(peer, MemberRow { joined: 1, ..MemberRow::default() });
        }
        let folder = NewFolder { kinds: Kinds::NONE, included: vec![closed, public], ..people("Mine") };
        desk.put(4, folder).unwrap();
        let export = |peer| {
            desk.hall.run(ExportFolder { by: desk.claude, id: 4, title: String::new(), peers: vec![peer] }).map(drop)
        };
        assert_eq!(export(closed), Err(Refusal::ChatAdminRequired));
        assert_eq!(export(public), Ok(()));
    }
}

#[test]
fn there_are_as_many_links_and_shared_folders_as_may_be() {
    let [desk, ..] = desks();
    let [closed, public] = desk.two();
    let links: Vec<_> = (0..LINKS_MAX).map(|_| desk.export(5, &[closed]).unwrap()).collect();
    assert_eq!(desk.export(5, &[closed]), Err(Refusal::InvitesTooMuch));
    let DeleteFolderLink { by, id, slug } =
        DeleteFolderLink { by: desk.ignace, id: 5, slug: links[0].card.slug.clone() };
    desk.hall.run(DeleteFolderLink { by, id, slug: slug.clone() }).unwrap();
    assert_eq!(desk.hall.run(DeleteFolderLink { by, id, slug }), Err(Refusal::InviteSlugExpired));
    desk.export(5, &[closed]).unwrap();
    for id in 10..10 + u8::try_from(SHARED_MAX).unwrap() {
        desk.keep(id, &[public]).unwrap();
        let wanted = if usize::from(id) - 10 + 1 < SHARED_MAX { Ok(()) } else { Err(Refusal::ChatlistsTooMuch) };
        assert_eq!(desk.export(id, &[public]).map(drop), wanted);
    }
    // Claude takes over as many, and no more.
    desk.join(&links[1], &[closed]).unwrap();
    let other = desk.hall.ask(|view| super::super::links::links(view, desk.ignace.user, 10)).unwrap().remove(0);
    desk.join(&other, &[public]).unwrap();
    let third = desk.hall.person("Ada", "9996621003");
    let folder = NewFolder { kinds: Kinds::NONE, included: vec![public], ..people("Third") };
    desk.hall.run(PutFolder { by: third, id: 2, folder }).unwrap();
    let export = ExportFolder { by: third, id: 2, title: String::new(), peers: vec![public] };
    let (_, theirs) = desk.hall.run(export).unwrap();
    assert_eq!(desk.join(&theirs, &[public]), Err(Refusal::ChatlistsTooMuch));
    desk.delete(2).unwrap();
    for id in 100..100 + u8::try_from(FOLDERS_MAX - 1).unwrap() {
        desk.put(id, people("F")).unwrap();
    }
    assert_eq!(desk.join(&theirs, &[public]), Err(Refusal::DialogFiltersTooMuch));
    let many = vec![public; CHATS_MAX + 1];
    assert_eq!(desk.export(5, &many[..1]).map(drop), Err(Refusal::InvitesTooMuch));
}

#[test]
fn a_link_offers_as_many_chats_as_a_folder_may_name() {
    let [desk, ..] = desks();
    let [closed, _] = desk.two();
    let many: Vec<_> = (0..=CHATS_MAX as u64).map(|n| Peer::Channel(ChannelId(n))).collect();
    assert_eq!(desk.export(5, &many), Err(Refusal::InvitePeersTooMuch));
    assert_eq!(desk.export(5, &vec![closed; CHATS_MAX + 1]).map(drop), Ok(()), "each counts once");
}

#[test]
fn chats_that_are_offered_later_are_joined_or_hidden() {
    for desk in desks() {
        let [closed, public] = desk.two();
        let link = desk.export(5, &[closed]).unwrap();
        desk.join(&link, &[closed]).unwrap();
        assert_eq!(desk.news(2), Ok(vec![]));
        desk.edit(&link, &[closed, public]).unwrap();
        assert_eq!(desk.news(2), Ok(vec![public]));
        desk.hall.run(HideNews { by: desk.claude, id: 2 }).unwrap();
        assert_eq!(desk.news(2), Ok(vec![]));
        let more = |peers: &[Peer]| desk.hall.run(JoinNews { by: desk.claude, id: 2, peers: peers.to_vec() }).map(drop);
        assert_eq!(more(&[closed]), Err(Refusal::FilterIncludeEmpty));
        assert_eq!(more(&[public]), Ok(()), "what was hidden may be joined after all");
        assert_eq!((desk.names(2), desk.is_in(public)), (vec![closed, public], true));
        desk.put(3, people("People")).unwrap();
        assert_eq!(desk.news(3), Err(Refusal::FilterNotSupported));
        assert_eq!(desk.news(9), Err(Refusal::FilterIdInvalid));
        let gone = DeleteFolderLink { by: desk.ignace, id: 5, slug: link.card.slug.clone() };
        desk.hall.run(gone).unwrap();
        assert_eq!((desk.news(2), more(&[public])), (Ok(vec![]), Err(Refusal::FilterIncludeEmpty)));
        assert_eq!(desk.names(2), [closed, public], "the folder stays");
    }
}

#[test]
fn what_its_owner_may_no_longer_share_is_no_longer_offered() {
    for desk in desks() {
        let [closed, public] = desk.two();
        let link = desk.export(5, &[closed, public]).unwrap();
        desk.put_claude(public, MemberRow { banned: crate::groups::BannedRights::ALL, ..MemberRow::default() });
        let Shown::New(_, offered) = desk.check(desk.claude, &link).unwrap() else { panic!("a new one") };
        assert_eq!(offered, [closed], "who is banned is not let in");
        assert_eq!(desk.join(&link, &[public]), Err(Refusal::FilterIncludeEmpty));
        let member = MemberRow { joined: 1, ..MemberRow::default() };
        let id = closed.channel().unwrap();
        let row = desk.hall.ask(|view| channel(view, id)).unwrap().unwrap();
        desk.hall.run(Stand { channel: id, user: desk.ignace.user, row: member }).unwrap();
        desk.hall.run(Given { id, row: ChannelRow { creator: crate::UserId::SERVICE, ..row } }).unwrap();
        assert_eq!(desk.check(desk.claude, &link), Err(Refusal::InviteSlugExpired), "nothing is left");
    }
}

/// Gives a channel to somebody else.
struct Given {
    id: ChannelId,
    row: ChannelRow,
}

impl crate::Command for Given {
    type Reply = ();

    fn decide(&self, turn: &mut crate::Turn<'_>) -> crate::Decided<()> {
        crate::groups::channel::put_channel(turn, self.id, &self.row);
        Ok(())
    }
}

#[test]
fn who_leaves_a_folder_may_leave_what_was_joined_by_it() {
    for desk in desks() {
        let [closed, public] = desk.two();
        desk.put_claude(public, MemberRow { joined: 1, ..MemberRow::default() });
        let link = desk.export(5, &[closed, public]).unwrap();
        desk.join(&link, &[closed, public]).unwrap();
        let leavable = |id| desk.hall.ask(|view| join::leavable(view, desk.claude.user, id));
        assert_eq!(leavable(2), Ok(vec![closed]), "in the other it was before");
        assert_eq!(leavable(9), Err(Refusal::FilterIdInvalid));
        desk.told();
        let leave = |id, peers| desk.hall.run(LeaveFolder { by: desk.claude, id, peers }).map(|it| it.len());
        assert_eq!(leave(2, vec![closed, Peer::User(desk.ignace.user)]), Ok(2));
        assert_eq!((desk.is_in(closed), desk.is_in(public)), (false, true));
        assert_eq!((desk.titles(), desk.told()), ("*".into(), vec![Change::Folder { folder: 2 }]));
        assert_eq!(leave(2, vec![]), Err(Refusal::FilterIdInvalid));
        desk.put(2, people("People")).unwrap();
        assert_eq!(leave(2, vec![]), Err(Refusal::FilterNotSupported));
        let owner = LeaveFolder { by: desk.ignace, id: 5, peers: vec![closed] };
        desk.hall.run(owner).unwrap();
        let row = |view: &dyn crate::View| {
            let id = closed.channel().unwrap();
            standing(view, id, &channel(view, id)?.unwrap(), desk.ignace.user)
        };
        assert!(matches!(desk.hall.ask(row), Ok(Standing::Creator(_))), "an owner stays");
    }
}

#[test]
fn links_go_with_their_folder_and_lead_nowhere() {
    for desk in desks() {
        let [closed, _] = desk.two();
        let link = desk.export(5, &[closed]).unwrap();
        let slug = |slug: &str| desk.hall.ask(|view| join::check(view, desk.claude.user, slug));
        assert_eq!(slug(""), Err(Refusal::InviteSlugEmpty));
        assert_eq!(slug("nowhere"), Err(Refusal::InviteSlugExpired));
        let wrong = EditFolderLink { by: desk.ignace, id: 5, slug: String::new(), title: None, peers: None };
        assert_eq!(desk.hall.run(wrong).map(drop), Err(Refusal::InviteSlugEmpty));
        assert_eq!(desk.edit(&link, &[]), Err(Refusal::PeersListEmpty));
        let titled = EditFolderLink {
            by: desk.ignace,
            id: 5,
            slug: link.card.slug.clone(),
            title: Some("Other".into()),
            peers: None,
        };
        assert_eq!(desk.hall.run(titled).unwrap().card.title, "Other");
        let all = desk.hall.ask(|view| links(view, desk.ignace.user, 5)).unwrap();
        assert_eq!((all.len(), &all[0].card.title[..], &all[0].row.peers[..]), (1, "Other", &[closed][..]));
        desk.join(&link, &[closed]).unwrap();
        desk.hall.run(DeleteFolder { by: desk.ignace, id: 5 }).unwrap();
        assert_eq!(desk.check(desk.claude, &link), Err(Refusal::InviteSlugExpired));
        desk.keep(5, &[closed]).unwrap();
        assert_eq!(desk.check(desk.claude, &link), Err(Refusal::InviteSlugExpired), "a new folder has new links");
        assert_eq!(desk.hall.ask(|view| links(view, desk.ignace.user, 5)), Err(Refusal::FilterNotSupported));
        assert_eq!(desk.names(2), [closed], "who came by it keeps the folder");
    }
}

#[test]
fn a_shared_folder_stays_one_whatever_a_client_sends() {
    for desk in desks() {
        let [closed, public] = desk.two();
        let link = desk.export(5, &[closed]).unwrap();
        desk.join(&link, &[closed]).unwrap();
        let plain = NewFolder { kinds: Kinds::NONE, included: vec![closed], ..people("Mine") };
        desk.put(2, plain.clone()).unwrap();
        assert_eq!(desk.news(2), Ok(vec![]), "it is still one that came by a link");
        let without = NewFolder { excluded: vec![public], ..plain };
        assert_eq!(desk.put(2, without), Err(Refusal::ChatlistExcludeInvalid));
        assert_eq!(desk.put(2, people("People")), Err(Refusal::FilterNotSupported));
        let rows = desk.hall.ask(|view| rows(view, desk.claude.user)).unwrap();
        assert!(rows[0].1.came());
        let leave = LeaveChannel { by: desk.claude, channel: closed.channel().unwrap() };
        desk.hall.run(leave).unwrap();
        assert_eq!(desk.names(2), [closed], "who leaves a chat finds it in its folder when it comes back");
    }
}

#[test]
fn a_basic_group_that_is_shared_becomes_a_supergroup() {
    for desk in desks() {
        let create = CreateChat { by: desk.ignace, title: "Walkers".into(), users: vec![], ttl_period: 0 };
        let made = desk.hall.run(create).unwrap();
        let chat = Peer::Chat(made.chat);
        desk.keep(5, &[chat]).unwrap();
        let link = desk.export(5, &[chat]).unwrap();
        let [Peer::Channel(_)] = link.row.peers[..] else { panic!("{:?}", link.row.peers) };
        let folder = desk.hall.ask(|view| crate::folders::folder(view, desk.ignace.user, 5)).unwrap().unwrap();
        assert_eq!(folder.row.included, link.row.peers);
        desk.join(&link, &link.row.peers).unwrap();
        assert!(desk.is_in(link.row.peers[0]));
    }
}
