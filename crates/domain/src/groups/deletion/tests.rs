//! A forum that had a bit of everything ends, and nothing of it stays.

use store::{Kv, Range};

use super::*;
use crate::{
    MessageId,
    groups::{
        AdminRights,
        admins::EditAdmin,
        create::CreateChannel,
        invite::InviteToChannel,
        invites::{
            export::{EditInvite, ExportInvite, Terms},
            join::ImportInvite,
        },
        members::{self, Coming},
        topics::{change::CreateTopic, pins::PinTopic},
        usernames::{NameChannel, Naming},
    },
    messages::{
        self, Media, SeenMedia,
        drafts::SaveDraft,
        forward::ForwardMessages,
        media::SendMedia,
        pinned::PinMessage,
        polls::{NewAnswer, NewPoll, Styled, answers::AddPollAnswer, vote::SendVote},
        reactions::{react::React, standard},
        read::ReadHistory,
        scheduled::{Schedule, SendLater},
        send::{ReplyTo, SendMessage},
        threads::read::ReadThread,
        todo::{NewTodo, ToggleTodo},
    },
    people::notify::{NotifyRow, Target, UpdateNotify},
    spaces,
    spaces::{POLL, TODO, VOTE, VOTER},
    testing::{Hall, ready},
    updates::Event,
};

struct Scene {
    hall: Hall,
    id: ChannelId,
    owner: Caller,
    bob: Caller,
    carol: Caller,
}

fn text(by: Caller, peer: Peer, text: &str, random_id: i64) -> SendMessage {
    SendMessage {
        by,
        peer,
        text: text.into(),
        entities: Vec::new(),
        reply: None,
        random_id,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
        album: 0,
    }
}

fn styled(text: &str) -> Styled {
    Styled { text: text.into(), ..Styled::default() }
}

impl Scene {
    fn new(hall: Hall) -> Self {
        let [owner, bob, carol] = ["Olga", "Bob", "Carol"].map(|it| hall.person(it, "9996620001"));
        let (title, about) = ("Forum".into(), String::new());
        let new = CreateChannel { by: owner, title, about, broadcast: false, forum: true, ttl_period: 0 };
        let id = hall.run(new).unwrap().0;
        hall.run(InviteToChannel { by: owner, channel: id, users: vec![bob.user, carol.user] }).unwrap();
        Self { hall, id, owner, bob, carol }
    }

    fn peer(&self) -> Peer {
        Peer::Channel(self.id)
    }

    fn ask(&self, random_id: i64) -> MessageId {
        let answer = |it: &str| NewAnswer { text: styled(it), option: None };
        let (question, answers) = (styled("Tea?"), vec![answer("yes"), answer("no")]);
        let poll = NewPoll { question, answers, public: true, open: true, ..NewPoll::default() };
        let send = text(self.owner, self.peer(), "", random_id);
        let id = self.hall.run(SendMedia { send, media: Media::Poll(Box::new(poll)) }).unwrap().message;
        for by in [self.bob, self.carol] {
            let options = vec![Bytes::from_static(b"0")];
            self.hall.run(SendVote { by, peer: self.peer(), message: id, options }).unwrap();
        }
        let answer = answer("later");
        self.hall.run(AddPollAnswer { by: self.bob, peer: self.peer(), message: id, answer }).unwrap();
        id
    }

    /// Links, and people who came or ask by them.
    fn invite(&self) {
        let (hall, by, peer) = (&self.hall, self.owner, self.peer());
        for request_needed in [false, true] {
            let terms = Terms { request_needed, ..Terms::default() };
            let hash = hall.run(ExportInvite { by, peer, terms, main: false }).unwrap().card.hash;
            let guest = hall.person("Guest", "9996620009");
            hall.run(ImportInvite { by: guest, hash: hash.clone() }).unwrap();
            let edit = EditInvite {
                by,
                peer,
                hash,
                revoke: true,
                title: None,
                expires: None,
                limit: None,
                request_needed: None,
            };
            hall.run(edit).unwrap();
        }
        let rights = AdminRights::PIN_MESSAGES;
        hall.run(EditAdmin { by, channel: self.id, user: self.bob.user, rights, rank: Some("Vice".into()) }).unwrap();
    }

