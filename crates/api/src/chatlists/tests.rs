//! A shared folder as its owner's and another one's clients meet it.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{chatlists as f, messages::GetDialogFilters, messages::UpdateDialogFilter},
    types,
};

use crate::{
    channels::tests::group,
    testing::{call, channel_peer, peer, refused},
};

struct Desk {
    hall: Hall,
    olga: Caller,
    ada: Caller,
    group: i64,
}

fn desks() -> [Desk; 2] {
    [Hall::new(), Hall::with_outbox()].map(|hall| {
        let (olga, ada) = (hall.person("Olga", "9996621001"), hall.person("Ada", "9996621002"));
        let group = group(&hall, olga);
        Desk { hall, olga, ada, group }
    })
}

impl Desk {
    fn named(&self, by: Caller, id: i64) -> enums::InputPeer {
        channel_peer(&self.hall, by, id)
    }

    /// A folder of Olga's with these chats.
    fn keep(&self, id: i32, include_peers: Vec<enums::InputPeer>) {
        let filter = types::DialogFilterChatlist {
            has_my_invites: false,
            title_noanimate: true,
            id,
            title: types::TextWithEntities { text: "News".into(), entities: Vec::new() }.into(),
            emoticon: Some("N".into()),
            color: Some(1),
            pinned_peers: Vec::new(),
            include_peers,
        };
        call(&self.hall, self.olga, &UpdateDialogFilter { id, filter: Some(filter.into()) }).unwrap();
    }

    fn export(&self, peers: Vec<enums::InputPeer>) -> f::ExportChatlistInvite {
        f::ExportChatlistInvite { chatlist: list(2), title: "Friends".into(), peers }
    }

    fn link(&self) -> types::ExportedChatlistInvite {
        self.keep(2, vec![self.named(self.olga, self.group)]);
        let request = self.export(vec![self.named(self.olga, self.group)]);
        let enums::chatlists::ExportedChatlistInvite::Invite(it) = call(&self.hall, self.olga, &request).unwrap();
        let enums::DialogFilter::Chatlist(folder) = it.filter else { panic!("one that is shared") };
        assert!(folder.has_my_invites && folder.title_noanimate);
        let enums::ExportedChatlistInvite::Invite(it) = it.invite;
        it
    }

    fn check(&self, by: Caller, slug: &str) -> enums::chatlists::ChatlistInvite {
        call(&self.hall, by, &f::CheckChatlistInvite { slug: slug.into() }).unwrap()
    }
}

fn list(filter_id: i32) -> enums::InputChatlist {
    types::InputChatlistDialogFilter { filter_id }.into()
}

fn slug(link: &types::ExportedChatlistInvite) -> String {
    link.url.strip_prefix("https://t.me/addlist/").expect("an address").to_owned()
}

#[test]
fn a_link_shows_a_folder_and_brings_who_follows_it_into_its_chats() {
    for desk in desks() {
        let link = desk.link();
        assert_eq!((&link.title[..], link.peers.len()), ("Friends", 1));
        let slug = slug(&link);
        let enums::chatlists::ChatlistInvite::Invite(it) = desk.check(desk.ada, &slug) else { panic!("a new one") };
        let enums::TextWithEntities::Entities(title) = it.title;
        assert_eq!((&title.text[..], it.emoticon.as_deref(), it.peers.len()), ("News", Some("N"), 1));
        assert!(
            matches!(&it.chats[..], [enums::Chat::Channel(it)] if it.left && it.title == "Group"),
            "{:?}",
            it.chats
        );
        let peers = vec![desk.named(desk.ada, desk.group)];
        let join = f::JoinChatlistInvite { slug: slug.clone(), peers };
        let enums::Updates::Updates(it) = call(&desk.hall, desk.ada, &join).unwrap() else { panic!("updates") };
        let kinds = it.updates.iter().map(|it| match it {
            enums::Update::Channel(_) => "channel",
            enums::Update::NewChannelMessage(_) => "message",
            enums::Update::DialogFilter(it) if it.id == 2 && it.filter.is_some() => "folder",
            other => panic!("{other:?}"),
        });
        assert_eq!(kinds.collect::<Vec<_>>(), ["channel", "message", "folder"]);
        let enums::messages::DialogFilters::Filters(shown) = call(&desk.hall, desk.ada, &GetDialogFilters {}).unwrap();
        let [enums::DialogFilter::Default, enums::DialogFilter::Chatlist(it)] = &shown.filters[..] else {
            panic!("{shown:?}")
        };
        assert!(!it.has_my_invites && it.title_noanimate && it.color.is_none());
        assert_eq!(it.include_peers, [desk.named(desk.ada, desk.group)]);
        let whole = desk.check(desk.ada, &link.url);
        let enums::chatlists::ChatlistInvite::Already(it) = whole else { panic!("it has it") };
        assert_eq!((it.filter_id, it.missing_peers.len(), it.already_peers.len()), (2, 0, 1));
    }
}

#[test]
fn its_owner_lists_changes_and_deletes_links() {
    for desk in desks() {
        let link = desk.link();
        let edit =
            f::EditExportedInvite { chatlist: list(2), slug: slug(&link), title: Some("Others".into()), peers: None };
        let enums::ExportedChatlistInvite::Invite(it) = call(&desk.hall, desk.olga, &edit).unwrap();
        assert_eq!((&it.title[..], &it.url, &it.peers), ("Others", &link.url, &link.peers));
        let all = || call(&desk.hall, desk.olga, &f::GetExportedInvites { chatlist: list(2) }).unwrap();
        let enums::chatlists::ExportedInvites::Invites(shown) = all();
        assert_eq!((shown.invites, shown.chats.len()), (vec![it.into()], 1));
        let delete = f::DeleteExportedInvite { chatlist: list(2), slug: slug(&link) };
        assert!(call(&desk.hall, desk.olga, &delete).unwrap());
        let enums::chatlists::ExportedInvites::Invites(shown) = all();
        assert!(shown.invites.is_empty());
        let gone = f::CheckChatlistInvite { slug: slug(&link) };
        assert_eq!(refused(&desk.hall, desk.ada, &gone), "400 INVITE_SLUG_EXPIRED");
        assert_eq!(refused(&desk.hall, desk.olga, &delete), "400 INVITE_SLUG_EXPIRED");
        assert_eq!(refused(&desk.hall, desk.olga, &edit), "400 INVITE_SLUG_EXPIRED");
    }
}

