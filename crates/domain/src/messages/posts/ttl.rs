//! The period after which a channel's messages destroy themselves.

use crate::{
    caller::Caller,
    groups::{
        AdminRights, access,
        channel::put_channel,
        log::{self, AdminEvent},
    },
    ids::ChannelId,
    messages::Action,
    refusal::Refusal,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::Decided,
};

/// Sets the period of a channel, with a message that says so. Entries of the channel's log.
pub(in crate::messages) fn set_ttl(
    turn: &mut Turn<'_>,
    by: &Caller,
    channel: ChannelId,
    period: u32,
) -> Decided<Vec<LogEntry>> {
    // Source: TDLib 1.8.66 lets those set it who may delete messages.
    let access = access::admin(turn, channel, by.user, AdminRights::DELETE_MESSAGES)?;
    let peer = access.peer();
    let mut row = access.row;
    if row.ttl_period == period {
        return Err(Refusal::ChatNotModified.into());
    }
    let event = AdminEvent::Ttl { before: row.ttl_period, after: period };
    log::note(turn, channel, by.user, event)?;
    row.ttl_period = period;
    put_channel(turn, channel, &row);
    let set = updates::append(turn, channel, Change::PeerHistoryTtl { peer, period }, 0, Some(by.origin))?;
    let action = Action::TtlSet { period, by_default_of: None };
    let sent = super::service(turn, by.user, channel, action, Some(by.origin))?;
    Ok([set].into_iter().chain(sent.entry).collect())
}