    /// Whatever may be said and done in a topic.
    fn talk(&self) {
        let (hall, peer, channel) = (&self.hall, self.peer(), self.id);
        let (title, color, emoji) = ("Lenses".into(), None, None);
        let topic = CreateTopic { by: self.owner, channel, title, color, emoji, random_id: 1, send_as: None };
        let topic = hall.run(topic).unwrap().message;
        hall.run(PinTopic { by: self.owner, channel, topic, pinned: true }).unwrap();
        let reply = |message| Some(ReplyTo { message, quote: None, top: Some(topic) });
        let said = hall.run(SendMessage { reply: reply(topic), ..text(self.bob, peer, "hello", 2) }).unwrap().message;
        hall.run(SendMessage { reply: reply(said), ..text(self.carol, peer, "to you", 3) }).unwrap();
        hall.run(PinMessage { by: self.owner, peer, message: said, pinned: true, one_side: false, silent: true })
            .unwrap();
        let reactions = vec![standard::reaction("👍").unwrap()];
        hall.run(React { by: self.carol, peer, message: said, reactions, big: false, add_to_recent: false }).unwrap();
        hall.run(ReadThread { by: self.bob, channel, top: topic, max_id: said }).unwrap();
        hall.run(ReadHistory { by: self.carol, peer, max_id: said }).unwrap();
        for top in [None, Some(topic)] {
            let (text, entities, reply_to) = ("unfinished".into(), Vec::new(), None);
            hall.run(SaveDraft { by: self.bob, peer, top, text, entities, reply_to, no_webpage: false }).unwrap();
        }
        let at = Schedule { date: hall.domain.now().secs() + 1000, repeat: 0 };
        let send = text(self.bob, peer, "later", 4);
        hall.run(SendLater { send, media: Media::None, at }).unwrap();
        let settings = NotifyRow { silent: Some(true), ..NotifyRow::default() };
        hall.run(UpdateNotify { by: self.bob, target: Target::Peer(peer), settings }).unwrap();
        let todo = NewTodo { title: styled("Buy"), tasks: vec![(1, styled("milk"))], ..NewTodo::default() };
        let send = text(self.owner, peer, "", 5);
        let message = hall.run(SendMedia { send, media: Media::Todo(todo) }).unwrap().message;
        hall.run(ToggleTodo { by: self.owner, peer, message, done: vec![1], undone: Vec::new() }).unwrap();
    }

    fn erase(&self) {
        while ready(run(&self.hall.domain)).unwrap() {}
        self.hall.apply_parcels();
    }

    /// Kinds of rows whose keys name the channel, or its log, and all rows of these kinds.
    fn left(&self, whole: &[Subspace]) -> Vec<&'static str> {
        let all = Range { start: Key::from_bytes(&[0]), end: Key::from_bytes(&[0xff]) };
        let rows = ready(self.hall.kv().scan(&all, Direction::Forward, 1_000_000)).unwrap();
        let number = &self.id.0.to_be_bytes()[1..];
        let of = |key: &Key| spaces::ALL.iter().find(|it| it.id == key.as_bytes()[0]).expect("a known kind");
        let is_of = |key: &Key| key.suffix().windows(number.len()).any(|it| it == number);
        let mut names: Vec<_> = rows
            .iter()
            .map(|(key, _)| key)
            .filter(|it| is_of(it) || whole.contains(of(it)))
            .map(|it| of(it).name)
            .collect();
        names.dedup();
        names
    }
}

