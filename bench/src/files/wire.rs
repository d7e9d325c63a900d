//! A connection that costs its client little while a clock runs: requests are encrypted before, and long answers are
//! opened and looked at afterwards. Nothing is acknowledged meanwhile, so the server keeps what it sent as long as it
//! would for the slowest client.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use crypto::{AuthKey, message::Side};
use mtproto::{
    SessionId, Time,
    client::{Client as Session, ClientEvent},
    envelope,
    transport::{Framing, Kind},
};

use crate::{Failure, people::Person, process::Server};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Packets of more bytes are answers that hold a part.
const LONG: usize = 48 << 10;

/// A connection of a person, as clients open for files.
pub(super) struct Wire {
    stream: TcpStream,
    framing: Framing,
    key: Arc<AuthKey>,
    session: Session,
}

/// Requests that are ready to be written.
pub(super) struct Ready(Vec<Vec<u8>>);

/// Answers that came whole and were not opened, in the buffers that were made for them.
#[derive(Default)]
pub(super) struct Kept {
    room: Vec<Vec<u8>>,
    full: Vec<Vec<u8>>,
}

impl Kept {
    /// Room for so many answers that hold a part of so many bytes, all of it touched.
    pub(super) fn new(answers: usize, part: usize) -> Self {
        Self { room: (0..answers).map(|_| vec![1; part + 1024]).collect(), full: Vec::new() }
    }
}

impl Wire {
    pub(super) fn open(server: &Server, of: &Person) -> Result<Self, Failure> {
        let keys = of.client.keys().current().clone();
        let mut stream = TcpStream::connect(server.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (framing, opening) = Framing::client(Kind::Intermediate);
        stream.write_all(&opening)?;
        let session = Session::new(SessionId(rand::random()), keys.server_salt);
        Ok(Self { stream, framing, key: keys.auth_key, session })
    }

    /// Encrypts requests, each in a message of its own.
    pub(super) fn ready(&mut self, requests: impl Iterator<Item = Vec<u8>>) -> Ready {
        let (mut ready, mut rng) = (Vec::new(), rand::rng());
        for request in requests {
            self.session.request(request.into());
            let (mut body, mut packet, mut framed) = (Vec::new(), Vec::new(), Vec::new());
            while let Some(header) = self.session.poll_transmit(now(), &mut body) {
                envelope::seal(&self.key, Side::Client, &header, &body, &mut rng, &mut packet);
                self.framing.frame(&packet, &mut rng, &mut framed);
                body.clear();
                packet.clear();
            }
            ready.push(framed);
        }
        Ready(ready)
    }

    /// Sends all of them, at most `width` without an answer. Long answers go to `kept`, as far as there is room.
    pub(super) fn run(&mut self, ready: &Ready, width: usize, kept: &mut Kept) -> Result<(), Failure> {
        let mut spare = Vec::new();
        let (mut sent, mut answered) = (0, 0);
        while answered < ready.0.len() {
            if sent < ready.0.len() && sent < answered + width {
                self.stream.write_all(&ready.0[sent])?;
                sent += 1;
                continue;
            }
            let room = kept.room.pop();
            let is_kept = room.is_some();
            let mut packet = room.unwrap_or_else(|| std::mem::take(&mut spare));
            self.receive(&mut packet)?;
            let is_long = packet.len() > LONG;
            answered += if is_long { 1 } else { self.take(&packet)?.len() };
            match (is_kept, is_long) {
                (true, true) => kept.full.push(packet),
                (true, false) => kept.room.push(packet),
                (false, _) => spare = packet,
            }
        }
        Ok(())
    }

    fn receive(&mut self, packet: &mut Vec<u8>) -> Result<(), Failure> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_le_bytes(length))?;
        packet.resize(length, 0);
        Ok(self.stream.read_exact(packet)?)
    }

    /// What a packet holds: the results in it.
    fn take(&mut self, packet: &[u8]) -> Result<Vec<Bytes>, Failure> {
        let opened = envelope::open(&self.key, Side::Server, packet)?;
        self.session.handle_message(now(), opened.envelope)?;
        let mut results = Vec::new();
        while let Some(event) = self.session.poll_event() {
            match event {
                ClientEvent::Result { body, .. } => results.push(body),
                ClientEvent::BadMessage { code, .. } => return Err(format!("refused with code {code}").into()),
                _ => {}
            }
        }
        Ok(results)
    }

    /// The results that were kept.
    pub(super) fn results(&mut self, kept: Kept) -> Result<Vec<Bytes>, Failure> {
        let mut results = Vec::new();
        for packet in &kept.full {
            results.extend(self.take(packet)?);
        }
        Ok(results)
    }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
