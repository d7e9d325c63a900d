//! Stripped thumbnails: a JPEG of at most 40 pixels a side without what all such have in common, a few hundred
//! bytes that travel inside messages. Source: core.telegram.org/api/files, "Stripped thumbnails".

use crate::jpeg;
use crate::picture::Picture;

/// Longest side, in pixels.
pub const STRIPPED_SIDE: u32 = 40;

/// The quality whose steps are in the header that clients put back.
const QUALITY: u8 = 20;

/// First byte: the format.
const FORMAT: u8 = 1;

/// Format, height, width, and the scan's data.
pub(crate) fn stripped(picture: &Picture) -> Vec<u8> {
    let small = picture.within(STRIPPED_SIDE).on_white();
    let mut bytes = vec![FORMAT, small.height as u8, small.width as u8];
    bytes.extend(jpeg::bare_scan(&small, QUALITY));
    bytes
}

/// The JPEG that a client makes of a stripped thumbnail; nothing of what is none.
pub fn expand(stripped: &[u8]) -> Option<Vec<u8>> {
    let [FORMAT, height, width, scan @ ..] = stripped else { return None };
    let mut bytes = jpeg::baseline_head(u32::from(*width), u32::from(*height), QUALITY);
    bytes.extend(scan);
    bytes.extend(jpeg::END);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::tests::{brightness_difference, decoded, scene};

    #[test]
    fn the_header_is_that_of_the_clients() {
        let whole = expand(&[1, 0, 0]).unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(&whole[..whole.len() - 2]);
        // The 623 bytes in `stripped_photo_to_jpg` of Telethon 1.45; TDLib and Telegram Desktop have the same.
        assert_eq!((whole.len(), crc.sum()), (625, 0xdc1e_4c9f));
    }

    #[test]
    fn an_expanded_thumbnail_is_the_picture() {
        for (width, height) in [(40, 40), (640, 480), (300, 900), (17, 3), (1, 1)] {
            let picture = scene(width, height);
            let bytes = stripped(&picture);
            let small = picture.within(STRIPPED_SIDE);
            assert_eq!(bytes[..3], [1, small.height as u8, small.width as u8]);
            assert!(bytes.len() < 1000, "{} bytes", bytes.len());
            let shown = decoded(&expand(&bytes).unwrap());
            assert_eq!((shown.width, shown.height), (small.width, small.height));
            let off = brightness_difference(&shown, &small);
            // Few pixels of sharp edges are the worst that there is for so coarse steps.
            let most = if small.height < 8 { 14.0 } else { 9.0 };
            assert!(off < most, "{width} × {height} is {off} off");
        }
    }

    #[test]
    fn what_is_no_stripped_thumbnail_is_not_expanded() {
        assert_eq!(expand(&[]), None);
        assert_eq!(expand(&[1, 40]), None);
        assert_eq!(expand(&[2, 40, 40, 0]), None);
    }
}
