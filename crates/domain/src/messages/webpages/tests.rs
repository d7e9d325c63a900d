//! Links of messages become pages: on their way, there, or nothing; shown to all who have the message, and forgotten.

use previews::{Allowed, Link};
use store::{Direction, Key, Range};

use super::{
    arrival::{Arrived, Errand, errands, forget, settle},
    *,
};
use crate::{
    Caller,
    files::{Carrier, links},
    groups::{
        BannedRights,
        basic::{
            create::CreateChat,
            info::{EditChat, Info},
        },
        create::CreateChannel,
        usernames::{NameChannel, Naming},
    },
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::{
        Media, SeenMedia,
        edit::{EditMessage, EditWithPage},
        forward::ForwardMessages,
        media::SendMedia,
        seen_in,
        send::SendMessage,
    },
    refusal::Refusal,
    spaces::{WEB_PAGE, WEB_PAGE_DAY, WEB_PAGE_ERRAND, WEB_PAGE_WAIT},
    testing::{Hall, ready},
    updates::{Change, Event},
    view::View,
    world::Settings,
};

const URL: &str = "https://towers.example/lille";

fn hall() -> Hall {
    let settings = Settings {
        test_accounts: true,
        previews: true,
        previews_allow: Allowed::new(["wiki.intranet"]),
        own_hosts: vec!["t.me".into()],
        site: "Chappe".into(),
        ..Settings::default()
    };
    Hall::with(settings, false)
}

fn message(by: Caller, peer: Peer, text: &str, random_id: i64) -> SendMessage {
    SendMessage {
        by,
        peer,
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
    }
}

/// A chat: a person's, or any.
struct To(Peer);

impl From<UserId> for To {
    fn from(it: UserId) -> Self {
        To(Peer::User(it))
    }
}

impl From<Peer> for To {
    fn from(it: Peer) -> Self {
        To(it)
    }
}

fn send(hall: &Hall, by: Caller, peer: impl Into<To>, text: &str) -> MessageId {
    let random_id = 1 + hall.written() as i64;
    hall.run(message(by, peer.into().0, text, random_id)).unwrap().message
}

fn send_with(hall: &Hall, by: Caller, to: UserId, text: &str, wish: Wish) -> Result<MessageId, Refusal> {
    let send = message(by, Peer::User(to), text, 1 + hall.written() as i64);
    hall.run(SendMedia { send, media: Media::WebPage(Box::new(wish)) }).map(|it| it.message)
}

fn page_of(hall: &Hall, viewer: UserId, log: impl Into<LogId>, id: MessageId) -> Option<SeenPage> {
    let log = log.into();
    let seen = hall.ask(|view| seen_in(view, viewer, log, [id])).unwrap().pop().expect("the message is there");
    match seen.media {
        Some(SeenMedia::WebPage(it)) => Some(*it),
        None => None,
        other => panic!("{other:?} is carried"),
    }
}

fn under_way(hall: &Hall) -> Vec<Errand> {
    hall.ask(|view| errands(view, 100)).unwrap()
}

fn came(title: &str) -> Arrived {
    Arrived { kind: "article".into(), title: title.into(), ..Arrived::default() }
}

/// Runs every errand, with the same end.
fn arrive(hall: &Hall, end: Option<Arrived>) {
    for errand in under_way(hall) {
        ready(settle(&hall.domain, &errand, end.clone())).unwrap();
    }
}

/// Whose logs told of a page since the last look.
fn told(hall: &Hall) -> Vec<LogId> {
    let of = |it: Event| match it {
        Event::Logged { log, entry, .. } if matches!(entry.change, Change::WebPage { .. }) => Some(log),
        _ => None,
    };
    hall.events().into_iter().filter_map(of).collect()
}

fn title(page: Option<SeenPage>) -> Option<String> {
    match page?.what {
        What::Found { card, .. } => Some(card.title),
        What::Pending(_) | What::Nothing => None,
    }
}

