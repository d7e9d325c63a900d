//! A set from its files to another person's chat.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{channels as c, messages as m, stickers as s},
    types,
};

use crate::{
    channels::tests as of_channels,
    messages::{
        media::tests::{bytes, document, fetch, location, newest, picture, upload},
        polls::tests::send,
    },
    testing::{call, peer, refused},
};

/// Uploads a picture, as clients do before they make a set of it.
fn uploaded(hall: &Hall, by: Caller, file_id: i64, side: usize) -> enums::InputDocument {
    let media = document(upload(hall, by, file_id, &picture(side)));
    let ask = m::UploadMedia { business_connection_id: None, peer: enums::InputPeer::PeerSelf, media };
    let enums::MessageMedia::Document(it) = call(hall, by, &ask).unwrap() else { panic!("a document") };
    input(&it.document.expect("it is there"))
}

fn input(it: &enums::Document) -> enums::InputDocument {
    let enums::Document::Document(it) = it else { panic!("a document") };
    types::InputDocument { id: it.id, access_hash: it.access_hash, file_reference: it.file_reference.clone() }.into()
}

fn item(document: enums::InputDocument, emoji: &str) -> enums::InputStickerSetItem {
    types::InputStickerSetItem {
        document,
        emoji: emoji.into(),
        mask_coords: None,
        keywords: Some("cat, sleepy".into()),
    }
    .into()
}

fn new_set(short_name: &str, stickers: Vec<enums::InputStickerSetItem>) -> s::CreateStickerSet {
    s::CreateStickerSet {
        masks: false,
        emojis: false,
        text_color: false,
        user_id: enums::InputUser::UserSelf,
        title: "Cats".into(),
        short_name: short_name.into(),
        thumb: None,
        stickers,
        software: None,
    }
}

/// Makes a set of some stickers.
fn create(hall: &Hall, by: Caller, short_name: &str, count: i64) -> types::messages::StickerSet {
    let files = (0..count).map(|it| item(uploaded(hall, by, 100 + it, 512), "😀"));
    whole(call(hall, by, &new_set(short_name, files.collect())).unwrap())
}

fn whole(it: enums::messages::StickerSet) -> types::messages::StickerSet {
    let enums::messages::StickerSet::Set(it) = it else { panic!("a set") };
    it
}

fn of(it: &types::messages::StickerSet) -> &types::StickerSet {
    let enums::StickerSet::Set(it) = &it.set;
    it
}

fn named(name: &str) -> enums::InputStickerSet {
    types::InputStickerSetShortName { short_name: name.into() }.into()
}

fn get(stickerset: enums::InputStickerSet, hash: i32) -> m::GetStickerSet {
    m::GetStickerSet { stickerset, hash }
}

