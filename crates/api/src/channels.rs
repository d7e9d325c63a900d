//! `channels.*`: supergroups and broadcast channels.

use domain::{
    ChannelId, Domain, Refusal, UserId,
    messages::send::Sent,
    updates::{Change, LogEntry},
};
use tl::enums;

use crate::{render::updates, table::Row};

mod admin_log;
mod create;
mod forum;
mod joining;
mod reading;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[admin_log::ROWS, create::ROWS, forum::ROWS, joining::ROWS, reading::ROWS]
}

/// What the caller of a change learns: the channel as it is now, and the service message where there is one.
async fn changed(
    domain: &Domain,
    me: UserId,
    channel: ChannelId,
    sent: Option<Sent>,
) -> Result<enums::Updates, Refusal> {
    let own = LogEntry { change: Change::Channel { channel }, ..LogEntry::default() };
    let message = sent.and_then(|it| it.entry).map(|it| (channel.into(), it));
    updates::told(domain, me, [(me.into(), own)].into_iter().chain(message).collect()).await
}

#[cfg(test)]
pub(crate) mod tests;
