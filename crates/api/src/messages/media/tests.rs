//! From an upload to a message, and back to its bytes.

mod ahead;
mod changing;

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{messages as m, upload as u},
    types,
};

use crate::{
    messages::polls::tests::send,
    testing::{call, newest_in, peer, refused},
};

/// A PNG of one grey square, in stored blocks.
pub(crate) fn picture(side: usize) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| sum >> 1 ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
        })
    };
    let adler = |bytes: &[u8]| {
        let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
            let a = (a + u32::from(*byte)) % 65521;
            (a, (b + a) % 65521)
        });
        b << 16 | a
    };
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let body = [&kind[..], data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat()
    };
    let rows: Vec<u8> = (0..side).flat_map(|_| std::iter::once(0).chain(std::iter::repeat_n(99, side))).collect();
    let mut packed = vec![0x78, 1];
    let blocks = rows.chunks(65535).count();
    for (at, block) in rows.chunks(65535).enumerate() {
        packed.push(u8::from(at + 1 == blocks));
        packed.extend((block.len() as u16).to_le_bytes());
        packed.extend((!(block.len() as u16)).to_le_bytes());
        packed.extend(block);
    }
    packed.extend(adler(&rows).to_be_bytes());
    let side = (side as u32).to_be_bytes();
    let head = [&side[..], &side, &[8, 0, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &head), &chunk(b"IDAT", &packed), &chunk(b"IEND", &[])].concat()
}

pub(crate) fn upload(hall: &Hall, by: Caller, file_id: i64, bytes: &[u8]) -> enums::InputFile {
    for (file_part, bytes) in (0..).zip(bytes.chunks(64 << 10)) {
        assert_eq!(call(hall, by, &u::SaveFilePart { file_id, file_part, bytes: bytes.to_vec() }), Ok(true));
    }
    let parts = bytes.len().div_ceil(64 << 10) as i32;
    types::InputFile { id: file_id, parts, name: "a/b.png".into(), md5_checksum: String::new() }.into()
}

fn photo(file: enums::InputFile) -> enums::InputMedia {
    types::InputMediaUploadedPhoto {
        spoiler: false,
        live_photo: false,
        file,
        stickers: None,
        ttl_seconds: None,
        video: None,
    }
    .into()
}

/// Sends a photo of that side.
pub(crate) fn send_photo(hall: &Hall, by: Caller, to: Caller, side: usize) {
    let file = upload(hall, by, -(side as i64), &picture(side));
    call(hall, by, &send(peer(hall, by, to), photo(file), side as i64)).unwrap();
}

pub(crate) fn document(file: enums::InputFile) -> enums::InputMedia {
    types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: false,
        spoiler: false,
        file,
        thumb: None,
        mime_type: String::new(),
        attributes: Vec::new(),
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
    .into()
}

/// What the newest message of a chat carries, as somebody sees it.
pub(crate) fn newest(hall: &Hall, who: Caller, of: Caller) -> types::Message {
    let messages = match call(hall, who, &newest_in(peer(hall, who, of))).unwrap() {
        enums::messages::Messages::Messages(it) => it.messages,
        enums::messages::Messages::Slice(it) => it.messages,
        other => panic!("{other:?}"),
    };
    let Some(enums::Message::Message(it)) = messages.into_iter().next() else { panic!("a message") };
    it
}

pub(crate) fn location(it: &types::Document, thumb_size: &str) -> enums::InputFileLocation {
    types::InputDocumentFileLocation {
        id: it.id,
        access_hash: it.access_hash,
        file_reference: it.file_reference.clone(),
        thumb_size: thumb_size.into(),
    }
    .into()
}

pub(crate) fn fetch(location: enums::InputFileLocation) -> u::GetFile {
    u::GetFile { precise: false, cdn_supported: false, location, offset: 0, limit: 1 << 20 }
}

pub(crate) fn bytes(hall: &Hall, by: Caller, location: enums::InputFileLocation) -> Vec<u8> {
    let enums::upload::File::File(it) = call(hall, by, &fetch(location)).unwrap() else { panic!("a file") };
    it.bytes
}

#[test]
fn a_photo_comes_in_sizes_that_both_sides_fetch() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let file = upload(&hall, ann, 5, &picture(400));
    call(&hall, ann, &send(peer(&hall, ann, ben), photo(file), 9)).unwrap();
    for (who, of) in [(ann, ben), (ben, ann)] {
        let Some(enums::MessageMedia::Photo(it)) = newest(&hall, who, of).media else { panic!("a photo") };
        let Some(enums::Photo::Photo(it)) = it.photo else { panic!("it is there") };
        let kinds = it.sizes.iter().map(|it| match it {
            enums::PhotoSize::Size(it) => it.r#type.clone(),
            enums::PhotoSize::Progressive(it) => it.r#type.clone(),
            enums::PhotoSize::PhotoStrippedSize(it) => it.r#type.clone(),
            other => panic!("{other:?}"),
        });
        assert_eq!(kinds.collect::<Vec<_>>(), ["i", "s", "m", "x"]);
        let at = |thumb_size: &str| types::InputPhotoFileLocation {
            id: it.id,
            access_hash: it.access_hash,
            file_reference: it.file_reference.clone(),
            thumb_size: thumb_size.into(),
        };
        let fetched = bytes(&hall, who, at("m").into());
        assert_eq!(fetched[..3], [0xff, 0xd8, 0xff]);
        assert_eq!(refused(&hall, who, &fetch(at("y").into())), "400 LOCATION_INVALID");
    }
}

