//! The archive: what goes there, what comes back, and how it is shown as one row.

use super::{Desk, desks, people};
use crate::{
    Peer, Refusal,
    folders::archive::{ARCHIVE, MAIN, MOVED_MAX, MoveDialogs, summary},
    folders::change::NewFolder,
    messages::{
        dialog,
        dialogs::{self, Offset},
        pins::{ReorderPins, TogglePin},
        read::MarkUnread,
    },
    people::{
        notify::{NotifyRow, ResetNotify, Target, UpdateNotify},
        settings::{SetSwitches, Switches},
    },
    spaces::ARCHIVED,
    updates::Change,
};

impl Desk {
    fn chats(&self) -> [Peer; 2] {
        [Peer::User(self.ignace.user), Peer::Channel(self.channel)]
    }

    fn shift(&self, peer: Peer, folder: u8) -> Result<usize, Refusal> {
        Ok(self.hall.run(MoveDialogs { by: self.claude, moves: vec![(peer, folder)] })?.len())
    }

    fn folder(&self, peer: Peer) -> u8 {
        self.hall.ask(|view| dialog(view, self.claude.user, peer)).unwrap().folder
    }

    fn list(&self, folder: Option<u8>) -> Vec<Peer> {
        let page =
            self.hall.ask(|view| dialogs::page(view, self.claude.user, folder, Offset::default(), false, 20)).unwrap();
        assert_eq!(page.dialogs.len(), page.count);
        page.dialogs.into_iter().map(|(peer, _)| peer).collect()
    }

    /// Mutes a target until a moment, or leaves it to its class.
    fn mute(&self, target: Target, mute_until: Option<u32>) {
        let settings = NotifyRow { mute_until, ..NotifyRow::default() };
        self.hall.run(UpdateNotify { by: self.claude, target, settings }).unwrap();
    }

    fn switch(&self, change: impl Fn(&mut Switches) + Send + 'static) {
        self.hall.run(SetSwitches { by: self.claude, change, tell: None }).unwrap();
    }

    /// Ignace writes to both chats.
    fn write(&self) {
        self.send(self.ignace, Peer::User(self.claude.user));
        self.send(self.ignace, Peer::Channel(self.channel));
    }

    /// People on the list of a channel.
    fn listed(&self) -> usize {
        let range = store::Range::prefix(store::Key::of(ARCHIVED, self.channel.vshard().0).key());
        self.hall.ask(|view| view.scan(&range, store::Direction::Forward, 10)).unwrap().len()
    }
}

const FOREVER: u32 = i32::MAX as u32;

#[test]
fn a_chat_goes_to_the_archive_and_back() {
    for desk in desks() {
        desk.write();
        let [person, channel] = desk.chats();
        let before = desk.list(Some(MAIN));
        for peer in desk.chats() {
            assert_eq!(desk.shift(peer, ARCHIVE), Ok(1));
            assert_eq!(desk.shift(peer, ARCHIVE), Ok(0), "it is there");
        }
        assert_eq!((desk.list(Some(MAIN)), desk.list(Some(ARCHIVE))), (vec![], before.clone()));
        assert_eq!(desk.list(None), before, "without a folder it is the whole list");
        assert_eq!(desk.shift(person, MAIN), Ok(1));
        assert_eq!((desk.list(Some(MAIN)), desk.list(Some(ARCHIVE))), (vec![person], vec![channel]));
        let moved = |peer, folder| Change::FolderPeers { peer, folder };
        assert_eq!(desk.told(), [moved(person, 1), moved(channel, 1), moved(person, 0)]);
        assert_eq!(desk.shift(person, 2), Err(Refusal::FolderIdInvalid));
        let many = MoveDialogs { by: desk.claude, moves: vec![(person, 1); MOVED_MAX + 1] };
        assert_eq!(desk.hall.run(many).map(drop), Err(Refusal::LimitInvalid));
        let stranger = desk.hall.person("Ada", "9996621003");
        let closed = MoveDialogs { by: stranger, moves: vec![(channel, 1)] };
        assert_eq!(desk.hall.run(closed).map(drop), Err(Refusal::ChannelPrivate));
    }
}

#[test]
fn a_message_brings_a_chat_back_once() {
    for desk in desks() {
        desk.write();
        for peer in desk.chats() {
            desk.shift(peer, ARCHIVE).unwrap();
        }
        assert_eq!(desk.listed(), 1);
        desk.send(desk.claude, Peer::User(desk.ignace.user));
        assert_eq!(desk.list(Some(MAIN)), [], "what oneself writes brings nothing back");
        desk.told();
        desk.write();
        let moved = |peer| Change::FolderPeers { peer, folder: MAIN };
        assert_eq!(desk.told(), desk.chats().map(moved));
        assert_eq!((desk.list(Some(ARCHIVE)), desk.listed()), (vec![], 0));
        desk.write();
        assert_eq!(desk.told(), []);
    }
}

#[test]
fn what_is_muted_stays_until_it_no_longer_is() {
    for desk in desks() {
        let [person, channel] = desk.chats();
        desk.write();
        let soon = desk.hall.domain.now().secs() + 100;
        desk.mute(Target::Peer(person), Some(soon));
        for peer in desk.chats() {
            desk.shift(peer, ARCHIVE).unwrap();
        }
        desk.mute(Target::Peer(channel), Some(soon));
        desk.write();
        assert_eq!((desk.folder(person), desk.folder(channel)), (ARCHIVE, ARCHIVE));
        desk.hall.pass(101);
        desk.write();
        assert_eq!((desk.folder(person), desk.folder(channel)), (MAIN, MAIN));
    }
}

