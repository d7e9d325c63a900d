//! What one process remembers of the posts that its people look at: who has seen them, what is not yet handed in.
//! It holds no lock, reads nothing and knows no owner; lost, it loses the views of the last seconds.

use std::collections::{HashMap, HashSet};

use super::{
    Counts, Post, Source,
    flush::{CountViews, POSTS_MAX, VIEWS_MAX},
    look::Look,
    viewers::Viewers,
};
use crate::{
    ids::{ChannelId, Now},
    messages::{comments::Comments, threads::ThreadRow},
};

/// Posts that are remembered.
pub(super) const HOT_MAX: usize = 8192;

/// Hashes that are remembered, in all: some 40 MB.
const HASHES_MAX: usize = 1 << 21;

/// Names under which posts are known, copies among them.
const NAMES_MAX: usize = 65_536;

/// Milliseconds after which a post that nobody looks at is forgotten.
const IDLE_MS: u64 = 600_000;

/// Milliseconds for which forwards and comments of a hot post are as they were read.
const FRESH_MS: u64 = 3000;

/// The memory.
#[derive(Default)]
pub struct Tally {
    posts: HashMap<Post, Hot>,
    names: HashMap<Post, Option<Post>>,
    hashes: usize,
}

struct Hot {
    viewers: Viewers,
    /// As the owner has it, with what other processes counted.
    read: Read,
    read_at: Now,
    seen_at: Now,
    /// Not yet handed in.
    waiting: Vec<(u32, Source)>,
}

/// What was read of a post.
#[derive(Clone, Debug, Default)]
pub(super) struct Read {
    pub(super) counts: Counts,
    pub(super) thread: Option<ThreadRow>,
    /// As somebody has them who has read none.
    pub(super) comments: Option<Comments>,
}

/// What is to be read of a post before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// Nothing: it is hot.
    Nothing,
    /// How it stands.
    Counts,
    /// Who has seen it, too.
    Viewers,
}

impl Tally {
    /// The post that a message of a channel shows the counters of, where that is known.
    pub(super) fn named(&self, message: Post) -> Option<Option<Post>> {
        self.names.get(&message).copied()
    }

    /// Remembers it.
    pub(super) fn name(&mut self, message: Post, post: Option<Post>) {
        if self.names.len() >= NAMES_MAX {
            self.names.clear();
        }
        self.names.insert(message, post);
    }

    /// What is to be read of a post now; whoever only looks need not know who has seen it.
    pub(super) fn wants(&self, now: Now, post: Post, seen: bool) -> Wants {
        match self.posts.get(&post) {
            Some(it) if now.ms < it.read_at.ms.saturating_add(FRESH_MS) => Wants::Nothing,
            None if seen => Wants::Viewers,
            Some(_) | None => Wants::Counts,
        }
    }

    /// Takes in how a post stands, if it is remembered.
    pub(super) fn refresh(&mut self, now: Now, post: Post, read: &Read) {
        if let Some(hot) = self.posts.get_mut(&post) {
            (hot.read, hot.read_at) = (read.clone(), now);
        }
    }

    /// Remembers a post from now on. `false`: there is no room.
    pub(super) fn admit(&mut self, now: Now, post: Post, read: &Read, viewers: Viewers) -> bool {
        if self.posts.contains_key(&post) {
            return true;
        }
        if self.is_full(viewers.weight()) {
            self.forget_before(now.ms.saturating_sub(FRESH_MS));
        }
        if self.is_full(viewers.weight()) {
            return false;
        }
        self.hashes += viewers.weight();
        let hot = Hot { viewers, read: read.clone(), read_at: now, seen_at: now, waiting: Vec::new() };
        self.posts.insert(post, hot);
        true
    }

    /// Whether a post is remembered.
    pub(super) fn has(&self, post: Post) -> bool {
        self.posts.contains_key(&post)
    }

    /// How a post stands.
    pub(super) fn look(&mut self, now: Now, post: Post) -> Option<Look> {
        let hot = self.posts.get_mut(&post)?;
        hot.seen_at = now;
        let mut read = hot.read.clone();
        read.counts.views = read.counts.views.max(hot.viewers.count());
        Some(Look::of(post, read))
    }

    /// Counts a viewer, once.
    pub(super) fn see(&mut self, post: Post, viewer: u32, source: Source) {
        let Some(hot) = self.posts.get_mut(&post) else { return };
        let before = hot.viewers.weight();
        if hot.viewers.add(viewer) {
            hot.waiting.push((viewer, source));
            self.hashes = self.hashes + hot.viewers.weight() - before;
        }
    }

