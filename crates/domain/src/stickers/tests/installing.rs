//! Installing, archiving, ordering, removing.

use super::{
    super::{
        install::{Install, Reorder, Toggle, ToggleSets, Uninstall},
        lists::{List, list},
    },
    *,
};
use crate::updates::{Change, Event};

fn listed(hall: &Hall, who: Caller, of: List) -> Vec<StickerSetId> {
    hall.ask(|view| list(view, who.user, of)).unwrap().iter().map(|it| it.set).collect()
}

fn changes(hall: &Hall, who: Caller) -> Vec<Change> {
    let of = |it| match it {
        Event::Logged { log, entry, skip, .. } if log == who.user.into() => {
            assert_eq!(skip, Some(who.origin), "who asked knows");
            Some(entry.change)
        }
        _ => None,
    };
    hall.events().into_iter().filter_map(of).collect()
}

#[test]
fn sets_are_installed_put_away_and_brought_back() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let one = create(&hall, ann, SetKind::Stickers, "one", 5);
    let two = create(&hall, ann, SetKind::Stickers, "two", 15);
    let emoji = create(&hall, ann, SetKind::Emoji, "emoji", 25);
    hall.events();
    let (installed, archived) = (List::Installed(SetKind::Stickers), List::Archived(SetKind::Stickers));
    let install = |set, archived| hall.run(Install { by: ben, set: by_id(&hall, set), archived }).unwrap();
    for set in [one, two, emoji, one] {
        assert_eq!(install(set, false), []);
    }
    assert_eq!(listed(&hall, ben, installed), [two, one], "who has it already moves nothing");
    assert_eq!(listed(&hall, ben, List::Installed(SetKind::Emoji)), [emoji]);
    let told = [one, two, emoji].map(|set| Change::StickerSetInstalled { set });
    assert_eq!(changes(&hall, ben), told);
    install(one, true);
    assert_eq!((listed(&hall, ben, installed), listed(&hall, ben, archived)), (vec![two], vec![one]));
    let toggle = |how, sets: &[StickerSetId]| {
        let sets = sets.iter().map(|it| by_id(&hall, *it)).collect();
        hall.run(ToggleSets { by: ben, sets, how }).unwrap();
    };
    toggle(Toggle::Unarchive, &[one]);
    toggle(Toggle::Archive, &[two]);
    assert_eq!((listed(&hall, ben, installed), listed(&hall, ben, archived)), (vec![one], vec![two]));
    hall.events();
    toggle(Toggle::Uninstall, &[one, emoji]);
    assert_eq!(listed(&hall, ben, installed), []);
    let kinds = [SetKind::Emoji, SetKind::Stickers].map(|kind| Change::StickerSets { kind });
    assert_eq!(changes(&hall, ben), kinds);
    hall.run(Uninstall { by: ben, set: by_id(&hall, two) }).unwrap();
    hall.run(Uninstall { by: ben, set: by_id(&hall, two) }).unwrap();
    assert_eq!(changes(&hall, ben).len(), 1, "the second time changed nothing");
    assert_eq!(listed(&hall, ann, installed), [two, one], "others' lists are their own");
}

#[test]
fn those_that_are_named_stand_first_in_their_order() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    let sets = ["a", "b", "c"]
        .map(|name| create(&hall, ann, SetKind::Stickers, name, 100 + u64::from(name.as_bytes()[0]) * 2));
    let [a, b, c] = sets;
    hall.events();
    let reorder = |order: Vec<StickerSetId>| hall.run(Reorder { by: ann, kind: SetKind::Stickers, order });
    reorder(vec![a, StickerSetId(77), b]).unwrap();
    assert_eq!(listed(&hall, ann, List::Installed(SetKind::Stickers)), [a, b, c]);
    reorder(vec![a]).unwrap();
    assert_eq!(changes(&hall, ann), [Change::StickerSetsOrder { kind: SetKind::Stickers }]);
    assert_eq!(reorder(vec![a; INSTALLED_MAX + 1]), Err(Refusal::OrderInvalid));
}

#[test]
fn over_the_limit_the_last_one_goes_into_the_archive() {
    let hall = Hall::new();
    let ann = hall.person("Ann", "11111");
    let makers: Vec<_> = (0..2).map(|it| hall.person("Maker", &format!("3333{it}"))).collect();
    let sets: Vec<_> = (0..=INSTALLED_MAX as u64)
        .map(|it| create(&hall, makers[it as usize % 2], SetKind::Stickers, &format!("s{it}"), 1000 + 2 * it))
        .collect();
    let install = |set| hall.run(Install { by: ann, set: by_id(&hall, set), archived: false }).unwrap();
    for set in &sets[..INSTALLED_MAX] {
        assert_eq!(install(*set), []);
    }
    assert_eq!(install(sets[INSTALLED_MAX]), [sets[0]]);
    assert_eq!(listed(&hall, ann, List::Installed(SetKind::Stickers)).len(), INSTALLED_MAX);
    assert_eq!(listed(&hall, ann, List::Archived(SetKind::Stickers)), [sets[0]]);
}
