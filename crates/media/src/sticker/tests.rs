//! Stickers as they should be, and each way of being none.

use super::*;
use crate::picture::tests::{animated_gif, png, png_bomb, scene, see_through, webp};
use crate::tgs::tests::lottie;

const VIDEO: &[u8] = include_bytes!("../../samples/sticker.webm");

/// The sample with the bytes after `mark` changed.
fn changed(mark: &[u8], value: &[u8]) -> Vec<u8> {
    let mut file = VIDEO.to_vec();
    let at = file.windows(mark.len()).position(|it| it == mark).expect("the mark is there") + mark.len();
    file[at..at + value.len()].copy_from_slice(value);
    file
}

/// The sample's head and first track, and a track of sound, in a segment of no known length.
fn with_sound() -> Vec<u8> {
    // The last of each: an index in front names them all.
    let find = |mark: &[u8]| VIDEO.windows(mark.len()).rposition(|it| it == mark).expect("the mark is there");
    let (segment, info, tracks) = (find(b"\x18\x53\x80\x67"), find(b"\x15\x49\xa9\x66"), find(b"\x16\x54\xae\x6b"));
    let cluster = find(b"\x1f\x43\xb6\x75");
    let entry = tracks + 4 + VIDEO[tracks + 4..].iter().position(|it| *it == 0xae).expect("there is a track");
    let sound = b"\xae\x83\x83\x81\x02";
    // What lies between the tracks and the first cluster is of no interest: the picture's track ends with it.
    let body = [&VIDEO[entry..cluster], &sound[..]].concat();
    let length = (0x1000_0000 | body.len() as u32).to_be_bytes();
    let head = [&VIDEO[..segment], b"\x18\x53\x80\x67\xff", &VIDEO[info..tracks]].concat();
    [&head[..], b"\x16\x54\xae\x6b", &length[..], &body, &VIDEO[cluster..]].concat()
}

#[test]
fn each_format_passes_for_each_use() {
    let sticker = |format, mime, width, height| Ok(Sticker { format, mime, width, height });
    let wide = see_through(512, 300);
    assert_eq!(check(&png(&wide), Use::Sticker), sticker(Format::Static, "image/png", 512, 300));
    assert_eq!(check(&webp(&see_through(90, 512)), Use::Sticker), sticker(Format::Static, "image/webp", 90, 512));
    let small = png(&see_through(100, 100));
    assert_eq!(check(&small, Use::Emoji), sticker(Format::Static, "image/png", 100, 100));
    assert_eq!(check(&small, Use::SetThumb), sticker(Format::Static, "image/png", 100, 100));
    let animation = lottie(512, 60, 180);
    for wanted in [Use::Sticker, Use::Emoji, Use::SetThumb] {
        assert_eq!(check(&animation, wanted), sticker(Format::Animated, "application/x-tgsticker", 512, 512));
    }
    assert_eq!(check(VIDEO, Use::Sticker), sticker(Format::Video, "video/webm", 512, 512));
    let small = changed(b"\xb0\x82\x02\x00\xba\x82", &[0, 100]);
    let at = small.windows(4).position(|it| it == b"\xb0\x82\x02\x00").unwrap();
    let small = [&small[..at + 2], &[0, 100], &small[at + 4..]].concat();
    assert_eq!(check(&small, Use::Emoji), sticker(Format::Video, "video/webm", 100, 100));
    assert_eq!(check(&small, Use::SetThumb), sticker(Format::Video, "video/webm", 100, 100));
}

#[test]
fn pictures_of_other_kinds_and_sizes_are_refused() {
    let refused = |file: &[u8], wanted| check(file, wanted).unwrap_err();
    let other = StickerError::PngDimensions { width: 511, height: 300 };
    assert_eq!(refused(&png(&scene(511, 300)), Use::Sticker), other);
    assert_eq!(refused(&png(&scene(513, 512)), Use::Sticker), StickerError::PngDimensions { width: 513, height: 512 });
    assert_eq!(refused(&png(&scene(100, 99)), Use::Emoji), StickerError::PngDimensions { width: 100, height: 99 });
    let huge = StickerError::PngDimensions { width: 50_000, height: 50_000 };
    assert_eq!(refused(&png_bomb(50_000, 50_000), Use::Sticker), huge);
    assert_eq!(refused(&png_bomb(512, 512), Use::Sticker), StickerError::PngNoPng);
    assert_eq!(refused(&animated_gif(512, 512, 2), Use::Sticker), StickerError::PngNoPng);
    assert_eq!(refused(include_bytes!("../../samples/moving.webp"), Use::Sticker), StickerError::PngNoPng);
    assert_eq!(refused(include_bytes!("../../samples/still.jpg"), Use::Sticker), StickerError::PngNoPng);
    let mut long = png(&see_through(512, 512));
    long.resize(STATIC_MAX + 1, 0);
    assert_eq!(refused(&long, Use::Sticker), StickerError::FileInvalid);
    assert_eq!(refused(b"%PDF-1.4", Use::Sticker), StickerError::FileInvalid);
}

