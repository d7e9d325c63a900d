//! Contacts, places and dice: what is refused, what both sides see, what searches find.

mod editing;
mod hearing;
mod leftovers;
mod moving;
mod rights;
mod screening;

use super::{
    album::{SendAlbum, refuse_mixed, refuse_numbers},
    carriers::{Named, carries, located},
    *,
};
use crate::{
    Caller,
    files::{Attribute, Carrier, Document, Photo, PhotoSize, Stored, uses},
    ids::MessageId,
    messages::{
        SeenMessage,
        delete::DeleteMessages,
        forward::ForwardMessages,
        search::{Filter, Kinds, Query, hits},
        seen,
    },
    testing::Hall,
};

fn message(by: &Caller, peer: Peer, text: String, random_id: i64) -> SendMessage {
    SendMessage {
        by: *by,
        peer,
        text,
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

fn send(hall: &Hall, by: &Caller, to: UserId, media: Media) -> Result<MessageId, Refusal> {
    let send = message(by, Peer::User(to), String::new(), 1 + hall.written() as i64);
    hall.run(SendMedia { send, media }).map(|it| it.message)
}

/// A photo that nobody has stored, in one size.
fn photo(id: u64) -> Media {
    let stored = Stored { id: id + 1000, size: 5, ..Stored::default() };
    let size = PhotoSize { kind: "x".into(), stored, ..PhotoSize::default() };
    let photo = Photo { id, sizes: vec![size], ..Photo::default() };
    Media::Files(Box::new(MediaBody::Photo { photo, spoiler: false, ttl: 0 }))
}

/// A document that nobody has stored.
fn document(id: u64, attributes: Vec<Attribute>) -> Media {
    let stored = Stored { id, size: 5, ..Stored::default() };
    let document = Document { stored, attributes, ..Document::default() };
    Media::Files(Box::new(MediaBody::Document { document, spoiler: false, ttl: 0, cover: None, starts: 0 }))
}

fn audio(voice: bool) -> Attribute {
    let (title, performer, waveform) = (String::new(), String::new(), bytes::Bytes::new());
    Attribute::Audio { voice, duration: 1, title, performer, waveform }
}

fn video(round: bool) -> Attribute {
    Attribute::Video {
        round,
        streaming: true,
        silent: false,
        duration: 1.0,
        width: 64,
        height: 64,
        prefix: 0,
        starts: 0.0,
        codec: String::new(),
    }
}

/// The same, shown for so many seconds.
fn timed(media: Media, seconds: u32) -> Media {
    let Media::Files(mut body) = media else { panic!("a file") };
    match &mut *body {
        MediaBody::Photo { ttl, .. } | MediaBody::Document { ttl, .. } => *ttl = seconds,
        other => panic!("{other:?} has no end"),
    }
    Media::Files(body)
}

/// Lets time pass and does what is due.
fn tick(hall: &Hall, seconds: u64) {
    hall.pass(seconds);
    crate::testing::ready(crate::messages::timers::run_due(&hall.domain)).unwrap();
    hall.apply_parcels();
}

fn forward(hall: &Hall, by: &Caller, from: Peer, to: Peer, id: MessageId) -> Result<MessageId, Refusal> {
    let forward = ForwardMessages {
        by: *by,
        from,
        to,
        messages: vec![id],
        random_ids: vec![1 + hall.written() as i64],
        drop_author: false,
        silent: false,
        noforwards: false,
        send_as: None,
        top: None,
    };
    hall.run(forward).map(|it| it[0].message)
}

/// The last entry of a log.
fn last(hall: &Hall, log: impl Into<crate::LogId>) -> crate::updates::Change {
    let log = log.into();
    hall.ask(|view| {
        let range = crate::updates::log_range(log, crate::ids::Pts(1));
        crate::view::list::<crate::updates::LogEntry>(view, &range, store::Direction::Backward, 1)
    })
    .unwrap()
    .remove(0)
    .1
    .change
}

fn album(by: &Caller, to: Peer, media: Vec<Media>) -> SendAlbum {
    let item = |(at, media): (i64, Media)| {
        let send = SendMessage { album: 7, ..message(by, to, format!("picture {at}"), 100 + at) };
        SendMedia { send, media }
    };
    SendAlbum { items: (0..).zip(media).map(item).collect(), at: None }
}

fn read(hall: &Hall, who: UserId, id: MessageId) -> SeenMessage {
    hall.ask(|view| seen(view, who, id)).unwrap().expect("the message is there")
}

fn carried(hall: &Hall, who: UserId, id: MessageId) -> MediaBody {
    match read(hall, who, id).media {
        Some(SeenMedia::Carried(it)) => it.body,
        other => panic!("{other:?} is carried"),
    }
}

fn place(latitude: f64, longitude: f64) -> Place {
    Place { latitude, longitude, accuracy: 9000, ..Place::default() }
}

#[test]
fn a_place_is_on_the_earth_and_both_sides_see_it() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    for (latitude, longitude) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
        let refused = send(&hall, &ann, ben.user, Media::Place(place(latitude, longitude)));
        assert_eq!(refused, Err(Refusal::MediaInvalid), "{latitude} {longitude}");
    }
    let id = send(&hall, &ann, ben.user, Media::Place(place(48.8584, 2.2945))).unwrap();
    for who in [ann.user, ben.user] {
        let MediaBody::Place { place } = carried(&hall, who, id) else { panic!("a place") };
        assert_eq!((place.latitude, place.longitude, place.accuracy), (48.8584, 2.2945, 1500));
    }
    let query = |filter| Query { filter, ..Query::default() };
    let count = |kinds| hall.ask(|view| hits(view, ben.user.into(), &query(Filter::Carrying(kinds)))).unwrap().len();
    assert_eq!((count(Kinds::PLACE), count(Kinds::PHOTO_VIDEO)), (1, 0));
}

