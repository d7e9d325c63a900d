//! Wallpapers: lists, links, and both sides of a chat.

use super::{
    Look, Named, Seen, Wallpaper,
    chats::{Choice, SetChatWallpaper, wallpaper},
    fills::FIRST,
    find, made,
    made::NewWallpaper,
    own,
    own::{ResetWallpapers, SaveWallpaper},
    shown,
};
use crate::{
    Caller,
    accounts::{
        deletion::{DeleteAccount, LINK_BYTES},
        erasing::EraseStep,
    },
    files::{Access, Carrier, Claim, Part, save_part},
    groups::create::CreateChannel,
    ids::{MessageId, Peer},
    messages::{
        media::carriers::{Named as NamedFile, carries, named},
        seen,
    },
    refusal::Refusal,
    spaces,
    testing::{Hall, ready},
    updates::{Change, Event},
};

/// The smallest picture: one pixel.
const PIXEL: &[u8] = include_bytes!("../../../../media/samples/still.jpg");

fn uploaded(hall: &Hall, by: Caller, upload: i64, mime: &str, look: Look, for_chat: bool) -> Result<Seen, Refusal> {
    let part = Part::new(0, PIXEL.len(), None).unwrap();
    ready(save_part(&hall.domain, by.user, upload, part, PIXEL.into())).unwrap();
    let claim = Claim { upload, parts: 1, md5: None };
    ready(made::upload(&hall.domain, by, NewWallpaper { claim, mime: mime.into(), look, for_chat }))
}

fn picture(hall: &Hall, by: Caller, upload: i64) -> Wallpaper {
    uploaded(hall, by, upload, "image/jpeg", Look::default(), false).unwrap().wallpaper
}

fn colors(all: &[u32]) -> Look {
    Look { colors: all.to_vec(), ..Look::default() }
}

fn on(hall: &Hall, who: Caller) -> Vec<u64> {
    hall.ask(|view| own::all(view, who.user)).unwrap().iter().map(|it| it.wallpaper.id).collect()
}

fn save(hall: &Hall, by: Caller, wallpaper: Named, look: Look, unsave: bool) -> Result<(), Refusal> {
    hall.run(SaveWallpaper { by, wallpaper, look, unsave })
}

fn in_chat(hall: &Hall, who: Caller, with: Caller) -> Option<(u64, bool)> {
    let it = hall.ask(|view| wallpaper(view, who.user, Peer::User(with.user))).unwrap();
    it.map(|(it, is_theirs)| {
        (it.wallpaper.id.checked_sub(FIRST).filter(|it| *it < 99).unwrap_or(it.wallpaper.id), is_theirs)
    })
}

fn set(hall: &Hall, by: Caller, with: Caller, choice: Choice, for_both: bool) -> Result<usize, Refusal> {
    hall.run(SetChatWallpaper { by, peer: Peer::User(with.user), choice, for_both }).map(|it| it.len())
}

fn two() -> (Hall, Caller, Caller) {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("A", "9996621001"), hall.person("B", "9996621002"));
    (hall, ann, ben)
}

#[test]
fn a_list_begins_with_the_servers_fills_and_is_changed_and_reset() {
    let (hall, ann, _) = two();
    let fills: Vec<_> = (1..=10).map(|it| FIRST + it).collect();
    assert_eq!(on(&hall, ann), fills);
    let made = picture(&hall, ann, 1);
    let own = colors(&[0x12_3456]);
    save(&hall, ann, Named::Fill(0), own.clone(), false).unwrap();
    save(&hall, ann, Named::Fill(0), own.clone(), false).unwrap();
    let fill = hall.ask(|view| find(view, ann.user, &Named::Fill(0), Some(&own))).unwrap();
    assert_eq!(on(&hall, ann), [&[fill.id, made.id][..], &fills].concat(), "the same colours are one fill");
    save(&hall, ann, Named::Fill(FIRST + 3), Look::default(), true).unwrap();
    save(&hall, ann, Named::Fill(fill.id), Look::default(), true).unwrap();
    assert_eq!(on(&hall, ann), [&[made.id][..], &fills[..2], &fills[3..]].concat());
    save(&hall, ann, Named::Fill(FIRST + 3), Look::default(), false).unwrap();
    assert_eq!(on(&hall, ann)[..3], [fills[2], made.id, fills[0]]);
    hall.run(ResetWallpapers { by: ann }).unwrap();
    assert_eq!(on(&hall, ann), fills);
    let list = crate::kept::List::Wallpapers;
    let carrier = Carrier::Kept { user: ann.user, list, file: made.id };
    assert!(!hall.ask(|view| carries(view, carrier, made.id)).unwrap());
}

