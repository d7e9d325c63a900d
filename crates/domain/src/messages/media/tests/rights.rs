//! Each kind of message takes a right of its own, sent, forwarded or queued.

use super::*;
use crate::{
    groups::{
        AdminRights, ChannelRow, MemberRow,
        basic::{
            create::CreateChat,
            info::{EditChat, Info},
        },
    },
    messages::{
        polls::{NewAnswer, Styled},
        scheduled::{Schedule, SendLater, SendScheduled},
    },
    testing::groups::{Make, Place as Stand},
};

/// Media of each kind, the right that it takes, and what its lack is called.
fn kinds() -> Vec<(Media, BannedRights, Refusal)> {
    let sticker =
        Attribute::Sticker { mask: false, alt: "🙂".into(), set: crate::ids::StickerSetId::NONE, place: None };
    let text = |it: &str| Styled { text: it.into(), ..Styled::default() };
    let answers = ["a", "b"].map(|it| NewAnswer { text: text(it), option: None }).into();
    let poll = Media::Poll(Box::new(NewPoll { question: text("Which?"), answers, ..NewPoll::default() }));
    vec![
        (Media::None, BannedRights::SEND_PLAIN, Refusal::ChatSendPlainForbidden),
        (photo(5), BannedRights::SEND_PHOTOS, Refusal::ChatSendPhotosForbidden),
        (document(6, vec![]), BannedRights::SEND_DOCS, Refusal::ChatSendDocsForbidden),
        (document(7, vec![video(false)]), BannedRights::SEND_VIDEOS, Refusal::ChatSendVideosForbidden),
        (document(8, vec![video(true)]), BannedRights::SEND_ROUNDVIDEOS, Refusal::ChatSendRoundvideosForbidden),
        (document(9, vec![Attribute::Animated {}]), BannedRights::SEND_GIFS, Refusal::ChatSendGifsForbidden),
        (document(10, vec![audio(true)]), BannedRights::SEND_VOICES, Refusal::ChatSendVoicesForbidden),
        (document(11, vec![audio(false)]), BannedRights::SEND_AUDIOS, Refusal::ChatSendAudiosForbidden),
        (document(12, vec![sticker]), BannedRights::SEND_STICKERS, Refusal::ChatSendStickersForbidden),
        (Media::Dice("🎲".into()), BannedRights::SEND_STICKERS, Refusal::ChatSendStickersForbidden),
        (Media::Place(place(1.0, 2.0)), BannedRights::SEND_PLAIN, Refusal::ChatSendPlainForbidden),
        (poll, BannedRights::SEND_POLLS, Refusal::ChatSendPollForbidden),
    ]
}

/// A basic group, and a supergroup, in which Ben is a member; and how their members lose a right.
pub(super) struct Rooms {
    pub(super) hall: Hall,
    pub(super) ann: Caller,
    pub(super) ben: Caller,
    pub(super) peers: [Peer; 2],
}

impl Rooms {
    pub(super) fn new() -> Self {
        let hall = Hall::new();
        let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
        let create = CreateChat { by: ann, users: vec![ben.user], title: "Signals".into(), ttl_period: 0 };
        let chat = hall.run(create).unwrap().chat;
        let row = ChannelRow { creator: ann.user, ..ChannelRow::default() };
        let channel = hall.run(Make { row, title: "Optics".into() }).unwrap();
        let row = MemberRow { joined: 1, admin: AdminRights::CREATOR, ..MemberRow::default() };
        hall.run(Stand { channel, user: ann.user, row }).unwrap();
        let rooms = Self { hall, ann, ben, peers: [Peer::Chat(chat), Peer::Channel(channel)] };
        rooms.ban(BannedRights::NONE);
        rooms
    }

    pub(super) fn ban(&self, rights: BannedRights) {
        let [Peer::Chat(chat), Peer::Channel(channel)] = self.peers else { panic!("a chat and a channel") };
        if !rights.is_none() {
            self.hall.run(EditChat { by: self.ann, chat, info: Info::DefaultBanned(rights) }).unwrap();
        }
        let row = MemberRow { joined: 1, banned: rights, ..MemberRow::default() };
        self.hall.run(Stand { channel, user: self.ben.user, row }).unwrap();
    }

    fn forward(&self, to: Peer, message: MessageId) -> Result<(), Refusal> {
        forward(&self.hall, &self.ben, Peer::User(self.ben.user), to, message).map(drop)
    }
}

fn told(media: &Media) -> String {
    if *media == Media::None { "a text".into() } else { String::new() }
}

#[test]
fn who_may_not_send_a_kind_may_not_forward_it_either_and_may_everything_else() {
    for (media, right, refusal) in kinds() {
        let rooms = Rooms::new();
        let (hall, ben) = (&rooms.hall, rooms.ben);
        let note = |media: &Media, id| {
            let send = message(&ben, Peer::User(ben.user), told(media), id);
            hall.run(SendMedia { send, media: media.clone() }).unwrap().message
        };
        let kept = note(&media, 901);
        for peer in rooms.peers {
            assert_eq!(rooms.forward(peer, kept), Ok(()), "{media:?}");
        }
        rooms.ban(right);
        let other = if right == BannedRights::SEND_PHOTOS { Media::None } else { photo(99) };
        let other = note(&other, 902);
        for peer in rooms.peers {
            let send = message(&ben, peer, told(&media), 903);
            assert_eq!(hall.run(SendMedia { send, media: media.clone() }).map(drop), Err(refusal), "{media:?}");
            assert_eq!(rooms.forward(peer, kept), Err(refusal), "{media:?}");
            assert_eq!(rooms.forward(peer, other), Ok(()), "{media:?} takes a right of its own");
        }
    }
}

#[test]
fn what_waits_in_a_queue_is_sent_by_the_right_that_its_kind_takes() {
    let rooms = Rooms::new();
    let (hall, ben) = (&rooms.hall, rooms.ben);
    let at = Schedule { date: hall.domain.now().secs() + 3600, repeat: 0 };
    let queue = |peer, media| {
        let send = message(&ben, peer, String::new(), 1 + hall.written() as i64);
        hall.run(SendLater { send, media, at }).unwrap().message
    };
    let queued = rooms.peers.map(|peer| (peer, queue(peer, photo(5)), queue(peer, document(6, vec![]))));
    rooms.ban(BannedRights::SEND_PHOTOS.with(BannedRights::SEND_PLAIN));
    for (peer, photo, document) in queued {
        let now = |id| hall.run(SendScheduled { by: ben, peer, messages: vec![id] }).map(drop);
        assert_eq!(now(photo), Err(Refusal::ChatSendPhotosForbidden));
        assert_eq!(now(document), Ok(()));
    }
}
