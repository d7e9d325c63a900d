//! The emoji and keywords of a sticker, as clients write them.

use domain::stickers::emoji;

/// One input: as emoji, and as keywords. What comes of it is the same when it is read again.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(all) = emoji::split(&text) {
        assert_eq!(emoji::split(&all.concat()).as_ref(), Ok(&all), "{text:?}");
    }
    if let Ok(all) = emoji::keywords(&text) {
        assert_eq!(emoji::keywords(&all.join(",")).as_ref(), Ok(&all), "{text:?}");
    }
}

/// Flags, families, keys, tags, and words.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = ["😀🐱", "❤️👍🏽", "👨‍👩‍👧‍👦🏳️‍🌈", "🇫🇷1️⃣", "🏴\u{e0067}\u{e0062}\u{e007f}", "cat, Black Cat,é"];
    texts.iter().map(|it| it.as_bytes().to_vec()).collect()
}
