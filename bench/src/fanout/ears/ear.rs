//! One socket that listens: what came is counted at once, and of MTProto kept, to be opened when the clock stands.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::SocketAddr,
    time::Duration,
};

use mio::{Interest, Registry, Token, net::TcpStream};

use super::{
    pieces::{self, Piece, Tongue},
    session::Session,
};
use crate::Failure;

/// A socket.
pub(super) struct Ear {
    stream: TcpStream,
    tongue: Tongue,
    /// Who listens; of MTProto.
    pub(super) session: Option<Box<Session>>,
    /// Bytes that came: of MTProto all since they were last opened, else the beginning of a piece.
    kept: Vec<u8>,
    /// How far pieces in it have been counted.
    counted: usize,
    /// Deliveries so far.
    pub(super) heard: u64,
    /// What `heard` was when counting began.
    pub(super) before: u64,
    out: Vec<u8>,
    pub(super) ready: bool,
}

impl Ear {
    /// Begins to connect, with what it says first.
    pub(super) fn connect(
        address: SocketAddr,
        (registry, token): (&Registry, Token),
        tongue: Tongue,
        greeting: Vec<u8>,
        session: Option<Session>,
    ) -> Result<Self, Failure> {
        let mut stream = TcpStream::connect(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        let (session, ready) = (session.map(Box::new), false);
        Ok(Self { stream, tongue, session, kept: Vec::new(), counted: 0, heard: 0, before: 0, out: greeting, ready })
    }

    /// Sends what is to be sent, as far as the socket takes it.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(sent) => drop(self.out.drain(..sent)),
                Err(error) if is_later(&error) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        self.out = Vec::new();
        Ok(())
    }

    /// It can be read or written to; the number of bytes that came.
    pub(super) fn stir(&mut self, readable: bool, writable: bool, buffer: &mut [u8]) -> Result<usize, Failure> {
        let bytes = if readable { self.read(buffer)? } else { 0 };
        if writable {
            self.writable()?;
        }
        Ok(bytes)
    }

    /// It can be written to: connected, if it was not.
    fn writable(&mut self) -> Result<(), Failure> {
        if let Some(error) = self.stream.take_error()? {
            return Err(error.into());
        }
        // A server that answers nothing is ready when it is there.
        self.ready |= self.tongue == Tongue::Bare;
        self.flush()
    }

    /// Takes what has come; the number of bytes.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let mut all = 0;
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err("a connection ended".into()),
                Ok(got) => {
                    all += got;
                    self.kept.extend_from_slice(&buffer[..got]);
                    // What comes later is told of anew, so a short read is the last one.
                    if got < buffer.len() {
                        break;
                    }
                }
                Err(error) if is_later(&error) => break,
                Err(error) => return Err(error.into()),
            }
        }
        self.count();
        if !self.out.is_empty() {
            self.flush()?;
        }
        Ok(all)
    }

    fn count(&mut self) {
        while let Some((piece, length)) = pieces::first(self.tongue, &self.kept[self.counted..]) {
            self.counted += length;
            match piece {
                Piece::Delivery => self.heard += 1,
                Piece::Ready => self.ready = true,
                Piece::Ping => self.out.extend_from_slice(b"PONG\r\n"),
                Piece::Other => {}
            }
        }
        if self.tongue != Tongue::Mtproto {
            self.kept.drain(..self.counted);
            self.counted = 0;
        }
    }

    /// Opens every packet that has come and gives it to the session.
    pub(super) fn open_all(&mut self) -> Result<(), Failure> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let mut at = 0;
        while let Some((_, length)) = pieces::first(self.tongue, &self.kept[at..self.counted]) {
            session.handle(&self.kept[at + 4..at + length])?;
            at += length;
        }
        self.kept.drain(..at);
        self.kept.shrink_to(0);
        self.counted -= at;
        self.ready = session.is_answered();
        Ok(())
    }

    /// Sends what the session has to say: requests, and acknowledgements.
    pub(super) fn speak(&mut self) -> Result<(), Failure> {
        if let Some(session) = &mut self.session {
            session.transmit(&mut self.out);
        }
        self.flush()
    }

    /// The connection ends; who listened remains.
    pub(super) fn close(self) -> Option<Session> {
        self.session.map(|it| *it)
    }
}

fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::NotConnected | ErrorKind::Interrupted)
}

/// What was heard since counting began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// When the first bytes came.
    pub(super) first: Duration,
    /// When the last ones came.
    pub(super) last: Duration,
    pub(super) bytes: u64,
    pub(super) pieces: u64,
    /// Those who have not heard enough.
    pub(super) missing: usize,
}
