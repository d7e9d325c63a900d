//! Who sees which photo of whom, and what is left of those that were taken away.

use super::*;
use crate::{
    Caller,
    accounts::{
        deletion::{DeleteAccount, LINK_BYTES},
        erasing::{EraseStep, on_list},
    },
    files::{PhotoSize, uses},
    ids::{AuthKeyId, Peer},
    messages::{media::carriers, suggest::SuggestPhoto},
    people::{
        SeenUser,
        blocks::{Block, List},
        contacts::{AddContact, DeleteContacts, Entry},
        full,
        privacy::{Rule, SetPrivacy},
        seen as seen_user, seen_min as seen_user_min,
    },
    testing::Hall,
    updates::{Change, Event},
};

/// A photo in squares that nobody has stored; their files are the photo's id and a digit.
pub(crate) fn squares(id: u64) -> Photo {
    let size = |(n, kind): (u64, &str)| {
        let stored = Stored { id: id * 10 + n, size: 5, ..Stored::default() };
        PhotoSize { kind: kind.into(), stored, ..PhotoSize::default() }
    };
    let sizes = [(1, "a"), (2, "b"), (3, "c")].map(size).into();
    Photo { id, sizes, stripped: vec![id as u8; 3].into(), ..Photo::default() }
}

fn set(hall: &Hall, by: Caller, id: Option<u64>, fallback: bool) -> Option<u64> {
    hall.run(SetPhoto { by, photo: id.map(squares), fallback }).unwrap().map(|it| it.id)
}

fn hide(hall: &Hall, by: Caller) {
    hall.run(SetPrivacy { by, key: privacy::Key::ProfilePhoto, rules: vec![Rule::AllowContacts {}] }).unwrap();
}

fn know(hall: &Hall, by: Caller, other: Caller) {
    let entry = Entry { first_name: "X".into(), ..Entry::default() };
    hall.run(AddContact { by, other: other.user, entry, share_phone: false }).unwrap();
}

fn seen(hall: &Hall, viewer: Caller, of: Caller) -> SeenUser {
    hall.ask(|view| seen_user(view, viewer.user, of.user)).unwrap().unwrap()
}

fn shown(hall: &Hall, viewer: Caller, of: Caller) -> Option<u64> {
    seen(hall, viewer, of).photo.map(|it| it.id)
}

fn listed(hall: &Hall, viewer: Caller, of: Caller, (offset, after, limit): (i32, u64, usize)) -> (Vec<u64>, usize) {
    let page = hall.ask(|view| page(view, viewer.user, of.user, Wanted { offset, after, limit })).unwrap();
    (page.photos.iter().map(|(it, _)| it.id).collect(), page.count)
}

fn reads(hall: &Hall, reader: Caller, of: Caller, photo: u64) -> bool {
    let carrier = Carrier::UserPhoto { user: of.user, photo };
    hall.ask(|view| carriers::carried(view, reader.user, carrier)).unwrap().is_some()
}

fn square_of(hall: &Hall, viewer: Caller, of: Caller, photo: u64, large: bool) -> Result<u64, Refusal> {
    hall.ask(|view| carriers::square(view, viewer.user, Peer::User(of.user), photo, large)).map(|it| it.id)
}

fn two(hall: &Hall) -> (Caller, Caller) {
    (hall.person("Ann", "11111"), hall.person("Ben", "22222"))
}

#[test]
fn the_latest_photo_is_shown_and_what_goes_leaves_the_one_before() {
    let hall = Hall::new();
    let (ann, ben) = two(&hall);
    assert_eq!(shown(&hall, ben, ann), None);
    for id in [5, 6, 7] {
        assert_eq!(set(&hall, ann, Some(id), false), Some(id));
    }
    assert_eq!((shown(&hall, ben, ann), shown(&hall, ann, ann)), (Some(7), Some(7)));
    assert_eq!(set(&hall, ann, Some(5), false), Some(5));
    assert_eq!(listed(&hall, ben, ann, (0, 0, 9)), (vec![5, 7, 6], 3), "one that is chosen again comes first");
    assert_eq!(set(&hall, ann, None, false), Some(7));
    assert_eq!((shown(&hall, ben, ann), listed(&hall, ben, ann, (0, 0, 9)).0), (Some(7), vec![7, 6]));
    assert_eq!(hall.run(DeletePhotos { by: ann, photos: vec![6, 99] }), Ok(vec![6]));
    assert_eq!(shown(&hall, ben, ann), Some(7));
    assert_eq!(hall.run(DeletePhotos { by: ann, photos: vec![7] }), Ok(vec![7]));
    assert_eq!((shown(&hall, ben, ann), set(&hall, ann, None, false)), (None, None));
}

