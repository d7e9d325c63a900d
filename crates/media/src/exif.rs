//! The one thing that is taken from EXIF before it is dropped: how the camera was held.

/// How stored pixels become the picture that is shown. Source: EXIF 2.32, tag `Orientation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Orientation {
    /// Mirrored left to right, before it is turned.
    pub(crate) mirrored: bool,
    /// Quarter turns clockwise.
    pub(crate) quarters: u8,
}

impl Orientation {
    pub(crate) fn swaps_sides(self) -> bool {
        self.quarters % 2 == 1
    }

    fn from_tag(value: u16) -> Option<Orientation> {
        let (mirrored, quarters) = match value {
            1 => (false, 0),
            2 => (true, 0),
            3 => (false, 2),
            4 => (true, 2),
            5 => (true, 3),
            6 => (false, 1),
            7 => (true, 1),
            8 => (false, 3),
            _ => return None,
        };
        Some(Orientation { mirrored, quarters })
    }
}

/// How many entries of the first directory are looked at; cameras write some twenty.
const ENTRIES_MAX: u16 = 256;

const TAG_ORIENTATION: u16 = 0x0112;

/// The orientation in a TIFF block, which in a JPEG follows `Exif\0\0`; upright where it says nothing legible.
pub(crate) fn orientation(tiff: &[u8]) -> Orientation {
    found(tiff.strip_prefix(b"Exif\0\0").unwrap_or(tiff)).unwrap_or_default()
}

fn found(tiff: &[u8]) -> Option<Orientation> {
    let big = match tiff.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let two: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    let directory = usize::try_from(directory).ok()?;
    let entries = u16_at(directory)?.min(ENTRIES_MAX);
    for entry in 0..usize::from(entries) {
        let at = directory.checked_add(2 + entry * 12)?;
        if u16_at(at)? == TAG_ORIENTATION {
            return Orientation::from_tag(u16_at(at.checked_add(8)?)?);
        }
    }
    None
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A TIFF block, big-endian, with an orientation as its second entry.
    pub(crate) fn tiff(orientation: u8) -> Vec<u8> {
        let mut block = b"MM\0*\0\0\0\x08\0\x02".to_vec();
        block.extend([1, 0x0f, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0]);
        block.extend([1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
        block
    }

    #[test]
    fn the_orientation_is_read_in_both_byte_orders() {
        assert_eq!(orientation(&tiff(6)), Orientation { mirrored: false, quarters: 1 });
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x05\0\0\0";
        assert_eq!(orientation(little), Orientation { mirrored: true, quarters: 3 });
        assert_eq!(orientation(&[b"Exif\0\0", &tiff(8)[..]].concat()), Orientation { mirrored: false, quarters: 3 });
    }

    #[test]
    fn what_is_cut_off_or_lies_is_upright() {
        let whole = tiff(6);
        // The value's last two bytes are padding.
        for cut in 0..whole.len() - 2 {
            assert_eq!(orientation(&whole[..cut]), Orientation::default(), "cut at {cut}");
        }
        for value in [0, 9, 255] {
            assert_eq!(orientation(&tiff(value)), Orientation::default());
        }
        let far = b"MM\0*\xff\xff\xff\xff\0\x01";
        assert_eq!(orientation(far), Orientation::default());
    }
}
