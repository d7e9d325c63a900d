//! Who may be asked for a page. A server stands where its operator's other machines do, so nothing but the public
//! internet is asked: a link is judged by its port and name, and each address that a name leads to once more, after
//! every redirect. Whoever fetches connects to the address that was judged, and to no other.
//! Source: IANA's registries of special-purpose addresses, RFC 6890.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::link::{Link, Place};

/// Ports that are asked.
const PORTS: [u16; 2] = [80, 443];

/// Names that lead inside wherever they are asked. Source: RFC 6761, RFC 6762, RFC 8375, RFC 9476, ICANN's `internal`.
const INSIDE: [&str; 8] = ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "alt"];

/// Networks of version 4 that are no part of the internet, and a cloud's own address that looks as if it were.
const NOT_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The part of version 6 that is given out. What is mapped or translated from version 4 (`::ffff:0:0/96`,
/// `64:ff9b::/96`, `64:ff9b:1::/48`), local, link-local or multicast lies outside it.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Within it: protocols' own with Teredo's tunnels, documentation, 6to4's tunnels.
const NOT_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => !NOT_V4.iter().any(|(net, len)| same(it.to_bits().into(), net.to_bits().into(), 32 - len)),
        IpAddr::V6(it) => {
            let within = |(net, len): &(Ipv6Addr, u32)| same(it.to_bits(), net.to_bits(), 128 - len);
            // ISATAP carries an address of version 4 in what looks like any other.
            let carries_v4 = matches!(it.segments(), [_, _, _, _, 0 | 0x200, 0x5efe, _, _]);
            within(&GLOBAL_V6) && !NOT_V6.iter().any(within) && !carries_v4
        }
    }
}

/// Whether two addresses differ in their last bits alone.
fn same(one: u128, other: u128, last: u32) -> bool {
    one >> last == other >> last
}

/// Places that are asked although they are not public, at any port: what an operator names.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Vec<String>);

impl Allowed {
    /// Names and addresses, as links write them.
    pub fn new<'a>(all: impl IntoIterator<Item = &'a str>) -> Self {
        Self(all.into_iter().map(|it| it.trim_matches(['[', ']']).to_ascii_lowercase()).collect())
    }

    fn has(&self, it: &str) -> bool {
        self.0.iter().any(|one| one == it)
    }

    /// Whether a link may be asked, as far as it tells itself.
    pub fn may_ask(&self, link: &Link) -> bool {
        match link.place() {
            Place::Address(it) => self.has(&it.to_string()) || PORTS.contains(&link.port()) && is_public(it),
            Place::Name(name) => self.has(&name) || PORTS.contains(&link.port()) && !is_inside(&name),
        }
    }

    /// Whether a link may be asked at an address that its name leads to.
    pub fn may_reach(&self, link: &Link, address: IpAddr) -> bool {
        let named = match link.place() {
            Place::Name(name) => self.has(&name),
            Place::Address(_) => false,
        };
        named || self.has(&address.to_string()) || is_public(address)
    }
}

/// A name without a point is one of the operator's network, too.
fn is_inside(name: &str) -> bool {
    let below = |top: &str| name.strip_suffix(top).is_some_and(|it| it.is_empty() || it.ends_with('.'));
    !name.contains('.') || INSIDE.into_iter().any(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_ask(text: &str) -> bool {
        Link::read(text).is_some_and(|it| Allowed::default().may_ask(&it))
    }

    #[test]
    fn inside_is_inside_however_it_is_spelled() {
        for text in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.0.0.1/",
            "http://0177.0.0.1/",
            "http://017700000001/",
            "http://127.0.0.1./",
            "http://１２７.0.0.1/",
            "http://127。0。0。1/",
            "http://0/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[0:0:0:0:0:ffff:0a00:0001]/",
            "http://[::ffff:8.8.8.8]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[64:ff9b::8.8.8.8]/",
            "http://[64:ff9b:1::1]/",
            "http://[::127.0.0.1]/",
            "http://[fe80::1]/",
            "http://[fc00::1]/",
            "http://[fd00:ec2::254]/",
            "http://[ff02::1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:7f00:1::]/",
            "http://[2001:db8::1]/",
            "http://[2a00:1450::200:5efe:7f00:1]/",
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://172.31.255.255/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://168.63.129.16/",
            "http://100.64.0.1/",
            "http://100.100.100.200/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://localhost/",
            "http://LocalHost./",
            "http://a.localhost/",
            "http://printer.local/",
            "http://metadata.google.internal/",
            "http://router/",
            "http://a.home.arpa/",
        ] {
            assert!(!may_ask(text), "{text}");
        }
    }

    #[test]
    fn the_internet_is_asked_at_the_ports_of_the_web() {
        for text in [
            "https://example.org/",
            "http://8.8.8.8/",
            "http://172.32.0.1/",
            "http://[2a00:1450:4001::1]/",
            "https://example.org:80/",
            "https://notlocalhost.example/",
            "https://local.example/",
        ] {
            assert!(may_ask(text), "{text}");
        }
        for text in ["http://example.org:22/", "http://example.org:8080/", "https://8.8.8.8:25/"] {
            assert!(!may_ask(text), "{text}");
        }
    }

    #[test]
    fn a_name_that_leads_inside_is_not_followed() {
        let link = Link::read("https://rebinding.example/").unwrap();
        let (none, inside) = (Allowed::default(), IpAddr::from([127, 0, 0, 1]));
        assert!(none.may_ask(&link) && !none.may_reach(&link, inside) && none.may_reach(&link, [8, 8, 8, 8].into()));
        let named = Allowed::new(["rebinding.example"]);
        assert!(named.may_reach(&link, inside));
    }

    #[test]
    fn what_an_operator_names_is_asked_at_any_port() {
        let allowed = Allowed::new(["127.0.0.1", "[::1]", "Wiki.intranet"]);
        for text in
            ["http://127.0.0.1:5000/", "http://2130706433:5000/", "http://[::1]:1/", "http://wiki.intranet:8080/"]
        {
            let link = Link::read(text).unwrap();
            assert!(allowed.may_ask(&link), "{text}");
            if let Place::Address(it) = link.place() {
                assert!(allowed.may_reach(&link, it), "{text}");
            }
        }
        assert!(!allowed.may_ask(&Link::read("http://127.0.0.2/").unwrap()));
    }
}
