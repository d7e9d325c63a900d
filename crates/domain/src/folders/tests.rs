//! Somebody's folders and archive, under every way a hall can be driven.

mod archive;
mod shared;

use std::sync::atomic::{AtomicI64, Ordering};

use super::{
    CHATS_MAX, FOLDERS_MAX, Kinds, Place,
    change::{DeleteFolder, NewFolder, PutFolder},
    order::{ReorderFolders, ToggleTags, order},
};
use crate::{
    Caller, ChannelId, Peer, Refusal, UserId,
    groups::{AdminRights, ChannelRow, MemberRow},
    messages::{Entity, EntityKind, polls::Styled, send::SendMessage},
    testing::{
        Hall,
        groups::{Count, Make, Place as Stand},
    },
    updates::{
        Change, Event,
        difference::{Difference, difference},
    },
};

/// Claude, whose folders these are, Ignace, who writes, and a channel of Ignace's that Claude is in.
struct Desk {
    hall: Hall,
    claude: Caller,
    ignace: Caller,
    channel: ChannelId,
    random: AtomicI64,
}

fn desks() -> [Desk; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| {
        let (claude, ignace) = (hall.person("Claude", "9996621001"), hall.person("Ignace", "9996621002"));
        let row = ChannelRow { creator: ignace.user, broadcast: true, ..ChannelRow::default() };
        let channel = hall.run(Make { row, title: "Signals".into() }).unwrap();
        let owner = MemberRow { joined: 1, admin: AdminRights::CREATOR, ..MemberRow::default() };
        let member = MemberRow { joined: 1, ..MemberRow::default() };
        for (who, row) in [(ignace, owner), (claude, member)] {
            hall.run(Stand { channel, user: who.user, row }).unwrap();
        }
        hall.run(Count { channel, members: 2 }).unwrap();
        hall.events();
        Desk { hall, claude, ignace, channel, random: AtomicI64::new(0) }
    })
}