#[test]
fn what_is_added_later_is_offered_joined_and_left() {
    for desk in desks() {
        let link = desk.link();
        let chosen = |id| vec![desk.named(desk.ada, id)];
        let join = f::JoinChatlistInvite { slug: slug(&link), peers: chosen(desk.group) };
        call(&desk.hall, desk.ada, &join).unwrap();
        let other = group(&desk.hall, desk.olga);
        let both = vec![desk.named(desk.olga, desk.group), desk.named(desk.olga, other)];
        desk.keep(2, both.clone());
        let (chatlist, peers) = (list(2), Some(both));
        call(&desk.hall, desk.olga, &f::EditExportedInvite { chatlist, slug: slug(&link), title: None, peers })
            .unwrap();
        let news = || {
            let request = f::GetChatlistUpdates { chatlist: list(2) };
            let enums::chatlists::ChatlistUpdates::Updates(it) = call(&desk.hall, desk.ada, &request).unwrap();
            assert_eq!(it.missing_peers.len(), it.chats.len());
            it.chats.len()
        };
        assert_eq!(news(), 1);
        call(&desk.hall, desk.ada, &f::HideChatlistUpdates { chatlist: list(2) }).unwrap();
        assert_eq!(news(), 0);
        let more = f::JoinChatlistUpdates { chatlist: list(2), peers: chosen(other) };
        call(&desk.hall, desk.ada, &more).unwrap();
        assert_eq!(refused(&desk.hall, desk.ada, &more), "400 FILTER_INCLUDE_EMPTY");
        let suggested = call(&desk.hall, desk.ada, &f::GetLeaveChatlistSuggestions { chatlist: list(2) }).unwrap();
        assert_eq!(suggested.len(), 2);
        let leave = f::LeaveChatlist { chatlist: list(2), peers: chosen(other) };
        let enums::Updates::Updates(it) = call(&desk.hall, desk.ada, &leave).unwrap() else { panic!("updates") };
        let [enums::Update::Channel(_), enums::Update::DialogFilter(gone)] = &it.updates[..] else {
            panic!("{:?}", it.updates)
        };
        assert_eq!((gone.id, &gone.filter), (2, &None));
        assert!(matches!(&it.chats[..], [enums::Chat::ChannelForbidden(_)]), "{:?}", it.chats);
    }
}

#[test]
fn each_mistake_has_its_name() {
    let [desk, _] = desks();
    let link = desk.link();
    let group = || vec![desk.named(desk.olga, desk.group)];
    for id in [-1, 0, 9, 300] {
        let chatlist = || list(id);
        let wrong = [
            refused(&desk.hall, desk.olga, &f::GetExportedInvites { chatlist: chatlist() }),
            refused(&desk.hall, desk.olga, &f::GetChatlistUpdates { chatlist: chatlist() }),
            refused(&desk.hall, desk.olga, &f::HideChatlistUpdates { chatlist: chatlist() }),
            refused(&desk.hall, desk.olga, &f::GetLeaveChatlistSuggestions { chatlist: chatlist() }),
            refused(&desk.hall, desk.olga, &f::LeaveChatlist { chatlist: chatlist(), peers: Vec::new() }),
            refused(&desk.hall, desk.olga, &f::JoinChatlistUpdates { chatlist: chatlist(), peers: group() }),
            refused(&desk.hall, desk.olga, &f::DeleteExportedInvite { chatlist: chatlist(), slug: slug(&link) }),
            refused(
                &desk.hall,
                desk.olga,
                &f::ExportChatlistInvite { chatlist: chatlist(), title: String::new(), peers: group() },
            ),
        ];
        assert!(wrong.iter().all(|it| it == "400 FILTER_ID_INVALID"), "{wrong:?}");
    }
    assert_eq!(refused(&desk.hall, desk.olga, &desk.export(Vec::new())), "400 PEERS_LIST_EMPTY");
    let person = vec![peer(&desk.hall, desk.olga, desk.ada)];
    assert_eq!(refused(&desk.hall, desk.olga, &desk.export(person)), "400 PEER_ID_INVALID");
    for _ in 1..domain::folders::links::LINKS_MAX {
        call(&desk.hall, desk.olga, &desk.export(group())).unwrap();
    }
    assert_eq!(refused(&desk.hall, desk.olga, &desk.export(group())), "400 INVITES_TOO_MUCH");
    let empty = f::CheckChatlistInvite { slug: String::new() };
    assert_eq!(refused(&desk.hall, desk.ada, &empty), "400 INVITE_SLUG_EMPTY");
    let empty = f::JoinChatlistInvite { slug: String::new(), peers: Vec::new() };
    assert_eq!(refused(&desk.hall, desk.ada, &empty), "400 INVITE_SLUG_EMPTY");
    let nothing = f::JoinChatlistInvite { slug: slug(&link), peers: Vec::new() };
    assert_eq!(refused(&desk.hall, desk.ada, &nothing), "400 FILTER_INCLUDE_EMPTY");
}
