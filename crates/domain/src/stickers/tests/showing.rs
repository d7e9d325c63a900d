//! Sets that the operator shows.

use super::{
    super::featured::{FEATURED_MAX, Feature, ReadFeatured, featured},
    *,
};
use crate::updates::{Change, Event};

fn feature(hall: &Hall, name: &str, on: bool) -> Result<String, Refusal> {
    hall.run(Feature { short_name: name.into(), on }).map(|it| it.title)
}

#[test]
fn what_is_shown_is_unread_until_somebody_has_seen_it() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let one = create(&hall, ann, SetKind::Stickers, "one", 5);
    let two = create(&hall, ann, SetKind::Stickers, "two", 15);
    let emoji = create(&hall, ann, SetKind::Emoji, "emoji", 25);
    for name in ["one", "two", "emoji"] {
        assert_eq!(feature(&hall, name, true).unwrap(), name);
    }
    let shown = |kind| hall.ask(|view| featured(view, ben.user, kind)).unwrap();
    let all = shown(SetKind::Stickers);
    assert_eq!((all.sets.as_slice(), all.unread.len(), shown(SetKind::Emoji).sets), (&[two, one][..], 2, vec![emoji]));
    hall.events();
    hall.run(ReadFeatured { by: ben, sets: vec![one, StickerSetId(77)] }).unwrap();
    assert_eq!((shown(SetKind::Stickers).unread, shown(SetKind::Emoji).unread), (vec![two], vec![emoji]));
    hall.run(ReadFeatured { by: ben, sets: vec![] }).unwrap();
    hall.run(ReadFeatured { by: ben, sets: vec![] }).unwrap();
    assert_eq!((shown(SetKind::Stickers).unread, shown(SetKind::Emoji).unread), (vec![], vec![]));
    let told =
        |it: &Event| matches!(it, Event::Logged { entry, .. } if matches!(entry.change, Change::ReadFeatured { .. }));
    assert_eq!(hall.events().iter().filter(|it| told(it)).count(), 3);
    feature(&hall, "two", false).unwrap();
    assert_eq!((shown(SetKind::Stickers).sets, shown(SetKind::Stickers).old), (vec![one], vec![two]));
    hall.run(DeleteSet { by: ann, set: by_id(&hall, one) }).unwrap();
    assert_eq!(shown(SetKind::Stickers).sets, []);
    let looks = Looks { kind: SetKind::Emoji, emoji: vec!["🐶".into()], ..Looks::default() };
    assert_eq!(hall.ask(|view| matching(view, ben.user, &looks)).unwrap().len(), 1, "searches look into them");
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    create(&hall, ann, SetKind::Masks, "hats", 5);
    create(&hall, ann, SetKind::Stickers, "cats", 15);
    assert_eq!(feature(&hall, "nobody", true), Err(Refusal::StickersetInvalid));
    assert_eq!(feature(&hall, "hats", true), Err(Refusal::PackTypeInvalid));
    assert_eq!(feature(&hall, "cats", false), Err(Refusal::StickersetNotModified));
    for number in 0..FEATURED_MAX as u64 {
        create(&hall, ann, SetKind::Stickers, &format!("s{number}"), 1000 + 2 * number);
        feature(&hall, &format!("s{number}"), true).unwrap();
    }
    assert_eq!(feature(&hall, "cats", true), Err(Refusal::StickersTooMuch));
}
