//! The emoji that a sticker stands for, and its keywords, as clients write them: one text each.
//! Source: unicode.org/reports/tr51, "emoji sequence"; core.telegram.org/bots/api, `InputSticker`.

use crate::{refusal::Refusal, view::Decided};

/// Emoji of one sticker. Source: core.telegram.org/bots/api, `setStickerEmojiList`.
const EMOJI_MAX: usize = 20;

/// Bytes of one emoji; the longest in use, a family of four with skin tones, has 41.
const EMOJI_BYTES_MAX: usize = 64;

/// Keywords of one sticker. Source: core.telegram.org/bots/api, `setStickerKeywords`.
const KEYWORDS_MAX: usize = 20;

/// Letters of all of them. Source: the same.
const LETTERS_MAX: usize = 64;

const JOINER: char = '\u{200d}';
const SELECTOR: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// The emoji of a text that has nothing else, each once; at least one. Clients compare them without selectors.
pub fn split(text: &str) -> Decided<Vec<String>> {
    if text.len() > EMOJI_MAX * EMOJI_BYTES_MAX {
        return Err(Refusal::StickerEmojiInvalid.into());
    }
    let mut all: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = length(rest).filter(|it| *it <= EMOJI_BYTES_MAX).ok_or(Refusal::StickerEmojiInvalid)?;
        let one = plain(&rest[..end]);
        if !all.contains(&one) {
            all.push(one);
        }
        rest = &rest[end..];
    }
    if all.is_empty() || all.len() > EMOJI_MAX {
        return Err(Refusal::StickerEmojiInvalid.into());
    }
    Ok(all)
}

/// An emoji as it is compared.
pub fn plain(emoji: &str) -> String {
    emoji.chars().filter(|it| *it != SELECTOR).collect()
}

/// Bytes of the emoji that a text begins with.
fn length(text: &str) -> Option<usize> {
    let mut end = element(text)?;
    while let Some(joined) = text[end..].strip_prefix(JOINER) {
        end += JOINER.len_utf8() + element(joined)?;
    }
    Some(end)
}

/// Bytes of one picture with what changes it: skin, selector, tags; or of a flag, or a key.
fn element(text: &str) -> Option<usize> {
    let mut letters = text.chars();
    let first = letters.next()?;
    let second = letters.next();
    match first {
        '\u{1f1e6}'..='\u{1f1ff}' => {
            let second = second.filter(|it| matches!(it, '\u{1f1e6}'..='\u{1f1ff}'))?;
            return Some(first.len_utf8() + second.len_utf8());
        }
        '0'..='9' | '#' | '*' => {
            let rest = &text[first.len_utf8()..];
            let key = rest.strip_prefix(SELECTOR).unwrap_or(rest);
            return key.starts_with(KEYCAP).then(|| text.len() - key.len() + KEYCAP.len_utf8());
        }
        // A colour of skin stands behind a picture only.
        '\u{1f3fb}'..='\u{1f3ff}' => return None,
        it if !is_picture(it) => return None,
        _ => {}
    }
    let changes = |it: &char| matches!(*it, SELECTOR | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
    Some(first.len_utf8() + text.chars().skip(1).take_while(changes).map(char::len_utf8).sum::<usize>())
}

/// Blocks in which emoji are. Source: unicode.org/Public/emoji/latest/emoji-data.
fn is_picture(it: char) -> bool {
    matches!(u32::from(it),
        0xa9 | 0xae | 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2194..=0x21aa | 0x231a..=0x23ff | 0x24c2
        | 0x25aa..=0x25fe | 0x2600..=0x27bf | 0x2934..=0x2935 | 0x2b05..=0x2b55 | 0x3030 | 0x303d | 0x3297 | 0x3299
        | 0x1f000..=0x1faff)
}

/// Keywords between commas, in lower case, each once; a set of masks has none.
pub fn keywords(text: &str) -> Decided<Vec<String>> {
    /// Four bytes a letter, and commas and spaces between.
    const BYTES_MAX: usize = 4 * LETTERS_MAX + 4 * KEYWORDS_MAX;
    if text.len() > BYTES_MAX {
        return Err(Refusal::StickerInvalid.into());
    }
    let mut all: Vec<String> = Vec::new();
    for word in text.split(',').map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()) {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    let letters: usize = all.iter().map(|it| it.chars().count()).sum();
    if all.len() > KEYWORDS_MAX || letters > LETTERS_MAX {
        return Err(Refusal::StickerInvalid.into());
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_its_emoji_and_nothing_else_is_one() {
        for (text, expected) in [
            ("😀", vec!["😀"]),
            ("😀😀😁", vec!["😀", "😁"]),
            ("❤️👍🏽", vec!["❤", "👍🏽"]),
            ("👨‍👩‍👧‍👦🏳️‍🌈", vec!["👨‍👩‍👧‍👦", "🏳‍🌈"]),
            ("🇫🇷🇩🇪", vec!["🇫🇷", "🇩🇪"]),
            ("1️⃣#⃣", vec!["1⃣", "#⃣"]),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", vec!["🏴󠁧󠁢󠁥󠁮󠁧󠁿"]),
        ] {
            assert_eq!(split(text).unwrap(), expected, "{text}");
        }
        for wrong in
            ["🏽", "1\u{fe0f}\u{fe0f}\u{20e3}", "", "a", "1", "😀 ", "😀a", "🇫", "\u{200d}😀", "😀\u{200d}", "\u{fe0f}"]
        {
            assert_eq!(split(wrong), Err(Refusal::StickerEmojiInvalid.into()), "{wrong:?}");
        }
    }

    #[test]
    fn a_sticker_stands_for_twenty_emoji_at_most() {
        let many: String = ('\u{1f600}'..).take(EMOJI_MAX + 1).collect();
        assert_eq!(split(&many), Err(Refusal::StickerEmojiInvalid.into()));
        assert_eq!(split(&many[4..]).unwrap().len(), EMOJI_MAX);
        assert_eq!(split(&"😀\u{200d}".repeat(30)), Err(Refusal::StickerEmojiInvalid.into()));
    }

    #[test]
    fn keywords_stand_between_commas() {
        assert_eq!(keywords(" Cat, black cat,cat ,").unwrap(), ["cat", "black cat"]);
        assert_eq!(keywords("").unwrap(), [""; 0]);
        let letters = |count| keywords(&"é".repeat(count));
        assert!(letters(LETTERS_MAX).is_ok() && letters(LETTERS_MAX + 1).is_err());
        let words = |count: usize| keywords(&(0..count).map(|it| it.to_string()).collect::<Vec<_>>().join(","));
        assert!(words(KEYWORDS_MAX).is_ok() && words(KEYWORDS_MAX + 1).is_err());
    }
}
