//! Lists of files: their order, their limits, who sees them, and that what is kept outlives its message.

use super::{
    by_hash, documents, gifs, gifs::SaveGif, ids, list::List, music, music::SaveMusic, sounds, sounds::SaveSound,
};
use crate::{
    Caller,
    files::{Access, Attribute, Carrier, Claim, Document, Part, Stored, complete, save_part, uses},
    ids::{MessageId, Peer},
    messages::{
        Media,
        delete::DeleteMessages,
        media::{
            MediaBody, SendMedia,
            carriers::{Named, carries, named},
        },
        rows::copy,
        send::SendMessage,
    },
    people::privacy::{Key, Rule, SetPrivacy},
    refusal::Refusal,
    testing::{Hall, ready},
    updates::{Change, Event},
};

/// A document that nobody has stored.
fn gif(id: u64) -> Document {
    let stored = Stored { id, size: 5, ..Stored::default() };
    Document { stored, mime: "video/mp4".into(), attributes: vec![Attribute::Animated {}], ..Document::default() }
}

fn audio(id: u64, duration: u32) -> Document {
    let sound = Attribute::Audio {
        voice: false,
        duration,
        title: "a".into(),
        performer: String::new(),
        waveform: bytes::Bytes::new(),
    };
    Document { mime: "audio/mpeg".into(), attributes: vec![sound], ..gif(id) }
}

/// Sends a document to oneself, and names it as a client does.
fn sent(hall: &Hall, by: Caller, document: Document) -> Named {
    let id = document.stored.id;
    let send = SendMessage {
        by,
        peer: Peer::User(by.user),
        text: String::new(),
        entities: Vec::new(),
        reply: None,
        random_id: id.cast_signed(),
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
        album: 0,
    };
    let media = Media::Files(Box::new(MediaBody::of_document(document)));
    let message = hall.run(SendMedia { send, media }).unwrap().message;
    let access = hall.ask(|view| {
        let row = copy(view, by.user, message)?.expect("it was sent");
        Ok(Access::of(view, Carrier::Message { log: by.user.into(), uid: row.uid }, [id]))
    });
    let access = access.unwrap();
    Named { id, access_hash: access.hash(id), reference: access.reference.to_vec() }
}

fn on(hall: &Hall, who: Caller, list: List) -> Vec<u64> {
    hall.ask(|view| ids(view, who.user, list)).unwrap()
}

fn told(hall: &Hall, change: &Change) -> usize {
    let is = |it: &Event| matches!(it, Event::Logged { entry, .. } if entry.change == *change);
    hall.events().iter().filter(|it| is(it)).count()
}

fn save(by: Caller, document: &Named, unsave: bool) -> SaveGif {
    SaveGif { by, document: document.clone(), unsave }
}

#[test]
fn a_gif_that_is_sent_is_saved_the_last_one_first() {
    let hall = Hall::new();
    let ann = hall.person("A", "9996621001");
    let one = sent(&hall, ann, gif(1));
    sent(&hall, ann, gif(2));
    sent(&hall, ann, audio(3, 1));
    assert_eq!(on(&hall, ann, List::Gifs), [2, 1]);
    hall.run(save(ann, &one, false)).unwrap();
    assert_eq!(on(&hall, ann, List::Gifs), [1, 2], "what is saved again comes to the front");
    hall.run(save(ann, &one, true)).unwrap();
    assert_eq!(on(&hall, ann, List::Gifs), [2]);
    assert_eq!(told(&hall, &Change::SavedGifs {}), 4);
    hall.run(save(ann, &one, true)).unwrap();
    assert_eq!(told(&hall, &Change::SavedGifs {}), 0, "it was not there");
}

#[test]
fn what_is_no_gif_or_not_the_callers_is_not_saved() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("A", "9996621001"), hall.person("B", "9996621002"));
    let song = sent(&hall, ann, audio(3, 1));
    assert_eq!(hall.run(save(ann, &song, false)), Err(Refusal::GifIdInvalid));
    let one = sent(&hall, ann, gif(1));
    assert_eq!(hall.run(save(ben, &one, false)), Err(Refusal::FileReferenceExpired));
    let other = Named { id: 2, ..one.clone() };
    assert_eq!(hall.run(save(ann, &other, false)), Err(Refusal::GifIdInvalid));
}

#[test]
fn beyond_the_limit_the_oldest_gif_goes() {
    let hall = Hall::new();
    let ann = hall.person("A", "9996621001");
    for id in 1..=gifs::GIFS_MAX as u64 + 1 {
        sent(&hall, ann, gif(id));
    }
    let all = on(&hall, ann, List::Gifs);
    assert_eq!((all.len(), all.first(), all.last()), (gifs::GIFS_MAX, Some(&201), Some(&2)));
    let (user, list) = (ann.user, List::Gifs);
    let carried = |file| hall.ask(|view| carries(view, Carrier::Kept { user, list, file }, file)).unwrap();
    assert!(!carried(1) && carried(2), "the sweep finds that it goes");
}

