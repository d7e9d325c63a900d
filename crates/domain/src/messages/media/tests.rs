//! Contacts, places and dice: what is refused, what both sides see, what searches find.

use super::{
    album::{SendAlbum, refuse_mixed},
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
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let refused = |media: Vec<Media>| refuse_mixed(&album(&ann, Peer::User(ben.user), media).items);
    let plain = || {
        Media::Files(Box::new(MediaBody::Document {
            document: Document::default(),
            spoiler: false,
            ttl: 0,
            cover: None,
            starts: 0,
        }))
    };
    assert_eq!(refused(Vec::new()), Err(Refusal::MediaEmpty));
    assert_eq!(refused((0..11).map(photo).collect()), Err(Refusal::MultiMediaTooLong));
    assert_eq!(refused((0..10).map(photo).collect()), Ok(()));
    assert_eq!(refused(vec![photo(1), plain()]), Err(Refusal::MediaInvalid));
    assert_eq!(refused(vec![plain(), plain()]), Ok(()));
    assert_eq!(refused(vec![Media::Dice("🎲".into()), Media::Dice("🎲".into())]), Err(Refusal::MediaInvalid));
    let mut twice = album(&ann, Peer::User(ben.user), vec![photo(1), photo(2)]);
    twice.items[1].send.random_id = twice.items[0].send.random_id;
    assert_eq!(refuse_mixed(&twice.items), Err(Refusal::RandomIdDuplicate));
}

#[test]
fn a_right_for_each_kind_of_file_is_asked_in_groups() {
    let document = |attributes: Vec<Attribute>| MediaBody::Document {
        document: Document { attributes, ..Document::default() },
        spoiler: false,
        ttl: 0,
        cover: None,
        starts: 0,
    };
    let audio = |voice| Attribute::Audio {
        voice,
        duration: 1,
        title: String::new(),
        performer: String::new(),
        waveform: bytes::Bytes::new(),
    };
    let right = |attributes| document(attributes).right();
    assert_eq!(right(vec![]), BannedRights::SEND_DOCS);
    assert_eq!(right(vec![audio(true)]), BannedRights::SEND_VOICES);
    assert_eq!(right(vec![audio(false)]), BannedRights::SEND_AUDIOS);
    assert_eq!(right(vec![Attribute::Animated {}]), BannedRights::SEND_GIFS);
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
