//! One connection: packets in and out over a transport, and the key exchange. Tests that want to
//! send what no client should use it directly.

use std::time::Duration;

use bytes::Bytes;
use crypto::AuthKey;
use mtproto::envelope::{self, Class, Envelope, Header, Side};
use mtproto::handshake::{self, ClientKey, ClientOptions, ClientStep};
use mtproto::transport::{Framing, Received};
use mtproto::{MsgId, Time};
use rand_chacha::ChaCha20Rng;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::{Clock, Error, Options};

/// Bytes read at once.
const READ: usize = 64 << 10;

/// Anything that bytes go through: a socket, TLS, one end of a pipe.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What came in a packet.
#[derive(Debug)]
pub enum Got {
    /// An encrypted message.
    Message(Envelope),
    /// The body of a plain message.
    Plain(Bytes),
    /// A quick ack.
    QuickAck(u32),
}

/// A connection.
pub struct Link {
    stream: Box<dyn Stream>,
    framing: Framing,
    buffer: Vec<u8>,
    clock: Clock,
    last_plain: i64,
    patience: Duration,
    pub(crate) rng: ChaCha20Rng,
}

impl Link {
    /// Opens the transport on a stream.
    pub async fn open(mut stream: Box<dyn Stream>, options: &Options) -> Result<Self, Error> {
        let mut rng = options.rng();
        let to = &options.transport;
        let (framing, opening) = if to.obfuscated || to.secret.is_some() {
            Framing::client_obfuscated(to.kind, to.secret.as_ref(), to.dc, &mut rng).ok_or(Error::Transport)?
        } else {
            Framing::client(to.kind)
        };
        stream.write_all(&opening).await?;
        Ok(Self {
            stream,
            framing,
            buffer: vec![0; READ],
            clock: options.clock.clone(),
            last_plain: 0,
            patience: options.patience,
            rng,
        })
    }

    /// The time that this side believes in.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Sends a packet as it is; a multiple of four bytes.
    pub async fn send_packet(&mut self, packet: &[u8]) -> Result<(), Error> {
        let mut out = Vec::new();
        self.framing.frame(packet, &mut self.rng, &mut out);
        self.send_bytes(&out).await
    }

    /// Sends a packet that asks for a quick ack.
    pub async fn send_packet_for_quick_ack(&mut self, packet: &[u8]) -> Result<(), Error> {
        let mut out = Vec::new();
        self.framing.frame_with_quick_ack(packet, &mut self.rng, &mut out);
        self.send_bytes(&out).await
    }

    /// Sends bytes past the transport.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    /// Sends an encrypted message.
    pub async fn send(&mut self, key: &AuthKey, header: &Header, body: &[u8]) -> Result<(), Error> {
        let mut packet = Vec::new();
        envelope::seal(key, Side::Client, header, body, &mut self.rng, &mut packet);
        self.send_packet(&packet).await
    }

    /// Sends an encrypted message that asks for a quick ack; gives the token to expect.
    pub async fn send_for_quick_ack(&mut self, key: &AuthKey, header: &Header, body: &[u8]) -> Result<u32, Error> {
        let mut packet = Vec::new();
        let rng = &mut self.rng;
        let token = envelope::seal_with_token(key, Side::Client, header, body, rng, &mut packet);
        self.send_packet_for_quick_ack(&packet).await?;
        Ok(token)
    }

    /// Sends a plain message.
    pub async fn send_plain(&mut self, body: &[u8]) -> Result<(), Error> {
        let id = MsgId::at(self.clock.now()).0.max(self.last_plain + 4);
        self.last_plain = id;
        let mut packet = Vec::new();
        envelope::put_plain(MsgId(id), body, &mut packet);
        self.send_packet(&packet).await
    }

    /// The next thing that comes; a transport error is an `Err`.
    pub async fn receive(&mut self, key: Option<&AuthKey>) -> Result<Got, Error> {
        tokio::time::timeout(self.patience, self.receive_patiently(key)).await.map_err(|_| Error::Silent)?
    }

    /// As [`receive`](Self::receive), waiting for ever; nothing is lost if it is dropped.
    pub async fn receive_patiently(&mut self, key: Option<&AuthKey>) -> Result<Got, Error> {
        loop {
            match self.framing.poll_received()? {
                Some(Received::QuickAck(token)) => return Ok(Got::QuickAck(token)),
                Some(Received::Packet(packet)) => return open(key, &packet.payload),
                None => {}
            }
            let read = self.stream.read(&mut self.buffer).await?;
            if read == 0 {
                return Err(Error::Closed);
            }
            self.framing.push(&self.buffer[..read]);
        }
    }

    /// The next plain message; what comes for a session meanwhile comes again when it is asked for.
    async fn receive_plain(&mut self) -> Result<Bytes, Error> {
        loop {
            match self.receive(None).await {
                Ok(Got::Plain(body)) => return Ok(body),
                Ok(_) | Err(Error::Protocol(mtproto::Error::Decrypt)) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until the server closes the connection, whatever comes before.
    pub async fn closed(&mut self) -> Result<(), Error> {
        let until = async {
            loop {
                match self.stream.read(&mut self.buffer).await {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(self.patience, until).await.map_err(|_| Error::Silent)
    }

    /// Makes a key.
    pub async fn handshake(&mut self, options: &Options, how: ClientOptions) -> Result<ClientKey, Error> {
        let (mut exchange, body) = handshake::Client::new(options.key.clone(), how, &mut self.rng);
        let mut body = body;
        loop {
            self.send_plain(&body).await?;
            let answer = self.receive_plain().await?;
            match exchange.handle(&answer, &mut self.rng)? {
                ClientStep::Send(next) => body = next,
                ClientStep::Done(key) => return Ok(key),
            }
        }
    }
}

fn open(key: Option<&AuthKey>, packet: &Bytes) -> Result<Got, Error> {
    match (envelope::classify(packet)?, key) {
        (Class::TransportError(code), _) => Err(mtproto::Error::Reported(code).into()),
        (Class::Plain, _) => Ok(Got::Plain(envelope::open_plain(packet)?.body)),
        (Class::Encrypted(id), Some(key)) if id.0 == key.id() => {
            Ok(Got::Message(envelope::open_without_token(key, Side::Server, packet)?))
        }
        (Class::Encrypted(_), _) => Err(mtproto::Error::Decrypt.into()),
    }
}
