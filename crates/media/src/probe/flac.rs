//! FLAC: how long it plays and its tags, from the blocks before the sound.

use super::vorbis;
use crate::kind::{Audio, seconds};
use crate::source::{PIECE_MAX, Reader, Stop};

/// Metadata blocks looked at.
const BLOCKS_MAX: usize = 64;

const STREAM_INFO: u8 = 0;
const VORBIS_COMMENT: u8 = 4;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Audio, Stop> {
    let mut audio = Audio::default();
    let mut at = 4;
    for number in 0..BLOCKS_MAX {
        let head = reader.u32_be(at)?;
        let length = u64::from(head & 0x00ff_ffff);
        let kind = (head >> 24 & 0x7f) as u8;
        match kind {
            STREAM_INFO => {
                // 20 bits of rate, 3 of channels, 5 of depth, 36 of samples.
                let packed = reader.u64_be(at + 14)?;
                audio.duration = seconds(packed & 0xf_ffff_ffff, packed >> 44).filter(|it| !it.is_zero());
            }
            _ if number == 0 => return Err(Stop::Enough),
            VORBIS_COMMENT => {
                let wanted = usize::try_from(length).unwrap_or(PIECE_MAX).min(PIECE_MAX);
                vorbis::read(reader.up_to(at + 4, wanted)?, &mut audio);
            }
            _ => {}
        }
        if head >> 31 == 1 {
            break;
        }
        at += 4 + length;
        if at >= reader.size() {
            break;
        }
    }
    Ok(audio)
}
