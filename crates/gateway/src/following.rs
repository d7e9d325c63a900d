//! What a heard topic hears beside its own entries: the topics that it follows, as a mailbox follows the
//! logs of its channels. Heard topics go by their numbers in [`Hearing`](crate::hearing::Hearing), and followed ones by
//! numbers of this file, so a pair takes four bytes at the follower and about two in the set of who follows.

use std::{
    collections::{HashMap, hash_map::Entry},
    ops::Bound,
    panic::AssertUnwindSafe,
    sync::Arc,
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use roaring::RoaringBitmap;
use slab::Slab;

use crate::service::{Service, Topic, Unavailable};

/// What a topic follows, asked of the service once for all who wait for it.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) who: Topic,
    answer: Shared<BoxFuture<'static, Result<Arc<[Topic]>, Unavailable>>>,
}

/// A topic begins or ends to follow another.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    pub(crate) who: Topic,
    pub(crate) what: Topic,
    pub(crate) follows: bool,
}

/// What is known of what a heard topic follows.
pub(crate) enum Follows {
    /// Nothing yet.
    Asked(Box<Asked>),
    /// The numbers of all.
    Known(Vec<u32>),
}

/// A question whose answer has not been taken in.
pub(crate) struct Asked {
    pub(crate) ask: Ask,
    /// What changed meanwhile, the last change of each followed topic: the answer may be older.
    changes: Vec<Change>,
}

/// Topics that are followed, each with the numbers of the heard ones that do.
#[derive(Default)]
pub(crate) struct Followed {
    numbers: HashMap<Topic, u32>,
    all: Slab<One>,
}

struct One {
    topic: Topic,
    followers: RoaringBitmap,
}

impl Ask {
    /// Nothing is asked before somebody waits.
    pub(crate) fn new(service: &Arc<dyn Service>, who: Topic) -> Self {
        let service = Arc::clone(service);
        let ask = async move { service.follows(who).await.map(Arc::from) };
        // Whoever waits is told that there is no answer, rather than panicking as well.
        let answer = AssertUnwindSafe(ask).catch_unwind().map(|it| it.unwrap_or(Err(Unavailable)));
        Self { who, answer: answer.boxed().shared() }
    }

    pub(crate) async fn answer(&self) -> Result<Arc<[Topic]>, Unavailable> {
        self.answer.clone().await
    }

    fn is(&self, other: &Self) -> bool {
        self.answer.ptr_eq(&other.answer)
    }
}

impl Follows {
    pub(crate) fn asked(ask: Ask) -> Self {
        Self::Asked(Box::new(Asked { ask, changes: Vec::new() }))
    }

    /// Takes in an answer, and over it what has changed since it was asked. The first of those who
    /// waited does; what was asked before the topic was last silent is of no use.
    pub(crate) fn learn(&mut self, followed: &mut Followed, follower: u32, ask: &Ask, answer: &[Topic]) {
        let Self::Asked(asked) = self else { return };
        if !asked.ask.is(ask) {
            return;
        }
        let changes = std::mem::take(&mut asked.changes);
        let still = answer.iter().copied().filter(|it| changes.iter().all(|change| change.what != *it));
        let since = changes.iter().filter(|it| it.follows).map(|it| it.what);
        let mut all = Vec::with_capacity(answer.len());
        all.extend(still.chain(since).filter_map(|what| followed.add(what, follower)));
        *self = Self::Known(all);
    }

    /// A change about this topic.
    pub(crate) fn change(&mut self, followed: &mut Followed, follower: u32, change: Change) {
        match self {
            Self::Asked(asked) => {
                asked.changes.retain(|it| it.what != change.what);
                asked.changes.push(change);
            }
            Self::Known(all) if change.follows => all.extend(followed.add(change.what, follower)),
            Self::Known(all) => {
                if let Some(number) = followed.number(change.what)
                    && let Some(at) = all.iter().position(|it| *it == number)
                {
                    all.swap_remove(at);
                    followed.remove(number, follower);
                }
            }
        }
    }

    /// Nobody hears the topic any more.
    pub(crate) fn forget(self, followed: &mut Followed, follower: u32) {
        match self {
            Self::Asked(_) => {}
            Self::Known(all) => all.into_iter().for_each(|number| followed.remove(number, follower)),
        }
    }
}

impl Followed {
    fn number(&self, what: Topic) -> Option<u32> {
        self.numbers.get(&what).copied()
    }

    /// One more follower; the number of what it follows, unless it did already.
    fn add(&mut self, what: Topic, follower: u32) -> Option<u32> {
        let number = match self.numbers.entry(what) {
            Entry::Occupied(it) => *it.get(),
            Entry::Vacant(it) => *it.insert(number_of(self.all.insert(One::new(what)))),
        };
        self.all[number as usize].followers.insert(follower).then_some(number)
    }

    fn remove(&mut self, number: u32, follower: u32) {
        let one = &mut self.all[number as usize];
        one.followers.remove(follower);
        if one.followers.is_empty() {
            self.numbers.remove(&one.topic);
            self.all.remove(number as usize);
        }
    }

    /// How many follow a topic.
    pub(crate) fn count(&self, what: Topic) -> u64 {
        self.number(what).map_or(0, |it| self.all[it as usize].followers.len())
    }

    /// Who follows a topic, in the order of their numbers, behind `after`.
    pub(crate) fn followers(&self, what: Topic, after: Option<u32>) -> impl Iterator<Item = u32> {
        let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
        let one = self.number(what).map(|it| &self.all[it as usize]);
        one.into_iter().flat_map(move |it| it.followers.range((behind, Bound::Unbounded)))
    }
}

impl One {
    fn new(topic: Topic) -> Self {
        Self { topic, followers: RoaringBitmap::new() }
    }
}

/// A place in a slab as a number.
pub(crate) fn number_of(place: usize) -> u32 {
    u32::try_from(place).expect("memory ends before four thousand million topics are heard")
}
