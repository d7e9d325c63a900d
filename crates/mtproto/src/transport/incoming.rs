//! The way in of a transport: from bytes as they were read to packets.

use bytes::BytesMut;
use crypto::ctr::Ctr;

use super::{Kind, Packet, Received, frame};
use crate::Error;

/// Which end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Server,
    Client,
}

/// Takes packets out of what is read on one connection.
pub struct Incoming {
    kind: Kind,
    role: Role,
    stream: Option<Box<Ctr>>,
    dc: Option<i16>,
    secret: Option<u8>,
    inbox: BytesMut,
    /// Packets of the full transport received.
    received: u32,
}

impl Incoming {
    pub(super) fn new(kind: Kind, role: Role, stream: Option<Box<Ctr>>, dc: Option<i16>, secret: Option<u8>) -> Self {
        Self { kind, role, stream, dc, secret, inbox: BytesMut::new(), received: 0 }
    }

    /// How packets are told apart.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The data centre named in the obfuscation header: `N`, `-N` for media, `10000 + N` for
    /// test, and random junk from clients that leave the field random.
    pub fn dc(&self) -> Option<i16> {
        self.dc
    }

    /// Which of the secrets given to [`detect`](super::detect) opened the connection.
    pub fn secret(&self) -> Option<u8> {
        self.secret
    }

    /// Takes bytes as they were read.
    pub fn push(&mut self, read: &[u8]) {
        let from = self.inbox.len();
        self.inbox.extend_from_slice(read);
        if let Some(stream) = &mut self.stream {
            stream.apply(&mut self.inbox[from..]);
        }
    }

    /// As [`push`](Self::push), of bytes that `read` appends to the buffer that is given to it, straight from where they
    /// come; what it gives is given back.
    pub fn fill<T>(&mut self, read: impl FnOnce(&mut BytesMut) -> T) -> T {
        let from = self.inbox.len();
        let got = read(&mut self.inbox);
        if let Some(stream) = &mut self.stream {
            stream.apply(&mut self.inbox[from..]);
        }
        got
    }

    /// Bytes that the packet still wants of which a part has come. 0: its length has not, or is none.
    pub fn missing(&self) -> usize {
        frame::missing(self.kind, &self.inbox)
    }

    /// Bytes received of a packet that is not yet whole.
    pub fn buffered(&self) -> usize {
        self.inbox.len()
    }

    /// Bytes of memory held for packets that are not yet whole.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.inbox.capacity()
    }

    /// The next whole packet; `None` until more bytes are pushed. After an error the connection
    /// is of no more use.
    pub fn poll_packet(&mut self) -> Result<Option<Packet>, Error> {
        match self.poll_received()? {
            Some(Received::Packet(packet)) => Ok(Some(packet)),
            // A server is sent no quick acks; `poll_received` yields them to clients only.
            Some(Received::QuickAck(_)) => Err(Error::PacketLength { got: 0 }),
            None => Ok(None),
        }
    }

    /// As [`poll_packet`](Self::poll_packet), with the quick acks that a client asked for.
    pub fn poll_received(&mut self) -> Result<Option<Received>, Error> {
        let got = frame::take(self.kind, self.role, &mut self.inbox, &mut self.received)?;
        if self.inbox.is_empty() {
            self.inbox = BytesMut::new();
        }
        Ok(got)
    }
}
