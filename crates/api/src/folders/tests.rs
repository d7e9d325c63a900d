//! The archive as a client meets it.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{folders::EditPeerFolders, messages as f},
    types,
};

use crate::testing::{call, peer, refused, text};

struct Desk {
    hall: Hall,
    claude: Caller,
    ignace: Caller,
}

fn desks() -> [Desk; 2] {
    [Hall::new(), Hall::with_outbox()].map(|hall| {
        let (claude, ignace) = (hall.person("Claude", "9996621001"), hall.person("Ignace", "9996621002"));
        call(&hall, ignace, &text(&peer(&hall, ignace, claude), "hello", 1)).unwrap();
        call(&hall, claude, &text(&enums::InputPeer::PeerSelf, "note", 2)).unwrap();
        Desk { hall, claude, ignace }
    })
}

impl Desk {
    fn shift(&self, folder_id: i32) -> EditPeerFolders {
        let peer = peer(&self.hall, self.claude, self.ignace);
        EditPeerFolders { folder_peers: vec![types::InputFolderPeer { peer, folder_id }.into()] }
    }

    fn shown(&self, folder_id: Option<i32>) -> Vec<(i32, Option<i32>)> {
        let request = f::GetDialogs {
            exclude_pinned: false,
            folder_id,
            offset_date: 0,
            offset_id: 0,
            offset_peer: enums::InputPeer::Empty,
            limit: 20,
            hash: 0,
        };
        let enums::messages::Dialogs::Dialogs(it) = call(&self.hall, self.claude, &request).unwrap() else {
            panic!("all of them")
        };
        let dialog = |it: &enums::Dialog| match it {
            enums::Dialog::Dialog(it) => (it.top_message, it.folder_id),
            other => panic!("a chat, not {other:?}"),
        };
        it.dialogs.iter().map(dialog).collect()
    }

    fn pinned(&self, folder_id: i32) -> types::messages::PeerDialogs {
        let enums::messages::PeerDialogs::Dialogs(it) =
            call(&self.hall, self.claude, &f::GetPinnedDialogs { folder_id }).unwrap();
        it
    }
}

#[test]
fn an_archived_chat_is_in_its_own_part_of_the_list() {
    for desk in desks() {
        let enums::Updates::Updates(it) = call(&desk.hall, desk.claude, &desk.shift(1)).unwrap() else {
            panic!("updates")
        };
        let [enums::Update::FolderPeers(moved)] = &it.updates[..] else { panic!("{:?}", it.updates) };
        assert_eq!((moved.pts, moved.pts_count, it.users.len()), (4, 1, 1));
        assert_eq!(desk.shown(Some(0)), [(2, None)]);
        assert_eq!(desk.shown(Some(1)), [(1, Some(1))]);
        assert_eq!(desk.shown(None), [(2, None), (1, Some(1))]);
        let again = call(&desk.hall, desk.claude, &desk.shift(1)).unwrap();
        assert!(matches!(again, enums::Updates::Updates(it) if it.updates.is_empty()));
        for wrong in [-1, 2] {
            assert_eq!(refused(&desk.hall, desk.claude, &desk.shift(wrong)), "400 FOLDER_ID_INVALID");
        }
    }
}

#[test]
fn the_archive_stands_among_the_pins_of_the_main_list() {
    for desk in desks() {
        assert!(desk.pinned(0).dialogs.is_empty());
        call(&desk.hall, desk.claude, &desk.shift(1)).unwrap();
        let shown = desk.pinned(0);
        let [enums::Dialog::Folder(it)] = &shown.dialogs[..] else { panic!("{:?}", shown.dialogs) };
        assert!(it.pinned);
        assert_eq!((it.top_message, it.unread_unmuted_peers_count, it.unread_unmuted_messages_count), (1, 1, 1));
        assert_eq!((it.unread_muted_peers_count, it.unread_muted_messages_count), (0, 0));
        assert_eq!((shown.messages.len(), shown.users.len()), (1, 1), "what it names comes along");
        assert!(desk.pinned(1).dialogs.is_empty());
    }
}

#[test]
fn a_mark_of_what_was_read_names_the_archive() {
    for desk in desks() {
        call(&desk.hall, desk.claude, &desk.shift(1)).unwrap();
        desk.hall.events();
        let peer = peer(&desk.hall, desk.claude, desk.ignace);
        call(&desk.hall, desk.claude, &f::ReadHistory { peer, max_id: 0 }).unwrap();
        let entries = desk.hall.events().into_iter().filter_map(|it| match it {
            domain::updates::Event::Logged { log, entry, .. } if log == desk.claude.user.into() => Some(entry),
            _ => None,
        });
        let entries = entries.collect();
        let told = crate::render::updates::entries(&desk.hall.domain, desk.claude.user, entries);
        let enums::Updates::Updates(it) = domain::testing::ready(told).unwrap() else { panic!("updates") };
        let [enums::Update::ReadHistoryInbox(it)] = &it.updates[..] else { panic!("{:?}", it.updates) };
        assert_eq!((it.folder_id, it.still_unread_count), (Some(1), 0));
    }
}
