//! Which channels are like which.

use super::similar;
use crate::{
    Caller, ChannelId, Refusal,
    groups::{
        create::CreateChannel,
        joining::JoinChannel,
        usernames::{NameChannel, Naming},
    },
    testing::Hall,
};

struct Stand {
    hall: Hall,
    /// Owners of a channel each, then readers.
    people: Vec<Caller>,
}

impl Stand {
    fn new() -> Self {
        let hall = Hall::new();
        Self { people: (0..12).map(|n| hall.person("P", &format!("99966270{n:02}"))).collect(), hall }
    }

    fn channel(&self, owner: usize, name: Option<&str>, readers: &[usize]) -> ChannelId {
        let by = self.people[owner];
        let (title, about) = ("Paper".to_owned(), String::new());
        let new = CreateChannel { by, title, about, broadcast: true, forum: false, ttl_period: 0 };
        let channel = self.hall.run(new).expect("made").0;
        let naming = |name: &str| NameChannel { by, channel, naming: Naming::Main(name.into()) };
        self.hall.run(naming("for_a_while")).expect("named");
        for reader in readers {
            self.hall.run(JoinChannel { by: self.people[*reader], channel }).expect("it is public");
        }
        self.hall.run(naming(name.unwrap_or_default())).expect("named");
        channel
    }

    fn like(&self, by: usize, to: Option<ChannelId>) -> Vec<ChannelId> {
        self.hall.ask(|view| similar(view, self.people[by].user, to)).expect("reads")
    }
}

#[test]
fn channels_with_the_same_readers_are_alike_and_the_closest_come_first() {
    let it = Stand::new();
    let moths = it.channel(0, Some("moths_daily"), &[4, 5, 6, 7, 8]);
    let close = it.channel(1, Some("moths_weekly"), &[4, 5, 6, 7]);
    let broad = it.channel(2, Some("all_news"), &[4, 5, 6, 9, 10, 0, 1, 3]);
    it.channel(3, Some("of_one_reader"), &[4, 9]);
    it.channel(0, None, &[4, 5, 6, 7, 8]);
    assert_eq!(it.like(11, Some(moths)), [close, broad], "neither private ones nor those of one shared reader");
    assert_eq!(it.like(7, Some(moths)), [broad], "what one is in is no news");
    assert_eq!(it.like(8, None), [close, broad], "like what one is in");
    assert_eq!(it.like(11, None), []);
}

#[test]
fn who_may_not_read_a_channel_learns_of_none_like_it() {
    let it = Stand::new();
    let hidden = it.channel(0, None, &[4, 5, 6]);
    let open = it.channel(1, Some("moths_weekly"), &[4, 5, 6]);
    let by = |at: usize| it.hall.ask(|view| similar(view, it.people[at].user, Some(hidden)));
    assert_eq!((by(11), by(0)), (Err(Refusal::ChannelPrivate), Ok(vec![open])));
    let unknown = it.hall.ask(|view| similar(view, it.people[0].user, Some(ChannelId(12345))));
    assert_eq!(unknown, Err(Refusal::ChannelInvalid));
}
