//! A packet: plain ones belong to a key exchange, the others to a session of their key.

use std::sync::Arc;

use crypto::message::Side;
use futures_util::{FutureExt, future::BoxFuture};
use mtproto::{
    AuthKeyId, Time,
    envelope::{self, Class, alone::Opened},
    session::LONG,
    transport::Packet,
};

use crate::{
    clock,
    connection::{Connection, End},
    handshake,
    packer::Told,
    service::KeyRecord,
};

/// What is left to do for a packet.
pub(crate) type Rest<'a> = BoxFuture<'a, Result<(), End>>;

/// Takes a packet; what has to wait is left, boxed, since few packets are the first of a key.
pub(crate) fn handle<'a>(connection: &'a mut Connection, packet: Packet) -> Result<Option<Rest<'a>>, End> {
    match envelope::classify(&packet.payload) {
        Ok(Class::Plain) => Ok(Some(async move { handshake::handle(connection, &packet.payload).await }.boxed())),
        Ok(Class::Encrypted(id)) => {
            let now = clock::now();
            let known = connection.sessions.iter().find(|cell| cell.key.id == id).map(|cell| Arc::clone(&cell.key));
            match known.filter(|key| key.expires.is_none_or(|at| at > now.secs())) {
                Some(key) if packet.payload.len() > LONG => {
                    let arrival = connection.arrivals.add(&key, packet, &connection.outlet);
                    connection.hall.freight.open(arrival, &connection.hall.counters);
                    Ok(None)
                }
                Some(key) => encrypted(connection, &key, &packet, now).map(|()| None),
                None => Ok(Some(first_of(connection, id, packet, now).boxed())),
            }
        }
        Ok(Class::TransportError(_)) | Err(_) => Err(End::Broken),
    }
}

async fn first_of(connection: &mut Connection, id: AuthKeyId, packet: Packet, now: Time) -> Result<(), End> {
    match connection.hall.registry.key(id, now).await {
        Some(key) => encrypted(connection, &key, &packet, now),
        None => Err(connection.unknown_key()),
    }
}

fn encrypted(connection: &mut Connection, key: &Arc<KeyRecord>, packet: &Packet, now: Time) -> Result<(), End> {
    let opened = if packet.quick_ack {
        envelope::open(&key.key, Side::Client, &packet.payload).map(|it| (it.envelope, Some(it.quick_ack)))
    } else {
        envelope::open_without_token(&key.key, Side::Client, &packet.payload).map(|it| (it, None))
    };
    take(connection, key, opened, now)
}

/// Hands an opened packet to its session.
fn take(connection: &mut Connection, key: &Arc<KeyRecord>, opened: Opened, now: Time) -> Result<(), End> {
    let (envelope, token) = opened.map_err(|error| {
        tracing::debug!(%error, "a packet does not open");
        End::Broken
    })?;
    connection.told.extend(token.map(Told::QuickAck));
    let cell = connection.join(key, envelope.header.session, now)?;
    cell.lock().session.handle_message(now, envelope).map_err(|_| End::Broken)?;
    Ok(())
}

/// Takes long packets that have been opened meanwhile.
pub(crate) fn take_arrived(connection: &mut Connection) -> Result<(), End> {
    while let Some((key, opened)) = connection.arrivals.next() {
        take(connection, &key, opened.ok_or(End::Broken)?, clock::now())?;
    }
    Ok(())
}
