//! Recent and favourite stickers.

use super::{
    super::shelf::{Clear, FAVED_MAX, Keep, RECENT_MAX, Shelf, TakeOff, stickers},
    *,
};
use crate::{
    ids::Peer,
    messages::{
        Media,
        media::{MediaBody, SendMedia, album::SendAlbum},
        scheduled::{Schedule, SendLater, SendScheduled},
        send::SendMessage,
        timers,
    },
    testing::ready,
    updates::{Change, Event},
};

fn kept(id: u64) -> Document {
    let sticker = Attribute::Sticker { mask: false, alt: "😀".into(), set: StickerSetId::NONE, place: None };
    Document { attributes: vec![sticker], ..sticker_file(id) }
}

fn sticker_file(id: u64) -> Document {
    sticker(id, "😀").document
}

fn on(hall: &Hall, who: Caller, shelf: Shelf) -> Vec<u64> {
    hall.ask(|view| stickers(view, who.user, shelf)).unwrap().iter().map(|(it, _)| it.document.stored.id).collect()
}

#[test]
fn a_shelf_holds_so_many_the_latest_first() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    for (shelf, most) in [(Shelf::Recent, RECENT_MAX), (Shelf::Faved, FAVED_MAX)] {
        for id in 1..=most as u64 + 1 {
            hall.run(Keep { by: ann, shelf, document: kept(id) }).unwrap();
        }
        let all = on(&hall, ann, shelf);
        assert_eq!((all.len(), all[0], *all.last().unwrap()), (most, most as u64 + 1, 2));
    }
    hall.run(Keep { by: ann, shelf: Shelf::Faved, document: kept(3) }).unwrap();
    assert_eq!(on(&hall, ann, Shelf::Faved), [3, 6, 5, 4, 2]);
    hall.run(TakeOff { by: ann, shelf: Shelf::Faved, document: 5 }).unwrap();
    assert_eq!(on(&hall, ann, Shelf::Faved), [3, 6, 4, 2]);
    hall.run(Clear { by: ann, shelf: Shelf::Recent }).unwrap();
    assert_eq!((on(&hall, ann, Shelf::Recent).len(), on(&hall, ann, Shelf::Attached).len()), (0, 0));
    let plain = Keep { by: ann, shelf: Shelf::Faved, document: sticker_file(9) };
    assert_eq!(hall.run(plain), Err(Refusal::StickerIdInvalid));
}

#[test]
fn a_favourite_outlives_its_set_and_is_its_owners_alone() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = create(&hall, ann, SetKind::Stickers, "cats", 5);
    let document = hall.ask(|view| rows::document(view, id, 5)).unwrap().unwrap();
    hall.run(Keep { by: ben, shelf: Shelf::Faved, document }).unwrap();
    hall.run(DeleteSet { by: ann, set: by_id(&hall, id) }).unwrap();
    let all = hall.ask(|view| stickers(view, ben.user, Shelf::Faved)).unwrap();
    let (access, carrier) = (&all[0].0.access, Carrier::Shelf { user: ben.user, shelf: 3, document: 5 });
    let named = Named { id: 5, access_hash: access.hash(5), reference: access.reference.to_vec() };
    assert_eq!(hall.ask(|view| located(view, ben.user, &named, "")).map(|it| it.id), Ok(5));
    assert_eq!(hall.ask(|view| located(view, ann.user, &named, "")).err(), Some(Refusal::FileReferenceExpired));
    assert!(hall.ask(|view| carries(view, carrier, 5)).unwrap());
}

fn message(by: Caller, to: Caller, random_id: i64) -> SendMessage {
    SendMessage {
        by,
        peer: Peer::User(to.user),
        text: String::new(),
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

fn media(document: Document) -> Media {
    Media::Files(Box::new(MediaBody::Document { document, spoiler: false, ttl: 0, cover: None, starts: 0 }))
}

#[test]
fn a_sticker_that_is_sent_is_among_the_recent_ones() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let send = |document, random_id| {
        hall.run(SendMedia { send: message(ann, ben, random_id), media: media(document) }).unwrap();
    };
    send(kept(1), 1);
    send(sticker_file(9), 2);
    send(kept(2), 3);
    hall.events();
    send(kept(2), 4);
    assert_eq!((on(&hall, ann, Shelf::Recent), on(&hall, ben, Shelf::Recent)), (vec![2, 1], vec![]));
    let told = |it: &Event| matches!(it, Event::Logged { entry, .. } if entry.change == Change::RecentStickers {});
    assert!(!hall.events().iter().any(told), "the same one again changes nothing");
}

#[test]
fn a_sticker_is_among_the_recent_ones_however_it_was_sent_and_once_it_was() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let one = SendMedia { send: message(ann, ben, 1), media: media(kept(1)) };
    hall.run(SendAlbum { items: vec![one], at: None }).unwrap();
    assert_eq!(on(&hall, ann, Shelf::Recent), [1], "an album of one");
    let now = hall.domain.now().secs();
    let later = |id, random_id, date| {
        let (send, at) = (message(ann, ben, random_id), Schedule { date, repeat: 0 });
        hall.run(SendLater { send, media: media(kept(id)), at }).unwrap().message
    };
    later(2, 2, now + 1);
    assert_eq!(on(&hall, ann, Shelf::Recent), [2, 1], "what is nearly due");
    let queued = later(3, 3, now + 3600);
    later(4, 4, now + 60);
    assert_eq!(on(&hall, ann, Shelf::Recent), [2, 1], "they wait");
    hall.pass(60);
    ready(timers::run_due(&hall.domain)).unwrap();
    assert_eq!(on(&hall, ann, Shelf::Recent), [4, 2, 1], "its time has come");
    hall.run(SendScheduled { by: ann, peer: Peer::User(ben.user), messages: vec![queued] }).unwrap();
    assert_eq!((on(&hall, ann, Shelf::Recent), on(&hall, ben, Shelf::Recent)), (vec![3, 4, 2, 1], vec![]));
}