#[test]
fn a_set_is_made_installed_by_another_and_a_sticker_of_it_arrives() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let made = create(&hall, ann, "cats", 2);
    assert_eq!((of(&made).count, of(&made).creator, of(&made).installed_date.is_some()), (2, true, true));
    assert_eq!((made.packs.len(), made.keywords.len(), made.documents.len()), (1, 2, 2));
    let found = whole(call(&hall, ben, &get(named("Cats"), 0)).unwrap());
    assert_eq!((of(&found).id, of(&found).creator), (of(&made).id, false));
    let known = call(&hall, ben, &get(named("cats"), of(&found).hash)).unwrap();
    assert!(matches!(known, enums::messages::StickerSet::NotModified));
    let by_id = types::InputStickerSetId { id: of(&found).id, access_hash: of(&found).access_hash };
    let install = m::InstallStickerSet { stickerset: by_id.into(), archived: false };
    let enums::messages::StickerSetInstallResult::Success = call(&hall, ben, &install).unwrap() else { panic!("done") };
    let enums::messages::AllStickers::Stickers(all) = call(&hall, ben, &m::GetAllStickers { hash: 0 }).unwrap() else {
        panic!("a list")
    };
    assert_eq!(all.sets.len(), 1);
    let again = call(&hall, ben, &m::GetAllStickers { hash: all.hash }).unwrap();
    assert!(matches!(again, enums::messages::AllStickers::NotModified));
    let media = types::InputMediaDocument {
        spoiler: false,
        id: input(&found.documents[0]),
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
        query: None,
    };
    call(&hall, ben, &send(peer(&hall, ben, ann), media, 9)).unwrap();
    let Some(enums::MessageMedia::Document(it)) = newest(&hall, ann, ben).media else { panic!("a document") };
    let Some(enums::Document::Document(it)) = it.document else { panic!("it is there") };
    let names = |it: &enums::DocumentAttribute| {
        matches!(it, enums::DocumentAttribute::Sticker(it)
        if it.alt == "😀" && matches!(&it.stickerset, enums::InputStickerSet::Id(it) if it.id == of(&made).id))
    };
    assert!(it.attributes.iter().any(names), "{:?}", it.attributes);
    let kept = bytes(&hall, ann, location(&it, ""));
    assert!(kept.starts_with(b"RIFF") && it.mime_type == "image/webp" && it.size == kept.len() as i64);
    assert_eq!(bytes(&hall, ann, location(&it, "m"))[..4], *b"RIFF");
    let recent = call(&hall, ben, &m::GetRecentStickers { attached: false, hash: 0 }).unwrap();
    let enums::messages::RecentStickers::Stickers(recent) = recent else { panic!("a list") };
    assert_eq!((recent.stickers.len(), recent.packs.len(), recent.dates.len()), (1, 1, 1));
    let fave = m::FaveSticker { id: input(&recent.stickers[0]), unfave: false };
    assert_eq!(call(&hall, ben, &fave), Ok(true));
    let enums::messages::FavedStickers::Stickers(faved) = call(&hall, ben, &m::GetFavedStickers { hash: 0 }).unwrap()
    else {
        panic!("a list")
    };
    assert_eq!(faved.stickers.len(), 1);
}

#[test]
fn a_set_changes_and_ends_at_its_makers_word() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let made = create(&hall, ann, "cats", 2);
    let (first, second) = (input(&made.documents[0]), input(&made.documents[1]));
    let moved = call(&hall, ann, &s::ChangeStickerPosition { sticker: second.clone(), position: 0 }).unwrap();
    assert_eq!(whole(moved).documents.iter().map(input).map(id).collect::<Vec<_>>(), [id(second), id(first.clone())]);
    let words = s::ChangeSticker {
        sticker: first.clone(),
        emoji: Some("🐱🐯".into()),
        mask_coords: None,
        keywords: Some(String::new()),
    };
    let changed = whole(call(&hall, ann, &words).unwrap());
    assert_eq!((changed.packs.len(), changed.keywords.len()), (3, 1));
    let add = s::AddStickerToSet { stickerset: named("cats"), sticker: item(uploaded(&hall, ann, 300, 512), "🐶") };
    assert_eq!(of(&whole(call(&hall, ann, &add).unwrap())).count, 3);
    assert_eq!(refused(&hall, ben, &add), "400 STICKERSET_INVALID");
    let by_ben = s::RemoveStickerFromSet { sticker: first.clone() };
    assert_eq!(refused(&hall, ben, &by_ben), "400 STICKERSET_INVALID");
    let replace =
        s::ReplaceSticker { sticker: first.clone(), new_sticker: item(uploaded(&hall, ann, 301, 512), "🦊") };
    assert_eq!(of(&whole(call(&hall, ann, &replace).unwrap())).count, 3);
    assert_eq!(refused(&hall, ann, &s::RemoveStickerFromSet { sticker: first }), "400 FILE_REFERENCE_EXPIRED");
    let rename = s::RenameStickerSet { stickerset: named("cats"), title: "Dogs".into() };
    assert_eq!(of(&whole(call(&hall, ann, &rename).unwrap())).title, "Dogs");
    let thumb =
        |thumb, thumb_document_id| s::SetStickerSetThumb { stickerset: named("cats"), thumb, thumb_document_id };
    let shown = whole(call(&hall, ann, &thumb(Some(uploaded(&hall, ann, 302, 100)), None)).unwrap());
    assert_eq!((of(&shown).thumbs.as_ref().map(Vec::len), of(&shown).thumb_version), (Some(1), Some(1)));
    let at = types::InputStickerSetThumb { stickerset: named("cats"), thumb_version: 1 };
    assert_eq!(bytes(&hall, ben, at.clone().into())[..4], *b"RIFF");
    assert_eq!(refused(&hall, ann, &thumb(Some(uploaded(&hall, ann, 303, 200)), None)), "400 STICKER_THUMB_PNG_NOPNG");
    call(&hall, ann, &thumb(None, None)).unwrap();
    assert_eq!(refused(&hall, ben, &fetch(at.into())), "400 LOCATION_INVALID");
    let enums::messages::MyStickers::Stickers(mine) =
        call(&hall, ann, &m::GetMyStickers { offset_id: 0, limit: 10 }).unwrap();
    assert_eq!((mine.count, mine.sets.len()), (1, 1));
    assert_eq!(call(&hall, ann, &s::DeleteStickerSet { stickerset: named("cats") }), Ok(true));
    assert_eq!(refused(&hall, ben, &get(named("cats"), 0)), "400 STICKERSET_INVALID");
    assert_eq!(call(&hall, ben, &s::CheckShortName { short_name: "cats".into() }), Ok(true));
}

