//! Lengths that lie, boxes in boxes, more than anybody needs, and files that end anywhere.

use super::*;
use crate::picture::tests::animated_gif;

#[test]
fn every_beginning_of_every_sample_ends_quietly() {
    for (name, bytes) in SAMPLES {
        let whole = of(bytes);
        for cut in 0..bytes.len() {
            let found = of(&bytes[..cut]);
            // A part is what the whole is, or not yet known; never something else.
            let same = [whole.mime, UNKNOWN, "video/x-matroska", "video/mp4"].contains(&found.mime);
            assert!(same, "{name} cut at {cut} is {found:?}");
        }
    }
}

#[test]
fn every_flipped_byte_of_every_sample_ends_quietly() {
    for (_, bytes) in SAMPLES {
        let mut changed = bytes.to_vec();
        for at in 0..bytes.len().min(700) {
            for value in [0, 0x7f, 0x80, 0xff] {
                changed[at] = value;
                of(&changed);
            }
            changed[at] = bytes[at];
        }
    }
}

fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
}

const FTYP: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0";

fn nothing(bytes: &[u8]) {
    assert_eq!(of(&[FTYP, bytes].concat()), Probe::new("video/mp4", Kind::Other));
}

#[test]
fn boxes_whose_lengths_lie_are_given_up() {
    nothing(b"\0\0\0\0moov");
    nothing(b"\0\0\0\x07moov\0\0\0\0\0\0\0\0");
    nothing(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\0");
    nothing(b"\0\0\0\x01mdat\x80\0\0\0\0\0\0\0moov");
    nothing(b"\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff");
    nothing(b"\xff\xff\xff\xffmdatmoov");
    // A track head that ends with its file.
    nothing(&atom(b"moov", &atom(b"trak", &atom(b"tkhd", &[1; 20]))));
    // A movie without tracks.
    nothing(&atom(b"moov", b""));
}

#[test]
fn boxes_in_boxes_are_not_followed() {
    let mut nested = atom(b"moov", b"");
    for _ in 0..2000 {
        nested = atom(b"moov", &nested);
    }
    nothing(&nested);
    // As many as fit beside each other.
    nothing(&atom(b"moov", &atom(b"free", b"").repeat(100_000)));
    nothing(&atom(b"free", b"").repeat(100_000));
}

#[test]
fn elements_whose_lengths_lie_are_given_up() {
    let head = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm";
    let unknown = Probe::new("video/x-matroska", Kind::Other);
    for rest in [
        &b""[..],
        // No segment; one that ends with the file; one of a length that overflows.
        b"\xec\x80",
        b"\x18\x53\x80\x67\xff",
        b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xfe\x16\x54\xae\x6b\x01\xff\xff\xff\xff\xff\xff\xfe",
        // Tracks of no known length; a number of nine bytes.
        b"\x18\x53\x80\x67\xff\x16\x54\xae\x6b\xff\xae\xff",
        b"\x18\x53\x80\x67\xff\x16\x54\xae\x6b\x8c\xae\x8a\xd7\x89\x01\x01\x01\x01\x01\x01\x01\x01\x01",
        b"\x18\x53\x80\x67\x00\x00",
    ] {
        assert_eq!(of(&[&head[..], rest].concat()), unknown, "{rest:?}");
    }
    // Clusters without end, each empty.
    let clusters = [&head[..], b"\x18\x53\x80\x67\xff", &b"\x1f\x43\xb6\x75\x80".repeat(200_000)].concat();
    assert_eq!(of(&clusters), unknown);
}

#[test]
fn a_gif_with_a_million_frames_is_left_at_the_second() {
    let one = animated_gif(1, 1, 1);
    // A head of 13 bytes and a palette of four colours.
    let (head, frame) = one[..one.len() - 1].split_at(13 + 4 * 3);
    assert!(matches!(frame[0], 0x21 | 0x2c), "the frame begins with its mark");
    let bytes = [head, &frame.repeat(1_000_000)].concat();
    let mut large = Large { start: bytes, end: Vec::new(), reads: 0, bytes: 0 };
    let found = probe(&mut large).unwrap();
    assert!(matches!(found.kind, Kind::Image(Image { animated: true, .. })), "{found:?}");
    assert_eq!(large.reads, 1);
}

#[test]
fn sizes_that_lie_are_told_as_they_are_and_nothing_is_taken_for_them() {
    let huge = crate::picture::tests::png_bomb(50_000, 50_000);
    let Kind::Image(image) = of(&huge).kind else { panic!("it claims to be a picture") };
    assert_eq!((image.width, image.height), (50_000, 50_000));
    // A JPEG whose metadata is longer than the file, and one of only fill bytes.
    let other = Probe::new("image/jpeg", Kind::Other);
    assert_eq!(of(b"\xff\xd8\xff\xe1\xff\xffExif\0\0"), other);
    assert_eq!(of(&[&b"\xff\xd8"[..], &[0xff; 10_000]].concat()), other);
    assert_eq!(of(b"\xff\xd8\xff\xc0\0\x11\x08\0\0\0\x09\x03"), other);
    assert_eq!(of(b"\xff\xd8\xff\xe0\0\0"), other);
}

#[test]
fn tags_that_lie_about_their_lengths_are_given_up() {
    let flac = b"fLaC\x84\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(of(flac), Probe::new("audio/flac", Kind::Other));
    let comments = b"\xff\xff\xff\xff";
    let mut audio = Audio::default();
    vorbis::read(comments, &mut audio);
    vorbis::read(b"\0\0\0\0\xff\xff\xff\xff\x01\0\0\0=", &mut audio);
    assert_eq!(audio, Audio::default());
    // Frames that claim more than the tag; a tag that claims more than the file.
    assert_eq!(of(b"ID3\x03\0\0\0\0\0\x20TIT2\xff\xff\xff\xff\0\0\0x").mime, "audio/mpeg");
    assert_eq!(of(b"ID3\x04\0\0\x7f\x7f\x7f\x7fTIT2\0\0\0\x02\0\0\0x").kind, Kind::Other);
    // A page of Ogg that is longer than the file.
    assert_eq!(of(b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\xff").kind, Kind::Other);
}
