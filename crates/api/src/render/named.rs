//! Whom an answer names: users, groups and channels, each once, as the caller sees them.

use std::collections::BTreeSet;

use domain::{
    Decided, Peer, UserId, View,
    groups::{self, SeenGroup},
    messages::SeenMessage,
    people::{self, SeenUser},
};
use tl::enums;

use crate::render;

/// Those to be named, by number.
#[derive(Clone, Debug, Default)]
pub struct Named {
    users: BTreeSet<UserId>,
    groups: BTreeSet<Peer>,
    /// Those that a link opens to the viewer.
    opened: BTreeSet<Peer>,
}

impl Named {
    /// A user.
    pub fn user(&mut self, user: UserId) {
        self.users.insert(user);
    }

    /// Several users.
    pub fn users(&mut self, users: impl IntoIterator<Item = UserId>) {
        self.users.extend(users);
    }

    /// Whoever a peer is.
    pub fn peer(&mut self, peer: Peer) {
        match peer {
            Peer::User(user) => self.users.insert(user),
            Peer::Chat(_) | Peer::Channel(_) => self.groups.insert(peer),
        };
    }

    /// A group or channel that a link opens to who asks.
    pub fn opened(&mut self, peer: Peer) {
        self.opened.insert(peer);
    }

    /// All whom a message names.
    pub fn message(&mut self, seen: &SeenMessage) {
        self.users.extend(seen.people());
        self.groups.extend(seen.groups());
    }

    /// All whom several messages name.
    pub fn messages<'a>(&mut self, seen: impl IntoIterator<Item = &'a SeenMessage>) {
        seen.into_iter().for_each(|it| self.message(it));
    }

    /// Those that one message after another names, for short.
    pub fn of<'a>(seen: impl IntoIterator<Item = &'a SeenMessage>) -> Self {
        let mut all = Self::default();
        all.messages(seen);
        all
    }

    /// As `viewer` sees them.
    pub fn read(&self, view: &dyn View, viewer: UserId) -> Decided<Shown> {
        let mut groups = groups::seen_all(view, viewer, self.groups.iter().copied())?;
        groups.extend(groups::seen::seen_opened(view, viewer, self.opened.iter().copied())?);
        Ok(Shown { users: people::seen_all(view, viewer, self.users.iter().copied())?, groups })
    }

    /// As any member of a large group may see them.
    pub fn read_min(&self, view: &dyn View) -> Decided<Shown> {
        Ok(Shown {
            users: people::seen_all_min(view, self.users.iter().copied())?,
            groups: groups::seen_all_min(view, self.groups.iter().copied())?,
        })
    }
}

/// Users, groups and channels as one viewer sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    users: Vec<SeenUser>,
    groups: Vec<SeenGroup>,
}

impl Shown {
    /// The users, as TL.
    pub fn users(&self) -> Vec<enums::User> {
        render::user::users(&self.users)
    }

    /// The groups and channels, as TL.
    pub fn chats(&self) -> Vec<enums::Chat> {
        render::group::chats(&self.groups)
    }
}
