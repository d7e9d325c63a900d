//! Posts of one length that carry their number, so that every listener can tell which of them came, at any layer.

use tl::enums;

/// Before the number.
const HEAD: &[u8] = b"signal #";

/// Digits of a number.
const DIGITS: usize = 8;

/// Letters of a post.
const LENGTH: usize = 98;

/// The post of a number, as somebody sends it.
pub(super) fn post(peer: &enums::InputPeer, mark: u32) -> tl::functions::messages::SendMessage {
    let mut text = format!("signal #{mark:0DIGITS$} ");
    text.extend("from tower to tower ".chars().cycle().take(LENGTH - text.len()));
    testkit::people::message(peer, &text, rand::random::<i64>() | 1)
}

/// Shows every number in the bytes of an update.
pub(super) fn find(bytes: &[u8], mut show: impl FnMut(u32)) {
    let mut rest = bytes;
    while let Some(at) = position(rest) {
        rest = &rest[at + HEAD.len()..];
        let digits = rest.get(..DIGITS).and_then(|it| std::str::from_utf8(it).ok());
        if let Some(mark) = digits.and_then(|it| it.parse().ok()) {
            show(mark);
        }
    }
}

/// Where the next head is; strings of TL begin anywhere.
fn position(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|it| *it == HEAD[HEAD.len() - 1])?;
        if at + 1 >= HEAD.len() && bytes[..=at].ends_with(HEAD) {
            return Some(at + 1 - HEAD.len());
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tl::Serializable;

    #[test]
    fn numbers_are_found_wherever_they_stand() {
        let peer = enums::InputPeer::Empty;
        let bytes: Vec<u8> = [7, 12_345_678].into_iter().flat_map(|it| post(&peer, it).to_bytes()).collect();
        let mut found = Vec::new();
        find(&bytes, |it| found.push(it));
        assert_eq!(found, [7, 12_345_678]);
        assert_eq!(post(&peer, 1).message.len(), LENGTH);
    }
}
