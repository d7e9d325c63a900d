//! Bodies of HTTP answers: what is known as a whole, and files, of which one window is in memory at a time. The next
//! one is read when the last has gone out.

use std::{
    io,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::sync::Arc;

use crate::{
    place::Fetch,
    service::{BoxFuture, Content},
};

/// Bytes of a file that are read at once, and all that a reader of it holds: four of the frames that files are sealed
/// in.
const WINDOW: u64 = 256 << 10;

/// The body of an answer.
pub(crate) enum Body {
    /// All of it.
    Whole(Full<Bytes>),
    /// A part of a file.
    File(Stream),
}

impl From<Bytes> for Body {
    fn from(it: Bytes) -> Self {
        Body::Whole(Full::new(it))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Body::Whole(it) => Pin::new(it).poll_frame(cx).map_err(|never| match never {}),
            Body::File(it) => it.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Body::Whole(it) => it.is_end_stream(),
            Body::File(it) => it.left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(it) => it.size_hint(),
            Body::File(it) => SizeHint::with_exact(it.left),
        }
    }
}

/// A part of a file on its way out.
pub(crate) struct Stream {
    content: Arc<dyn Content>,
    from: u64,
    left: u64,
    under_way: Option<BoxFuture<Option<Bytes>>>,
    pace: Arc<Pace>,
    /// Its place among those that fetch.
    _fetch: Fetch,
}

impl Stream {
    /// `left` bytes from `from` on.
    pub(crate) fn new(content: Arc<dyn Content>, from: u64, left: u64, pace: Arc<Pace>, fetch: Fetch) -> Self {
        pace.beat();
        Self { content, from, left, under_way: None, pace, _fetch: fetch }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.pace.beat();
        let (content, from, len) = (&self.content, self.from, self.left.min(WINDOW));
        let reading = self.under_way.get_or_insert_with(|| content.read(from, len));
        let read = ready!(reading.as_mut().poll(cx));
        self.under_way = None;
        // The length has been told: all that can be done is to break off.
        let bytes = read.filter(|it| it.len() as u64 == len).ok_or(io::ErrorKind::UnexpectedEof)?;
        self.from += len;
        self.left -= len;
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.pace.rest();
    }
}

/// When a connection last took something of a file.
#[derive(Default)]
pub(crate) struct Pace(Mutex<Option<Instant>>);

impl Pace {
    fn set(&self, to: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }

    fn beat(&self) {
        self.set(Some(Instant::now()));
    }

    fn rest(&self) {
        self.set(None);
    }

    /// Waits until a client has taken nothing for so long.
    pub(crate) async fn stalled(&self, most: Duration) {
        loop {
            tokio::time::sleep(most / 4).await;
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|it| it.elapsed() >= most) {
                return;
            }
        }
    }
}
