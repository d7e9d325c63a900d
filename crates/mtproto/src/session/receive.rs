//! From a decrypted message to requests: ids, sequence numbers, salts, containers, gzip.

use bytes::Bytes;

use super::inbox::{Bad, Fate, Inbox};
use super::outbox::Kind;
use super::services::{self, Service};
use super::wire::{
    BAD_MSG_NOTIFICATION, BAD_SERVER_SALT, GZIP_PACKED, MSG_CONTAINER, NEW_SESSION_CREATED, split_container,
};
use super::{Event, MAX_UNPACKED, Session};
use crate::envelope::Envelope;
use crate::wire::{Malformed, Reader};
use crate::{Error, MsgId, Time};

/// A message of the client, alone or out of a container.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) id: MsgId,
    pub(super) seqno: i32,
    pub(super) body: Bytes,
}

impl Message {
    fn constructor(&self) -> u32 {
        self.body.first_chunk().map_or(0, |it| u32::from_le_bytes(*it))
    }
}

impl Session {
    /// Takes a message that the client sent in this session. What is wrong with it is answered
    /// inside the protocol; `Err` only says that it belongs to another session.
    pub fn handle_message(&mut self, now: Time, envelope: Envelope) -> Result<(), Error> {
        let header = envelope.header;
        if header.session != self.id {
            return Err(Error::Session);
        }
        self.wake(now);
        let message = Message { id: header.msg_id, seqno: header.seqno, body: envelope.body };
        // A repeated message keeps its id, however old that is.
        if self.inbox.fate(message.id).is_none()
            && let Err(bad) = Inbox::check_time(message.id, now)
        {
            self.bad(&message, bad);
            return Ok(());
        }
        if !self.salts.valid_at(header.salt, now) {
            let salt = self.salts.current(now);
            self.bad_salt(&message, salt);
            return Ok(());
        }
        let mut budget = MAX_UNPACKED;
        if message.constructor() == MSG_CONTAINER {
            self.container(now, &message, &mut budget);
        } else {
            self.announce(now, message.id);
            self.single(now, message, &mut budget);
        }
        self.schedule_acks(now);
        Ok(())
    }

    /// `new_session_created`, before anything else is sent.
    fn announce(&mut self, now: Time, first: MsgId) {
        if self.announced {
            return;
        }
        self.announced = true;
        let mut body = Vec::with_capacity(28);
        body.extend_from_slice(&NEW_SESSION_CREATED.to_le_bytes());
        body.extend_from_slice(&first.0.to_le_bytes());
        body.extend_from_slice(&self.unique_id.to_le_bytes());
        body.extend_from_slice(&self.salts.current(now).to_le_bytes());
        self.outbox.add(Kind::NewSession, body.into());
    }

    fn container(&mut self, now: Time, outer: &Message, budget: &mut usize) {
        let messages = match unpack_container(outer) {
            Ok(messages) => messages,
            Err(bad) => return self.bad(outer, bad),
        };
        match self.inbox.fate(outer.id) {
            // The whole packet again: each message in it is known, and treated as such.
            Some(Fate::Container) => {}
            Some(_) => return self.bad(outer, Bad::ContainerId),
            None => {
                if let Err(bad) = self.inbox.insert(outer.id, outer.seqno, Fate::Container) {
                    return self.bad(outer, bad);
                }
            }
        }
        let first = messages.iter().map(|it| it.id).min();
        self.announce(now, first.unwrap_or(outer.id));
        for message in messages {
            self.single(now, message, budget);
        }
    }

    /// One message that is no container.
    fn single(&mut self, now: Time, mut message: Message, budget: &mut usize) {
        if !message.id.is_from_client() {
            return self.bad(&message, Bad::IdBits);
        }
        if self.is_answered_already(now, &message) {
            return;
        }
        if message.constructor() == GZIP_PACKED {
            match unpack(&message.body, budget) {
                Ok(body) => message.body = body.into(),
                Err(Malformed) => return self.reject(&message, "INPUT_FETCH_ERROR"),
            }
        }
        let constructor = message.constructor();
        if constructor == MSG_CONTAINER {
            return self.bad(&message, Bad::Container);
        }
        let service = services::of(constructor);
        let odd = message.seqno & 1 == 1;
        let fate = match service {
            Some(Service::HttpWait) if odd => return self.bad(&message, Bad::SeqnoOdd),
            None if !odd => return self.bad(&message, Bad::SeqnoEven),
            // Clients differ in whether these count as content-related; mtcute 0.30.3 counts even acks.
            Some(_) => Fate::Service,
            None => Fate::Running,
        };
        let known = self.inbox.fate(message.id).is_some();
        if !known && let Err(bad) = self.inbox.insert(message.id, message.seqno, fate) {
            return self.bad(&message, bad);
        }
        if odd && service.is_none_or(Service::is_unanswered) {
            self.acks.push(message.id);
        }
        match service {
            Some(service) => self.serve(now, service, &message),
            None => self.request(now, message),
        }
    }

