//! `channels.*`: supergroups and broadcast channels.

use domain::{
    ChannelId, Domain, Refusal, UserId,
    groups::settings::{ChangeChannel, Setting},
    messages::send::Sent,
    updates::{Change, LogEntry},
};
use tl::enums;

use crate::{Cx, RpcError, input, render::updates, table::Row};

mod admin_log;
mod create;
mod discussion;
mod finding;
mod forum;
mod full;
mod joining;
mod managing;
mod names;
mod own;
mod participants;
mod posts;
mod reading;
mod rights;
mod settings;

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[
        admin_log::ROWS,
        create::ROWS,
        discussion::ROWS,
        finding::ROWS,
        forum::ROWS,
        full::ROWS,
        joining::ROWS,
        managing::ROWS,
        names::ROWS,
        own::ROWS,
        participants::ROWS,
        posts::ROWS,
        reading::ROWS,
        settings::ROWS,
    ]
}

/// A member as methods name it; channels that write in groups are none.
fn participant(cx: &Cx, me: UserId, input: &enums::InputPeer) -> Result<Option<UserId>, RpcError> {
    match input {
        enums::InputPeer::Channel(_) | enums::InputPeer::ChannelFromMessage(_) | enums::InputPeer::Chat(_) => Ok(None),
        it => Ok(input::peer(&cx.domain, me, it)?.user()),
    }
}

/// Changes one thing about a channel.
pub(crate) async fn change(cx: &Cx, channel: ChannelId, setting: Setting) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let sent = cx.domain.command(ChangeChannel { by, channel, setting }).await?;
    Ok(changed(&cx.domain, by.user, channel, sent).await?)
}

/// What the caller of a change learns: the channel as it is now, and the service message where there is one.
pub(crate) async fn changed(
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
