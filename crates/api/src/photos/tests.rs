//! From an upload to what others are shown and may fetch.

use std::{future::Future, pin::Pin, sync::Arc};

use domain::{
    Caller,
    files::frames::{Frames, Head},
    testing::Hall,
};
use tl::{
    enums,
    functions::{account as a, channels as c, contacts as co, messages as m, photos as f, users as us},
    types,
};

use crate::{
    channels::tests::{bring, chat, group, input, people, updates, user},
    messages::media::tests::{bytes, fetch, newest, picture, send_photo, upload},
    testing::{call, channel_peer, newest_in, peer, refused},
};

fn upload_photo(file: enums::InputFile) -> f::UploadProfilePhoto {
    f::UploadProfilePhoto {
        fallback: false,
        bot: None,
        file: Some(file),
        video: None,
        video_start_ts: None,
        video_emoji_markup: None,
    }
}

/// Sets a photo of that side; how the owner is told of it.
fn set(hall: &Hall, by: Caller, side: usize) -> types::Photo {
    let file = upload(hall, by, side as i64, &picture(side));
    there(call(hall, by, &upload_photo(file)).unwrap())
}

fn there(it: enums::photos::Photo) -> types::Photo {
    let enums::photos::Photo::Photo(it) = it;
    photo(it.photo)
}

fn photo(it: enums::Photo) -> types::Photo {
    match it {
        enums::Photo::Photo(it) => it,
        enums::Photo::Empty(_) => panic!("a photo"),
    }
}

fn named(it: &types::Photo) -> enums::InputPhoto {
    types::InputPhoto { id: it.id, access_hash: it.access_hash, file_reference: it.file_reference.clone() }.into()
}

fn size(it: &types::Photo, thumb_size: &str) -> enums::InputFileLocation {
    types::InputPhotoFileLocation {
        id: it.id,
        access_hash: it.access_hash,
        file_reference: it.file_reference.clone(),
        thumb_size: thumb_size.into(),
    }
    .into()
}

fn square(peer: enums::InputPeer, photo_id: i64, big: bool) -> enums::InputFileLocation {
    types::InputPeerPhotoFileLocation { big, peer, photo_id }.into()
}

/// What a list shows of somebody.
fn shown(hall: &Hall, who: Caller, of: Caller) -> Option<types::UserProfilePhoto> {
    let users = call(hall, who, &us::GetUsers { id: vec![user(hall, who, of)] }).unwrap();
    let Some(enums::User::User(it)) = users.into_iter().next() else { panic!("a user") };
    match it.photo {
        Some(enums::UserProfilePhoto::Photo(it)) => Some(it),
        Some(enums::UserProfilePhoto::Empty) | None => None,
    }
}

fn full(hall: &Hall, who: Caller, of: Caller) -> types::UserFull {
    let it = call(hall, who, &us::GetFullUser { id: user(hall, who, of) }).unwrap();
    let enums::users::UserFull::Full(it) = it;
    let enums::UserFull::Full(it) = it.full_user;
    it
}

fn listed(hall: &Hall, who: Caller, of: Caller) -> Vec<types::Photo> {
    let ask = f::GetUserPhotos { user_id: user(hall, who, of), offset: 0, max_id: 0, limit: 10 };
    match call(hall, who, &ask).unwrap() {
        enums::photos::Photos::Photos(it) => it.photos.into_iter().map(photo).collect(),
        enums::photos::Photos::Slice(it) => panic!("all of them: {it:?}"),
    }
}

