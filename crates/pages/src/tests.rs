//! Whole pages, over a whole domain: what strangers see, what they never see, and when a page is made anew.

use std::{
    future::Future,
    pin::pin,
    sync::atomic::{AtomicI64, Ordering},
    task::{Context, Poll, Waker},
};

use domain::{
    Caller, ChannelId, Command, Decided, MessageId, Peer, Turn,
    files::{
        Attribute, Document, Photo, PhotoSize, Stored,
        links::{self, NoFile},
    },
    groups::{
        channel,
        create::CreateChannel,
        deletion::DeleteChannel,
        photo::EditChannelPhoto,
        settings::{ChangeChannel, Setting},
        usernames::{NameChannel, Naming},
    },
    messages::{
        edit::EditMessage,
        forward::ForwardMessages,
        media::{Media, MediaBody, SendMedia},
        posts::DeletePosts,
        send::{SendMessage, Sent},
    },
    people::{NameKind, Username, names::claim_for},
    testing::Hall,
};

use crate::{Ask, Config, Page, Pages};

const HERE: &str = "https://chat.example.org";

/// A server with pages and somebody who has channels there.
struct Server {
    hall: Hall,
    pages: Pages,
    owner: Caller,
    random: AtomicI64,
}

impl Server {
    fn new() -> Self {
        let hall = Hall::new();
        let owner = hall.person("Claude", "9996621000");
        let pages = Pages::new(Config { site: "Test & Co".into(), base: None });
        Self { hall, pages, owner, random: AtomicI64::new(1) }
    }

    fn channel(&self, title: &str, name: Option<&str>) -> ChannelId {
        self.group(title, name, true)
    }

    fn group(&self, title: &str, name: Option<&str>, broadcast: bool) -> ChannelId {
        let (by, title, about) = (self.owner, title.to_owned(), "About <it>".to_owned());
        let made = CreateChannel { by, title, about, broadcast, forum: false, ttl_period: 0 };
        let (id, _) = self.hall.run(made).unwrap();
        if let Some(name) = name {
            self.name(id, name);
        }
        id
    }

    fn name(&self, channel: ChannelId, name: &str) {
        self.hall.run(NameChannel { by: self.owner, channel, naming: Naming::Main(name.into()) }).unwrap();
    }

    fn post(&self, channel: ChannelId, text: &str) -> MessageId {
        let sent: Sent = self.hall.run(self.message(channel, text)).unwrap();
        sent.message
    }

    fn message(&self, channel: ChannelId, text: &str) -> SendMessage {
        SendMessage {
            by: self.owner,
            peer: Peer::Channel(channel),
            text: text.into(),
            entities: Vec::new(),
            reply: None,
            random_id: self.random.fetch_add(1, Ordering::Relaxed),
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        }
    }

    /// A video that nobody has stored.
    fn video(&self, channel: ChannelId) -> MessageId {
        let stored = Stored { id: 77, size: 5, ..Stored::default() };
        let name = Attribute::FileName { name: "<film>.mp4".into() };
        let shape = Attribute::Video {
            round: false,
            streaming: true,
            silent: false,
            duration: 1.0,
            width: 640,
            height: 360,
            prefix: 0,
            starts: 0.0,
            codec: String::new(),
        };
        let mime = "video/mp4".to_owned();
        let document = Document { stored, mime, attributes: vec![name, shape], ..Document::default() };
        let body = MediaBody::Document { document, spoiler: false, ttl: 0, cover: None, starts: 0 };
        let send = self.message(channel, "a film");
        self.hall.run(SendMedia { send, media: Media::Files(Box::new(body)) }).unwrap().message
    }

    fn ask(&self, target: &str) -> Option<Page> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        ready(self.pages.answer(&self.hall.domain, Ask { path, query, origin: HERE }))
    }

    #[track_caller]
    fn get(&self, target: &str, status: u16) -> String {
        let page = self.ask(target).unwrap();
        let body = String::from_utf8(page.body.to_vec()).unwrap();
        assert_eq!(page.status, status, "{target}: {body}");
        body
    }
}

/// The memory engine answers at once.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(it) => it,
        Poll::Pending => panic!("the memory engine waits"),
    }
}

#[track_caller]
fn has(body: &str, all: &[&str]) {
    for it in all {
        assert!(body.contains(it), "no {it} in {body}");
    }
}