impl Desk {
    fn send(&self, by: Caller, peer: Peer) {
        let message = SendMessage {
            by,
            peer,
            text: "hello".into(),
            entities: Vec::new(),
            reply: None,
            random_id: self.random.fetch_add(1, Ordering::Relaxed) + 1,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        self.hall.run(message).unwrap();
    }

    fn put(&self, id: u8, folder: NewFolder) -> Result<(), Refusal> {
        self.hall.run(PutFolder { by: self.claude, id, folder })
    }

    fn delete(&self, id: u8) -> Result<(), Refusal> {
        self.hall.run(DeleteFolder { by: self.claude, id })
    }

    fn reorder(&self, order: &[u8]) {
        self.hall.run(ReorderFolders { by: self.claude, order: order.to_vec() }).unwrap();
    }

    fn order(&self) -> Vec<u8> {
        self.hall.ask(|view| order(view, self.claude.user)).unwrap()
    }

    /// Titles in their order.
    fn titles(&self) -> String {
        let all = self.hall.ask(|view| super::all(view, self.claude.user)).unwrap();
        let title = |it: &Place| match it {
            Place::All => "*".to_owned(),
            Place::Folder(it) => it.card.title.text.clone(),
        };
        all.iter().map(title).collect::<Vec<_>>().join(" ")
    }

    /// What the caller's other sessions were told of folders and the archive since the last call.
    fn told(&self) -> Vec<Change> {
        let told = self.hall.events().into_iter().filter_map(|it| match it {
            Event::Logged { log, entry, skip, .. } if log == self.claude.user.into() => Some((entry.change, skip)),
            _ => None,
        });
        let ours = told.filter(|(change, _)| {
            matches!(
                change,
                Change::Folder { .. } | Change::FolderOrder {} | Change::Folders {} | Change::FolderPeers { .. }
            )
        });
        ours.map(|(change, skip)| {
            let caused = skip == Some(self.claude.origin);
            let woke = matches!(change, Change::FolderPeers { folder: 0, .. });
            assert!(caused || woke, "the session that asked learns of it in its answer");
            change
        })
        .collect()
    }
}

fn people(title: &str) -> NewFolder {
    NewFolder { kinds: Kinds::CONTACTS, title: styled(title), ..NewFolder::default() }
}

fn styled(text: &str) -> Styled {
    Styled { text: text.into(), ..Styled::default() }
}

/// Chats that nobody has to know: people who are there.
fn strangers(hall: &Hall, count: usize) -> Vec<Peer> {
    (0..count).map(|n| Peer::User(hall.person("Somebody", &format!("99966{n:05}")).user)).collect()
}

#[test]
fn folders_are_made_changed_and_deleted_and_other_sessions_are_told() {
    for desk in desks() {
        assert_eq!(desk.titles(), "*", "the list of all chats is always there");
        desk.put(2, people("People")).unwrap();
        desk.put(7, NewFolder { included: vec![Peer::Channel(desk.channel)], kinds: Kinds::NONE, ..people("News") })
            .unwrap();
        assert_eq!(desk.titles(), "* People News");
        desk.put(2, people("Friends")).unwrap();
        assert_eq!(desk.titles(), "* Friends News", "a folder keeps its place");
        desk.delete(2).unwrap();
        assert_eq!(desk.titles(), "* News");
        assert_eq!(desk.told(), [2, 7, 2, 2].map(|folder| Change::Folder { folder }));
        assert_eq!(desk.delete(2), Err(Refusal::FilterIdInvalid));
        assert_eq!(desk.told(), []);
    }
}

#[test]
fn the_order_of_folders_is_kept_with_the_place_of_all_chats() {
    for desk in desks() {
        for (id, title) in [(2, "B"), (3, "C"), (4, "D")] {
            desk.put(id, people(title)).unwrap();
        }
        desk.told();
        desk.reorder(&[4, 0, 3, 2]);
        assert_eq!((desk.titles(), desk.told()), ("D * C B".into(), vec![Change::FolderOrder {}]));
        desk.reorder(&[4, 0, 3, 2]);
        assert_eq!(desk.told(), [], "nothing has changed");
        desk.reorder(&[3, 9, 3]);
        assert_eq!(desk.order(), [0, 3, 2, 4], "unknown and repeated ones are passed over, others follow");
        desk.delete(3).unwrap();
        desk.put(3, people("E")).unwrap();
        assert_eq!(desk.titles(), "* B D E", "a new folder stands last");
    }
}

#[test]
fn tags_are_shown_or_not() {
    for desk in desks() {
        let toggle = |enabled| desk.hall.run(ToggleTags { by: desk.claude, enabled }).unwrap();
        let shown = || desk.hall.ask(|view| super::folders(view, desk.claude.user)).unwrap().tags;
        desk.put(2, people("People")).unwrap();
        desk.told();
        assert!(!shown());
        toggle(true);
        toggle(true);
        assert_eq!((shown(), desk.told()), (true, vec![Change::Folders {}]));
        desk.reorder(&[2, 0]);
        assert!(shown(), "the order is beside it");
    }
}

#[test]
fn a_folder_must_have_a_number_a_title_and_something_in_it() {
    for desk in desks() {
        for id in [0, 1] {
            assert_eq!(desk.put(id, people("People")), Err(Refusal::FilterIdInvalid));
            assert_eq!(desk.delete(id), Err(Refusal::FilterIdInvalid));
        }
        assert_eq!(desk.put(2, people(" ")), Err(Refusal::FilterTitleEmpty));
        assert_eq!(desk.put(2, people("Twelve chars")), Ok(()));
        assert_eq!(desk.put(2, people("Thirteen char")), Err(Refusal::MessageTooLong));
        let nothing = NewFolder { kinds: Kinds::NOT_MUTED, ..people("Nothing") };
        assert_eq!(desk.put(2, nothing.clone()), Err(Refusal::FilterIncludeEmpty));
        let nobody = Peer::User(UserId(77));
        let closed = NewFolder { included: vec![nobody], ..nothing };
        assert_eq!(desk.put(2, closed), Err(Refusal::FilterIncludeEmpty), "what is not there is not in it");
        assert_eq!(desk.titles(), "* Twelve chars");
    }
}

#[test]
fn there_are_as_many_folders_as_may_be() {
    let [desk, ..] = desks();
    for id in 2..2 + u8::try_from(FOLDERS_MAX).unwrap() {
        desk.put(id, people("F")).unwrap();
    }
    assert_eq!(desk.put(200, people("F")), Err(Refusal::DialogFiltersTooMuch));
    assert_eq!(desk.put(2, people("G")), Ok(()), "one that is there may change");
    desk.delete(3).unwrap();
    assert_eq!(desk.put(255, people("F")), Ok(()));
}

#[test]
fn a_folder_names_as_many_chats_as_may_be() {
    let [desk, ..] = desks();
    let mut many = strangers(&desk.hall, CHATS_MAX + 1);
    let last = many.pop().unwrap();
    let (pinned, included) = (many[..2].to_vec(), many[2..].to_vec());
    let full = NewFolder { pinned, included, excluded: vec![last], ..people("Full") };
    desk.put(2, full.clone()).unwrap();
    let more = NewFolder { pinned: [&full.pinned[..], &[last]].concat(), ..full.clone() };
    assert_eq!(desk.put(2, more), Err(Refusal::FilterIncludeTooMuch));
    let without = NewFolder { excluded: [&many[..], &[last]].concat(), ..people("None") };
    assert_eq!(desk.put(3, without), Err(Refusal::FilterExcludeTooMuch));
    let twice = NewFolder { included: [&full.included[..], &full.included].concat(), ..full };
    assert_eq!(desk.put(2, twice), Ok(()), "each counts once");
    let stored = desk.hall.ask(|view| super::folder(view, desk.claude.user, 2)).unwrap().unwrap().row;
    assert_eq!((stored.pinned.len(), stored.included.len()), (2, CHATS_MAX - 2));
}

#[test]
fn a_chat_stands_in_a_folder_once() {
    for desk in desks() {
        let (channel, person) = (Peer::Channel(desk.channel), Peer::User(desk.ignace.user));
        let folder = NewFolder {
            pinned: vec![channel, channel],
            included: vec![person, channel],
            excluded: vec![person, channel, Peer::User(desk.claude.user)],
            ..people("Once")
        };
        desk.put(2, folder).unwrap();
        let row = desk.hall.ask(|view| super::folder(view, desk.claude.user, 2)).unwrap().unwrap().row;
        assert_eq!((row.pinned, row.included), (vec![channel], vec![person]));
        assert_eq!(row.excluded, [Peer::User(desk.claude.user)]);
    }
}

#[test]
fn a_folder_that_can_be_shared_names_chats_and_nothing_else() {
    for desk in desks() {
        let included = vec![Peer::Channel(desk.channel)];
        let shared = NewFolder { shareable: true, kinds: Kinds::NONE, included, ..people("News") };
        desk.put(2, shared.clone()).unwrap();
        let kinds = NewFolder { kinds: Kinds::GROUPS, ..shared.clone() };
        assert_eq!(desk.put(2, kinds), Err(Refusal::FilterNotSupported));
        let without = NewFolder { excluded: vec![Peer::User(desk.ignace.user)], ..shared };
        assert_eq!(desk.put(2, without), Err(Refusal::ChatlistExcludeInvalid));
        assert_eq!(desk.put(2, people("People")), Ok(()), "nobody has it by a link");
    }
}

#[test]
fn titles_are_sealed_and_keep_their_emoji_alone() {
    for desk in desks() {
        let entity = |kind| Entity { offset: 0, length: 2, kind, ..Entity::default() };
        let entities = vec![entity(EntityKind::Bold {}), entity(EntityKind::CustomEmoji { document: 5 })];
        let title = Styled { text: "\u{1f600} secret".into(), entities, ..Styled::default() };
        desk.put(2, NewFolder { title, emoticon: "\u{1f600}".into(), ..people("") }).unwrap();
        let folder = desk.hall.ask(|view| super::folder(view, desk.claude.user, 2)).unwrap().unwrap();
        assert_eq!(folder.card.title.entities, [entity(EntityKind::CustomEmoji { document: 5 })]);
        assert_eq!((&folder.card.title.text[..], &folder.card.emoticon[..]), ("\u{1f600} secret", "\u{1f600}"));
        let row = crate::record::Record::encode(&folder.row);
        assert!(!row.windows(6).any(|it| it == b"secret"));
    }
}

#[test]
fn who_was_away_learns_of_folders_in_a_difference() {
    for desk in desks() {
        desk.put(2, people("People")).unwrap();
        desk.reorder(&[2, 0]);
        let asked = desk.hall.ask(|view| difference(view, desk.claude.user, crate::Pts(1), 0, None, None)).unwrap();
        let Difference::Entries { entries, .. } = asked else { panic!("{asked:?}") };
        let changes: Vec<_> = entries.into_iter().map(|it| it.change).collect();
        assert_eq!(changes, [Change::Folder { folder: 2 }, Change::FolderOrder {}]);
    }
}
