//! Files as other programs write them, and as hostile hands do.

use std::time::Duration;

use super::*;
use crate::kind::{Audio, Codec, Image, Lottie, Video};
use crate::source::{BYTES_MAX, READS_MAX};

mod hostile;

macro_rules! samples {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../samples/", $name)))),*]
    };
}

/// Files made by ffmpeg; `samples/README.md` says how.
const SAMPLES: &[(&str, &[u8])] = samples![
    "bare.mp3",
    "fast.mp4",
    "film.mkv",
    "fragments.mp4",
    "live.webm",
    "lossy.webp",
    "moving.gif",
    "moving.png",
    "moving.webp",
    "slow.mov",
    "song.flac",
    "song.m4a",
    "sticker.webm",
    "still.bmp",
    "still.jpg",
    "tagged.mp3",
    "tone.wav",
    "turned.mov",
    "voice.ogg",
];

fn sample(name: &str) -> &'static [u8] {
    SAMPLES.iter().find(|it| it.0 == name).expect("it is in the list").1
}

fn of(mut bytes: &[u8]) -> Probe {
    probe(&mut bytes).expect("bytes in memory can be read")
}

fn image(name: &str, mime: &str) -> Image {
    let found = of(sample(name));
    assert_eq!(found.mime, mime, "{name}");
    let Kind::Image(image) = found.kind else { panic!("{name} is {found:?}") };
    image
}

fn video(name: &str, mime: &str) -> Video {
    let found = of(sample(name));
    assert_eq!(found.mime, mime, "{name}");
    let Kind::Video(video) = found.kind else { panic!("{name} is {found:?}") };
    video
}

fn audio(name: &str, mime: &str) -> Audio {
    let found = of(sample(name));
    assert_eq!(found.mime, mime, "{name}");
    let Kind::Audio(audio) = found.kind else { panic!("{name} is {found:?}") };
    audio
}

fn milliseconds(it: u64) -> Option<Duration> {
    Some(Duration::from_millis(it))
}

#[test]
fn pictures_say_their_size_and_whether_they_move() {
    let still = Image { width: 24, height: 16, animated: false, alpha: false };
    assert_eq!(image("still.jpg", "image/jpeg"), still);
    assert_eq!(image("still.bmp", "image/bmp"), still);
    assert_eq!(image("lossy.webp", "image/webp"), still);
    assert_eq!(image("moving.png", "image/png"), Image { animated: true, ..still });
    assert!(image("moving.gif", "image/gif").animated);
    assert!(image("moving.webp", "image/webp").animated);
    let one = crate::picture::tests::animated_gif(5, 4, 1);
    assert_eq!(of(&one).kind, Kind::Image(Image { width: 5, height: 4, animated: false, alpha: false }));
    let two = crate::picture::tests::animated_gif(5, 4, 2);
    assert!(matches!(of(&two).kind, Kind::Image(Image { animated: true, .. })));
}

#[test]
fn a_jpeg_on_its_side_is_as_tall_as_it_is_seen() {
    let file = sample("still.jpg");
    let block = [b"Exif\0\0", &crate::exif::tests::tiff(6)[..]].concat();
    let head = [&[0xff, 0xd8, 0xff, 0xe1][..], &(block.len() as u16 + 2).to_be_bytes()].concat();
    let held = [&head, &block[..], &file[2..]].concat();
    let Kind::Image(seen) = of(&held).kind else { panic!("it is a picture") };
    assert_eq!((seen.width, seen.height), (16, 24));
}

