//! Vorbis comments, which FLAC and Ogg carry: `NAME=value`, lengths before them.

use crate::kind::Audio;

/// Comments looked at; a list with ten names is long.
const COMMENTS_MAX: usize = 256;

/// Longest text kept of a tag, in characters: a client shows a line of it.
pub(super) const TEXT_MAX: usize = 128;

/// Takes title and performer out of a block, as far as it goes: a picture in it may be cut off.
pub(super) fn read(block: &[u8], audio: &mut Audio) {
    let mut rest = block;
    let Some(_vendor) = piece(&mut rest) else { return };
    let Some(count) = number(&mut rest) else { return };
    for _ in 0..count.min(COMMENTS_MAX) {
        let Some(comment) = piece(&mut rest) else { return };
        let Some(equals) = comment.iter().take(32).position(|it| *it == b'=') else { continue };
        let (name, value) = (&comment[..equals], &comment[equals + 1..]);
        let field = if name.eq_ignore_ascii_case(b"TITLE") {
            &mut audio.title
        } else if name.eq_ignore_ascii_case(b"ARTIST") {
            &mut audio.performer
        } else {
            continue;
        };
        if field.is_none() {
            *field = text(&String::from_utf8_lossy(value));
        }
    }
}

/// A tag's text as it is kept: one line, bounded, not empty.
pub(super) fn text(raw: &str) -> Option<String> {
    let line: String = raw.trim_matches(['\0', ' ', '\n', '\r', '\t']).chars().take(TEXT_MAX).collect();
    let line = line.replace(char::is_control, " ");
    (!line.is_empty()).then_some(line)
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let (four, after) = rest.split_first_chunk()?;
    *rest = after;
    usize::try_from(u32::from_le_bytes(*four)).ok()
}

fn piece<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = number(rest)?;
    let (found, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(found)
}
