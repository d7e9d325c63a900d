//! From what is queued to one message: acknowledgements, ids, containers.

use super::outbox::{Kind, Out, Place};
use super::wire::{MAX_CONTAINER, MSG_CONTAINER, MSGS_ACK, RPC_RESULT};
use super::{ACK_DELAY, ACKS_AT_ONCE, Session};
use crate::envelope::Header;
use crate::wire::put_longs;
use crate::{MsgId, Time};

/// Bytes of messages put into one container: enough to be worth a packet, and no client waits
/// long for the first of them. A longer message goes alone.
const PACK_BYTES: usize = 128 << 10;

/// Head of a message in a container.
const INNER_HEAD: usize = 16;

impl Session {
    pub(super) fn schedule_acks(&mut self, now: Time) {
        if !self.acks.is_empty() && self.online {
            self.ack_at.get_or_insert(now + ACK_DELAY);
        }
    }

    /// Packs what is queued into one message: appends its body to `body` (which the owner
    /// encrypts under the header given) or returns `None` if there is nothing to send, or nobody
    /// to send it to.
    pub fn poll_transmit(&mut self, now: Time, body: &mut Vec<u8>) -> Option<Header> {
        if !self.online {
            return None;
        }
        let acks_due = self.acks.len() >= ACKS_AT_ONCE || self.ack_at.is_some_and(|at| at <= now);
        let only_acks = self.outbox.is_empty();
        if only_acks && (self.acks.is_empty() || !acks_due) {
            return None;
        }
        let mut outs = self.take_outs();
        self.add_acks(&mut outs);
        let salt = self.salts.current(now);
        let (msg_id, seqno) = if outs.len() == 1 {
            let place = self.place(now, &mut outs[0]);
            write_body(&outs[0], body);
            (place.msg_id, place.seqno)
        } else {
            self.write_container(now, &mut outs, body)
        };
        for out in outs {
            let lost = self.outbox.keep(out, &self.config.limits);
            self.evicted(&lost);
        }
        self.wake(now);
        Some(Header { salt, session: self.id, msg_id, seqno })
    }

    fn take_outs(&mut self) -> Vec<Out> {
        let mut outs = Vec::new();
        let mut bytes = 0;
        while let Some(len) = self.outbox.peek() {
            bytes += INNER_HEAD + len;
            // One place in the container is for the acknowledgements.
            if !outs.is_empty() && (bytes > PACK_BYTES || outs.len() + 1 >= MAX_CONTAINER) {
                break;
            }
            outs.extend(self.outbox.pop());
        }
        outs
    }

    /// Everything to be acknowledged goes along, but for requests whose answers do.
    fn add_acks(&mut self, outs: &mut Vec<Out>) {
        let mut acks = std::mem::take(&mut self.acks);
        self.ack_at = None;
        for out in outs.iter() {
            if let Kind::Answer(request) = out.kind {
                acks.retain(|it| *it != request);
            }
        }
        if acks.is_empty() {
            return;
        }
        acks.sort_unstable();
        acks.dedup();
        let mut ids: Vec<i64> = acks.iter().map(|it| it.0).collect();
        if ids.len() > super::services::MAX_IDS {
            self.acks = acks.split_off(super::services::MAX_IDS);
            ids.truncate(super::services::MAX_IDS);
        }
        let mut body = Vec::with_capacity(12 + 8 * ids.len());
        body.extend_from_slice(&MSGS_ACK.to_le_bytes());
        put_longs(&mut body, &ids);
        outs.push(Out { kind: Kind::Service, body: body.into(), place: None });
    }

    fn write_container(&mut self, now: Time, outs: &mut [Out], body: &mut Vec<u8>) -> (MsgId, i32) {
        body.extend_from_slice(&MSG_CONTAINER.to_le_bytes());
        body.extend_from_slice(&(outs.len() as u32).to_le_bytes());
        for out in outs {
            let place = self.place(now, out);
            body.extend_from_slice(&place.msg_id.0.to_le_bytes());
            body.extend_from_slice(&place.seqno.to_le_bytes());
            let length_at = body.len();
            body.extend_from_slice(&[0; 4]);
            write_body(out, body);
            let length = (body.len() - length_at - 4) as u32;
            body[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
        }
        let id = self.next_id(now, 1);
        (id, self.sent_content * 2)
    }

    /// Gives a message its id and number, or counts one more sending.
    fn place(&mut self, now: Time, out: &mut Out) -> Place {
        let place = match out.place {
            Some(mut place) => {
                place.sent = now;
                place.sends = place.sends.saturating_add(1);
                place
            }
            None => {
                let msg_id = self.next_id(now, out.kind.bits());
                let content = out.kind.is_content();
                let seqno = self.sent_content * 2 + i32::from(content);
                self.sent_content = self.sent_content.wrapping_add(i32::from(content));
                Place { msg_id, seqno, sent: now, sends: 1 }
            }
        };
        out.place = Some(place);
        place
    }

    /// Ids rise with time, and still where the clock stands still or goes back.
    fn next_id(&mut self, now: Time, bits: i64) -> MsgId {
        let base = MsgId::at(now).0.max((self.last_msg_id & !3) + 4);
        self.last_msg_id = base | bits;
        MsgId(self.last_msg_id)
    }
}

fn write_body(out: &Out, body: &mut Vec<u8>) {
    if let Kind::Answer(request) = out.kind {
        body.extend_from_slice(&RPC_RESULT.to_le_bytes());
        body.extend_from_slice(&request.0.to_le_bytes());
    }
    body.extend_from_slice(&out.body);
}
