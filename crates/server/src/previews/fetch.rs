//! One page or picture over HTTP. The name is resolved here, every address that it leads to is judged, and the
//! connection goes to the address that was judged: what the name says a moment later changes nothing. Each redirect is
//! a link like the first. No cookie is sent or kept, and no body is read beyond its limit.

use std::{net::SocketAddr, time::Duration};

use ::previews::{Allowed, Link, link::Place, unpack};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
};
use tokio_rustls::TlsConnector;

use crate::senders;

/// What we are called. Some sites describe themselves only to those they know.
const NAME: &str = concat!("Chappe/", env!("CARGO_PKG_VERSION"), " (link preview; like TwitterBot)");

/// Links that one link may lead to in turn.
const REDIRECTS: usize = 5;

/// Bytes of a page that are read, and that a packed one may become: what describes it stands at its head.
const PAGE_MAX: usize = 1 << 20;

/// Bytes of a picture.
const PICTURE_MAX: usize = 5 << 20;

/// Bytes of an answer's head.
const HEAD_MAX: usize = 64 << 10;

/// How long a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(5);

/// How long one answer may take: of a page that drips, what has come by then is nothing.
const ANSWER: Duration = Duration::from_secs(10);

/// Pictures that photos are made of.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A page, or the picture that a link leads to itself.
    Page,
    /// A picture.
    Picture,
}

/// What came.
#[derive(Debug)]
pub(super) enum Fetched {
    /// A page, where it was found, in which letters.
    Page { link: Link, charset: Option<String>, html: Vec<u8> },
    /// A picture.
    Picture { link: Link, bytes: Vec<u8> },
}

/// Why there is nothing; no word of it comes from a link or a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Why {
    #[error("it may not be asked")]
    Inside,
    #[error("its name leads nowhere")]
    Nameless,
    #[error("no connection")]
    Unreachable,
    #[error("the connection broke")]
    Broken,
    #[error("it takes too long")]
    Late,
    #[error("the answer is {0}")]
    Answered(u16),
    #[error("it leads on and on")]
    Redirects,
    #[error("it is neither a page nor a picture")]
    Kind,
    #[error("it is too large")]
    Large,
    #[error("it says nothing of itself")]
    SaysNothing,
}

/// Fetches pages.
pub(super) struct Fetcher {
    allowed: Allowed,
    /// `None` where this machine trusts nobody: then nothing is fetched over TLS.
    tls: Option<TlsConnector>,
    /// As [`ANSWER`]; tests wait for less.
    pub(super) answer: Duration,
}

impl Fetcher {
    pub(super) fn new(allowed: Allowed) -> Self {
        let tls = senders::connector();
        if tls.is_err() {
            tracing::warn!("this machine trusts no certificate authority: pages over https have no preview");
        }
        Self { allowed, tls: tls.ok(), answer: ANSWER }
    }

    /// What a link leads to, in the end.
    pub(super) async fn get(&self, mut link: Link, wanted: Wanted) -> Result<Fetched, Why> {
        for _ in 0..=REDIRECTS {
            let one = self.once(&link, wanted);
            match tokio::time::timeout(self.answer, one).await.map_err(|_| Why::Late)?? {
                Once::Came(it) => return Ok(it),
                Once::Elsewhere(to) => link = to,
            }
        }
        Err(Why::Redirects)
    }

    async fn once(&self, link: &Link, wanted: Wanted) -> Result<Once, Why> {
        if !self.allowed.may_ask(link) {
            return Err(Why::Inside);
        }
        let address = self.resolve(link).await?;
        let connecting = TcpStream::connect(address);
        let stream = tokio::time::timeout(CONNECT, connecting).await.map_err(|_| Why::Late)?;
        let stream = stream.map_err(|_| Why::Unreachable)?;
        if !link.is_secure() {
            return exchange(stream, link, wanted).await;
        }
        let name = match link.place() {
            Place::Name(name) => ServerName::try_from(name).map_err(|_| Why::Nameless)?,
            Place::Address(it) => ServerName::IpAddress(it.into()),
        };
        let tls = self.tls.as_ref().ok_or(Why::Unreachable)?;
        let stream = tls.connect(name, stream).await.map_err(|_| Why::Unreachable)?;
        exchange(stream, link, wanted).await
    }

