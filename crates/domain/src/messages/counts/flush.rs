//! Views come together at the channel's owner: what many viewers were counted for is a few rows.

use futures_util::future::join_all;

use super::{Counts, Post, Source, put, row, series, telling, viewers::Viewers};
use crate::{
    groups::{channel, stats::hours},
    ids::{ChannelId, MessageId},
    messages::rows::copy,
    refusal::Refusal,
    service::{Command, Domain},
    turn::Turn,
    view::{Decided, View},
};

/// Posts of one command: each is at most some thirty rows.
pub(super) const POSTS_MAX: usize = 64;

/// Views of one command: what they may write stays far below a batch's bytes.
pub(super) const VIEWS_MAX: usize = 65_536;

/// Those who saw posts of a channel, by the hashes that stand for them. The same ones again change nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct CountViews {
    /// Where they were first posted.
    pub channel: ChannelId,
    /// Which, and by whom.
    pub posts: Vec<(MessageId, Vec<(u32, Source)>)>,
}

impl Command for CountViews {
    /// Where the counters stand; nothing of posts that are gone.
    type Reply = Vec<(Post, Counts)>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Self::Reply> {
        let (mut all, mut sources) = (Vec::new(), Vec::new());
        if channel::channel(turn, self.channel)?.is_none_or(|it| it.deleted) {
            return Ok(all);
        }
        for (message, views) in &self.posts {
            let post = Post { channel: self.channel, message: *message };
            let Some(message) = copy(turn, post.channel, post.message)?.filter(|it| it.post) else { continue };
            let mut it = row(turn, post)?;
            let mut viewers = Viewers::read(turn, post, post.viewer(turn.world(), message.from), it.views)?;
            let before = viewers.count();
            let mut fresh = Vec::new();
            for (hash, source) in views {
                if viewers.add(*hash) {
                    fresh.push(*source);
                }
            }
            if !fresh.is_empty() {
                viewers.put(turn, post);
                it.views = viewers.count().max(it.views);
                telling::moved(turn, post, &mut it)?;
                put(turn, post, &it);
                series::count(turn, post, |point| point.views += it.views.saturating_sub(before))?;
                sources.append(&mut fresh);
            }
            all.push((post, Counts { views: viewers.count().max(it.views), forwards: it.forwards }));
        }
        if !sources.is_empty() {
            hours::count(turn, self.channel, |hour| sources.iter().for_each(|it| *hour.source(*it) += 1))?;
        }
        Ok(all)
    }
}

/// Hands in what this process has counted. What the owner refuses now is handed in again.
pub async fn flush(domain: &Domain) -> Result<(), Refusal> {
    let due = domain.tally().poll_due(domain.now());
    let counted = join_all(due.into_iter().map(|it| async {
        let told = domain.command(it.clone()).await;
        (it, told)
    }));
    let mut failed = None;
    for (command, told) in counted.await {
        match told {
            Ok(counts) => domain.tally().handle_counted(&command, &counts),
            Err(refusal) => {
                domain.tally().handle_failed(command);
                failed = Some(refusal);
            }
        }
    }
    failed.map_or(Ok(()), Err)
}