#[test]
fn a_page_is_counted_from_the_latest_or_from_a_photo() {
    let hall = Hall::new();
    let (ann, ben) = two(&hall);
    for id in 1..=5 {
        set(&hall, ann, Some(id), false);
    }
    let page = |offset, after, limit| listed(&hall, ben, ann, (offset, after, limit)).0;
    assert_eq!((page(0, 0, 2), page(3, 0, 9), page(9, 0, 9)), (vec![5, 4], vec![2, 1], vec![]));
    assert_eq!((page(0, 4, 2), page(-1, 4, 1), page(i32::MIN, 4, 1)), (vec![3, 2], vec![4], vec![5]));
    let unknown = Wanted { offset: 0, after: 77, limit: 1 };
    assert_eq!(hall.ask(|view| super::page(view, ben.user, ann.user, unknown)), Err(Refusal::MaxIdInvalid));
}

#[test]
fn whom_the_photo_is_hidden_from_sees_the_fallback_and_no_other() {
    let hall = Hall::new();
    let (ann, ben) = two(&hall);
    set(&hall, ann, Some(5), false);
    set(&hall, ann, Some(6), true);
    assert_eq!((shown(&hall, ben, ann), reads(&hall, ben, ann, 5)), (Some(5), true));
    hide(&hall, ann);
    assert_eq!((shown(&hall, ben, ann), shown(&hall, ann, ann)), (Some(6), Some(5)));
    assert!(!reads(&hall, ben, ann, 5) && reads(&hall, ben, ann, 6) && reads(&hall, ann, ann, 5));
    assert_eq!(square_of(&hall, ben, ann, 6, true), Ok(63));
    assert_eq!(square_of(&hall, ben, ann, 5, true), Err(Refusal::LocationInvalid));
    assert_eq!(listed(&hall, ben, ann, (0, 0, 9)), (vec![], 0));
    let profile = |viewer: Caller| hall.ask(|view| full::full(view, viewer.user, ann.user)).unwrap().photos;
    let ids = |it: ProfilePhotos| [it.personal, it.current, it.fallback].map(|it| it.map(|(it, _)| it.id));
    assert_eq!((ids(profile(ben)), ids(profile(ann))), ([None, None, Some(6)], [None, Some(5), Some(6)]));
    know(&hall, ann, ben);
    assert_eq!((shown(&hall, ben, ann), ids(profile(ben))), (Some(5), [None, Some(5), None]));
    hall.run(Block { by: ann, peer: Peer::User(ben.user), list: List::Main, blocked: true }).unwrap();
    assert_eq!((shown(&hall, ben, ann), ids(profile(ben))), (None, [None; 3]), "who is blocked");
    assert!(!reads(&hall, ben, ann, 5) && !reads(&hall, ben, ann, 6));
    set(&hall, ann, None, true);
    hall.run(Block { by: ann, peer: Peer::User(ben.user), list: List::Main, blocked: false }).unwrap();
    assert!(!reads(&hall, ben, ann, 6));
}

#[test]
fn in_words_for_all_only_what_all_see_is_shown() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    set(&hall, ann, Some(5), false);
    let min = || hall.ask(|view| seen_user_min(view, ann.user)).unwrap().unwrap();
    assert_eq!((min().photo.map(|it| it.id), min().applies_photo), (Some(5), true));
    hide(&hall, ann);
    assert_eq!((min().photo, min().applies_photo), (None, false));
    set(&hall, ann, Some(6), true);
    assert_eq!((min().photo.map(|it| it.id), min().applies_photo), (Some(6), false));
}