#[test]
fn a_list_has_a_limit_beyond_which_the_oldest_go() {
    let (hall, ann, _) = two();
    for n in 0..=own::WALLPAPERS_MAX as u32 {
        save(&hall, ann, Named::Fill(0), colors(&[n]), false).unwrap();
    }
    assert_eq!(on(&hall, ann).len(), own::WALLPAPERS_MAX + 10);
    let first = hall.ask(|view| find(view, ann.user, &Named::Fill(0), Some(&colors(&[0])))).unwrap();
    assert!(!on(&hall, ann).contains(&first.id));
}

#[test]
fn a_link_leads_to_a_wallpaper_and_no_other_does() {
    let (hall, ann, ben) = two();
    let made = picture(&hall, ann, 1);
    let look = |slug: String| hall.ask(|view| shown(view, ben.user, &Named::Slug(slug.clone())));
    let seen = look(made.slug.clone()).unwrap();
    assert_eq!((seen.wallpaper.id, made.slug.len()), (made.id, 22));
    let file =
        NamedFile { id: made.id, access_hash: seen.access.hash(made.id), reference: seen.access.reference.to_vec() };
    assert!(hall.ask(|view| named(view, ben.user, &file).map(drop)).is_ok());
    for at in 0..22 {
        let mut other = made.slug.clone().into_bytes();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(look(String::from_utf8(other).unwrap()), Err(Refusal::WallpaperInvalid), "letter {at}");
    }
    for other in ["", "A", "äöü", &"A".repeat(23), &made.slug[..21]] {
        assert_eq!(look(other.into()), Err(Refusal::WallpaperInvalid));
    }
    let by_id = |hash| hall.ask(|view| shown(view, ben.user, &Named::Id(made.id, hash)).map(drop));
    assert_eq!((by_id(file.access_hash), by_id(1)), (Ok(()), Err(Refusal::WallpaperInvalid)));
    save(&hall, ben, Named::Slug(made.slug.clone()), Look::default(), false).unwrap();
    assert_eq!(on(&hall, ben)[0], made.id);
}

#[test]
fn of_an_account_that_goes_lists_and_links_go_and_copies_stay() {
    let (hall, ann, ben) = two();
    let made = picture(&hall, ann, 1);
    set(&hall, ann, ben, Choice::New(Named::Slug(made.slug.clone()), None), true).unwrap();
    save(&hall, ben, Named::Slug(made.slug.clone()), Look::default(), false).unwrap();
    hall.run(DeleteAccount {
        user: ann.user,
        key: ann.origin.key,
        proved: None,
        link: [7; LINK_BYTES],
        link_prefix: "https://example.org/".into(),
    })
    .unwrap();
    let look = || hall.ask(|view| shown(view, ben.user, &Named::Slug(made.slug.clone())).map(drop));
    assert_eq!(on(&hall, ben)[0], made.id);
    while hall.ask(|view| crate::accounts::erasing::on_list(view)).unwrap().contains(&ann.user) {
        hall.run(EraseStep { user: ann.user }).unwrap();
    }
    assert_eq!(look(), Ok(()), "from the list of who saved it");
    let left = |space: store::Subspace| {
        let whole =
            store::Range { start: store::Key::from_bytes(&[space.id]), end: store::Key::from_bytes(&[space.id + 1]) };
        ready(store::Kv::scan(hall.kv(), &whole, store::Direction::Forward, 9)).unwrap().len()
    };
    assert_eq!((left(spaces::WALLPAPER), left(spaces::WALLPAPER_MAKER), left(spaces::CHAT_WALLPAPER)), (0, 0, 1));
}

#[test]
fn uploads_are_refused_by_name() {
    let (hall, ann, _) = two();
    let refused = |upload, mime, look| uploaded(&hall, ann, upload, mime, look, false).map(|it| it.wallpaper.pattern);
    assert_eq!(refused(1, "image/gif", Look::default()), Err(Refusal::WallpaperMimeInvalid));
    assert_eq!(refused(2, "image/jpeg", colors(&[1 << 24])), Err(Refusal::WallpaperInvalid));
    let pattern = "application/x-tgwallpattern";
    assert_eq!(refused(3, pattern, Look::default()), Err(Refusal::WallpaperInvalid));
    assert_eq!(refused(4, pattern, colors(&[1])), Ok(true));
    assert_eq!(refused(5, "image/jpeg", colors(&[1])), Ok(false));
    let part = Part::new(0, 5, None).unwrap();
    ready(save_part(&hall.domain, ann.user, 6, part, bytes::Bytes::from_static(b"words"))).unwrap();
    let claim = Claim { upload: 6, parts: 1, md5: None };
    let it = NewWallpaper { claim, mime: "image/png".into(), look: Look::default(), for_chat: false };
    assert_eq!(ready(made::upload(&hall.domain, ann, it)), Err(Refusal::WallpaperFileInvalid));
}

