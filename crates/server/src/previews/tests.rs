//! The fetcher against web servers of a few lines: what it asks, what it refuses, where it stops.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use ::previews::{Allowed, Link};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::fetch::{Fetched, Fetcher, Wanted, Why};

/// A web server of one answer a path; how often it was asked.
struct Web {
    port: u16,
    asked: Arc<AtomicUsize>,
}

/// What a path is answered with.
#[derive(Clone)]
enum Says {
    /// This, and the end of the connection.
    Bytes(Vec<u8>),
    /// This, and then a letter every so often.
    Slowly(Vec<u8>),
    /// This, and then more and more.
    Endlessly(Vec<u8>),
}

fn says(head: &str, body: &[u8]) -> Says {
    let length = body.len();
    Says::Bytes([format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n").as_bytes(), body].concat())
}

fn page(body: &str) -> Says {
    says("200 OK\r\nContent-Type: text/html; charset=utf-8", body.as_bytes())
}

fn moved(to: &str) -> Says {
    says(&format!("302 Found\r\nLocation: {to}"), b"")
}

#[allow(clippy::disallowed_methods, reason = "a test")]
async fn web(paths: Vec<(&'static str, Says)>) -> Web {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(stream, paths.clone()));
        }
    });
    Web { port, asked }
}

async fn answer(stream: TcpStream, paths: Vec<(&'static str, Says)>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    assert!(!head.to_lowercase().contains("cookie") && head.contains("user-agent: Chappe/"), "{head}");
    let path = head.split(' ').nth(1).unwrap();
    let said = paths.into_iter().find(|(it, _)| *it == path).map_or_else(|| says("404 Not Found", b""), |(_, it)| it);
    let _ = match said {
        Says::Bytes(it) => stream.write_all(&it).await,
        Says::Slowly(it) => {
            let _ = stream.write_all(&it).await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            return;
        }
        Says::Endlessly(it) => {
            let _ = stream.write_all(&it).await;
            while stream.write_all(&[b' '; 65536]).await.is_ok() {}
            return;
        }
    };
    let _ = stream.shutdown().await;
}

/// Asks 127.0.0.1 as well.
fn fetcher() -> Fetcher {
    let mut it = Fetcher::new(Allowed::new(["127.0.0.1"]));
    it.answer = Duration::from_secs(2);
    it
}

impl Web {
    fn link(&self, path: &str) -> Link {
        Link::read(&format!("http://127.0.0.1:{}{path}", self.port)).unwrap()
    }

    async fn get(&self, path: &str, wanted: Wanted) -> Result<Fetched, Why> {
        fetcher().get(self.link(path), wanted).await
    }
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

#[tokio::test]
async fn a_page_comes_with_its_picture_and_where_it_was_found() {
    let head = "<title>Towers</title><meta property=og:image content=tower.png>";
    let picture = says("200 OK\r\nContent-Type: image/png", PNG);
    let web = web(vec![("/a", moved("/b/")), ("/b/", page(head)), ("/b/tower.png", picture)]).await;
    let came = fetcher().page(web.link("/a").as_str()).await.unwrap();
    assert_eq!((came.kind.as_str(), came.title.as_str(), came.site.as_str()), ("article", "Towers", "127.0.0.1"));
    assert_eq!(came.picture.as_deref(), Some(PNG));
    let came = fetcher().page(web.link("/b/tower.png").as_str()).await.unwrap();
    assert_eq!((came.kind.as_str(), came.picture.as_deref()), ("photo", Some(PNG)));
}

#[tokio::test]
async fn nothing_inside_is_reached_by_any_name_or_redirect() {
    let inside = web(vec![("/", page("<title>the operator's own</title>"))]).await;
    let port = inside.port;
    let strict = Fetcher::new(Allowed::default());
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "017700000001", "[::1]", "[::ffff:127.0.0.1]"] {
        let link = Link::read(&format!("http://{host}:{port}/")).unwrap();
        assert_eq!(strict.get(link, Wanted::Page).await.unwrap_err(), Why::Inside, "{host}");
    }
    let port_80 = Link::read("http://127.0.0.1/").unwrap();
    assert_eq!(strict.get(port_80, Wanted::Page).await.unwrap_err(), Why::Inside);
    let hosts = ["localhost", "127.0.0.2", "2130706434", "[::ffff:7f00:1]", "10.0.0.1", "169.254.169.254"];
    for host in hosts {
        let outside: &'static str = Box::leak(format!("http://{host}:{port}/").into_boxed_str());
        let web = web(vec![("/", moved(outside))]).await;
        assert_eq!(web.get("/", Wanted::Page).await.unwrap_err(), Why::Inside, "a redirect to {host}");
    }
    assert_eq!(inside.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_that_resolves_inside_is_judged_by_where_it_leads() {
    let inside = web(vec![("/", page("<title>the operator's own</title>"))]).await;
    // Allowed by its spelling alone, `localhost.` leads to an address that is not.
    let named = Fetcher::new(Allowed::new(["127.0.0.9"]));
    let link = Link::read(&format!("http://127.0.0.9:{}/", inside.port)).unwrap();
    assert!(named.get(link, Wanted::Page).await.is_err());
    let resolved = named.resolve(&Link::read("http://localhost/").unwrap()).await;
    assert_eq!(resolved.unwrap_err(), Why::Inside);
    assert_eq!(inside.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_goes_on_and_on_is_left() {
    let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>long</title>";
    let picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n";
    let large = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 99999999\r\n\r\n";
    let web = web(vec![
        ("/page", Says::Endlessly(page.to_vec())),
        ("/picture", Says::Endlessly(picture.to_vec())),
        ("/large", Says::Slowly(large.to_vec())),
        ("/head", Says::Endlessly(b"HTTP/1.1 200 OK\r\nX: ".to_vec())),
        ("/slow", Says::Slowly(page.to_vec())),
        ("/mute", Says::Slowly(Vec::new())),
        ("/round", moved("/round")),
    ])
    .await;
    match web.get("/page", Wanted::Page).await.unwrap() {
        Fetched::Page { html, .. } => assert_eq!(html.len(), 1 << 20),
        other => panic!("{other:?}"),
    }
    for (path, why) in
        [("/picture", Why::Large), ("/large", Why::Large), ("/slow", Why::Late), ("/round", Why::Redirects)]
    {
        assert_eq!(web.get(path, Wanted::Page).await.unwrap_err(), why, "{path}");
    }
    assert_eq!(web.get("/head", Wanted::Page).await.unwrap_err(), Why::Broken, "a head has its bounds");
    assert!(matches!(web.get("/mute", Wanted::Page).await.unwrap_err(), Why::Late | Why::Broken));
}

#[tokio::test]
async fn a_bomb_is_unpacked_to_the_limit_and_no_further() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, b"<title>boom</title>").unwrap();
    std::io::Write::write_all(&mut packer, &vec![b' '; 64 << 20]).unwrap();
    let bomb = says("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip", &packer.finish().unwrap());
    let web = web(vec![("/", bomb)]).await;
    let Fetched::Page { html, .. } = web.get("/", Wanted::Page).await.unwrap() else { panic!("a page") };
    assert!(html.len() == 1 << 20 && html.starts_with(b"<title>boom"));
}

#[tokio::test]
async fn what_is_no_page_has_no_preview() {
    let web = web(vec![
        ("/pdf", says("200 OK\r\nContent-Type: application/pdf", b"%PDF")),
        ("/none", says("200 OK", b"<title>x</title>")),
        ("/error", says("500 Internal Server Error\r\nContent-Type: text/html", b"<title>x</title>")),
        ("/silent", page("<p>nothing")),
        ("/away", moved("ftp://127.0.0.1/")),
        ("/svg", says("200 OK\r\nContent-Type: image/svg+xml", b"<svg/>")),
    ])
    .await;
    for path in ["/pdf", "/none", "/error", "/silent", "/away", "/svg", "/missing"] {
        assert_eq!(fetcher().page(web.link(path).as_str()).await, None, "{path}");
    }
    assert_eq!(web.get("/error", Wanted::Page).await.unwrap_err(), Why::Answered(500));
    assert_eq!(web.get("/pdf", Wanted::Page).await.unwrap_err(), Why::Kind);
}
