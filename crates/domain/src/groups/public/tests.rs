//! Who is found by name, and who is not.

use std::cell::Cell;

use bytes::Bytes;
use store::{Direction, Key, Range, Row};

use super::{Found, PlacesRow, Wanted, adopt, counted, find::CANDIDATES_MAX, places_key, put, search};
use crate::{
    Caller, ChannelId, Peer, Refusal,
    groups::{
        BannedRights, ChannelCounts,
        bans::EditBanned,
        channel::put_counts,
        create::CreateChannel,
        deletion::DeleteChannel,
        joining::{JoinChannel, LeaveChannel},
        settings::{ChangeChannel, Setting},
        usernames::{NameChannel, Naming},
    },
    ids::Now,
    messages::{
        search::posts::{After, CHANNELS_MAX, Sought, posts},
        send::SendMessage,
    },
    people::usernames::UpdateUsername,
    service::Command,
    spaces::{PUBLIC_CHANNEL, PUBLIC_NAME},
    testing::{Hall, ready},
    turn::Turn,
    view::{Decided, Rows, View},
    world::World,
};

/// People and their channels.
struct Town {
    hall: Hall,
    alice: Caller,
    bob: Caller,
}

impl Town {
    fn new() -> Self {
        Self::of(Hall::new())
    }

    fn of(hall: Hall) -> Self {
        let [alice, bob] =
            [("Alice", "9996623001"), ("Bob", "9996623002")].map(|(name, phone)| hall.person(name, phone));
        Self { hall, alice, bob }
    }

    fn make(&self, title: &str, broadcast: bool) -> ChannelId {
        let new = CreateChannel {
            by: self.alice,
            title: title.into(),
            about: String::new(),
            broadcast,
            forum: false,
            ttl_period: 0,
        };
        self.hall.run(new).expect("made").0
    }

    fn name(&self, channel: ChannelId, name: &str) {
        let naming = Naming::Main(name.into());
        self.hall.run(NameChannel { by: self.alice, channel, naming }).expect("named");
    }

    fn public(&self, title: &str, name: &str) -> ChannelId {
        let id = self.make(title, true);
        self.name(id, name);
        id
    }

