//! The way out of one connection: framing, socket, and the bytes that did not fit. The connection's task and
//! the flusher share it: who wants to write takes it, and nobody waits while holding it.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::{Buf, Bytes};
use mtproto::transport::Outgoing;
use tokio::net::TcpStream;

use crate::{
    bell::{Bell, Rung},
    packer::Tally,
};

/// One connection's way out, and how its task is woken and told to end.
pub(crate) struct Outlet {
    bell: Bell,
    closing: AtomicBool,
    /// `None`: the bytes go out by the task, in WebSocket frames.
    socket: Option<TcpStream>,
    slot: Mutex<Slot>,
}

struct Slot {
    /// `None` while somebody holds it.
    half: Option<Half>,
    /// Somebody who found it held left what it had to the task.
    asked: bool,
}

struct Half {
    framing: Outgoing,
    /// Framed, and not yet taken by the socket, in its order. Nothing short is framed while there is any.
    rest: Vec<Bytes>,
}

/// Bytes written at once: a system that copies them has others wait some 50 µs.
const PIECE: usize = 128 << 10;

/// How far one has come with what stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of it has left.
    All,
    /// Others may go first.
    Some,
    /// The socket takes nothing now.
    Full,
}

/// An outlet that somebody holds. Whatever is packed for it is packed and written before it is let go, so
/// messages leave in the order of their ids.
pub(crate) struct Held {
    outlet: Arc<Outlet>,
    /// `Some` until it is given back.
    half: Option<Half>,
}

impl Outlet {
    fn new(socket: Option<TcpStream>, framing: Outgoing) -> Self {
        let slot = Slot { half: Some(Half { framing, rest: Vec::new() }), asked: false };
        Self { bell: Bell::default(), closing: AtomicBool::new(false), socket, slot: Mutex::new(slot) }
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The socket, unless the task writes in frames of its own.
    pub(crate) fn socket(&self) -> Option<&TcpStream> {
        self.socket.as_ref()
    }

    /// The outlet, if nobody has it; otherwise the task looks again once it is let go.
    pub(crate) fn take(self: &Arc<Self>) -> Option<Held> {
        let mut slot = self.lock();
        let half = slot.half.take();
        slot.asked |= half.is_none();
        drop(slot);
        Some(Held { outlet: Arc::clone(self), half: Some(half?) })
    }

    /// Waits for the outlet; only its task does.
    pub(crate) async fn taken(self: &Arc<Self>) -> Held {
        loop {
            if let Some(held) = self.take() {
                return held;
            }
            // What else it was rung for is looked at when the outlet is there.
            self.rung().await;
        }
    }

    /// There is something to send.
    pub(crate) fn ring(&self) {
        self.bell.ring();
    }

    /// Send what is queued, then end.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.bell.ring();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Waits until there may be something to do; only its task does.
    pub(crate) fn rung(&self) -> Rung<'_> {
        self.bell.rung()
    }
}

impl Held {
    pub(crate) fn outlet(&self) -> &Arc<Outlet> {
        &self.outlet
    }

    fn half(&mut self) -> &mut Half {
        self.half.as_mut().expect("given back by the drop alone")
    }

    pub(crate) fn framing(&mut self) -> &mut Outgoing {
        &mut self.half().framing
    }

    /// Whether the socket has not taken all that was framed.
    pub(crate) fn has_rest(&mut self) -> bool {
        !self.half().rest.is_empty()
    }

    /// Takes out what has not been written.
    pub(crate) fn take_rest(&mut self) -> Vec<Bytes> {
        std::mem::take(&mut self.half().rest)
    }

    /// Writes what was just framed; what the socket does not take stays here.
    pub(crate) fn write(&mut self, framed: &[u8], tally: &mut Tally) -> io::Result<()> {
        debug_assert!(!self.has_rest(), "what was framed first is written first");
        let written = write(self.outlet.socket(), framed, tally)?;
        if written < framed.len() {
            self.half().rest.push(Bytes::copy_from_slice(&framed[written..]));
        }
        Ok(())
    }

    /// As [`write`](Self::write), without a copy of what stays, and behind what has stayed.
    pub(crate) fn write_or_keep(&mut self, mut framed: Bytes, tally: &mut Tally) -> io::Result<()> {
        if !self.has_rest() {
            framed.advance(write(self.outlet.socket(), &framed, tally)?);
        }
        if !framed.is_empty() {
            self.half().rest.push(framed);
        }
        Ok(())
    }

    /// Writes on what stayed, a piece of it.
    pub(crate) fn write_rest(&mut self, tally: &mut Tally) -> io::Result<Written> {
        let socket = self.outlet.socket();
        let half = self.half.as_mut().expect("given back by the drop alone");
        let Some(first) = half.rest.first_mut() else { return Ok(Written::All) };
        let piece = first.len().min(PIECE);
        let written = write(socket, &first[..piece], tally)?;
        first.advance(written);
        if first.is_empty() {
            half.rest.remove(0);
        }
        Ok(match (written == piece, half.rest.is_empty()) {
            (false, _) => Written::Full,
            (true, false) => Written::Some,
            (true, true) => {
                half.rest = Vec::new();
                Written::All
            }
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut slot = self.outlet.lock();
        slot.half = self.half.take();
        if std::mem::take(&mut slot.asked) {
            drop(slot);
            self.outlet.ring();
        }
    }
}

/// Gives the socket as much as it takes now.
fn write(socket: Option<&TcpStream>, bytes: &[u8], tally: &mut Tally) -> io::Result<usize> {
    let Some(socket) = socket else { return Ok(0) };
    let mut written = 0;
    while written < bytes.len() {
        let piece = &bytes[written..bytes.len().min(written + PIECE)];
        match socket.try_write(piece) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => {
                written += n;
                tally.wrote(n);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

/// Every open connection, so that all can be told to end.
#[derive(Default)]
pub(crate) struct Outlets {
    /// By address in memory.
    open: Mutex<HashMap<usize, Arc<Outlet>>>,
    stopping: AtomicBool,
}

impl Outlets {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Arc<Outlet>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One for a new connection.
    pub(crate) fn open(&self, socket: Option<TcpStream>, framing: Outgoing) -> Arc<Outlet> {
        let outlet = Arc::new(Outlet::new(socket, framing));
        self.lock().insert(Arc::as_ptr(&outlet).addr(), Arc::clone(&outlet));
        if self.stopping.load(Ordering::SeqCst) {
            outlet.close();
        }
        outlet
    }

    pub(crate) fn forget(&self, outlet: &Arc<Outlet>) {
        self.lock().remove(&Arc::as_ptr(outlet).addr());
    }

    /// Ends every connection, also those that open from now on.
    pub(crate) fn close_all(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.lock().values().for_each(|it| it.close());
    }
}