#[test]
fn the_settings_of_a_class_mute_chats_that_have_none() {
    for desk in desks() {
        let [person, channel] = desk.chats();
        desk.mute(Target::Users, Some(FOREVER));
        desk.write();
        for peer in desk.chats() {
            desk.shift(peer, ARCHIVE).unwrap();
        }
        desk.mute(Target::Chats, Some(0));
        desk.mute(Target::Broadcasts, Some(FOREVER));
        desk.write();
        assert_eq!((desk.folder(person), desk.folder(channel)), (ARCHIVE, ARCHIVE));
        desk.mute(Target::Peer(channel), Some(0));
        desk.write();
        assert_eq!((desk.folder(person), desk.folder(channel)), (ARCHIVE, MAIN), "an exception");
        desk.shift(channel, ARCHIVE).unwrap();
        desk.mute(Target::Peer(channel), None);
        desk.write();
        assert_eq!(desk.folder(channel), ARCHIVE);
        desk.hall.run(ResetNotify { by: desk.claude }).unwrap();
        desk.write();
        assert_eq!((desk.folder(person), desk.folder(channel)), (MAIN, MAIN));
    }
}

#[test]
fn who_wants_it_keeps_chats_in_the_archive() {
    for desk in desks() {
        let [person, channel] = desk.chats();
        desk.write();
        for peer in desk.chats() {
            desk.shift(peer, ARCHIVE).unwrap();
        }
        desk.switch(|it| it.keep_archived_unmuted = true);
        desk.write();
        assert_eq!((desk.folder(person), desk.folder(channel)), (ARCHIVE, ARCHIVE));
        desk.switch(|it| (it.keep_archived_unmuted, it.keep_archived_folders) = (false, true));
        desk.put(2, NewFolder { included: vec![channel], ..people("Kept") }).unwrap();
        desk.write();
        assert_eq!((desk.folder(person), desk.folder(channel)), (MAIN, ARCHIVE), "one is in a folder");
        desk.delete(2).unwrap();
        desk.write();
        assert_eq!(desk.folder(channel), MAIN);
    }
}

#[test]
fn each_part_of_the_list_has_pins_of_its_own() {
    for desk in desks() {
        let [person, channel] = desk.chats();
        desk.write();
        let pin = |peer| desk.hall.run(TogglePin { by: desk.claude, peer, pinned: true }).unwrap();
        let pinned = |folder| desk.hall.ask(|view| dialogs::pinned(view, desk.claude.user, folder)).unwrap();
        let order = |folder| pinned(folder).into_iter().map(|(peer, _)| peer).collect::<Vec<_>>();
        pin(channel);
        pin(person);
        desk.mute(Target::Broadcasts, Some(FOREVER));
        desk.shift(channel, ARCHIVE).unwrap();
        assert_eq!((order(MAIN), order(ARCHIVE)), (vec![person], vec![]), "a pin stays behind");
        pin(channel);
        assert_eq!((order(MAIN), order(ARCHIVE)), (vec![person], vec![channel]));
        let both = ReorderPins { by: desk.claude, folder: MAIN, order: vec![channel, person], force: true };
        assert_eq!(desk.hall.run(both), Err(Refusal::PeerIdInvalid));
        assert_eq!(desk.list(None), [person, channel]);
    }
}

#[test]
fn the_archive_holds_more_pins_than_the_main_list() {
    let [desk, ..] = desks();
    let pin = |peer| desk.hall.run(TogglePin { by: desk.claude, peer, pinned: true });
    for peer in super::strangers(&desk.hall, crate::messages::ARCHIVE_PINNED_MAX + 1) {
        desk.shift(peer, ARCHIVE).unwrap();
        let full = desk.hall.ask(|view| dialogs::pinned(view, desk.claude.user, ARCHIVE)).unwrap().len();
        let wanted = if full == 100 { Err(Refusal::PinnedDialogsTooMuch) } else { Ok(()) };
        assert_eq!(pin(peer), wanted);
    }
}

#[test]
fn the_archive_is_shown_with_what_is_unread_in_it() {
    for desk in desks() {
        let [person, channel] = desk.chats();
        let shown = || desk.hall.ask(|view| summary(view, desk.claude.user)).unwrap();
        desk.write();
        desk.write();
        assert_eq!(shown(), None);
        desk.shift(person, ARCHIVE).unwrap();
        let it = shown().unwrap();
        assert_eq!((it.last.0, it.unmuted_chats, it.unmuted_messages), (person, 1, 2));
        desk.mute(Target::Peer(channel), Some(FOREVER));
        desk.shift(channel, ARCHIVE).unwrap();
        desk.hall.pass(1);
        desk.send(desk.ignace, channel);
        let it = shown().unwrap();
        assert_eq!((it.last.0, it.muted_chats, it.muted_messages, it.unmuted_chats), (channel, 1, 3, 1));
        let saved = Peer::User(desk.claude.user);
        desk.send(desk.claude, saved);
        desk.shift(saved, ARCHIVE).unwrap();
        desk.hall.run(MarkUnread { by: desk.claude, peer: saved, unread: true }).unwrap();
        let it = shown().unwrap();
        assert_eq!((it.unmuted_chats, it.unmuted_messages), (2, 2), "a mark counts as a chat, not as messages");
    }
}
