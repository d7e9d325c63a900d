//! Sets are made, changed, found, installed and end; what people have of them.

mod installing;
mod keeping;
mod showing;

use super::{
    change::{ChangeSet, SetChange},
    create::{CreateSet, NewSticker, Words},
    delete::DeleteSet,
    matching::{Looks, matching},
    names,
    search::{Query, search},
    seen, *,
};
use crate::{
    Caller, Refusal,
    files::{Access, Attribute, Carrier, Document, MaskPlace, Stored, uses},
    ids::StickerSetId,
    messages::media::carriers::{Named, carries, located},
    testing::Hall,
};

/// A sticker whose file nobody has stored.
pub(super) fn sticker(id: u64, emoji: &str) -> NewSticker {
    let document = Document { stored: Stored { id, size: 5, ..Stored::default() }, ..Document::default() };
    let words = Words { emoji: emoji::split(emoji).unwrap(), ..Words::default() };
    NewSticker { document, words }
}

pub(super) fn new_set(by: Caller, kind: SetKind, (title, short_name): (&str, &str), first: u64) -> CreateSet {
    let stickers = vec![sticker(first, "😀"), sticker(first + 1, "🐱🐶")];
    let (title, short_name) = (title.to_owned(), short_name.to_owned());
    CreateSet { by, kind, title, short_name, text_color: false, thumb: None, stickers }
}

pub(super) fn create(hall: &Hall, by: Caller, kind: SetKind, name: &str, first: u64) -> StickerSetId {
    hall.run(new_set(by, kind, (name, name), first)).unwrap()
}

pub(super) fn by_id(hall: &Hall, id: StickerSetId) -> Wanted {
    Wanted::Id(id, hall.ask(|view| Ok(view.world().set_hash(id))).unwrap())
}

fn see(hall: &Hall, who: Caller, id: StickerSetId) -> SeenSet {
    hall.ask(|view| seen::seen(view, who.user, id)).unwrap().expect("the set is there")
}

fn order(hall: &Hall, id: StickerSetId) -> Vec<u64> {
    let row = hall.ask(|view| rows::set(view, id)).unwrap().unwrap();
    hall.ask(|view| rows::card(view, id, &row)).unwrap().faces.iter().map(|it| it.document).collect()
}

#[test]
fn a_set_is_found_by_number_and_name_and_installed_for_its_maker() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = hall.run(new_set(ann, SetKind::Stickers, ("Cats of Lille", "Cats_of_Lille"), 5)).unwrap();
    for wanted in [by_id(&hall, id), Wanted::Name("cats_OF_lille".into())] {
        assert_eq!(hall.ask(|view| find(view, &wanted)).unwrap().0, id);
    }
    let guessed = Wanted::Id(id, 5);
    assert_eq!(hall.ask(|view| find(view, &guessed)).err(), Some(Refusal::StickersetInvalid));
    let (mine, other) = (see(&hall, ann, id), see(&hall, ben, id));
    assert!(mine.mine && mine.installed.is_some() && !other.mine && other.installed.is_none());
    let stickers = hall.ask(|view| seen::stickers(view, &other, usize::MAX)).unwrap();
    let alts: Vec<_> = stickers.iter().map(|it| (it.document.stored.id, it.document.alt().unwrap())).collect();
    assert_eq!(alts, [(5, "😀"), (6, "🐱")]);
    assert!(stickers.iter().all(|it| it.document.set() == Some(id)));
    assert_eq!(hall.ask(|view| seen::by_documents(view, &[6, 77, 5])).unwrap().len(), 2);
}