fn id(it: enums::InputDocument) -> i64 {
    let enums::InputDocument::Document(it) = it else { panic!("a document") };
    it.id
}

#[test]
fn what_no_set_can_have_is_refused_by_name() {
    let hall = Hall::new();
    let ann = hall.sign_up(1, "Ann", "9996621001");
    create(&hall, ann, "cats", 1);
    let file = |side| vec![item(uploaded(&hall, ann, side as i64, side), "😀")];
    assert_eq!(refused(&hall, ann, &new_set("large", file(513))), "400 STICKER_PNG_DIMENSIONS");
    assert_eq!(refused(&hall, ann, &new_set("CATS", file(512))), "400 PACK_SHORT_NAME_OCCUPIED");
    assert_eq!(refused(&hall, ann, &new_set("a b", file(512))), "400 PACK_SHORT_NAME_INVALID");
    assert_eq!(refused(&hall, ann, &new_set("none", Vec::new())), "400 STICKERS_EMPTY");
    let wrong = vec![item(uploaded(&hall, ann, 9, 512), "cat")];
    assert_eq!(refused(&hall, ann, &new_set("words", wrong)), "400 STICKER_EMOJI_INVALID");
    let nothing = vec![item(enums::InputDocument::Empty, "😀")];
    assert_eq!(refused(&hall, ann, &new_set("nothing", nothing)), "400 STICKER_FILE_INVALID");
    let text = document(upload(&hall, ann, 77, b"no picture at all"));
    let ask = m::UploadMedia { business_connection_id: None, peer: enums::InputPeer::PeerSelf, media: text };
    let enums::MessageMedia::Document(it) = call(&hall, ann, &ask).unwrap() else { panic!("a document") };
    let text = vec![item(input(&it.document.unwrap()), "😀")];
    assert_eq!(refused(&hall, ann, &new_set("text", text)), "400 STICKER_FILE_INVALID");
    assert_eq!(refused(&hall, ann, &s::CheckShortName { short_name: "cats".into() }), "400 SHORT_NAME_OCCUPIED");
    assert_eq!(refused(&hall, ann, &s::CheckShortName { short_name: "_c".into() }), "400 SHORT_NAME_INVALID");
    let dice = |emoticon: &str| types::InputStickerSetDice { emoticon: emoticon.into() }.into();
    assert_eq!(refused(&hall, ann, &get(dice(""), 0)), "400 EMOTICON_STICKERPACK_MISSING");
    assert_eq!(refused(&hall, ann, &get(dice("🎲"), 0)), "400 STICKERSET_INVALID");
    assert_eq!(refused(&hall, ann, &get(enums::InputStickerSet::AnimatedEmoji, 0)), "400 STICKERSET_INVALID");
    let fave = m::FaveSticker { id: uploaded(&hall, ann, 78, 512), unfave: false };
    assert_eq!(refused(&hall, ann, &fave), "400 STICKER_ID_INVALID");
    assert_eq!(refused(&hall, ann, &m::GetStickers { emoticon: String::new(), hash: 0 }), "400 EMOTICON_EMPTY");
}

