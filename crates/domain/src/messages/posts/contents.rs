//! What a member of a channel has opened: messages that mention it, reactions to its own, voice notes. The marks are in
//! its mailbox; the channel's log knows nothing of them.

use crate::{
    caller::Caller,
    groups::access,
    ids::{ChannelId, MessageId, Peer},
    messages::{
        marks::{self, Mark},
        media::opening,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::Decided,
};

/// Messages of one call.
const MESSAGES_MAX: usize = 100;

/// Which marks are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::messages) enum Contents {
    /// That it is mentioned.
    Mentions,
    /// That somebody reacted.
    Reactions,
    /// Both, and that what a message carries is not opened.
    All,
}

/// Takes marks away and tells the reader's other sessions; the entry is of its mailbox.
pub(in crate::messages) fn opened(
    turn: &mut Turn<'_>,
    by: &Caller,
    channel: ChannelId,
    ids: &[MessageId],
    what: Contents,
) -> Decided<Option<LogEntry>> {
    let peer = Peer::Channel(channel);
    let mut messages = Vec::new();
    for &id in ids {
        let mentioned = what != Contents::Reactions && marks::settle(turn, by.user, peer, id, (Mark::Mention, false))?;
        let reacted = what != Contents::Mentions && marks::settle(turn, by.user, peer, id, (Mark::Reaction, false))?;
        let heard = what == Contents::All && opening::open_in_channel(turn, by.user, channel, id)?;
        if mentioned || reacted || heard {
            messages.push(id);
        }
    }
    if messages.is_empty() {
        return Ok(None);
    }
    let change = Change::ChannelContents { channel, messages };
    updates::append(turn, by.user, change, 0, Some(by.origin)).map(Some)
}

/// Opens messages of a channel.
pub struct ReadChannelContents {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// In the channel; unknown ones are passed over.
    pub messages: Vec<MessageId>,
}

impl Command for ReadChannelContents {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let access = access::reader(turn, self.channel, self.by.user)?;
        if self.messages.len() > MESSAGES_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        let shown: Vec<_> = self.messages.iter().copied().filter(|it| access.shows(*it)).collect();
        opened(turn, &self.by, self.channel, &shown, Contents::All).map(drop)
    }
}