#[test]
fn a_public_channel_is_read_by_its_name_in_any_case() {
    let server = Server::new();
    let id = server.channel("Optics & <more>", Some("Optical_Line"));
    server.post(id, "first <post>");
    let page = server.get("/s/optical_LINE", 200);
    has(
        &page,
        &[
            "<title>Optics &amp; &lt;more&gt;</title>",
            "About &lt;it&gt;",
            "first &lt;post&gt;",
            "<link rel=\"canonical\" href=\"https://chat.example.org/s/Optical_Line\">",
            "property=\"og:title\" content=\"Optics &amp; &lt;more&gt;\"",
            "href=\"tg://resolve?domain=Optical_Line\"",
            "<time datetime=\"2026-01-01T00:00:00Z\"",
            "Channel created",
        ],
    );
    has(&server.get("/optical_line", 200), &["@Optical_Line", "1 subscriber", "href=\"/s/Optical_Line\""]);
    has(
        &server.get("/optical_line/2", 200),
        &["first &lt;post&gt;", "domain=Optical_Line&amp;post=2", "og:type\" content=\"article"],
    );
}

#[test]
fn nothing_tells_a_private_channel_from_none() {
    let server = Server::new();
    let secret = server.channel("Secret plans", None);
    server.post(secret, "the third stone");
    let was_public = server.channel("Withdrawn", Some("withdrawn"));
    server.post(was_public, "too late");
    assert!(server.get("/s/withdrawn", 200).contains("too late"), "it is kept");
    server.name(was_public, "");
    let gone = server.channel("Deleted", Some("deleted_one"));
    server.post(gone, "never mind");
    server.hall.run(DeleteChannel { by: server.owner, channel: gone }).unwrap();
    for path in ["/s/%", "/%", "/%/2", "/s/%/2", "/s/%/feed", "/s/%?before=3"] {
        let told = |name: &str| server.get(&path.replace('%', name), 404).replace(name, "%");
        let unknown = told("nobody_here");
        assert_eq!(told("withdrawn"), unknown, "{path}");
        assert_eq!(told("deleted_one"), unknown, "{path}");
        has(&unknown, &["noindex"]);
    }
}