#[test]
fn animations_that_are_none_are_refused_with_the_reason() {
    let why = TgsError::Rate(25.0);
    assert_eq!(check(&lottie(512, 25, 50), Use::Sticker), Err(StickerError::TgsNoTgs(why)));
    let packed = crate::tgs::tests::packed(b"hello");
    assert_eq!(check(&packed, Use::Emoji), Err(StickerError::TgsNoTgs(TgsError::Content)));
}

#[test]
fn videos_of_other_kinds_and_sizes_are_refused() {
    let refused = |file: &[u8], wanted| check(file, wanted).unwrap_err();
    assert_eq!(refused(include_bytes!("../../samples/fast.mp4"), Use::Sticker), StickerError::VideoNoWebm);
    assert_eq!(refused(include_bytes!("../../samples/film.mkv"), Use::Sticker), StickerError::VideoNoWebm);
    assert_eq!(refused(&changed(b"V_VP", b"8"), Use::Sticker), StickerError::VideoNoWebm);
    assert_eq!(refused(VIDEO, Use::Emoji), StickerError::GifDimensions { width: 512, height: 512 });
    let other = changed(b"\xba\x82", &[2, 1]);
    assert_eq!(refused(&other, Use::Sticker), StickerError::GifDimensions { width: 512, height: 513 });
    // Four seconds; and a fiftieth of one, which makes five frames too many.
    let long = changed(b"\x44\x89\x88", &4000_f64.to_be_bytes());
    assert_eq!(refused(&long, Use::Sticker), StickerError::VideoLong(Some(Duration::from_secs(4))));
    let fast = changed(b"\x44\x89\x88", &20_f64.to_be_bytes());
    assert_eq!(refused(&fast, Use::Sticker), StickerError::VideoLong(Some(Duration::from_millis(20))));
    let mut large = VIDEO.to_vec();
    large.resize(VIDEO_MAX + 1, 0);
    assert_eq!(refused(&large, Use::Sticker), StickerError::VideoBig { got: VIDEO_MAX + 1 });
    // The same with a second track, of sound: its length grows into the tracks' and the segment's.
    assert_eq!(refused(&with_sound(), Use::Sticker), StickerError::FileInvalid);
}

#[test]
fn thumbnails_of_sets_have_tighter_limits() {
    let mut long = png(&see_through(100, 100));
    long.resize(STATIC_THUMB_MAX + 1, 0);
    assert!(check(&long, Use::Emoji).is_ok());
    assert_eq!(check(&long, Use::SetThumb), Err(StickerError::ThumbPngNoPng));
    assert_eq!(check(&png(&see_through(512, 512)), Use::SetThumb), Err(StickerError::ThumbPngNoPng));
    let mut long = lottie(512, 60, 60);
    long.resize(MOVING_THUMB_MAX + 1, 0);
    assert!(check(&long, Use::Sticker).is_ok());
    assert_eq!(check(&long, Use::SetThumb), Err(StickerError::ThumbTgsNoTgs));
    assert_eq!(check(VIDEO, Use::SetThumb), Err(StickerError::ThumbTgsNoTgs));
    assert_eq!(check(b"text", Use::SetThumb), Err(StickerError::ThumbTgsNoTgs));
}

#[test]
fn a_still_sticker_becomes_a_webp_of_the_same_pixels() {
    let picture = see_through(512, 300);
    let made = super::webp(&png(&picture)).unwrap();
    assert_eq!(check(&made, Use::Sticker).map(|it| (it.mime, it.width, it.height)), Ok(("image/webp", 512, 300)));
    let bounds = Bounds { bytes: STATIC_MAX, sum: u64::MAX, ratio: u64::MAX };
    assert_eq!(decode(&made, bounds).unwrap().0.pixels, picture.pixels);
    assert_eq!(super::webp(b"none"), Err(StickerError::PngNoPng));
}