fn rows(hall: &Hall, space: store::Subspace) -> usize {
    let range = Range { start: Key::from_bytes(&[space.id]), end: Key::from_bytes(&[space.id + 1]) };
    hall.ask(|view| view.scan(&range, Direction::Forward, 999)).unwrap().len()
}

#[test]
fn a_link_is_shown_to_both_sides_once_its_page_has_come() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, ann, ben.user, &format!("see {URL} and https://other.example/"));
    let page = page_of(&hall, ben.user, ben.user, id).unwrap();
    assert!(matches!(page.what, What::Pending(until) if until > hall.domain.now().secs()));
    assert_eq!((page.url.as_str(), page.safe, page.manual), (URL, true, false));
    let errand = under_way(&hall);
    assert_eq!(errand.iter().map(|it| it.url.as_str()).collect::<Vec<_>>(), [URL]);
    hall.events();
    arrive(&hall, Some(came("Towers")));
    assert_eq!(told(&hall), [LogId::from(ann.user), ben.user.into()]);
    for who in [ann, ben] {
        assert_eq!(title(page_of(&hall, who.user, who.user, id)).as_deref(), Some("Towers"));
    }
    assert!(under_way(&hall).is_empty() && rows(&hall, WEB_PAGE_WAIT) == 0);
    send(&hall, ben, ann.user, URL);
    assert!(under_way(&hall).is_empty(), "it is known now");
    assert_eq!(rows(&hall, WEB_PAGE), 1);
}

#[test]
fn nothing_of_a_link_or_a_page_lies_open() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    send(&hall, ann, ben.user, URL);
    arrive(&hall, Some(came("A secret tower")));
    let all = Range { start: Key::from_bytes(&[0]), end: Key::from_bytes(&[255]) };
    let rows = hall.ask(|view| view.scan(&all, Direction::Forward, 9999)).unwrap();
    for planted in ["towers.example", "secret tower"] {
        let shows = |bytes: &[u8]| bytes.windows(planted.len()).any(|it| it == planted.as_bytes());
        assert!(rows.iter().all(|(key, row)| !shows(key.as_bytes()) && !shows(row)), "{planted}");
    }
}

#[test]
fn where_nothing_was_found_nothing_is_shown_and_it_is_asked_again_later() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, ann, ben.user, URL);
    hall.events();
    arrive(&hall, None);
    assert_eq!(told(&hall).len(), 2, "that there is nothing is news, too");
    assert_eq!(page_of(&hall, ann.user, ann.user, id).unwrap().what, What::Nothing);
    send(&hall, ann, ben.user, URL);
    assert!(under_way(&hall).is_empty());
    hall.pass(601);
    send(&hall, ann, ben.user, URL);
    assert_eq!(under_way(&hall).len(), 1);
    arrive(&hall, Some(came("Towers")));
    assert_eq!(title(page_of(&hall, ann.user, ann.user, id)).as_deref(), Some("Towers"));
}

#[test]
fn a_page_is_fetched_anew_after_a_day_and_shown_as_it_was_meanwhile() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, ann, ben.user, URL);
    arrive(&hall, Some(came("Old towers")));
    hall.pass(25 * 3600);
    send(&hall, ann, ben.user, URL);
    let shown = |hall: &Hall| title(page_of(hall, ann.user, ann.user, id));
    assert_eq!((under_way(&hall).len(), shown(&hall).as_deref()), (1, Some("Old towers")));
    arrive(&hall, None);
    assert_eq!(shown(&hall).as_deref(), Some("Old towers"), "a site that is down takes nothing away");
    hall.pass(25 * 3600);
    send(&hall, ann, ben.user, URL);
    arrive(&hall, Some(came("New towers")));
    assert_eq!(shown(&hall).as_deref(), Some("New towers"));
}

