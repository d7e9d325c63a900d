//! One connection from its first byte: whose it is, what it speaks, and which room serves it.

use std::{io, net::SocketAddr, sync::Arc, sync::PoisonError, time::Duration};

use mtproto::transport::{Detection, Framing, detect};
use tokio::{io::AsyncReadExt, net::TcpStream};

use crate::{
    connection::{self, Peer},
    gateway::Hall,
    http,
    pipe::Pipe,
    prefixed::Prefixed,
    proxy::{self, Head},
    stats::{add, sub},
};

/// How long a client may take to say what it speaks.
const GREETING: Duration = Duration::from_secs(30);

/// Serves one connection to its end.
pub(crate) async fn serve(hall: Arc<Hall>, stream: TcpStream, address: SocketAddr) {
    add(&hall.counters.connections, 1);
    let Some(_place) = Place::take(&hall, address) else {
        add(&hall.counters.connections_refused, 1);
        return;
    };
    // Small packets must not wait for each other; a failure only costs time.
    let _ = stream.set_nodelay(true);
    if let Err(error) = greet(&hall, stream, address).await {
        tracing::debug!(%error, "connection ended");
    }
}

async fn greet(hall: &Arc<Hall>, mut stream: TcpStream, address: SocketAddr) -> io::Result<()> {
    let local = stream.local_addr()?;
    let mut first = Vec::new();
    let mut peer = Peer { address, local };
    let greeting = Box::pin(tokio::time::timeout(GREETING, async {
        if hall.trusted.contains(address.ip())
            && let Some(client) = read_proxy_head(&mut stream, &mut first).await?
        {
            peer.address = client;
        }
        read_greeting(hall, &mut stream, &mut first).await
    }));
    let spoken = greeting.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    match spoken {
        Detection::Mtproto { mut framing, consumed } => {
            framing.push(&first[consumed..]);
            drop(first);
            mtproto(hall, stream, framing, peer).await
        }
        Detection::Http => {
            let io = Prefixed::new(first, stream);
            Box::pin(http::serve(Arc::clone(hall), io, peer)).await
        }
        Detection::Tls => match hall.tls.clone() {
            Some(tls) => {
                let io = Box::pin(tls.accept(Prefixed::new(first, stream))).await?;
                Box::pin(http::serve(Arc::clone(hall), io, peer)).await
            }
            None => Ok(()),
        },
        Detection::NeedMore | Detection::Unknown => {
            add(&hall.counters.broken, 1);
            Ok(())
        }
    }
}

async fn mtproto(hall: &Arc<Hall>, stream: TcpStream, framing: Box<Framing>, peer: Peer) -> io::Result<()> {
    connection::serve(Arc::clone(hall), Pipe::Tcp(stream), framing, peer).await
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

/// A place under the limits, given back when dropped.
struct Place {
    hall: Arc<Hall>,
    address: SocketAddr,
}

impl Place {
    fn take(hall: &Arc<Hall>, address: SocketAddr) -> Option<Self> {
        let trusted = hall.trusted.contains(address.ip());
        let mut by_address = hall.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let total = hall.counters.connections_now.load(std::sync::atomic::Ordering::Relaxed);
        if total >= hall.limits.connections as u64 {
            return None;
        }
        let count = by_address.entry(address.ip()).or_default();
        if *count >= hall.limits.connections_per_address && !trusted {
            return None;
        }
        *count += 1;
        add(&hall.counters.connections_now, 1);
        Some(Self { hall: Arc::clone(hall), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        sub(&self.hall.counters.connections_now, 1);
        let mut by_address = self.hall.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_address.get_mut(&self.address.ip()) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address.ip());
            }
        }
    }
}
