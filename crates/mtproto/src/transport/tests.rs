//! Every transport, in both roles, in pieces of every size, and bytes that nobody should send.

use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// A way to open a connection.
#[derive(Clone, Copy, Debug)]
struct Way {
    kind: Kind,
    obfuscated: bool,
    /// The index among [`secrets`].
    secret: Option<u8>,
}

fn secrets() -> Vec<Secret> {
    (0..MAX_SECRETS as u8).map(|i| Secret::new([i; 16])).collect()
}

fn ways() -> Vec<Way> {
    let plain = Kind::ALL.map(|kind| (kind, false, None));
    let hidden = [Kind::Abridged, Kind::Intermediate, Kind::Padded].into_iter();
    let hidden =
        hidden.flat_map(|kind| [None, Some(0), Some(MAX_SECRETS as u8 - 1)].map(|secret| (kind, true, secret)));
    let all = plain.into_iter().chain(hidden);
    all.map(|(kind, obfuscated, secret)| Way { kind, obfuscated, secret }).collect()
}

fn open(way: Way, dc: i16, rng: &mut ChaCha8Rng) -> (Framing, Vec<u8>) {
    let secrets = secrets();
    let secret = way.secret.map(|at| &secrets[usize::from(at)]);
    let (framing, opening) = if way.obfuscated {
        Framing::client_obfuscated(way.kind, secret, dc, rng).unwrap()
    } else {
        Framing::client(way.kind)
    };
    (framing, opening.to_vec())
}

/// Payload lengths around every change of form: 127 words, 64 KiB, a part of a file.
const LENGTHS: [usize; 9] = [8, 40, 504, 508, 512, 1024, 65_536, 524_320, 1 << 20];

/// A server's end as a connection sees it: detection first, in whatever pieces bytes come.
struct Door {
    first: Vec<u8>,
    framing: Option<Framing>,
}

impl Door {
    fn new() -> Self {
        Self { first: Vec::new(), framing: None }
    }

    fn read(&mut self, bytes: &[u8]) -> Vec<Packet> {
        match &mut self.framing {
            Some(it) => it.push(bytes),
            None => {
                self.first.extend_from_slice(bytes);
                match detect(&self.first, &secrets()) {
                    Detection::NeedMore => return Vec::new(),
                    Detection::Mtproto { framing, consumed } => {
                        let it = self.framing.insert(*framing);
                        it.push(&self.first[consumed..]);
                    }
                    _ => panic!("another protocol"),
                }
            }
        }
        let framing = self.framing.as_mut().unwrap();
        std::iter::from_fn(|| framing.poll_packet().unwrap()).collect()
    }
}

#[test]
fn what_is_missing_of_a_packet_is_known_from_its_front_on() {
    for way in ways() {
        let mut rng = rng(4);
        let (mut client, mut stream) = open(way, -2, &mut rng);
        client.frame(&[7; 70_000], &mut rng, &mut stream);
        let mut door = Door::new();
        let (front, rest) = stream.split_at(64 + 8);
        assert!(door.read(front).is_empty());
        let incoming = &mut door.framing.as_mut().unwrap().incoming;
        assert_eq!(incoming.missing(), rest.len(), "{way:?}");
        incoming.fill(|buffer| buffer.extend_from_slice(&rest[..50_000]));
        assert_eq!(incoming.missing(), rest.len() - 50_000, "{way:?}");
        incoming.fill(|buffer| buffer.extend_from_slice(&rest[50_000..]));
        assert_eq!(incoming.missing(), 0);
        let packet = incoming.poll_packet().unwrap().unwrap();
        assert!(packet.payload[..70_000].iter().all(|it| *it == 7), "{way:?}");
        assert_eq!(incoming.missing(), 0);
    }
    let (mut liar, _) = Framing::client(Kind::Intermediate);
    liar.push(&[0xff; 7]);
    assert_eq!(liar.incoming.missing(), 0, "no packet is that long");
}

#[test]
fn a_frame_around_a_packet_is_the_frame_of_a_copy() {
    for way in ways() {
        let [mut copied, mut around] = [1, 1].map(|seed| (rng(seed), open(way, -2, &mut rng(9)).0));
        for len in LENGTHS {
            let packet: Vec<u8> = (0..len).map(|at| at as u8).collect();
            let mut expected = Vec::new();
            copied.1.frame(&packet, &mut copied.0, &mut expected);
            let mut buffer = [&[0x55; FRAME_ROOM][..], &packet].concat();
            let start = around.1.outgoing.frame_in_place(&mut buffer, &mut around.0);
            assert!(buffer[start..] == expected, "{way:?}, {len} bytes");
        }
    }
}

