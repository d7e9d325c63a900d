//! The encrypted envelope: message key, derivation, AES-IGE, in one pass over one buffer.
//! Source: core.telegram.org/mtproto/description, core.telegram.org/mtproto/description_v1.

mod batch;
#[cfg(target_arch = "x86_64")]
mod both;
mod opening;
mod path;

use crate::{AuthKey, Error, hash, ige, kdf};

pub use batch::{Lane, seal_batch, seal_batch_and_pause, seal_batch_on};
pub use opening::{Sealed, open_batch, open_batch_and_pause, open_batch_on};
pub use path::Path;

/// Bytes before the ciphertext: auth key id and message key.
pub const HEAD: usize = 24;

/// Who encrypted a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// From client to server.
    Client,
    /// From server to client.
    Server,
}

impl Side {
    fn x(self) -> usize {
        match self {
            Side::Client => 0,
            Side::Server => 8,
        }
    }
}

/// Appends the packet `auth_key_id | msg_key | ciphertext` to `out`. `plain` is the inner data with its
/// padding, whole blocks of 16 bytes; it is used up as working space.
pub fn seal(key: &AuthKey, sender: Side, plain: &mut [u8], out: &mut Vec<u8>) {
    let message_key = seal_in_place(key, sender, plain);
    out.reserve(HEAD + plain.len());
    out.extend_from_slice(&key.id().to_le_bytes());
    out.extend_from_slice(&message_key);
    out.extend_from_slice(plain);
}

/// Opens a packet and verifies its message key; returns the inner data with its padding.
pub fn open(key: &AuthKey, sender: Side, packet: &[u8]) -> Result<Vec<u8>, Error> {
    let (message_key, cipher) = split(packet)?;
    let mut plain = cipher.to_vec();
    decrypt(key, sender, &message_key, &mut plain)?;
    Ok(plain)
}

/// As [`open`], but in the packet's own buffer: no allocation a message. After an error the ciphertext's
/// place is cleared, so that unverified plaintext cannot be used by mistake.
pub fn open_in_place<'a>(key: &AuthKey, sender: Side, packet: &'a mut [u8]) -> Result<&'a mut [u8], Error> {
    let (message_key, _) = split(packet)?;
    let plain = &mut packet[HEAD..];
    if let Err(error) = decrypt(key, sender, &message_key, plain) {
        plain.fill(0);
        return Err(error);
    }
    Ok(plain)
}

/// Opens the MTProto 1.0 packet of `auth.bindTempAuthKey`, always from the client. The message key is
/// the SHA-1 of the inner data without padding, whose length stands in the inner data.
/// Source: core.telegram.org/method/auth.bindTempAuthKey.
pub fn open_v1(key: &AuthKey, packet: &[u8]) -> Result<Vec<u8>, Error> {
    let (message_key, cipher) = split(packet)?;
    let (aes_key, iv) = kdf::message_v1(key, &message_key, Side::Client.x());
    let mut plain = cipher.to_vec();
    ige::decrypt(&aes_key, &iv, &mut plain);
    let length =
        plain.get(28..32).and_then(|it| it.try_into().ok()).map(u32::from_le_bytes).ok_or(Error::MessageKey)?;
    let end = usize::try_from(length).ok().and_then(|it| it.checked_add(32)).filter(|end| *end <= plain.len());
    let end = end.ok_or(Error::MessageKey)?;
    if !hash::equal(&hash::sha1(&[&plain[..end]])[4..], &message_key) {
        return Err(Error::MessageKey);
    }
    plain.truncate(end);
    Ok(plain)
}

/// Makes what [`open_v1`] opens: `inner` without padding, `padding` to whole blocks.
pub fn seal_v1(key: &AuthKey, inner: &[u8], padding: &[u8]) -> Vec<u8> {
    let message_key: [u8; 16] = hash::sha1(&[inner])[4..].try_into().expect("sixteen of twenty bytes");
    let (aes_key, iv) = kdf::message_v1(key, &message_key, Side::Client.x());
    let mut plain = [inner, padding].concat();
    ige::encrypt(&aes_key, &iv, &mut plain);
    [&key.id().to_le_bytes()[..], &message_key, &plain].concat()
}

/// Encrypts the inner data and returns its message key.
fn seal_in_place(key: &AuthKey, sender: Side, plain: &mut [u8]) -> [u8; 16] {
    let message_key = key_of(key, sender, plain);
    let (aes_key, iv) = kdf::message_v2(key, &message_key, sender.x());
    ige::encrypt(&aes_key, &iv, plain);
    message_key
}

fn decrypt(key: &AuthKey, sender: Side, message_key: &[u8; 16], data: &mut [u8]) -> Result<(), Error> {
    let (aes_key, iv) = kdf::message_v2(key, message_key, sender.x());
    ige::decrypt(&aes_key, &iv, data);
    if hash::equal(&key_of(key, sender, data), message_key) { Ok(()) } else { Err(Error::MessageKey) }
}

