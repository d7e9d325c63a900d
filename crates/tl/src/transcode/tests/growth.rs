//! How much longer a request may become.

use super::*;
use notation::bytes;

/// A poll of so many answers, each as short as can be.
fn poll(answers: usize, text: &str) -> Vec<u8> {
    let answer = format!("pollAnswer{{text=\"{text}\" option=\"{text}\"}}");
    let answers = vec![answer; answers].join(" ");
    let media = format!("inputMediaPoll{{poll=poll{{id=0 question=\"?\" answers=[{answers}]}}}}");
    let request = format!("messages.sendMedia{{peer=inputPeerSelf{{}} media={media} message=\"\" random_id=9}}");
    bytes(Layer::OLDEST, &request)
}

#[test]
fn a_poll_of_letters_upgrades_and_one_of_a_thousand_empty_answers_does_not() {
    let upgraded = |request: &[u8]| upgrade(Layer::OLDEST, request, &Limits::REQUEST).map(|up| up.bytes.len());
    let real = poll(12, "A");
    let got = upgraded(&real).unwrap();
    assert!(got > real.len() * GROWTH && got <= real.len() * GROWTH + ADDED, "{got} of {}", real.len());
    let hostile = poll(1_000, "");
    let limit = hostile.len() * GROWTH + ADDED;
    assert!(
        matches!(upgraded(&hostile), Err(TranscodeError::Walk(WalkError::Bytes { got, limit: l })) if l == limit && got > l)
    );
}