    fn post(&self, to: ChannelId, text: &str) {
        let random_id = i64::from_be_bytes(self.hall.domain.draw());
        let send = SendMessage {
            by: self.alice,
            peer: Peer::Channel(to),
            text: text.into(),
            entities: Vec::new(),
            reply: None,
            random_id,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        self.hall.run(send).expect("posted");
    }

    fn search(&self, by: Caller, query: &str) -> Result<Found, Refusal> {
        let wanted = Wanted { query: query.into(), limit: 20, broadcasts: false };
        self.hall.ask(|view| search(view, by.user, &wanted))
    }

    fn others(&self, query: &str) -> Vec<Peer> {
        self.search(self.bob, query).expect("searches").others
    }

    fn rows(&self) -> usize {
        let of = |space: store::Subspace| Range {
            start: Key::from_bytes(&[space.id]),
            end: Key::from_bytes(&[space.id + 1]),
        };
        let count =
            |space| ready(store::Kv::scan(self.hall.kv(), &of(space), Direction::Forward, 100_000)).unwrap().len();
        count(PUBLIC_NAME) + count(PUBLIC_CHANNEL)
    }
}

#[test]
fn public_channels_and_groups_are_found_by_the_beginnings_of_their_words() {
    for town in [Hall::new(), Hall::distant(), Hall::with_outbox()].map(Town::of) {
        let moths = town.public("Moths of the Night", "silent_wings");
        let moth = [Peer::Channel(moths)];
        for query in [
            "moth",
            "MOTHS",
            "night",
            "ni mo",
            "silent",
            "wings sil",
            "silent_wi",
            "@silent_wings",
            "moths of the night",
        ] {
            assert_eq!(town.others(query), moth, "{query}");
        }
        for query in ["oths", "moths day", "silent_winged", "m"] {
            assert_eq!(town.others(query), [], "{query}");
        }
        let group = town.make("Night watch", false);
        town.name(group, "watchers");
        assert_eq!(town.others("night").len(), 2, "groups as well");
        let only = Wanted { query: "night".into(), limit: 20, broadcasts: true };
        assert_eq!(town.hall.ask(|view| search(view, town.bob.user, &only)).unwrap().others, moth);
        assert_eq!(town.search(town.bob, " @ "), Err(Refusal::SearchQueryEmpty));
        assert_eq!(town.search(town.bob, "!?"), Err(Refusal::QueryTooShort));
    }
}

#[test]
fn titles_without_spaces_are_found_by_any_part() {
    let town = Town::new();
    let it = town.public("東京都の夜", "tokyo_night");
    assert_eq!(town.others("京都"), [Peer::Channel(it)]);
    assert_eq!(town.others("都京"), []);
}

#[test]
fn the_index_follows_titles_names_privacy_and_deletion() {
    let town = Town::new();
    let before = town.rows();
    let id = town.make("Moths", true);
    assert_eq!((town.others("moths"), town.rows()), (vec![], before), "nothing of a private channel is written");
    town.name(id, "lanterns");
    let there = vec![Peer::Channel(id)];
    assert_eq!(town.others("moths"), there);
    let setting = Setting::Title("Beetles".into());
    town.hall.run(ChangeChannel { by: town.alice, channel: id, setting }).expect("renamed");
    assert_eq!((town.others("moths"), town.others("beetles")), (vec![], there.clone()));
    town.name(id, "torches");
    assert_eq!((town.others("lanterns"), town.others("torches")), (vec![], there.clone()));
    town.name(id, "");
    assert_eq!((town.others("beetles"), town.rows()), (vec![], before), "a private one leaves nothing behind");
    town.name(id, "torches");
    assert_eq!(town.others("beetles"), there);
    town.hall.run(DeleteChannel { by: town.alice, channel: id }).expect("deleted");
    assert_eq!((town.others("beetles"), town.rows()), (vec![], before));
}

#[test]
fn no_title_and_no_public_name_is_readable_on_the_disk() {
    let town = Town::new();
    let open = town.public("Obelisk Quarterly", "zephyr_daily");
    town.make("Quartzite Circle", true);
    assert_eq!(town.others("obel"), [Peer::Channel(open)]);
    let snapshot = ready(store::Kv::snapshot(town.hall.kv())).expect("memory");
    let rows = snapshot.page(None, usize::MAX).expect("memory");
    let disk: Vec<u8> = rows.iter().flat_map(|(key, value)| [key.as_bytes(), value].concat()).collect();
    for word in ["Obelisk", "obelisk", "quarterly", "zephyr", "Quartzite", "quartzite", "obel", "quar"] {
        assert!(!disk.windows(word.len()).any(|it| it == word.as_bytes()), "{word} is readable");
    }
}

#[test]
fn own_chats_come_first_and_apart_and_who_is_banned_finds_nothing() {
    let town = Town::new();
    let (open, closed) = (town.public("Moths", "mothsdaily"), town.make("Moth friends", false));
    let found = town.search(town.alice, "moth").unwrap();
    assert_eq!((found.mine.len(), found.others), (2, vec![]));
    assert!([open, closed].iter().all(|it| found.mine.contains(&Peer::Channel(*it))));
    assert_eq!(town.others("moth"), [Peer::Channel(open)]);
    town.hall.run(JoinChannel { by: town.bob, channel: open }).expect("it is public");
    let found = town.search(town.bob, "moth").unwrap();
    assert_eq!((found.mine, found.others), (vec![Peer::Channel(open)], vec![]));
    town.hall.run(LeaveChannel { by: town.bob, channel: open }).expect("may leave");
    assert_eq!(town.others("moth"), [Peer::Channel(open)]);
    let (rights, until) = (BannedRights::VIEW_MESSAGES, 0);
    town.hall
        .run(EditBanned { by: town.alice, channel: open, user: town.bob.user, rights, until })
        .expect("the owner may");
    assert_eq!((town.others("moth"), town.others("mothsdaily")), (vec![], vec![]));
}

#[test]
fn people_are_found_as_before_beside_channels() {
    let town = Town::new();
    let name = UpdateUsername { by: town.alice, name: "moths_alice".into() };
    town.hall.run(name).expect("free");
    let moths = town.public("Moths", "mothsdaily");
    assert_eq!(town.others("moths_alice"), [Peer::User(town.alice.user)], "a stranger by the whole name");
    assert_eq!(town.others("moths"), [Peer::Channel(moths)]);
}

/// Says how many are in.
struct Grow(ChannelId, u32);

impl Command for Grow {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let before = crate::groups::channel::counts(turn, self.0)?.members;
        put_counts(turn, self.0, &ChannelCounts { members: self.1, ..ChannelCounts::default() });
        counted(turn, self.0, before, self.1)
    }
}