#[test]
fn a_contact_has_the_photo_that_one_gave_it_for_oneself() {
    let hall = Hall::new();
    let (ann, ben) = two(&hall);
    set(&hall, ben, Some(5), false);
    let give = |photo: Option<u64>| SetContactPhoto { by: ann, other: ben.user, photo: photo.map(squares) };
    assert_eq!(hall.run(give(Some(8))), Err(Refusal::ContactMissing));
    know(&hall, ann, ben);
    hall.run(give(Some(8))).unwrap();
    let photo = seen(&hall, ann, ben).photo.unwrap();
    assert_eq!((photo.id, photo.personal, shown(&hall, ben, ben)), (8, true, Some(5)));
    let carrier = Carrier::ContactPhoto { owner: ann.user, other: ben.user };
    let reads = |who: Caller| hall.ask(|view| carriers::carried(view, who.user, carrier)).unwrap().is_some();
    assert_eq!((reads(ann), reads(ben)), (true, false));
    assert_eq!((square_of(&hall, ann, ben, 8, false), square_of(&hall, ann, ben, 5, false)), (Ok(81), Ok(51)));
    know(&hall, ann, ben);
    assert_eq!(shown(&hall, ann, ben), Some(8), "another name leaves the photo");
    hall.run(give(None)).unwrap();
    assert_eq!(shown(&hall, ann, ben), Some(5));
    hall.run(give(Some(9))).unwrap();
    hall.run(DeleteContacts { by: ann, others: vec![ben.user] }).unwrap();
    assert_eq!((shown(&hall, ann, ben), reads(ann)), (Some(5), false), "it goes with the contact");
}

#[test]
fn a_suggested_photo_is_carried_by_its_message_and_can_be_taken() {
    let hall = Hall::new();
    let (ann, ben) = two(&hall);
    let suggest = || SuggestPhoto { by: ann, to: ben.user, photo: squares(4) };
    assert_eq!(hall.run(suggest()).map(drop), Err(Refusal::ContactMissing));
    know(&hall, ann, ben);
    let sent = hall.run(suggest()).unwrap();
    let carrier = hall.ask(|view| carriers::of(view, ann.user.into(), sent.message)).unwrap().unwrap();
    let Carrier::Message { uid, .. } = carrier else { panic!("a message") };
    let theirs = Carrier::Message { log: ben.user.into(), uid };
    assert!(hall.ask(|view| carriers::carried(view, ben.user, theirs)).unwrap().is_some());
    assert!(hall.ask(|view| carriers::carries(view, theirs, 43)).unwrap());
    assert_eq!(shown(&hall, ann, ben), None, "until it is taken");
    set(&hall, ben, Some(4), false);
    assert_eq!(shown(&hall, ann, ben), Some(4));
}

#[test]
fn own_sessions_and_mutual_contacts_are_told() {
    let hall = Hall::new();
    let (ann, ben) = two(&hall);
    know(&hall, ann, ben);
    know(&hall, ben, ann);
    hall.events();
    set(&hall, ann, Some(5), false);
    let told = |who: Caller| {
        let change = Change::User { user: ann.user };
        move |it: &Event| matches!(it, Event::Logged { log, entry, .. } if *log == who.user.into() && entry.change == change)
    };
    let events = hall.events();
    assert!(events.iter().any(told(ann)) && events.iter().any(told(ben)));
    hide(&hall, ann);
    assert!(hall.events().iter().any(told(ben)), "what privacy hides is told as well");
}

#[test]
fn photos_are_bounded_in_number() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    for id in 1..=PHOTOS_MAX as u64 {
        set(&hall, ann, Some(id), false);
    }
    let more = SetPhoto { by: ann, photo: Some(squares(9999)), fallback: false };
    assert_eq!(hall.run(more.clone()).map(drop), Err(Refusal::AlbumPhotosTooMany));
    assert_eq!(set(&hall, ann, Some(1), false), Some(1), "one of them may come first");
    hall.run(DeletePhotos { by: ann, photos: vec![2] }).unwrap();
    assert!(hall.run(more).is_ok());
}

#[test]
fn a_photo_has_its_files_for_as_long_as_it_is_one() {
    let hall = Hall::new();
    let (ann, ben) = two(&hall);
    set(&hall, ann, Some(5), false);
    set(&hall, ann, Some(5), true);
    let carrier = Carrier::UserPhoto { user: ann.user, photo: 5 };
    let has = || hall.ask(|view| carriers::carries(view, carrier, 52)).unwrap();
    assert_eq!(hall.ask(|view| uses::carriers(view, 52, None, 9)).unwrap(), [carrier]);
    set(&hall, ann, None, false);
    assert!(has(), "as the fallback it stays");
    set(&hall, ann, None, true);
    assert!(!has());
    set(&hall, ann, Some(5), false);
    assert!(has());
    let link_prefix = "https://example.org/".into();
    let delete = DeleteAccount { user: ann.user, key: AuthKeyId(1), proved: None, link: [7; LINK_BYTES], link_prefix };
    hall.run(delete).unwrap();
    assert!(shown(&hall, ben, ann).is_none() && !reads(&hall, ben, ann, 5));
    while let [user, ..] = hall.ask(|view| on_list(view)).unwrap()[..] {
        hall.run(EraseStep { user }).unwrap();
    }
    assert!(!has());
}