#[test]
fn others_fetch_the_photo_that_somebody_set_until_it_is_deleted() {
    let hall = Hall::new();
    let [ann, ben] = people(&hall);
    let first = set(&hall, ann, 200);
    let second = set(&hall, ann, 700);
    let seen = shown(&hall, ben, ann).expect("a photo");
    assert_eq!((seen.photo_id, seen.dc_id, seen.personal), (second.id, second.dc_id, false));
    let (small, large) =
        (square(peer(&hall, ben, ann), second.id, false), square(peer(&hall, ben, ann), second.id, true));
    assert_eq!(bytes(&hall, ben, small), bytes(&hall, ann, size(&second, "a")));
    assert_eq!(bytes(&hall, ben, large.clone()), bytes(&hall, ann, size(&second, "c")));
    let old = square(peer(&hall, ben, ann), first.id, true);
    assert_eq!(refused(&hall, ben, &fetch(old.clone())), "400 LOCATION_INVALID");
    let all = listed(&hall, ben, ann);
    assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), [second.id, first.id]);
    assert!(!bytes(&hall, ben, size(&all[1], "b")).is_empty());
    assert_eq!(photo(full(&hall, ben, ann).profile_photo.unwrap()).id, second.id);
    assert_eq!(call(&hall, ann, &f::DeletePhotos { id: vec![named(&second)] }), Ok(vec![second.id]));
    assert_eq!(shown(&hall, ben, ann).map(|it| it.photo_id), Some(first.id));
    assert!(!bytes(&hall, ben, old).is_empty());
    assert_eq!(refused(&hall, ben, &fetch(large)), "400 LOCATION_INVALID");
    assert_eq!(refused(&hall, ben, &fetch(size(&all[0], "c"))), "400 FILE_REFERENCE_EXPIRED");
    let none = f::UpdateProfilePhoto { fallback: false, bot: None, id: enums::InputPhoto::Empty };
    let enums::photos::Photo::Photo(left) = call(&hall, ann, &none).unwrap();
    assert!(matches!(left.photo, enums::Photo::Empty(_)) && shown(&hall, ben, ann).is_none());
}

#[test]
fn an_old_photo_is_chosen_again_and_one_of_a_message_becomes_squares() {
    let hall = Hall::new();
    let [ann, ben] = people(&hall);
    let first = set(&hall, ann, 200);
    set(&hall, ann, 300);
    let choose = |id| f::UpdateProfilePhoto { fallback: false, bot: None, id };
    assert_eq!(there(call(&hall, ann, &choose(named(&first))).unwrap()).id, first.id);
    assert_eq!(shown(&hall, ben, ann).map(|it| it.photo_id), Some(first.id));
    let stolen = types::InputPhoto { id: first.id, access_hash: first.access_hash ^ 1, file_reference: Vec::new() };
    assert_eq!(refused(&hall, ben, &choose(stolen.into())), "400 PHOTO_ID_INVALID");
    send_photo(&hall, ben, ann, 400);
    let Some(enums::MessageMedia::Photo(it)) = newest(&hall, ann, ben).media else { panic!("a photo") };
    let sent = photo(it.photo.unwrap());
    let made = there(call(&hall, ann, &choose(named(&sent))).unwrap());
    assert_ne!(made.id, sent.id);
    assert!(!bytes(&hall, ben, square(peer(&hall, ben, ann), made.id, true)).is_empty());
}

#[test]
fn uploads_that_make_no_photo_are_refused_by_name() {
    let hall = Hall::new();
    let [ann, ben] = people(&hall);
    let file = |id, bytes: &[u8]| upload(&hall, ann, id, bytes);
    assert_eq!(refused(&hall, ann, &upload_photo(file(1, &picture(159)))), "400 PHOTO_CROP_SIZE_SMALL");
    assert_eq!(refused(&hall, ann, &upload_photo(file(2, b"no picture at all"))), "400 IMAGE_PROCESS_FAILED");
    let none = f::UploadProfilePhoto { file: None, ..upload_photo(file(3, b"x")) };
    assert_eq!(refused(&hall, ann, &none), "400 PHOTO_CROP_FILE_MISSING");
    let bot = f::UploadProfilePhoto { bot: Some(user(&hall, ann, ben)), ..upload_photo(file(3, b"x")) };
    assert_eq!(refused(&hall, ann, &bot), "400 BOT_INVALID");
    let film = f::UploadProfilePhoto { video: Some(file(4, &picture(200))), ..upload_photo(file(5, &picture(200))) };
    assert_eq!(refused(&hall, ann, &film), "400 VIDEO_FILE_INVALID");
    assert!(shown(&hall, ben, ann).is_none());
}

