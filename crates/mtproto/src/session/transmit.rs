//! From what is queued to one message: acknowledgements, ids, containers.

use bytes::Bytes;

use super::outbox::{Kind, Out, Place};
use super::wire::{MAX_CONTAINER, MSG_CONTAINER, MSGS_ACK, RPC_RESULT};
use super::{ACK_DELAY, ACKS_AT_ONCE, Session};
use crate::envelope::Header;
use crate::wire::put_longs;
use crate::{MsgId, Time};

/// Bytes of messages put into one container: enough to be worth a packet, and no client waits
/// long for the first of them.
const PACK_BYTES: usize = 128 << 10;

/// Head of a message in a container.
const INNER_HEAD: usize = 16;

/// A long message on its way, still in two parts: nobody who holds the session's lock copies it.
pub struct Long {
    /// Under which the body is encrypted.
    pub header: Header,
    /// What stands in front of `body`: the head of `rpc_result`, or nothing.
    pub head: Vec<u8>,
    /// What was queued.
    pub body: Bytes,
}

impl Session {
    pub(super) fn schedule_acks(&mut self, now: Time) {
        if !self.acks.is_empty() && self.online {
            self.ack_at.get_or_insert(now + ACK_DELAY);
        }
    }

    /// Packs what is queued into one message: appends its body to `body` (which the owner
    /// encrypts under the header given) or returns `None` if there is nothing to send, or nobody
    /// to send it to, or a long message is next.
    pub fn poll_transmit(&mut self, now: Time, body: &mut Vec<u8>) -> Option<Header> {
        if !self.online {
            return None;
        }
        let acks_due = self.acks.len() >= ACKS_AT_ONCE || self.ack_at.is_some_and(|at| at <= now);
        let count = self.outbox.fitting(PACK_BYTES, INNER_HEAD, MAX_CONTAINER - 1);
        if count == 0 && (self.acks.is_empty() || !acks_due) {
            return None;
        }
        let acks = self.take_acks(count);
        let salt = self.salts.current(now);
        let (msg_id, seqno) = match (count, acks) {
            (1, None) => self.write_next(now, body),
            (0, Some(mut acks)) => {
                let place = self.place(now, &mut acks);
                write_body(&acks, body);
                (place.msg_id, place.seqno)
            }
            (count, acks) => self.write_container(now, count, acks, body),
        };
        self.wake(now);
        Some(Header { salt, session: self.id, msg_id, seqno })
    }

    /// The next message, if it is a long one (a body of more than [`LONG`](super::LONG) bytes) and
    /// somebody is there to send it to. It keeps its place in the order of what is queued.
    pub fn poll_long(&mut self, now: Time) -> Option<Long> {
        if !self.is_long_next() {
            return None;
        }
        let mut out = self.outbox.pop()?;
        let salt = self.salts.current(now);
        let Place { msg_id, seqno, .. } = self.place(now, &mut out);
        let mut head = Vec::new();
        put_head(&out, &mut head);
        if let Kind::Answer(request) = out.kind {
            // It is acknowledged by its answer.
            self.acks.retain(|it| *it != request);
        }
        let body = out.body.clone();
        let lost = self.outbox.keep(out, &self.config.limits);
        self.evicted(&lost);
        self.wake(now);
        Some(Long { header: Header { salt, session: self.id, msg_id, seqno }, head, body })
    }

    /// Whether [`poll_transmit`](Self::poll_transmit) has more than acknowledgements to give.
    pub fn has_queued(&self) -> bool {
        self.online && !self.outbox.is_empty() && !self.outbox.is_long_next()
    }

    /// Whether [`poll_long`](Self::poll_long) has something to give.
    pub fn is_long_next(&self) -> bool {
        self.online && self.outbox.is_long_next()
    }

    /// Everything to be acknowledged goes along, but for requests whose answers are among the next `count`.
    fn take_acks(&mut self, count: usize) -> Option<Out> {
        let mut acks = std::mem::take(&mut self.acks);
        self.ack_at = None;
        if acks.is_empty() {
            return None;
        }
        for kind in self.outbox.kinds().take(count) {
            if let Kind::Answer(request) = kind {
                acks.retain(|it| *it != request);
            }
        }
        if acks.is_empty() {
            return None;
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
        Some(Out { kind: Kind::Service, body: body.into(), place: None })
    }

    /// Writes the next message, which is kept until it is acknowledged.
    fn write_next(&mut self, now: Time, body: &mut Vec<u8>) -> (MsgId, i32) {
        let mut out = self.outbox.pop().expect("counted among those that are queued");
        let place = self.place(now, &mut out);
        write_body(&out, body);
        let lost = self.outbox.keep(out, &self.config.limits);
        self.evicted(&lost);
        (place.msg_id, place.seqno)
    }

    fn write_container(&mut self, now: Time, count: usize, acks: Option<Out>, body: &mut Vec<u8>) -> (MsgId, i32) {
        body.extend_from_slice(&MSG_CONTAINER.to_le_bytes());
        body.extend_from_slice(&((count + usize::from(acks.is_some())) as u32).to_le_bytes());
        for _ in 0..count {
            let head = open_inner(body);
            let (msg_id, seqno) = self.write_next(now, body);
            close_inner(head, msg_id, seqno, body);
        }
        if let Some(mut acks) = acks {
            let head = open_inner(body);
            let place = self.place(now, &mut acks);
            write_body(&acks, body);
            close_inner(head, place.msg_id, place.seqno, body);
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

/// Leaves room for the head of a message in a container; gives its place.
fn open_inner(body: &mut Vec<u8>) -> usize {
    let head = body.len();
    body.resize(head + INNER_HEAD, 0);
    head
}

fn close_inner(head: usize, msg_id: MsgId, seqno: i32, body: &mut [u8]) {
    let length = (body.len() - head - INNER_HEAD) as u32;
    body[head..head + 8].copy_from_slice(&msg_id.0.to_le_bytes());
    body[head + 8..head + 12].copy_from_slice(&seqno.to_le_bytes());
    body[head + 12..head + INNER_HEAD].copy_from_slice(&length.to_le_bytes());
}

fn write_body(out: &Out, body: &mut Vec<u8>) {
    put_head(out, body);
    body.extend_from_slice(&out.body);
}

fn put_head(out: &Out, body: &mut Vec<u8>) {
    if let Kind::Answer(request) = out.kind {
        body.extend_from_slice(&RPC_RESULT.to_le_bytes());
        body.extend_from_slice(&request.0.to_le_bytes());
    }
}
