//! Whose word about a client's address is believed: PROXY headers and `X-Forwarded-For` from trusted networks.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use ppp::HeaderResult;

use crate::config::StartError;

/// Bytes of the longest PROXY header that is read: a v1 line has 107, a v2 header with addresses fewer.
pub const HEADER_MAX: usize = 536;

/// How a header of each version begins.
const V1: &[u8] = b"PROXY ";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Trusted networks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trusted(Vec<IpNet>);

/// What the first bytes of a connection from a trusted proxy are.
pub enum Head {
    /// Not yet to be told.
    NeedMore,
    /// No header: the connection is the proxy's own.
    None,
    /// The client's address, and the length of the header.
    Client(Option<SocketAddr>, usize),
}

impl Trusted {
    pub(crate) fn parse(networks: &[String]) -> Result<Self, StartError> {
        let one = |text: &String| {
            let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            net.map_err(|_| StartError::Proxy(text.clone()))
        };
        networks.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|net| net.contains(&ip))
    }
}

/// Looks for a header. It is parsed once it is whole: a port cut in two is a port, too.
pub fn head(first: &[u8]) -> Head {
    let begins = |sign: &[u8]| sign.starts_with(&first[..first.len().min(sign.len())]);
    let length = if begins(V1) {
        length_v1(first)
    } else if begins(V2) {
        length_v2(first)
    } else {
        return Head::None;
    };
    match length {
        Some(length) if length > HEADER_MAX => Head::None,
        Some(length) if length <= first.len() => match HeaderResult::parse(&first[..length]) {
            HeaderResult::V1(Ok(header)) => Head::Client(v1(&header.addresses), length),
            HeaderResult::V2(Ok(header)) => Head::Client(v2(&header.addresses), length),
            _ => Head::None,
        },
        _ => Head::NeedMore,
    }
}

/// A line, as far as it can be seen.
fn length_v1(first: &[u8]) -> Option<usize> {
    const MOST: usize = 107;
    match first.windows(2).take(MOST - 1).position(|it| it == b"\r\n") {
        Some(at) => Some(at + 2),
        None if first.len() < MOST => None,
        None => Some(usize::MAX),
    }
}

/// Sixteen bytes, of which the last two say how many follow.
fn length_v2(first: &[u8]) -> Option<usize> {
    const FIXED: usize = 16;
    let fixed = first.first_chunk::<FIXED>()?;
    Some(FIXED + usize::from(u16::from_be_bytes([fixed[14], fixed[15]])))
}

fn v1(addresses: &ppp::v1::Addresses) -> Option<SocketAddr> {
    match addresses {
        ppp::v1::Addresses::Tcp4(it) => Some((it.source_address, it.source_port).into()),
        ppp::v1::Addresses::Tcp6(it) => Some((it.source_address, it.source_port).into()),
        ppp::v1::Addresses::Unknown => None,
    }
}

fn v2(addresses: &ppp::v2::Addresses) -> Option<SocketAddr> {
    match addresses {
        ppp::v2::Addresses::IPv4(it) => Some((it.source_address, it.source_port).into()),
        ppp::v2::Addresses::IPv6(it) => Some((it.source_address, it.source_port).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(bytes: &[u8]) -> String {
        match head(bytes) {
            Head::NeedMore => "more".into(),
            Head::None => "none".into(),
            Head::Client(address, len) => format!("{address:?} {len}"),
        }
    }

    #[test]
    fn headers_of_both_versions_are_read_and_other_bytes_are_not_headers() {
        let v1 = b"PROXY TCP4 192.0.2.7 198.51.100.1 4000 443\r\nrest";
        assert_eq!(client(v1), "Some(192.0.2.7:4000) 44");
        // Wherever the line is cut, also in the midst of a number.
        for cut in 1..44 {
            assert_eq!(client(&v1[..cut]), "more", "{cut}");
        }
        assert_eq!(client(&[b"PROXY TCP4 ", [b'1'; 100].as_slice()].concat()), "none");
        assert_eq!(client(&[0xef, 1, 2, 3]), "none");
        let v2 = [&b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"[..], &[192, 0, 2, 7, 198, 51, 100, 1, 0x0f, 0xa0, 1, 0xbb]]
            .concat();
        assert_eq!(client(&v2), "Some(192.0.2.7:4000) 28");
        assert_eq!(client(&v2[..27]), "more");
        assert_eq!(client(&[&v2[..14], &[0xff, 0xff]].concat()), "none", "longer than any header");
    }

    #[test]
    fn only_listed_networks_are_trusted() {
        let trusted = Trusted::parse(&["10.0.0.0/8".into(), "::1".into()]).unwrap();
        assert!(trusted.contains([10, 1, 2, 3].into()) && trusted.contains(IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)));
        assert!(!trusted.contains([11, 0, 0, 1].into()));
        assert!(Trusted::parse(&["nowhere".into()]).is_err());
    }
}
