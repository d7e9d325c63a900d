//! Links as people write them, and the judge of where they may lead.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use previews::{Allowed, Link, link::Place};

/// A link that is let pass leads to a name or to the public internet, and reads again as itself.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(link) = Link::read(&text) {
        assert_eq!(Link::read(link.as_str()).as_ref(), Some(&link), "{text}");
        if Allowed::default().may_ask(&link) {
            assert!(matches!(link.port(), 80 | 443), "{text}");
            match link.place() {
                Place::Address(it) => assert!(is_outside(it), "{text}"),
                Place::Name(it) => assert!(it.contains('.') && it.parse::<IpAddr>().is_err(), "{text}"),
            }
        }
        let joined = link.join(&text);
        assert!(joined.is_none_or(|it| it.as_str().starts_with("http")));
    }
    if let Some(four) = data.first_chunk::<4>() {
        let four = Ipv4Addr::from(*four);
        let allowed = previews::judge::is_public(four.into());
        assert!(!allowed || is_outside(four.into()), "{four}");
        assert!(!previews::judge::is_public(four.to_ipv6_mapped().into()), "{four}");
    }
    if let Some(six) = data.first_chunk::<16>() {
        let six = Ipv6Addr::from(*six);
        assert!(!previews::judge::is_public(six.into()) || is_outside(six.into()), "{six}");
    }
}

/// As the standard library knows it, in its own words.
fn is_outside(it: IpAddr) -> bool {
    match it {
        IpAddr::V4(it) => {
            !it.is_loopback()
                && !it.is_private()
                && !it.is_link_local()
                && !it.is_multicast()
                && !it.is_unspecified()
                && !it.is_broadcast()
                && !it.is_documentation()
        }
        IpAddr::V6(it) => {
            !it.is_loopback()
                && !it.is_unspecified()
                && !it.is_multicast()
                && it.to_ipv4().is_none()
                && !it.is_unique_local()
                && !it.is_unicast_link_local()
        }
    }
}

/// One of each spelling.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "https://example.org/a?b=c#d",
        "example.org",
        "http://127.0.0.1:80/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://xn--bcher-kva.example/",
        "//host/path",
        "http://me:hush@example.org:8080/",
        "http://localhost./",
    ]
    .map(|it| it.as_bytes().to_vec())
    .to_vec()
}
