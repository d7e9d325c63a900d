//! Readers over HTTP: each asks for the page again as soon as it has it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Failure;

/// Bytes of the longest head that is read.
const HEAD_MAX: usize = 16 << 10;

/// What readers were given.
pub(super) struct Load {
    pub(super) pages: u64,
    pub(super) took: Duration,
}

/// One page's body.
pub(super) async fn read(address: SocketAddr, path: &str) -> Result<Vec<u8>, Failure> {
    let mut reader = Reader::connect(address, path).await?;
    reader.page().await?;
    Ok(reader.body().to_vec())
}

/// Pages of `body` bytes, for a time.
pub(super) async fn load(
    address: SocketAddr,
    path: &str,
    body: usize,
    connections: usize,
    time: Duration,
) -> Result<Load, Failure> {
    let start = Instant::now();
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let mut reader = Reader::connect(address, path).await?;
        readers.spawn(async move {
            let mut pages = 0;
            while start.elapsed() < time {
                reader.page().await?;
                if reader.body().len() != body {
                    return Err(format!("a page of {} bytes, not {body}", reader.body().len()).into());
                }
                pages += 1;
            }
            Ok::<u64, Failure>(pages)
        });
    }
    let mut pages = 0;
    while let Some(read) = readers.join_next().await {
        pages += read??;
    }
    Ok(Load { pages, took: start.elapsed() })
}

struct Reader {
    stream: TcpStream,
    request: String,
    answer: Vec<u8>,
    /// Where the body begins in it.
    at: usize,
}

impl Reader {
    async fn connect(address: SocketAddr, path: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        Ok(Self { stream, request, answer: Vec::new(), at: 0 })
    }

    fn body(&self) -> &[u8] {
        self.answer.get(self.at..).unwrap_or_default()
    }

    /// Asks, and reads all of the answer.
    async fn page(&mut self) -> Result<(), Failure> {
        self.stream.write_all(self.request.as_bytes()).await?;
        (self.at, _) = (0, self.answer.clear());
        let mut wanted = None;
        while wanted.is_none_or(|it| self.answer.len() < it) {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the connection ended".into());
            }
            if wanted.is_none() {
                wanted = self.head()?;
            }
        }
        Ok(())
    }

    /// The length of the whole answer, once its head is there.
    fn head(&mut self) -> Result<Option<usize>, Failure> {
        let Some(end) = self.answer.windows(4).position(|it| it == b"\r\n\r\n") else {
            return if self.answer.len() > HEAD_MAX { Err("a head without end".into()) } else { Ok(None) };
        };
        let head = String::from_utf8_lossy(&self.answer[..end]).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200 ") {
            return Err(head.lines().next().unwrap_or_default().to_owned().into());
        }
        let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
        let length: usize = length.ok_or("a page without its length")?.trim().parse()?;
        self.at = end + 4;
        Ok(Some(self.at + length))
    }
}
