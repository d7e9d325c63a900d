//! Lists of files as clients ask for them: GIFs, sounds, music, and a document by its hash.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{account as a, messages as m, users as u},
    types,
};

use crate::{
    messages::{
        media::tests::{document, newest, upload},
        polls::tests::send,
    },
    testing::{call, peer, refused},
};

/// Sends a document with attributes to somebody, and how its receiver sees it.
fn carried(
    hall: &Hall,
    by: Caller,
    to: Caller,
    mime: &str,
    attributes: Vec<enums::DocumentAttribute>,
) -> types::Document {
    let number = hall.written() as i64 + 1;
    let enums::InputMedia::UploadedDocument(it) = document(upload(hall, by, number, mime.as_bytes())) else { panic!() };
    let media: enums::InputMedia =
        types::InputMediaUploadedDocument { mime_type: mime.into(), attributes, ..it }.into();
    call(hall, by, &send(peer(hall, by, to), media, number)).unwrap();
    let Some(enums::MessageMedia::Document(it)) = newest(hall, to, by).media else { panic!("a document") };
    let Some(enums::Document::Document(it)) = it.document else { panic!("it is there") };
    it
}

fn named(it: &types::Document) -> enums::InputDocument {
    let (id, access_hash, file_reference) = (it.id, it.access_hash, it.file_reference.clone());
    types::InputDocument { id, access_hash, file_reference }.into()
}

fn song() -> Vec<enums::DocumentAttribute> {
    let (title, performer) = (Some("a song".into()), Some("a band".into()));
    vec![types::DocumentAttributeAudio { voice: false, duration: 3, title, performer, waveform: None }.into()]
}

fn id(it: &enums::Document) -> i64 {
    let enums::Document::Document(it) = it else { return 0 };
    it.id
}

#[test]
fn a_sent_gif_is_on_its_senders_list_and_on_its_receivers_when_saved() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let it = carried(&hall, ann, ben, "video/mp4", vec![enums::DocumentAttribute::Animated]);
    let saved = |who: Caller, hash| match call(&hall, who, &m::GetSavedGifs { hash }).unwrap() {
        enums::messages::SavedGifs::Gifs(it) => Some((it.hash, it.gifs.iter().map(id).collect::<Vec<_>>())),
        enums::messages::SavedGifs::NotModified => None,
    };
    let (hash, mine) = saved(ann, 0).unwrap();
    assert_eq!((mine, saved(ann, hash), saved(ben, 0)), (vec![it.id], None, Some((0, vec![]))));
    assert_eq!(call(&hall, ben, &m::SaveGif { id: named(&it), unsave: false }), Ok(true));
    assert_eq!(saved(ben, 0), Some((hash, vec![it.id])));
    assert_eq!(
        refused(&hall, ben, &m::SaveGif { id: enums::InputDocument::Empty, unsave: false }),
        "400 GIF_ID_INVALID"
    );
    let (sha256, size, mime_type) = (crypto::hash::sha256(&[b"video/mp4"]).to_vec(), 9, "video/mp4".to_owned());
    let by_hash = m::GetDocumentByHash { sha256, size, mime_type };
    assert_eq!(id(&call(&hall, ben, &by_hash).unwrap()), it.id);
    let other = m::GetDocumentByHash { size: 8, ..by_hash.clone() };
    assert_eq!(id(&call(&hall, ben, &other).unwrap()), 0);
    let short = m::GetDocumentByHash { sha256: vec![1], ..by_hash };
    assert_eq!(refused(&hall, ben, &short), "400 SHA256_HASH_INVALID");
}

#[test]
fn a_song_is_on_a_profile_and_a_sound_on_ones_own_list() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let it = carried(&hall, ben, ann, "audio/mpeg", song());
    let save = |unsave| a::SaveMusic { unsave, id: named(&it), after_id: None };
    assert_eq!(call(&hall, ann, &save(false)), Ok(true));
    let enums::InputPeer::User(user) = peer(&hall, ben, ann) else { panic!("a person") };
    let ann_as_ben_knows: enums::InputUser =
        types::InputUser { user_id: user.user_id, access_hash: user.access_hash }.into();
    let asked = u::GetSavedMusic { id: ann_as_ben_knows.clone(), offset: 0, limit: 10, hash: 0 };
    let enums::users::SavedMusic::Music(page) = call(&hall, ben, &asked).unwrap() else { panic!("a page") };
    assert_eq!((page.count, page.documents.iter().map(id).collect::<Vec<_>>()), (1, vec![it.id]));
    let enums::users::UserFull::Full(full) =
        call(&hall, ben, &u::GetFullUser { id: ann_as_ben_knows.clone() }).unwrap();
    let enums::UserFull::Full(full) = full.full_user;
    assert_eq!(full.saved_music.as_ref().map(id), Some(it.id));
    let again = u::GetSavedMusicById { id: ann_as_ben_knows, documents: vec![named(&it)] };
    let enums::users::SavedMusic::Music(page) = call(&hall, ben, &again).unwrap() else { panic!("a page") };
    assert_eq!(page.documents.len(), 1);
    let enums::account::SavedMusicIds::Ids(ids) = call(&hall, ann, &a::GetSavedMusicIds { hash: 0 }).unwrap() else {
        panic!("ids")
    };
    assert_eq!(ids.ids, [it.id]);
    assert_eq!(call(&hall, ann, &save(true)), Ok(true));

    let saved = call(&hall, ann, &a::SaveRingtone { id: named(&it), unsave: false });
    assert_eq!(saved, Ok(enums::account::SavedRingtone::Ringtone));
    let enums::account::SavedRingtones::Ringtones(sounds) =
        call(&hall, ann, &a::GetSavedRingtones { hash: 0 }).unwrap()
    else {
        panic!("sounds")
    };
    assert_eq!(sounds.ringtones.iter().map(id).collect::<Vec<_>>(), [it.id]);
}

#[test]
fn what_is_saved_and_fetched_by_itself_is_the_accounts() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let settings: enums::AutoSaveSettings =
        types::AutoSaveSettings { photos: true, videos: false, video_max_size: Some(1 << 20) }.into();
    let save = a::SaveAutoSaveSettings {
        users: true,
        chats: false,
        broadcasts: false,
        peer: Some(peer(&hall, ann, ben)),
        settings: settings.clone(),
    };
    assert_eq!(call(&hall, ann, &save), Ok(true));
    let read = || {
        let enums::account::AutoSaveSettings::Settings(it) = call(&hall, ann, &a::GetAutoSaveSettings {}).unwrap();
        it
    };
    let it = read();
    assert_eq!((it.users_settings == settings, it.exceptions.len(), it.users.len()), (true, 1, 1));
    assert_eq!(call(&hall, ann, &a::DeleteAutoSaveExceptions {}), Ok(true));
    assert!(read().exceptions.is_empty());
    let none = a::SaveAutoSaveSettings { users: false, peer: None, ..save };
    assert_eq!(refused(&hall, ann, &none), "400 PEER_ID_INVALID");

    let presets = || {
        let it = call(&hall, ann, &a::GetAutoDownloadSettings {}).unwrap();
        let enums::account::AutoDownloadSettings::Settings(it) = it;
        it
    };
    let before = presets();
    let set = a::SaveAutoDownloadSettings { low: false, high: true, settings: before.low.clone() };
    assert_eq!(call(&hall, ann, &set), Ok(true));
    assert_eq!(presets().high, before.low);
}