#[test]
fn whom_privacy_shuts_out_is_shown_the_fallback() {
    let hall = Hall::new();
    let [ann, ben] = people(&hall);
    let current = set(&hall, ann, 200);
    let file = upload(&hall, ann, 7, &picture(300));
    let public = there(call(&hall, ann, &f::UploadProfilePhoto { fallback: true, ..upload_photo(file) }).unwrap());
    let taken = listed(&hall, ben, ann).remove(0);
    let (key, rules) =
        (enums::InputPrivacyKey::ProfilePhoto, vec![enums::InputPrivacyRule::InputPrivacyValueDisallowAll]);
    call(&hall, ann, &a::SetPrivacy { key, rules }).unwrap();
    assert_eq!(shown(&hall, ben, ann).map(|it| it.photo_id), Some(public.id));
    assert_eq!(shown(&hall, ann, ann).map(|it| it.photo_id), Some(current.id));
    let it = full(&hall, ben, ann);
    assert!(it.profile_photo.is_none() && photo(it.fallback_photo.unwrap()).id == public.id);
    assert_eq!(refused(&hall, ben, &fetch(size(&taken, "c"))), "400 FILE_REFERENCE_EXPIRED");
    assert!(!bytes(&hall, ben, square(peer(&hall, ben, ann), public.id, true)).is_empty());
    assert_eq!(listed(&hall, ben, ann), []);
}

#[test]
fn a_contact_is_given_a_photo_or_proposed_one_in_the_chat() {
    let hall = Hall::new();
    let [ann, ben] = people(&hall);
    let ask = |suggest, save, file| f::UploadContactProfilePhoto {
        suggest,
        save,
        user_id: user(&hall, ann, ben),
        file,
        video: None,
        video_start_ts: None,
        video_emoji_markup: None,
    };
    let file = |id| Some(upload(&hall, ann, id, &picture(200 + id as usize)));
    assert_eq!(refused(&hall, ann, &ask(false, false, file(1))), "400 CONTACT_MISSING");
    let add = co::AddContact {
        add_phone_privacy_exception: false,
        id: user(&hall, ann, ben),
        first_name: "B".into(),
        last_name: String::new(),
        phone: String::new(),
        note: None,
    };
    call(&hall, ann, &add).unwrap();
    let own = there(call(&hall, ann, &ask(false, false, file(2))).unwrap());
    let seen = shown(&hall, ann, ben).unwrap();
    assert!(seen.photo_id == own.id && seen.personal && shown(&hall, ben, ben).is_none());
    assert_eq!(photo(full(&hall, ann, ben).personal_photo.unwrap()).id, own.id);
    assert!(!bytes(&hall, ann, square(peer(&hall, ann, ben), own.id, false)).is_empty());
    call(&hall, ann, &ask(false, true, None)).unwrap();
    assert!(shown(&hall, ann, ben).is_none());
    there(call(&hall, ann, &ask(true, false, file(3))).unwrap());
    let told = match call(&hall, ben, &newest_in(peer(&hall, ben, ann))).unwrap() {
        enums::messages::Messages::Messages(it) => it.messages.into_iter().next(),
        other => panic!("{other:?}"),
    };
    let Some(enums::Message::Service(told)) = told else { panic!("a service message") };
    let enums::MessageAction::SuggestProfilePhoto(it) = told.action else { panic!("a photo") };
    let proposed = photo(it.photo);
    assert!(!bytes(&hall, ben, size(&proposed, "b")).is_empty());
    let take = f::UpdateProfilePhoto { fallback: false, bot: None, id: named(&proposed) };
    assert_eq!(there(call(&hall, ben, &take).unwrap()).id, proposed.id);
    assert_eq!(shown(&hall, ann, ben).map(|it| it.photo_id), Some(proposed.id));
}

fn uploaded(file: enums::InputFile) -> enums::InputChatPhoto {
    let (video, video_start_ts, video_emoji_markup) = (None, None, None);
    types::InputChatUploadedPhoto { file: Some(file), video, video_start_ts, video_emoji_markup }.into()
}

