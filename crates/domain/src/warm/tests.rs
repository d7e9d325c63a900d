//! What was read before is told again only while nothing of it has changed.

use super::*;
use crate::{
    Command, Decided, Peer, Refusal, Turn,
    groups::{ChannelRow, MemberRow, channel},
    messages::{self, SeenMessage, dialogs},
    people::{self, edit::UpdateProfile},
    sealing,
    testing::{
        Crash, Hall,
        counting::{Cost, Counting},
        groups::{Happening, Happens, Make, Place},
    },
};

struct Destroy(Peer);

impl Command for Destroy {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        sealing::destroy(turn, sealing::group_scope(self.0))
    }
}

/// A group with a message of somebody.
fn group(hall: &Hall) -> (crate::Caller, ChannelId) {
    let author = hall.person("Alice", "9996621001");
    let row = ChannelRow { creator: author.user, ..ChannelRow::default() };
    let channel = hall.run(Make { row, title: "Moths".into() }).expect("made");
    let text = String::from("hello");
    hall.run(Happening { channel, what: Happens::Post { by: author.user, text, mentions: Vec::new() } })
        .expect("posted");
    (author, channel)
}

fn read(view: &dyn View, channel: ChannelId) -> Decided<Option<SeenMessage>> {
    Ok(messages::seen_in(view, UserId(9), channel.into(), [MessageId(1)])?.pop())
}

fn text(hall: &Hall, channel: ChannelId) -> Result<Option<String>, Refusal> {
    Ok(hall.ask(|view| read(view, channel))?.map(|it| it.body.text))
}

fn edit(channel: ChannelId, text: &str) -> Happening {
    Happening { channel, what: Happens::Edit(MessageId(1), text.into()) }
}

/// What it costs to read the message, its author and its group.
fn cost(hall: &Hall, author: UserId, id: ChannelId) -> Cost {
    let cost = hall.ask(|view| {
        let view = Counting::over(view);
        read(&view, id)?;
        people::seen_min(&view, author)?;
        channel::known(&view, id)?;
        Ok(view.cost())
    });
    cost.expect("readable")
}

#[test]
fn a_second_reader_reads_nothing_until_something_changes() {
    let hall = Hall::new();
    let (author, id) = group(&hall);
    assert!(cost(&hall, author.user, id).opened >= 3);
    assert_eq!(cost(&hall, author.user, id), Cost::default());
    assert_eq!(cost(&hall.cold(), author.user, id).opened, 3);
    hall.run(edit(id, "changed")).expect("edited");
    assert_eq!(cost(&hall, author.user, id).opened, 1, "the message alone");
    assert_eq!(text(&hall, id), Ok(Some("changed".into())));
    let renamed = UpdateProfile { by: author, first_name: Some("Bob".into()), last_name: None, about: None };
    hall.run(renamed).expect("renamed");
    let seen = hall.ask(|view| people::seen_min(view, author.user)).expect("readable").expect("somebody");
    assert_eq!(seen.first_name, "Bob");
    hall.run(Happening { channel: id, what: Happens::Delete(vec![MessageId(1)]) }).expect("deleted");
    assert_eq!(text(&hall, id), Ok(None));
}

#[test]
fn a_command_sees_what_is_not_committed_and_leaves_nothing_of_it() {
    struct Look(ChannelId, &'static str);
    impl Command for Look {
        type Reply = String;
        fn decide(&self, turn: &mut Turn<'_>) -> Decided<String> {
            edit(self.0, self.1).decide(turn)?;
            let seen = read(turn, self.0)?.map(|it| it.body.text);
            Ok(seen.unwrap_or_default())
        }
    }
    let hall = Hall::new();
    let (_, id) = group(&hall);
    assert_eq!(text(&hall, id), Ok(Some("hello".into())));
    hall.crash_next(Some(Crash::Before));
    assert_eq!(hall.run_alone(Look(id, "lost")), Err(Refusal::Unavailable));
    assert_eq!(text(&hall, id), Ok(Some("hello".into())));
    assert_eq!(hall.run(Look(id, "kept")), Ok("kept".into()));
    assert_eq!(text(&hall, id), Ok(Some("kept".into())));
}

#[test]
fn after_a_commit_of_which_nobody_knows_everything_is_read_anew() {
    let hall = Hall::new();
    let (_, id) = group(&hall);
    assert_eq!(text(&hall, id), Ok(Some("hello".into())));
    hall.crash_next(Some(Crash::After));
    assert_eq!(hall.run_alone(edit(id, "stored")), Err(Refusal::Unavailable));
    assert_eq!(text(&hall, id), Ok(Some("stored".into())));
}

#[test]
fn with_its_key_what_was_opened_goes_from_memory() {
    let hall = Hall::new();
    let (author, id) = group(&hall);
    cost(&hall, author.user, id);
    let warm = &hall.domain.world().warm;
    assert_eq!((warm.messages.len(), warm.channels.len(), warm.users.len()), (1, 1, 1));
    hall.run(Destroy(Peer::Channel(id))).expect("destroyed");
    assert_eq!((warm.messages.len(), warm.channels.len(), warm.users.len()), (0, 0, 1));
    assert_eq!(text(&hall, id), Err(Refusal::Unavailable));
}

#[test]
fn unread_messages_are_counted_once_for_all_who_have_many() {
    let hall = Hall::new();
    let (author, channel) = group(&hall);
    let readers = [author, hall.person("Bob", "9996621002"), hall.person("Carol", "9996621003")];
    let happen = |what| hall.run(Happening { channel, what }).map(drop).expect("happens");
    for (user, visible_from) in readers.iter().zip([0, 0, 30]).map(|(it, from)| (it.user, MessageId(from))) {
        let row = MemberRow { joined: 1, visible_from, ..MemberRow::default() };
        hall.run(Place { channel, user, row }).expect("placed");
    }
    let check = || {
        let unread = |hall: &Hall| readers.map(|it| hall.ask(|view| dialogs::unread(view, it.user)).expect("readable"));
        assert_eq!(unread(&hall), unread(&hall.cold()));
        unread(&hall)
    };
    for n in 0..60 {
        let (by, mentions) = (readers[n % 2].user, Vec::new());
        happen(Happens::Post { by, text: "more".into(), mentions });
        check();
    }
    assert_eq!(check(), [30, 31, 32]);
    happen(Happens::Delete((40..50).map(MessageId).collect()));
    assert_eq!(check(), [25, 26, 22]);
    let cost = hall.ask(|view| {
        let view = Counting::over(view);
        dialogs::unread(&view, readers[1].user)?;
        Ok(view.cost())
    });
    let own = Cost { gets: 1, scans: 2, opened: 0 };
    assert_eq!(cost, Ok(own), "its dialogs, its channels, its place in the one");
}
