//! Pictures made by code, and what becomes of them.

use super::*;

use std::io::Cursor;

/// Waves of all colours with a sharp disc in it, and something in each corner that tells them apart.
pub(crate) fn scene(width: u32, height: u32) -> Picture {
    let mut pixels = Vec::new();
    let (w, h) = (width as f32, height as f32);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = ((x as f32 + 0.5) / w, (y as f32 + 0.5) / h);
            let inside = (u - 0.6).powi(2) + (v - 0.4).powi(2) < 0.04;
            let wave = |phase: f32| ((u * 4.0 + v * 3.0 + phase).sin() * 90.0 + 128.0) as u8;
            let corner = u < 0.2 && v < 0.2;
            pixels.extend(match (inside, corner) {
                (true, _) => [230, 40, 60],
                (_, true) => [20, 30, 200],
                _ => [wave(0.0), wave(1.0), wave(u)],
            });
        }
    }
    Picture { width, height, alpha: false, pixels }
}

/// A green disc on nothing.
pub(crate) fn see_through(width: u32, height: u32) -> Picture {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let off = |at: u32, side: u32| (f64::from(at) / f64::from(side) - 0.5).powi(2);
            let inside = off(x, width) + off(y, height) < 0.2;
            pixels.extend(if inside { [10, 200, 30, 255] } else { [0; 4] });
        }
    }
    Picture { width, height, alpha: true, pixels }
}