#[test]
fn what_is_kept_outlives_its_message() {
    let hall = Hall::new();
    let ann = hall.person("A", "9996621001");
    let one = sent(&hall, ann, gif(1));
    hall.run(DeleteMessages { by: ann, messages: vec![MessageId(1)], revoke: true }).unwrap();
    assert_eq!(hall.ask(|view| named(view, ann.user, &one).map(drop)), Err(Refusal::FileReferenceExpired));
    let kept = hall.ask(|view| documents(view, ann.user, List::Gifs, &[1, 9])).unwrap();
    assert_eq!(kept.len(), 1);
    let fresh = Named { reference: kept[0].access.reference.to_vec(), ..one };
    assert!(hall.ask(|view| named(view, ann.user, &fresh).map(drop)).is_ok());
    let carriers = hall.ask(|view| uses::carriers(view, 1, None, 9)).unwrap();
    assert_eq!(carriers.len(), 2);
}

#[test]
fn sounds_are_short_and_of_a_format_that_clients_play() {
    let hall = Hall::new();
    let ann = hall.person("A", "9996621001");
    let keep = |document| {
        let document = sent(&hall, ann, document);
        hall.run(SaveSound { by: ann, document, unsave: false })
    };
    assert_eq!(keep(audio(1, sounds::SECONDS_MAX)), Ok(()));
    assert_eq!(keep(audio(2, sounds::SECONDS_MAX + 1)), Err(Refusal::RingtoneInvalid));
    let mut large = audio(3, 1);
    large.stored.size = sounds::BYTES_MAX + 1;
    assert_eq!(keep(large), Err(Refusal::RingtoneInvalid));
    let flac = Document { mime: "audio/flac".into(), ..audio(4, 1) };
    assert_eq!(keep(flac), Err(Refusal::RingtoneInvalid));
    assert_eq!(keep(gif(5)), Err(Refusal::RingtoneInvalid));
    assert_eq!(on(&hall, ann, List::Sounds), [1]);
    for id in 10..10 + sounds::SOUNDS_MAX as u64 - 1 {
        assert_eq!(keep(audio(id, 1)), Ok(()));
    }
    assert_eq!(keep(audio(999, 1)), Err(Refusal::RingtoneInvalid), "there are as many as may be");
    let claim = Claim { upload: 1, parts: 1, md5: None };
    let bad = ready(sounds::upload(&hall.domain, ann, claim, String::new(), "text/plain".into()));
    assert_eq!(bad, Err(Refusal::RingtoneMimeInvalid));
}

#[test]
fn songs_stand_in_their_owners_order_and_are_shown_as_its_privacy_says() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("A", "9996621001"), hall.person("B", "9996621002"));
    let songs: Vec<_> = (1..=3).map(|id| sent(&hall, ann, audio(id, 200))).collect();
    let put = |at: usize, after, unsave| hall.run(SaveMusic { by: ann, document: songs[at].clone(), after, unsave });
    put(0, None, false).unwrap();
    put(1, None, false).unwrap();
    put(2, Some(2), false).unwrap();
    assert_eq!(on(&hall, ann, List::Music), [2, 3, 1]);
    put(1, Some(1), false).unwrap();
    assert_eq!(on(&hall, ann, List::Music), [3, 1, 2]);
    assert_eq!(put(1, Some(77), false), Err(Refusal::DocumentInvalid));
    let no_song = sent(&hall, ann, gif(9));
    let refused = hall.run(SaveMusic { by: ann, document: no_song, after: None, unsave: false });
    assert_eq!(refused, Err(Refusal::DocumentInvalid));
    let shown = |viewer: Caller| hall.ask(|view| music::shown(view, viewer.user, ann.user)).unwrap();
    assert_eq!(shown(ben), [3, 1, 2]);
    let kept = hall.ask(|view| documents(view, ann.user, List::Music, &[3])).unwrap();
    let reference = kept[0].access.reference.to_vec();
    let song = Named { id: 3, access_hash: kept[0].access.hash(3), reference };
    let may = |viewer: Caller| hall.ask(|view| named(view, viewer.user, &song).map(drop));
    assert_eq!(may(ben), Ok(()));
    hall.run(SetPrivacy { by: ann, key: Key::SavedMusic, rules: vec![Rule::DisallowAll {}] }).unwrap();
    assert_eq!((shown(ben).len(), shown(ann).len()), (0, 3));
    assert_eq!(may(ben), Err(Refusal::FileReferenceExpired));
    assert_eq!(may(ann), Ok(()));
    put(2, None, true).unwrap();
    assert_eq!(on(&hall, ann, List::Music), [1, 2]);
}

#[test]
fn a_hash_finds_what_the_caller_keeps_and_nothing_of_others() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("A", "9996621001"), hall.person("B", "9996621002"));
    let bytes = bytes::Bytes::from(vec![7_u8; 70_000]);
    for (at, part) in bytes.chunks(64 << 10).enumerate() {
        let it = Part::new(at as i32, part.len(), None).unwrap();
        ready(save_part(&hall.domain, ann.user, 5, it, bytes::Bytes::copy_from_slice(part))).unwrap();
    }
    let stored = ready(complete(&hall.domain, ann.user, Claim { upload: 5, parts: 2, md5: None })).unwrap();
    let id = stored.id;
    sent(&hall, ann, Document { stored, ..gif(id) });
    let find = |who: Caller, hash, size| {
        ready(by_hash::find(&hall.domain, who.user, hash, size)).unwrap().map(|it| it.document.stored.id)
    };
    let hash = crypto::hash::sha256(&[&bytes]);
    assert_eq!(find(ann, hash, 70_000), Some(id));
    assert_eq!(find(ann, hash, 69_999), None);
    assert_eq!(find(ann, [0; 32], 70_000), None);
    assert_eq!(find(ben, hash, 70_000), None);
}