#[test]
fn a_document_has_a_name_its_numbers_and_a_thumbnail_and_comes_back_as_it_was() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let eve = hall.sign_up(3, "Eve", "9996621003");
    let whole = picture(400);
    let file = upload(&hall, ann, 5, &whole);
    call(&hall, ann, &send(peer(&hall, ann, ben), document(file), 9)).unwrap();
    let Some(enums::MessageMedia::Document(it)) = newest(&hall, ben, ann).media else { panic!("a document") };
    let Some(enums::Document::Document(it)) = it.document else { panic!("it is there") };
    assert_eq!((it.mime_type.as_str(), it.size), ("image/png", whole.len() as i64));
    let named =
        |it: &enums::DocumentAttribute| matches!(it, enums::DocumentAttribute::Filename(it) if it.file_name == "b.png");
    let sized = |it: &enums::DocumentAttribute| matches!(it, enums::DocumentAttribute::ImageSize(it) if (it.w, it.h) == (400, 400));
    assert!(it.attributes.iter().any(named) && it.attributes.iter().any(sized), "{:?}", it.attributes);
    assert_eq!(bytes(&hall, ben, location(&it, "")), whole);
    assert_eq!(bytes(&hall, ben, location(&it, "m"))[..3], [0xff, 0xd8, 0xff]);
    assert_eq!(refused(&hall, eve, &fetch(location(&it, ""))), "400 FILE_REFERENCE_EXPIRED");
    let again = types::InputMediaDocument {
        spoiler: true,
        id: types::InputDocument { id: it.id, access_hash: it.access_hash, file_reference: it.file_reference.clone() }
            .into(),
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
        query: None,
    };
    call(&hall, ben, &send(peer(&hall, ben, eve), again, 10)).unwrap();
    let Some(enums::MessageMedia::Document(given)) = newest(&hall, eve, ben).media else { panic!("a document") };
    let Some(enums::Document::Document(of_eve)) = given.document else { panic!("it is there") };
    assert!(given.spoiler && of_eve.id == it.id && bytes(&hall, eve, location(&of_eve, "")) == whole);
}

/// A photo that is uploaded to be sent later.
fn uploaded(hall: &Hall, by: Caller, to: Caller, id: i64) -> types::InputPhoto {
    let media = photo(upload(hall, by, id, &picture(120)));
    let ask = m::UploadMedia { business_connection_id: None, peer: peer(hall, by, to), media };
    let enums::MessageMedia::Photo(it) = call(hall, by, &ask).unwrap() else { panic!("a photo") };
    let Some(enums::Photo::Photo(it)) = it.photo else { panic!("it is there") };
    types::InputPhoto { id: it.id, access_hash: it.access_hash, file_reference: it.file_reference }
}

/// It, as one of an album.
fn single(it: &types::InputPhoto) -> enums::InputSingleMedia {
    let (spoiler, live_photo, ttl_seconds, video) = (false, false, None, None);
    let media = types::InputMediaPhoto { spoiler, live_photo, id: it.clone().into(), ttl_seconds, video };
    one_of(media.into(), it.id)
}

fn one_of(media: enums::InputMedia, random_id: i64) -> enums::InputSingleMedia {
    types::InputSingleMedia { media, random_id, message: String::new(), entities: None }.into()
}

fn album(peer: enums::InputPeer, multi_media: Vec<enums::InputSingleMedia>) -> m::SendMultiMedia {
    m::SendMultiMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        multi_media,
        schedule_date: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
    }
}

#[test]
fn what_is_uploaded_ahead_goes_into_an_album() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let made = |id| single(&uploaded(&hall, ann, ben, id));
    let multi_media = vec![made(5), made(6)];
    let album = album(peer(&hall, ann, ben), multi_media);
    call(&hall, ann, &album).unwrap();
    let it = newest(&hall, ben, ann);
    assert!(it.grouped_id.is_some() && matches!(it.media, Some(enums::MessageMedia::Photo(_))));
}

#[test]
fn what_is_no_picture_or_has_not_come_is_refused_by_name() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let to = || peer(&hall, ann, ben);
    let file = upload(&hall, ann, 5, b"no picture at all");
    assert_eq!(refused(&hall, ann, &send(to(), photo(file), 1)), "400 IMAGE_PROCESS_FAILED");
    let enums::InputFile::File(mut missing) = upload(&hall, ann, 6, &[7; 100]) else { panic!("a small file") };
    missing.md5_checksum = "00".repeat(16);
    assert_eq!(refused(&hall, ann, &send(to(), document(missing.clone().into()), 2)), "400 MD5_CHECKSUM_INVALID");
    missing.md5_checksum.clear();
    missing.id = 77;
    assert_eq!(refused(&hall, ann, &send(to(), document(missing.into()), 3)), "400 FILE_PART_0_MISSING");
}
