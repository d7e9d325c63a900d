//! Links to web pages as they are kept: one spelling for all that lead to the same page.

use std::net::IpAddr;

use url::{Host, Url};

/// Bytes of a link. Source: what browsers and crawlers take at least; texts recognise no longer ones.
pub const URL_MAX: usize = 2048;

/// A link that is fit to be asked: HTTP or HTTPS, a host, nobody's password, no fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(Url);

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A name, in lower case and ASCII.
    Name(String),
    /// An address, whichever way it was spelled.
    Address(IpAddr),
}

impl Link {
    /// Reads a link as people write them, with or without a scheme.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > URL_MAX {
            return None;
        }
        let has_scheme = text.find("://").is_some_and(|at| text[..at].bytes().all(|it| it.is_ascii_alphanumeric()));
        let url = if has_scheme { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
        Self::of(url.ok()?)
    }

    /// A link on this page.
    pub fn join(&self, text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > URL_MAX { None } else { Self::of(self.0.join(text).ok()?) }
    }

    fn of(mut url: Url) -> Option<Self> {
        let is_web = matches!(url.scheme(), "http" | "https");
        let is_plain = url.username().is_empty() && url.password().is_none();
        url.set_fragment(None);
        let fits = is_web && is_plain && url.host().is_some() && url.as_str().len() <= URL_MAX;
        fits.then_some(Self(url))
    }

    /// The whole of it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it is asked over TLS.
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(80)
    }

    /// Where it leads.
    pub fn place(&self) -> Place {
        match self.0.host() {
            Some(Host::Domain(name)) => Place::Name(name.trim_end_matches('.').to_owned()),
            Some(Host::Ipv4(it)) => Place::Address(it.into()),
            Some(Host::Ipv6(it)) => Place::Address(it.into()),
            None => Place::Name(String::new()),
        }
    }

    /// The host as a request names it, with the port where it is not the usual one.
    pub fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// What is asked of the host.
    pub fn target(&self) -> String {
        match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        }
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// What the query says under a name.
    pub fn query(&self, name: &str) -> Option<String> {
        self.0.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Shown to people: without the scheme.
    pub fn display(&self) -> String {
        let text = self.0.as_str();
        let shown = text.split_once("://").map_or(text, |(_, rest)| rest);
        shown.trim_end_matches('/').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Link::read(text).map(|it| it.as_str().to_owned())
    }

    #[test]
    fn a_link_has_one_spelling() {
        for text in ["example.org", "HTTP://Example.ORG:80/", " http://example.org/#part "] {
            assert_eq!(read(text).as_deref(), Some("http://example.org/"), "{text}");
        }
        assert_eq!(read("https://bücher.example/ä?q=ö").unwrap(), "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6");
        assert_eq!(Link::read("https://example.org/a/").unwrap().display(), "example.org/a");
        assert_eq!(
            read("example.org/login?to=https://a.example").unwrap(),
            "http://example.org/login?to=https://a.example"
        );
    }

    #[test]
    fn what_is_no_page_is_no_link() {
        for text in [
            "",
            "ftp://example.org/",
            "tg://resolve?domain=a",
            "file:///etc/passwd",
            "javascript://example.org/%0aalert(1)",
            "gopher://example.org",
            "http://me:hush@example.org/",
            "http://me@example.org/",
            "http://",
            "http://a b/",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&format!("http://a.example/{}", "a".repeat(URL_MAX))), None);
    }

    #[test]
    fn links_on_a_page_lead_from_there() {
        let page = Link::read("https://example.org/a/b").unwrap();
        let join = |it: &str| page.join(it).map(|it| it.as_str().to_owned());
        assert_eq!(join("c.png").as_deref(), Some("https://example.org/a/c.png"));
        assert_eq!(join("//cdn.example/c.png").as_deref(), Some("https://cdn.example/c.png"));
        assert_eq!(join("data:image/png;base64,AA"), None);
        assert_eq!(join("file:///etc/passwd"), None);
    }
}
