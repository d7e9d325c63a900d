//! Pages of strangers, packed and plain, in any letters.

use previews::{Link, page, unpack};

/// Bytes that a page may become.
const MOST: usize = 1 << 16;

/// Reads a page as it is, and as if it were packed.
pub fn run(data: &[u8]) {
    let from = Link::read("https://example.org/a/").expect("a link");
    let plain = unpack::gzip(data, MOST);
    assert!(plain.len() <= MOST);
    for (html, charset) in [(data, None), (data, Some("utf-16le")), (data, Some("shift_jis")), (&plain[..], None)] {
        let page = page::read(html, charset, &from);
        for text in [&page.kind, &page.site, &page.title, &page.text, &page.author] {
            assert!(text.chars().count() <= 401 && !text.chars().any(char::is_control), "{text}");
        }
        let links = page.image.iter().chain(page.video.iter().map(|it| &it.link));
        assert!(links.into_iter().all(|it| it.as_str().starts_with("http")));
    }
}

/// Pages of the usual shapes.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "<!doctype html><title>A &amp; b</title><meta property=\"og:title\" content='c'><meta name=description content=d>",
        "<meta charset=koi8-r><meta property=og:image content=/a.png><meta property=og:video content=https://a.example/>",
        "<script>'<title>no</title>'</script><!-- <title> --><title>yes</title><link rel=image_src href=b.png>",
        "<TITLE>\u{202e}\u{0}x</TITLE><meta property=og:site_name content=&#x202e;y>",
        "\u{1f}\u{8b}\u{8}",
    ]
    .map(|it| it.as_bytes().to_vec())
    .to_vec()
}
