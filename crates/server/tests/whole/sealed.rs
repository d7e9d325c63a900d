//! Nothing of a file can be read off the disk: not its bytes, not a thumbnail's, whoever made it, not its name; in the
//! journal and the tables as little as in the blobs.

use std::{
    collections::HashSet,
    fs,
    io::Write,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::ZlibEncoder};
use tl::{
    enums::{self, InputFileLocation},
    functions::upload::GetFile,
    types,
};

use crate::{
    people::{Person, pair},
    place::Place,
    sending::{NAME, document, named, photo, planted, png, save, send, uploaded},
};

/// Bytes that are searched for at a time: as many stand nowhere by chance.
const CLUE: usize = 24;

/// Clues of a file: so far apart that each piece, and each frame of one, has some.
const CLUES: usize = 24;

/// What has not been written yet.
const EMPTY: &[u8] = &[0; 4096];

/// Pixels of the photo's side: enough for a size that lies in a blob beside those that lie in rows.
const SIDE: u32 = 400;

/// Pixels of the side of a square in it: one pixel of the smallest thumbnail.
const SQUARE: usize = 10;

/// What a message says that its document is called.
const SAID: &str = "Signals of Chappe's towers.pdf";

/// What is searched for: bytes, and what they are of.
struct Clues(Vec<(Vec<u8>, String)>);

impl Clues {
    /// Clues of a file, from its beginning to its end. A run of one byte is none: it may stand anywhere.
    fn of(&mut self, what: &str, bytes: &[u8]) {
        assert!(bytes.len() >= CLUE, "{what} has {} bytes", bytes.len());
        let last = bytes.len() - CLUE;
        let before = self.0.len();
        for at in (0..CLUES).map(|it| last * it / (CLUES - 1)) {
            let clue = &bytes[at..at + CLUE];
            if clue.iter().collect::<HashSet<_>>().len() > CLUE / 2 {
                self.0.push((clue.to_vec(), format!("{what}, from byte {at} on")));
            }
        }
        assert!(self.0.len() > before, "{what} has nothing by which it is known");
    }

    /// A name, as it is and as a search would fold it.
    fn name(&mut self, name: &str) {
        for it in [name.to_owned(), name.to_lowercase()] {
            self.0.push((it.clone().into_bytes(), it));
        }
    }

    /// Which file below a directory has one of them, and which.
    fn found(&self, dir: &Path) -> Option<(PathBuf, &str)> {
        let mut begins = vec![false; 1 << 16];
        for (clue, _) in &self.0 {
            begins[usize::from(u16::from_be_bytes([clue[0], clue[1]]))] = true;
        }
        files(dir).into_iter().find_map(|path| {
            let bytes = written(&path);
            let begun = bytes.windows(2).enumerate();
            let mut begun = begun.filter(|(_, it)| begins[usize::from(u16::from_be_bytes([it[0], it[1]]))]);
            let what = begun.find_map(|(at, _)| self.0.iter().find(|(clue, _)| bytes[at..].starts_with(clue)));
            what.map(|(_, what)| (path, what.as_str()))
        })
    }
}

/// Every plain file below a directory; the operator's socket is there, too.
fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let entries = entries.map(Result::unwrap);
    let below = |entry: fs::DirEntry| match entry.file_type().unwrap() {
        kind if kind.is_dir() => files(&entry.path()),
        kind if kind.is_file() => vec![entry.path()],
        _ => Vec::new(),
    };
    entries.flat_map(below).collect()
}

/// What a file holds, without the room that a journal has for what is to come. A table that was merged away since it
/// was listed holds nothing.
fn written(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(path).unwrap_or_default();
    while bytes.ends_with(EMPTY) {
        bytes.truncate(bytes.len() - EMPTY.len());
    }
    bytes
}

/// A picture that no other seed has: noise over squares, of which the smallest thumbnail has something, too.
fn picture(seed: usize) -> Vec<u8> {
    let side = SIDE as usize;
    let noise = planted(seed * 7 + 3 * side * side).split_off(seed * 7);
    let mut rows = ZlibEncoder::new(Vec::new(), Compression::fast());
    for y in 0..side {
        let pixel = |at: usize| {
            let (x, colour) = (at / 3, at % 3);
            let square = (y / SQUARE * side + x / SQUARE) * 3 + colour;
            noise[square] / 2 + noise[3 * y * side + at] / 2
        };
        let row: Vec<u8> = (0..3 * side).map(pixel).collect();
        rows.write_all(&[0]).unwrap();
        rows.write_all(&row).unwrap();
    }
    png(SIDE, &rows.finish().unwrap())
}

/// The media of the message that was sent.
fn media(updates: enums::Updates) -> enums::MessageMedia {
    let enums::Updates::Updates(it) = updates else { panic!("a message was sent: {updates:?}") };
    let message = it.updates.into_iter().find_map(|it| match it {
        enums::Update::NewMessage(it) => Some(it.message),
        _ => None,
    });
    let Some(enums::Message::Message(it)) = message else { panic!("a message was sent: {message:?}") };
    it.media.expect("it carries a file")
}

