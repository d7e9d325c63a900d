//! Where one piece of a stream ends and what it is, in the four protocols that are compared.

/// What is spoken on a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fanout) enum Tongue {
    /// MTProto over the intermediate transport: four bytes of length before each packet.
    Mtproto,
    /// The same bytes without anybody behind them.
    Bare,
    /// The text protocol of NATS.
    Nats,
    /// MQTT 3.1.1.
    Mqtt,
}

impl Tongue {
    pub(super) const ALL: [Self; 4] = [Self::Mtproto, Self::Bare, Self::Nats, Self::Mqtt];

    pub(in crate::fanout) fn name(self) -> &'static str {
        match self {
            Self::Mtproto => "mtproto",
            Self::Bare => "bare",
            Self::Nats => "nats",
            Self::Mqtt => "mqtt",
        }
    }

    /// What a subscriber says when it comes; the first `small` ones listen to two subjects.
    pub(super) fn greeting(self, at: usize, small: usize) -> Vec<u8> {
        let both = at < small;
        match self {
            // Its sessions speak for themselves.
            Self::Mtproto | Self::Bare => Vec::new(),
            Self::Nats => {
                let mut said = b"CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB all 1\r\n".to_vec();
                if both {
                    said.extend_from_slice(b"SUB small 2\r\n");
                }
                said.extend_from_slice(b"PING\r\n");
                said
            }
            Self::Mqtt => {
                let mut said = mqtt_connect(&format!("ear{at}"));
                said.extend_from_slice(&mqtt_subscribe(if both { &["all", "small"] } else { &["all"] }));
                said
            }
        }
    }
}

/// A piece of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A delivery, or what may be one.
    Delivery,
    /// The answer to the greeting.
    Ready,
    /// Must be answered.
    Ping,
    /// Nothing to count.
    Other,
}

/// The first piece of `bytes` and its length; `None` until it is whole.
pub(super) fn first(tongue: Tongue, bytes: &[u8]) -> Option<(Piece, usize)> {
    match tongue {
        Tongue::Mtproto | Tongue::Bare => {
            let length = u32::from_le_bytes(*bytes.first_chunk()?) as usize;
            whole(bytes, Piece::Delivery, 4 + length)
        }
        Tongue::Nats => nats(bytes),
        Tongue::Mqtt => mqtt(bytes),
    }
}

fn whole(bytes: &[u8], piece: Piece, length: usize) -> Option<(Piece, usize)> {
    (bytes.len() >= length).then_some((piece, length))
}

/// Source: docs.nats.io/reference/reference-protocols/nats-protocol.
fn nats(bytes: &[u8]) -> Option<(Piece, usize)> {
    let line = bytes.windows(2).position(|it| it == b"\r\n")?;
    let head = &bytes[..line];
    if head.starts_with(b"MSG ") {
        let digits = head.rsplit(|it| *it == b' ').next()?;
        let length: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
        return whole(bytes, Piece::Delivery, line + 2 + length + 2);
    }
    let piece = match head {
        b"PONG" => Piece::Ready,
        b"PING" => Piece::Ping,
        _ => Piece::Other,
    };
    Some((piece, line + 2))
}

/// Source: docs.oasis-open.org/mqtt/mqtt/v3.1.1, "MQTT Control Packet format".
fn mqtt(bytes: &[u8]) -> Option<(Piece, usize)> {
    let (mut length, mut at) = (0, 1);
    loop {
        let byte = *bytes.get(at)?;
        length |= usize::from(byte & 0x7f) << (7 * (at - 1));
        at += 1;
        if byte & 0x80 == 0 || at > 4 {
            break;
        }
    }
    let piece = match bytes.first()? >> 4 {
        3 => Piece::Delivery,
        9 => Piece::Ready,
        _ => Piece::Other,
    };
    whole(bytes, piece, at + length)
}

/// CONNECT with a clean session and no keep-alive.
pub(in crate::fanout) fn mqtt_connect(client: &str) -> Vec<u8> {
    let mut body = Vec::new();
    put_text(&mut body, "MQTT");
    body.extend_from_slice(&[4, 2, 0, 0]);
    put_text(&mut body, client);
    mqtt_packet(0x10, &body)
}

/// SUBSCRIBE with quality 0.
fn mqtt_subscribe(topics: &[&str]) -> Vec<u8> {
    let mut body = vec![0, 1];
    for topic in topics {
        put_text(&mut body, topic);
        body.push(0);
    }
    mqtt_packet(0x82, &body)
}

/// PUBLISH with quality 0.
pub(in crate::fanout) fn mqtt_publish(topic: &str, payload: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    put_text(&mut body, topic);
    body.extend_from_slice(payload);
    mqtt_packet(0x30, &body)
}

fn mqtt_packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let (mut packet, mut left) = (vec![kind], body.len());
    loop {
        let more = u8::from(left > 0x7f) << 7;
        packet.push((left & 0x7f) as u8 | more);
        left >>= 7;
        if left == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    packet
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every piece of the stream, with each one cut short not yet being there.
    fn check(tongue: Tongue, stream: &[u8], expected: &[Piece]) {
        let (mut at, mut found) = (0, Vec::new());
        while let Some((piece, length)) = first(tongue, &stream[at..]) {
            assert_eq!(first(tongue, &stream[at..at + length - 1]), None, "{tongue:?} at {at}");
            found.push(piece);
            at += length;
        }
        assert_eq!((found.as_slice(), at), (expected, stream.len()), "{tongue:?}");
    }

    #[test]
    fn pieces_of_every_protocol_are_told_apart() {
        check(Tongue::Bare, &[2, 0, 0, 0, 7, 7, 0, 0, 0, 0], &[Piece::Delivery, Piece::Delivery]);
        let said = b"INFO {}\r\nPONG\r\nPING\r\nMSG all 1 6\r\na\r\nb\r\n\r\n";
        check(Tongue::Nats, said, &[Piece::Other, Piece::Ready, Piece::Ping, Piece::Delivery]);
        let mut said = vec![0x20, 2, 0, 0, 0x90, 3, 0, 1, 0];
        said.extend(mqtt_publish("all", &[1; 300]));
        check(Tongue::Mqtt, &said, &[Piece::Other, Piece::Ready, Piece::Delivery]);
    }
}
