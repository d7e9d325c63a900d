//! A supergroup talks, under every way a hall can be driven; and who may do what in it.

mod admins;
mod cost;
mod marks;
mod reading;
mod rights;

use crate::{
    Caller, ChannelId, MessageId, Peer, Refusal, UserId,
    groups::{AdminRights, BannedRights, ChannelRow, MemberRow},
    messages::{
        SeenMessage,
        history::{self, Part},
        send::{ReplyTo, SendMessage, Sent},
    },
    testing::{
        Hall,
        groups::{Count, Make, Place},
    },
};

/// A supergroup with people in it.
struct Group {
    hall: Hall,
    id: ChannelId,
    /// Owns it.
    owner: Caller,
    /// Two members.
    alice: Caller,
    bob: Caller,
    random: std::sync::atomic::AtomicI64,
}

fn groups() -> [Group; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| Group::new(hall, ChannelRow::default()))
}

impl Group {
    fn new(hall: Hall, row: ChannelRow) -> Self {
        let owner = hall.person("Olga", "9996621000");
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        let row = ChannelRow { creator: owner.user, ..row };
        let id = hall.run(Make { row, title: "Optics".into() }).expect("made");
        let group = Self { hall, id, owner, alice, bob, random: std::sync::atomic::AtomicI64::new(0) };
        let admin = AdminRights::CREATOR;
        group.place(owner, MemberRow { joined: 1, admin, ..MemberRow::default() });
        for member in [alice, bob] {
            group.place(member, MemberRow { joined: 1, ..MemberRow::default() });
        }
        group.hall.run(Count { channel: id, members: 3 }).expect("counted");
        group
    }

    fn place(&self, who: Caller, row: MemberRow) {
        self.hall.run(Listed { channel: self.id, user: who.user, row: row.clone() }).expect("listed");
        self.hall.run(Place { channel: self.id, user: who.user, row }).expect("placed");
    }

    fn stranger(&self, name: &str) -> Caller {
        self.hall.person(name, &format!("99966210{:02}", 10 + self.next()))
    }

    fn next(&self) -> i64 {
        self.random.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1
    }

    fn peer(&self) -> Peer {
        Peer::Channel(self.id)
    }

    fn text(&self, by: Caller, text: &str) -> SendMessage {
        SendMessage {
            by,
            peer: self.peer(),
            text: text.into(),
            entities: Vec::new(),
            reply: None,
            random_id: self.next(),
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        }
    }

    fn send(&self, by: Caller, text: &str) -> Result<Sent, Refusal> {
        self.hall.run(self.text(by, text))
    }

    fn page(&self, me: Caller) -> Result<Vec<SeenMessage>, Refusal> {
        let part = Part { limit: 100, ..Part::default() };
        let place = history::Place::Chat(self.peer());
        Ok(self.hall.ask(|view| history::page(view, me.user, place, part))?.messages)
    }

    /// The group as one of them reads it, newest first.
    fn read(&self, me: Caller) -> String {
        let line = |it: &SeenMessage| {
            let arrow = if it.row.out { ">" } else { "<" };
            let reply = it.reply_to.map(|id| format!(" re {}", id.0)).unwrap_or_default();
            format!("{}{arrow} {}{reply}", it.id.0, it.body.text)
        };
        match self.page(me) {
            Ok(all) => all.iter().map(line).collect::<Vec<_>>().join(" | "),
            Err(refusal) => format!("{refusal:?}"),
        }
    }
}

/// Keeps the lists and numbers of members as well.
struct Listed {
    channel: ChannelId,
    user: UserId,
    row: MemberRow,
}

impl crate::Command for Listed {
    type Reply = ();

    fn decide(&self, turn: &mut crate::Turn<'_>) -> crate::Decided<()> {
        let old = crate::groups::member(turn, self.channel, self.user)?.unwrap_or_default();
        crate::groups::members::put(turn, self.channel, self.user, &old, &self.row)
    }
}

#[test]
fn a_post_is_one_row_that_all_read_and_one_entry_that_all_hear() {
    for group in groups() {
        group.send(group.alice, "hello").unwrap();
        group.send(group.bob, "hi").unwrap();
        assert_eq!(group.read(group.alice), "2< hi | 1> hello");
        assert_eq!(group.read(group.bob), "2> hi | 1< hello");
        assert_eq!(group.read(group.owner), "2< hi | 1< hello");
        let pts = |log| group.hall.ask(|view| crate::updates::counters(view, log)).unwrap().pts.0;
        assert_eq!(pts(crate::LogId::from(group.id)), 3);
        assert_eq!(pts(group.alice.user.into()), 1, "a mailbox is not touched by a post");
    }
}

#[test]
fn a_random_id_is_its_senders_own_and_sends_once() {
    for group in groups() {
        let message = group.text(group.alice, "once");
        let first = group.hall.run(message.clone()).unwrap();
        let again = group.hall.run(message.clone()).unwrap();
        assert_eq!((again.message, again.entry), (first.message, None));
        let other = group.hall.run(SendMessage { by: group.bob, ..message }).unwrap();
        assert_ne!(other.message, first.message, "two people may draw the same number");
    }
}

#[test]
fn answers_quote_what_was_said_and_nothing_else() {
    for group in groups() {
        group.send(group.alice, "the telegraph at Lille").unwrap();
        let reply = |id, quote: &str| {
            let quote = (!quote.is_empty()).then(|| (quote.to_owned(), Vec::new(), 4));
            let reply = Some(ReplyTo { message: MessageId(id), quote, top: None });
            group.hall.run(SendMessage { reply, ..group.text(group.bob, "yes") })
        };
        reply(1, "telegraph").unwrap();
        assert_eq!(group.read(group.owner), "2< yes re 1 | 1< the telegraph at Lille");
        assert_eq!(reply(1, "telephone"), Err(Refusal::QuoteTextInvalid));
        assert_eq!(reply(9, ""), Err(Refusal::ReplyMessageIdInvalid));
        let row = group.hall.ask(|view| crate::messages::rows::copy(view, group.id, MessageId(2))).unwrap();
        assert_eq!(row.unwrap().mentions, [group.alice.user], "who is answered is called");
    }
}
