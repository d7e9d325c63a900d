//! Log entries and passing events as `Updates`: the same builder serves pushes, answers and differences.

mod channel;
mod chats;
mod groups;
mod mailbox;
mod passing;
mod shared;
mod state;
mod stickers;

use domain::{
    ChannelId, Decided, Domain, LogId, MessageId, Refusal, UserId, View,
    updates::{LogEntry, Passing, hearing},
};
use tl::{enums, types};

use crate::render::named::{Named, Shown};

/// Updates with those they name.
#[derive(Default)]
pub struct Rendered {
    /// In order.
    pub updates: Vec<enums::Update>,
    /// Whom they name.
    pub named: Named,
    /// The same as the viewer sees them, once all updates are made.
    pub shown: Shown,
}

impl Rendered {
    pub(super) fn add(&mut self, update: impl Into<enums::Update>) {
        self.updates.push(update.into());
    }
}

/// Who reads a channel's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Somebody who sees messages from this one on.
    One(UserId, MessageId),
    /// Any of its members: nothing in the words depends on who it is.
    Any,
}

impl Reader {
    fn viewer(self) -> UserId {
        match self {
            Reader::One(user, _) => user,
            Reader::Any => UserId::NOBODY,
        }
    }

    /// Whether a message is there for this reader.
    pub fn sees(self, message: MessageId) -> bool {
        match self {
            Reader::One(_, from) => message >= from,
            Reader::Any => true,
        }
    }
}

/// Entries of a user's log as one `updates`, with the users they name.
pub async fn entries(domain: &Domain, user: UserId, entries: Vec<LogEntry>) -> Result<enums::Updates, Refusal> {
    told(domain, user, entries.into_iter().map(|it| (user.into(), it)).collect()).await
}

/// Entries of several logs as one `updates`: the answer to a request that made them.
pub async fn told(domain: &Domain, me: UserId, all: Vec<(LogId, LogEntry)>) -> Result<enums::Updates, Refusal> {
    let rendered = domain.query(|view| {
        let mut out = Rendered::default();
        for (log, entry) in &all {
            match *log {
                LogId::Mailbox(_) => mailbox::entry(view, me, entry, &mut out)?,
                LogId::Channel(channel) => {
                    let reader = Reader::One(me, MessageId(0));
                    channel::entry(view, reader, channel, entry, &mut out)?;
                }
            }
        }
        out.shown = out.named.read(view, me)?;
        Ok(out)
    });
    let rendered = rendered.await?;
    Ok(updates(domain, rendered.updates, &rendered.shown))
}

/// An entry of a channel's log as a member is told of it; nothing for who is none.
pub async fn pushed(
    domain: &Domain,
    member: UserId,
    channel: ChannelId,
    entry: &LogEntry,
) -> Result<Option<enums::Updates>, Refusal> {
    let rendered = domain.query(|view| {
        let Some(from) = hearing::heard_from(view, channel, member)? else { return Ok(None) };
        render_log(view, Reader::One(member, from), channel, std::slice::from_ref(entry)).map(Some)
    });
    Ok(rendered.await?.map(|it| updates(domain, it.updates, &it.shown)))
}

/// An entry of a channel's log in words that are the same for all members.
pub async fn shared(domain: &Domain, channel: ChannelId, entry: &LogEntry) -> Result<enums::Updates, Refusal> {
    let entry = std::slice::from_ref(entry);
    let rendered = domain.query(|view| render_log(view, Reader::Any, channel, entry)).await?;
    Ok(updates(domain, rendered.updates, &rendered.shown))
}

/// Something passing in a mailbox's chat as one `updates`.
pub async fn passing(domain: &Domain, user: UserId, what: &Passing) -> Result<enums::Updates, Refusal> {
    let rendered = domain.query(|view| passing::in_mailbox(view, user, what)).await?;
    Ok(updates(domain, rendered.updates, &rendered.shown))
}

/// Something passing in a channel; to one member in its own words, or to any.
pub async fn passing_in(
    domain: &Domain,
    member: Option<UserId>,
    channel: ChannelId,
    what: &Passing,
) -> Result<Option<enums::Updates>, Refusal> {
    let rendered = domain.query(|view| passing::in_channel(view, member, channel, what)).await?;
    Ok(rendered.map(|it| updates(domain, it.updates, &it.shown)))
}

/// Entries of a user's log as updates.
pub fn render(view: &dyn View, me: UserId, entries: &[LogEntry]) -> Decided<Rendered> {
    let mut out = Rendered::default();
    for entry in entries {
        mailbox::entry(view, me, entry, &mut out)?;
    }
    out.shown = out.named.read(view, me)?;
    Ok(out)
}

/// Entries of a channel's log as updates.
pub fn render_log(view: &dyn View, reader: Reader, channel: ChannelId, entries: &[LogEntry]) -> Decided<Rendered> {
    let mut out = Rendered::default();
    for entry in entries {
        channel::entry(view, reader, channel, entry, &mut out)?;
    }
    out.shown = match reader {
        Reader::One(user, _) => out.named.read(view, user)?,
        Reader::Any => out.named.read_min(view)?,
    };
    if reader == Reader::Any {
        shared::of_anybody(&mut out.updates);
    }
    Ok(out)
}

/// Wraps updates and those they name. `seq` 0: ordered by `pts` alone.
/// Source: core.telegram.org/api/updates, "seq".
pub fn updates(domain: &Domain, updates: Vec<enums::Update>, shown: &Shown) -> enums::Updates {
    let date = i32::try_from(domain.now().secs()).unwrap_or(i32::MAX);
    types::Updates { updates, users: shown.users(), chats: shown.chats(), date, seq: 0 }.into()
}

/// The same, with a random id for a service message: clients look for one with what makes a new group, though
/// they gave none. Source: observed with TDLib 1.8.66, which refuses the answer otherwise.
pub fn numbered(domain: &Domain, told: enums::Updates, message: MessageId) -> enums::Updates {
    let enums::Updates::Updates(mut it) = told else { return told };
    let random_id = i64::from_be_bytes(domain.draw());
    it.updates.insert(0, types::UpdateMessageId { id: message.0, random_id }.into());
    it.into()
}

/// Carries its pts and nothing else.
fn nothing(pts: i32, pts_count: i32) -> types::UpdateDeleteMessages {
    types::UpdateDeleteMessages { messages: Vec::new(), pts, pts_count }
}

fn numbers(ids: &[MessageId]) -> Vec<i32> {
    ids.iter().map(|it| it.0).collect()
}