#[test]
fn what_is_forwarded_from_a_private_channel_does_not_name_it() {
    let server = Server::new();
    let (public, other) = (server.channel("Public", Some("public_one")), server.channel("Other", Some("other_one")));
    let secret = server.channel("Secret plans", None);
    let told = [server.post(secret, "what may be told"), server.post(other, "known to all")];
    for (from, message) in [secret, other].into_iter().zip(told) {
        let (from, to) = (Peer::Channel(from), Peer::Channel(public));
        let random_ids = vec![server.random.fetch_add(1, Ordering::Relaxed)];
        let forward = ForwardMessages {
            by: server.owner,
            from,
            to,
            messages: vec![message],
            random_ids,
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        server.hall.run(forward).unwrap();
    }
    for page in ["/s/public_one", "/public_one/2", "/public_one/3", "/s/public_one/feed"] {
        assert!(!server.get(page, 200).contains("Secret plans"), "{page}");
    }
    let page = server.get("/s/public_one", 200);
    has(
        &page,
        &["Forwarded from <strong>a private channel</strong>", "Forwarded from <a href=\"/other_one/2\">Other</a>"],
    );
    // A copy counts with what it was made of; of a private channel's post that is not told either.
    let counted = [2, 3].map(|id| server.get(&format!("/public_one/{id}"), 200).contains(" view<"));
    assert_eq!(counted, [false, true]);
}

#[test]
fn what_changes_is_on_the_next_page_and_nothing_else_makes_one() {
    let server = Server::new();
    let id = server.channel("Optics", Some("optics"));
    let first = server.post(id, "as it was");
    let kept = server.ask("/s/optics").unwrap();
    let again = server.ask("/s/optics").unwrap();
    assert_eq!(kept.body.as_ptr(), again.body.as_ptr(), "it is the page that was made before");
    let (by, peer, text) = (server.owner, Peer::Channel(id), "as it is".to_owned());
    server.hall.run(EditMessage { by, peer, message: first, text, entities: Vec::new(), no_webpage: false }).unwrap();
    has(&server.get("/s/optics", 200), &["as it is", "edited"]);
    let second = server.post(id, "one more");
    has(&server.get("/s/optics", 200), &["one more"]);
    server.hall.run(DeletePosts { by: server.owner, channel: id, messages: vec![second] }).unwrap();
    assert!(!server.get("/s/optics", 200).contains("one more"));
    has(&server.get(&format!("/optics/{}", second.0), 410), &["was deleted"]);
    has(&server.get("/optics/1000", 404), &["no post 1000 yet"]);
    let title = Setting::Title("Optics and more".into());
    server.hall.run(ChangeChannel { by: server.owner, channel: id, setting: title }).unwrap();
    has(&server.get("/s/optics", 200), &["<title>Optics and more</title>"]);
    // Numbers that no log tells of are as old as this at most.
    let kept = server.ask("/s/optics").unwrap();
    server.hall.pass(crate::FRESH_SECONDS);
    let anew = server.ask("/s/optics").unwrap();
    assert_ne!(kept.body.as_ptr(), anew.body.as_ptr());
    assert_eq!(kept.etag, anew.etag, "the same is not sent again");
}

#[test]
fn a_renamed_channel_leads_from_its_new_name_only() {
    let server = Server::new();
    let id = server.channel("Optics", Some("optics_old"));
    server.get("/s/optics_old", 200);
    server.name(id, "optics_new");
    server.get("/s/optics_old", 404);
    has(
        &server.get("/s/optics_new", 200),
        &["/s/optics_new/feed", "<link rel=\"canonical\" href=\"https://chat.example.org/s/optics_new\">"],
    );
}

/// Gives a channel another name, as an auction would.
struct Extra(ChannelId, &'static str);

impl Command for Extra {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let Extra(id, name) = *self;
        let mut row = channel::existing(turn, id)?;
        let mut card = channel::card(turn, id, &row)?;
        claim_for(turn, NameKind::Username, name, Peer::Channel(id));
        card.usernames.push(Username { name: name.into(), active: true, ..Username::default() });
        channel::put_channel_with(turn, id, &mut row, &card)
    }
}

#[test]
fn every_active_name_leads_to_the_channel_and_the_first_is_canonical() {
    let server = Server::new();
    let id = server.channel("Optics", Some("optics"));
    server.post(id, "by any name");
    server.hall.run(Extra(id, "Lenses")).unwrap();
    for name in ["optics", "lenses", "LENSES"] {
        let page = server.get(&format!("/s/{name}"), 200);
        has(&page, &["by any name", "<link rel=\"canonical\" href=\"https://chat.example.org/s/optics\">"]);
        has(
            &server.get(&format!("/{name}/2"), 200),
            &["<link rel=\"canonical\" href=\"https://chat.example.org/optics/2\">"],
        );
    }
    let naming = Naming::Toggle("Lenses".into(), false);
    server.hall.run(NameChannel { by: server.owner, channel: id, naming }).unwrap();
    server.get("/s/lenses", 404);
    server.get("/lenses/2", 404);
    server.get("/s/optics", 200);
}

#[test]
fn pages_lead_through_a_channel_and_each_post_stands_on_one() {
    let server = Server::new();
    let id = server.channel("Optics", Some("optics"));
    for number in 2..=45 {
        server.post(id, &format!("number {number}"));
    }
    let numbers = |page: &str| {
        let ids = page.split(" id=\"p").skip(1).map(|it| it.split('"').next().unwrap().parse::<u32>().unwrap());
        ids.collect::<Vec<_>>()
    };
    let newest = server.get("/s/optics", 200);
    assert_eq!(numbers(&newest), (26..=45).rev().collect::<Vec<_>>());
    assert!(newest.contains("?before=26") && !newest.contains("?after="));
    let middle = server.get("/s/optics?before=26", 200);
    assert_eq!(numbers(&middle), (6..=25).rev().collect::<Vec<_>>());
    assert!(middle.contains("?before=6") && middle.contains("?after=25"));
    let oldest = server.get("/s/optics?before=6", 200);
    assert_eq!(numbers(&oldest), (1..=5).rev().collect::<Vec<_>>());
    assert!(!oldest.contains("rel=\"next\"") && oldest.contains("?after=5"));
    assert_eq!(numbers(&server.get("/s/optics?after=5", 200)), (6..=25).rev().collect::<Vec<_>>());
    assert!(numbers(&server.get("/s/optics?after=45", 200)).is_empty());
    assert!(numbers(&server.get("/s/optics?before=1", 200)).is_empty());
}

#[test]
fn a_protected_channel_is_shown_and_not_carried_on() {
    let server = Server::new();
    let id = server.channel("Optics", Some("optics"));
    server.post(id, "not to be carried on");
    has(&server.get("/s/optics/feed", 200), &["not to be carried on"]);
    server.hall.run(ChangeChannel { by: server.owner, channel: id, setting: Setting::NoForwards(true) }).unwrap();
    has(&server.get("/s/optics", 200), &["not to be carried on", "class=\"protected\"", "noarchive"]);
    let feed = server.get("/s/optics/feed", 200);
    assert!(!feed.contains("not to be carried on") && feed.contains("Post 2"), "{feed}");
}

/// The link to a file on a page.
fn link_on(page: &str) -> Option<&str> {
    page.split_once("/file/")?.1.split('"').next()
}

#[test]
fn files_of_posts_are_fetched_by_links_of_the_pages_and_feeds() {
    let server = Server::new();
    let id = server.channel("Optics", Some("optics"));
    let post = server.video(id);
    let page = server.get("/s/optics", 200);
    has(&page, &["<video src=\"/file/", "width=\"640\"", "controls preload=\"none\"></video>"]);
    has(&server.get("/s/optics/feed", 200), &["&lt;video src=&quot;https://chat.example.org/file/"]);
    let follow = |link: &str| ready(links::follow(&server.hall.domain, link));
    let link = link_on(&page).unwrap();
    assert_eq!(follow(link).map(|it| (it.stored.id, it.kind, it.name)), Ok((77, "video/mp4", "<film>.mp4".into())));
    server.hall.run(DeletePosts { by: server.owner, channel: id, messages: vec![post] }).unwrap();
    assert_eq!(follow(link), Err(NoFile::Gone));
}

#[test]
fn groups_have_a_card_and_no_posts() {
    let server = Server::new();
    let id = server.group("Talk", Some("tower_talk"), false);
    server.post(id, "among ourselves");
    let list = server.ask("/s/tower_talk").unwrap();
    assert_eq!((list.status, list.location.as_deref()), (302, Some("/tower_talk")));
    for page in ["/tower_talk", "/tower_talk/2"] {
        let page = server.get(page, 200);
        assert!(page.contains("1 member") && !page.contains("among ourselves"), "{page}");
    }
}

#[test]
fn names_of_people_show_nothing() {
    let server = Server::new();
    let name = domain::people::usernames::UpdateUsername { by: server.owner, name: "claude".into() };
    server.hall.run(name).unwrap();
    for path in ["/claude", "/s/claude", "/claude/1"] {
        assert!(!server.get(path, 404).contains("Claude"), "{path}");
    }
    assert_eq!(server.ask("/favicon.ico"), None);
}

#[test]
fn pages_kept_do_not_fill_the_memory() {
    let server = Server::new();
    let id = server.channel("Optics", Some("optics"));
    for _ in 0..30 {
        server.post(id, &"long ".repeat(800));
    }
    for number in 100..330 {
        server.get(&format!("/s/optics?before={number}"), 200);
    }
    let kept = server.pages.kept.bytes();
    assert!((1..=16 << 20).contains(&kept), "{kept}");
}

#[test]
fn a_channel_shows_its_photo_by_a_link_that_strangers_may_follow() {
    let server = Server::new();
    let channel = server.channel("Optics", Some("optics"));
    assert!(!server.ask("/optics").unwrap().body.windows(6).any(|it| it == b"/file/"));
    let stored = Stored { id: 78, size: 5, ..Stored::default() };
    let sizes = vec![PhotoSize { kind: "b".into(), width: 320, height: 320, stored, ..PhotoSize::default() }];
    let edit = |photo| EditChannelPhoto { by: server.owner, channel, photo };
    server.hall.run(edit(Some(Photo { id: 9, sizes, ..Photo::default() }))).unwrap();
    let shown = |path: &str| String::from_utf8(server.ask(path).unwrap().body.to_vec()).unwrap();
    for path in ["/optics", "/s/optics"] {
        let page = shown(path);
        let (_, rest) = page.split_once("class=\"portrait\" src=\"/file/").expect("an image");
        let link = rest.split_once('"').expect("it ends").0;
        assert!(page.contains(&format!("property=\"og:image\" content=\"{HERE}/file/{link}\"")));
        assert_ne!(ready(links::follow(&server.hall.domain, link)).err(), Some(NoFile::Gone));
    }
    assert!(shown("/s/optics").contains("Channel photo changed"));
    server.hall.run(edit(None)).unwrap();
    assert!(!shown("/optics").contains("/file/") && shown("/s/optics").contains("Channel photo removed"));
}
