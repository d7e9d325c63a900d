//! One connection from its first byte: whose it is, what it speaks, and which room serves it.

use std::{future::Future, io, net::SocketAddr, sync::Arc};

use mtproto::transport::{Detection, Framing, detect};
use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_rustls::server::TlsStream;

use crate::{
    connection::{Connection, Peer},
    gateway::Hall,
    http,
    pipe::Pipe,
    place::Place,
    prefixed::Prefixed,
    proxy::{self, Head},
    stats::add,
};

/// Serves one connection to its end.
pub(crate) async fn serve(hall: Arc<Hall>, stream: TcpStream, address: SocketAddr) {
    add(&hall.counters.connections, 1);
    let Some(place) = Place::take(&hall, address.ip()) else {
        add(&hall.counters.connections_refused, 1);
        return;
    };
    // Small packets must not wait for each other; a failure only costs time.
    let _ = stream.set_nodelay(true);
    let ended = match Box::pin(greet(&hall, stream, address, place)).await {
        Ok(Greeted::Mtproto(stream, framing, peer, place)) => {
            let connection = Connection::new(hall, Pipe::Tcp(stream), *framing, peer, place);
            return drop(tokio::spawn(carry(connection)));
        }
        Ok(Greeted::Http(stream, peer, place)) => Box::pin(http::serve(hall, stream, peer, place)).await,
        Ok(Greeted::Https(stream, peer, place)) => Box::pin(http::serve(hall, *stream, peer, place)).await,
        Err(error) => Err(error),
    };
    told(ended);
}

/// A task of its own, which has no room for what greeting took.
#[allow(clippy::manual_async_fn, reason = "an async fn has room for its argument twice")]
fn carry(mut connection: Connection) -> impl Future<Output = ()> {
    async move { told(connection.serve().await) }
}

fn told(ended: io::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}

/// What a client turned out to speak.
enum Greeted {
    Mtproto(TcpStream, Box<Framing>, Peer, Place),
    Http(Prefixed<TcpStream>, Peer, Place),
    Https(Box<TlsStream<Prefixed<TcpStream>>>, Peer, Place),
}

async fn greet(hall: &Arc<Hall>, mut stream: TcpStream, address: SocketAddr, mut place: Place) -> io::Result<Greeted> {
    let mut peer = Peer { address, local: stream.local_addr()?, secure: false };
    let greeting = async {
        let mut first = Vec::new();
        if hall.trusted.contains(address.ip())
            && let Some(client) = read_proxy_head(&mut stream, &mut first).await?
        {
            peer.address = client;
            if !place.belongs_to(client.ip()) {
                add(&hall.counters.connections_refused, 1);
                return Err(io::ErrorKind::QuotaExceeded.into());
            }
        }
        match read_greeting(hall, &mut stream, &mut first).await? {
            Detection::Mtproto { mut framing, consumed } => {
                framing.push(&first[consumed..]);
                Ok(Greeted::Mtproto(stream, framing, peer, place))
            }
            Detection::Http => Ok(Greeted::Http(Prefixed::new(first, stream), peer, place)),
            Detection::Tls => {
                let tls = hall.tls.clone().ok_or(io::ErrorKind::Unsupported)?;
                let stream = tls.accept(Prefixed::new(first, stream)).await?;
                peer.secure = true;
                Ok(Greeted::Https(Box::new(stream), peer, place))
            }
            Detection::NeedMore | Detection::Unknown => {
                add(&hall.counters.broken, 1);
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    };
    tokio::time::timeout(hall.limits.greeting, greeting).await?
}

/// Reads until it is clear what the client speaks; all of it stays in `first`.
async fn read_greeting(hall: &Hall, stream: &mut TcpStream, first: &mut Vec<u8>) -> io::Result<Detection> {
    loop {
        match detect(first, &hall.secrets) {
            Detection::NeedMore => {}
            found => return Ok(found),
        }
        if stream.read_buf(first).await? == 0 {
            return Ok(Detection::Unknown);
        }
    }
}

/// Takes a PROXY header off the front, if there is one.
async fn read_proxy_head(stream: &mut TcpStream, first: &mut Vec<u8>) -> io::Result<Option<SocketAddr>> {
    loop {
        if !first.is_empty() {
            match proxy::head(first) {
                Head::NeedMore => {}
                Head::None => return Ok(None),
                Head::Client(address, length) => {
                    first.drain(..length);
                    return Ok(address);
                }
            }
        }
        if stream.read_buf(first).await? == 0 {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_what_it_makes<A, F>(_: impl FnOnce(A) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn an_idle_connections_task_takes_640_bytes() {
        // What the runtime adds to a task, which it rounds up to 128 bytes.
        const ADDED: usize = 104;
        let size = size_of_what_it_makes(carry);
        assert!((size + ADDED).next_multiple_of(128) <= 640, "{size}");
    }
}