#[test]
fn larger_channels_come_first_and_a_whole_name_before_them() {
    let town = Town::new();
    let grown = |n: u32| {
        let id = town.public(&format!("Moths number {n}"), &format!("moths{n}"));
        town.hall.run(Grow(id, n)).expect("counted");
        Peer::Channel(id)
    };
    let all = [3, 700, 40, 701, 5000].map(grown);
    assert_eq!(town.others("moths"), [4, 3, 1, 2, 0].map(|it| all[it]));
    assert_eq!(town.others("moths40"), [all[2]]);
    assert_eq!(town.others("number 7"), [all[3], all[1]]);
    let id = all[0].channel().expect("a channel");
    town.hall.run(Grow(id, 90_000)).expect("counted");
    assert_eq!(town.others("moths")[0], all[0]);
    let rows = town.rows();
    town.hall.run(Grow(id, 3)).expect("counted");
    assert_eq!((town.others("moths").last(), town.rows()), (Some(&all[0]), rows), "it moved, and left nothing");
}

/// Counts the rows that a question reads.
struct Counting<'a> {
    under: &'a dyn View,
    rows: Cell<usize>,
}

impl Rows for Counting<'_> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        self.rows.set(self.rows.get() + 1);
        self.under.get(key)
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        let found = self.under.scan(range, direction, limit)?;
        self.rows.set(self.rows.get() + found.len().max(1));
        Ok(found)
    }
}

impl View for Counting<'_> {
    fn now(&self) -> Now {
        self.under.now()
    }

    fn world(&self) -> &World {
        self.under.world()
    }
}

/// Rows read to look at one channel: its record, how the searcher stands in it, the key of its card, its members.
const EACH_READS: usize = 4;

/// Rows that any search reads beside: own contacts, chats and channels, the exact name, the ends of scans.
const BESIDE: usize = 40;

/// A thousand public channels, each with a post that has a tag and a word.
fn city() -> Town {
    let mut town = Town::new();
    let mut n = 0;
    // An account owns ten public ones at most.
    for owner in 0..100 {
        town.alice = town.hall.person("Owner", &format!("99966{owner:05}"));
        for _ in 0..10 {
            let id = town.public(&format!("News number {n} of {}", ["moths", "bees"][n % 2]), &format!("news_{n:04}"));
            town.hall.run(Grow(id, 10 + u32::try_from(n * n).unwrap())).expect("counted");
            town.post(id, &format!("zephyr {n} #moths"));
            n += 1;
        }
    }
    town
}

