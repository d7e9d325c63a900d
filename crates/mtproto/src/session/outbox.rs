//! What goes to the client: messages to be sent, and those sent that it has not acknowledged.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use super::{LONG, Limits};
use crate::{MsgId, Time};

/// Bodies above this are forgotten first where memory is short: parts of files, which a client
/// may ask for again without harm.
const LARGE: usize = 16 << 10;

/// A message that was sent keeps its id this long when it is sent again: clients drop messages
/// of more than 300 s ago.
const SAME_ID: Duration = Duration::from_secs(270);

/// A sent message nobody acknowledges is sent again after this long on one connection: TDLib
/// and mtcute acknowledge within 30 s.
const RESEND_AFTER: Duration = Duration::from_secs(60);

/// Times that it is sent on one connection; TCP loses nothing, so more is in vain.
const MAX_SENDS: u8 = 3;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The result of a request; the body stands without the head of `rpc_result`.
    Answer(MsgId),
    /// An update.
    Push,
    /// Stands in for updates that were dropped.
    TooLong,
    /// `new_session_created`: must be acknowledged, too.
    NewSession,
    /// Anything of the protocol itself that needs no acknowledgement.
    Service,
}

impl Kind {
    pub(super) fn is_content(self) -> bool {
        self != Self::Service
    }

    /// The low bits of the message id: 1 for what answers, 3 for the rest.
    pub(super) fn bits(self) -> i64 {
        match self {
            Self::Answer(_) | Self::Service | Self::NewSession => 1,
            Self::Push | Self::TooLong => 3,
        }
    }
}

/// The place of a message in the session, once it has been sent.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) msg_id: MsgId,
    pub(super) seqno: i32,
    pub(super) sent: Time,
    pub(super) sends: u8,
}

pub(super) struct Out {
    pub(super) kind: Kind,
    pub(super) body: Bytes,
    pub(super) place: Option<Place>,
}

/// What had to be forgotten.
pub(super) struct Lost {
    /// These requests' answers.
    pub(super) answers: Vec<MsgId>,
}