#[test]
fn an_mp4_says_all_wherever_its_index_lies() {
    let fast = video("fast.mp4", "video/mp4");
    let expected = Video {
        width: 64,
        height: 48,
        rotation: 0,
        duration: fast.duration,
        audio: true,
        codec: Codec::Avc,
        late_index: None,
        alpha: false,
        rate: Some(10.0),
    };
    assert_eq!(fast, expected);
    // The sound is a packet longer than the pictures.
    assert!(fast.duration.is_some_and(|it| (500..560).contains(&it.as_millis())), "{:?}", fast.duration);
    let slow = video("slow.mov", "video/quicktime");
    assert_eq!((slow.width, slow.height, slow.rotation), (64, 48, 0));
    assert_eq!((slow.duration, slow.audio), (milliseconds(500), false));
    let (from, to) = slow.late_index.expect("its index is the last box");
    let file = sample("slow.mov");
    assert_eq!((&file[from as usize + 4..from as usize + 8], to as usize), (&b"moov"[..], file.len()));
    let turned = video("turned.mov", "video/quicktime");
    assert_eq!((turned.width, turned.height, turned.rotation), (48, 64, 90));
    let fragments = video("fragments.mp4", "video/mp4");
    assert_eq!((fragments.width, fragments.height, fragments.duration), (64, 48, None));
}

#[test]
fn webm_and_matroska_say_all_that_stickers_are_judged_by() {
    let sticker = video("sticker.webm", "video/webm");
    assert_eq!((sticker.width, sticker.height, sticker.codec), (512, 512, Codec::Vp9));
    assert_eq!((sticker.duration, sticker.audio, sticker.alpha), (milliseconds(500), false, true));
    assert_eq!(sticker.rate, Some(10.0));
    let film = video("film.mkv", "video/x-matroska");
    assert_eq!((film.width, film.height, film.audio, film.codec), (64, 48, true, Codec::Vp8));
    assert_eq!(film.duration, milliseconds(508));
    // A live recording says no length; its blocks do, but for the last one's.
    let live = video("live.webm", "video/webm");
    assert!(live.duration.is_some_and(|it| (400..=500).contains(&it.as_millis())), "{:?}", live.duration);
}

#[test]
fn sound_says_its_length_and_what_it_is() {
    let named = |duration, voice| Audio { duration, title: Some("Ein".into()), performer: Some("Zwei".into()), voice };
    assert_eq!(audio("song.flac", "audio/flac"), named(milliseconds(500), false));
    let m4a = audio("song.m4a", "audio/mp4");
    assert_eq!(m4a, named(m4a.duration, false));
    assert!(m4a.duration.is_some_and(|it| (290..420).contains(&it.as_millis())), "{:?}", m4a.duration);
    let mp3 = audio("tagged.mp3", "audio/mpeg");
    assert_eq!(mp3, named(mp3.duration, false));
    assert!(mp3.duration.is_some_and(|it| (300..500).contains(&it.as_millis())), "{:?}", mp3.duration);
    let bare = audio("bare.mp3", "audio/mpeg");
    assert_eq!((bare.duration, bare.title), (milliseconds(366), None));
    let voice = audio("voice.ogg", "audio/ogg");
    assert_eq!((voice.voice, voice.title.as_deref(), voice.performer.as_deref()), (true, Some("Call"), Some("Nobody")));
    assert!(voice.duration.is_some_and(|it| (490..=510).contains(&it.as_millis())), "{:?}", voice.duration);
    assert_eq!(audio("tone.wav", "audio/wav").duration, milliseconds(100));
}

#[test]
fn an_animated_sticker_is_known_and_other_gzip_is_gzip() {
    let found = of(&crate::tgs::tests::lottie(512, 60, 90));
    let lottie = Lottie { width: 512.0, height: 512.0, rate: 60.0, duration: Duration::from_millis(1500) };
    assert_eq!(found, Probe::new("application/x-tgsticker", Kind::Lottie(lottie)));
    let other = Probe::new("application/gzip", Kind::Other);
    assert_eq!(of(&crate::tgs::tests::packed(b"a page of text")), other);
    assert_eq!(of(&crate::tgs::tests::packed(&vec![b' '; 16 << 20])), other);
}

