//! Files under their seal: pieces, as their parts came, and in each piece frames that open by themselves. A piece
//! is `salt | frame 0 | frame 1 | …`; who reads a range opens only the frames that it touches.
//!
//! Each piece has a key of its own, HKDF-SHA-256 of the file's key and the piece's random salt, so a part that comes
//! again is sealed under another key and no nonce is ever used twice. Where each byte lies is `layout`'s.

mod layout;

pub use layout::{Cover, Layout, PIECE_MAX};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use crypto::hash::hmac_sha256;
use zeroize::Zeroizing;

use crate::Error;

/// Plain bytes of a frame; a piece's last one may be shorter.
pub const FRAME: usize = 64 << 10;

/// Bytes by which a frame grows under its seal.
pub const TAG: usize = 16;

/// Bytes at the front of a piece, without which nothing of it opens.
pub const SALT: usize = 16;

/// The one format so far; part of every frame's seal.
const FORMAT: u8 = 1;

/// What the key of a piece is derived for.
const LABEL: &[u8] = b"chappe piece v1";

/// The key of one file: 32 random bytes, kept in whatever carries the file.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey(Zeroizing<[u8; 32]>);

impl FileKey {
    /// Takes 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for a carrier's sealed content and nothing else.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// RFC 5869 with one block of output.
    fn piece(&self, salt: &[u8; SALT]) -> LessSafeKey {
        let extracted = Zeroizing::new(hmac_sha256(salt, &[&self.0[..]]));
        let key = Zeroizing::new(hmac_sha256(&*extracted, &[LABEL, &[1]]));
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*key).expect("a key of the cipher's length"))
    }
}

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey")
    }
}

/// The length of a sealed piece of so many plain bytes.
pub fn sealed_len(plain: usize) -> usize {
    SALT + plain + plain.div_ceil(FRAME) * TAG
}

/// Seals the `piece`th piece of a file and appends it to `out`. `salt` is random and new for each call: a piece that
/// is sealed again under the salt of before tells both texts.
pub fn seal(key: &FileKey, piece: u32, salt: [u8; SALT], plain: &[u8], out: &mut Vec<u8>) {
    let cipher = key.piece(&salt);
    out.reserve(sealed_len(plain.len()));
    out.extend_from_slice(&salt);
    let frames = plain.len().div_ceil(FRAME);
    for (frame, text) in plain.chunks(FRAME).enumerate() {
        let from = out.len();
        out.extend_from_slice(text);
        let (nonce, aad) = place(piece, frame, frame + 1 == frames);
        let tag = cipher.seal_in_place_separate_tag(nonce, aad, &mut out[from..]);
        out.extend_from_slice(tag.expect("a frame is far below the cipher's limit").as_ref());
    }
}

/// Opens the frames that cover a part of a range and appends what of them belongs to it. `salt` and `frames` are the
/// bytes that [`Cover::salt`] and [`Cover::frames`] name. On an error `out` is as it was.
pub fn open(key: &FileKey, cover: &Cover, salt: &[u8], frames: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    let salt: &[u8; SALT] = salt.try_into().map_err(|_| Error::Short { got: salt.len() })?;
    if frames.len() as u64 != cover.frames.end - cover.frames.start {
        return Err(Error::Short { got: frames.len() });
    }
    let before = out.len();
    let opened = open_frames(&key.piece(salt), cover, frames, out);
    match opened {
        Ok(()) => {
            out.truncate(before + cover.plain.end);
            out.drain(before..before + cover.plain.start);
        }
        // What did not prove whole is nobody's to see.
        Err(_) => out.truncate(before),
    }
    opened
}

fn open_frames(cipher: &LessSafeKey, cover: &Cover, frames: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    for (at, sealed) in frames.chunks(FRAME + TAG).enumerate() {
        let frame = cover.first_frame as usize + at;
        let (text, tag) = sealed.split_at_checked(sealed.len().saturating_sub(TAG)).ok_or(Error::Broken)?;
        let (nonce, aad) = place(cover.piece, frame, frame + 1 == cover.frames_of_piece as usize);
        let from = out.len();
        out.resize(from + text.len(), 0);
        cipher.open_separate_gather(nonce, aad, text, tag, &mut out[from..]).map_err(|_| Error::Broken)?;
    }
    Ok(())
}

/// Where a frame stands, which its seal holds: it opens nowhere else, and a piece that is cut off between two frames
/// has no last one.
fn place(piece: u32, frame: usize, is_last: bool) -> (Nonce, Aad<[u8; 10]>) {
    let frame = u32::try_from(frame).expect("a piece has few frames").to_be_bytes();
    let mut nonce = [0; 12];
    nonce[8..].copy_from_slice(&frame);
    let mut aad = [0; 10];
    aad[0] = FORMAT;
    aad[1..5].copy_from_slice(&piece.to_be_bytes());
    aad[5..9].copy_from_slice(&frame);
    aad[9] = u8::from(is_last);
    (Nonce::assume_unique_for_key(nonce), Aad::from(aad))
}

#[cfg(test)]
mod tests;
