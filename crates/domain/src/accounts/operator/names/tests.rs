//! Names that an operator gives: switched on, ordered, taken back, and gone with their holder.

use super::*;
use crate::{
    Caller, ChannelId,
    accounts::deletion::DeleteAccount,
    groups::{
        create::CreateChannel,
        deletion::DeleteChannel,
        usernames::{self, NameChannel, Naming, PUBLIC_MAX},
    },
    people::usernames::{ACTIVE_MAX, ReorderUsernames, ToggleUsername, UpdateUsername},
    testing::Hall,
    world::{Registration, Settings},
};

const PHONE: &str = "9996626001";

struct Office {
    hall: Hall,
    owner: Caller,
    other: Caller,
    channel: ChannelId,
}

impl Office {
    /// A person, and its channel with a name of its own.
    fn new() -> Self {
        let registration = Registration::Open;
        let hall = Hall::with(Settings { test_accounts: true, registration, ..Settings::default() }, false);
        let (owner, other) = (hall.sign_up(77, "Olga", PHONE), hall.person("Otto", "9996626002"));
        let channel = make(&hall, owner);
        let office = Self { hall, owner, other, channel };
        office.name(Naming::Main("optics".into())).unwrap();
        office
    }

    fn grant(&self, name: &str, to: &str) -> Result<Peer, Refusal> {
        self.hall.run(GrantName { name: name.into(), to: to.into() })
    }

    fn withdraw(&self, name: &str) -> Result<Peer, Refusal> {
        self.hall.run(WithdrawName { name: name.into() })
    }

    fn name(&self, naming: Naming) -> Result<(), Refusal> {
        self.hall.run(NameChannel { by: self.owner, channel: self.channel, naming })
    }

    fn toggle(&self, name: &str, active: bool) -> Result<(), Refusal> {
        self.hall.run(ToggleUsername { by: self.owner, name: name.into(), active })
    }

    fn resolve(&self, name: &str) -> Result<Peer, Refusal> {
        self.hall.ask(|view| usernames::resolve(view, self.other.user, name))
    }

    /// The channel's names, and whether each resolves.
    fn names(&self) -> Vec<(String, bool)> {
        let names = self.hall.ask(|view| {
            let row = channel::existing(view, self.channel)?;
            Ok(channel::card(view, self.channel, &row)?.usernames)
        });
        names.unwrap().into_iter().map(|it| (it.name, it.active)).collect()
    }
}

fn make(hall: &Hall, by: Caller) -> ChannelId {
    let (title, about) = ("Optics".into(), String::new());
    hall.run(CreateChannel { by, title, about, broadcast: true, forum: false, ttl_period: 0 }).unwrap().0
}

const FREE: Result<Peer, Refusal> = Err(Refusal::UsernameNotOccupied);

#[test]
fn a_given_name_of_a_channel_leads_there_once_its_owner_switches_it_on() {
    let office = Office::new();
    let here = Ok(Peer::Channel(office.channel));
    assert_eq!(office.grant("Tower_of_Lille", "@optics"), here);
    assert_eq!(office.resolve("tower_of_lille"), FREE);
    assert_eq!(
        office.name(Naming::Main("tower_of_lille".into())),
        Err(Refusal::UsernameOccupied),
        "it is no main name"
    );
    office.name(Naming::Toggle("tower_of_lille".into(), true)).unwrap();
    assert_eq!(office.resolve("tower_of_lille"), here);
    let order = ["Tower_of_Lille", "optics"].map(str::to_owned);
    office.name(Naming::Order(order.to_vec())).unwrap();
    assert_eq!(office.names(), order.clone().map(|it| (it, true)));
    office.name(Naming::Main(String::new())).unwrap();
    assert_eq!(
        (office.resolve("tower_of_lille"), office.resolve("optics")),
        (here, FREE),
        "one is enough to be public"
    );
    assert_eq!(office.grant("another_tower", "@tower_of_lille"), here, "it is found by this one too");
    office.name(Naming::Quiet).unwrap();
    assert_eq!(office.resolve("tower_of_lille"), FREE);
    let row = office.hall.ask(|view| channel::existing(view, office.channel)).unwrap();
    assert!(!row.public);
}

#[test]
fn a_given_name_of_a_person_leads_to_it_once_it_switches_it_on() {
    let office = Office::new();
    let (by, here) = (office.owner, Ok(Peer::User(office.owner.user)));
    office.hall.run(UpdateUsername { by, name: "olga_of_lille".into() }).unwrap();
    assert_eq!(office.grant("tower_of_lille", &format!("+{PHONE}")), here);
    assert_eq!(office.resolve("tower_of_lille"), FREE);
    let taken = UpdateUsername { by, name: "Tower_of_Lille".into() };
    assert_eq!(office.hall.run(taken), Err(Refusal::UsernameOccupied));
    office.toggle("tower_of_lille", true).unwrap();
    assert_eq!(office.resolve("tower_of_lille"), here);
    let order = ["tower_of_lille", "olga_of_lille"].map(str::to_owned).to_vec();
    office.hall.run(ReorderUsernames { by, order: order.clone() }).unwrap();
    let seen = office.hall.ask(|view| crate::people::seen(view, office.other.user, by.user)).unwrap().unwrap();
    assert_eq!(seen.usernames.into_iter().map(|it| it.name).collect::<Vec<_>>(), order);
    office.toggle("tower_of_lille", false).unwrap();
    assert_eq!(office.resolve("tower_of_lille"), FREE);
}

