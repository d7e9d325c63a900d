//! Files that people send: nothing of them can be read off the disk, and what is hostile in them is refused by name
//! while the server's memory stays as it was.

use std::{fs, path::Path};

use futures_util::future::join_all;
use tl::{
    enums,
    functions::{messages::SendMedia, upload},
    types,
};

use crate::{
    people::{Person, pair},
    place::Place,
};

const PART: usize = 128 << 10;
const NAME: &str = "plan-of-the-line-to-Lille.bin";

/// Uploads that one account may have under way; more are refused. Source: `domain::files::UPLOADS_MAX`.
const UPLOADS_MAX: i64 = 500;

/// Bytes by which a server's memory may differ after it was idle: its caches fill.
const FLAT: u64 = 96 << 20;

/// Bytes that no file has by chance, and that do not repeat.
fn planted(len: usize) -> Vec<u8> {
    (0..len as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 29) as u8).collect()
}

async fn save(person: &mut Person, file_id: i64, file_part: i32, bytes: &[u8]) -> Result<bool, String> {
    let request = upload::SaveFilePart { file_id, file_part, bytes: bytes.to_vec() };
    person.client.invoke(&request).await.map_err(name)
}

async fn uploaded(person: &mut Person, file_id: i64, bytes: &[u8]) -> enums::InputFile {
    for (at, part) in (0..).zip(bytes.chunks(PART)) {
        assert_eq!(save(person, file_id, at, part).await, Ok(true));
    }
    input(file_id, bytes.len().div_ceil(PART) as i32)
}

fn input(id: i64, parts: i32) -> enums::InputFile {
    types::InputFile { id, parts, name: NAME.into(), md5_checksum: String::new() }.into()
}

/// The name of a refusal.
fn name(error: testkit::Error) -> String {
    match error {
        testkit::Error::Rpc { name, .. } => name,
        other => panic!("not a refusal: {other}"),
    }
}