#[test]
fn what_a_set_cannot_be_is_refused_by_name() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    create(&hall, ann, SetKind::Stickers, "taken", 5);
    let refused = |change: fn(&mut CreateSet)| {
        let mut it = new_set(ann, SetKind::Stickers, ("Title", "free"), 50);
        change(&mut it);
        hall.run(it).err()
    };
    for (change, expected) in [
        ((|it| it.title = "  ".into()) as fn(&mut CreateSet), Refusal::PackTitleInvalid),
        (|it| it.title = "é".repeat(65), Refusal::PackTitleInvalid),
        (|it| it.short_name = "1abc".into(), Refusal::PackShortNameInvalid),
        (|it| it.short_name = "a__b".into(), Refusal::PackShortNameInvalid),
        (|it| it.short_name = "a-b".into(), Refusal::PackShortNameInvalid),
        (|it| it.short_name = "a".repeat(65), Refusal::PackShortNameInvalid),
        (|it| it.short_name = "TAKEN".into(), Refusal::PackShortNameOccupied),
        (|it| it.stickers.clear(), Refusal::StickersEmpty),
        (|it| it.stickers = (0..121).map(|n| sticker(100 + n, "😀")).collect(), Refusal::StickersTooMuch),
        (|it| it.stickers[0].words.emoji.clear(), Refusal::StickerEmojiInvalid),
        (
            |it| it.stickers[0].words.place = Some(MaskPlace { zoom: 1.0, ..MaskPlace::default() }),
            Refusal::StickerMaskCoordsNotSupported,
        ),
    ] {
        assert_eq!(refused(change), Some(expected));
    }
    let check = |name: &str| hall.ask(|view| names::check(view, name));
    assert_eq!(check("Taken"), Err(Refusal::ShortNameOccupied));
    assert_eq!(check("ta ken"), Err(Refusal::ShortNameInvalid));
    assert_eq!(check("a"), Ok(()));
}

#[test]
fn a_set_is_as_large_as_its_kind_allows() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    for (kind, name, most) in [(SetKind::Stickers, "large", STICKERS_MAX), (SetKind::Emoji, "small", EMOJI_MAX)] {
        let first = 1000 * (1 + kind as u64);
        let mut set = new_set(ann, kind, (name, name), 1);
        set.stickers = (0..most as u64).map(|it| sticker(first + it, "😀")).collect();
        let id = hall.run(set).unwrap();
        let add =
            ChangeSet {
                by: ann, set: by_id(&hall, id), change: SetChange::Add(Box::new(sticker(first + 900, "😀")))
            };
        assert_eq!(hall.run(add), Err(Refusal::StickersTooMuch));
    }
}

#[test]
fn one_account_makes_so_many_sets() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    for number in 0..OWNED_MAX as u64 {
        create(&hall, ann, SetKind::Emoji, &format!("set{number}"), 10 + 2 * number);
    }
    let one_more = new_set(ann, SetKind::Stickers, ("more", "more"), 5000);
    assert_eq!(hall.run(one_more), Err(Refusal::ShortnameOccupyFailed));
}

#[test]
fn a_name_is_proposed_that_is_free() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    let suggest = |title: &str| hall.ask(|view| names::suggest(view, title));
    assert_eq!(suggest("Zoë's 2 Black cats!").unwrap(), "zoe_s_2_black_cats");
    create(&hall, ann, SetKind::Stickers, "black_cats", 5);
    assert_eq!(suggest("Black cats").unwrap(), "black_cats_2");
    assert_eq!(suggest("猫 12"), Err(Refusal::TitleInvalid));
    let nameless = new_set(ann, SetKind::Stickers, ("Black cats", ""), 9);
    let id = hall.run(nameless).unwrap();
    assert_eq!(see(&hall, ann, id).card.short_name, "black_cats_2");
}

#[test]
fn its_maker_alone_changes_a_set() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = create(&hall, ann, SetKind::Stickers, "cats", 5);
    let set = by_id(&hall, id);
    let change = |by: Caller, change| hall.run(ChangeSet { by, set: set.clone(), change }).map(drop);
    let before = hall.ask(|view| Ok(rows::hash(id, &rows::set(view, id)?.unwrap()))).unwrap();
    assert_eq!(change(ben, SetChange::Remove(5)), Err(Refusal::StickersetInvalid));
    assert_eq!(change(ann, SetChange::Remove(77)), Err(Refusal::StickerInvalid));
    change(ann, SetChange::Add(Box::new(sticker(7, "🦊")))).unwrap();
    change(ann, SetChange::Move(7, 0)).unwrap();
    assert_eq!(order(&hall, id), [7, 5, 6]);
    change(ann, SetChange::Move(7, 99)).unwrap();
    change(ann, SetChange::Replace(5, Box::new(sticker(8, "🐻")))).unwrap();
    change(ann, SetChange::Remove(6)).unwrap();
    assert_eq!(order(&hall, id), [8, 7]);
    let emoji = Some(vec!["🐺".to_owned()]);
    change(ann, SetChange::Words { document: 7, emoji, keywords: Some(vec!["wolf".into()]), place: None }).unwrap();
    change(ann, SetChange::Title("Wild".into())).unwrap();
    let seen = see(&hall, ben, id);
    assert_eq!((seen.card.title.as_str(), seen.card.faces[1].keywords[0].as_str()), ("Wild", "wolf"));
    let stickers = hall.ask(|view| seen::stickers(view, &seen, 9)).unwrap();
    assert_eq!(stickers[1].document.alt(), Some("🐺"));
    assert_ne!(rows::hash(id, &seen.row), before, "clients ask again");
    let query = |text: &str| Query { text: text.into(), ..Query::default() };
    let found = |text: &str| hall.ask(|view| search(view, ben.user, &query(text))).unwrap();
    assert_eq!((found("wil"), found("cat")), (vec![id], vec![id]), "its short name stays");
}

