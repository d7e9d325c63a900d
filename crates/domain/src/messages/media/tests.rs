//! Contacts, places and dice: what is refused, what both sides see, what searches find.

use super::*;
use crate::{
    Caller,
    ids::MessageId,
    messages::{
        SeenMessage,
        search::{Filter, Kinds, Query, hits},
        seen,
    },
    testing::Hall,
};

fn send(hall: &Hall, by: &Caller, to: UserId, media: Media) -> Result<MessageId, Refusal> {
    let random_id = 1 + hall.written() as i64;
    let send = SendMessage {
        by: *by,
        peer: Peer::User(to),
        text: String::new(),
        entities: Vec::new(),
        reply: None,
        random_id,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
    };
    hall.run(SendMedia { send, media }).map(|it| it.message)
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
