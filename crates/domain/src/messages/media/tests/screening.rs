//! An operator's policy sees every message before it is written: sent, edited, forwarded, queued and due.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{edit::EditMedia, *};
use crate::{
    messages::{
        edit::EditMessage,
        scheduled::{EditScheduled, Schedule, SendLater, SendScheduled},
    },
    policy::{Policy, Uploaded, Verdict, Written},
    updates::Change,
};

/// Rejects a word and photos, once it is awake.
#[derive(Default)]
struct Wary {
    awake: AtomicBool,
}

impl Policy for Wary {
    fn message(&self, it: Written<'_>) -> Verdict {
        let bad = it.body.text.contains("bad") || matches!(it.body.media, Some(MediaBody::Photo { .. }));
        if bad && self.awake.load(Ordering::Relaxed) { Verdict::Reject } else { Verdict::Allow }
    }

    fn reads(&self) -> u64 {
        0
    }

    fn file(&self, _: Uploaded<'_>) -> Verdict {
        Verdict::Allow
    }
}

const REJECTED: Result<(), Refusal> = Err(Refusal::ContentRejected);

#[test]
fn what_a_policy_rejects_is_told_to_its_sender_and_written_nowhere() {
    let policy = Arc::new(Wary::default());
    let hall = Hall::screened(Arc::clone(&policy) as _);
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let (peer, at) = (Peer::User(ben.user), Schedule { date: hall.domain.now().secs() + 3600, repeat: 0 });
    let later = |text: &str, media, id| {
        hall.run(SendLater { send: message(&ann, peer, text.into(), id), media, at }).map(|it| it.message)
    };
    let kept = send(&hall, &ann, ben.user, photo(5)).unwrap();
    let plain = hall.run(message(&ann, peer, "good".into(), 1)).unwrap().message;
    let queued = later("bad", Media::None, 2).unwrap();
    let due = later("bad", Media::None, 3).unwrap();
    policy.awake.store(true, Ordering::Relaxed);
    let before = hall.written();
    assert_eq!(hall.run(message(&ann, peer, "bad".into(), 4)).map(drop), REJECTED);
    assert_eq!(send(&hall, &ann, ben.user, photo(6)).map(drop), REJECTED);
    assert_eq!(hall.run(album(&ann, peer, vec![photo(7), photo(8)])).map(drop), REJECTED);
    assert_eq!(forward(&hall, &ann, peer, Peer::User(ann.user), kept).map(drop), REJECTED);
    assert_eq!(later("bad", Media::None, 5).map(drop), REJECTED);
    let text =
        EditMessage { by: ann, peer, message: plain, text: "bad".into(), entities: Vec::new(), no_webpage: false };
    assert_eq!(hall.run(text).map(drop), REJECTED);
    let Media::Files(media) = photo(9) else { panic!("a file") };
    let edit = EditMedia { by: ann, peer, message: plain, media, caption: None };
    assert_eq!(hall.run(edit).map(drop), REJECTED);
    let text = Some(("bad again".into(), Vec::new(), false));
    assert_eq!(hall.run(EditScheduled { by: ann, peer, message: queued, text, media: None, at }).map(drop), REJECTED);
    assert_eq!(hall.run(SendScheduled { by: ann, peer, messages: vec![queued] }).map(drop), REJECTED);
    assert_eq!(hall.written(), before);
    tick(&hall, 3600);
    let Change::DeleteScheduled { messages, sent, .. } = last(&hall, ann.user) else { panic!("the queue is emptied") };
    assert!([queued, due].contains(&messages[0]) && sent.is_empty());
    assert_eq!(last(&hall, ben.user), last_good(&hall, &ben, plain), "Ben hears of nothing");
    hall.run(message(&ann, peer, "good again".into(), 6)).unwrap();
}

/// The entry of the last message that came through.
fn last_good(hall: &Hall, who: &Caller, sent: MessageId) -> Change {
    let Change::NewMessage { message, random_id, by } = last(hall, who.user) else { panic!("a message") };
    assert_eq!(message, sent);
    Change::NewMessage { message, random_id, by }
}
