//! How people send files in these tests: parts, what is made of them, messages that carry it.

use tl::{
    enums,
    functions::{messages::SendMedia, upload},
    types,
};

use crate::people::Person;

pub const PART: usize = 128 << 10;
pub const NAME: &str = "plan-of-the-line-to-Lille.bin";

/// Bytes that no file has by chance, and that do not repeat.
pub fn planted(len: usize) -> Vec<u8> {
    (0..len as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 29) as u8).collect()
}

pub async fn save(person: &mut Person, file_id: i64, file_part: i32, bytes: &[u8]) -> Result<bool, String> {
    let request = upload::SaveFilePart { file_id, file_part, bytes: bytes.to_vec() };
    person.client.invoke(&request).await.map_err(name)
}

pub async fn uploaded(person: &mut Person, file_id: i64, bytes: &[u8]) -> enums::InputFile {
    for (at, part) in (0..).zip(bytes.chunks(PART)) {
        assert_eq!(save(person, file_id, at, part).await, Ok(true));
    }
    input(file_id, bytes.len().div_ceil(PART) as i32)
}

pub fn input(id: i64, parts: i32) -> enums::InputFile {
    types::InputFile { id, parts, name: NAME.into(), md5_checksum: String::new() }.into()
}

/// The name of a refusal.
pub fn name(error: testkit::Error) -> String {
    match error {
        testkit::Error::Rpc { name, .. } => name,
        other => panic!("not a refusal: {other}"),
    }
}

pub fn document(file: enums::InputFile, thumb: Option<enums::InputFile>) -> enums::InputMedia {
    types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: false,
        spoiler: false,
        file,
        thumb,
        mime_type: String::new(),
        attributes: Vec::new(),
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
    .into()
}

/// The same document, which the message says to be called so.
pub fn named(media: enums::InputMedia, name: &str) -> enums::InputMedia {
    let enums::InputMedia::UploadedDocument(it) = media else { panic!("a document: {media:?}") };
    let attributes = vec![types::DocumentAttributeFilename { file_name: name.into() }.into()];
    types::InputMediaUploadedDocument { attributes, ..it }.into()
}

pub fn photo(file: enums::InputFile) -> enums::InputMedia {
    let (spoiler, live_photo, stickers, ttl_seconds, video) = (false, false, None, None, None);
    types::InputMediaUploadedPhoto { spoiler, live_photo, file, stickers, ttl_seconds, video }.into()
}

pub async fn send(person: &mut Person, media: enums::InputMedia, random_id: i64) -> Result<enums::Updates, String> {
    let request = SendMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer: person.other.clone().unwrap(),
        reply_to: None,
        media,
        message: String::new(),
        random_id,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
    };
    person.client.invoke(&request).await.map_err(name)
}

/// A PNG that says to be so large, with this as its data.
pub fn png(side: u32, data: &[u8]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| sum >> 1 ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
        })
    };
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let body = [&kind[..], data].concat();
        [&(data.len() as u32).to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat()
    };
    let head = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &head), &chunk(b"IDAT", data), &chunk(b"IEND", &[])].concat()
}
