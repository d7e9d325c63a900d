//! HTTP on the MTProto port: health, what the server says of itself, a start page, WebSocket, files by links; all
//! other paths are the service's.

use std::{
    convert::Infallible,
    io,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, UPGRADE},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use mtproto::transport::{Detection, Framing, detect};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::derive_accept_key,
        protocol::{Role, WebSocketConfig},
    },
};

use crate::{
    connection::{Connection, Peer},
    gateway::Hall,
    http_body::{Body, Pace},
    http_file, http_page,
    pipe::{Frames, Pipe},
    place::Place,
    stats::add,
};

/// How long a request's head may take, and how long a kept-alive connection may idle.
const HEAD_TIME: Duration = Duration::from_secs(15);

/// Bytes of a request's head.
const HEAD_MAX: usize = 16 << 10;

/// Bytes of one WebSocket message: a packet and its framing.
const MESSAGE_MAX: usize = mtproto::transport::MAX_PACKET + 1024;

/// Bytes that a WebSocket reads at once, held as long as it is open.
const WEBSOCKET_BUFFER: usize = 2 << 10;

pub(crate) type Answer = Response<Body>;

/// The place of a connection, taken out by the WebSocket that it becomes.
type Held = Arc<Mutex<Option<Place>>>;

/// Serves one connection that speaks HTTP.
pub(crate) async fn serve<S>(hall: Arc<Hall>, stream: S, peer: Peer, place: Place) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let held: Held = Arc::new(Mutex::new(Some(place)));
    let pace: Arc<Pace> = Arc::default();
    let service = service_fn({
        let (hall, held, pace) = (Arc::clone(&hall), Arc::clone(&held), Arc::clone(&pace));
        move |request| {
            let (hall, held, pace) = (Arc::clone(&hall), Arc::clone(&held), Arc::clone(&pace));
            async move { Ok::<_, Infallible>(answer(&hall, &held, peer, &pace, request).await) }
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        result = connection => result.map_err(io::Error::other),
        () = hall.stopped() => Ok(()),
        () = pace.stalled(hall.limits.stalled) => Err(io::ErrorKind::TimedOut.into()),
    }
}

async fn answer(hall: &Arc<Hall>, held: &Held, peer: Peer, pace: &Arc<Pace>, request: Request<Incoming>) -> Answer {
    let from = peer.address.ip();
    let peer = Peer { address: forwarded(hall, peer, request.headers()), ..peer };
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/apiws" | "/apiws_test") => websocket(hall, held, peer, request),
        (&Method::GET | &Method::HEAD, "/health") => health(hall),
        (&Method::GET | &Method::HEAD, "/owpengram/server-info") => {
            text(StatusCode::OK, "application/json", server_info(hall))
        }
        (&Method::GET | &Method::HEAD, "/") => text(StatusCode::OK, "text/html; charset=utf-8", start_page(hall, peer)),
        (_, "/health" | "/" | "/owpengram/server-info" | "/apiws" | "/apiws_test") => {
            text(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "method not allowed\n".into())
        }
        (&Method::GET | &Method::HEAD, path) if path.starts_with(http_file::PREFIX) => {
            http_file::answer(hall, peer, pace, &request).await
        }
        (&Method::GET | &Method::HEAD, _) => {
            let secure = hall.trusted.contains(from).then(|| http_page::forwarded_scheme(request.headers())).flatten();
            http_page::answer(hall, peer, secure, &request).await
        }
        _ => text(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "not found\n".into()),
    }
}

/// The whole body is known, so it goes out with its length: some clients read no chunks.
pub(crate) fn text(status: StatusCode, kind: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Body::from(Bytes::from(body)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    answer
}

/// For load balancers, which only want to know whether to send clients here.
fn health(hall: &Hall) -> Answer {
    let (status, said) = match hall.service.is_healthy() {
        true => (StatusCode::OK, "ok\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not now\n"),
    };
    text(status, "text/plain; charset=utf-8", said.into())
}

/// Source: observed with OwpenGram's "Add server" screen.
fn server_info(hall: &Hall) -> String {
    let info = &hall.info;
    serde_json::json!({
        "dc_id": info.dc_id,
        "rsa_public_key_pem": info.public_key_pem,
        "name": info.name,
        "description": info.description,
    })
    .to_string()
}

fn start_page(hall: &Hall, peer: Peer) -> String {
    let info = &hall.info;
    let (name, description) = (escaped(&info.name), escaped(&info.description));
    let (address, key) = (peer.local, escaped(&info.public_key_pem));
    let fingerprint = hall.identity.fingerprint() as u64;
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{name}</title><style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;\
         margin:3rem auto;padding:0 1rem}}pre{{overflow:auto;padding:1rem;border:1px solid}}</style>\
         <h1>{name}</h1><p>{description}</p><p>This is a Chappe server: it speaks Telegram's protocol. Point a client at \
         <code>{address}</code> with this key (fingerprint <code>{fingerprint:016x}</code>):</p><pre>{key}</pre></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The client behind a trusted proxy: the last address that a trusted network did not add.