#[test]
fn a_thumbnail_comes_and_goes() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    let (id, emoji) =
        (create(&hall, ann, SetKind::Stickers, "cats", 5), create(&hall, ann, SetKind::Emoji, "faces", 15));
    let change = |id, change| hall.run(ChangeSet { by: ann, set: by_id(&hall, id), change }).map(drop);
    change(id, SetChange::Thumb(Some(Box::new(sticker(50, "😀").document)))).unwrap();
    let seen = see(&hall, ann, id);
    assert_eq!((seen.thumb.map(|it| it.stored.id), seen.card.thumb_version), (Some(50), 1));
    change(id, SetChange::Thumb(None)).unwrap();
    assert_eq!((see(&hall, ann, id).thumb, order(&hall, id)), (None, vec![5, 6]));
    assert_eq!(change(id, SetChange::ThumbEmoji(5)), Err(Refusal::StickerInvalid));
    assert_eq!(change(emoji, SetChange::ThumbEmoji(5)), Err(Refusal::StickerInvalid));
    change(emoji, SetChange::ThumbEmoji(16)).unwrap();
    change(emoji, SetChange::Remove(16)).unwrap();
    assert_eq!(see(&hall, ann, emoji).card.thumb_emoji, 0);
}

#[test]
fn a_mask_sits_on_a_part_of_the_face() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    let place = |part, x| Some(MaskPlace { part, x, zoom: 1.5, ..MaskPlace::default() });
    for (wrong, name) in [(place(4, 0.0), "one"), (place(0, f64::NAN), "two")] {
        let mut set = new_set(ann, SetKind::Masks, (name, name), 5);
        set.stickers[0].words.place = wrong;
        assert_eq!(hall.run(set), Err(Refusal::StickerMaskCoordsNotSupported));
    }
    let mut set = new_set(ann, SetKind::Masks, ("hats", "hats"), 5);
    set.stickers[0].words.place = place(0, -0.5);
    let id = hall.run(set).unwrap();
    let stored = hall.ask(|view| rows::document(view, id, 5)).unwrap().unwrap();
    let is_there =
        |it: &Attribute| matches!(it, Attribute::Sticker { mask: true, place: Some(at), .. } if at.x == -0.5);
    assert!(stored.attributes.iter().any(is_there), "{:?}", stored.attributes);
}

#[test]
fn a_file_of_a_set_is_given_to_anybody_until_it_leaves_the_set() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = create(&hall, ann, SetKind::Stickers, "cats", 5);
    let carrier = Carrier::Sticker { set: id, document: 5 };
    let access: Access = hall.ask(|view| Ok(Access::of(view, carrier, [5]))).unwrap();
    let named = Named { id: 5, access_hash: access.hash(5), reference: access.reference.to_vec() };
    let find = || hall.ask(|view| located(view, ben.user, &named, "")).map(|it| it.id);
    assert_eq!(find(), Ok(5));
    assert_eq!(hall.ask(|view| uses::carriers(view, 5, None, 9)).unwrap(), [carrier]);
    hall.run(ChangeSet { by: ann, set: by_id(&hall, id), change: SetChange::Remove(5) }).unwrap();
    assert_eq!(find(), Err(Refusal::FileReferenceExpired));
    assert!(!hall.ask(|view| carries(view, carrier, 5)).unwrap(), "the sweep may take it");
}