    /// The address of a link's host. A name that leads inside with one of its addresses is not followed to the others.
    pub(super) async fn resolve(&self, link: &Link) -> Result<SocketAddr, Why> {
        let all: Vec<SocketAddr> = match link.place() {
            Place::Address(it) => vec![(it, link.port()).into()],
            Place::Name(name) => lookup_host((name.as_str(), link.port())).await.map_err(|_| Why::Nameless)?.collect(),
        };
        if !all.iter().all(|it| self.allowed.may_reach(link, it.ip())) {
            return Err(Why::Inside);
        }
        // Machines without version 6 are many.
        let four = all.iter().find(|it| it.is_ipv4());
        four.or(all.first()).copied().ok_or(Why::Nameless)
    }
}

enum Once {
    Came(Fetched),
    Elsewhere(Link),
}

/// What a site is called that does not say it.
pub(super) fn site(link: &Link) -> String {
    match link.place() {
        Place::Name(name) => name.strip_prefix("www.").unwrap_or(&name).to_owned(),
        Place::Address(it) => it.to_string(),
    }
}

/// One request on a connection of its own.
#[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
async fn exchange<S>(stream: S, link: &Link, wanted: Wanted) -> Result<Once, Why>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let accept = match wanted {
        Wanted::Page => "text/html, application/xhtml+xml, image/*;q=0.5",
        Wanted::Picture => "image/jpeg, image/png, image/webp, image/gif;q=0.5",
    };
    let request = Request::get(link.target())
        .header(HOST, link.authority())
        .header(USER_AGENT, NAME)
        .header(ACCEPT, accept)
        .header(ACCEPT_ENCODING, "gzip")
        .body(Empty::<Bytes>::new())
        .map_err(|_| Why::Broken)?;
    let handshake = http1::Builder::new().max_buf_size(HEAD_MAX).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|_| Why::Broken)?;
    let driving = Driving(tokio::spawn(async move {
        let _ = connection.await;
    }));
    let answer = sender.send_request(request).await.map_err(|_| Why::Broken)?;
    let taken = taken(answer, link, wanted).await;
    drop(driving);
    taken
}

/// The task of a connection, which ends with whoever uses it, also where that one is given up.
struct Driving(tokio::task::JoinHandle<()>);

impl Drop for Driving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn taken(answer: Response<Incoming>, link: &Link, wanted: Wanted) -> Result<Once, Why> {
    let headers = answer.headers();
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => {
            let to = text(LOCATION).and_then(|it| link.join(it)).ok_or(Why::Broken)?;
            return Ok(Once::Elsewhere(to));
        }
        other => return Err(Why::Answered(other.as_u16())),
    }
    let (kind, charset) = kind(headers);
    let is_packed = text(CONTENT_ENCODING).is_some_and(|it| it.eq_ignore_ascii_case("gzip"));
    let link = link.clone();
    match kind.as_str() {
        "text/html" | "application/xhtml+xml" if wanted == Wanted::Page => {
            let html = read(answer, PAGE_MAX).await?.0;
            let html = if is_packed { unpack::gzip(&html, PAGE_MAX) } else { html };
            Ok(Once::Came(Fetched::Page { link, charset, html }))
        }
        kind if PICTURES.contains(&kind) => {
            let told = text(CONTENT_LENGTH).and_then(|it| it.parse::<u64>().ok());
            if told.is_some_and(|it| it > PICTURE_MAX as u64) {
                return Err(Why::Large);
            }
            let (bytes, is_whole) = read(answer, PICTURE_MAX).await?;
            let bytes = if is_packed { unpack::gzip(&bytes, PICTURE_MAX) } else { bytes };
            if is_whole { Ok(Once::Came(Fetched::Picture { link, bytes })) } else { Err(Why::Large) }
        }
        _ => Err(Why::Kind),
    }
}

/// A media type in lower case, and the charset beside it.
fn kind(headers: &HeaderMap) -> (String, Option<String>) {
    let told = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let mut parts = told.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_owned();
    let charset = parts.find_map(|it| it.strip_prefix("charset=")).map(|it| it.trim_matches('"').to_owned());
    (kind, charset)
}

/// At most so many bytes of a body, and whether that is all of it.
async fn read(answer: Response<Incoming>, most: usize) -> Result<(Vec<u8>, bool), Why> {
    let (mut body, mut bytes) = (answer.into_body(), Vec::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Why::Broken)?.into_data() else { continue };
        let room = most - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Ok((bytes, false));
        }
    }
    Ok((bytes, true))
}
