//! Tags: what reactions are in Saved Messages. Their names and how often each is used.
//! Source: core.telegram.org/api/saved-messages, "Saved message tags".

use store::Direction;

use super::{Reaction, habits, of, standard};
use crate::{
    caller::Caller,
    ids::{Peer, UserId},
    messages::{
        rows::{copy, id_of},
        saved,
    },
    record,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, View},
};

/// The kind of this row among the account's settings.
const KIND: u8 = 31;

/// Characters of a name; longer ones are cut. Source: TDLib 1.8.66 cuts there.
pub const TITLE_MAX: usize = 12;

/// Messages of one part of Saved Messages whose tags are counted.
const COUNTED_MAX: usize = 10_000;

/// Tags offered to who has none yet.
const OFFERED: usize = 8;

record! {
    /// All tags of an account; stored only sealed.
    pub struct Tags { 1 => tags: Vec<Tag> }
}

record! {
    /// A tag.
    pub struct Tag {
        1 => reaction: Reaction,
        2 => title: String,
        /// Messages that have it.
        3 => count: u32,
    }
}

/// Tags in use or with a name; those of one part of Saved Messages have no names.
pub fn tags(view: &(impl View + ?Sized), user: UserId, of_part: Option<Peer>) -> Decided<Vec<Tag>> {
    let Some(origin) = of_part else { return Ok(habits::sealed::<Tags>(view, user, KIND)?.tags) };
    let mut all = Tags::default();
    for (key, _) in view.scan(&saved::range(user, origin), Direction::Backward, COUNTED_MAX)? {
        let id = id_of(&key);
        let Some(row) = copy(view, user, id)? else { continue };
        for reacted in of(view, user, id, &row)? {
            add(&mut all, &[], &reacted.reactions);
        }
    }
    Ok(all.tags)
}

/// Tags to offer, whoever asks.
pub fn offered() -> impl Iterator<Item = Reaction> {
    standard::all().take(OFFERED)
}

/// Counts a change of one message's tags.
pub(super) fn count(turn: &mut Turn<'_>, user: UserId, old: &[Reaction], new: &[Reaction]) -> Decided<()> {
    let mut all: Tags = habits::sealed(turn, user, KIND)?;
    add(&mut all, old, new);
    habits::put_sealed(turn, user, KIND, &all)
}

fn add(all: &mut Tags, old: &[Reaction], new: &[Reaction]) {
    for tag in old {
        if let Some(it) = all.tags.iter_mut().find(|it| it.reaction == *tag) {
            it.count = it.count.saturating_sub(1);
        }
    }
    for tag in new {
        match all.tags.iter_mut().find(|it| it.reaction == *tag) {
            Some(it) => it.count += 1,
            None => all.tags.push(Tag { reaction: tag.clone(), count: 1, ..Tag::default() }),
        }
    }
    all.tags.retain(|it| it.count > 0 || !it.title.is_empty());
}

/// Names a tag.
pub struct NameTag {
    /// Whose.
    pub by: Caller,
    /// Which.
    pub tag: Reaction,
    /// Empty: no name.
    pub title: String,
}

impl Command for NameTag {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let title: String = self.title.trim().chars().take(TITLE_MAX).collect();
        let mut all: Tags = habits::sealed(turn, self.by.user, KIND)?;
        let before = all.clone();
        match all.tags.iter_mut().find(|it| it.reaction == self.tag) {
            Some(it) => it.title = title,
            None => all.tags.push(Tag { reaction: self.tag.clone(), title, ..Tag::default() }),
        }
        add(&mut all, &[], &[]);
        if all == before {
            return Ok(());
        }
        habits::put_sealed(turn, self.by.user, KIND, &all)?;
        updates::append(turn, self.by.user, Change::SavedReactionTags {}, 0, Some(self.by.origin)).map(drop)
    }
}
