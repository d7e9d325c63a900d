//! A document on its way: uploaded by one, sent, and read by whoever got it, and by nobody else.

use domain::{
    Caller, Peer,
    files::{Claim, Document, Part, complete, save_part},
    messages::{
        Media,
        media::{MediaBody, SendMedia},
        send::SendMessage,
    },
    testing::{Hall, ready},
};

use super::*;
use crate::testing::{call, newest_in, peer, refused};

const SIZE: usize = 300_000;

fn text() -> Vec<u8> {
    (0..SIZE).map(|at| (at / 7) as u8).collect()
}

fn upload(hall: &Hall, by: Caller) -> Stored {
    for (number, bytes) in (0..).zip(text().chunks(128 << 10)) {
        let part = Part::new(number, bytes.len(), Some(3)).unwrap();
        ready(save_part(&hall.domain, by.user, 5, part, Bytes::copy_from_slice(bytes))).unwrap();
    }
    ready(complete(&hall.domain, by.user, Claim { upload: 5, parts: 3, md5: None })).unwrap()
}

fn send(hall: &Hall, by: Caller, to: Caller, stored: Stored) {
    let document = Document { stored, mime: "text/plain".into(), ..Document::default() };
    let body = MediaBody::Document { document, spoiler: false, ttl: 0, cover: None, starts: 0 };
    let send = SendMessage {
        by,
        peer: Peer::User(to.user),
        text: String::new(),
        entities: Vec::new(),
        reply: None,
        random_id: 1,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
        album: 0,
    };
    hall.run(SendMedia { send, media: Media::Files(Box::new(body)) }).unwrap();
}

/// The document as one's history shows it.
fn shown(hall: &Hall, by: Caller, other: Caller) -> types::InputDocumentFileLocation {
    let newest = newest_in(peer(hall, by, other));
    let enums::messages::Messages::Messages(history) = call(hall, by, &newest).unwrap() else { panic!("all of it") };
    let Some(enums::Message::Message(message)) = history.messages.first() else { panic!("a message") };
    let Some(enums::MessageMedia::Document(media)) = &message.media else { panic!("a document") };
    let Some(enums::Document::Document(it)) = &media.document else { panic!("one that is there") };
    types::InputDocumentFileLocation {
        id: it.id,
        access_hash: it.access_hash,
        file_reference: it.file_reference.clone(),
        thumb_size: String::new(),
    }
}

fn ask(location: &types::InputDocumentFileLocation, offset: i64, limit: i32) -> GetFile {
    GetFile { precise: false, cdn_supported: false, location: location.clone().into(), offset, limit }
}

fn bytes(hall: &Hall, by: Caller, request: &GetFile) -> Vec<u8> {
    match call(hall, by, request).unwrap() {
        enums::upload::File::File(it) => it.bytes,
        enums::upload::File::CdnRedirect(it) => panic!("we have no CDN: {it:?}"),
    }
}

#[test]
fn who_got_a_document_reads_it_and_nobody_else_does() {
    let hall = Hall::new();
    let [alice, bob, carol] = [("Alice", "9996621001"), ("Bob", "9996621002"), ("Carol", "9996621003")]
        .map(|(name, it)| hall.person(name, it));
    send(&hall, alice, bob, upload(&hall, alice));
    for (by, other) in [(alice, bob), (bob, alice)] {
        let location = shown(&hall, by, other);
        assert!(bytes(&hall, by, &ask(&location, 0, 1 << 20)) == text());
        assert!(bytes(&hall, by, &ask(&location, 131_072, 65_536)) == text()[131_072..196_608]);
        assert!(bytes(&hall, by, &ask(&location, 1 << 20, 4096)).is_empty());
    }
    let location = shown(&hall, bob, alice);
    assert_eq!(refused(&hall, carol, &ask(&location, 0, 4096)), "400 FILE_REFERENCE_EXPIRED");
    let forged = types::InputDocumentFileLocation { access_hash: 1, ..location.clone() };
    assert_eq!(refused(&hall, bob, &ask(&forged, 0, 4096)), "400 FILE_ID_INVALID");
    let thumb = types::InputDocumentFileLocation { thumb_size: "m".into(), ..location.clone() };
    assert_eq!(refused(&hall, bob, &ask(&thumb, 0, 4096)), "400 LOCATION_INVALID");
    let photo = types::InputPeerPhotoFileLocation { big: true, peer: peer(&hall, bob, alice), photo_id: 5 };
    let photo = GetFile { location: photo.into(), ..ask(&location, 0, 4096) };
    assert_eq!(refused(&hall, bob, &photo), "400 LOCATION_INVALID");
}

#[test]
fn ranges_are_refused_by_name_and_hashes_are_of_what_is_read() {
    let hall = Hall::new();
    let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
    send(&hall, alice, bob, upload(&hall, alice));
    let location = shown(&hall, bob, alice);
    assert_eq!(refused(&hall, bob, &ask(&location, 1024, 4096)), "400 OFFSET_INVALID");
    assert_eq!(refused(&hall, bob, &ask(&location, 0, 1024)), "400 LIMIT_INVALID");
    let precise = GetFile { precise: true, ..ask(&location, 1024, 3072) };
    assert!(bytes(&hall, bob, &precise) == text()[1024..4096]);
    let all = call(&hall, bob, &GetFileHashes { location: location.clone().into(), offset: 131_072 }).unwrap();
    let all = all.into_iter().map(|enums::FileHash::Hash(it)| (it.offset, it.limit, it.hash));
    let expected = [(131_072, 131_072), (262_144, SIZE as i32 - 262_144)].map(|(offset, limit)| {
        let stretch = &text()[offset as usize..offset as usize + limit as usize];
        (offset, limit, crypto::hash::sha256(&[stretch]).to_vec())
    });
    assert_eq!(all.collect::<Vec<_>>(), expected);
    assert_eq!(refused(&hall, bob, &GetFileHashes { location: location.into(), offset: -1 }), "400 OFFSET_INVALID");
}

#[test]
fn an_answer_around_its_bytes_is_what_the_type_makes() {
    for length in [0, 1, 3, 4, 253, 254, 255, 256, 257, 65_537] {
        let bytes: Vec<u8> = (0..length).map(|at| at as u8).collect();
        let kind = enums::storage::FileType::FileJpeg;
        let expected =
            enums::upload::File::from(types::upload::File { r#type: kind.clone(), mtime: 77, bytes: bytes.clone() });
        let behind = [&[0; HEAD][..], &bytes].concat();
        assert_eq!(file(kind, 77, behind), expected.to_bytes(), "{length} bytes");
    }
}
