//! Posts that are for all, and messages of all chats of one person.

use crate::{
    Caller, ChannelId, MessageId, Peer, Refusal,
    groups::{
        BannedRights,
        bans::EditBanned,
        create::CreateChannel,
        deletion::{self, DeleteChannel},
        invite::InviteToChannel,
        joining::JoinChannel,
        settings::{ChangeChannel, Setting},
        usernames::{NameChannel, Naming},
    },
    messages::{
        dialogs,
        edit::EditMessage,
        posts::{
            DeletePosts,
            tags::{self, TAGS_MAX},
        },
        search::{
            Filter, Query,
            global::{self, Chats, Global, everywhere},
            index::{IndexMailbox, STEP},
            posts::{After, Sought, posts},
            quota::{PER_DAY, TakeSearch, quota},
            search,
        },
        send::SendMessage,
    },
    spaces::{PUBLIC_TAG, PUBLISHED},
    testing::{Hall, ready},
};

/// Two people, and what one of them publishes.
struct Press {
    hall: Hall,
    alice: Caller,
    bob: Caller,
}

impl Press {
    fn new() -> Self {
        let hall = Hall::new();
        let [alice, bob] =
            [("Alice", "9996626001"), ("Bob", "9996626002")].map(|(name, phone)| hall.person(name, phone));
        Self { hall, alice, bob }
    }

    fn make(&self, broadcast: bool, name: Option<&str>) -> ChannelId {
        let (title, about) = ("Paper".to_owned(), String::new());
        let new = CreateChannel { by: self.alice, title, about, broadcast, forum: false, ttl_period: 0 };
        let id = self.hall.run(new).expect("made").0;
        name.into_iter().for_each(|name| self.name(id, name));
        id
    }

    /// A public name; empty: none any more.
    fn name(&self, channel: ChannelId, name: &str) {
        let naming = Naming::Main(name.into());
        self.hall.run(NameChannel { by: self.alice, channel, naming }).expect("named");
    }

