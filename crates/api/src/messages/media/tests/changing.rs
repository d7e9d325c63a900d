//! What changes after it was sent: media that is replaced, opened and over, and places that move.

use tl::functions::messages::{EditMessage, GetRecentLocations, ReadMessageContents};

use super::*;

fn edit(peer: enums::InputPeer, id: i32, media: enums::InputMedia, message: Option<&str>) -> EditMessage {
    EditMessage {
        no_webpage: false,
        invert_media: false,
        peer,
        id,
        message: message.map(str::to_owned),
        media: Some(media),
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        quick_reply_shortcut_id: None,
        rich_message: None,
    }
}

fn tick(hall: &Hall, seconds: u64) {
    hall.pass(seconds);
    domain::testing::ready(domain::messages::timers::run_due(&hall.domain)).unwrap();
}

#[test]
fn a_photo_becomes_a_document_with_another_caption() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let to = || peer(&hall, ann, ben);
    call(&hall, ann, &send(to(), photo(upload(&hall, ann, 5, &picture(120))), 9)).unwrap();
    let sent = newest(&hall, ann, ben);
    let other = document(upload(&hall, ann, 6, b"plain"));
    call(&hall, ann, &edit(to(), sent.id, other, Some("words"))).unwrap();
    let seen = newest(&hall, ben, ann);
    let Some(enums::MessageMedia::Document(it)) = seen.media else { panic!("a document") };
    let Some(enums::Document::Document(it)) = it.document else { panic!("it is there") };
    assert_eq!((bytes(&hall, ben, location(&it, "")), seen.message.as_str()), (b"plain".to_vec(), "words"));
    assert!(seen.edit_date.is_some() && !seen.edit_hide);
    let missing = types::InputFile { id: 404, parts: 1, name: String::new(), md5_checksum: String::new() };
    let strange = edit(peer(&hall, ben, ann), seen.id, document(missing.into()), None);
    assert_eq!(refused(&hall, ben, &strange), "403 MESSAGE_AUTHOR_REQUIRED");
    let dice = types::InputMediaDice { emoticon: "🎲".into() };
    assert_eq!(refused(&hall, ann, &edit(to(), sent.id, dice.into(), None)), "400 MEDIA_NEW_INVALID");
}

#[test]
fn a_timed_photo_is_opened_once_and_leaves_its_place_empty() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let enums::InputMedia::UploadedPhoto(it) = photo(upload(&hall, ann, 5, &picture(120))) else { panic!("a photo") };
    let timed = types::InputMediaUploadedPhoto { ttl_seconds: Some(10), ..it };
    call(&hall, ann, &send(peer(&hall, ann, ben), timed, 9)).unwrap();
    let (mine, theirs) = (newest(&hall, ann, ben), newest(&hall, ben, ann));
    assert!(mine.media_unread && theirs.media_unread);
    call(&hall, ben, &ReadMessageContents { id: vec![theirs.id] }).unwrap();
    assert!(!newest(&hall, ann, ben).media_unread && !newest(&hall, ben, ann).media_unread);
    tick(&hall, 10);
    for (who, of) in [(ann, ben), (ben, ann)] {
        let Some(enums::MessageMedia::Photo(it)) = newest(&hall, who, of).media else { panic!("it was a photo") };
        assert_eq!((it.photo, it.ttl_seconds), (None, Some(10)));
    }
}

#[test]
fn a_live_location_is_among_the_recent_ones_while_it_runs() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let live = |lat: f64, stopped: bool| {
        let geo_point = types::InputGeoPoint { lat, long: 2.0, accuracy_radius: None }.into();
        let (heading, proximity_notification_radius) = (Some(45), None);
        let period = (!stopped).then_some(900);
        types::InputMediaGeoLive { stopped, geo_point, heading, period, proximity_notification_radius }
    };
    call(&hall, ann, &send(peer(&hall, ann, ben), live(1.0, false), 9)).unwrap();
    let sent = newest(&hall, ann, ben);
    call(&hall, ann, &edit(peer(&hall, ann, ben), sent.id, live(1.5, false).into(), None)).unwrap();
    let seen = newest(&hall, ben, ann);
    let Some(enums::MessageMedia::GeoLive(it)) = seen.media else { panic!("a live location") };
    let enums::GeoPoint::Point(at) = it.geo else { panic!("a point") };
    assert_eq!((at.lat, it.heading, it.period, seen.edit_hide), (1.5, Some(45), 900, true));
    let recent = || match call(&hall, ben, &GetRecentLocations { peer: peer(&hall, ben, ann), limit: 10, hash: 0 }) {
        Ok(enums::messages::Messages::Messages(it)) => it.messages.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(recent(), 1);
    hall.pass(60);
    call(&hall, ann, &edit(peer(&hall, ann, ben), sent.id, live(1.5, true).into(), None)).unwrap();
    assert_eq!(recent(), 0);
}