/// What a question answers, and how many rows it reads.
fn counted_rows<T>(hall: &Hall, ask: impl Fn(&Counting<'_>) -> Decided<T> + Send) -> (T, usize) {
    let counting = move |view: &dyn View| {
        let counting = Counting { under: view, rows: Cell::new(0) };
        Ok((ask(&counting)?, counting.rows.get()))
    };
    hall.ask(counting).expect("reads")
}

#[test]
fn a_search_among_a_thousand_public_channels_reads_a_bounded_number_of_rows() {
    let town = city();
    let (hall, bob) = (&town.hall, town.bob);
    for (query, results) in [("news", 20), ("news moths", 20), ("num of bee", 20), ("news_0500", 1), ("zebra", 0)] {
        let wanted = Wanted { query: query.into(), limit: 20, broadcasts: false };
        let (found, rows) = counted_rows(hall, |view| search(view, bob.user, &wanted));
        assert_eq!(found.others.len(), results, "{query}");
        let words = query.split(' ').count();
        let bound = BESIDE + words * CANDIDATES_MAX + EACH_READS * CANDIDATES_MAX;
        assert!(rows <= bound, "{query}: {rows} rows of at most {bound}");
    }
    let wanted = Wanted { query: "news".into(), limit: 1, broadcasts: false };
    let largest = hall.ask(|view| search(view, bob.user, &wanted)).expect("searches").others[0];
    let title = hall.ask(|view| {
        let id = largest.channel().expect("a channel");
        let row = crate::groups::channel::existing(view, id)?;
        crate::groups::channel::card(view, id, &row)
    });
    assert_eq!(title.expect("reads").title, "News number 999 of bees");
    posts_among_a_thousand(&town);
}

/// Rows read to look at one post: its record, two of the key, what stands beside it, its reactions.
const POST_READS: usize = 8;

fn posts_among_a_thousand(town: &Town) {
    let (hall, me) = (&town.hall, town.bob.user);
    let page = |sought: &Sought| counted_rows(hall, |view| posts(view, me, sought, After::default(), 20));
    let (found, rows) = page(&Sought::Tag("moths".into()));
    assert_eq!((found.messages.len(), found.inexact, found.more), (20, true, true));
    // Tags that are passed, tags that are counted, channels with how one stands in them, posts.
    let bound = 512 + 1000 + 20 * (2 + POST_READS);
    assert!(rows <= bound, "{rows} rows of at most {bound}");
    let (found, rows) = page(&Sought::Words("zephyr".into()));
    assert_eq!((found.messages.len(), found.count), (20, CHANNELS_MAX), "one post of each of the largest");
    // Each channel: that it stands there, its record, how one stands in it, how far its index reaches, its posts
    // beyond that with their key (a service message and one post), its blocks.
    let bound = CHANNELS_MAX * (1 + 2 + 1 + 2 * 2 + 2) + 20 * POST_READS;
    assert!(rows <= bound, "{rows} rows of at most {bound}");
}

/// Takes a channel out of the index, as if an older build had named it.
struct Forget(ChannelId);

impl Command for Forget {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let old = crate::view::load::<PlacesRow>(turn, &places_key(self.0))?;
        put(turn, self.0, old, PlacesRow::default())
    }
}

#[test]
fn what_was_public_before_there_was_an_index_is_adopted_once() {
    let town = Town::new();
    let all: Vec<_> = (0..9).map(|n| town.public(&format!("Moths {n}"), &format!("moths_{n}"))).collect();
    town.make("Moths in secret", true);
    all.iter().for_each(|it| town.hall.run(Forget(*it)).expect("forgotten"));
    assert_eq!((town.others("moths"), town.rows()), (vec![], 0));
    let steps = std::iter::from_fn(|| ready(adopt(&town.hall.domain)).expect("runs").then_some(())).count();
    assert_eq!((steps, town.others("moths").len()), (1, 9));
    town.hall.run(Forget(all[0])).expect("forgotten");
    assert_eq!(ready(adopt(&town.hall.domain)), Ok(false), "never again");
}

#[test]
fn sizes_grow_with_members_by_quarters_of_a_doubling() {
    let sizes: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 20, u32::MAX].map(super::size).into();
    assert_eq!(sizes, [0, 0, 4, 6, 8, 9, 10, 11, 12, 16, 17, 127]);
}
