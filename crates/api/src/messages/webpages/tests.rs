//! Pages as clients are told of them: before a message is sent, in it, when they come, and their pictures.

use domain::{
    Caller, Settings,
    messages::webpages::arrival::{Arrived, errands, settle},
    testing::{Hall, ready},
};
use tl::{
    enums,
    functions::{messages as m, updates as u, upload},
    types,
};

use crate::{
    messages::polls::tests::send,
    testing::{call, newest_in, peer, refused},
};

const URL: &str = "https://towers.example/lille";

fn hall() -> Hall {
    Hall::with(Settings { test_accounts: true, previews: true, ..Settings::default() }, false)
}

/// One white pixel as a GIF.
fn picture() -> Vec<u8> {
    let (head, colours) = (b"GIF89a\x01\0\x01\0\x80\0\0", b"\xff\xff\xff\0\0\0");
    [&head[..], colours, b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"].concat()
}

fn arrive(hall: &Hall) {
    let came = Arrived {
        kind: "article".into(),
        site: "Towers".into(),
        title: "Lille".into(),
        picture: Some(picture()),
        ..Arrived::default()
    };
    for errand in hall.ask(|view| errands(view, 10)).unwrap() {
        ready(settle(&hall.domain, &errand, Some(came.clone()))).unwrap();
    }
}

fn preview(hall: &Hall, by: Caller, message: &str) -> enums::MessageMedia {
    let ask = m::GetWebPagePreview { message: message.into(), entities: None };
    let enums::messages::WebPagePreview::Preview(it) = call(hall, by, &ask).unwrap();
    it.media
}

fn page(media: &enums::MessageMedia) -> &enums::WebPage {
    let enums::MessageMedia::WebPage(it) = media else { panic!("{media:?} is no page") };
    &it.webpage
}

fn last(hall: &Hall, by: Caller, other: Caller) -> types::Message {
    let newest = newest_in(peer(hall, by, other));
    let enums::messages::Messages::Messages(history) = call(hall, by, &newest).unwrap() else { panic!("all of it") };
    let Some(enums::Message::Message(it)) = history.messages.into_iter().next() else { panic!("a message") };
    it
}

#[test]
fn a_page_is_asked_for_before_its_link_is_sent() {
    let hall = hall();
    let alice = hall.person("Alice", "9996621001");
    let media = preview(&hall, alice, &format!("look at {URL}"));
    let enums::WebPage::Pending(pending) = page(&media) else { panic!("it is on its way") };
    assert_eq!(pending.url.as_deref(), Some(URL));
    let pts = match call(&hall, alice, &u::GetState {}).unwrap() {
        enums::updates::State::State(it) => it.pts,
    };
    arrive(&hall);
    let media = preview(&hall, alice, URL);
    let enums::WebPage::Page(it) = page(&media) else { panic!("it is there") };
    assert_eq!((it.id, it.url.as_str(), it.title.as_deref()), (pending.id, URL, Some("Lille")));
    assert!(it.has_large_media && it.photo.is_some() && it.hash != 0);
    assert_eq!(it.display_url, "towers.example/lille");
    assert_eq!(preview(&hall, alice, "no link at all"), enums::MessageMedia::Empty);
    let empty = m::GetWebPagePreview { message: " ".into(), entities: None };
    assert_eq!(refused(&hall, alice, &empty), "400 MESSAGE_EMPTY");
    let difference = u::GetDifference { pts, pts_limit: None, pts_total_limit: None, date: 1, qts: 0, qts_limit: None };
    let enums::updates::Difference::Difference(it) = call(&hall, alice, &difference).unwrap() else {
        panic!("it is told again")
    };
    assert!(it.other_updates.iter().any(|it| matches!(it, enums::Update::WebPage(it) if it.pts_count == 0)));
}

#[test]
fn a_page_is_read_again_only_where_it_has_changed() {
    let hall = hall();
    let alice = hall.person("Alice", "9996621001");
    let ask = |hash| {
        let enums::messages::WebPage::Page(it) = call(&hall, alice, &m::GetWebPage { url: URL.into(), hash }).unwrap();
        it.webpage
    };
    assert!(matches!(ask(0), enums::WebPage::Pending(_)));
    arrive(&hall);
    let enums::WebPage::Page(it) = ask(0) else { panic!("it is there") };
    assert!(matches!(ask(it.hash), enums::WebPage::NotModified(_)));
    for url in ["http://127.0.0.1/", "http://[::ffff:10.0.0.1]/", "not a link", ""] {
        assert_eq!(
            refused(&hall, alice, &m::GetWebPage { url: url.into(), hash: 0 }),
            "400 WC_CONVERT_URL_INVALID",
            "{url}"
        );
    }
}

#[test]
fn a_message_shows_its_page_and_the_picture_is_fetched() {
    let hall = hall();
    let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
    let wish = types::InputMediaWebPage {
        force_large_media: true,
        force_small_media: false,
        optional: false,
        url: URL.into(),
    };
    let request =
        m::SendMedia { message: "read this".into(), invert_media: true, ..send(peer(&hall, alice, bob), wish, 1) };
    call(&hall, alice, &request).unwrap();
    assert!(
        matches!(last(&hall, bob, alice).media, Some(enums::MessageMedia::WebPage(it)) if matches!(it.webpage, enums::WebPage::Pending(_)))
    );
    arrive(&hall);
    let message = last(&hall, bob, alice);
    assert!(message.invert_media);
    let Some(enums::MessageMedia::WebPage(shown)) = &message.media else { panic!("a page") };
    assert!(shown.force_large_media && shown.manual && !shown.safe);
    let enums::WebPage::Page(it) = &shown.webpage else { panic!("it is there") };
    let Some(enums::Photo::Photo(photo)) = &it.photo else { panic!("a photo") };
    let size = photo.sizes.iter().find_map(|it| match it {
        enums::PhotoSize::Size(it) => Some(it.r#type.clone()),
        _ => None,
    });
    let location = types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: size.unwrap(),
    };
    let ask =
        upload::GetFile { precise: false, cdn_supported: false, location: location.into(), offset: 0, limit: 4096 };
    let enums::upload::File::File(file) = call(&hall, bob, &ask).unwrap() else { panic!("we have no CDN") };
    assert!(file.bytes.starts_with(&[0xff, 0xd8]), "it was written anew as a JPEG");
}
