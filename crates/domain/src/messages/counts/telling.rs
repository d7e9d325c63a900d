//! Who is online in a channel hears how its posts' counters move: the first move at once, what follows within
//! seconds together.

use store::Key;

use super::{CountsRow, Post, put, row};
use crate::{
    ids::{ChannelId, MessageId},
    spaces::TIMER,
    turn::Turn,
    updates::{self, Passing},
    view::{Decided, View},
};

/// Seconds between two tellings of one post.
pub(super) const TOLD_SECONDS: u32 = 3;

/// The kind of timer that tells what has moved since.
pub(in crate::messages) const TELLING: u8 = 110;

/// Tells that the counters have moved, or plans to; whoever calls it writes the row.
pub(super) fn moved(turn: &mut Turn<'_>, post: Post, row: &mut CountsRow) -> Decided<()> {
    if row.waits {
        return Ok(());
    }
    let free = row.told_at.saturating_add(TOLD_SECONDS);
    if turn.now().secs() >= free {
        return tell(turn, post, row);
    }
    row.waits = true;
    turn.put_empty(timer_key(free, post));
    Ok(())
}

/// Does what a timer says.
pub(in crate::messages) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let Some(post) = parts(key.suffix()) else { return Ok(()) };
    let mut it = row(turn, post)?;
    if !it.waits {
        return Ok(());
    }
    it.waits = false;
    tell(turn, post, &mut it)?;
    put(turn, post, &it);
    Ok(())
}

fn tell(turn: &mut Turn<'_>, post: Post, row: &mut CountsRow) -> Decided<()> {
    let views = Some(row.views).filter(|it| *it != row.told_views);
    let forwards = Some(row.forwards).filter(|it| *it != row.told_forwards);
    if views.is_none() && forwards.is_none() {
        return Ok(());
    }
    (row.told_views, row.told_forwards, row.told_at) = (row.views, row.forwards, turn.now().secs());
    updates::pass(turn, post.channel.into(), Passing::Counts { message: post.message, views, forwards })
}

fn timer_key(due: u32, post: Post) -> Key {
    Key::of(TIMER, 0).u32(due).u8(TELLING).u64(post.channel.0).u32(post.message.0.unsigned_abs()).key()
}

fn parts(suffix: &[u8]) -> Option<Post> {
    let channel = ChannelId(u64::from_be_bytes(*suffix.get(5..)?.first_chunk()?));
    let message = MessageId(i32::from_be_bytes(*suffix.get(13..)?.first_chunk()?));
    Some(Post { channel, message })
}
