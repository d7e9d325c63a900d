//! Who hears an entry of a channel's log as it is pushed, and in whose words. Who has joined hears it: the topics
//! of members follow that of the log. Who passes by a public channel hears it for a while after each question
//! about its log. Source: core.telegram.org/api/min; core.telegram.org/api/updates, "Subscribing to updates of
//! channels/supergroups": the server then sends updates to all sessions of who is no member.

use store::Direction;

use crate::{
    groups::channel,
    ids::{ChannelId, LogId, MessageId, Pts, UserId},
    messages::rows::copy,
    turn::Turn,
    updates::{Change, Event, LogEntry, Passing, counters, log_range},
    view::{Decided, View, list},
};

/// Members of a group up to which each is told in words of its own, with users as it knows them; in a larger
/// one all but a few are told the same, and nobody's privacy is looked at. It is the size of a basic group,
/// so that a group does not change for its members by becoming a supergroup.
pub const EACH_MAX: u32 = 200;

/// Missed entries that who comes in is told one by one. Clients that do not know yet where a channel stands can
/// ask for nothing, but take what is pushed as it comes; from then on they know, and ask for the rest.
pub const CAUGHT_UP_MAX: usize = 20;

/// In whose words something is pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hearers {
    /// Each is told in words of its own; otherwise all are told the same.
    pub each: bool,
    /// These are told in words of their own in any case: authors, and whom a message names.
    pub own: Vec<UserId>,
    /// Who passes by the channel is told as well, all in the same words.
    pub passers: bool,
}

impl Hearers {
    /// A mailbox has one reader.
    const SAME: Self = Self { each: false, own: Vec::new(), passers: false };
    const EACH: Self = Self { each: true, own: Vec::new(), passers: false };

    fn but(own: Vec<UserId>) -> Self {
        Self { own, ..Self::SAME }
    }
}

/// Shows something to who is online in a log's chats.
pub fn pass(turn: &mut Turn<'_>, log: LogId, what: Passing) -> Decided<()> {
    let to = match (log, &what) {
        // Numbers are the same for all.
        (_, Passing::Counts { .. }) => Hearers::SAME,
        (LogId::Channel(channel), _) if is_small(turn, channel)? => Hearers::EACH,
        // Who types is not told of it.
        (LogId::Channel(_), Passing::Typing { from, .. }) => Hearers::but(vec![*from]),
        // Who votes is told what it chose.
        (LogId::Channel(channel), Passing::Poll { .. }) if hides_history(turn, channel)? => Hearers::EACH,
        (LogId::Channel(_), Passing::Poll { by, .. }) => Hearers::but(vec![*by]),
        (LogId::Mailbox(_), _) | (LogId::Channel(_), Passing::Status { .. }) => Hearers::SAME,
    };
    let passers = has_passers(turn, log)?;
    turn.emit(Event::Passing { log, what, skip: None, to: Hearers { passers, ..to } });
    Ok(())
}

/// From now on the user's sessions hear what the channel's log gains. Told where the row is written by which
/// `push::follows` finds the channel.
pub fn follow(turn: &mut Turn<'_>, user: UserId, channel: ChannelId) {
    turn.emit(Event::Joined { user, channel });
}

/// From now on the user's sessions no longer hear the channel. Told in the turn that decides it, before the
/// entries of that turn, and once more where the user's row goes.
pub fn unfollow(turn: &mut Turn<'_>, user: UserId, channel: ChannelId) {
    turn.emit(Event::Left { user, channel });
}

/// What a channel's log gained between the moment at which somebody was let in and this one, from which on its
/// sessions follow: it is pushed to them alone, as it would have been. What has no number is shown with the channel.
pub fn catch_up(turn: &mut Turn<'_>, user: UserId, channel: ChannelId, since: Pts) -> Decided<()> {
    let pts = counters(turn, channel)?.pts;
    if pts <= since {
        return Ok(());
    }
    let range = log_range(channel, Pts(since.0.saturating_add(1)));
    let missed = list::<LogEntry>(turn, &range, Direction::Forward, CAUGHT_UP_MAX)?;
    let last = missed.last().map(|(_, it)| it.pts);
    for (_, entry) in missed.into_iter().filter(|(_, it)| it.count > 0) {
        turn.emit(Event::Missed { user, channel, entry });
    }
    if last.is_none_or(|it| it < pts) {
        turn.emit(Event::Behind { user, channel, pts });
    }
    Ok(())
}

/// From which message on a member hears a channel's log; `None` for who is no member.
pub fn heard_from(view: &(impl View + ?Sized), id: ChannelId, user: UserId) -> Decided<Option<MessageId>> {
    let Some(row) = channel::channel(view, id)?.filter(|it| !it.deleted) else { return Ok(None) };
    let member = channel::member(view, id, user)?.unwrap_or_default();
    let standing = channel::standing_of(&row, user, &member, view.now().secs());
    Ok(standing.is_in().then(|| channel::first_shown(&row, &member)))
}

/// In whose words a new entry of a log is pushed.
pub(super) fn hearers(turn: &Turn<'_>, log: LogId, change: &Change) -> Decided<Hearers> {
    let passers = has_passers(turn, log)?;
    Ok(Hearers { passers, ..members(turn, log, change)? })
}

/// In whose words members are told.
fn members(turn: &Turn<'_>, log: LogId, change: &Change) -> Decided<Hearers> {
    let LogId::Channel(channel) = log else { return Ok(Hearers::SAME) };
    if is_small(turn, channel)? {
        return Ok(Hearers::EACH);
    }
    let (message, is_new) = match change {
        Change::NewMessage { message, .. } => (*message, true),
        Change::EditMessage { message } | Change::Reactions { message, .. } | Change::Poll { message, .. } => {
            (*message, false)
        }
        _ => return Ok(Hearers::SAME),
    };
    // Who joined later may not see what was said before: only its own reading tells.
    if !is_new && hides_history(turn, channel)? {
        return Ok(Hearers::EACH);
    }
    Ok(Hearers::but(concerned(turn, channel, message)?))
}

/// Whether anybody may listen to a log: what makes a channel private is no longer told to who is not in it.
fn has_passers(turn: &Turn<'_>, log: LogId) -> Decided<bool> {
    let LogId::Channel(channel) = log else { return Ok(false) };
    Ok(channel::channel(turn, channel)?.is_some_and(|it| it.public && !it.deleted))
}

fn hides_history(turn: &Turn<'_>, channel: ChannelId) -> Decided<bool> {
    Ok(channel::channel(turn, channel)?.is_some_and(|it| it.history_hidden))
}

fn is_small(turn: &Turn<'_>, channel: ChannelId) -> Decided<bool> {
    Ok(channel::counts(turn, channel)?.members <= EACH_MAX)
}

/// The author of a message, and whom it mentions or answers.
fn concerned(turn: &Turn<'_>, channel: ChannelId, message: MessageId) -> Decided<Vec<UserId>> {
    let Some(row) = copy(turn, channel, message)? else { return Ok(Vec::new()) };
    let mut all = row.mentions;
    all.extend(Some(row.from).filter(|it| *it != UserId::NOBODY));
    all.sort_unstable();
    all.dedup();
    Ok(all)
}