#[test]
fn a_deleted_set_is_gone_for_everybody_and_its_name_is_free() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = create(&hall, ann, SetKind::Stickers, "cats", 5);
    let set = by_id(&hall, id);
    hall.run(install::Install { by: ben, set: set.clone(), archived: false }).unwrap();
    assert_eq!(hall.run(DeleteSet { by: ben, set: set.clone() }), Err(Refusal::StickersetInvalid));
    hall.run(DeleteSet { by: ann, set: set.clone() }).unwrap();
    assert_eq!(hall.ask(|view| find(view, &set)).err(), Some(Refusal::StickersetInvalid));
    assert_eq!(hall.ask(|view| seen::by_documents(view, &[5, 6])).unwrap(), []);
    let text = "cats".to_owned();
    assert_eq!(hall.ask(|view| search(view, ben.user, &Query { text: text.clone(), ..Query::default() })), Ok(vec![]));
    let listed = hall.ask(|view| lists::list(view, ben.user, lists::List::Installed(SetKind::Stickers))).unwrap();
    assert_eq!(listed.len(), 1, "it stays until the list changes");
    assert_eq!(hall.ask(|view| seen::seen_all(view, ben.user, listed.iter().map(|it| it.set))), Ok(vec![]));
    let again = create(&hall, ben, SetKind::Stickers, "cats", 15);
    assert_ne!(again, id);
    let listed = hall.ask(|view| lists::list(view, ben.user, lists::List::Installed(SetKind::Stickers))).unwrap();
    assert_eq!(listed.iter().map(|it| it.set).collect::<Vec<_>>(), [again]);
}

#[test]
fn stickers_are_found_by_emoji_keywords_and_the_names_of_sets() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = create(&hall, ann, SetKind::Stickers, "animals", 5);
    let keywords = Some(vec!["sleepy".to_owned()]);
    let words = SetChange::Words { document: 6, emoji: None, keywords, place: None };
    hall.run(ChangeSet { by: ann, set: by_id(&hall, id), change: words }).unwrap();
    let found = |who: Caller, emoji: &str, text: &str| {
        let emoji = emoji::split(emoji).unwrap_or_default();
        let looks = Looks { kind: SetKind::Stickers, emoji, text: text.into() };
        hall.ask(|view| matching(view, who.user, &looks)).unwrap().iter().map(|it| it.document).collect::<Vec<_>>()
    };
    assert_eq!(found(ann, "🐶", ""), [6]);
    assert_eq!(found(ann, "😀🐶", ""), [5, 6]);
    assert_eq!((found(ann, "", "sleep"), found(ann, "", "awake")), (vec![6], vec![]));
    assert_eq!(found(ben, "🐶", ""), [0; 0], "he has not installed it");
    assert_eq!(found(ben, "", "anim"), [5, 6], "its name finds all of it");
}

/// Titles, short names, keywords and keys of files are sealed.
#[test]
fn nothing_that_was_written_in_a_set_lies_open() {
    use store::{Direction, Key, Kv, Range};
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    let mut set = new_set(ann, SetKind::Stickers, ("Planted title", "planted_name"), 5);
    set.stickers[0].words.keywords = vec!["plantedkeyword".into()];
    set.stickers[0].document.stored.key = b"planted key of a file, 32 bytes.".to_vec().into();
    let document = set.stickers[0].document.clone();
    let sent = document.clone();
    let id = hall.run(set).unwrap();
    let kept = Document {
        attributes: vec![Attribute::Sticker { mask: false, alt: "planted alt".into(), set: id, place: None }],
        ..sent
    };
    hall.run(super::shelf::Keep { by: ann, shelf: super::shelf::Shelf::Faved, document: kept }).unwrap();
    let whole = Range { start: Key::from_bytes(&[0]), end: Key::from_bytes(&[255]) };
    let all = crate::testing::ready(hall.kv().scan(&whole, Direction::Forward, 10_000)).unwrap();
    assert!(all.len() > 10);
    for (key, value) in all {
        for row in [key.as_bytes(), &value[..]] {
            let open = |it: &[u8]| it.to_ascii_lowercase().windows(7).any(|it| it == b"planted");
            assert!(!open(row), "{key:?}");
        }
    }
}