#[test]
fn nothing_of_a_deleted_channel_stays_in_any_space_but_its_number() {
    for hall in [Hall::new(), Hall::with_outbox(), Hall::distant()] {
        let scene = Scene::new(hall);
        scene.invite();
        scene.talk();
        scene.ask(6);
        let naming = Naming::Main("moth_forum".into());
        scene.hall.run(NameChannel { by: scene.owner, channel: scene.id, naming }).unwrap();
        let asked = [POLL, VOTE, VOTER, TODO, spaces::INVITE_LINK];
        let before = scene.left(&asked);
        for kind in KINDS.iter().map(|(kind, _)| kind).chain(&asked) {
            // No channel has these, or not here: who archived it, what is counted of broadcasts, reads and uid indexes of large groups, marks in its own log.
            let none = [
                ARCHIVED,
                POST_COUNTS,
                POST_VIEWERS,
                PUBLIC_FORWARD,
                CHANNEL_HOUR,
                POST_SERIES,
                SEARCH,
                UNREAD_MARK,
                READ_AT,
                UPKEEP,
                REACTION,
            ]
            .contains(kind);
            assert!(none || before.contains(&kind.name), "the scene has no row of {}", kind.name);
        }
        scene.hall.run(DeleteChannel { by: scene.owner, channel: scene.id }).unwrap();
        scene.erase();
        // What it was called, under a key of its own; timers find nothing to do when their moment comes.
        assert_eq!(scene.left(&asked), ["TIMER", "CONTENT_KEY", "CHANNEL"]);
        scene.hall.pass(2000);
        ready(messages::timers::run_due(&scene.hall.domain)).unwrap();
        assert_eq!(scene.left(&asked), ["CONTENT_KEY", "CHANNEL"]);
    }
}

#[test]
fn a_poll_that_was_forwarded_outlives_the_channel_in_which_it_was_asked() {
    let scene = Scene::new(Hall::new());
    let (stays, _) = (scene.ask(1), scene.ask(2));
    let (by, to) = (scene.bob, Peer::User(scene.carol.user));
    let forward = ForwardMessages {
        by,
        from: scene.peer(),
        to,
        messages: vec![stays],
        random_ids: vec![3],
        drop_author: false,
        silent: false,
        noforwards: false,
        send_as: None,
        top: None,
    };
    let copy = scene.hall.run(forward).unwrap()[0].message;
    scene.hall.run(DeleteChannel { by: scene.owner, channel: scene.id }).unwrap();
    scene.erase();
    let seen = scene.hall.ask(|view| messages::seen(view, by.user, copy)).unwrap().unwrap();
    let Some(SeenMedia::Poll(poll)) = seen.media else { panic!("a poll") };
    assert_eq!((poll.voters, poll.answers.len()), (2, 2), "what was added there went with the key of the group");
    let vote = |options| scene.hall.run(SendVote { by, peer: to, message: copy, options }).map(drop);
    assert_eq!(vote(Vec::new()), Ok(()));
    let answer = NewAnswer { text: styled("more"), option: None };
    let add = AddPollAnswer { by, peer: to, message: copy, answer };
    assert_eq!(scene.hall.run(add).map(drop), Err(Refusal::MessagePollClosed));
}

/// A step, and how many rows it writes.
struct Measured(EraseStep);

impl Command for Measured {
    type Reply = usize;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<usize> {
        self.0.decide(turn)?;
        Ok(turn.writes.len())
    }
}

/// Many members at once.
struct Crowd(Caller, ChannelId, Vec<Caller>);

impl Command for Crowd {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        self.2.iter().try_for_each(|it| members::add(turn, &self.0, self.1, it.user, Coming::default()))
    }
}

#[test]
fn no_step_of_a_deletion_writes_more_than_some_hundred_rows() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let scene = Scene::new(hall);
        let crowd: Vec<_> = (0..3 * PAGE).map(|n| scene.hall.person(&format!("P{n}"), "9996620100")).collect();
        for part in crowd.chunks(100) {
            scene.hall.run(Crowd(scene.owner, scene.id, part.to_vec())).unwrap();
        }
        let peer = scene.peer();
        (0..2 * PAGE).for_each(|n| drop(scene.hall.run(text(scene.owner, peer, "x", n as i64 + 10)).unwrap()));
        scene.hall.events();
        scene.hall.run(DeleteChannel { by: scene.owner, channel: scene.id }).unwrap();
        let (mut steps, mut most) = (0, 0);
        while !scene.hall.ask(|view| on_list(view)).unwrap().is_empty() {
            most = most.max(scene.hall.run(Measured(EraseStep { channel: scene.id })).unwrap());
            steps += 1;
        }
        let events = scene.hall.events();
        assert!(most <= PAGE + PAGE / 4, "{most} rows in one step");
        assert!(steps >= 3 * PAGE / TOLD + 6, "{steps}");
        let told = |who: UserId| {
            let change = updates::Change::Channel { channel: scene.id };
            events.iter().any(
                |it| matches!(it, Event::Logged { log, entry, .. } if *log == who.into() && entry.change == change),
            )
        };
        assert!(crowd.iter().all(|it| told(it.user)), "each member is told");
    }
}

