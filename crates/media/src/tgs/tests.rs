//! Animated stickers as they should be, and as hostile hands make them.

use super::*;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

pub(crate) fn packed(json: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(json).unwrap();
    packing.finish().unwrap()
}

/// An animation of a square that does nothing.
pub(crate) fn lottie(side: u32, rate: u32, frames: u32) -> Vec<u8> {
    let json = format!(
        r#"{{"tgs":1,"v":"5.5.2","fr":{rate},"ip":0,"op":{frames},"w":{side},"h":{side},"nm":"x","ddd":0,
        "assets":[],"layers":[{{"ty":4,"shapes":[{{"ty":"rc","p":{{"k":[0,0]}},"s":{{"k":[9.5,9.5]}}}}]}}]}}"#
    );
    packed(json.as_bytes())
}

#[test]
fn an_animated_sticker_says_its_size_and_length() {
    let read = check(&lottie(512, 60, 180));
    assert_eq!(read, Ok(Lottie { width: 512.0, height: 512.0, rate: 60.0, duration: Duration::from_secs(3) }));
    assert!(check(&lottie(512, 30, 45)).is_ok_and(|it| it.duration == Duration::from_millis(1500)));
}

#[test]
fn an_animation_that_is_no_sticker_is_refused_by_name() {
    let wrong = TgsError::Dimensions { width: 100.0, height: 100.0 };
    assert_eq!(check(&lottie(100, 60, 60)), Err(wrong));
    assert_eq!(check(&lottie(512, 25, 60)), Err(TgsError::Rate(25.0)));
    assert_eq!(check(&lottie(512, 60, 181)), Err(TgsError::Duration(Duration::from_millis(3017))));
    assert_eq!(check(&lottie(512, 60, 0)), Err(TgsError::Duration(Duration::ZERO)));
    assert_eq!(check(b"{}"), Err(TgsError::Packing));
    assert_eq!(check(&packed(b"not json")), Err(TgsError::Content));
    assert_eq!(check(&packed(br#"{"w":512,"h":512,"fr":60,"ip":0,"op":60}"#)), Err(TgsError::Content));
    // No rate, no length.
    assert_eq!(check(&lottie(512, 0, 60)), Err(TgsError::Content));
}

#[test]
fn a_bomb_is_unpacked_up_to_the_bound_only() {
    let bomb = packed(&vec![b' '; 16 << 20]);
    assert!(bomb.len() < PACKED_MAX);
    assert_eq!(read(&bomb), Err(TgsError::Bomb));
    let largest = packed(&vec![b' '; UNPACKED_MAX]);
    assert_eq!(read(&largest), Err(TgsError::Content));
    assert_eq!(read(&vec![0x1f; PACKED_MAX + 1]), Err(TgsError::Large { got: PACKED_MAX + 1 }));
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    let deep = format!(r#"{{"w":512,"h":512,"fr":60,"ip":0,"op":60,"layers":[{}"#, "[".repeat(1 << 20));
    assert_eq!(read(&packed(deep.as_bytes())), Err(TgsError::Content));
}

#[test]
fn a_sticker_that_is_cut_off_is_none() {
    let whole = lottie(512, 60, 60);
    for cut in 0..whole.len() {
        assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
    }
}
