//! Several want one name at the same moment, over engines near and far, and owners die in between: one has it, or
//! nobody, and everything that tells who has it says the same.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::{NameChannel, Naming, resolve};
use crate::{
    Caller, ChannelId, Peer, Refusal,
    groups::{channel, create::CreateChannel, public},
    people::{self, NameKind, names::holder_of, usernames::UpdateUsername},
    service::Command,
    testing::{Crash, Hall},
    turn::Turn,
    view::Decided,
};

/// Schedules that are tried, each from its own seed.
const SCHEDULES: u64 = 12;

/// Rounds of a schedule: in each some claim at once.
const ROUNDS: usize = 20;

const NAMES: [&str; 4] = ["lanterns", "Lanterns", "LANTERNS", "lanternS"];

/// Somebody takes a name for itself or for its channel, or leaves its own where it is empty.
#[derive(Clone)]
struct Claim {
    by: Caller,
    peer: Peer,
    name: String,
}

impl Command for Claim {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (by, name) = (self.by, self.name.clone());
        match self.peer.channel() {
            Some(channel) => NameChannel { by, channel, naming: Naming::Main(name) }.decide(turn),
            None => UpdateUsername { by, name }.decide(turn),
        }
    }
}

struct Rush {
    hall: Hall,
    stranger: Caller,
    wanting: Vec<(Caller, Peer)>,
}

impl Rush {
    fn new(hall: Hall) -> Self {
        let people: Vec<_> = (0..4).map(|n| hall.person("P", &format!("999662400{n}"))).collect();
        let channels = people[..3].iter().map(|it| (*it, Peer::Channel(make(&hall, *it))));
        let wanting = channels.chain(people[..2].iter().map(|it| (*it, Peer::User(it.user)))).collect();
        Self { stranger: people[3], wanting, hall }
    }

    fn claims(&self, who: impl IntoIterator<Item = usize>, name: impl Fn(usize) -> String) -> Vec<Claim> {
        let claim = |at: usize| Claim { by: self.wanting[at].0, peer: self.wanting[at].1, name: name(at) };
        who.into_iter().map(claim).collect()
    }

    /// Who has the name, which all that know of it must agree on.
    fn owner(&self) -> Option<Peer> {
        let holder = self.hall.ask(|view| holder_of(view, NameKind::Username, NAMES[0])).expect("reads");
        let cards: Vec<_> = self.wanting.iter().map(|it| it.1).filter(|it| self.is_called(*it)).collect();
        assert_eq!(cards, holder.into_iter().collect::<Vec<_>>(), "who holds it is called so, and nobody else");
        let resolved = self.hall.ask(|view| resolve(view, self.stranger.user, NAMES[1]));
        assert_eq!(resolved, holder.ok_or(Refusal::UsernameNotOccupied));
        let wanted = public::Wanted { query: NAMES[2].into(), limit: 10, broadcasts: false };
        let found = self.hall.ask(|view| public::search(view, self.stranger.user, &wanted)).expect("searches");
        assert_eq!(found.others, cards, "it is found by it");
        holder
    }

    fn is_called(&self, peer: Peer) -> bool {
        let names = self.hall.ask(|view| match peer {
            Peer::User(user) => {
                let row = people::user(view, user)?.expect("it is there");
                Ok(people::card(view, user, &row)?.usernames)
            }
            Peer::Channel(id) => Ok(channel::card(view, id, &channel::existing(view, id)?)?.usernames),
            Peer::Chat(_) => Ok(Vec::new()),
        });
        names.expect("reads").iter().any(|it| it.active && it.name.eq_ignore_ascii_case(NAMES[0]))
    }
}

fn make(hall: &Hall, by: Caller) -> ChannelId {
    let (title, about) = ("Moths".to_owned(), String::new());
    hall.run(CreateChannel { by, title, about, broadcast: true, forum: false, ttl_period: 0 }).expect("made").0
}

fn halls() -> [Hall; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()]
}

/// The only one who was told that it has the name now.
fn winner(answers: &[Result<(), Refusal>]) -> Option<usize> {
    assert!(answers.iter().all(|it| matches!(it, Ok(()) | Err(Refusal::UsernameOccupied))), "{answers:?}");
    let mut all = answers.iter().enumerate().filter(|(_, it)| it.is_ok()).map(|(at, _)| at);
    let first = all.next();
    assert_eq!(all.next(), None, "one alone");
    first
}

#[test]
fn of_two_who_claim_a_name_at_once_one_has_it() {
    for pair in [[0, 1], [0, 3], [3, 0], [3, 4], [4, 2]] {
        for hall in halls() {
            let rush = Rush::new(hall);
            let answers = rush.hall.run_together(rush.claims(pair, |at| NAMES[at % 4].to_owned()));
            let winner = winner(&answers).expect("the name was free");
            assert_eq!(rush.owner(), Some(rush.wanting[pair[winner]].1));
        }
    }
}

#[test]
fn a_name_that_is_left_and_claimed_at_once_has_one_owner_or_none() {
    for hall in halls() {
        let rush = Rush::new(hall);
        rush.hall.run_together(rush.claims([0], |_| NAMES[0].to_owned()));
        let left = rush.claims([0], |_| String::new()).into_iter();
        let claims = left.chain(rush.claims([3, 1], |_| NAMES[2].to_owned())).collect::<Vec<_>>();
        let answers = rush.hall.run_together(claims);
        assert_eq!(answers[0], Ok(()));
        // Over a distant engine those who read less are decided first, and may still find it taken.
        assert_eq!(rush.owner(), winner(&answers[1..]).map(|at| rush.wanting[[3, 1][at]].1));
    }
}

#[test]
fn in_any_order_and_with_owners_that_die_a_name_has_one_owner() {
    for seed in 0..SCHEDULES {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let [near, far, outbox] = halls();
        let rush = Rush::new([near, far, outbox].into_iter().nth(seed as usize % 3).expect("one of three"));
        for _ in 0..ROUNDS {
            let before = rush.owner();
            let crash = rng.random_ratio(3, 10);
            if crash {
                rush.hall.crash_next(Some(if rng.random() { Crash::Before } else { Crash::After }));
            }
            let mut who: Vec<_> = (0..rush.wanting.len()).filter(|_| rng.random_ratio(6, 10)).collect();
            let by = rng.random_range(0..who.len().max(1));
            who.rotate_left(by);
            let leaving = rng.random_ratio(3, 10);
            let claims = rush.claims(who.clone(), |at| {
                if leaving && Some(rush.wanting[at].1) == before { String::new() } else { NAMES[at % 4].to_owned() }
            });
            let answers = rush.hall.run_together(claims);
            rush.hall.crash_next(None);
            let after = rush.owner();
            if !crash && before.is_none() {
                let winner = winner(&answers).map(|at| rush.wanting[who[at]].1);
                assert_eq!((after, after.is_some()), (winner, !who.is_empty()), "seed {seed}");
            }
        }
    }
}
