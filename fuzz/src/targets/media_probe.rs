//! Files as they are uploaded, told by their bytes, judged as stickers, and put in another order for a decoder.

use media::sticker::{Use, check};
use media::{BYTES_MAX, READS_MAX, Source, Unreadable, index_first, probe};

/// Counts what is read of a file.
struct Counted<'a> {
    file: &'a [u8],
    reads: u32,
    bytes: u64,
}

impl Source for Counted<'_> {
    fn size(&self) -> u64 {
        self.file.len() as u64
    }

    fn read_at(&mut self, offset: u64, len: usize) -> Result<Vec<u8>, Unreadable> {
        assert!(offset + len as u64 <= self.size(), "asked for {len} bytes at {offset}");
        self.reads += 1;
        self.bytes += len as u64;
        self.file.read_at(offset, len)
    }
}

/// One file.
pub fn run(data: &[u8]) {
    let mut source = Counted { file: data, reads: 0, bytes: 0 };
    assert!(probe(&mut source).is_ok(), "bytes in memory can be read");
    assert!(source.reads <= READS_MAX && source.bytes <= BYTES_MAX);
    for wanted in [Use::Sticker, Use::Emoji, Use::SetThumb] {
        let _ = check(data, wanted);
    }
    // An index wherever one may begin, and the whole as both.
    let places = data.windows(4).enumerate().filter(|(at, it)| *it == b"moov" && *at >= 4).map(|(at, _)| at - 4);
    for at in places.chain([0]).take(8) {
        if let Some(moved) = index_first(data, &data[at..]) {
            assert_eq!(moved.len(), data.len() + data[at..].len(), "nothing is added and nothing left out");
        }
    }
}

/// A file of each format, as other programs write them.
pub fn seeds() -> Vec<Vec<u8>> {
    let files: [&[u8]; 19] = [
        include_bytes!("../../../crates/media/samples/bare.mp3"),
        include_bytes!("../../../crates/media/samples/fast.mp4"),
        include_bytes!("../../../crates/media/samples/film.mkv"),
        include_bytes!("../../../crates/media/samples/fragments.mp4"),
        include_bytes!("../../../crates/media/samples/live.webm"),
        include_bytes!("../../../crates/media/samples/lossy.webp"),
        include_bytes!("../../../crates/media/samples/moving.gif"),
        include_bytes!("../../../crates/media/samples/moving.png"),
        include_bytes!("../../../crates/media/samples/moving.webp"),
        include_bytes!("../../../crates/media/samples/slow.mov"),
        include_bytes!("../../../crates/media/samples/song.flac"),
        include_bytes!("../../../crates/media/samples/song.m4a"),
        include_bytes!("../../../crates/media/samples/sticker.webm"),
        include_bytes!("../../../crates/media/samples/still.bmp"),
        include_bytes!("../../../crates/media/samples/still.jpg"),
        include_bytes!("../../../crates/media/samples/tagged.mp3"),
        include_bytes!("../../../crates/media/samples/tone.wav"),
        include_bytes!("../../../crates/media/samples/turned.mov"),
        include_bytes!("../../../crates/media/samples/voice.ogg"),
    ];
    files.iter().map(|it| it.to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_files_are_told_within_the_budget() {
        mutations(&seeds(), 71, 20_000, run);
    }
}
