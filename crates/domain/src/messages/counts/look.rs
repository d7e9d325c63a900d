//! Looking at posts: how often they were seen, and that they are being seen now.
//! Source: core.telegram.org/method/messages.getMessagesViews.

use super::{
    Counts, Post, Source, counts,
    flush::CountViews,
    tally::{Read, Wants},
    viewers::Viewers,
};
use crate::{
    groups::access,
    ids::{LogId, MessageId, Peer, UserId},
    messages::{
        comments::{self, Comments},
        rows::copy,
        threads::{self, ThreadRow},
    },
    refusal::Refusal,
    service::Domain,
    view::{Decided, View},
};

/// Messages of one call. Source: clients ask for at most a hundred.
pub const MESSAGES_MAX: usize = 100;

/// How a post stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Which.
    pub post: Post,
    /// Its counters.
    pub counts: Counts,
    /// What answers it.
    pub thread: Option<ThreadRow>,
    /// Its comments, as somebody has them who has read none.
    pub comments: Option<Comments>,
}

impl Look {
    pub(super) fn of(post: Post, read: Read) -> Self {
        let Read { counts, thread, comments } = read;
        Self { post, counts, thread, comments }
    }
}

/// How the posts stand that messages of a chat show, in the order asked; `None` for what is no post, or gone.
/// With `seen`, the caller is counted as a viewer of each, once.
pub async fn look(
    domain: &Domain,
    me: UserId,
    peer: Peer,
    messages: &[MessageId],
    seen: bool,
) -> Result<Vec<Option<Look>>, Refusal> {
    if messages.is_empty() || messages.len() > MESSAGES_MAX || messages.iter().any(|it| it.0 <= 0) {
        return Err(Refusal::MsgIdInvalid);
    }
    let named = domain.query(|view| named(domain, view, me, peer, messages)).await?;
    let mut all = Vec::with_capacity(named.len());
    for it in named {
        all.push(match it {
            Some((post, source)) => one(domain, me, post, source, seen).await?,
            None => None,
        });
    }
    Ok(all)
}

/// The post behind each message, and how the caller comes to see it.
fn named(
    domain: &Domain,
    view: &dyn View,
    me: UserId,
    peer: Peer,
    messages: &[MessageId],
) -> Decided<Vec<Option<(Post, Source)>>> {
    let Some(channel) = peer.channel() else {
        let post = |id: &MessageId| {
            let row = copy(view, me, *id)?.filter(|it| it.peer == peer);
            Ok(row.and_then(|it| Post::of(me.into(), *id, &it)).map(|it| (it, Source::Private)))
        };
        return messages.iter().map(post).collect();
    };
    let access = access::reader(view, channel, me)?;
    let source = |post: Post| match post.channel == channel {
        true if access.standing.is_in() => Source::Followers,
        true => Source::Passers,
        false => Source::Groups,
    };
    let mut all = Vec::with_capacity(messages.len());
    for &message in messages {
        let name = Post { channel, message };
        let known = domain.tally().named(name);
        let post = match known {
            _ if !access.shows(message) => None,
            Some(post) => post,
            None => {
                let row = copy(view, channel, message)?;
                let post = row.as_ref().and_then(|it| Post::of(channel.into(), message, it));
                // What is not there yet may come.
                if row.is_some() {
                    domain.tally().name(name, post);
                }
                post
            }
        };
        all.push(post.map(|it| (it, source(it))));
    }
    Ok(all)
}

async fn one(domain: &Domain, me: UserId, post: Post, source: Source, seen: bool) -> Result<Option<Look>, Refusal> {
    let now = domain.now();
    let viewer = post.viewer(domain.world(), me);
    let wants = domain.tally().wants(now, post, seen);
    if wants != Wants::Nothing {
        let read = domain.query(|view| read(view, post, wants == Wants::Viewers)).await?;
        let Some((read, viewers)) = read else { return Ok(None) };
        domain.tally().refresh(now, post, &read);
        let admitted = viewers.is_none_or(|viewers| domain.tally().admit(now, post, &read, viewers));
        if !admitted {
            return at_once(domain, post, viewer, source, read).await;
        }
        if !seen && !domain.tally().has(post) {
            return Ok(Some(Look::of(post, read)));
        }
    }
    let mut tally = domain.tally();
    if seen {
        tally.see(post, viewer, source);
    }
    Ok(tally.look(now, post))
}

/// Counts a view without memory, where that has no room.
async fn at_once(
    domain: &Domain,
    post: Post,
    viewer: u32,
    source: Source,
    read: Read,
) -> Result<Option<Look>, Refusal> {
    let posts = vec![(post.message, vec![(viewer, source)])];
    let told = domain.command(CountViews { channel: post.channel, posts }).await?;
    Ok(told.first().map(|(_, counts)| Look::of(post, Read { counts: *counts, ..read })))
}

/// What rows say of a post that is there; and who has seen it, if that is asked.
fn read(view: &dyn View, post: Post, with_viewers: bool) -> Decided<Option<(Read, Option<Viewers>)>> {
    let Some(row) = copy(view, LogId::Channel(post.channel), post.message)?.filter(|it| it.post) else {
        return Ok(None);
    };
    let counts = counts(view, post)?;
    let thread = if row.has_thread { Some(threads::state(view, post.channel, post.message)?) } else { None };
    let comments = comments::of(view, UserId::NOBODY, post.channel, &row)?;
    let author = post.viewer(view.world(), row.from);
    let viewers = if with_viewers { Some(Viewers::read(view, post, author, counts.views)?) } else { None };
    Ok(Some((Read { counts, thread, comments }, viewers)))
}