    fn post(&self, to: impl Place, text: &str) -> MessageId {
        let random_id = i64::from_be_bytes(self.hall.domain.draw());
        let send = SendMessage {
            by: self.alice,
            peer: to.peer(),
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
        self.hall.run(send).expect("posted").message
    }

    fn job(&self) {
        while ready(tags::run(&self.hall.domain)).expect("runs") {}
    }

    fn index(&self, channel: ChannelId) {
        while self.hall.run(IndexMailbox { log: channel.into() }).expect("indexes") {}
    }

    fn sought(&self, sought: Sought) -> Result<Vec<String>, Refusal> {
        let found = self.hall.ask(|view| posts(view, self.bob.user, &sought, After::default(), 50))?;
        Ok(found.messages.into_iter().map(|it| it.body.text).collect())
    }

    fn tagged(&self, tag: &str) -> Vec<String> {
        self.sought(Sought::Tag(tag.into())).expect("searches")
    }

    fn worded(&self, words: &str) -> Vec<String> {
        self.sought(Sought::Words(words.into())).expect("searches")
    }

    fn rows(&self, space: store::Subspace) -> usize {
        let all =
            store::Range { start: store::Key::from_bytes(&[space.id]), end: store::Key::from_bytes(&[space.id + 1]) };
        ready(store::Kv::scan(self.hall.kv(), &all, store::Direction::Forward, 100_000)).expect("reads").len()
    }
}

/// Where a post goes.
trait Place {
    fn peer(self) -> Peer;
}

impl Place for ChannelId {
    fn peer(self) -> Peer {
        Peer::Channel(self)
    }
}

impl Place for Peer {
    fn peer(self) -> Peer {
        self
    }
}

fn texts<const N: usize>(all: [&str; N]) -> Vec<String> {
    all.map(str::to_owned).into()
}

#[test]
fn posts_of_public_channels_are_found_by_their_whole_tags_and_others_are_not() {
    let it = Press::new();
    let (paper, hidden, group) =
        (it.make(true, Some("the_paper")), it.make(true, None), it.make(false, Some("the_group")));
    it.post(paper, "of #Moths and #night_moths");
    it.hall.pass(1);
    it.post(paper, "$USD and #MOTHS");
    it.post(hidden, "secret #moths");
    it.post(group, "a group's #moths");
    assert_eq!(it.tagged("moths"), ["$USD and #MOTHS", "of #Moths and #night_moths"]);
    assert_eq!(it.tagged("#moths").len(), 2);
    assert_eq!(it.tagged("night_moths"), ["of #Moths and #night_moths"]);
    assert_eq!((it.tagged("moth"), it.tagged("night"), it.tagged("usd")), (texts([]), texts([]), texts([])));
    assert_eq!(it.tagged("$usd"), ["$USD and #MOTHS"]);
    for wrong in ["", "#", "two words", "a#b", "#@"] {
        assert_eq!(it.sought(Sought::Tag(wrong.into())), Err(Refusal::HashtagInvalid), "{wrong}");
    }
    let many: Vec<_> = (0..TAGS_MAX + 2).map(|n| format!("#tag{n}")).collect();
    it.post(paper, &many.join(" "));
    assert_eq!(it.tagged(&format!("tag{}", TAGS_MAX - 1)).len(), 1);
    assert_eq!(it.tagged(&format!("tag{TAGS_MAX}")), texts([]), "more tags are not kept");
}

#[test]
fn an_edit_or_a_deletion_takes_a_post_out_of_its_tags() {
    let it = Press::new();
    let paper = it.make(true, Some("the_paper"));
    let (one, two) = (it.post(paper, "one #moths"), it.post(paper, "two #moths #bees"));
    let edit = EditMessage {
        by: it.alice,
        peer: Peer::Channel(paper),
        message: one,
        text: "one #beetles".into(),
        entities: Vec::new(),
        no_webpage: false,
    };
    it.hall.run(edit).expect("edited");
    assert_eq!((it.tagged("moths"), it.tagged("beetles")), (texts(["two #moths #bees"]), texts(["one #beetles"])));
    it.hall.run(DeletePosts { by: it.alice, channel: paper, messages: vec![two] }).expect("deleted");
    assert_eq!((it.tagged("moths"), it.tagged("bees"), it.rows(PUBLIC_TAG)), (texts([]), texts([]), 1));
    it.hall.run(DeleteChannel { by: it.alice, channel: paper }).expect("deleted");
    assert_eq!(it.tagged("beetles"), texts([]));
    it.job();
    while ready(deletion::run(&it.hall.domain)).expect("runs") {}
    assert_eq!((it.rows(PUBLIC_TAG), it.rows(PUBLISHED)), (0, 0));
}

#[test]
fn what_was_posted_before_a_channel_became_public_is_found_and_after_it_became_private_is_not() {
    let it = Press::new();
    let paper = it.make(true, None);
    for n in 0..300 {
        it.post(paper, &format!("{n} #moths"));
    }
    assert_eq!(it.rows(PUBLIC_TAG), 0, "nothing of a private channel is written");
    it.name(paper, "the_paper");
    it.post(paper, "now #moths");
    assert_eq!(it.tagged("moths"), ["now #moths"]);
    it.job();
    assert_eq!((it.tagged("moths").len(), it.rows(PUBLIC_TAG), it.rows(PUBLISHED)), (50, 301, 0));
    it.name(paper, "");
    assert_eq!(it.tagged("moths"), texts([]), "at once");
    it.job();
    assert_eq!((it.rows(PUBLIC_TAG), it.rows(PUBLISHED)), (0, 0));
}

#[test]
fn pages_of_tagged_posts_leave_none_out_and_show_none_twice() {
    let it = Press::new();
    let papers = [it.make(true, Some("paper_one")), it.make(true, Some("paper_two"))];
    for n in 0..25 {
        it.post(papers[n % 2], &format!("{n} #moths"));
        it.hall.pass((n % 3 / 2) as u64);
    }
    for sought in [Sought::Tag("moths".into()), Sought::Words("moths".into())] {
        let (mut after, mut all) = (After::default(), Vec::new());
        loop {
            let page = it.hall.ask(|view| posts(view, it.bob.user, &sought, after, 10)).expect("searches");
            assert_eq!((page.count, page.inexact), (25, false));
            let last = page.messages.last().expect("a page has some");
            let channel = last.row.peer.channel().expect("a channel's");
            after = After { date: last.row.date, channel, message: last.id };
            all.extend(page.messages.iter().map(|it| (std::cmp::Reverse(it.row.date), it.body.text.clone())));
            if !page.more {
                break;
            }
        }
        assert!(all.is_sorted_by_key(|it| it.0), "newest first");
        all.sort_by(|one, other| one.1.cmp(&other.1));
        all.dedup();
        assert_eq!(all.len(), 25, "{sought:?}");
    }
}

#[test]
fn words_find_public_posts_that_are_indexed_and_those_that_are_not() {
    let it = Press::new();
    let (paper, hidden) = (it.make(true, Some("the_paper")), it.make(true, None));
    for n in 0..STEP {
        it.post(paper, &format!("zephyr {n}"));
    }
    it.post(hidden, "a secret zephyr");
    it.index(paper);
    it.hall.pass(1);
    it.post(paper, "zephyr of a moment ago");
    assert_eq!(it.worded("ZEPH")[0], "zephyr of a moment ago");
    assert_eq!((it.worded("zephyr").len(), it.worded("zephyr 7 ")), (50, texts(["zephyr 7"])));
    assert_eq!(it.worded("secret"), texts([]));
    assert_eq!(it.sought(Sought::Words(" ?".into())), Err(Refusal::SearchQueryEmpty));
    it.post(paper, "a #zephyr");
    let (rights, until) = (BannedRights::VIEW_MESSAGES, 0);
    it.hall.run(EditBanned { by: it.alice, channel: paper, user: it.bob.user, rights, until }).expect("the owner may");
    assert_eq!((it.worded("zephyr"), it.tagged("zephyr")), (texts([]), texts([])), "who is banned finds nothing");
}

#[test]
fn public_posts_are_searched_so_far_back_and_own_chats_and_the_channel_itself_further() {
    let it = Press::new();
    let paper = it.make(true, Some("the_paper"));
    const POSTS: usize = 12 * STEP;
    for n in 0..POSTS {
        it.post(paper, &format!("zephyr {n}"));
    }
    it.index(paper);
    let found = it.hall.ask(|view| {
        let sought = Sought::Words("zephyr".into());
        posts(view, it.bob.user, &sought, After::default(), 1)
    });
    // Eight blocks of the index, and what is beyond it: the first message is no post.
    assert_eq!(found.expect("searches").count, 8 * STEP + 1);
    let query = || Query { words: "zephyr".into(), ..Query::default() };
    let global = Global { query: query(), limit: 1, ..Global::default() };
    assert_eq!(it.hall.ask(|view| everywhere(view, it.alice.user, &global)).expect("searches").count, POSTS);
    let inside = Query { peer: Some(Peer::Channel(paper)), ..query() };
    let wanted = crate::messages::search::Wanted { query: inside, ..Default::default() };
    assert_eq!(it.hall.ask(|view| search(view, it.bob.user, &wanted)).expect("searches").count, POSTS);
}

#[test]
fn a_day_has_so_many_searches_and_the_same_one_costs_nothing() {
    let it = Press::new();
    let take = |query: String| it.hall.run(TakeSearch { by: it.bob, query }).map(|it| (it.free, it.left));
    let left = |query: &str| {
        let it = it.hall.ask(|view| quota(view, it.bob.user, Some(query))).expect("reads");
        (it.free, it.left, it.again.is_some())
    };
    assert_eq!(left("moths"), (false, PER_DAY, false));
    assert_eq!(take("moths at night".into()), Ok((true, PER_DAY - 1)));
    assert_eq!(take("Night MOTHS at".into()), Ok((true, PER_DAY - 1)));
    assert_eq!(left("night at moths"), (true, PER_DAY - 1, false));
    it.hall.pass(3600);
    for n in 1..PER_DAY {
        take(format!("query {n}")).expect("some are left");
    }
    assert_eq!(left("moths"), (false, 0, true));
    assert_eq!(take("moths".into()), Err(Refusal::FloodWait(23 * 3600)));
    assert_eq!(take("moths at night".into()), Ok((true, 0)));
    it.hall.pass(23 * 3600);
    assert_eq!(take("moths".into()), Ok((true, PER_DAY - 1)), "another day");
}

impl Press {
    fn everywhere(&self, by: Caller, words: &str, chats: Chats) -> Vec<String> {
        let query = Query { words: words.into(), ..Query::default() };
        let wanted = Global { query, chats, limit: 100, ..Global::default() };
        let found = self.hall.ask(|view| everywhere(view, by.user, &wanted)).expect("searches");
        assert_eq!(found.count, found.messages.len());
        found.messages.into_iter().map(|it| it.body.text).collect()
    }
}

#[test]
fn a_search_of_all_chats_looks_into_joined_channels_and_groups() {
    let it = Press::new();
    let (paper, club, other) =
        (it.make(true, Some("the_paper")), it.make(false, None), it.make(true, Some("not_joined")));
    it.post(club, "zephyr before bob came");
    let setting = Setting::HistoryHidden(true);
    it.hall.run(ChangeChannel { by: it.alice, channel: club, setting }).expect("the owner may");
    it.hall.run(JoinChannel { by: it.bob, channel: paper }).expect("it is public");
    it.hall.run(InviteToChannel { by: it.alice, channel: club, users: vec![it.bob.user] }).expect("the owner may");
    for (to, text) in [
        (Peer::Channel(paper), "zephyr in the paper"),
        (Peer::Channel(club), "zephyr in the club"),
        (Peer::User(it.bob.user), "zephyr in private"),
        (Peer::Channel(other), "zephyr elsewhere"),
    ] {
        it.hall.pass(1);
        it.post(to, text);
    }
    let all = it.everywhere(it.bob, "zeph", Chats::All);
    assert_eq!(all, ["zephyr in private", "zephyr in the club", "zephyr in the paper"]);
    assert_eq!(it.everywhere(it.bob, "zeph", Chats::People), ["zephyr in private"]);
    assert_eq!(it.everywhere(it.bob, "zeph", Chats::Groups), ["zephyr in the club"]);
    assert_eq!(it.everywhere(it.bob, "zeph", Chats::Broadcasts), ["zephyr in the paper"]);
    assert_eq!(it.everywhere(it.alice, "zeph before", Chats::All).len(), 1, "its owner reads what was said before");
    let archived = Global {
        query: Query { words: "zeph".into(), ..Query::default() },
        folder: Some(1),
        limit: 10,
        ..Global::default()
    };
    let count = || it.hall.ask(|view| everywhere(view, it.bob.user, &archived)).expect("searches").count;
    assert_eq!(count(), 0);
    it.hall.run(Archive(it.bob, Peer::Channel(paper))).expect("moved");
    assert_eq!(count(), 1);
    let empty = it.hall.ask(|view| everywhere(view, it.bob.user, &Global::default()));
    assert_eq!(empty.map(|it| it.count), Err(Refusal::SearchQueryEmpty));
}

/// Moves a chat into the archive.
struct Archive(Caller, Peer);

impl crate::Command for Archive {
    type Reply = ();

