//! A bare loop of `send()`: what the kernel asks for the same bytes to as many sockets.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use tokio::net::TcpListener;

use crate::Failure;

/// Sockets on which somebody listens.
pub(super) struct Floor {
    listener: TcpListener,
    sockets: Arc<Vec<TcpStream>>,
    /// A length in four bytes, and as many bytes.
    bytes: Arc<Vec<u8>>,
    /// CPU time that the loops took.
    pub(super) cpu: Duration,
}

impl Floor {
    /// A delivery has so many bytes on the wire.
    pub(super) async fn new(bytes: usize) -> Result<Self, Failure> {
        let mut all = u32::try_from(bytes.saturating_sub(4))?.to_le_bytes().to_vec();
        all.extend((4..bytes).map(|it| it as u8));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        Ok(Self { listener, sockets: Arc::default(), bytes: Arc::new(all), cpu: Duration::ZERO })
    }

    pub(super) fn address(&self) -> Result<SocketAddr, Failure> {
        Ok(self.listener.local_addr()?)
    }

    /// Takes so many connections; to be awaited beside who opens them.
    pub(super) async fn accept(&mut self, count: usize) -> Result<(), Failure> {
        let mut sockets = Vec::with_capacity(count);
        for _ in 0..count {
            let socket = self.listener.accept().await?.0.into_std()?;
            socket.set_nonblocking(false)?;
            socket.set_nodelay(true)?;
            sockets.push(socket);
        }
        self.sockets = Arc::new(sockets);
        Ok(())
    }

    /// Sends the same to the first so many, time and again.
    pub(super) async fn post(&mut self, count: usize, posts: usize) -> Result<(), Failure> {
        let (sockets, bytes) = (Arc::clone(&self.sockets), Arc::clone(&self.bytes));
        let work = move || -> std::io::Result<Duration> {
            let start = thread_cpu();
            for _ in 0..posts {
                for mut socket in sockets.iter().take(count) {
                    socket.write_all(&bytes)?;
                }
            }
            Ok(thread_cpu().saturating_sub(start))
        };
        self.cpu += tokio::task::spawn_blocking(work).await??;
        Ok(())
    }
}

fn thread_cpu() -> Duration {
    nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID.now().map(Into::into).unwrap_or_default()
}
