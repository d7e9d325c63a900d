//! Pages of the service over HTTP: headers, what is not sent twice, limits of who asks.

use crate::hall::*;

async fn asked(hall: &Hall, method: &str, path: &str, headers: &str) -> String {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: example.org:8443\r\nConnection: close\r\n{headers}\r\n");
    http_over(hall.socket().await, &request).await
}

#[tokio::test]
async fn a_page_is_the_services_and_no_browser_may_run_anything_in_it() {
    let hall = limited(|_| {}).await;
    let page = asked(&hall, "GET", "/page?a=1", "X-Forwarded-Proto: https\r\n").await;
    let (head, body) = page.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "http://example.org:8443 /page a=1", "the word of a stranger about its scheme is not believed");
    let head = head.to_lowercase();
    assert!(head.starts_with("http/1.1 200"), "{head}");
    for wanted in [
        "content-type: text/html; charset=utf-8",
        "cache-control: public, max-age=10",
        "content-security-policy: default-src 'none'; style-src 'self';",
        "frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "etag: \"mark\"",
    ] {
        assert!(head.contains(wanted), "{wanted} in {head}");
    }
    assert!(asked(&hall, "GET", "/page/gone", "").await.starts_with("HTTP/1.1 410"));
    assert!(asked(&hall, "POST", "/page", "Content-Length: 0\r\n").await.starts_with("HTTP/1.1 404"));
    hall.running.shutdown().await;
}

#[tokio::test]
async fn who_has_a_page_or_wants_its_head_is_sent_no_body() {
    let hall = limited(|_| {}).await;
    for mark in ["\"mark\"", "W/\"mark\"", "\"other\", \"mark\"", "*"] {
        let page = asked(&hall, "GET", "/page", &format!("If-None-Match: {mark}\r\n")).await;
        assert!(page.starts_with("HTTP/1.1 304") && page.ends_with("\r\n\r\n"), "{mark}: {page}");
    }
    let page = asked(&hall, "GET", "/page", "If-None-Match: \"other\"\r\n").await;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    // What is gone is told each time.
    let gone = asked(&hall, "GET", "/page/gone", "If-None-Match: *\r\n").await;
    assert!(gone.starts_with("HTTP/1.1 410"), "{gone}");
    let head = asked(&hall, "HEAD", "/page", "").await;
    let length = "http://example.org:8443 /page ".len();
    assert!(head.to_lowercase().contains(&format!("content-length: {length}\r\n")), "{head}");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_trusted_proxy_says_how_the_client_came() {
    let hall = hall().await;
    let page = asked(&hall, "GET", "/page", "X-Forwarded-Proto: https\r\n").await;
    assert!(page.ends_with("https://example.org:8443 /page "), "{page}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn what_no_page_can_be_asked_with_is_refused() {
    let hall = limited(|_| {}).await;
    let long = format!("/page?{}", "a".repeat(600));
    assert!(asked(&hall, "GET", &long, "").await.starts_with("HTTP/1.1 414"));
    for host in ["a\"b", "a b", "<x>", ""] {
        let request = format!("GET /page HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = http_over(hall.socket().await, &request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{host}: {answer}");
    }
    let nameless = http_over(hall.socket().await, "GET /page HTTP/1.0\r\n\r\n").await;
    assert!(nameless.ends_with(&format!("http://{} /page ", hall.address)), "{nameless}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn an_address_that_asks_for_too_many_pages_waits() {
    let hall = limited(|it| (it.pages_per_second, it.pages_at_once) = (1, 2)).await;
    let mut refused = 0;
    for _ in 0..12 {
        let page = asked(&hall, "GET", "/page", "").await;
        if page.starts_with("HTTP/1.1 429") {
            assert!(page.to_lowercase().contains("retry-after: "), "{page}");
            refused += 1;
        }
    }
    assert!(refused > 0);
    assert!(asked(&hall, "GET", "/health", "").await.starts_with("HTTP/1.1 200"), "health is no page");
    hall.running.shutdown().await;
}
