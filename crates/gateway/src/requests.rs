//! A request on its way to the service and its answer on the way back.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use futures_util::FutureExt;
use mtproto::MsgId;

use crate::{
    connection::Connection,
    gateway::Hall,
    service::{Answer, Caller, Refusal},
    session::Cell,
    stats::add,
};

/// Starts a request. It is polled once in place, so that what a session asks reaches the owner in the
/// order it was asked, and an answer that needs no waiting needs no task.
pub(crate) fn start(connection: &Connection, cell: &Arc<Cell>, msg_id: MsgId, body: Bytes) {
    let hall = &connection.hall;
    if !admit(hall, cell) {
        add(&hall.counters.requests_refused, 1);
        let refusal = hall.service.refusal(Refusal::TooManyInFlight);
        return cell.lock().session.answer(msg_id, refusal);
    }
    add(&hall.counters.requests, 1);
    // A call that panics must not leave its client waiting for ever.
    let mut call = AssertUnwindSafe(hall.service.call(caller(connection, cell, msg_id), body)).catch_unwind();
    // Nobody needs waking: the task that takes over polls once more.
    match call.poll_unpin(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => finish(hall, cell, msg_id, outcome.unwrap_or_else(|_| lost(hall))),
        Poll::Pending => {
            let (hall, cell) = (Arc::clone(hall), Arc::clone(cell));
            drop(tokio::spawn(async move {
                let outcome = call.await;
                finish(&hall, &cell, msg_id, outcome.unwrap_or_else(|_| lost(&hall)));
            }));
        }
    }
}

/// What stands in for the answer of a call that panicked.
fn lost(hall: &Hall) -> Answer {
    tracing::error!("a request ended without an answer");
    Answer { body: hall.service.refusal(Refusal::Internal), ..Answer::default() }
}

fn admit(hall: &Hall, cell: &Cell) -> bool {
    let mut state = cell.lock();
    let room = state.in_flight < hall.limits.in_flight;
    state.in_flight += u32::from(room);
    room
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

/// Answers once the session hears all that it listens to: whoever was answered misses nothing.
fn finish(hall: &Arc<Hall>, cell: &Arc<Cell>, msg_id: MsgId, mut answer: Answer) {
    let topics = answer.topics.take();
    let asks = topics.map(|it| hall.registry.listen(cell, it)).unwrap_or_default();
    if asks.is_empty() {
        return reply(hall, cell, msg_id, answer);
    }
    let (hall, cell) = (Arc::clone(hall), Arc::clone(cell));
    drop(tokio::spawn(async move {
        if hall.registry.learn(&cell, asks).await.is_err() {
            tracing::error!("what a session's topics follow could not be had");
            // The client asks again, and would miss entries if it did not.
            answer.body = hall.service.refusal(Refusal::Internal);
        }
        reply(&hall, &cell, msg_id, answer);
    }));
}

fn reply(hall: &Hall, cell: &Cell, msg_id: MsgId, answer: Answer) {
    let mut state = cell.lock();
    state.in_flight -= 1;
    if let Some(layer) = answer.layer {
        cell.set_layer(layer);
    }
    state.session.answer(msg_id, answer.body);
    state.ring();
    drop(state);
    answer.close.into_iter().for_each(|key| hall.registry.close_key(key));
}
