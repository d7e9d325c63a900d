//! Key exchanges of a connection. Their arithmetic runs on other threads, a few at a time; what waits
//! beyond a limit is turned away.

use bytes::Bytes;
use mtproto::{
    envelope,
    handshake::{NewKey, Server, Step, Work, WorkDone},
    transport::FLOOD,
};

use crate::{
    clock,
    connection::{Connection, End},
    packer::Told,
    place::Waits,
    service::NewAuthKey,
    stats::add,
};

/// Plain messages of one connection: an exchange has three, a client makes two keys and may retry.
const MESSAGES_MAX: u32 = 64;

pub(crate) struct Handshakes {
    server: Server,
}

/// Takes a plain message; an exchange's slow steps are waited for here, since the connection has
/// nothing else to do meanwhile.
pub(crate) async fn handle(connection: &mut Connection, payload: &Bytes) -> Result<(), End> {
    let plain = envelope::open_plain(payload).map_err(|_| End::Broken)?;
    let identity = connection.hall.identity.clone();
    connection.plain += 1;
    if connection.plain > MESSAGES_MAX {
        return Err(End::Broken);
    }
    let handshakes =
        connection.handshakes.get_or_insert_with(|| Box::new(Handshakes { server: Server::new(identity) }));
    let hall = connection.hall.clone();
    let step = handshakes.server.handle(&plain.body, &mut hall.dh_pool(), &mut rand::rng());
    let mut step = step.map_err(|error| refuse(connection, &error))?;
    loop {
        match step {
            Step::Reply(body) => {
                connection.told.push(Told::Plain(body));
                return Ok(());
            }
            Step::Wait => return Ok(()),
            Step::NewKey(key) => return keep(connection, *key).await,
            Step::Work(work) => {
                let done = run(connection, work).await?;
                let handshakes = connection.handshakes.as_mut().ok_or(End::Broken)?;
                let next = handshakes.server.work_done(clock::now(), done, &mut hall.dh_pool(), &mut rand::rng());
                step = next.map_err(|error| refuse(connection, &error))?;
            }
        }
    }
}

async fn run(connection: &mut Connection, work: Work) -> Result<WorkDone, End> {
    let hall = connection.hall.clone();
    let Some(_waits) = Waits::take(&hall, connection.peer.address.ip()) else {
        connection.told.push(Told::Error(FLOOD));
        return Err(End::Told);
    };
    let _core = hall.handshake_cores.acquire().await.map_err(|_| End::Broken)?;
    tokio::task::spawn_blocking(move || work.run()).await.map_err(|_| End::Broken)
}

/// The key is durable before the client is told that it has one.
async fn keep(connection: &mut Connection, key: NewKey) -> Result<(), End> {
    let hall = connection.hall.clone();
    let new = NewAuthKey { id: key.id(), key: key.auth_key.clone(), expires_in: key.expires_in, dc: key.dc };
    let exists = hall.registry.key(key.id(), clock::now()).await.is_some();
    let stored = !exists && hall.service.store_auth_key(new).await.is_ok();
    let handshakes = connection.handshakes.as_mut().ok_or(End::Broken)?;
    if !stored {
        let body = handshakes.server.refuse(&key.nonce, exists).ok_or(End::Broken)?;
        connection.told.push(Told::Plain(body));
        return Ok(());
    }
    handshakes.server.confirm(&key.nonce);
    hall.registry.remember_first_salt(key.id(), key.server_salt, clock::now());
    add(&hall.counters.handshakes, 1);
    connection.told.push(Told::Plain(key.dh_gen_ok));
    Ok(())
}

fn refuse(connection: &mut Connection, error: &mtproto::Error) -> End {
    tracing::debug!(%error, "a key exchange broke");
    connection.unknown_key()
}
