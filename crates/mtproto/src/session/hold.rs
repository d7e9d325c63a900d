//! `invokeAfterMsg` and `invokeAfterMsgs`: requests held back until others are answered.
//! Source: core.telegram.org/api/invoking, "Saving Sequence".

use std::time::Duration;

use bytes::Bytes;

use super::receive::Message;
use super::{Event, Session, services};
use crate::{MsgId, Time};

/// Requests held back at once: TDLib chains what it sends to one chat, a few dozen in a burst.
const MAX_HELD: usize = 256;

/// Their bytes; they share memory with their packets.
const MAX_HELD_BYTES: usize = 4 << 20;

/// How long one waits: what it waits for takes seconds at most, or is stuck.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A request that waits for others.
pub(super) struct Held {
    since: Time,
    msg_id: MsgId,
    body: Bytes,
    after: Vec<MsgId>,
}

/// The wrappers that a request with something of interest to the session begins with.
fn is_wrapper(body: &[u8]) -> bool {
    const INVOKE_AFTER_MSG: u32 = 0xcb9f_372d;
    const INVOKE_AFTER_MSGS: u32 = 0x3dc4_b4f0;
    const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;
    const INVOKE_WITHOUT_UPDATES: u32 = 0xbf94_59b7;
    const INIT_CONNECTION: u32 = 0xc1cd_5ea9;
    body.first_chunk().is_some_and(|id| {
        [INVOKE_AFTER_MSG, INVOKE_AFTER_MSGS, INVOKE_WITH_LAYER, INVOKE_WITHOUT_UPDATES, INIT_CONNECTION]
            .contains(&u32::from_le_bytes(*id))
    })
}

impl Session {
    /// Notes whether the client wants updates; gives the messages that the request waits for, if
    /// any of them is still under way. What does not parse is the service's to refuse.
    pub(super) fn look_at_wrappers(&mut self, message: &Message) -> Option<(Vec<MsgId>, Bytes)> {
        if !is_wrapper(&message.body) {
            self.updates.get_or_insert(true);
            return None;
        }
        let peeled = tl::wrappers::peel(&message.body).ok()?;
        if peeled.init.is_some() || self.updates.is_none() {
            self.updates = Some(!peeled.no_updates);
        }
        let mut after: Vec<MsgId> = peeled.after.iter().copied().map(MsgId).collect();
        // Only earlier messages: a chain has no loops.
        after.retain(|id| *id < message.id && !self.inbox.finished(*id));
        (!after.is_empty()).then(|| (after, message.body.clone()))
    }

    pub(super) fn hold(&mut self, now: Time, msg_id: MsgId, body: Bytes, after: Vec<MsgId>) {
        let bytes: usize = self.held.iter().map(|it| it.body.len()).sum();
        if self.held.len() >= MAX_HELD || bytes + body.len() > MAX_HELD_BYTES {
            return self.answer(msg_id, services::rpc_error(400, "MSG_WAIT_FAILED"));
        }
        self.held.push(Held { since: now, msg_id, body, after });
    }

    /// That request is over: those that waited for it alone may run, or fail with it.
    pub(super) fn release(&mut self, done: MsgId, failed: bool) {
        let mut at = 0;
        let mut to_fail = Vec::new();
        while at < self.held.len() {
            let held = &mut self.held[at];
            let before = held.after.len();
            held.after.retain(|it| *it != done);
            if held.after.len() < before && failed {
                to_fail.push(self.held.remove(at).msg_id);
            } else if held.after.is_empty() {
                let Held { msg_id, body, .. } = self.held.remove(at);
                self.events.push_back(Event::Request { msg_id, body });
            } else {
                at += 1;
            }
        }
        for msg_id in to_fail {
            self.answer(msg_id, services::rpc_error(400, "MSG_WAIT_FAILED"));
        }
    }

    /// Gives up requests that have waited too long; TDLib sends them again by themselves.
    pub(super) fn expire_held(&mut self, now: Time) {
        let late = |it: &Held| it.since + MAX_WAIT <= now;
        for msg_id in self.held.extract_if(.., |it| late(it)).map(|it| it.msg_id).collect::<Vec<_>>() {
            self.answer(msg_id, services::rpc_error(400, "MSG_WAIT_TIMEOUT"));
        }
    }

    /// Takes back a request that has not begun.
    pub(super) fn unhold(&mut self, msg_id: MsgId) -> bool {
        let before = self.held.len();
        self.held.retain(|it| it.msg_id != msg_id);
        self.held.len() < before
    }
}
