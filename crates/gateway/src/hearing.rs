//! Who hears what: each topic that is heard has a number here, the sessions that listen to it, and what it follows.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use slab::Slab;

use crate::{
    following::{Ask, Change, Followed, Follows, number_of},
    service::{Service, Topic},
    session::Cell,
};

#[derive(Default)]
pub(crate) struct Hearing {
    numbers: HashMap<Topic, u32>,
    heard: Slab<Heard>,
    followed: Followed,
    /// How often it has changed who hears what.
    changes: u64,
}

/// A topic that somebody listens to.
struct Heard {
    topic: Topic,
    cells: Vec<Arc<Cell>>,
    follows: Follows,
}

impl Hearing {
    /// How often it has changed who hears what: while that stays the same, so does who hears a topic.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// A session listens to a topic from now on.
    pub(crate) fn enter(&mut self, topic: Topic, cell: &Arc<Cell>, service: &Arc<dyn Service>) {
        self.changes += 1;
        match self.numbers.entry(topic) {
            Entry::Occupied(it) => self.heard[*it.get() as usize].cells.push(Arc::clone(cell)),
            Entry::Vacant(it) => {
                let follows = Follows::asked(Ask::new(service, topic));
                // Mostly one session listens to a mailbox.
                let heard = Heard { topic, cells: vec![Arc::clone(cell)], follows };
                it.insert(number_of(self.heard.insert(heard)));
            }
        }
    }

    pub(crate) fn leave(&mut self, topic: Topic, cell: &Arc<Cell>) {
        self.changes += 1;
        let Some(number) = self.numbers.get(&topic).copied() else { return };
        let cells = &mut self.heard[number as usize].cells;
        cells.retain(|it| !Arc::ptr_eq(it, cell));
        if cells.is_empty() {
            self.numbers.remove(&topic);
            self.heard.remove(number as usize).follows.forget(&mut self.followed, number);
        }
    }

    /// What is still being asked about a topic.
    pub(crate) fn asked(&self, topic: Topic) -> Option<&Ask> {
        let number = self.numbers.get(&topic)?;
        match &self.heard[*number as usize].follows {
            Follows::Asked(it) => Some(&it.ask),
            Follows::Known(_) => None,
        }
    }

    /// Takes in what a topic follows, where that is still asked.
    pub(crate) fn learn(&mut self, ask: &Ask, answer: &[Topic]) {
        self.changes += 1;
        if let Some(number) = self.numbers.get(&ask.who).copied() {
            self.heard[number as usize].follows.learn(&mut self.followed, number, ask, answer);
        }
    }

    /// A topic follows another, or no longer; nothing when nobody hears it.
    pub(crate) fn change(&mut self, change: Change) {
        if let Some(number) = self.numbers.get(&change.who).copied() {
            self.changes += 1;
            self.heard[number as usize].follows.change(&mut self.followed, number, change);
        }
    }

    /// The sessions that listen to a topic.
    pub(crate) fn listeners(&self, topic: Topic) -> &[Arc<Cell>] {
        self.numbers.get(&topic).map_or(&[], |it| &self.heard[*it as usize].cells)
    }

    /// Topics that follow this one, each with its number, behind a number, and with who listens to it.
    pub(crate) fn followers(
        &self,
        what: Topic,
        after: Option<u32>,
    ) -> impl Iterator<Item = (u32, Topic, &[Arc<Cell>])> {
        self.followed.followers(what, after).map(|number| {
            let Heard { topic, cells, .. } = &self.heard[number as usize];
            (number, *topic, cells.as_slice())
        })
    }

    /// How many sessions hear a topic, as far as that can be said without looking at each: a topic that follows it
    /// counts as one.
    pub(crate) fn count(&self, topic: Topic) -> u64 {
        self.listeners(topic).len() as u64 + self.followed.count(topic)
    }
}