#[test]
fn no_preview_is_made_where_none_is_wanted_or_may_be() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let mut unwanted = message(ann, Peer::User(ben.user), URL, 7);
    unwanted.no_webpage = true;
    let id = hall.run(unwanted).unwrap().message;
    assert_eq!(page_of(&hall, ann.user, ann.user, id), None);
    for inside in ["http://127.0.0.1/", "http://router.local/", "http://10.0.0.1/a", "ftp://a.example/", "tg://x"] {
        let id = send(&hall, ann, ben.user, inside);
        assert_eq!(page_of(&hall, ann.user, ann.user, id), None, "{inside}");
    }
    assert!(under_way(&hall).is_empty());
    let id = send(&hall, ann, ben.user, "http://127.0.0.1/ http://wiki.intranet:8080/");
    assert_eq!(page_of(&hall, ann.user, ann.user, id).unwrap().url, "http://wiki.intranet:8080/");
    let off = Hall::new();
    let (ann, ben) = (off.person("Ann", "11111"), off.person("Ben", "22222"));
    let id = send(&off, ann, ben.user, URL);
    assert!(page_of(&off, ann.user, ann.user, id).is_none() && under_way(&off).is_empty());
}

#[test]
fn a_sender_names_a_page_and_how_it_is_shown() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let wish = |url: &str| Wish { url: Some(url.into()), large: true, inverted: true, ..Wish::default() };
    let id = send_with(&hall, ann, ben.user, "no link here", wish("towers.example/lille")).unwrap();
    let page = page_of(&hall, ben.user, ben.user, id).unwrap();
    assert_eq!(page.url, "http://towers.example/lille");
    assert!(page.large && !page.small && page.inverted && page.manual && !page.safe);
    let refused = |it: Wish| send_with(&hall, ann, ben.user, "a text", it);
    assert_eq!(refused(wish("http://127.0.0.1/")), Err(Refusal::WcConvertUrlInvalid));
    assert_eq!(refused(wish("not a link")), Err(Refusal::WcConvertUrlInvalid));
    arrive(&hall, None);
    assert_eq!(refused(wish("towers.example/lille")), Err(Refusal::WebpageNotFound));
    let optional = Wish { optional: true, ..wish("http://127.0.0.1/") };
    assert!(page_of(&hall, ann.user, ann.user, refused(optional).unwrap()).is_none());
    assert_eq!(send_with(&hall, ann, ben.user, " ", wish(URL)), Err(Refusal::MessageEmpty));
}

#[test]
fn an_edit_changes_what_is_shown_for_both() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, ann, ben.user, "soon");
    let edit = |text: &str, no_webpage| EditMessage {
        by: ann,
        peer: Peer::User(ben.user),
        message: id,
        text: text.into(),
        entities: Vec::new(),
        no_webpage,
    };
    hall.run(edit(URL, false)).unwrap();
    hall.events();
    arrive(&hall, Some(came("Towers")));
    assert_eq!(told(&hall), [LogId::from(ann.user), ben.user.into()]);
    assert_eq!(title(page_of(&hall, ben.user, ben.user, id)).as_deref(), Some("Towers"));
    assert_eq!(hall.run(edit(URL, false)).map(drop), Err(Refusal::MessageNotModified));
    let wish = Wish { url: Some("https://other.example/".into()), small: true, ..Wish::default() };
    hall.run(EditWithPage { edit: edit(URL, false), wish }).unwrap();
    let page = page_of(&hall, ben.user, ben.user, id).unwrap();
    assert_eq!((page.url.as_str(), page.small), ("https://other.example/", true));
    hall.run(edit(URL, true)).unwrap();
    assert_eq!(page_of(&hall, ben.user, ben.user, id), None);
}

