//! What the operator's decoder is given of a video.

use std::sync::Mutex;

use media::{Kind, probe};
use store::BoxFuture;

use super::*;
use crate::files::{
    Attribute,
    frames::{Frames, Head},
    intake::{NewDocument, document},
};

/// A decoder that notes what it is given, and sees one picture in everything.
#[derive(Default)]
struct Watched(Arc<Mutex<Vec<Vec<u8>>>>);

impl Frames for Watched {
    fn frame(&self, head: Head) -> BoxFuture<'static, Option<Vec<u8>>> {
        let seen = Arc::clone(&self.0);
        Box::pin(async move {
            let head = head.await.ok()?;
            seen.lock().unwrap().push(head);
            Some(include_bytes!("../../../../media/samples/still.jpg").to_vec())
        })
    }
}

/// The document that is made of a video, and what the decoder was given.
fn sent(file: &[u8]) -> (Document, Vec<Vec<u8>>) {
    let frames = Watched::default();
    let seen = Arc::clone(&frames.0);
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    let shelf = Shelf::default().with_frames(Some(Arc::new(frames)));
    let domain = hall.domain.clone().with_files(shelf);
    for (number, part) in file.chunks(128 * KB).enumerate() {
        let part_of = Part::new(number as i32, part.len(), None).unwrap();
        ready(save_part(&domain, alice.user, 5, part_of, Bytes::copy_from_slice(part))).unwrap();
    }
    let claim = Claim { upload: 5, parts: file.len().div_ceil(128 * KB) as u32, md5: None };
    let new = NewDocument { claim, thumb: None, mime: String::new(), attributes: Vec::new(), plain: false };
    let made = ready(document(&domain, alice.user, new)).unwrap();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    (made, seen)
}

fn late_index(mut file: &[u8]) -> Option<(u64, u64)> {
    match probe(&mut file).unwrap().kind {
        Kind::Video(it) => it.late_index,
        other => panic!("a video: {other:?}"),
    }
}

fn streams(document: &Document) -> bool {
    document.attributes.iter().any(|it| matches!(it, Attribute::Video { streaming: true, .. }))
}

#[test]
fn a_video_whose_index_is_in_front_is_given_as_it_begins() {
    let file = include_bytes!("../../../../media/samples/fast.mp4");
    let (document, seen) = sent(file);
    assert_eq!((seen, document.thumbs.len(), streams(&document)), (vec![file.to_vec()], 1, true));
}

#[test]
fn a_video_whose_index_is_at_its_end_is_given_with_the_index_in_front() {
    let file = include_bytes!("../../../../media/samples/slow.mov");
    let (from, to) = late_index(file).unwrap();
    // The same with megabytes of data, of which the beginning is enough.
    let (data, index) = (&file[..from as usize], &file[from as usize..to as usize]);
    let at = data.windows(4).position(|it| it == b"mdat").unwrap() - 4;
    let length = u32::from_be_bytes(data[at..at + 4].try_into().unwrap());
    let long = [&data[..at], &(length + (5 << 20)).to_be_bytes(), &data[at + 4..], &[7; 5 << 20], index].concat();
    for file in [file.to_vec(), long] {
        let (document, seen) = sent(&file);
        assert_eq!((document.thumbs.len(), streams(&document)), (1, false));
        let [given] = &seen[..] else { panic!("{} times", seen.len()) };
        assert_eq!(late_index(given), None);
        let head = file.len().min(4 << 20);
        assert_eq!(given.len(), head + index.len(), "the beginning and the index");
        assert!(given.ends_with(&file[at + 8..head]));
    }
}