fn key_of(key: &AuthKey, sender: Side, plain: &[u8]) -> [u8; 16] {
    let x = sender.x();
    let large = hash::sha256(&[&key.as_bytes()[88 + x..120 + x], plain]);
    batch::middle(&large)
}

fn split(packet: &[u8]) -> Result<([u8; 16], &[u8]), Error> {
    let length = Error::Length { got: packet.len() };
    let cipher = packet.get(HEAD..).filter(|it| !it.is_empty() && it.len() % ige::BLOCK == 0).ok_or(length)?;
    let message_key = packet[8..HEAD].try_into().expect("the head is longer");
    Ok((message_key, cipher))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tests::hex;

    fn key() -> AuthKey {
        AuthKey::new(std::array::from_fn(|i| (i * 7 % 251) as u8))
    }

    #[test]
    fn a_packet_opens_on_the_other_side_only() {
        let inner: Vec<u8> = (0..64).collect();
        let mut packet = Vec::new();
        seal(&key(), Side::Client, &mut inner.clone(), &mut packet);
        assert_eq!(open(&key(), Side::Client, &packet).as_ref(), Ok(&inner));
        assert_eq!(open(&key(), Side::Server, &packet), Err(Error::MessageKey));
        assert_eq!(open_in_place(&key(), Side::Client, &mut packet.clone()).as_deref(), Ok(&inner[..]));
        assert_eq!(open_in_place(&key(), Side::Server, &mut packet), Err(Error::MessageKey));
        assert_eq!(packet[HEAD..], [0; 64], "what did not verify is not left behind");
    }

    #[test]
    fn a_changed_bit_is_noticed_wherever_it_is() {
        let mut packet = Vec::new();
        seal(&key(), Side::Server, &mut [9; 48], &mut packet);
        for at in 8..packet.len() {
            let mut changed = packet.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key(), Side::Server, &changed), Err(Error::MessageKey), "byte {at}");
        }
        assert!(matches!(open(&key(), Side::Server, &packet[..40]), Err(Error::MessageKey)));
        assert!(matches!(open(&key(), Side::Server, &packet[..39]), Err(Error::Length { .. })));
    }

    #[test]
    fn the_older_envelope_opens_too() {
        let mut inner = vec![0_u8; 28];
        inner.extend(8_u32.to_le_bytes());
        inner.extend([7; 8]);
        let packet = seal_v1(&key(), &inner, &[1; 8]);
        assert_eq!(
            hex(&packet),
            "35a13429b725c73182b8b6d92004a01f4b1544a821cd83d27c22f8ff152352dc\
             332df973b731f444ede9ae4f29d79d804a628e0ba044f6ad1894a0ffe2fcd111bb87c2b62b4933bb"
        );
        assert_eq!(open_v1(&key(), &packet), Ok(inner));
        for at in 8..packet.len() {
            let mut changed = packet.clone();
            changed[at] ^= 1;
            assert_eq!(open_v1(&key(), &changed), Err(Error::MessageKey), "byte {at}");
        }
        assert!(open_v1(&key(), &packet[..HEAD + 16]).is_err(), "no room for a length");
    }

    /// Computed from the document's formulas with Python's hashlib and an independent AES.
    #[test]
    fn packets_of_both_sides_are_those_of_another_implementation() {
        let expected = [
            (
                Side::Client,
                "35a13429b725c731e02223fbc5c2d3a2a44bc27919bc2d496ea223c44aa6ba92d091bd1a\
                 374da5857503c62237754bdb5746c25f8e9eaf53315ca0fd91b5f28edb955281babb8479",
            ),
            (
                Side::Server,
                "35a13429b725c7316701715a364f71cf514c735e2a5a9deeb886ac5eebee610ad07e40e3\
                 5bec451ddcaa97ac22e8a5811a218c335b6afddcd28ccd3c6059d259f9422dc56e0a44af",
            ),
        ];
        for (side, expected) in expected {
            let (mut plain, mut packet): ([u8; 48], _) = (std::array::from_fn(|i| i as u8), Vec::new());
            seal(&key(), side, &mut plain, &mut packet);
            assert_eq!(hex(&packet), expected, "{side:?}");
        }
    }

    /// From the definition: the middle of SHA-256(auth_key[88..120] | plaintext).
    #[test]
    fn the_message_key_of_a_known_message_is_known() {
        let key = AuthKey::new([1; 256]);
        let mut packet = Vec::new();
        seal(&key, Side::Client, &mut [0; 32], &mut packet);
        let expected = crate::hash::sha256(&[&[1; 32], &[0; 32]]);
        assert_eq!(packet[8..24], expected[8..24]);
    }
}