    fn decide(&self, turn: &mut crate::turn::Turn<'_>) -> crate::view::Decided<()> {
        dialogs::change(turn, self.0.user, self.1, |it| it.folder = 1).map(drop)
    }
}

#[test]
fn pages_of_a_search_of_all_chats_go_through_mailbox_and_channels_by_date() {
    let it = Press::new();
    let (paper, club) = (it.make(true, Some("the_paper")), it.make(false, None));
    for n in 0..30_u64 {
        let to = [Peer::Channel(paper), Peer::Channel(club), Peer::User(it.bob.user)][n as usize % 3];
        it.post(to, &format!("zephyr {n:02}"));
        it.hall.pass(n % 2);
    }
    let (mut after, mut all) = (global::After::default(), Vec::new());
    loop {
        let query = Query { words: "zephyr".into(), filter: Filter::All, ..Query::default() };
        let wanted = Global { query, after, limit: 7, ..Global::default() };
        let page = it.hall.ask(|view| everywhere(view, it.alice.user, &wanted)).expect("searches");
        assert_eq!((page.count, page.before), (30, all.len()));
        let last = page.messages.last().expect("a page has some");
        after = global::After { date: last.row.date, peer: Some(last.row.peer), message: last.id };
        all.extend(page.messages.iter().map(|it| it.body.text.clone()));
        if !page.more {
            break;
        }
    }
    assert_eq!(all.len(), 30);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 30);
}

