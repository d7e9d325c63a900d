//! A supergroup to call methods about.

use domain::{
    Caller, ChannelId, Peer, UserId,
    groups::{ChannelRow, MemberRow},
    testing::{
        Hall,
        groups::{Count, Happening, Happens, Make, Place},
    },
    updates::Event,
};
use tl::{enums, types};

/// A supergroup with people in it.
pub(crate) struct Group {
    pub(crate) hall: Hall,
    pub(crate) id: ChannelId,
    pub(crate) people: Vec<Caller>,
}

impl Group {
    /// Three people in a group that counts so many.
    pub(crate) fn of(members: u32) -> Self {
        Self::with(members, ChannelRow::default())
    }

    /// The same with other settings.
    pub(crate) fn with(members: u32, row: ChannelRow) -> Self {
        let hall = Hall::new();
        let people: Vec<_> = (1..=3).map(|n| hall.person(&format!("P{n}"), &format!("99966210{n:02}"))).collect();
        let row = ChannelRow { creator: people[0].user, ..row };
        let id = hall.run(Make { row, title: "Moths".into() }).expect("made");
        let group = Self { hall, id, people };
        group.people.iter().for_each(|it| group.place(it.user, MemberRow { joined: 1, ..MemberRow::default() }));
        group.hall.run(Count { channel: id, members }).expect("counted");
        group.hall.events();
        group
    }

    /// Writes how somebody stands in it.
    pub(crate) fn place(&self, user: UserId, row: MemberRow) {
        self.hall.run(Place { channel: self.id, user, row }).expect("placed");
    }

    /// Lets something happen and returns what sessions are told of.
    pub(crate) fn happen(&self, what: Happens) -> Event {
        self.hall.run(Happening { channel: self.id, what }).expect("happens");
        self.hall.events().pop().expect("an event")
    }

    /// One of the people writes, and mentions some.
    pub(crate) fn post(&self, by: usize, mentions: &[usize]) -> Event {
        let mentions = mentions.iter().map(|it| self.people[*it].user).collect();
        self.happen(Happens::Post { by: self.people[by].user, text: "hello".into(), mentions })
    }

    /// As one of the people names it.
    pub(crate) fn input(&self, by: usize) -> enums::InputChannel {
        let access_hash = self.hall.domain.world().access_hash(self.people[by].user, Peer::Channel(self.id));
        types::InputChannel { channel_id: crate::render::group::channel_id(self.id), access_hash }.into()
    }
}