#[test]
fn only_a_name_that_is_free_is_given_and_only_to_who_is_there() {
    let office = Office::new();
    let cases = [
        ("towers", "@nobody_here", Refusal::UsernameNotOccupied),
        ("towers", "+33612345678", Refusal::PhoneNumberUnoccupied),
        ("towers", "optics", Refusal::PhoneNumberInvalid),
        ("Optics", "@optics", Refusal::UsernameOccupied),
        ("tow", "@optics", Refusal::UsernameInvalid),
        ("of__lille", "@optics", Refusal::UsernameInvalid),
        ("@towers", "@optics", Refusal::UsernameInvalid),
    ];
    for (name, to, why) in cases {
        assert_eq!(office.grant(name, to), Err(why), "{name} to {to}");
    }
    assert_eq!(office.name(Naming::Main("support".into())), Err(Refusal::UsernameOccupied));
    assert_eq!(office.grant("support", "@optics"), Ok(Peer::Channel(office.channel)), "a reserved one is given");
}

#[test]
fn a_name_that_is_taken_back_is_free_but_nobodys_own_is_taken() {
    let office = Office::new();
    office.grant("tower_of_lille", "@optics").unwrap();
    office.name(Naming::Toggle("tower_of_lille".into(), true)).unwrap();
    assert_eq!(office.withdraw("optics"), Err(Refusal::UsernameNotModified));
    assert_eq!(office.withdraw("Tower_of_Lille"), Ok(Peer::Channel(office.channel)));
    assert_eq!((office.resolve("tower_of_lille"), office.names()), (FREE, vec![("optics".into(), true)]));
    assert_eq!(office.withdraw("tower_of_lille"), FREE);
    office.grant("tower_of_lille", &format!("+{PHONE}")).unwrap();
    assert_eq!(office.withdraw("tower_of_lille"), Ok(Peer::User(office.owner.user)));
    office.hall.run(UpdateUsername { by: office.other, name: "tower_of_lille".into() }).unwrap();
    assert_eq!(office.resolve("tower_of_lille"), Ok(Peer::User(office.other.user)));
}

#[test]
fn a_given_name_ends_with_its_holder() {
    let office = Office::new();
    office.grant("towers", "@optics").unwrap();
    office.grant("semaphores", &format!("+{PHONE}")).unwrap();
    office.toggle("semaphores", true).unwrap();
    office.hall.run(DeleteChannel { by: office.owner, channel: office.channel }).unwrap();
    let link_prefix = "https://example.org/".into();
    let (user, key) = (office.owner.user, office.owner.origin.key);
    office.hall.run(DeleteAccount { user, key, proved: None, link: [7; 16], link_prefix }).unwrap();
    for name in ["towers", "semaphores"] {
        let free = UpdateUsername { by: office.other, name: name.into() };
        assert_eq!(office.hall.run(free), Ok(()), "{name} is free");
    }
}

#[test]
fn nobody_holds_or_shows_more_names_than_there_may_be() {
    let office = Office::new();
    for at in 1..HELD_MAX {
        office.grant(&format!("tower_{at}"), "@optics").unwrap();
    }
    assert_eq!(office.grant("one_more", "@optics"), Err(Refusal::UsernamesActiveTooMuch));
    for at in 1..ACTIVE_MAX {
        office.name(Naming::Toggle(format!("tower_{at}"), true)).unwrap();
    }
    let last = Naming::Toggle(format!("tower_{ACTIVE_MAX}"), true);
    assert_eq!(office.name(last.clone()), Err(Refusal::UsernamesActiveTooMuch));
    office.name(Naming::Toggle("tower_1".into(), false)).unwrap();
    assert_eq!(office.name(last), Ok(()));
}

#[test]
fn a_given_name_makes_no_more_channels_public_than_one_may_own() {
    let office = Office::new();
    office.grant("towers", "@optics").unwrap();
    office.name(Naming::Main(String::new())).unwrap();
    for at in 0..PUBLIC_MAX {
        let (by, channel) = (office.owner, make(&office.hall, office.owner));
        office.hall.run(NameChannel { by, channel, naming: Naming::Main(format!("optics_{at}")) }).unwrap();
    }
    let on = || office.name(Naming::Toggle("towers".into(), true));
    assert_eq!(on(), Err(Refusal::ChannelsAdminPublicTooMuch));
    assert_eq!(office.names(), [("towers".into(), false)]);
}