#[test]
fn the_rest_is_told_by_its_first_bytes_or_not_at_all() {
    for (bytes, mime) in [
        (&b"%PDF-1.7\n%\xe2\xe3"[..], "application/pdf"),
        (b"PK\x03\x04\x14\0\x06\0", "application/zip"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "application/x-7z-compressed"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "image/avif"),
        (b"<html><script>", UNKNOWN),
        (b"MZ\x90\0", UNKNOWN),
        (b"", UNKNOWN),
        (b"\xff\xfb", UNKNOWN),
    ] {
        assert_eq!(of(bytes), Probe::new(mime, Kind::Other), "{bytes:?}");
    }
}

#[test]
fn texts_of_tags_are_read_in_every_encoding() {
    let tag = |value: &[u8]| {
        let frame = [b"TIT2", &(value.len() as u32).to_be_bytes()[..], &[0, 0], value].concat();
        let head = [b"ID3\x03\0\0\0\0\0", &[frame.len() as u8][..]].concat();
        let bytes = [&head, &frame[..], sample("bare.mp3")].concat();
        match of(&bytes).kind {
            Kind::Audio(audio) => audio.title,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(tag(b"\0Caf\xe9").as_deref(), Some("Café"));
    assert_eq!(tag(b"\x01\xff\xfeC\0a\0f\0\xe9\0").as_deref(), Some("Café"));
    assert_eq!(tag(b"\x02\0C\0a\0f\0\xe9").as_deref(), Some("Café"));
    assert_eq!(tag("\x03Café\0two".as_bytes()).as_deref(), Some("Café"));
    assert_eq!(tag(b"\x03two\nlines").as_deref(), Some("two lines"));
    assert_eq!(tag(b"\x09?"), None);
    assert_eq!(tag(b"\0"), None);
}

/// Two gigabytes, of which only the ends are there.
struct Large {
    start: Vec<u8>,
    end: Vec<u8>,
    reads: u32,
    bytes: u64,
}

impl Source for Large {
    fn size(&self) -> u64 {
        2 << 30
    }

    fn read_at(&mut self, offset: u64, len: usize) -> Result<Vec<u8>, Unreadable> {
        self.reads += 1;
        self.bytes += len as u64;
        let behind = self.size() - self.end.len() as u64;
        let byte = |at: u64| match usize::try_from(at) {
            Ok(start) if start < self.start.len() => self.start[start],
            _ if at >= behind => self.end[(at - behind) as usize],
            _ => 0,
        };
        Ok((offset..offset + len as u64).map(byte).collect())
    }
}

#[test]
fn an_index_behind_two_gigabytes_is_found_with_few_reads() {
    let file = sample("slow.mov");
    let at = file.windows(4).position(|it| it == b"moov").unwrap() - 4;
    let moov = file[at..].to_vec();
    let mut start = file[..20].to_vec();
    let data = (2_u64 << 30) - 20 - moov.len() as u64;
    start.extend([&[0, 0, 0, 1][..], b"mdat", &data.to_be_bytes()].concat());
    let mut large = Large { start, end: moov, reads: 0, bytes: 0 };
    let found = probe(&mut large).unwrap();
    let Kind::Video(video) = found.kind else { panic!("{found:?}") };
    assert_eq!((video.width, video.height, video.duration), (64, 48, milliseconds(500)));
    assert!(large.reads <= 4, "{} reads", large.reads);
}

#[test]
fn a_long_file_of_anything_is_given_up_within_the_budget() {
    let starts = SAMPLES.iter().map(|it| it.1.to_vec());
    for start in starts.chain([b"OggS".to_vec(), b"ID3\x04\0\0\0\0\0\0".to_vec()]) {
        let mut large = Large { start, end: Vec::new(), reads: 0, bytes: 0 };
        probe(&mut large).unwrap();
        assert!(large.reads <= READS_MAX && large.bytes <= BYTES_MAX, "{} of {}", large.bytes, large.reads);
    }
}

#[test]
fn a_source_that_fails_is_told() {
    struct Failing;
    impl Source for Failing {
        fn size(&self) -> u64 {
            100
        }

        fn read_at(&mut self, _: u64, _: usize) -> Result<Vec<u8>, Unreadable> {
            Err(Unreadable)
        }
    }
    assert_eq!(probe(&mut Failing), Err(Unreadable));
}
