//! Nothing that was sent can be read off the disk, and of what was deleted nothing is left once it was swept.

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::*;
use crate::{
    files::{Claim, Part, abandoned, intake, save_part, sweep},
    spaces::{ALL, FILE, FILE_USE, SMALL_FILE},
    testing::ready,
};

const PLANTED: &[u8] = b"the telegraph at Lille is out of order";
const NAME: &str = "plan-of-the-line.txt";

/// Every row of the store.
fn rows(hall: &Hall) -> Vec<store::Row> {
    let all = |id: u8| Range { start: Key::from_bytes(&[id]), end: Key::from_bytes(&[id + 1]) };
    let read = |id| hall.ask(|view| view.scan(&all(id), Direction::Forward, 100_000)).unwrap();
    ALL.iter().flat_map(|it| read(it.id)).collect()
}

fn has(rows: &[store::Row], planted: &[u8]) -> bool {
    let within = |bytes: &[u8]| bytes.windows(planted.len()).any(|it| it == planted);
    rows.iter().any(|(key, value)| within(key.as_bytes()) || within(value))
}

/// A document of an upload, as a client makes one.
fn uploaded(hall: &Hall, by: &Caller) -> Document {
    let part = Part::new(0, PLANTED.len(), None).unwrap();
    ready(save_part(&hall.domain, by.user, 7, part, Bytes::from_static(PLANTED))).unwrap();
    let new = intake::NewDocument {
        claim: Claim { upload: 7, parts: 1, md5: None },
        thumb: None,
        mime: "text/plain".into(),
        attributes: vec![Attribute::FileName { name: NAME.into() }],
        plain: true,
    };
    ready(intake::document(&hall.domain, by.user, new)).unwrap()
}

#[test]
fn bytes_and_names_of_files_are_in_no_row_and_a_deleted_message_takes_their_keys_along() {
    let hall = Hall::new();
    let (ann, ben) = (hall.sign_up(1, "Ann", "9996621001"), hall.sign_up(2, "Ben", "9996621002"));
    let document = uploaded(&hall, &ann);
    let (file, key) = (document.stored.id, document.stored.key.clone());
    let media = Media::Files(Box::new(MediaBody::of_document(document)));
    let caption = "Chappe's own words";
    let sent = SendMedia { send: message(&ann, Peer::User(ben.user), caption.into(), 5), media };
    let id = hall.run(sent).unwrap().message;
    let before = rows(&hall);
    for planted in [PLANTED, NAME.as_bytes(), caption.as_bytes(), &key[..]] {
        assert!(!has(&before, planted), "{}", String::from_utf8_lossy(planted));
    }
    let named = |all: &[store::Row]| {
        let of = |space: store::Subspace| all.iter().filter(|(key, _)| key.as_bytes()[0] == space.id).count();
        (of(FILE), of(SMALL_FILE), of(FILE_USE))
    };
    assert_eq!(named(&before), (1, 1, 2));
    hall.run(DeleteMessages { by: ann, messages: vec![id], revoke: true }).unwrap();
    hall.pass(7 * 24 * 3600);
    ready(abandoned(&hall.domain)).unwrap();
    assert_eq!(ready(sweep(&hall.domain, None)), Ok(None));
    let after = rows(&hall);
    assert_eq!(named(&after), (0, 0, 0));
    assert!(!has(&after, &file.to_be_bytes()), "nothing names the file any more");
}
