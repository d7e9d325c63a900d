//! Files over HTTP: ranges, headers, and readers that do not read.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::hall::*;

/// The head in lower case, and the body.
async fn asked(hall: &Hall, method: &str, link: &str, headers: &str) -> (String, Vec<u8>) {
    let request = format!("{method} /file/{link} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    let mut stream = hall.socket().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
    (String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase(), answer.split_off(end))
}

fn is_film(bytes: &[u8], from: u64) -> bool {
    (from..).zip(bytes).all(|(at, byte)| frame(at) == *byte)
}

#[tokio::test]
async fn a_file_comes_whole_or_in_the_range_that_was_asked() {
    let hall = limited(|_| {}).await;
    let (head, body) = asked(&hall, "GET", "film", "").await;
    assert!(head.starts_with("http/1.1 200") && body.len() as u64 == FILM && is_film(&body, 0), "{head}");
    for wanted in [
        "content-type: video/mp4\r\n",
        "accept-ranges: bytes\r\n",
        "content-length: 67108864\r\n",
        "content-disposition: inline; filename*=utf-8''film%20%c3%a4.mp4\r\n",
        "x-content-type-options: nosniff\r\n",
        "content-security-policy: default-src 'none'",
        "sandbox\r\n",
        "cache-control: private, max-age=300\r\n",
        "etag: \"film\"\r\n",
    ] {
        assert!(head.contains(wanted), "{wanted} in {head}");
    }
    let (head, body) = asked(&hall, "GET", "film", "Range: bytes=300000-900000\r\n").await;
    assert!(
        head.starts_with("http/1.1 206") && head.contains("content-range: bytes 300000-900000/67108864\r\n"),
        "{head}"
    );
    assert!(body.len() == 600_001 && is_film(&body, 300_000));
    let (_, body) = asked(&hall, "GET", "film", "Range: bytes=-7\r\nIf-Range: \"film\"\r\n").await;
    assert!(body.len() == 7 && is_film(&body, FILM - 7));
    let (head, _) = asked(&hall, "GET", "film", "Range: bytes=67108864-\r\n").await;
    assert!(head.starts_with("http/1.1 416") && head.contains("content-range: bytes */67108864\r\n"), "{head}");
    let (head, _) = asked(&hall, "GET", "bytes", "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n").await;
    assert!(head.starts_with("http/1.1 200") && head.contains("content-disposition: attachment\r\n"), "{head}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_head_and_what_is_known_have_no_body() {
    let hall = limited(|_| {}).await;
    let (head, body) = asked(&hall, "HEAD", "film", "Range: bytes=0-1\r\n").await;
    assert!(head.starts_with("http/1.1 200") && head.contains("content-length: 67108864\r\n"), "{head}");
    assert!(body.is_empty());
    let (head, body) = asked(&hall, "GET", "film", "If-None-Match: \"film\"\r\n").await;
    assert!(head.starts_with("http/1.1 304") && body.is_empty(), "{head}");
    assert_eq!(hall.echo.reads.load(Ordering::SeqCst), 0);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_link_that_leads_nowhere_says_why() {
    let hall = limited(|_| {}).await;
    let long = "a".repeat(300);
    for (link, status) in [("forged", "404"), ("gone", "410"), ("later", "503"), ("", "404"), (long.as_str(), "414")] {
        let (head, _) = asked(&hall, "GET", link, "").await;
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{link}: {head}");
    }
    let (head, body) = asked(&hall, "GET", "torn", "").await;
    let read = body.len() as u64;
    assert!(head.starts_with("http/1.1 200") && read <= 300 << 10, "what does not read is broken off: {read}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_holds_a_window_and_is_let_go() {
    let hall = limited(|it| (it.stalled, it.files_per_address) = (Duration::from_secs(2), 1)).await;
    let mut slow = hall.socket().await;
    slow.write_all(b"GET /file/film HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    until("it is fetched", || hall.stats().files_now == 1).await;
    let (head, _) = asked(&hall, "GET", "film", "").await;
    assert!(head.starts_with("http/1.1 503") && head.contains("retry-after: 1\r\n"), "one at a time: {head}");
    until("it is let go", || hall.stats().files_now == 0).await;
    let reads = hall.echo.reads.load(Ordering::SeqCst);
    assert!(reads < 64, "{reads} windows were read of 256: the kernel's buffers, and one more");
    assert!(ends(&mut slow).await);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn files_are_counted_with_pages() {
    let hall = limited(|it| (it.pages_per_second, it.pages_at_once) = (1, 2)).await;
    let mut refused = 0;
    for _ in 0..12 {
        let (head, _) = asked(&hall, "HEAD", "film", "").await;
        refused += usize::from(head.starts_with("http/1.1 429"));
    }
    assert!(refused > 0);
    hall.running.shutdown().await;
}
