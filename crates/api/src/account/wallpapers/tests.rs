//! Wallpapers as clients ask for them.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{account as a, messages as m, users as u},
    types,
};

use crate::testing::{call, peer, refused};

fn list(hall: &Hall, who: Caller, hash: i64) -> Option<types::account::WallPapers> {
    match call(hall, who, &a::GetWallPapers { hash }).unwrap() {
        enums::account::WallPapers::Papers(it) => Some(it),
        enums::account::WallPapers::NotModified => None,
    }
}

fn id(it: &enums::WallPaper) -> i64 {
    match it {
        enums::WallPaper::Paper(it) => it.id,
        enums::WallPaper::NoFile(it) => it.id,
    }
}

fn settings(colors: [Option<i32>; 2]) -> enums::WallPaperSettings {
    types::WallPaperSettings {
        blur: false,
        motion: false,
        background_color: colors[0],
        second_background_color: colors[1],
        third_background_color: None,
        fourth_background_color: None,
        intensity: None,
        rotation: colors[1].map(|_| 90),
        emoticon: None,
    }
    .into()
}

fn fill(id: i64) -> enums::InputWallPaper {
    types::InputWallPaperNoFile { id }.into()
}

#[test]
fn a_list_is_told_once_and_changes_with_what_is_saved() {
    let hall = Hall::new();
    let ann = hall.sign_up(1, "Ann", "9996621001");
    let first = list(&hall, ann, 0).unwrap();
    assert!(first.wallpapers.iter().all(|it| matches!(it, enums::WallPaper::NoFile(it) if it.default)));
    assert_eq!(list(&hall, ann, first.hash), None);
    let look = settings([Some(0x10_2030), Some(0x40_5060)]);
    let save = |unsave| a::SaveWallPaper { wallpaper: fill(0), unsave, settings: look.clone() };
    assert_eq!(call(&hall, ann, &save(false)), Ok(true));
    let now = list(&hall, ann, first.hash).unwrap();
    let enums::WallPaper::NoFile(mine) = &now.wallpapers[0] else { panic!("a fill") };
    assert_eq!((mine.settings.as_ref(), mine.default, mine.dark), (Some(&look), false, true));
    let named = a::GetMultiWallPapers { wallpapers: vec![fill(mine.id), fill(id(&first.wallpapers[0]))] };
    let both = call(&hall, ann, &named).unwrap();
    assert_eq!(both.iter().map(id).collect::<Vec<_>>(), [mine.id, id(&first.wallpapers[0])]);
    assert_eq!(call(&hall, ann, &a::ResetWallPapers {}), Ok(true));
    assert_eq!(list(&hall, ann, first.hash), None);
    assert_eq!(refused(&hall, ann, &a::GetWallPaper { wallpaper: fill(5) }), "400 WALLPAPER_INVALID");
    let gap = a::InstallWallPaper { wallpaper: fill(0), settings: settings([None, Some(1)]) };
    assert_eq!(refused(&hall, ann, &gap), "400 WALLPAPER_INVALID");
}

#[test]
fn a_chat_has_the_wallpaper_that_was_set_for_both() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let set = m::SetChatWallPaper {
        for_both: true,
        revert: false,
        peer: peer(&hall, ann, ben),
        wallpaper: Some(fill(0)),
        settings: Some(settings([Some(7), None])),
        id: None,
    };
    let enums::Updates::Updates(told) = call(&hall, ann, &set).unwrap() else { panic!("updates") };
    let [enums::Update::PeerWallpaper(update), enums::Update::NewMessage(new)] = &told.updates[..] else {
        panic!("{:?}", told.updates)
    };
    assert!(!update.wallpaper_overridden && update.wallpaper.is_some());
    let enums::Message::Service(new) = &new.message else { panic!("what happened") };
    let enums::MessageAction::SetChatWallPaper(action) = &new.action else { panic!("{:?}", new.action) };
    assert_eq!((action.for_both, action.same, Some(&action.wallpaper)), (true, false, update.wallpaper.as_ref()));
    let full = |who: Caller, of: Caller| {
        let enums::InputPeer::User(it) = peer(&hall, who, of) else { panic!("a person") };
        let id = types::InputUser { user_id: it.user_id, access_hash: it.access_hash }.into();
        let enums::users::UserFull::Full(it) = call(&hall, who, &u::GetFullUser { id }).unwrap();
        let enums::UserFull::Full(it) = it.full_user;
        (it.wallpaper, it.wallpaper_overridden)
    };
    assert_eq!(full(ann, ben), (update.wallpaper.clone(), false));
    assert_eq!(full(ben, ann), (update.wallpaper.clone(), true));
    let revert = m::SetChatWallPaper { revert: true, for_both: false, peer: peer(&hall, ben, ann), ..set.clone() };
    call(&hall, ben, &revert).unwrap();
    assert_eq!(full(ben, ann), (None, false));
    let group = m::SetChatWallPaper { peer: types::InputPeerChat { chat_id: 5 }.into(), ..set };
    assert_eq!(refused(&hall, ann, &group), "400 PEER_ID_INVALID");
}
