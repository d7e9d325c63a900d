//! The bytes of one client, over a TCP socket or WebSocket frames. No buffer is held while idle.

use std::io;

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

/// Bytes read at once; the buffer lives on the stack of the reading call only.
const READ: usize = 16 << 10;

pub(crate) enum Pipe {
    Tcp(TcpStream),
    /// Boxed: far larger than a socket, and rarer.
    WebSocket(Box<WebSocketStream<TokioIo<Upgraded>>>),
}

impl Pipe {
    /// Waits for bytes and gives them to `take`; `false` at the end of the stream.
    pub(crate) async fn read(&mut self, take: &mut impl FnMut(&[u8])) -> io::Result<bool> {
        match self {
            Pipe::Tcp(stream) => loop {
                stream.readable().await?;
                match try_read(stream, take) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    other => return other,
                }
            },
            Pipe::WebSocket(stream) => loop {
                match stream.next().await {
                    Some(Ok(Message::Binary(bytes))) => {
                        take(&bytes);
                        return Ok(true);
                    }
                    Some(Ok(Message::Close(_))) | None => return Ok(false),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(io::Error::other(error)),
                }
            },
        }
    }

    pub(crate) async fn write(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        match self {
            Pipe::Tcp(stream) => stream.write_all(&bytes).await,
            Pipe::WebSocket(stream) => stream.send(Message::Binary(bytes.into())).await.map_err(io::Error::other),
        }
    }

    pub(crate) async fn close(&mut self) {
        // The client may have gone already.
        let _ = match self {
            Pipe::Tcp(stream) => stream.shutdown().await,
            Pipe::WebSocket(stream) => SinkExt::close(&mut **stream).await.map_err(io::Error::other),
        };
    }
}

/// Reads what is there, without a buffer that lives across a wait.
fn try_read(stream: &TcpStream, take: &mut impl FnMut(&[u8])) -> io::Result<bool> {
    let mut buffer = [0; READ];
    let mut any = false;
    loop {
        match stream.try_read(&mut buffer) {
            Ok(0) => return Ok(any),
            Ok(n) => {
                take(&buffer[..n]);
                any = true;
                if n < READ {
                    return Ok(true);
                }
            }
            Err(error) if any && error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(error) => return Err(error),
        }
    }
}