fn document(file: enums::InputFile, thumb: Option<enums::InputFile>) -> enums::InputMedia {
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

fn photo(file: enums::InputFile) -> enums::InputMedia {
    let (spoiler, live_photo, stickers, ttl_seconds, video) = (false, false, None, None, None);
    types::InputMediaUploadedPhoto { spoiler, live_photo, file, stickers, ttl_seconds, video }.into()
}

async fn send(person: &mut Person, media: enums::InputMedia, random_id: i64) -> Result<enums::Updates, String> {
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
fn png(side: u32, data: &[u8]) -> Vec<u8> {
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

/// Zeros by the gigabyte: a stream of deflate that repeats one zero as often as a code can say.
fn bomb() -> Vec<u8> {
    let mut bits = Bits::default();
    // A last block of fixed codes: a zero, then copies of 258 from one byte back.
    bits.put(0b011, 3);
    bits.put(0b0000_1100, 8);
    for _ in 0..400_000 {
        bits.put(0b1010_0011, 8);
        bits.put(0, 5);
    }
    bits.put(0, 7);
    [&[0x78, 1][..], &bits.bytes, &[0; 8]].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u64, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }
}

/// Whether a file below a directory has these bytes.
fn holds(dir: &Path, wanted: &[u8]) -> bool {
    fs::read_dir(dir).unwrap().map(Result::unwrap).any(|entry| match entry.file_type().unwrap() {
        kind if kind.is_dir() => holds(&entry.path(), wanted),
        // The operator's socket is there, too.
        kind if !kind.is_file() => false,
        _ => fs::read(entry.path()).unwrap().windows(wanted.len()).any(|it| it == wanted),
    })
}

#[tokio::test]
async fn nothing_of_a_file_can_be_read_off_the_disk() {
    let place = Place::new("sealed-files");
    let server = place.serve();
    let (mut one, _two) = pair(&server, 0).await;
    // In a row, and in a blob.
    let small = uploaded(&mut one, 1, &planted(40_000)).await;
    let large = uploaded(&mut one, 2, &planted(300_000)).await;
    for (at, file) in (10..).zip([small, large]) {
        send(&mut one, document(file, None), at).await.unwrap();
    }
    let under_way = planted(350_000)[320_000..].to_vec();
    save(&mut one, 3, 0, &under_way).await.unwrap();
    server.stop();
    assert!(place.join("data").join("files").exists());
    for at in [0, 100, 39_000, 150_000, 299_000, 320_100] {
        assert!(!holds(&place.join("data"), &planted(350_000)[at..at + 24]), "bytes from {at} on");
    }
    assert!(!holds(&place.join("data"), NAME.as_bytes()) && !place.log().contains(NAME));
}

#[tokio::test]
async fn hostile_files_are_refused_by_name_and_memory_stays_flat() {
    let place = Place::new("hostile");
    let server = place.serve();
    let (mut one, _two) = pair(&server, 0).await;
    let warm = uploaded(&mut one, 1, &planted(300_000)).await;
    send(&mut one, document(warm, None), 1).await.unwrap();
    let before = server.memory();
    let lies = [&b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"[..], &planted(5000)].concat();
    let cases = [
        (png(60_000, &bomb()), "PHOTO_INVALID_DIMENSIONS"),
        // The head is modest, and the data is some hundred times what it promises.
        (png(64, &bomb()), "IMAGE_PROCESS_FAILED"),
        (png(4000, b"nothing of the kind"), "IMAGE_PROCESS_FAILED"),
        (lies, "IMAGE_PROCESS_FAILED"),
    ];
    for (at, (bytes, refusal)) in (20..).zip(cases) {
        let file = uploaded(&mut one, at, &bytes).await;
        let sent = send(&mut one, photo(file.clone()), at).await;
        if refusal == "IMAGE_PROCESS_FAILED" && sent.is_ok() {
            // A decoder that reads what the head promises and no more has not been hurt.
            assert!(bytes.len() > 400_000, "case {at}");
        } else {
            assert_eq!(sent.map(drop), Err(refusal.into()), "case {at}");
        }
        // As a document, and as the thumbnail of one, it is bytes like any other.
        send(&mut one, document(file.clone(), Some(file)), 100 + at).await.unwrap();
    }
    let refused = async |one: &mut Person, file, id| send(one, document(file, None), id).await.map(drop).unwrap_err();
    save(&mut one, 40, 0, &planted(PART)).await.unwrap();
    save(&mut one, 41, 0, &planted(PART)).await.unwrap();
    assert_eq!(refused(&mut one, input(40, 0), 200).await, "FILE_PARTS_INVALID");
    assert_eq!(refused(&mut one, input(41, 4001), 201).await, "FILE_PARTS_INVALID");
    save(&mut one, 42, 0, &planted(PART)).await.unwrap();
    save(&mut one, 42, 2, &planted(PART)).await.unwrap();
    assert_eq!(refused(&mut one, input(42, 3), 202).await, "FILE_PART_1_MISSING");
    save(&mut one, 43, 0, &planted(PART)).await.unwrap();
    assert_eq!(save(&mut one, 43, 1, &planted(PART / 2)).await, Ok(true), "it may be the last");
    assert_eq!(save(&mut one, 43, 2, &planted(PART)).await, Err("FILE_PART_SIZE_CHANGED".into()));
    assert_eq!(save(&mut one, 44, 0, &planted(1000)).await, Ok(true), "it may be all");
    assert_eq!(save(&mut one, 44, 1, &planted(1000)).await, Err("FILE_PART_SIZE_INVALID".into()));
    assert_eq!(save(&mut one, 45, 0, &[]).await, Err("FILE_PART_EMPTY".into()));
    assert!(server.memory() < before + FLAT, "{} after {before}", server.memory());
}

#[tokio::test]
async fn ten_thousand_uploads_that_nobody_ends_cost_no_memory() {
    let place = Place::new("abandoned");
    let server = place.serve();
    let mut people = Vec::new();
    for at in 0..20 {
        people.push(Person::join(&server, at).await);
    }
    let before = server.memory();
    let all = people.iter_mut().map(async |it| {
        for upload in 0..UPLOADS_MAX {
            assert_eq!(save(it, upload, 0, &planted(1 << 10)).await, Ok(true));
        }
        save(it, UPLOADS_MAX, 0, &planted(1 << 10)).await
    });
    let one_more = join_all(all).await;
    assert_eq!(one_more.len() as i64 * UPLOADS_MAX, 10_000);
    assert!(one_more.iter().all(|it| *it == Err("FLOOD_WAIT_300".into())), "{one_more:?}");
    assert!(server.memory() < before + FLAT, "{} after {before}", server.memory());
}