#[test]
fn packets_arrive_whatever_their_pieces() {
    for way in ways() {
        for piece in 1..70 {
            let mut rng = rng(piece as u64);
            let (mut client, mut stream) = open(way, -2, &mut rng);
            for len in [8, 40, 508, 512] {
                client.frame(&vec![len as u8; len], &mut rng, &mut stream);
            }
            let mut door = Door::new();
            let got: Vec<Packet> = stream.chunks(piece).flat_map(|it| door.read(it)).collect();
            let lengths = [8, 40, 508, 512];
            assert_eq!(got.len(), lengths.len(), "{way:?} in pieces of {piece}");
            for (packet, len) in got.iter().zip(lengths) {
                assert_eq!(packet.payload[..len], vec![len as u8; len], "{way:?}");
                assert!(packet.payload.len() < len + 4 && !packet.quick_ack);
            }
            let framing = door.framing.unwrap();
            assert_eq!(framing.kind(), way.kind);
            assert_eq!(framing.buffered(), 0);
            assert_eq!(framing.incoming.room(), 0, "idle connections hold no buffer");
            assert_eq!(framing.dc(), way.obfuscated.then_some(-2));
            assert_eq!(framing.secret(), way.secret);
        }
    }
}

#[test]
fn a_stream_cut_anywhere_is_the_same_stream() {
    for way in ways() {
        let mut rng = rng(3);
        let (mut client, mut stream) = open(way, 1, &mut rng);
        client.frame(&[1; 40], &mut rng, &mut stream);
        client.frame(&[2; 512], &mut rng, &mut stream);
        for at in 0..=stream.len() {
            let mut door = Door::new();
            let mut got = door.read(&stream[..at]);
            got.extend(door.read(&stream[at..]));
            assert_eq!(got.len(), 2, "{way:?} cut at {at}");
        }
    }
}

#[test]
fn long_packets_and_answers_pass_in_both_directions() {
    for way in ways() {
        let mut rng = rng(4);
        let (mut client, opening) = open(way, 1, &mut rng);
        let mut door = Door::new();
        assert!(door.read(&opening).is_empty());
        for len in LENGTHS {
            let mut payload = vec![0; len];
            rng.fill_bytes(&mut payload);
            let mut there = Vec::new();
            client.frame(&payload, &mut rng, &mut there);
            let got = door.read(&there);
            assert_eq!(got[0].payload[..len], payload, "{way:?} {len}");
            let mut back = Vec::new();
            let server = door.framing.as_mut().unwrap();
            server.frame(&payload, &mut rng, &mut back);
            client.push(&back);
            let got = client.poll_packet().unwrap().unwrap();
            assert_eq!(got.payload[..len], payload, "{way:?} {len}");
            assert!(got.payload.len() <= len + 3, "Telethon strips three bytes only");
        }
    }
}

#[test]
fn quick_acks_and_errors_come_back_as_such() {
    for way in ways() {
        let mut rng = rng(5);
        let (mut client, mut stream) = open(way, 1, &mut rng);
        client.frame_with_quick_ack(&[7; 600], &mut rng, &mut stream);
        let mut door = Door::new();
        let got = door.read(&stream);
        assert_eq!(got[0].quick_ack, way.kind != Kind::Full, "{way:?}");
        let server = door.framing.as_mut().unwrap();
        let mut back = Vec::new();
        server.quick_ack(0x0102_0304, &mut back);
        server.error(UNKNOWN_KEY, &mut rng, &mut back);
        client.push(&back);
        if way.kind != Kind::Full {
            let got = client.poll_received().unwrap();
            assert_eq!(got, Some(Received::QuickAck(0x8102_0304)), "{way:?}");
        }
        let got = client.poll_packet().unwrap().unwrap();
        assert_eq!(got.payload[..], UNKNOWN_KEY.to_le_bytes(), "{way:?}");
    }
}

#[test]
fn the_bytes_of_plain_transports_are_as_documented() {
    let mut rng = rng(6);
    let mut check = |kind: Kind, len: usize, head: &[u8]| {
        let mut out = Vec::new();
        Framing::client(kind).0.frame(&vec![9; len], &mut rng, &mut out);
        assert_eq!(&out[..head.len()], head, "{kind:?} {len}");
    };
    check(Kind::Abridged, 8, &[2, 9, 9]);
    check(Kind::Abridged, 504, &[126, 9]);
    check(Kind::Abridged, 508, &[0x7f, 127, 0, 0, 9]);
    check(Kind::Intermediate, 520, &[8, 2, 0, 0, 9]);
    check(Kind::Full, 8, &[20, 0, 0, 0, 0, 0, 0, 0, 9]);
}