    /// What is to be handed in now, a command a channel or several; and what nobody looks at is forgotten.
    pub fn poll_due(&mut self, now: Now) -> Vec<CountViews> {
        let mut channels = HashMap::<ChannelId, Vec<_>>::new();
        for (post, hot) in self.posts.iter_mut().filter(|(_, it)| !it.waiting.is_empty()) {
            channels.entry(post.channel).or_default().push((post.message, std::mem::take(&mut hot.waiting)));
        }
        let mut all = Vec::new();
        for (channel, mut posts) in channels {
            posts.sort_unstable_by_key(|it| it.0);
            let mut next = CountViews { channel, posts: Vec::new() };
            let mut views = 0;
            for post in posts {
                if next.posts.len() >= POSTS_MAX || views >= VIEWS_MAX {
                    all.push(std::mem::replace(&mut next, CountViews { channel, posts: Vec::new() }));
                    views = 0;
                }
                views += post.1.len();
                next.posts.push(post);
            }
            all.push(next);
        }
        let handed: HashSet<_> = all.iter().flat_map(posts_of).collect();
        let (idle, hashes) = (now.ms.saturating_sub(IDLE_MS), &mut self.hashes);
        self.posts.retain(|post, hot| {
            let stays = hot.seen_at.ms >= idle || handed.contains(post);
            *hashes -= if stays { 0 } else { hot.viewers.weight() };
            stays
        });
        all
    }

    /// What was handed in is stored. A post that is gone is forgotten.
    pub(super) fn handle_counted(&mut self, command: &CountViews, counts: &[(Post, Counts)]) {
        for post in posts_of(command) {
            match (counts.iter().find(|(it, _)| *it == post), self.posts.get_mut(&post)) {
                (Some((_, counts)), Some(hot)) => hot.read.counts = *counts,
                (None, Some(hot)) => {
                    self.hashes -= hot.viewers.weight();
                    self.posts.remove(&post);
                    self.names.remove(&post);
                }
                (_, None) => {}
            }
        }
    }

    /// It is not: it is handed in again.
    pub(super) fn handle_failed(&mut self, command: CountViews) {
        for (message, mut views) in command.posts {
            if let Some(hot) = self.posts.get_mut(&Post { channel: command.channel, message }) {
                hot.waiting.append(&mut views);
            }
        }
    }

    fn is_full(&self, more: usize) -> bool {
        self.posts.len() >= HOT_MAX || self.hashes + more > HASHES_MAX
    }

    fn forget_before(&mut self, ms: u64) {
        let hashes = &mut self.hashes;
        self.posts.retain(|_, hot| {
            let stays = hot.seen_at.ms >= ms || !hot.waiting.is_empty();
            *hashes -= if stays { 0 } else { hot.viewers.weight() };
            stays
        });
    }
}

fn posts_of(command: &CountViews) -> impl Iterator<Item = Post> + '_ {
    command.posts.iter().map(|(message, _)| Post { channel: command.channel, message: *message })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::MessageId;

    fn post(n: usize) -> Post {
        Post { channel: ChannelId(1), message: MessageId(i32::try_from(n).expect("a small number")) }
    }

    fn admit(it: &mut Tally, ms: u64, n: usize) -> bool {
        it.admit(Now { ms }, post(n), &Read::default(), Viewers::default())
    }

    #[test]
    fn a_full_memory_forgets_what_is_handed_in_and_never_what_waits() {
        let mut it = Tally::default();
        for n in 0..HOT_MAX {
            assert!(admit(&mut it, 0, n));
            it.see(post(n), 7, Source::Followers);
        }
        assert!(!admit(&mut it, 10_000, HOT_MAX), "every post has a view that waits");
        let due = it.poll_due(Now { ms: 10_000 });
        assert_eq!(due.iter().map(|it| it.posts.len()).sum::<usize>(), HOT_MAX);
        assert!(due.iter().all(|it| it.posts.len() <= POSTS_MAX));
        assert!(admit(&mut it, 10_000, HOT_MAX));
        assert_eq!((it.posts.len(), it.hashes), (1, 0));
    }

    #[test]
    fn a_post_that_nobody_looks_at_is_forgotten_in_time() {
        let mut it = Tally::default();
        assert!(admit(&mut it, 1, 1));
        it.poll_due(Now { ms: IDLE_MS + 1 });
        assert!(it.has(post(1)));
        it.poll_due(Now { ms: IDLE_MS + 2 });
        assert!(!it.has(post(1)));
    }
}