#[derive(Default)]
pub(super) struct Outbox {
    queue: VecDeque<Out>,
    queued_bytes: usize,
    pushes: usize,
    push_bytes: usize,
    /// `TooLong` is queued: it covers every push until it is sent.
    too_long: bool,
    /// A sent push was forgotten unacknowledged: the client may have missed it.
    missed: bool,
    /// By message id.
    unacked: VecDeque<Out>,
    unacked_bytes: usize,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.unacked.is_empty()
    }

    /// Messages that there is room for without asking for memory.
    #[cfg(test)]
    pub(super) fn room(&self) -> (usize, usize) {
        (self.queue.capacity(), self.unacked.capacity())
    }

    pub(super) fn queued_bytes(&self) -> usize {
        self.queued_bytes
    }

    pub(super) fn add(&mut self, kind: Kind, body: Bytes) {
        self.push_back(Out { kind, body, place: None });
    }

    /// Adds an update, or lets `too_long` stand in for it and those before it.
    pub(super) fn add_push(&mut self, body: Bytes, too_long: &Bytes, limits: &Limits) {
        if self.too_long {
            return;
        }
        let bytes = self.push_bytes + body.len();
        if self.pushes < limits.pushes && bytes <= limits.push_bytes {
            self.add(Kind::Push, body);
        } else {
            self.collapse(too_long);
        }
    }

    fn collapse(&mut self, too_long: &Bytes) {
        let all = std::mem::take(&mut self.queue);
        (self.queued_bytes, self.pushes, self.push_bytes) = (0, 0, 0);
        for out in all {
            if out.kind != Kind::Push {
                self.push_back(out);
            }
        }
        self.add(Kind::TooLong, too_long.clone());
    }

    fn push_back(&mut self, out: Out) {
        self.count_in(&out);
        if self.queue.capacity() == 0 {
            // Mostly it is sent before another comes.
            self.queue.reserve_exact(1);
        }
        self.queue.push_back(out);
    }

    fn count_in(&mut self, out: &Out) {
        self.queued_bytes += out.body.len();
        match out.kind {
            Kind::Push => {
                self.pushes += 1;
                self.push_bytes += out.body.len();
            }
            Kind::TooLong => self.too_long = true,
            Kind::Answer(_) | Kind::NewSession | Kind::Service => {}
        }
    }

    /// How many of the next messages go into one container of `bytes` with heads of `head` bytes each, and
    /// at most `most` of them. A long one never does.
    pub(super) fn fitting(&self, bytes: usize, head: usize, most: usize) -> usize {
        let mut sum = 0;
        let fits = |it: &&Out| {
            sum += head + it.body.len();
            sum <= bytes && it.body.len() <= LONG
        };
        self.queue.iter().take(most).take_while(fits).count()
    }

    /// Whether the next message is a long one.
    pub(super) fn is_long_next(&self) -> bool {
        self.queue.front().is_some_and(|it| it.body.len() > LONG)
    }

    /// What the next messages are.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.queue.iter().map(|it| it.kind)
    }

    pub(super) fn pop(&mut self) -> Option<Out> {
        let out = self.queue.pop_front()?;
        self.count_out(&out);
        if self.queue.is_empty() {
            let room = std::mem::take(&mut self.queue);
            if self.unacked.capacity() == 0 && out.kind.is_content() {
                // Where it is kept next.
                self.unacked = room;
            }
        }
        Some(out)
    }

    fn count_out(&mut self, out: &Out) {
        self.queued_bytes -= out.body.len();
        match out.kind {
            Kind::Push => {
                self.pushes -= 1;
                self.push_bytes -= out.body.len();
            }
            Kind::TooLong => self.too_long = false,
            Kind::Answer(_) | Kind::NewSession | Kind::Service => {}
        }
    }

    /// Keeps a message that was sent until it is acknowledged.
    pub(super) fn keep(&mut self, out: Out, limits: &Limits) -> Lost {
        if let (Some(place), true) = (out.place, out.kind.is_content()) {
            self.unacked_bytes += out.body.len();
            // Only what is sent again is not the newest, and a search through hundreds costs a microsecond.
            match self.unacked.back() {
                Some(newest) if id_of(newest) > place.msg_id => {
                    let at = self.unacked.partition_point(|it| id_of(it) < place.msg_id);
                    self.unacked.insert(at, out);
                }
                _ => self.unacked.push_back(out),
            }
        }
        let mut lost = Lost { answers: Vec::new() };
        while self.unacked.len() > limits.unacked || self.unacked_bytes > limits.unacked_bytes {
            let large = self.unacked.iter().position(|it| it.body.len() > LARGE);
            self.forget(large.unwrap_or(0), &mut lost);
        }
        lost
    }

    fn forget(&mut self, at: usize, lost: &mut Lost) {
        let Some(out) = self.unacked.remove(at) else {
            return;
        };
        self.unacked_bytes -= out.body.len();
        match out.kind {
            Kind::Answer(request) => lost.answers.push(request),
            Kind::Push | Kind::TooLong => self.missed = true,
            Kind::NewSession | Kind::Service => {}
        }
    }

    /// The client has this message; gives the request that it answers.
    pub(super) fn ack(&mut self, id: MsgId) -> Option<MsgId> {
        if let Ok(at) = self.unacked.binary_search_by_key(&id, id_of) {
            let out = self.unacked.remove(at)?;
            self.unacked_bytes -= out.body.len();
            if self.unacked.is_empty() {
                self.unacked = VecDeque::new();
            }
            return answered(&out);
        }
        // It may be waiting to be sent once more.
        let placed = |it: &Out| it.place.is_some_and(|place| place.msg_id == id);
        let out = self.remove_queued(placed)?;
        answered(&out)
    }

    fn remove_queued(&mut self, which: impl Fn(&Out) -> bool) -> Option<Out> {
        let at = self.queue.iter().position(which)?;
        let out = self.queue.remove(at)?;
        self.count_out(&out);
        Some(out)
    }

    /// Sends the answer to that request again, if it is not about to be sent anyhow.
    pub(super) fn resend_answer(&mut self, request: MsgId, now: Time) {
        let which = |it: &Out| it.kind == Kind::Answer(request);
        if let Some(at) = self.unacked.iter().position(which) {
            self.requeue(at, now);
        }
    }

    /// Sends that message again; false if it is not there.
    pub(super) fn resend(&mut self, id: MsgId, now: Time) -> bool {
        match self.unacked.binary_search_by_key(&id, id_of) {
            Ok(at) => {
                self.requeue(at, now);
                true
            }
            Err(_) => false,
        }
    }

    fn requeue(&mut self, at: usize, now: Time) {
        if let Some(mut out) = self.unacked.remove(at) {
            self.unacked_bytes -= out.body.len();
            out.place = out.place.filter(|it| it.msg_id.time() + SAME_ID > now);
            self.push_back(out);
        }
    }

    /// Takes the answer to that request back; gives its length and its place if it was sent.
    pub(super) fn drop_answer(&mut self, request: MsgId) -> Option<(usize, Option<Place>)> {
        let which = |it: &Out| it.kind == Kind::Answer(request);
        let out = match self.unacked.iter().position(which) {
            Some(at) => {
                let out = self.unacked.remove(at)?;
                self.unacked_bytes -= out.body.len();
                out
            }
            None => self.remove_queued(which)?,
        };
        Some((out.body.len(), out.place))
    }

    /// A new connection: everything unacknowledged goes out again, before what is queued.
    pub(super) fn reconnect(&mut self, now: Time, too_long: &Bytes) {
        let queued = std::mem::take(&mut self.queue);
        (self.queued_bytes, self.pushes, self.push_bytes) = (0, 0, 0);
        self.too_long = false;
        let mut missed = std::mem::take(&mut self.missed);
        self.unacked_bytes = 0;
        for mut out in std::mem::take(&mut self.unacked) {
            if let Some(place) = &mut out.place {
                place.sends = 0;
            }
            out.place = out.place.filter(|it| it.msg_id.time() + SAME_ID > now);
            if out.kind == Kind::Push && out.place.is_none() {
                missed = true;
            } else {
                self.push_back(out);
            }
        }
        for out in queued {
            // Service messages are about the connection that has gone.
            if out.kind.is_content() && (out.kind != Kind::TooLong || !self.too_long) {
                self.push_back(out);
            }
        }
        if missed && !self.too_long {
            self.collapse(too_long);
        }
    }

    /// Forgets what has been unacknowledged for `limits.unacked_life`, and sends again what has
    /// been so for a while if `online`.
    pub(super) fn tick(&mut self, now: Time, online: bool, limits: &Limits) -> Lost {
        let mut lost = Lost { answers: Vec::new() };
        let mut at = 0;
        while let Some(place) = self.unacked.get(at).and_then(|it| it.place) {
            let wait = RESEND_AFTER * u32::from(place.sends.max(1));
            if place.sent + limits.unacked_life < now {
                self.forget(at, &mut lost);
            } else if online && place.sends < MAX_SENDS && place.sent + wait <= now {
                self.requeue(at, now);
            } else {
                at += 1;
            }
        }
        if self.unacked.is_empty() {
            self.unacked = VecDeque::new();
        } else if self.unacked.capacity() > 2 * self.unacked.len() + 4 {
            self.unacked.shrink_to_fit();
        }
        lost
    }
}

fn id_of(out: &Out) -> MsgId {
    out.place.map_or(MsgId(0), |it| it.msg_id)
}

fn answered(out: &Out) -> Option<MsgId> {
    match out.kind {
        Kind::Answer(request) => Some(request),
        Kind::Push | Kind::TooLong | Kind::NewSession | Kind::Service => None,
    }
}