    /// Deals with a message that came before, unless it is one to be done again.
    fn is_answered_already(&mut self, now: Time, message: &Message) -> bool {
        let Some(fate) = self.inbox.fate(message.id) else {
            return false;
        };
        match fate {
            Fate::Service => return false,
            Fate::Container => self.bad(message, Bad::ContainerId),
            Fate::Evicted => self.bad(message, Bad::TooOld),
            Fate::Answered => self.outbox.resend_answer(message.id, now),
            Fate::Running | Fate::Acked | Fate::Dropped => {}
        }
        self.acks.push(message.id);
        true
    }

    fn request(&mut self, now: Time, message: Message) {
        if let Some((after, body)) = self.look_at_wrappers(&message) {
            self.hold(now, message.id, body, after);
        } else {
            self.events.push_back(Event::Request { msg_id: message.id, body: message.body });
        }
    }

    /// Answers a message that cannot be read with an error 400.
    pub(super) fn reject(&mut self, message: &Message, name: &str) {
        if self.inbox.fate(message.id).is_none()
            && let Err(bad) = self.inbox.insert(message.id, message.seqno, Fate::Running)
        {
            return self.bad(message, bad);
        }
        self.inbox.set_fate(message.id, Fate::Running);
        self.answer(message.id, services::rpc_error(400, name));
    }

    pub(super) fn bad(&mut self, message: &Message, code: Bad) {
        let mut body = Vec::with_capacity(20);
        body.extend_from_slice(&BAD_MSG_NOTIFICATION.to_le_bytes());
        body.extend_from_slice(&message.id.0.to_le_bytes());
        body.extend_from_slice(&message.seqno.to_le_bytes());
        body.extend_from_slice(&(code as i32).to_le_bytes());
        self.outbox.add(Kind::Service, body.into());
    }

    fn bad_salt(&mut self, message: &Message, salt: i64) {
        let mut body = Vec::with_capacity(28);
        body.extend_from_slice(&BAD_SERVER_SALT.to_le_bytes());
        body.extend_from_slice(&message.id.0.to_le_bytes());
        body.extend_from_slice(&message.seqno.to_le_bytes());
        body.extend_from_slice(&(Bad::Salt as i32).to_le_bytes());
        body.extend_from_slice(&salt.to_le_bytes());
        self.outbox.add(Kind::Service, body.into());
    }
}

fn unpack(body: &Bytes, budget: &mut usize) -> Result<Vec<u8>, Malformed> {
    let mut r = Reader::new(body);
    r.u32()?;
    let packed = r.bytes()?;
    let cap = tl::gunzip::DEFAULT_CAP.min(*budget);
    let out = tl::gunzip::unpack(&packed, cap).map_err(|_| Malformed)?;
    *budget -= out.len();
    // A packed packing is a bomb or a mistake.
    if out.starts_with(&GZIP_PACKED.to_le_bytes()) {
        return Err(Malformed);
    }
    Ok(out)
}

/// The messages of a container, if all of it is in order.
fn unpack_container(outer: &Message) -> Result<Vec<Message>, Bad> {
    if outer.seqno & 1 == 1 {
        return Err(Bad::SeqnoOdd);
    }
    let split = split_container(&outer.body).map_err(|_| Bad::Container)?;
    let messages: Vec<_> = split.into_iter().map(|(id, seqno, body)| Message { id, seqno, body }).collect();
    let wrong = |it: &Message| it.id >= outer.id || it.constructor() == MSG_CONTAINER;
    if messages.iter().any(wrong) {
        return Err(Bad::Container);
    }
    Ok(messages)
}
