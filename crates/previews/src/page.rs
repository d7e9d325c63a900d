//! What a page says of itself: Open Graph, Twitter's cards, and the title and description that every page may have.
//! Source: ogp.me; developer.x.com, "Cards markup"; html.spec.whatwg.org, "Standard metadata names".

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::link::Link;

/// Letters of a title.
const TITLE_MAX: usize = 200;

/// Letters of a description.
const TEXT_MAX: usize = 400;

/// Letters of the name of a site, and of an author's.
const NAME_MAX: usize = 64;

/// Bytes at a page's head in which it may name its charset. Source: html.spec.whatwg.org, "prescan a byte stream".
const NAMED_WITHIN: usize = 1024;

/// Tags that are looked at: what describes a page stands at its head.
const TAGS_MAX: usize = 5000;

/// A page as it describes itself; what it does not tell is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is: `article`, `video.other`.
    pub kind: String,
    /// What the site is called.
    pub site: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// A picture of it.
    pub image: Option<Link>,
    /// It wants the picture to be shown large.
    pub is_large: bool,
    /// Seconds of the video or sound that it shows; 0: not told.
    pub duration: u32,
    /// A player of it.
    pub video: Option<Video>,
}

/// A player that a page lets others show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Video {
    /// Where it is, over TLS.
    pub link: Link,
    /// `iframe`, or a media type.
    pub kind: String,
    /// Pixels; 0: not told.
    pub width: u32,
    /// The same.
    pub height: u32,
}

impl Page {
    /// Whether there is something to show.
    pub fn says_something(&self) -> bool {
        !self.title.is_empty() || !self.text.is_empty() || self.image.is_some()
    }
}

/// Reads a page; `charset` as its head names it, and where it was found.
pub fn read(html: &[u8], charset: Option<&str>, from: &Link) -> Page {
    let html = decoded(html, charset);
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut found = Found::default();
    let (mut tags, mut in_title) = (0, false);
    for token in Tokenizer::new_with_emitter(&*html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                tags += 1;
                in_title = *tag.name == *b"title" && found.title.is_empty();
                found.tag(&tag);
            }
            Token::String(text) if in_title => found.title.push_str(&lossy(&text.value)),
            Token::EndTag(_) => in_title = false,
            Token::String(_) | Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if tags == TAGS_MAX {
            break;
        }
    }
    found.page(from)
}

/// As text: by the mark at its beginning, by what its head or itself names, else as most pages are.
fn decoded(html: &[u8], charset: Option<&str>) -> String {
    let named = charset.map(str::to_owned).or_else(|| named_charset(html));
    let encoding = named.and_then(|it| Encoding::for_label(it.as_bytes()));
    let encoding = encoding.unwrap_or(if std::str::from_utf8(cut(html)).is_ok() { UTF_8 } else { WINDOWS_1252 });
    encoding.decode(html).0.into_owned()
}

/// Without a last letter that was cut off.
fn cut(html: &[u8]) -> &[u8] {
    match std::str::from_utf8(html) {
        Err(error) if error.error_len().is_none() => &html[..error.valid_up_to()],
        _ => html,
    }
}

/// What follows `charset=` at the beginning.
fn named_charset(html: &[u8]) -> Option<String> {
    let head = lossy(&html[..html.len().min(NAMED_WITHIN)]).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset=")?;
    let name: String = rest.trim_start_matches(['"', '\'', ' ']).chars().take_while(|it| is_of_name(*it)).collect();
    Some(name).filter(|it| !it.is_empty())
}