#[test]
fn a_channel_shows_its_photo_to_members_and_tells_of_it() {
    let hall = Hall::new();
    let [ann, ben, eve] = people(&hall);
    let id = group(&hall, ann);
    bring(&hall, ann, id, &[ben]);
    let edit = |by, photo| c::EditPhoto { channel: input(&hall, by, id), photo };
    let told = updates(call(&hall, ann, &edit(ann, uploaded(upload(&hall, ann, 1, &picture(300))))).unwrap());
    let enums::ChatPhoto::Photo(seen) = chat(&told.chats).photo else { panic!("a photo") };
    let acted = |it: &enums::Update| match it {
        enums::Update::NewChannelMessage(it) => match &it.message {
            enums::Message::Service(it) => Some(it.action.clone()),
            _ => None,
        },
        _ => None,
    };
    let action = told.updates.iter().find_map(acted).expect("a message tells of it");
    let enums::MessageAction::ChatEditPhoto(it) = action else { panic!("{action:?}") };
    assert_eq!(photo(it.photo).id, seen.photo_id);
    let large = |who| square(channel_peer(&hall, who, id), seen.photo_id, true);
    assert!(!bytes(&hall, ben, large(ben)).is_empty());
    assert_eq!(refused(&hall, eve, &fetch(large(eve))), "400 LOCATION_INVALID");
    let enums::messages::ChatFull::Full(it) =
        call(&hall, ben, &c::GetFullChannel { channel: input(&hall, ben, id) }).unwrap();
    let enums::ChatFull::ChannelFull(it) = it.full_chat else { panic!("a channel") };
    assert!(!bytes(&hall, ben, size(&photo(it.chat_photo), "c")).is_empty());
    assert!(refused(&hall, eve, &edit(eve, enums::InputChatPhoto::Empty)).ends_with(" CHANNEL_PRIVATE"));
    let log = c::GetAdminLog {
        channel: input(&hall, ann, id),
        q: String::new(),
        events_filter: None,
        admins: None,
        max_id: 0,
        min_id: 0,
        limit: 1,
    };
    let enums::channels::AdminLogResults::Results(it) = call(&hall, ann, &log).unwrap();
    let enums::ChannelAdminLogEvent::Event(it) = &it.events[0];
    let enums::ChannelAdminLogEventAction::ChangePhoto(it) = &it.action else { panic!("{it:?}") };
    assert!(matches!(it.prev_photo, enums::Photo::Empty(_)));
    assert!(!bytes(&hall, ann, size(&photo(it.new_photo.clone()), "a")).is_empty());
    let gone = updates(call(&hall, ann, &edit(ann, enums::InputChatPhoto::Empty)).unwrap());
    assert_eq!(chat(&gone.chats).photo, enums::ChatPhoto::Empty);
    assert_eq!(refused(&hall, ann, &edit(ann, enums::InputChatPhoto::Empty)), "400 CHAT_NOT_MODIFIED");
}

#[test]
fn a_basic_group_shows_its_photo_to_members() {
    let hall = Hall::new();
    let [ann, ben] = people(&hall);
    let create = m::CreateChat { users: vec![user(&hall, ann, ben)], title: "Two".into(), ttl_period: None };
    let enums::messages::InvitedUsers::Users(made) = call(&hall, ann, &create).unwrap();
    let Some(enums::Chat::Chat(made)) = updates(made.updates).chats.into_iter().next() else { panic!("a group") };
    let own = set(&hall, ann, 250);
    let same: enums::InputChatPhoto = types::InputChatPhoto { id: named(&own) }.into();
    let edit = |photo| m::EditChatPhoto { chat_id: made.id, photo };
    let told = updates(call(&hall, ann, &edit(same)).unwrap());
    let Some(enums::Chat::Chat(it)) = told.chats.first() else { panic!("a group") };
    let enums::ChatPhoto::Photo(seen) = &it.photo else { panic!("a photo") };
    assert_eq!(seen.photo_id, own.id);
    let of_group = square(types::InputPeerChat { chat_id: made.id }.into(), own.id, true);
    assert_eq!(bytes(&hall, ben, of_group), bytes(&hall, ann, size(&own, "c")));
    call(&hall, ann, &f::DeletePhotos { id: vec![named(&own)] }).unwrap();
    let enums::messages::ChatFull::Full(it) = call(&hall, ben, &m::GetFullChat { chat_id: made.id }).unwrap();
    let enums::ChatFull::Full(it) = it.full_chat else { panic!("a group") };
    assert!(!bytes(&hall, ben, size(&photo(it.chat_photo.unwrap()), "c")).is_empty(), "the group has it by itself");
}

