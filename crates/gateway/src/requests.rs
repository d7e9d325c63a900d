//! A request on its way to the service and its answer on the way back.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_util::FutureExt;
use mtproto::{
    MsgId,
    session::{Event, LONG},
};

use crate::{
    connection::Connection,
    gateway::Hall,
    service::{Answer, Caller, Refusal},
    session::{Cell, State},
    stats::add,
};

/// A request that a session may begin with.
pub(crate) struct Request {
    pub(crate) msg_id: MsgId,
    pub(crate) body: Bytes,
    /// It brings or fetches hundreds of kilobytes.
    is_long: bool,
}

/// The next request of a session, unless so many are under way that it must wait until one of them is answered, which
/// rings. `None`: there is something else to do, or nothing.
pub(crate) fn next(hall: &Hall, state: &mut State) -> Option<Poll<Request>> {
    let body = state.session.next_request()?;
    let is_long = body.len() > LONG || hall.service.answers_long(body);
    let limits = &hall.limits;
    if state.in_flight >= limits.in_flight || (is_long && state.long_in_flight >= limits.long_in_flight) {
        return Some(Poll::Pending);
    }
    let Some(Event::Request { msg_id, body }) = state.session.poll_event() else { return None };
    state.in_flight += 1;
    state.long_in_flight += u16::from(is_long);
    Some(Poll::Ready(Request { msg_id, body, is_long }))
}

/// A request under way: who is to be answered.
struct Asked {
    hall: Arc<Hall>,
    cell: Arc<Cell>,
    msg_id: MsgId,
    is_long: bool,
}

/// Starts a request. It is polled once in place, so that what a session asks reaches the owner in the
/// order it was asked, and an answer that needs no waiting needs no task.
pub(crate) fn start(connection: &Connection, cell: &Arc<Cell>, request: Request) {
    let hall = &connection.hall;
    let Request { msg_id, body, is_long } = request;
    add(&hall.counters.requests, 1);
    // A call that panics must not leave its client waiting for ever.
    let mut call = AssertUnwindSafe(hall.service.call(caller(connection, cell, msg_id), body)).catch_unwind();
    let asked = Asked { hall: Arc::clone(hall), cell: Arc::clone(cell), msg_id, is_long };
    // Nobody needs waking: the task that takes over polls once more.
    match call.poll_unpin(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => asked.finish(outcome.ok()),
        Poll::Pending => drop(tokio::spawn(async move { asked.finish(call.await.ok()) })),
    }
}

fn caller(connection: &Connection, cell: &Cell, msg_id: MsgId) -> Caller {
    Caller {
        auth_key: cell.key.id,
        session: cell.id,
        msg_id,
        address: connection.peer.address,
        local: connection.peer.local,
        dc: cell.key.dc.or(connection.incoming.dc()),
        layer: cell.layer(),
    }
}

impl Asked {
    /// Answers once the session hears all that it listens to: whoever was answered misses nothing. `None`: the call
    /// panicked.
    fn finish(self, answer: Option<Answer>) {
        let mut answer = answer.unwrap_or_else(|| {
            tracing::error!("a request ended without an answer");
            Answer { body: self.hall.service.refusal(Refusal::Internal), ..Answer::default() }
        });
        let topics = answer.topics.take();
        let asks = topics.map(|it| self.hall.registry.listen(&self.cell, it)).unwrap_or_default();
        if asks.is_empty() {
            return self.reply(answer);
        }
        drop(tokio::spawn(async move {
            if self.hall.registry.learn(&self.cell, asks).await.is_err() {
                tracing::error!("what a session's topics follow could not be had");
                // The client asks again, and would miss entries if it did not.
                answer.body = self.hall.service.refusal(Refusal::Internal);
            }
            self.reply(answer);
        }));
    }

    fn reply(self, answer: Answer) {
        let mut state = self.cell.lock();
        state.in_flight -= 1;
        state.long_in_flight -= u16::from(self.is_long);
        if let Some(layer) = answer.layer {
            self.cell.set_layer(layer);
        }
        state.session.answer(self.msg_id, answer.body);
        state.ring();
        drop(state);
        answer.close.into_iter().for_each(|key| self.hall.registry.close_key(key));
    }
}