#[test]
fn a_venue_is_found_by_its_title() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let venue = Venue { place: place(1.0, 2.0), title: "Café Procope".into(), ..Venue::default() };
    let nameless = Venue { title: String::new(), ..venue.clone() };
    assert_eq!(send(&hall, &ann, ben.user, Media::Venue(Box::new(nameless))), Err(Refusal::MediaInvalid));
    send(&hall, &ann, ben.user, Media::Venue(Box::new(venue))).unwrap();
    let query = Query { words: "cafe".into(), ..Query::default() };
    assert_eq!(hall.ask(|view| hits(view, ben.user.into(), &query)).unwrap().len(), 1);
}

#[test]
fn a_contact_names_an_account_only_to_whom_the_sender_knows() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let contact = SharedContact { phone: "+22222".into(), first_name: "B".into(), ..SharedContact::default() };
    let id = send(&hall, &ann, ben.user, Media::Contact(Box::new(contact.clone()))).unwrap();
    let MediaBody::Contact { contact: seen } = carried(&hall, ben.user, id) else { panic!("a contact") };
    assert_eq!(seen.user, UserId::NOBODY, "Ann has not got that number from Ben");
    let own = SharedContact { phone: "11111".into(), ..contact.clone() };
    let id = send(&hall, &ann, ben.user, Media::Contact(Box::new(own))).unwrap();
    assert!(read(&hall, ben.user, id).people().any(|it| it == ann.user));
    let empty = SharedContact { phone: String::new(), ..contact };
    assert_eq!(send(&hall, &ann, ben.user, Media::Contact(Box::new(empty))), Err(Refusal::MediaInvalid));
}

#[test]
fn dice_show_a_face_that_they_have_and_the_same_to_both() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    for (sign, faces) in DICE {
        let id = send(&hall, &ann, ben.user, Media::Dice((*sign).into())).unwrap();
        let seen = carried(&hall, ann.user, id);
        let MediaBody::Dice { emoticon, value } = &seen else { panic!("dice") };
        assert!(emoticon == sign && (1..=*faces).contains(value));
        assert_eq!(carried(&hall, ben.user, id), seen);
    }
    assert_eq!(send(&hall, &ann, ben.user, Media::Dice("🙂".into())), Err(Refusal::EmoticonInvalid));
}

#[test]
fn an_album_is_one_to_all_who_see_it_and_another_where_it_is_forwarded() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let it = || album(&ann, Peer::User(ben.user), vec![photo(1), photo(2), photo(3)]);
    let sent = hall.run(it()).unwrap();
    assert!(sent.iter().all(|it| it.entry.is_some()));
    for (at, one) in sent.iter().enumerate() {
        let seen = read(&hall, ben.user, one.message);
        assert_eq!((seen.row.album, seen.body.text), (7, format!("picture {at}")));
    }
    let again = hall.run(it()).unwrap();
    assert!(again.iter().zip(&sent).all(|(one, other)| one.message == other.message && one.entry.is_none()));
    let forward = ForwardMessages {
        by: ann,
        from: Peer::User(ben.user),
        to: Peer::User(ann.user),
        messages: sent.iter().map(|it| it.message).collect(),
        random_ids: vec![1, 2, 3],
        drop_author: false,
        silent: false,
        noforwards: false,
        send_as: None,
        top: None,
    };
    let forwarded = hall.run(forward).unwrap();
    let albums: Vec<_> = forwarded.iter().map(|it| read(&hall, ann.user, it.message).row.album).collect();
    assert!(albums.iter().all(|it| *it == albums[0]) && ![0, 7].contains(&albums[0]), "{albums:?}");
}

