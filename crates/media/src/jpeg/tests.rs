//! What is encoded here is read by another's decoder.

use super::*;
use crate::picture::tests::{brightness_difference, decoded, difference, scene};

/// Sides around the edges of blocks and units.
const SIDES: [(u32, u32); 9] = [(1, 1), (7, 9), (8, 8), (16, 16), (17, 33), (40, 30), (160, 120), (255, 3), (3, 255)];

#[test]
fn both_codings_show_the_picture() {
    for (width, height) in SIDES {
        let picture = scene(width, height);
        let plain = decoded(&encode(&picture, QUALITY, Coding::Baseline).bytes);
        let scans = decoded(&encode(&picture, QUALITY, Coding::Progressive).bytes);
        assert_eq!(plain, scans, "the coefficients of {width} × {height} are the same");
        let off = brightness_difference(&plain, &picture);
        assert!(off < 4.5, "{width} × {height} is {off} off");
        // Colour at half the resolution shows at the disc's edge, and in few pixels edges are all there is.
        let off = difference(&plain, &picture);
        assert!(off < if width.min(height) < 30 { 24.0 } else { 10.0 }, "{width} × {height} is {off} off");
    }
}

#[test]
fn a_plain_picture_is_nearly_exact() {
    let mut picture = scene(64, 64);
    picture.pixels.as_chunks_mut::<3>().0.fill([200, 100, 50]);
    for coding in [Coding::Baseline, Coding::Progressive] {
        let off = difference(&decoded(&encode(&picture, QUALITY, coding).bytes), &picture);
        assert!(off < 2.0, "{off} off");
    }
}

#[test]
fn better_quality_is_nearer_and_longer() {
    let picture = scene(200, 150);
    let [low, high] = [30, 95].map(|it| encode(&picture, it, Coding::Baseline).bytes);
    assert!(low.len() < high.len());
    assert!(difference(&decoded(&low), &picture) > difference(&decoded(&high), &picture));
}

#[test]
fn each_scan_ends_where_it_says_and_adds_to_the_picture() {
    let picture = scene(320, 240);
    let jpeg = encode(&picture, QUALITY, Coding::Progressive);
    assert_eq!(jpeg.scans.len(), 5);
    assert_eq!(jpeg.scans[4] + END.len(), jpeg.bytes.len());
    let off = jpeg.scans.iter().map(|end| {
        let shown = decoded(&[&jpeg.bytes[..*end], &END].concat());
        difference(&shown, &picture)
    });
    let off: Vec<f64> = off.collect();
    assert!(off.is_sorted_by(|a, b| a > b), "{off:?}");
    // The first is a rough picture already.
    assert!(off[0] < 16.0 && jpeg.scans[0] < jpeg.bytes.len() / 3, "{off:?}, {:?}", jpeg.scans);
}

#[test]
fn a_run_of_empty_blocks_longer_than_one_symbol_says() {
    // 185 × 185 blocks, and one symbol says 32,767.
    let mut picture = scene(1480, 1480);
    picture.pixels.fill(77);
    let jpeg = encode(&picture, QUALITY, Coding::Progressive);
    assert!(decoded(&jpeg.bytes).pixels.iter().all(|it| it.abs_diff(77) <= 1));
}

#[test]
fn noise_in_all_strengths_is_encoded() {
    use rand::{Rng, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut picture = scene(61, 45);
    picture.pixels.iter_mut().for_each(|it| *it = if rng.random() { 255 } else { 0 });
    for quality in [1, 50, 100] {
        let [plain, scans] = [Coding::Baseline, Coding::Progressive].map(|it| encode(&picture, quality, it).bytes);
        assert_eq!(decoded(&plain), decoded(&scans), "quality {quality}");
    }
}