fn forwarded(hall: &Hall, peer: Peer, headers: &HeaderMap) -> std::net::SocketAddr {
    if !hall.trusted.contains(peer.address.ip()) {
        return peer.address;
    }
    let all = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok());
    let named: Vec<IpAddr> = all.flat_map(|it| it.split(',')).filter_map(|it| it.trim().parse().ok()).collect();
    let client = named.into_iter().rev().find(|ip| !hall.trusted.contains(*ip));
    client.map_or(peer.address, |ip| (ip, peer.address.port()).into())
}

/// Source: core.telegram.org/mtproto/transports, "WebSocket": subprotocol `binary`, any origin, frames
/// that may split or merge packets.
fn websocket(hall: &Arc<Hall>, held: &Held, peer: Peer, mut request: Request<Incoming>) -> Answer {
    let key = request.headers().get("sec-websocket-key").map(|it| derive_accept_key(it.as_bytes()));
    let upgrades = request.headers().get(UPGRADE).is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let Some(key) = key.filter(|_| upgrades) else {
        return text(StatusCode::UPGRADE_REQUIRED, "text/plain; charset=utf-8", "this is a WebSocket\n".into());
    };
    let binary = request.headers().get("sec-websocket-protocol").and_then(|it| it.to_str().ok());
    let binary = binary.is_some_and(|it| it.split(',').any(|it| it.trim() == "binary"));
    let place = held.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(place) = place.and_then(|mut it| it.belongs_to(peer.address.ip()).then_some(it)) else {
        add(&hall.counters.connections_refused, 1);
        return text(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", "too many connections\n".into());
    };
    let hall = Arc::clone(hall);
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let mut config = WebSocketConfig::default();
        (config.max_message_size, config.max_frame_size) = (Some(MESSAGE_MAX), Some(MESSAGE_MAX));
        (config.read_buffer_size, config.write_buffer_size) = (WEBSOCKET_BUFFER, 0);
        let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        if let Err(error) = speak(hall, Box::new(Frames(stream)), peer, place).await {
            tracing::debug!(%error, "WebSocket ended");
        }
    });
    let mut answer = Response::new(Body::from(Bytes::new()));
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = answer.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(key) = HeaderValue::from_str(&key) {
        headers.insert("sec-websocket-accept", key);
    }
    if binary {
        headers.insert("sec-websocket-protocol", HeaderValue::from_static("binary"));
    }
    answer
}

/// MTProto in WebSocket frames begins as on a socket, mostly obfuscated.
async fn speak(hall: Arc<Hall>, mut frames: Box<Frames>, peer: Peer, place: Place) -> io::Result<()> {
    let framing = tokio::time::timeout(hall.limits.greeting, greeting(&hall, &mut frames)).await??;
    match framing {
        Some(framing) => Connection::new(hall, Pipe::WebSocket(frames), *framing, peer, place).serve().await,
        None => Ok(()),
    }
}

async fn greeting(hall: &Hall, frames: &mut Frames) -> io::Result<Option<Box<Framing>>> {
    let mut first = Vec::new();
    loop {
        match detect(&first, &hall.secrets) {
            Detection::NeedMore => {}
            Detection::Mtproto { mut framing, consumed } => {
                framing.push(&first[consumed..]);
                return Ok(Some(framing));
            }
            Detection::Http | Detection::Tls | Detection::Unknown => {
                add(&hall.counters.broken, 1);
                return Ok(None);
            }
        }
        if !frames.read(&mut |bytes| first.extend_from_slice(bytes)).await? {
            return Ok(None);
        }
    }
}