#[test]
fn an_album_has_one_kind_of_things_and_ten_of_them() {
    let refused = |media: Vec<Media>| refuse_mixed(&media);
    let plain = || document(6, vec![]);
    let numbers = |of: std::ops::Range<i64>| refuse_numbers(&of.collect::<Vec<_>>());
    assert_eq!(numbers(1..1), Err(Refusal::MediaEmpty));
    assert_eq!((numbers(1..11), numbers(1..12)), (Ok(()), Err(Refusal::MultiMediaTooLong)));
    assert_eq!(
        (numbers(0..2), refuse_numbers(&[5, 5])),
        (Err(Refusal::RandomIdEmpty), Err(Refusal::RandomIdDuplicate))
    );
    assert_eq!(refused((0..10).map(photo).collect()), Ok(()));
    assert_eq!(refused(vec![photo(1), plain()]), Err(Refusal::MediaGroupedInvalid));
    assert_eq!(refused(vec![plain(), plain()]), Ok(()));
    assert_eq!(refused(vec![Media::Dice("🎲".into()), Media::Dice("🎲".into())]), Err(Refusal::MediaInvalid));
}

/// How a client names the photo of a message that it sees.
fn name_of(hall: &Hall, who: UserId, id: MessageId) -> Named {
    let Some(SeenMedia::Carried(it)) = read(hall, who, id).media else { panic!("something is carried") };
    let id = it.body.named()[0];
    Named { id, access_hash: it.access.hash(id), reference: it.access.reference.to_vec() }
}

#[test]
fn a_file_is_given_to_who_may_read_its_message_and_as_long_as_it_is_there() {
    let hall = Hall::new();
    let (ann, ben, eve) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"), hall.person("Eve", "33333"));
    let id = send(&hall, &ann, ben.user, photo(5)).unwrap();
    let find = |who: &Caller, it: &Named, size: &str| hall.ask(|view| located(view, who.user, it, size));
    let named = name_of(&hall, ben.user, id);
    assert_eq!(find(&ben, &named, "x").map(|it| it.id), Ok(1005));
    assert_eq!(find(&ben, &named, "y"), Err(Refusal::LocationInvalid));
    assert_eq!(find(&eve, &named, "x"), Err(Refusal::FileReferenceExpired), "it is none of Eve's messages");
    assert_eq!(find(&ann, &named, "x"), Err(Refusal::FileReferenceExpired), "Ann has a copy of her own");
    let guessed = Named { access_hash: named.access_hash ^ 1, ..named.clone() };
    assert_eq!(find(&ben, &guessed, "x"), Err(Refusal::FileIdInvalid));
    let of_another =
        Named { id: 6, access_hash: hall.ask(|view| Ok(view.world().file_hash(6))).unwrap(), ..named.clone() };
    assert_eq!(find(&ben, &of_another, "x"), Err(Refusal::FileReferenceExpired));
    hall.run(DeleteMessages { by: ann, messages: vec![id], revoke: true }).unwrap();
    assert_eq!(find(&ben, &named, "x"), Err(Refusal::FileReferenceExpired), "deleted for both");
}

#[test]
fn each_carrier_of_a_file_is_a_row_that_is_found_until_it_is_swept() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, &ann, ben.user, photo(5)).unwrap();
    let uid = read(&hall, ann.user, id).row.uid;
    let both = [ann.user, ben.user].map(|it| Carrier::Message { log: it.into(), uid });
    let all = hall.ask(|view| uses::carriers(view, 1005, None, 10)).unwrap();
    assert_eq!(all, both);
    assert_eq!(hall.ask(|view| uses::carriers(view, 1005, Some(both[0]), 10)).unwrap(), both[1..]);
    let has = |carrier| hall.ask(|view| carries(view, carrier, 1005)).unwrap();
    assert!(both.into_iter().all(has));
    hall.run(DeleteMessages { by: ann, messages: vec![id], revoke: false }).unwrap();
    assert_eq!(both.map(has), [false, true]);
}