/// An MP4 of nothing but its index: pictures of that size, so many milliseconds long.
fn film(width: u16, height: u16, length: u32) -> Vec<u8> {
    let atom = |name: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat();
    let times = [&[0; 12][..], &1000_u32.to_be_bytes(), &length.to_be_bytes(), &[0; 80]].concat();
    let sides = [width.to_be_bytes(), [0; 2], height.to_be_bytes(), [0; 2]].concat();
    let track = atom(b"tkhd", &[&[0; 76][..], &sides].concat());
    let kind = atom(b"hdlr", &[&[0; 8][..], b"vide", &[0; 12]].concat());
    let media = atom(b"mdia", &[atom(b"mdhd", &times), kind].concat());
    let index = [atom(b"mvhd", &times), atom(b"trak", &[track, media].concat())].concat();
    [atom(b"ftyp", b"isom\0\0\0\0"), atom(b"moov", &index)].concat()
}

#[test]
fn a_photo_moves_where_a_short_square_film_came_with_it() {
    let hall = Hall::new();
    let [ann, ben] = people(&hall);
    let ask = |id: i64, film: &[u8], starts| f::UploadProfilePhoto {
        video: Some(upload(&hall, ann, id, film)),
        video_start_ts: Some(starts),
        ..upload_photo(upload(&hall, ann, -id, &picture(200)))
    };
    let refused_as = |id, film: &[u8], starts| refused(&hall, ann, &ask(id, film, starts));
    assert_eq!(refused_as(1, &film(640, 480, 5000), 0.0), "400 VIDEO_FILE_INVALID");
    assert_eq!(refused_as(2, &film(1290, 1290, 5000), 0.0), "400 VIDEO_FILE_INVALID");
    assert_eq!(refused_as(3, &film(640, 640, 11_000), 0.0), "400 VIDEO_FILE_INVALID");
    assert_eq!(refused_as(4, &film(640, 640, 5000), 5.5), "400 VIDEO_FILE_INVALID");
    let whole = film(640, 640, 5000);
    let set = there(call(&hall, ann, &ask(5, &whole, 1.5)).unwrap());
    let Some([enums::VideoSize::Size(it)]) = set.video_sizes.as_deref() else { panic!("{:?}", set.video_sizes) };
    assert_eq!((it.w, it.h, it.size as usize, it.video_start_ts), (640, 640, whole.len(), Some(1.5)));
    assert!(shown(&hall, ben, ann).unwrap().has_video);
    let theirs = listed(&hall, ben, ann).remove(0);
    assert_eq!(bytes(&hall, ben, size(&theirs, &it.r#type)), whole);
}

/// A decoder that sees the same picture in every film that begins as one.
struct Decoder(Vec<u8>);

impl Frames for Decoder {
    fn frame(&self, head: Head) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>> {
        let picture = self.0.clone();
        Box::pin(async move { head.await.is_ok_and(|it| it[4..].starts_with(b"ftyp")).then_some(picture) })
    }
}

#[test]
fn a_film_alone_shows_its_first_frame_where_there_is_a_decoder() {
    let alone = |hall: &Hall, ann| f::UploadProfilePhoto {
        file: None,
        video: Some(upload(hall, ann, 1, &film(640, 640, 5000))),
        ..upload_photo(upload(hall, ann, 2, &picture(200)))
    };
    let hall = Hall::new();
    let [ann, _] = people(&hall);
    assert_eq!(refused(&hall, ann, &alone(&hall, ann)), "400 VIDEO_FILE_INVALID");

    let hall = Hall::filming(Arc::new(Decoder(picture(320))));
    let [ann, ben] = people(&hall);
    let set = there(call(&hall, ann, &alone(&hall, ann)).unwrap());
    assert_eq!((set.sizes.len() > 1, set.video_sizes.map(|it| it.len())), (true, Some(1)));
    assert!(shown(&hall, ben, ann).unwrap().has_video);

    let hall = Hall::filming(Arc::new(Decoder(b"no picture".to_vec())));
    let [ann, _] = people(&hall);
    assert_eq!(refused(&hall, ann, &alone(&hall, ann)), "400 IMAGE_PROCESS_FAILED");
}