#[test]
fn other_protocols_are_told_apart() {
    let name = |bytes: &[u8]| match detect(bytes, &[]) {
        Detection::NeedMore => "more",
        Detection::Http => "http",
        Detection::Tls => "tls",
        Detection::Mtproto { .. } => "mtproto",
        Detection::Unknown => "unknown",
    };
    for (bytes, expected) in [
        (&b""[..], "more"),
        (b"GE", "more"),
        (b"GET /health HTTP/1.1", "http"),
        (b"POST", "http"),
        (b"OPTIONS * HTTP/1.1", "http"),
        (b"\x16\x03\x01\x02", "more"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", "tls"),
        (b"\xef", "mtproto"),
        (b"\xee\xee\xee\xee", "mtproto"),
        (b"\x14\x00\x00\x00\x00\x00\x00\x00", "mtproto"),
        (&[0x33; 63], "more"),
        (&[0x33; 64], "unknown"),
    ] {
        assert_eq!(name(bytes), expected, "{bytes:?}");
    }
}

#[test]
fn a_secret_we_do_not_have_is_refused() {
    let mut rng = rng(7);
    let secret = Secret::new([0xaa; 16]);
    for _ in 0..50 {
        let (_, opening) = Framing::client_obfuscated(Kind::Padded, Some(&secret), 2, &mut rng).unwrap();
        assert!(matches!(detect(&opening, &secrets()), Detection::Unknown));
    }
    assert!(Framing::client_obfuscated(Kind::Full, None, 2, &mut rng).is_none());
}

#[test]
fn lengths_out_of_bounds_end_the_connection() {
    let refused = |kind: Kind, bytes: &[u8]| {
        let mut it = Framing::new(kind, Role::Server, None);
        it.push(bytes);
        it.poll_packet().unwrap_err()
    };
    let got = |got| Error::PacketLength { got };
    assert_eq!(refused(Kind::Intermediate, &[0xff; 4]), got(0x7fff_ffff));
    assert_eq!(refused(Kind::Intermediate, &[0; 4]), got(0));
    assert_eq!(refused(Kind::Abridged, &[0]), got(0));
    assert_eq!(refused(Kind::Abridged, &[0x7f, 255, 255, 255]), got(0x3ff_fffc));
    assert_eq!(refused(Kind::Full, &[11, 0, 0, 0, 0, 0, 0, 0]), got(11));
    assert_eq!(refused(Kind::Full, &[0xff; 8]), got(u32::MAX - 12));
}

#[test]
fn the_full_transport_checks_number_and_checksum() {
    let mut rng = rng(8);
    let mut out = Vec::new();
    let (mut client, _) = Framing::client(Kind::Full);
    client.frame(&[1; 8], &mut rng, &mut out);
    let mut server = Framing::new(Kind::Full, Role::Server, None);
    server.push(&out);
    server.push(&out);
    assert!(server.poll_packet().unwrap().is_some());
    assert!(matches!(server.poll_packet(), Err(Error::PacketNumber { got: 0, expected: 1 })));
    out[9] ^= 1;
    let mut server = Framing::new(Kind::Full, Role::Server, None);
    server.push(&out);
    assert!(matches!(server.poll_packet(), Err(Error::Checksum { .. })));
}

#[test]
fn noise_never_panics_and_never_fills_the_memory() {
    let mut rng = rng(9);
    for _ in 0..3000 {
        let way = ways()[rng.random_range(0..ways().len())];
        let (mut client, mut stream) = open(way, 1, &mut rng);
        for _ in 0..4 {
            client.frame(&vec![5; 4 * rng.random_range(1..200)], &mut rng, &mut stream);
        }
        let start = if way.obfuscated { 64 } else { 4 };
        for _ in 0..rng.random_range(0..6) {
            let at = rng.random_range(start..stream.len());
            stream[at] = rng.random();
        }
        let Detection::Mtproto { mut framing, consumed } = detect(&stream, &secrets()) else {
            continue;
        };
        for piece in stream[consumed..].chunks(97) {
            framing.push(piece);
            while let Ok(Some(packet)) = framing.poll_packet() {
                assert!(packet.payload.len() <= MAX_PACKET);
            }
        }
        assert!(framing.incoming.room() <= 2 * stream.len());
    }
}
