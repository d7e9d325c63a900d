//! Bytes of files over HTTP, by links that the service makes: whole or one range.
//! Source: RFC 9110, "Range Requests", "Conditional Requests".

use std::{ops::Range, sync::Arc, time::Instant};

use bytes::Bytes;
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::Incoming,
    header::{
        ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CACHE_CONTROL, CONTENT_DISPOSITION,
        CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_RANGE, RANGE,
        REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    },
};

use crate::{
    connection::Peer,
    gateway::Hall,
    http::{Answer, text},
    http_body::{Body, Pace, Stream},
    http_page::{is_known, later},
    place::Fetch,
    service::{File, NoFile},
};

/// What the paths of files begin with.
pub(crate) const PREFIX: &str = "/file/";

/// Letters of a link: those that are made have some hundred.
const LINK_MAX: usize = 256;

/// Who may keep a file: its reader, for minutes, since what it belongs to may be deleted.
const KEEP: &str = "private, max-age=300";

/// A file that is opened by itself runs nothing and loads nothing.
const POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// Answers a GET or HEAD of a path that begins with [`PREFIX`].
pub(crate) async fn answer(hall: &Arc<Hall>, peer: Peer, pace: &Arc<Pace>, request: &Request<Incoming>) -> Answer {
    if let Err(wait) = hall.visitors.take(peer.address.ip(), Instant::now(), &hall.limits) {
        return later(StatusCode::TOO_MANY_REQUESTS, "too many files at once\n", wait.as_secs() + 1);
    }
    let link = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    if link.len() > LINK_MAX {
        return plain(StatusCode::URI_TOO_LONG, "too long\n");
    }
    let file = match hall.service.file(link.to_owned()).await {
        Ok(file) => file,
        Err(NoFile::Unread) => return plain(StatusCode::NOT_FOUND, "not found\n"),
        Err(NoFile::Gone) => return plain(StatusCode::GONE, "this link leads nowhere any more\n"),
        Err(NoFile::Unavailable) => return later(StatusCode::SERVICE_UNAVAILABLE, "not now\n", 1),
    };
    let headers = request.headers();
    if is_known(headers, &file.etag) {
        return described(&file, StatusCode::NOT_MODIFIED, Bytes::new().into());
    }
    if request.method() == Method::HEAD {
        let mut answer = described(&file, StatusCode::OK, Bytes::new().into());
        answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(file.size));
        return answer;
    }
    let (status, part) = match wanted(headers, &file) {
        Wanted::Whole => (StatusCode::OK, 0..file.size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Beyond => {
            let mut answer = plain(StatusCode::RANGE_NOT_SATISFIABLE, "the file ends before\n");
            put(&mut answer, CONTENT_RANGE, format!("bytes */{}", file.size));
            return answer;
        }
    };
    let Some(fetch) = Fetch::take(hall, peer.address.ip()) else {
        return later(StatusCode::SERVICE_UNAVAILABLE, "too many files at once\n", 1);
    };
    let stream = Stream::new(Arc::clone(&file.content), part.start, part.end - part.start, Arc::clone(pace), fetch);
    let mut answer = described(&file, status, Body::File(stream));
    if status == StatusCode::PARTIAL_CONTENT {
        put(&mut answer, CONTENT_RANGE, format!("bytes {}-{}/{}", part.start, part.end - 1, file.size));
    }
    answer
}

fn described(file: &File, status: StatusCode, body: Body) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    put(&mut answer, CONTENT_DISPOSITION, disposition(file));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(KEEP));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("content-length, content-range, etag"));
    if let Ok(etag) = HeaderValue::from_maybe_shared(file.etag.clone()) {
        headers.insert(ETAG, etag);
    }
    answer
}

fn put(answer: &mut Answer, name: hyper::header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        answer.headers_mut().insert(name, value);
    }
}

/// Source: RFC 6266, RFC 8187.
fn disposition(file: &File) -> String {
    let how = if file.is_shown { "inline" } else { "attachment" };
    if file.name.is_empty() {
        return how.to_owned();
    }
    let mut written = format!("{how}; filename*=UTF-8''");
    for byte in file.name.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => written.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => written.push(char::from(byte)),
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

fn plain(status: StatusCode, said: &str) -> Answer {
    text(status, "text/plain; charset=utf-8", said.into())
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    /// The file ends before the range begins.
    Beyond,
}

fn wanted(headers: &HeaderMap, file: &File) -> Wanted {
    let is_same = headers.get(IF_RANGE).is_none_or(|it| it.as_bytes() == file.etag);
    let range = headers.get(RANGE).filter(|_| is_same).and_then(|it| it.to_str().ok());
    range.map_or(Wanted::Whole, |it| range_of(it, file.size))
}

/// One range of bytes; what does not read, or is several, is as if it were not there.
fn range_of(text: &str, size: u64) -> Wanted {
    let number = |it: &str| it.bytes().all(|it| it.is_ascii_digit()).then(|| it.parse::<u64>().ok()).flatten();
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|it| it.trim().split_once('-')) else {
        return Wanted::Whole;
    };
    match (first, number(first), last, number(last)) {
        ("", _, _, Some(0)) => Wanted::Beyond,
        ("", _, _, Some(_)) if size == 0 => Wanted::Beyond,
        ("", _, _, Some(tail)) => Wanted::Part(size.saturating_sub(tail)..size),
        (_, Some(first), "", _) if first < size => Wanted::Part(first..size),
        (_, Some(first), _, Some(last)) if last < first => Wanted::Whole,
        (_, Some(first), _, Some(last)) if first < size => Wanted::Part(first..last.saturating_add(1).min(size)),
        (_, Some(_), "", _) | (_, Some(_), _, Some(_)) => Wanted::Beyond,
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_of_what_is_there() {
        for (text, size, part) in [
            ("bytes=0-0", 10, 0..1),
            ("bytes=2-5", 10, 2..6),
            ("bytes=2-", 10, 2..10),
            ("bytes=9-99", 10, 9..10),
            ("bytes=0-18446744073709551615", 10, 0..10),
            ("bytes=-3", 10, 7..10),
            ("bytes=-30", 10, 0..10),
        ] {
            assert_eq!(range_of(text, size), Wanted::Part(part), "{text}");
        }
        for (text, size) in [("bytes=10-", 10), ("bytes=10-11", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-1", 0)]
        {
            assert_eq!(range_of(text, size), Wanted::Beyond, "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_passed_over() {
        for text in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=1-2,4-5",
            "bytes=+1-2",
            "items=0-1",
            "bytes=99999999999999999999-",
        ] {
            assert_eq!(range_of(text, 10), Wanted::Whole, "{text}");
        }
    }
}