#[test]
fn looks_stay_in_bounds() {
    let check = |it: Look| it.checked().map(drop);
    let bad = Err(Refusal::WallpaperInvalid);
    assert_eq!(check(colors(&[1, 2, 3, 4])), Ok(()));
    assert_eq!(check(colors(&[1, 2, 3, 4, 5])), bad);
    assert_eq!(check(Look { rotation: 315, ..Look::default() }), Ok(()));
    assert_eq!(check(Look { rotation: 360, ..Look::default() }), bad);
    assert_eq!(check(Look { rotation: 44, ..Look::default() }), bad);
    assert_eq!(check(Look { intensity: Some(-100), ..Look::default() }), Ok(()));
    assert_eq!(check(Look { intensity: Some(101), ..Look::default() }), bad);
    assert_eq!(check(Look { intensity: Some(i32::MIN), ..Look::default() }), bad);
    assert_eq!(check(Look { emoticon: "e".repeat(65), ..Look::default() }), bad);
    assert!(colors(&[0]).is_dark() && !colors(&[0xff_ffff]).is_dark() && !Look::default().is_dark());
}

#[test]
fn each_side_has_its_own_until_one_is_set_for_both_and_taken_off_again() {
    let (hall, ann, ben) = two();
    let new = |id| Choice::New(Named::Fill(FIRST + id), None);
    set(&hall, ann, ben, new(1), false).unwrap();
    assert_eq!((in_chat(&hall, ann, ben), in_chat(&hall, ben, ann)), (Some((1, false)), None));
    set(&hall, ben, ann, new(2), false).unwrap();
    hall.events();
    set(&hall, ann, ben, new(3), true).unwrap();
    assert_eq!((in_chat(&hall, ann, ben), in_chat(&hall, ben, ann)), (Some((3, false)), Some((3, true))));
    let told = |it: &Event| match it {
        Event::Logged { log, entry, .. } if matches!(entry.change, Change::PeerWallpaper { .. }) => Some(*log),
        _ => None,
    };
    let logs: Vec<_> = hall.events().iter().filter_map(told).collect();
    assert_eq!(logs, [ann.user.into(), ben.user.into()]);
    assert_eq!(set(&hall, ben, ann, Choice::Revert, false), Ok(1));
    assert_eq!(in_chat(&hall, ben, ann), Some((2, false)));
    assert_eq!(set(&hall, ben, ann, Choice::Revert, false), Ok(0), "there is nothing to take off");
    set(&hall, ann, ben, Choice::Nothing, true).unwrap();
    assert_eq!((in_chat(&hall, ann, ben), in_chat(&hall, ben, ann)), (None, None));
}

#[test]
fn the_wallpaper_of_a_service_message_is_taken_over_from_it() {
    let (hall, ann, ben) = two();
    let made = picture(&hall, ann, 1);
    set(&hall, ann, ben, Choice::New(Named::Slug(made.slug.clone()), None), false).unwrap();
    let newest = |who: Caller| {
        let last = hall.ask(|view| Ok(crate::updates::counters(view, who.user)?.last_message_id)).unwrap();
        hall.ask(|view| seen(view, who.user, MessageId(last))).unwrap().unwrap()
    };
    let message = newest(ben);
    let crate::messages::SeenMedia::Carried(carried) = message.media.unwrap() else { panic!("it carries a file") };
    let access: Access = carried.access.clone();
    let file = NamedFile { id: made.id, access_hash: access.hash(made.id), reference: access.reference.to_vec() };
    assert!(hall.ask(|view| named(view, ben.user, &file).map(drop)).is_ok(), "its reader may fetch it");
    set(&hall, ben, ann, Choice::OfMessage(message.id, None), false).unwrap();
    assert_eq!(in_chat(&hall, ben, ann), Some((made.id, false)));
    let action = newest(ann).body.action;
    assert!(matches!(action, Some(crate::messages::Action::SetChatWallpaper { same: true, for_both: false, .. })));
    let wrong = Choice::OfMessage(MessageId(99), None);
    assert_eq!(set(&hall, ben, ann, wrong, false), Err(Refusal::WallpaperNotFound));
}

#[test]
fn groups_have_none_and_channels_would_need_boosts() {
    let (hall, ann, ben) = two();
    let choice = Choice::New(Named::Fill(FIRST + 1), None);
    let peer = Peer::Chat(crate::ids::ChatId(7));
    let refused = hall.run(SetChatWallpaper { by: ann, peer, choice: choice.clone(), for_both: false });
    assert_eq!(refused.map(drop), Err(Refusal::PeerIdInvalid));
    let unknown = Choice::New(Named::Fill(77), None);
    assert_eq!(set(&hall, ann, ann, unknown, false), Err(Refusal::WallpaperInvalid));
    let (title, about) = ("c".into(), String::new());
    let made = CreateChannel { by: ann, title, about, broadcast: true, forum: false, ttl_period: 0 };
    let channel = hall.run(made).unwrap().0;
    let set = |by: Caller| {
        let peer = Peer::Channel(channel);
        hall.run(SetChatWallpaper { by, peer, choice: choice.clone(), for_both: false }).map(drop)
    };
    assert_eq!((set(ann), set(ben)), (Err(Refusal::BoostsRequired), Err(Refusal::ChannelPrivate)));
}
