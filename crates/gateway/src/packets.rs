//! A packet: plain ones belong to a key exchange, the others to a session of their key.

use bytes::Bytes;
use crypto::message::Side;
use mtproto::{
    envelope::{self, Class},
    transport::Packet,
};

use crate::{
    clock,
    connection::{Connection, End},
    handshake,
    packer::Told,
};

pub(crate) async fn handle(connection: &mut Connection, packet: Packet) -> Result<(), End> {
    match envelope::classify(&packet.payload) {
        Ok(Class::Plain) => Box::pin(handshake::handle(connection, &packet.payload)).await,
        Ok(Class::Encrypted(key)) => encrypted(connection, key, packet).await,
        Ok(Class::TransportError(_)) | Err(_) => Err(End::Broken),
    }
}

async fn encrypted(connection: &mut Connection, id: mtproto::AuthKeyId, packet: Packet) -> Result<(), End> {
    let now = clock::now();
    let known = connection.sessions.iter().find(|cell| cell.key.id == id).map(|cell| cell.key.clone());
    let key = match known {
        Some(key) if key.record.expires.is_none_or(|at| at > now.secs()) => Some(key),
        _ => connection.hall.registry.key(id, now).await,
    };
    let Some(key) = key else { return Err(connection.unknown_key()) };
    let envelope = open(connection, &key.record.key, &packet.payload, packet.quick_ack)?;
    let cell = connection.join(&key, envelope.header.session, now)?;
    cell.lock().session.handle_message(now, envelope).map_err(|_| End::Broken)?;
    Ok(())
}

fn open(
    connection: &mut Connection,
    key: &crypto::AuthKey,
    payload: &Bytes,
    quick_ack: bool,
) -> Result<envelope::Envelope, End> {
    let broken = |error: mtproto::Error| {
        tracing::debug!(%error, "a packet does not open");
        End::Broken
    };
    if !quick_ack {
        return envelope::open_without_token(key, Side::Client, payload).map_err(broken);
    }
    let opened = envelope::open(key, Side::Client, payload).map_err(broken)?;
    connection.told.push(Told::QuickAck(opened.quick_ack));
    Ok(opened.envelope)
}
