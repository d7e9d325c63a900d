//! Who has read furthest, in a channel and in each thread of it: two are kept, so that everybody knows how far
//! somebody else has read.

use super::rows::copy;
use crate::{
    groups::access::Access,
    ids::{MessageId, UserId},
    record,
    view::{Decided, Rows},
};

record! {
    /// The two who have read furthest: whoever asks, at least one of them is somebody else.
    pub struct ReadersRow {
        1 => first: UserId,
        2 => first_up_to: MessageId,
        3 => second: UserId,
        4 => second_up_to: MessageId,
    }
}

impl ReadersRow {
    /// How far somebody other than this user has read.
    pub fn beside(&self, user: UserId) -> MessageId {
        if self.first == user { self.second_up_to } else { self.first_up_to }
    }

    /// The same after one has read on.
    pub(super) fn after(&self, user: UserId, up_to: MessageId) -> Self {
        let mut it = self.clone();
        if it.first == user {
            it.first_up_to = it.first_up_to.max(up_to);
        } else if it.second == user || up_to > it.second_up_to {
            (it.second, it.second_up_to) = (user, up_to.max(it.second_up_to));
        }
        if it.second_up_to > it.first_up_to {
            std::mem::swap(&mut it.first, &mut it.second);
            std::mem::swap(&mut it.first_up_to, &mut it.second_up_to);
        }
        it
    }

    /// The authors of these messages, besides the reader, who learn by `new` that one of them was read, and up to
    /// where somebody else has read now.
    pub(super) fn news(
        &self,
        new: &Self,
        view: &(impl Rows + ?Sized),
        access: &Access,
        reader: UserId,
        ids: impl IntoIterator<Item = MessageId>,
    ) -> Decided<Vec<(UserId, MessageId)>> {
        let mut told: Vec<(UserId, MessageId)> = Vec::new();
        for id in ids {
            let Some(author) = copy(view, access.log(), id)?.map(|it| it.from) else { continue };
            let (was, is) = (self.beside(author), new.beside(author));
            let known = author == reader || author == UserId::NOBODY || told.iter().any(|(it, _)| *it == author);
            if !known && id > was && id <= is {
                told.push((author, is));
            }
        }
        Ok(told)
    }
}