async fn fetched(person: &mut Person, location: InputFileLocation) -> Vec<u8> {
    let request = GetFile { precise: false, cdn_supported: false, location, offset: 0, limit: 1 << 20 };
    match person.client.invoke(&request).await.unwrap() {
        enums::upload::File::File(it) => it.bytes,
        other => panic!("a file: {other:?}"),
    }
}

/// What the server has made of a photo: its sizes, and the thumbnail that stands in the message.
async fn sizes(person: &mut Person, media: enums::MessageMedia) -> Vec<(String, Vec<u8>)> {
    let enums::MessageMedia::Photo(types::MessageMediaPhoto { photo: Some(enums::Photo::Photo(it)), .. }) = media
    else {
        panic!("a photo: {media:?}")
    };
    let mut made = Vec::new();
    for size in it.sizes {
        let (thumb_size, bytes) = match size {
            enums::PhotoSize::PhotoStrippedSize(it) => (it.r#type, Some(it.bytes)),
            enums::PhotoSize::Size(it) => (it.r#type, None),
            enums::PhotoSize::Progressive(it) => (it.r#type, None),
            other => panic!("a size that has bytes: {other:?}"),
        };
        let (id, access_hash, file_reference) = (it.id, it.access_hash, it.file_reference.clone());
        let what = format!("size {thumb_size} of a photo");
        let location = types::InputPhotoFileLocation { id, access_hash, file_reference, thumb_size };
        let bytes = match bytes {
            Some(stripped) => stripped,
            None => fetched(person, location.into()).await,
        };
        made.push((what, bytes));
    }
    made
}

/// What the server shows of a thumbnail that a client has sent.
async fn thumbnail(person: &mut Person, media: enums::MessageMedia) -> Vec<u8> {
    let enums::MessageMedia::Document(types::MessageMediaDocument { document: Some(it), .. }) = media else {
        panic!("a document: {media:?}")
    };
    let enums::Document::Document(it) = it else { panic!("a document: {it:?}") };
    let (id, access_hash, file_reference) = (it.id, it.access_hash, it.file_reference);
    let thumb_size = "m".to_owned();
    let location = types::InputDocumentFileLocation { id, access_hash, file_reference, thumb_size };
    fetched(person, location.into()).await
}

#[tokio::test]
async fn nothing_of_a_file_its_thumbnails_or_its_name_can_be_read_off_the_disk() {
    let place = Place::new("sealed-files");
    let server = place.serve();
    let (mut one, mut two) = pair(&server, 0).await;
    let mut clues = Clues(Vec::new());
    // In a row, and in a blob.
    for (at, len) in [(1, 40_000), (2, 300_000)] {
        let file = uploaded(&mut one, at, &planted(len)).await;
        send(&mut one, document(file, None), at).await.unwrap();
        clues.of("a document", &planted(len));
    }
    let under_way = planted(350_000)[320_000..].to_vec();
    save(&mut one, 3, 0, &under_way).await.unwrap();
    clues.of("an upload that has not ended", &under_way);

    let (view, small) = (picture(1), picture(2));
    let file = uploaded(&mut one, 4, &view).await;
    let sent = send(&mut one, photo(file), 4).await.unwrap();
    clues.of("a photo as it was sent", &view);
    let made = sizes(&mut one, media(sent)).await;
    assert!(made.len() > 2 && made.iter().any(|(_, it)| it.len() > 64 << 10), "in rows and in a blob");
    for (what, bytes) in made {
        clues.of(&what, &bytes);
    }
    let (file, thumb) = (uploaded(&mut one, 5, &planted(50_000)).await, uploaded(&mut one, 6, &small).await);
    let sent = send(&mut one, named(document(file, Some(thumb)), SAID), 5).await.unwrap();
    clues.of("a thumbnail as it was sent", &small);
    clues.of("a thumbnail as it is shown", &thumbnail(&mut one, media(sent)).await);
    clues.name(NAME);
    clues.name(SAID);
    // The other side's copies are written by now.
    assert_eq!(two.history().await.len(), 4);

    let data = place.join("data");
    assert_eq!(clues.found(&data), None, "while it runs");
    server.stop();
    assert_eq!(clues.found(&data), None, "after its end");
    assert!([NAME, SAID].iter().all(|it| !place.log().contains(it)));
    // The search looks where everything is: what is added there is found.
    let all = files(&data);
    let journal = all.iter().find(|it| it.extension().is_some_and(|it| it == "jnl")).expect("a journal");
    let blob = all.iter().find(|it| it.starts_with(data.join("files"))).expect("a blob");
    for (path, (clue, what)) in [journal, blob].into_iter().zip([&clues.0[0], clues.0.last().unwrap()]) {
        let (file, end) = (fs::File::options().write(true).open(path).unwrap(), written(path).len() as u64);
        file.write_all_at(clue, end).unwrap();
        assert_eq!(clues.found(&data).map(|it| it.0).as_ref(), Some(path), "{what}");
        file.write_all_at(&EMPTY[..clue.len()], end).unwrap();
    }
}