#[test]
fn a_channel_that_one_has_not_joined_is_searched_for_a_tag() {
    let it = Press::new();
    let paper = it.make(true, Some("the_paper"));
    it.post(paper, "of #moths");
    it.post(paper, "of moths");
    let query = Query { words: "#moths".into(), peer: Some(Peer::Channel(paper)), ..Query::default() };
    let part = crate::messages::history::Part { limit: 10, ..Default::default() };
    let wanted = crate::messages::search::Wanted { query, part, ..Default::default() };
    let found = it.hall.ask(|view| search(view, it.bob.user, &wanted)).expect("it is public");
    assert_eq!(found.messages.into_iter().map(|it| it.body.text).collect::<Vec<_>>(), ["of #moths"]);
}

#[test]
fn no_tag_is_readable_on_the_disk() {
    let it = Press::new();
    let paper = it.make(true, Some("the_paper"));
    it.post(paper, "of #obelisk");
    it.hall.run(TakeSearch { by: it.bob, query: "quartzite".into() }).expect("some are left");
    assert_eq!(it.tagged("obelisk").len(), 1);
    let snapshot = ready(store::Kv::snapshot(it.hall.kv())).expect("memory");
    let rows = snapshot.page(None, usize::MAX).expect("memory");
    let disk: Vec<u8> = rows.iter().flat_map(|(key, value)| [key.as_bytes(), value].concat()).collect();
    for word in ["obelisk", "quartzite"] {
        assert!(!disk.windows(word.len()).any(|it| it == word.as_bytes()), "{word} is readable");
    }
}
