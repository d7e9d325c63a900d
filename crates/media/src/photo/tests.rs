//! Photos in their sizes, as they come out, and what is refused.

use super::*;
use crate::exif::tests::tiff;
use crate::picture::tests::{animated_gif, decoded, difference, png, png_bomb, scene, see_through, webp};

fn letters(photo: &Photo) -> Vec<(char, u32, u32)> {
    photo.sizes.iter().map(|it| (it.letter, it.width, it.height)).collect()
}

#[test]
fn a_photo_has_each_size_that_it_overflows_and_the_first_that_holds_it() {
    let sizes = |width, height| letters(&of_message(&png(&scene(width, height))).unwrap());
    assert_eq!(sizes(60, 40), [('s', 60, 40)]);
    assert_eq!(sizes(100, 100), [('s', 100, 100)]);
    assert_eq!(sizes(101, 50), [('s', 100, 50), ('m', 101, 50)]);
    assert_eq!(sizes(300, 450), [('s', 67, 100), ('m', 213, 320), ('x', 300, 450)]);
    let long = [('s', 100, 5), ('m', 320, 16), ('x', 800, 40), ('y', 1280, 64), ('w', 2560, 128)];
    assert_eq!(sizes(2600, 130), long);
}

#[test]
fn every_size_shows_the_picture() {
    let picture = scene(1300, 260);
    let photo = of_message(&png(&picture)).unwrap();
    assert_eq!(photo.sizes.len(), 5);
    for size in &photo.sizes {
        let shown = decoded(&size.bytes);
        assert_eq!((shown.width, shown.height), (size.width, size.height));
        let off = difference(&shown, &picture.within(size.width.max(size.height)));
        assert!(off < 6.0, "{} is {off} off", size.letter);
        let whole = size.prefixes.last().is_none_or(|it| *it == size.bytes.len());
        assert!(whole && size.prefixes.is_sorted_by(|a, b| a < b), "{:?}", size.prefixes);
        assert_eq!(size.prefixes.len(), if size.letter < 'w' { 0 } else { 5 }, "{}", size.letter);
    }
    assert_eq!(photo.stripped[..3], [1, 8, 40]);
}

#[test]
fn a_photo_is_turned_as_it_was_held_and_tells_nothing_else() {
    let plain = jpeg::encode(&scene(300, 200), 90, Coding::Baseline).bytes;
    let secret = b"51.5007 N, 0.1246 W";
    let block = [b"Exif\0\0", &tiff(6)[..], secret].concat();
    let head = [&[0xff, 0xd8, 0xff, 0xe1][..], &(block.len() as u16 + 2).to_be_bytes()].concat();
    let held = [&head, &block[..], &plain[2..]].concat();
    let photo = of_message(&held).unwrap();
    assert_eq!(letters(&photo), [('s', 67, 100), ('m', 200, 300)]);
    for size in &photo.sizes {
        assert!(size.bytes.windows(secret.len()).all(|it| it != secret));
        assert!(size.bytes.windows(4).all(|it| it != b"Exif"));
    }
    // What was on the left is on top: the blue corner is now at the top right.
    let shown = decoded(&photo.sizes[1].bytes);
    let corner = &shown.pixels[(10 * 200 + 190) * 3..][..3];
    assert!(corner[2] > 150 && corner[0] < 80, "{corner:?}");
}

#[test]
fn a_profile_photo_is_the_middle_in_three_squares() {
    let photo = of_profile(&png(&scene(700, 650))).unwrap();
    assert_eq!(letters(&photo), [('a', 160, 160), ('b', 320, 320), ('c', 640, 640)]);
    assert_eq!(photo.stripped[..3], [1, 40, 40]);
    let small = of_profile(&png(&scene(200, 400))).unwrap();
    assert_eq!(letters(&small), [('a', 160, 160), ('b', 200, 200), ('c', 200, 200)]);
    assert_eq!(of_profile(&png(&scene(159, 400))), Err(PhotoError::Small { got: 159 }));
}

#[test]
fn a_photo_is_taken_from_each_format_and_has_no_holes() {
    let clear = see_through(64, 64);
    for file in [png(&clear), webp(&clear)] {
        let photo = of_message(&file).unwrap();
        let corner = decoded(&photo.sizes[0].bytes).pixels[..3].to_vec();
        assert!(corner.iter().all(|it| *it > 250), "{corner:?}");
    }
    assert_eq!(letters(&of_message(&animated_gif(30, 20, 2)).unwrap()), [('s', 30, 20)]);
}

#[test]
fn dimensions_that_no_photo_has_are_refused_before_anything_is_decoded() {
    for (width, height) in [(5001, 5000), (50_000, 50_000), (9999, 2), (2, 9999), (210, 10), (1, u32::MAX)] {
        let refused = of_message(&png_bomb(width, height));
        // Nothing else would say so: there are no pixels in it.
        let expected = PictureError::Dimensions { width, height };
        assert_eq!(refused, Err(PhotoError::Picture(expected)), "{width} × {height}");
    }
    for (width, height) in [(5000, 5000), (200, 10), (9523, 477)] {
        assert_eq!(of_message(&png_bomb(width, height)), Err(PhotoError::Picture(PictureError::Broken)));
    }
}

#[test]
fn files_that_are_no_photos_are_refused() {
    let large = PictureError::Large { got: FILE_MAX + 1, limit: FILE_MAX };
    assert_eq!(of_message(&vec![0; FILE_MAX + 1]), Err(PhotoError::Picture(large)));
    assert_eq!(of_message(b"GIF of nothing"), Err(PhotoError::Picture(PictureError::Format)));
    assert_eq!(of_message(b"\xff\xd8\xff\xd9"), Err(PhotoError::Picture(PictureError::Broken)));
}

#[test]
fn a_jpeg_that_lies_about_its_size_ends_as_a_picture_or_an_error() {
    let file = jpeg::encode(&scene(64, 48), 80, Coding::Baseline).bytes;
    let at = file.windows(2).position(|it| it == [0xff, 0xc0]).unwrap() + 5;
    for (height, width) in [(480_u16, 500_u16), (1, 1), (49, 64), (6000, 5000), (0, 64)] {
        let mut lying = file.clone();
        lying[at..at + 2].copy_from_slice(&height.to_be_bytes());
        lying[at + 2..at + 4].copy_from_slice(&width.to_be_bytes());
        if let Ok(photo) = of_message(&lying) {
            let last = photo.sizes.last().unwrap();
            assert!(last.width <= u32::from(width) && last.height <= u32::from(height));
        }
    }
}

#[test]
fn a_progressive_picture_of_too_many_scans_is_refused() {
    let file = jpeg::encode(&scene(64, 64), 80, Coding::Progressive).bytes;
    let scan = |number: usize| file.windows(2).enumerate().filter(|it| it.1 == [0xff, 0xda]).nth(number).unwrap().0;
    // The last scan again and again: each time all blocks are walked.
    let table = file.windows(2).rposition(|it| it == [0xff, 0xc4]).unwrap();
    assert!(table < scan(4));
    let again = &file[table..file.len() - 2];
    let repeated = |times: usize| [&file[..table], &again.repeat(times), &file[file.len() - 2..]].concat();
    assert!(of_message(&repeated(1)).is_ok());
    assert_eq!(of_message(&repeated(200)), Err(PhotoError::Picture(PictureError::Broken)));
}