/// Mean difference of a colour's value.
pub(crate) fn difference(a: &Picture, b: &Picture) -> f64 {
    assert_eq!((a.width, a.height, a.pixels.len()), (b.width, b.height, b.pixels.len()));
    let sum: u64 = a.pixels.iter().zip(&b.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.pixels.len() as f64
}

/// Mean difference of brightness, which is not thinned out as colour is.
pub(crate) fn brightness_difference(a: &Picture, b: &Picture) -> f64 {
    let grey = |it: &Picture| {
        let pixels = it.pixels.as_chunks::<3>().0.iter();
        let values =
            pixels.map(|[r, g, b]| ((u32::from(*r) * 299 + u32::from(*g) * 587 + u32::from(*b) * 114) / 1000) as u8);
        Picture { pixels: values.collect(), ..it.clone() }
    };
    difference(&grey(a), &grey(b))
}

const ANY: Bounds = Bounds { bytes: usize::MAX, sum: u64::MAX, ratio: u64::MAX };

/// What a file of our own shows.
pub(crate) fn decoded(bytes: &[u8]) -> Picture {
    decode(bytes, ANY).expect("our own files can be read").0
}

pub(crate) fn png(picture: &Picture) -> Vec<u8> {
    let color = if picture.alpha { png::ColorType::Rgba } else { png::ColorType::Rgb };
    png_of(picture.width, picture.height, color, &picture.pixels)
}

fn png_of(width: u32, height: u32, color: png::ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

pub(crate) fn webp(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::new();
    let color = if picture.alpha { image_webp::ColorType::Rgba8 } else { image_webp::ColorType::Rgb8 };
    let encoder = image_webp::WebPEncoder::new(Cursor::new(&mut bytes));
    encoder.encode(&picture.pixels, picture.width, picture.height, color).unwrap();
    bytes
}

/// Frames of one colour each: red, green, blue, and again.
pub(crate) fn animated_gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let palette = [255, 0, 0, 0, 255, 0, 0, 0, 255];
    let mut encoder = gif::Encoder::new(Vec::new(), width, height, &palette).unwrap();
    for number in 0..frames {
        let pixels = vec![(number % 3) as u8; usize::from(width) * usize::from(height)];
        encoder.write_frame(&gif::Frame::from_indexed_pixels(width, height, pixels, None)).unwrap();
    }
    encoder.into_inner().unwrap()
}

/// A PNG that claims a size and has nothing to show for it.
pub(crate) fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[12..]);
    bytes.extend(crc.sum().to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

#[test]
fn what_was_encoded_without_loss_comes_out_the_same() {
    for picture in [scene(37, 21), see_through(20, 31), scene(1, 1)] {
        assert_eq!(decoded(&png(&picture)), picture);
        assert_eq!(decoded(&webp(&picture)), picture);
    }
}

#[test]
fn grey_pictures_gain_their_colours() {
    let grey = decoded(&png_of(2, 1, png::ColorType::Grayscale, &[0, 200]));
    assert_eq!((grey.alpha, grey.pixels), (false, vec![0, 0, 0, 200, 200, 200]));
    let clear = decoded(&png_of(2, 1, png::ColorType::GrayscaleAlpha, &[9, 255, 200, 0]));
    assert_eq!((clear.alpha, clear.pixels), (true, vec![9, 9, 9, 255, 200, 200, 200, 0]));
}

#[test]
fn what_is_transparent_is_white_on_paper() {
    let picture = Picture { width: 3, height: 1, alpha: true, pixels: vec![9, 8, 7, 255, 9, 8, 7, 0, 0, 0, 0, 128] };
    assert_eq!(picture.on_white().pixels, [9, 8, 7, 255, 255, 255, 127, 127, 127]);
}

#[test]
fn each_orientation_puts_the_first_pixel_where_exif_says() {
    // Three by two, numbered row by row; of each orientation, the numbers as they are seen.
    let seen: [(u8, [u8; 6]); 8] = [
        (1, [1, 2, 3, 4, 5, 6]),
        (2, [3, 2, 1, 6, 5, 4]),
        (3, [6, 5, 4, 3, 2, 1]),
        (4, [4, 5, 6, 1, 2, 3]),
        (5, [1, 4, 2, 5, 3, 6]),
        (6, [4, 1, 5, 2, 6, 3]),
        (7, [6, 3, 5, 2, 4, 1]),
        (8, [3, 6, 2, 5, 1, 4]),
    ];
    let pixels: Vec<u8> = (1..=6).flat_map(|it| [it; 3]).collect();
    for (tag, expected) in seen {
        let picture = Picture { width: 3, height: 2, alpha: false, pixels: pixels.clone() };
        let turned = picture.turned(crate::exif::orientation(&crate::exif::tests::tiff(tag)));
        let numbers: Vec<u8> = turned.pixels.iter().step_by(3).copied().collect();
        assert_eq!(numbers, expected, "orientation {tag}");
        assert_eq!((turned.width, turned.height), if tag < 5 { (3, 2) } else { (2, 3) });
    }
}

#[test]
fn scaling_keeps_the_shape_and_never_enlarges() {
    for (from, side, to) in [
        ((1000, 500), 100, (100, 50)),
        ((500, 1000), 100, (50, 100)),
        ((1000, 333), 320, (320, 107)),
        ((2000, 1), 100, (100, 1)),
        ((100, 100), 100, (100, 100)),
        ((30, 20), 100, (30, 20)),
    ] {
        let scaled = scene(from.0, from.1).within(side);
        assert_eq!((scaled.width, scaled.height), to);
    }
    let off = difference(&scene(1280, 960).within(320), &scene(320, 240));
    assert!(off < 2.0, "{off} off");
}

#[test]
fn a_square_is_the_middle() {
    let mut picture = scene(300, 100);
    for (at, pixel) in picture.pixels.chunks_exact_mut(3).enumerate() {
        let middle = (100..200).contains(&(at % 300));
        pixel.fill(if middle { 255 } else { 0 });
    }
    for side in [100, 50] {
        let square = picture.square(side);
        assert_eq!((square.width, square.height), (side, side));
        // At its edges a scaled square takes a little of what lies beside it.
        let darkest = square.pixels.iter().min();
        assert!(darkest.is_some_and(|it| *it > 230), "{side}: {darkest:?}");
    }
}

#[test]
fn a_frame_beside_its_screen_is_cut_off() {
    let mut encoder = gif::Encoder::new(Vec::new(), 4, 4, &[255, 0, 0, 0, 255, 0]).unwrap();
    let mut frame = gif::Frame::from_indexed_pixels(4, 4, vec![1; 16], None);
    (frame.left, frame.top) = (3, 2);
    encoder.write_frame(&frame).unwrap();
    let shown = decoded(&encoder.into_inner().unwrap());
    let opaque: Vec<usize> = (0..16).filter(|it| shown.pixels[it * 4 + 3] == 255).collect();
    assert_eq!(opaque, [11, 15]);
}

#[test]
fn a_bomb_is_refused_by_its_head() {
    for bytes in [png_bomb(50_000, 50_000), png_bomb(5001, 5000), png_bomb(1 << 31, 1)] {
        assert!(matches!(decode(&bytes, ANY), Err(PictureError::Dimensions { .. })));
    }
    // Within the limit, and still nothing in it.
    assert_eq!(decode(&png_bomb(64, 64), ANY), Err(PictureError::Broken));
    let mut screen = animated_gif(8, 8, 1);
    screen[6..10].fill(0xff);
    assert_eq!(decode(&screen, ANY), Err(PictureError::Dimensions { width: 65_535, height: 65_535 }));
}

#[test]
fn a_frame_larger_than_its_picture_is_refused_before_it_is_decoded() {
    // A canvas of one pixel with a frame of 16,383 a side in it, plain and moving.
    let huge = [b"VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a", &[0xff, 0x3f, 0xff, 0x3f][..]].concat();
    let wrapped = [b"ANMF\x22\0\0\0", &[0; 16][..], &huge].concat();
    let lossless = b"VP8L\x05\0\0\0\x2f\xff\xff\xff\x0f\0".to_vec();
    for (flags, chunk) in [(0, &huge), (2, &wrapped), (0, &lossless)] {
        let canvas = [b"VP8X\x0a\0\0\0", &[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0][..]].concat();
        let body = [b"WEBP", &canvas[..], chunk].concat();
        let bytes = [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat();
        assert_eq!(claimed(&bytes, ANY).map(|it| (it.1.width, it.1.height)), Ok((1, 1)));
        assert_eq!(webp::decode(&bytes, claimed(&bytes, ANY).unwrap().1), Err(PictureError::Broken));
    }
}

#[test]
fn beginnings_of_pictures_do_no_harm() {
    let picture = scene(40, 30);
    let jpeg = crate::jpeg::encode(&picture, 80, crate::jpeg::Coding::Progressive).bytes;
    for whole in [png(&picture), webp(&picture), animated_gif(9, 9, 2), jpeg] {
        for cut in 0..whole.len() {
            // Some are pictures already; what counts is that each ends.
            if let Ok((shown, _)) = decode(&whole[..cut], ANY) {
                assert!(shown.width <= 40 && shown.height <= 30);
            }
        }
    }
}

#[test]
fn other_files_are_no_pictures() {
    assert_eq!(decode(b"", ANY), Err(PictureError::Format));
    assert_eq!(decode(b"%PDF-1.7 and so on", ANY), Err(PictureError::Format));
    assert_eq!(decode(b"\x89PNG\r\n\x1a\n", ANY), Err(PictureError::Broken));
    let tight = Bounds { bytes: 10, ..ANY };
    assert_eq!(decode(&[0; 11], tight), Err(PictureError::Large { got: 11, limit: 10 }));
}
