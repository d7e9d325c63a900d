//! How long a WAV plays: its data divided by its rate.

use crate::kind::{Audio, seconds};
use crate::source::{Reader, Stop};

/// Chunks before the data.
const CHUNKS_MAX: usize = 64;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Audio, Stop> {
    let mut at = 12;
    let mut rate = 0;
    for _ in 0..CHUNKS_MAX {
        let length = u64::from(reader.u32_le(at + 4)?);
        match &reader.array(at)? {
            b"fmt " => rate = u64::from(reader.u32_le(at + 16)?),
            b"data" => {
                let data = length.min(reader.size().saturating_sub(at + 8));
                return Ok(Audio { duration: seconds(data, rate), ..Audio::default() });
            }
            _ => {}
        }
        // Chunks are padded to even lengths.
        at += 8 + length + length % 2;
    }
    Err(Stop::Enough)
}
