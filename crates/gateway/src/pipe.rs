//! The bytes of one client, over a TCP socket or WebSocket frames. No buffer is held while idle.

use std::{
    future::poll_fn,
    io,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{BufMut, Bytes};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use mtproto::transport::Incoming;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

/// Bytes read at once; the buffer lives on the stack of the reading call only.
const READ: usize = 16 << 10;

/// Most bytes taken before what came is looked at: a fast sender must not fill the memory.
const TURN: usize = 4 * READ;

/// What a connection comes by.
pub(crate) enum Pipe {
    Tcp(TcpStream),
    /// Boxed: far larger than a socket, and rarer.
    WebSocket(Box<Frames>),
}

/// WebSocket frames, read and written by the connection's task alone.
pub(crate) struct Frames(pub(crate) WebSocketStream<TokioIo<Upgraded>>);

impl Frames {
    /// As [`poll_read`], awaited.
    pub(crate) async fn read(&mut self, take: &mut impl FnMut(&[u8])) -> io::Result<bool> {
        poll_fn(|context| self.poll_read(context, take)).await
    }

    /// As [`poll_read`].
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        take: &mut impl FnMut(&[u8]),
    ) -> Poll<io::Result<bool>> {
        loop {
            match ready!(self.0.poll_next_unpin(context)) {
                Some(Ok(Message::Binary(bytes))) => {
                    take(&bytes);
                    return Poll::Ready(Ok(true));
                }
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(false)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
            }
        }
    }

    /// Writes all of it, unless the client takes nothing for as long as `stalled`.
    pub(crate) async fn write(&mut self, all: Vec<Bytes>, stalled: Duration) -> io::Result<()> {
        for bytes in all {
            timeout(stalled, self.0.send(Message::Binary(bytes))).await?.map_err(io::Error::other)?;
        }
        Ok(())
    }

    pub(crate) async fn close(&mut self) {
        // The client may have gone already.
        let _ = SinkExt::close(&mut self.0).await;
    }
}

/// Waits for bytes and gives them to `take`; `false` at the end of the stream. It keeps nothing between two polls, which
/// each of many idle connections would have to. One task at a time waits so.
pub(crate) fn poll_read(
    stream: &TcpStream,
    context: &mut Context<'_>,
    take: &mut impl FnMut(&[u8]),
) -> Poll<io::Result<bool>> {
    loop {
        ready!(stream.poll_read_ready(context))?;
        match try_read(stream, take) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            other => return Poll::Ready(other),
        }
    }
}

/// As [`poll_read`], into a transport; `ahead`: of a long packet that has begun, which has room made for it.
pub(crate) fn poll_into(
    stream: &TcpStream,
    context: &mut Context<'_>,
    incoming: &mut Incoming,
    ahead: bool,
) -> Poll<io::Result<bool>> {
    let missing = if ahead { incoming.missing() } else { 0 };
    if missing <= READ {
        return poll_read(stream, context, &mut |bytes: &[u8]| incoming.push(bytes));
    }
    loop {
        ready!(stream.poll_read_ready(context))?;
        let filled = incoming.fill(|buffer| {
            buffer.reserve(missing);
            stream.try_read_buf(&mut buffer.limit(missing.min(TURN)))
        });
        match filled {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            other => return Poll::Ready(other.map(|read| read > 0)),
        }
    }
}

/// Waits until a socket takes more, unless it takes nothing for as long as `stalled`.
pub(crate) async fn writable(stream: &TcpStream, stalled: Duration) -> io::Result<()> {
    Box::pin(timeout(stalled, stream.writable())).await?
}

/// Reads what is there, without a buffer that lives across a wait.
fn try_read(stream: &TcpStream, take: &mut impl FnMut(&[u8])) -> io::Result<bool> {
    let mut buffer = [0; READ];
    let mut taken = 0;
    loop {
        match stream.try_read(&mut buffer) {
            Ok(0) => return Ok(taken > 0),
            Ok(n) => {
                take(&buffer[..n]);
                taken += n;
                if n < READ || taken >= TURN {
                    return Ok(true);
                }
            }
            Err(error) if taken > 0 && error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(error) => return Err(error),
        }
    }
}