/// A new kind of row must be decided about: does it go with its channel?
#[test]
fn every_kind_of_row_goes_with_its_channel_or_is_none_of_it() {
    let other: &[Subspace] = &[
        // Of accounts and devices, of the whole server.
        spaces::AUTH_KEY,
        spaces::AUTHORIZATION,
        spaces::USER,
        spaces::CONTACT,
        spaces::BLOCK,
        spaces::PRIVACY,
        spaces::PASSWORD,
        spaces::CODE,
        spaces::RECOVERY,
        spaces::LOGIN_EMAIL,
        spaces::DELETION,
        spaces::ERASURE,
        spaces::ADDRESS_BOOK,
        spaces::IMPORTED,
        spaces::STATUS,
        spaces::TOKEN,
        spaces::SETTING,
        spaces::TOP_PEER,
        spaces::INVITED,
        spaces::RENAMED,
        spaces::ALLOCATOR,
        spaces::SERVER,
        spaces::OUTBOX,
        spaces::INBOX,
        // Removed by the sweep of files once the carrier is gone.
        spaces::FILE_USE,
        // Of accounts.
        spaces::UPLOADED_MEDIA,
        spaces::KEPT,
        spaces::USER_PHOTO,
        spaces::USER_PHOTO_ORDER,
        spaces::UPLOAD,
        spaces::UPLOAD_PART,
        spaces::FILE,
        spaces::SMALL_FILE,
        spaces::FILE_QUOTA,
        spaces::WALLPAPER,
        spaces::WALLPAPER_MAKER,
        spaces::CHAT_WALLPAPER,
        // Of stickers, whose sets are people's and the operator's.
        spaces::STICKER_SET,
        spaces::STICKER,
        spaces::STICKER_OF,
        spaces::STICKER_WORD,
        spaces::STICKER_LIST,
        spaces::STICKER_SHELF,
        spaces::STICKER_KEPT,
        spaces::STICKERS_FEATURED,
        // Of the whole server, and forgotten when they are old.
        spaces::WEB_PAGE,
        spaces::WEB_PAGE_ERRAND,
        spaces::WEB_PAGE_WAIT,
        spaces::WEB_PAGE_DAY,
        // Of basic groups.
        spaces::CHAT,
        // What somebody saved stays its own, and that it has left.
        spaces::SAVED,
        spaces::LEFT,
        // The number stays taken; its names are free and its keys gone by the command itself.
        spaces::CHANNEL,
        spaces::NAME,
        spaces::CONTENT_KEY,
        spaces::PUBLIC_NAME,
        spaces::PUBLIC_CHANNEL,
        spaces::CHANNEL_ERASURE,
        // Found to have nothing to do, and deleted.
        spaces::PUBLISHED,
        // Finds nothing to do when its moment comes.
        spaces::TIMER,
        // Old after a week, and forgotten as its reader opens other media.
        spaces::OPENED_MEDIA,
        // Of members, and removed as they are told.
        spaces::JOINED,
        spaces::DIALOG,
        spaces::DIALOG_ORDER,
        spaces::NOTIFY,
        spaces::SCHEDULED,
        spaces::TOPIC_DRAFT,
        // A folder names what somebody put into it.
        spaces::FOLDER,
        spaces::FOLDER_LINK,
        spaces::FOLDER_INVITE,
        // Found by the rows of links and messages.
        spaces::INVITE_LINK,
        spaces::PUBLIC_TAG,
        POLL,
        VOTE,
        VOTER,
        TODO,
    ];
    for kind in spaces::ALL {
        let goes = KINDS.iter().any(|(it, _)| it == kind);
        assert!(goes != other.contains(kind), "{} is decided about once", kind.name);
    }
}
