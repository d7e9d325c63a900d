//! Pages of the service over HTTP: who may ask how often, what a browser may do with them, and nothing for who
//! has them already.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::Incoming,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HOST, HeaderValue, IF_NONE_MATCH, LOCATION,
        REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::{
    connection::Peer,
    gateway::Hall,
    http::{Answer, text},
    http_body::Body,
    service::{Page, PageAsk},
};

/// Bytes of a path with its query: names and numbers are short, what trackers add is not much longer.
const TARGET_MAX: usize = 512;

/// Bytes of a host. Source: RFC 1035, with a port.
const HOST_MAX: usize = 253 + 6;

/// What a page may do in a browser: be looked at.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Answers a GET or HEAD. `scheme` is what a trusted proxy says that the client used.
pub(crate) async fn answer(
    hall: &Arc<Hall>,
    peer: Peer,
    scheme: Option<&'static str>,
    request: &Request<Incoming>,
) -> Answer {
    if let Err(wait) = hall.visitors.take(peer.address.ip(), Instant::now(), &hall.limits) {
        return later(StatusCode::TOO_MANY_REQUESTS, "too many pages at once\n", wait.as_secs() + 1);
    }
    let target = request.uri();
    if target.path_and_query().is_none_or(|it| it.as_str().len() > TARGET_MAX) {
        return plain(StatusCode::URI_TOO_LONG, "too long\n");
    }
    let Some(host) = host(request.headers(), peer) else { return plain(StatusCode::BAD_REQUEST, "no such host\n") };
    let scheme = scheme.unwrap_or(if peer.secure { "https" } else { "http" });
    let ask = PageAsk {
        path: target.path().to_owned(),
        query: target.query().unwrap_or_default().to_owned(),
        origin: format!("{scheme}://{host}"),
    };
    match hall.service.page(ask).await {
        Some(page) => sent(page, request),
        None => plain(StatusCode::NOT_FOUND, "not found\n"),
    }
}

/// What a trusted proxy says that the client spoke with it.
pub(crate) fn forwarded_scheme(headers: &HeaderMap) -> Option<&'static str> {
    match headers.get("x-forwarded-proto")?.as_bytes() {
        b"https" => Some("https"),
        b"http" => Some("http"),
        _ => None,
    }
}

/// The host that a client asks, if it is one. Links lead there, so it holds nothing but letters, digits and points.
/// Who names none has found the address.
fn host(headers: &HeaderMap, peer: Peer) -> Option<String> {
    let Some(host) = headers.get(HOST) else { return Some(peer.local.to_string()) };
    let host = host.to_str().ok()?;
    let fits = |it: u8| it.is_ascii_alphanumeric() || b".-_:[]".contains(&it);
    (!host.is_empty() && host.len() <= HOST_MAX && host.bytes().all(fits)).then(|| host.to_owned())
}

fn plain(status: StatusCode, said: &str) -> Answer {
    text(status, "text/plain; charset=utf-8", said.into())
}

/// Not now: in so many seconds.
pub(crate) fn later(status: StatusCode, said: &str, seconds: u64) -> Answer {
    let mut answer = plain(status, said);
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

fn sent(page: Page, request: &Request<Incoming>) -> Answer {
    let known = page.status == 200 && page.etag.as_deref().is_some_and(|it| is_known(request.headers(), it));
    let length = page.body.len();
    let head = request.method() == Method::HEAD;
    let body = if known || head { Bytes::new() } else { page.body };
    let mut answer = Response::new(Body::from(body));
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *answer.status_mut() = if known { StatusCode::NOT_MODIFIED } else { status };
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(page.keep));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(etag) = page.etag.and_then(|it| HeaderValue::from_maybe_shared(it).ok()) {
        headers.insert(ETAG, etag);
    }
    if let Some(to) = page.location.and_then(|it| HeaderValue::try_from(it).ok()) {
        headers.insert(LOCATION, to);
    }
    if head && !known {
        headers.insert(hyper::header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    answer
}

/// Source: RFC 9110, "If-None-Match": a list, of which weak marks count as well, or a star.
pub(crate) fn is_known(headers: &HeaderMap, etag: &[u8]) -> bool {
    let all = headers.get_all(IF_NONE_MATCH).iter().flat_map(|it| it.as_bytes().split(|it| *it == b','));
    all.map(<[u8]>::trim_ascii).any(|it| it == b"*" || it.strip_prefix(b"W/").unwrap_or(it) == etag)
}