#[test]
fn custom_emoji_are_read_by_number_by_anybody() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let set =
        s::CreateStickerSet { emojis: true, ..new_set("faces", vec![item(uploaded(&hall, ann, 5, 100), "😀")]) };
    let made = whole(call(&hall, ann, &set).unwrap());
    let number = id(input(&made.documents[0]));
    let found = call(&hall, ben, &m::GetCustomEmojiDocuments { document_id: vec![number, 77] }).unwrap();
    let [enums::Document::Document(it)] = &found[..] else { panic!("one document") };
    assert_eq!(bytes(&hall, ben, location(it, ""))[..4], *b"RIFF");
    assert!(it.attributes.iter().any(|it| matches!(it, enums::DocumentAttribute::CustomEmoji(it) if it.alt == "😀")));
    let many = m::GetCustomEmojiDocuments { document_id: vec![number; 201] };
    assert_eq!(refused(&hall, ben, &many), "400 LIMIT_INVALID");
    let enums::EmojiList::List(list) =
        call(&hall, ann, &m::SearchCustomEmoji { emoticon: "😀".into(), hash: 0 }).unwrap()
    else {
        panic!("a list")
    };
    assert_eq!(list.document_id, [number]);
    let search = m::SearchEmojiStickerSets { exclude_featured: false, q: "fac".into(), hash: 0 };
    let enums::messages::FoundStickerSets::Sets(found) = call(&hall, ben, &search).unwrap() else { panic!("sets") };
    assert!(matches!(&found.sets[..], [enums::StickerSetCovered::StickerSetFullCovered(_)]));
}

#[test]
fn a_picture_names_the_sets_of_what_was_put_on_it() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let made = create(&hall, ann, "cats", 1);
    let photo = types::InputMediaUploadedPhoto {
        spoiler: false,
        live_photo: false,
        file: upload(&hall, ann, 400, &picture(400)),
        stickers: Some(vec![input(&made.documents[0])]),
        ttl_seconds: None,
        video: None,
    };
    call(&hall, ann, &send(peer(&hall, ann, ben), photo, 9)).unwrap();
    let Some(enums::MessageMedia::Photo(it)) = newest(&hall, ben, ann).media else { panic!("a photo") };
    let Some(enums::Photo::Photo(it)) = it.photo else { panic!("it is there") };
    assert!(it.has_stickers);
    let (id, access_hash, file_reference) = (it.id, it.access_hash, it.file_reference);
    let id = types::InputPhoto { id, access_hash, file_reference }.into();
    let ask = m::GetAttachedStickers { media: types::InputStickeredMediaPhoto { id }.into() };
    let sets = call(&hall, ben, &ask).unwrap();
    assert!(matches!(&sets[..], [enums::StickerSetCovered::StickerSetMultiCovered(it)] if it.covers.len() == 1));
    let empty =
        m::GetAttachedStickers { media: types::InputStickeredMediaPhoto { id: enums::InputPhoto::Empty }.into() };
    assert_eq!(refused(&hall, ben, &empty), "400 MEDIA_EMPTY");
}