fn is_of_name(it: char) -> bool {
    it.is_ascii_alphanumeric() || "-_:.".contains(it)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The first value of each name.
#[derive(Default)]
struct Found {
    title: String,
    image_link: Option<String>,
    values: Vec<(&'static str, String)>,
}

/// What is looked for.
const NAMES: [&str; 24] = [
    "og:title",
    "twitter:title",
    "og:description",
    "twitter:description",
    "description",
    "og:image:secure_url",
    "og:image:url",
    "og:image",
    "twitter:image",
    "twitter:image:src",
    "og:site_name",
    "application-name",
    "og:type",
    "og:video",
    "og:video:url",
    "og:video:secure_url",
    "og:video:type",
    "og:video:width",
    "og:video:height",
    "video:duration",
    "twitter:card",
    "author",
    "article:author",
    "twitter:creator",
];

impl Found {
    fn tag(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|it| lossy(&it.value));
        let rel = attribute(b"rel").map(|it| it.to_ascii_lowercase());
        match &tag.name[..] {
            b"meta" => {
                let named = attribute(b"property").or_else(|| attribute(b"name"));
                let named = named.unwrap_or_default().trim().to_ascii_lowercase();
                let Some(name) = NAMES.iter().find(|it| **it == named) else { return };
                let value = attribute(b"content").unwrap_or_default();
                if !value.trim().is_empty() && self.value(&[name]).is_empty() {
                    self.values.push((name, value));
                }
            }
            b"link" if self.image_link.is_none() && rel == Some("image_src".into()) => {
                self.image_link = attribute(b"href");
            }
            _ => {}
        }
    }

    /// The first of these that the page has.
    fn value(&self, names: &[&str]) -> &str {
        let of = |name: &&str| self.values.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
        names.iter().find_map(of).unwrap_or("")
    }

    fn page(&self, from: &Link) -> Page {
        let images =
            self.value(&["og:image:secure_url", "og:image:url", "og:image", "twitter:image", "twitter:image:src"]);
        let image = Some(images).filter(|it| !it.is_empty()).or(self.image_link.as_deref());
        let title = [self.value(&["og:title", "twitter:title"]), &self.title].into_iter().find(|it| !it.is_empty());
        let author = self.value(&["author", "article:author", "twitter:creator"]);
        Page {
            kind: tidy(self.value(&["og:type"]), NAME_MAX),
            site: tidy(self.value(&["og:site_name", "application-name"]), NAME_MAX),
            title: tidy(title.unwrap_or_default(), TITLE_MAX),
            text: tidy(self.value(&["og:description", "twitter:description", "description"]), TEXT_MAX),
            // A profile's address is no name.
            author: tidy(if author.contains("://") { "" } else { author }, NAME_MAX),
            image: image.and_then(|it| from.join(it)),
            is_large: self.value(&["twitter:card"]) == "summary_large_image",
            duration: self.value(&["video:duration"]).trim().parse().unwrap_or(0),
            video: self.video(from),
        }
    }

    fn video(&self, from: &Link) -> Option<Video> {
        let link = from.join(self.value(&["og:video:secure_url", "og:video:url", "og:video"]))?;
        let kind = match self.value(&["og:video:type"]) {
            "text/html" => "iframe",
            "video/mp4" => "video/mp4",
            _ => return None,
        };
        let number = |name| self.value(&[name]).trim().parse().unwrap_or(0);
        let (width, height) = (number("og:video:width"), number("og:video:height"));
        link.is_secure().then(|| Video { link, kind: kind.to_owned(), width, height })
    }
}

/// In one line, without what steers a terminal or turns the direction of a text, and not too long.
fn tidy(text: &str, letters: usize) -> String {
    let steers = |it: char| {
        it.is_control()
            || matches!(it, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let plain: String =
        text.chars().map(|it| if it.is_whitespace() { ' ' } else { it }).filter(|it| !steers(*it)).collect();
    let mut line = plain.split(' ').filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = line.char_indices().nth(letters) {
        line.truncate(at);
        line = format!("{}…", line.trim_end());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Page {
        read(html.as_bytes(), None, &Link::read("https://example.org/a/").unwrap())
    }

    #[test]
    fn a_page_is_what_its_head_says() {
        let page = of(r#"<!doctype html><html><head><title>Plain &amp; simple</title>
            <meta property="og:title" content="Towers &quot;of&quot;  Lille">
            <META NAME=description content='About
              towers'>
            <meta property="og:site_name" content="Optics"><meta property="og:type" content="article">
            <meta property="og:image" content="/tower.jpg"><meta name="twitter:card" content="summary_large_image">
            <meta name="author" content="Claude C."><meta property="og:title" content="another">
            <body><title>not this</title>"#);
        let wanted = Page {
            kind: "article".into(),
            site: "Optics".into(),
            title: "Towers \"of\" Lille".into(),
            text: "About towers".into(),
            author: "Claude C.".into(),
            image: Link::read("https://example.org/tower.jpg"),
            is_large: true,
            ..Page::default()
        };
        assert_eq!(page, wanted);
    }

    #[test]
    fn a_title_alone_is_something_and_nothing_is_nothing() {
        let page = of(
            "<title>\n Only\u{202e} a <b>title</b> \n</title><script>var a = '<meta property=og:title content=x>'</script>",
        );
        assert_eq!(page.title, "Only a <b>title</b>");
        assert!(page.says_something());
        assert_eq!(of("<p>nothing at all</p><!-- <meta property=og:title content=x> -->"), Page::default());
    }

    #[test]
    fn a_page_is_read_in_its_own_letters() {
        let link = Link::read("https://example.org/").unwrap();
        let title = |html: &[u8], charset| read(html, charset, &link).title;
        assert_eq!(title(b"<title>caf\xe9</title>", None), "café");
        assert_eq!(title("<title>café</title>".as_bytes(), None), "café");
        assert_eq!(title(b"<meta charset=koi8-r><title>\xd4\xc5\xd3\xd4</title>", None), "тест");
        assert_eq!(title(b"<title>\xd4\xc5\xd3\xd4</title>", Some("koi8-r")), "тест");
        assert_eq!(title(b"<title>x</title>", Some("no-such")), "x");
    }

    #[test]
    fn what_is_long_is_cut() {
        let page =
            of(&format!("<title>{}</title><meta name=description content='{}'>", "ä".repeat(5000), "b ".repeat(9000)));
        assert_eq!(page.title.chars().count(), TITLE_MAX + 1);
        assert!(page.text.chars().count() <= TEXT_MAX + 1);
    }

    #[test]
    fn a_player_is_shown_over_tls_alone() {
        let video = |link: &str, kind: &str| {
            let meta = |name: &str, value: &str| format!("<meta property='og:video{name}' content='{value}'>");
            of(&[meta("", link), meta(":type", kind), meta(":width", "640"), meta(":height", "x")].concat()).video
        };
        let shown = video("https://play.example/1", "text/html").unwrap();
        assert_eq!((shown.kind.as_str(), shown.width, shown.height), ("iframe", 640, 0));
        assert_eq!(video("http://play.example/1", "text/html"), None);
        assert_eq!(video("https://play.example/1", "application/x-shockwave-flash"), None);
    }

    #[test]
    fn pictures_that_are_no_links_are_none() {
        for image in ["data:image/png;base64,AA", "javascript:alert(1)", "file:///etc/passwd", "ftp://a.example/b"] {
            assert_eq!(of(&format!("<meta property=og:image content='{image}'>")).image, None, "{image}");
        }
    }
}