#[test]
fn a_forward_shows_the_same_page_and_waits_for_it_as_well() {
    let hall = hall();
    let (ann, ben, eve) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"), hall.person("Eve", "33333"));
    let id = send(&hall, ann, ben.user, URL);
    let forward = ForwardMessages {
        by: ben,
        from: Peer::User(ann.user),
        to: Peer::User(eve.user),
        messages: vec![id],
        random_ids: vec![5],
        drop_author: false,
        silent: false,
        noforwards: false,
        send_as: None,
        top: None,
    };
    let copy = hall.run(forward).unwrap()[0].message;
    hall.events();
    arrive(&hall, Some(came("Towers")));
    assert_eq!(told(&hall).len(), 3, "each mailbox once");
    assert_eq!(title(page_of(&hall, ben.user, ben.user, copy)).as_deref(), Some("Towers"));
}

#[test]
fn a_forward_shows_no_page_where_its_sender_may_show_none() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let create = CreateChat { by: ann, users: vec![ben.user], title: "Signals".into(), ttl_period: 0 };
    let chat = hall.run(create).unwrap().chat;
    let peer = Peer::Chat(chat);
    let id = send(&hall, ben, ben.user, URL);
    let forward = |random_id| {
        let forward = ForwardMessages {
            by: ben,
            from: Peer::User(ben.user),
            to: peer,
            messages: vec![id, id],
            random_ids: vec![random_id, random_id + 1],
            drop_author: true,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        let sent = hall.run(forward).unwrap();
        sent.iter().map(|it| page_of(&hall, ben.user, ben.user, it.message).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(forward(5), [true, true]);
    hall.run(EditChat { by: ann, chat, info: Info::DefaultBanned(BannedRights::EMBED_LINKS) }).unwrap();
    assert_eq!(forward(7), [false, false], "the text goes there all the same");
    let sent = send(&hall, ben, peer, URL);
    assert_eq!(page_of(&hall, ben.user, ben.user, sent), None, "as when it is sent");
}

fn channel(hall: &Hall, by: Caller, name: &str) -> ChannelId {
    let made = CreateChannel {
        by,
        title: "Optics".into(),
        about: "Of towers".into(),
        broadcast: true,
        forum: false,
        ttl_period: 0,
    };
    let (id, _) = hall.run(made).unwrap();
    hall.run(NameChannel { by, channel: id, naming: Naming::Main(name.into()) }).unwrap();
    id
}

#[test]
fn a_post_of_a_channel_shows_its_page_to_all_and_warm_readers_too() {
    let hall = hall();
    let ann = hall.person("Ann", "11111");
    let id = channel(&hall, ann, "optics_news");
    let post = send(&hall, ann, Peer::Channel(id), URL);
    assert!(matches!(page_of(&hall, ann.user, id, post).unwrap().what, What::Pending(_)));
    hall.events();
    arrive(&hall, Some(came("Towers")));
    assert_eq!(told(&hall), [LogId::from(id)]);
    assert_eq!(title(page_of(&hall, UserId::NOBODY, id, post)).as_deref(), Some("Towers"));
}

#[test]
fn links_to_this_server_are_shown_at_once_and_tell_what_all_may_read() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = channel(&hall, ann, "optics_news");
    let post = send(&hall, ann, Peer::Channel(id), "the first telegraph");
    let shown = |link: &str| match page_of(&hall, ben.user, ann.user, send(&hall, ann, ben.user, link))?.what {
        What::Found { card, .. } => Some((card.kind, card.title, card.text)),
        What::Pending(_) => panic!("nothing is fetched"),
        What::Nothing => None,
    };
    let told = |kind: &str, text: &str| Some((kind.to_owned(), "Optics".to_owned(), text.to_owned()));
    assert_eq!(shown("https://t.me/optics_news"), told("telegram_channel", "Of towers"));
    assert_eq!(shown(&format!("t.me/optics_news/{}", post.0)), told("telegram_message", "the first telegraph"));
    assert_eq!(shown("https://t.me/nobody_here"), None);
    assert_eq!(shown("https://t.me/+notAnInviteHash"), None);
    assert!(under_way(&hall).is_empty());
    hall.run(NameChannel { by: ann, channel: id, naming: Naming::Main(String::new()) }).unwrap();
    hall.pass(61);
    assert_eq!(shown("https://t.me/optics_news"), None, "it is nobody's any more");
}

#[test]
fn who_writes_a_link_is_told_of_its_page_before_it_is_sent() {
    let hall = hall();
    let ann = hall.person("Ann", "11111");
    let ask = |text: &str, is_link| hall.run(AskPage { by: ann, text: text.into(), entities: Vec::new(), is_link });
    let (url, number) = ask(&format!("look: {URL}"), false).unwrap().unwrap();
    assert_eq!(url, URL);
    hall.events();
    arrive(&hall, Some(came("Towers")));
    assert_eq!(told(&hall), [LogId::from(ann.user)]);
    assert!(matches!(hall.ask(|view| page(view, number)).unwrap(), What::Found { .. }));
    assert_eq!(ask("no link", false), Ok(None));
    assert_eq!(ask(" ", false), Err(Refusal::MessageEmpty));
    assert_eq!(ask("http://10.0.0.1/", true), Err(Refusal::WcConvertUrlInvalid));
    assert_eq!(ask(URL, true), Ok(Some((URL.into(), number))));
}

/// One white pixel as a GIF.
fn picture() -> Vec<u8> {
    let (head, colours) = (b"GIF89a\x01\0\x01\0\x80\0\0", b"\xff\xff\xff\0\0\0");
    [&head[..], colours, b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"].concat()
}

#[test]
fn a_pages_picture_is_fetched_by_its_reference_and_goes_with_the_page() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, ann, ben.user, URL);
    arrive(&hall, Some(Arrived { picture: Some(picture()), ..came("Towers") }));
    let seen = page_of(&hall, ben.user, ben.user, id).unwrap();
    let What::Found { card, access, .. } = seen.what else { panic!("a page") };
    let photo = card.photo.clone().unwrap();
    assert!(card.large && access.hash(photo.id) != 0);
    let carrier = Carrier::WebPage { page: seen.number };
    let file = photo.sizes[0].stored.id;
    let link = hall.ask(|view| Ok(links::link(view, UserId::NOBODY, carrier, file))).unwrap();
    assert_eq!(ready(links::follow(&hall.domain, &link)).unwrap().kind, "image/jpeg");
    hall.pass(91 * 24 * 3600);
    while ready(forget(&hall.domain)).unwrap() {}
    assert_eq!(page_of(&hall, ben.user, ben.user, id).unwrap().what, What::Nothing);
    assert_eq!([WEB_PAGE, WEB_PAGE_DAY, WEB_PAGE_ERRAND, WEB_PAGE_WAIT].map(|it| rows(&hall, it)), [0; 4]);
    let carries = |view: &dyn View| crate::messages::media::carriers::carries(view, carrier, file);
    assert!(!hall.ask(carries).unwrap(), "the sweep takes its files");
}

#[test]
fn a_picture_that_is_none_leaves_the_page_without_one() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, ann, ben.user, URL);
    arrive(&hall, Some(Arrived { picture: Some(b"\x89PNG no more".to_vec()), ..came("Towers") }));
    let What::Found { card, .. } = page_of(&hall, ann.user, ann.user, id).unwrap().what else { panic!("a page") };
    assert_eq!((card.title.as_str(), card.photo), ("Towers", None));
}

#[test]
fn an_errand_that_was_overtaken_writes_nothing() {
    let hall = hall();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, ann, ben.user, URL);
    let late = under_way(&hall).remove(0);
    arrive(&hall, Some(came("Towers")));
    hall.pass(25 * 3600);
    send(&hall, ann, ben.user, URL);
    ready(settle(&hall.domain, &late, Some(came("Yesterday's")))).unwrap();
    assert_eq!(title(page_of(&hall, ann.user, ann.user, id)).as_deref(), Some("Towers"));
    assert_eq!(under_way(&hall).len(), 1, "the newer one is still to be run");
    assert_eq!(Link::read(&under_way(&hall)[0].url).unwrap().as_str(), URL);
}