#[test]
fn a_group_offers_custom_emoji_and_when_it_is_large_stickers() {
    let hall = Hall::new();
    let ann = hall.sign_up(1, "Ann", "9996621001");
    create(&hall, ann, "cats", 1);
    let set =
        s::CreateStickerSet { emojis: true, ..new_set("faces", vec![item(uploaded(&hall, ann, 5, 100), "😀")]) };
    call(&hall, ann, &set).unwrap();
    let channel = of_channels::input(&hall, ann, of_channels::group(&hall, ann));
    let stickers = c::SetStickers { channel: channel.clone(), stickerset: named("cats") };
    assert_eq!(refused(&hall, ann, &stickers), "400 PARTICIPANTS_TOO_FEW");
    let emoji = |stickerset| c::SetEmojiStickers { channel: channel.clone(), stickerset };
    assert_eq!(refused(&hall, ann, &emoji(named("cats"))), "400 STICKERSET_INVALID");
    for _ in 0..2 {
        assert_eq!(call(&hall, ann, &emoji(named("faces"))), Ok(true));
    }
    let full = |hall: &Hall| match call(hall, ann, &c::GetFullChannel { channel: channel.clone() }).unwrap() {
        enums::messages::ChatFull::Full(it) => match it.full_chat {
            enums::ChatFull::ChannelFull(it) => it,
            other => panic!("{other:?}"),
        },
    };
    assert!(matches!(full(&hall).emojiset, Some(enums::StickerSet::Set(it)) if it.short_name == "faces"));
    assert_eq!(call(&hall, ann, &emoji(enums::InputStickerSet::Empty)), Ok(true));
    assert!(full(&hall).emojiset.is_none() && !full(&hall).can_set_stickers);
}

#[test]
fn a_group_of_a_hundred_offers_stickers() {
    let hall = Hall::new();
    let ann = hall.sign_up(1, "Ann", "9996621001");
    create(&hall, ann, "cats", 1);
    let id = of_channels::group(&hall, ann);
    let channel = of_channels::input(&hall, ann, id);
    let members: Vec<_> = (0..99).map(|n| hall.person("Ben", &format!("99966231{n:02}"))).collect();
    of_channels::bring(&hall, ann, id, &members[..98]);
    let offer = |stickerset| c::SetStickers { channel: channel.clone(), stickerset };
    let full = |by| {
        let channel = of_channels::input(&hall, by, id);
        match call(&hall, by, &c::GetFullChannel { channel }).unwrap() {
            enums::messages::ChatFull::Full(types::messages::ChatFull {
                full_chat: enums::ChatFull::ChannelFull(it),
                ..
            }) => it,
            other => panic!("{other:?}"),
        }
    };
    let shown = |by| match full(by).stickerset {
        Some(enums::StickerSet::Set(it)) => it.short_name,
        None => "none".into(),
    };
    assert_eq!(refused(&hall, ann, &offer(named("cats"))), "400 PARTICIPANTS_TOO_FEW");
    assert!(!full(ann).can_set_stickers);
    of_channels::bring(&hall, ann, id, &members[98..]);
    assert!(full(ann).can_set_stickers && !full(members[0]).can_set_stickers);
    assert_eq!(call(&hall, ann, &offer(named("cats"))), Ok(true));
    assert_eq!((shown(ann), shown(members[98])), ("cats".to_owned(), "cats".to_owned()));
    let by_member = c::SetStickers { channel: of_channels::input(&hall, members[0], id), stickerset: named("cats") };
    assert_eq!(refused(&hall, members[0], &by_member), "400 CHAT_ADMIN_REQUIRED");
    assert_eq!(call(&hall, ann, &offer(enums::InputStickerSet::Empty)), Ok(true));
    assert_eq!(shown(members[98]), "none");
}
