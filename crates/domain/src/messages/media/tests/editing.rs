//! What takes another's place, in every copy, and what does not.

use super::{edit::EditMedia, rights::Rooms, *};
use crate::messages::{
    edit::EditMessage,
    scheduled::{EditScheduled, Schedule, SendLater, scheduled},
    search::{Filter, Kinds, Query, hits},
};

fn edit(hall: &Hall, by: &Caller, peer: Peer, message: MessageId, media: Media) -> Result<(), Refusal> {
    let Media::Files(media) = media else { panic!("a file") };
    hall.run(EditMedia { by: *by, peer, message, media, caption: None }).map(drop)
}

fn carriers_of(hall: &Hall, file: u64) -> usize {
    hall.ask(|view| uses::carriers(view, file, None, 10)).unwrap().len()
}

#[test]
fn another_photo_takes_the_place_of_one_for_both_and_the_old_file_is_carried_no_more() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let peer = Peer::User(ben.user);
    let id = send(&hall, &ann, ben.user, photo(5)).unwrap();
    assert_eq!(edit(&hall, &ann, peer, id, photo(5)), Err(Refusal::MessageNotModified));
    edit(&hall, &ann, peer, id, document(6, vec![])).unwrap();
    for who in [ann.user, ben.user] {
        assert_eq!(carried(&hall, who, id).named(), [6]);
        assert_eq!(read(&hall, who, id).row.files, [6]);
        let query = |kinds| Query { filter: Filter::Carrying(kinds), ..Query::default() };
        let count = |kinds| hall.ask(|view| hits(view, who.into(), &query(kinds))).unwrap().len();
        assert_eq!((count(Kinds::PHOTO), count(Kinds::DOCUMENT)), (0, 1));
    }
    assert_eq!((carriers_of(&hall, 1005), carriers_of(&hall, 6)), (0, 2));
    assert_eq!(edit(&hall, &ben, Peer::User(ann.user), id, photo(7)), Err(Refusal::MessageAuthorRequired));
}

#[test]
fn a_text_becomes_a_caption_and_a_caption_may_go() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let peer = Peer::User(ben.user);
    let id = hall.run(message(&ann, peer, "the sea".into(), 5)).unwrap().message;
    edit(&hall, &ann, peer, id, photo(5)).unwrap();
    let body = read(&hall, ben.user, id).body;
    assert!(body.text == "the sea" && body.media.is_some());
    let caption = |text: &str| {
        let text = text.to_owned();
        hall.run(EditMessage { by: ann, peer, message: id, text, entities: Vec::new(), no_webpage: false }).map(drop)
    };
    assert_eq!(caption("the sea"), Err(Refusal::MessageNotModified));
    assert_eq!(caption(&"x".repeat(1025)), Err(Refusal::MediaCaptionTooLong));
    caption("").unwrap();
    let body = read(&hall, ben.user, id).body;
    assert!(body.text.is_empty() && body.media.is_some());
    let long = hall.run(message(&ann, peer, "y".repeat(2000), 6)).unwrap().message;
    assert_eq!(edit(&hall, &ann, peer, long, photo(5)), Err(Refusal::MediaCaptionTooLong));
}

#[test]
fn what_has_no_place_to_take_is_refused_by_name() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let peer = Peer::User(ben.user);
    let sticker = || {
        document(
            9,
            vec![Attribute::Sticker {
                mask: false,
                alt: "🙂".into(),
                set: crate::ids::StickerSetId::NONE,
                place: None,
            }],
        )
    };
    let voice = || document(10, vec![audio(true)]);
    let round = || document(11, vec![video(true)]);
    for media in [sticker(), voice(), round(), Media::Place(place(1.0, 2.0)), timed(photo(7), 10)] {
        let id = send(&hall, &ann, ben.user, media).unwrap();
        assert_eq!(edit(&hall, &ann, peer, id, photo(5)), Err(Refusal::MediaPrevInvalid));
    }
    let id = send(&hall, &ann, ben.user, photo(5)).unwrap();
    for media in [sticker(), voice(), round()] {
        assert_eq!(edit(&hall, &ann, peer, id, media), Err(Refusal::MediaNewInvalid));
    }
    assert_eq!(edit(&hall, &ann, peer, id, timed(photo(8), 10)), Err(Refusal::MediaTtlInvalid));
    let sent = hall.run(album(&ann, peer, vec![photo(1), photo(2)])).unwrap();
    let one = sent[0].message;
    assert_eq!(edit(&hall, &ann, peer, one, document(6, vec![])), Err(Refusal::MediaGroupedInvalid));
    edit(&hall, &ann, peer, one, document(7, vec![video(false)])).unwrap();
}

#[test]
fn in_groups_every_copy_changes_and_the_right_to_the_new_kind_is_asked() {
    let rooms = Rooms::new();
    let (hall, ben) = (&rooms.hall, rooms.ben);
    for (at, peer) in (0..).zip(rooms.peers) {
        let send = message(&ben, peer, String::new(), 50 + at);
        let id = hall.run(SendMedia { send, media: photo(20 + at as u64) }).unwrap().message;
        edit(hall, &ben, peer, id, document(40 + at as u64, vec![])).unwrap();
        let expected = if peer.channel().is_some() { 1 } else { 2 };
        assert_eq!((carriers_of(hall, 1020 + at as u64), carriers_of(hall, 40 + at as u64)), (0, expected));
        rooms.ban(BannedRights::SEND_VIDEOS);
        let refused = edit(hall, &ben, peer, id, document(60, vec![video(false)]));
        assert_eq!(refused, Err(Refusal::ChatSendVideosForbidden));
        if at == 0 {
            rooms.ban(BannedRights::SEND_POLLS);
        }
    }
}

#[test]
fn what_waits_in_a_queue_is_edited_there() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let (peer, at) = (Peer::User(ben.user), Schedule { date: hall.domain.now().secs() + 3600, repeat: 0 });
    let send = message(&ann, peer, "soon".into(), 5);
    let id = hall.run(SendLater { send, media: photo(5), at }).unwrap().message;
    let Media::Files(media) = document(6, vec![]) else { panic!("a file") };
    let edit = |text: Option<&str>, media| {
        let text = text.map(|it| (it.to_owned(), Vec::new(), false));
        hall.run(EditScheduled { by: ann, peer, message: id, text, media, at }).map(drop)
    };
    edit(None, Some(media)).unwrap();
    let queued = || hall.ask(|view| scheduled(view, ann.user, peer, id)).unwrap().unwrap().message;
    assert_eq!((queued().body.text.as_str(), queued().body.files()), ("soon", vec![6]));
    edit(Some(""), None).unwrap();
    assert!(queued().body.text.is_empty());
    tick(&hall, 3600);
    let sent = last(&hall, ben.user);
    let crate::updates::Change::NewMessage { message, .. } = sent else { panic!("{sent:?}") };
    assert_eq!(carried(&hall, ben.user, message).named(), [6]);
}
