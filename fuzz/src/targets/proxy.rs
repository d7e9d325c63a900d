//! The header in front of a proxied connection.

use gateway::proxy::{HEADER_MAX, Head, head};

/// One input: the first bytes of a connection, all at once and byte by byte.
pub fn run(data: &[u8]) {
    let whole = head(data);
    if let Head::Client(_, length) = whole {
        assert!((1..=data.len()).contains(&length));
    }
    if data.len() >= HEADER_MAX {
        assert!(!matches!(whole, Head::NeedMore), "a header that never ends");
    }
    // Whatever the pieces, the first decision is the same.
    for cut in 1..data.len().min(HEADER_MAX) {
        match (head(&data[..cut]), &whole) {
            (Head::NeedMore, _) => {}
            (Head::None, Head::None) => return,
            (Head::Client(one, length), Head::Client(other, whole)) => {
                assert_eq!((one, length), (*other, *whole));
                return;
            }
            _ => panic!("decided otherwise after {cut} of {:?}", String::from_utf8_lossy(data)),
        }
    }
}

/// Headers of both versions.
pub fn seeds() -> Vec<Vec<u8>> {
    let v2 = |kind: u8, addresses: &[u8]| {
        let mut out = b"\r\n\r\n\0\r\nQUIT\n\x21".to_vec();
        out.push(kind);
        out.extend((addresses.len() as u16).to_be_bytes());
        out.extend(addresses);
        out
    };
    vec![
        b"PROXY TCP4 192.0.2.7 198.51.100.1 4000 443\r\nrest".to_vec(),
        b"PROXY TCP6 2001:db8::7 2001:db8::1 4000 443\r\n".to_vec(),
        b"PROXY UNKNOWN\r\n".to_vec(),
        v2(0x11, &[192, 0, 2, 7, 198, 51, 100, 1, 0x0f, 0xa0, 1, 0xbb]),
        v2(0x21, &[7; 36]),
        v2(0x31, &[7; 216]),
        v2(0x11, &[[9; 12].as_slice(), &[4, 0, 1, 0]].concat()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_headers_are_decided_on_once() {
        mutations(&seeds(), 81, 4000, run);
    }
}
