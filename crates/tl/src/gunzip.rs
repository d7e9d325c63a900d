//! Bounded unpacking of `gzip_packed` payloads, in the gzip and the zlib framing.

use flate2::{Decompress, FlushDecompress, Status};

/// Output cap for one packed request. A request fits 1 MiB as it is; packing text wins about a
/// factor of eight, and more than that is a bomb.
pub const DEFAULT_CAP: usize = 8 << 20;

/// Output grows by this much a step, so that a short bomb does not reserve the whole cap.
const STEP: usize = 64 << 10;

/// Why a payload was not unpacked. All of it is the peer's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GunzipError {
    /// Neither a gzip (`1f 8b`) nor a zlib (`x8 ..`, divisible by 31) header.
    #[error("neither gzip nor zlib framing")]
    Framing,
    /// The gzip header is cut off, or names a method other than deflate.
    #[error("bad gzip header")]
    Header,
    /// The compressed data are broken, cut off, or fail their checksum.
    #[error("broken compressed data")]
    Corrupt,
    /// The output exceeds the cap.
    #[error("unpacks to more than {cap} bytes")]
    TooLarge {
        /// The cap given.
        cap: usize,
    },
    /// Bytes follow the end of the compressed data.
    #[error("{0} bytes after the compressed data")]
    Trailing(usize),
}

/// Unpacks `packed` into a new vector of at most `cap` bytes.
pub fn unpack(packed: &[u8], cap: usize) -> Result<Vec<u8>, GunzipError> {
    match packed {
        [0x1f, 0x8b, ..] => {
            let start = gzip_body(packed)?;
            let (out, used) = inflate(&packed[start..], false, cap)?;
            check_trailer(&out, &packed[start + used..])?;
            Ok(out)
        }
        [cmf, flg, ..] if cmf & 15 == 8 && u16::from_be_bytes([*cmf, *flg]) % 31 == 0 => {
            let (out, used) = inflate(packed, true, cap)?;
            match packed.len() - used {
                0 => Ok(out),
                n => Err(GunzipError::Trailing(n)),
            }
        }
        _ => Err(GunzipError::Framing),
    }
}

/// Length of the gzip header. Source: RFC 1952, section 2.3.
fn gzip_body(packed: &[u8]) -> Result<usize, GunzipError> {
    let header: &[u8; 10] = packed.first_chunk().ok_or(GunzipError::Header)?;
    let flags = header[3];
    if header[2] != 8 || flags & 0xe0 != 0 {
        return Err(GunzipError::Header);
    }
    let mut at = 10;
    if flags & 4 != 0 {
        let len = packed.get(at..at + 2).ok_or(GunzipError::Header)?;
        at += 2 + usize::from(u16::from_le_bytes([len[0], len[1]]));
    }
    for bit in [8, 16] {
        if flags & bit != 0 {
            let rest = packed.get(at..).ok_or(GunzipError::Header)?;
            at += 1 + rest.iter().position(|b| *b == 0).ok_or(GunzipError::Header)?;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    if at > packed.len() { Err(GunzipError::Header) } else { Ok(at) }
}

fn check_trailer(out: &[u8], trailer: &[u8]) -> Result<(), GunzipError> {
    let (ends, rest) = trailer.split_first_chunk::<8>().ok_or(GunzipError::Corrupt)?;
    if !rest.is_empty() {
        return Err(GunzipError::Trailing(rest.len()));
    }
    let mut crc = flate2::Crc::new();
    crc.update(out);
    let mut expected = [0; 8];
    expected[..4].copy_from_slice(&crc.sum().to_le_bytes());
    expected[4..].copy_from_slice(&crc.amount().to_le_bytes());
    if *ends == expected { Ok(()) } else { Err(GunzipError::Corrupt) }
}

fn inflate(input: &[u8], zlib: bool, cap: usize) -> Result<(Vec<u8>, usize), GunzipError> {
    let mut state = Decompress::new(zlib);
    let mut out = Vec::with_capacity(input.len().saturating_mul(4).min(STEP).min(cap));
    loop {
        let used = usize::try_from(state.total_in()).map_err(|_| GunzipError::Corrupt)?;
        let before = out.len();
        let status =
            state.decompress_vec(&input[used..], &mut out, FlushDecompress::None).map_err(|_| GunzipError::Corrupt)?;
        let now = usize::try_from(state.total_in()).map_err(|_| GunzipError::Corrupt)?;
        if out.len() > cap {
            return Err(GunzipError::TooLarge { cap });
        }
        match status {
            Status::StreamEnd => return Ok((out, now)),
            Status::Ok | Status::BufError if out.len() == out.capacity() => {
                if out.len() == cap {
                    // One byte more shows whether the stream ends exactly at the cap.
                    out.reserve_exact(1);
                } else {
                    out.reserve_exact(STEP.min(cap - out.len()));
                }
            }
            _ if out.len() == before && now == used => return Err(GunzipError::Corrupt),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use std::io::Write;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut e = GzEncoder::new(Vec::new(), Compression::best());
        e.write_all(data).unwrap();
        e.finish().unwrap()
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut e = ZlibEncoder::new(Vec::new(), Compression::fast());
        e.write_all(data).unwrap();
        e.finish().unwrap()
    }

    #[test]
    fn both_framings_unpack_up_to_exactly_the_cap() {
        for len in [0, 1, STEP - 1, STEP, STEP + 1, 3 * STEP + 7] {
            let data: Vec<u8> = (0..len).map(|i| (i * 7 % 251) as u8).collect();
            for packed in [gzip(&data), zlib(&data)] {
                assert_eq!(unpack(&packed, len).as_ref(), Ok(&data), "{len}");
                assert_eq!(unpack(&packed, DEFAULT_CAP).as_ref(), Ok(&data), "{len}");
                if len > 0 {
                    let cap = len - 1;
                    assert_eq!(unpack(&packed, cap), Err(GunzipError::TooLarge { cap }));
                }
            }
        }
    }

    #[test]
    fn a_bomb_stops_at_the_cap() {
        let packed = gzip(&vec![0; 64 << 20]);
        assert!(packed.len() < 1 << 17);
        let cap = DEFAULT_CAP;
        assert_eq!(unpack(&packed, cap), Err(GunzipError::TooLarge { cap }));
    }

    #[test]
    fn cut_off_flipped_and_foreign_bytes_are_refused() {
        let data = b"what was packed comes out again, or nothing does".repeat(9);
        for packed in [gzip(&data), zlib(&data)] {
            for cut in 0..packed.len() {
                assert!(unpack(&packed[..cut], DEFAULT_CAP).is_err(), "cut at {cut}");
            }
            for bit in 0..packed.len() * 8 {
                let mut bad = packed.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                // A flip in the gzip header's time or OS changes nothing that is read.
                if let Ok(out) = unpack(&bad, DEFAULT_CAP) {
                    assert_eq!(out, data, "bit {bit}");
                }
            }
            let mut long = packed.clone();
            long.extend([0, 0]);
            assert_eq!(unpack(&long, DEFAULT_CAP), Err(GunzipError::Trailing(2)));
        }
        assert_eq!(unpack(b"plain", DEFAULT_CAP), Err(GunzipError::Framing));
    }

    #[test]
    fn the_optional_parts_of_a_gzip_header_are_skipped() {
        let plain = gzip(b"hello");
        let mut packed = plain[..10].to_vec();
        packed[3] = 2 | 4 | 8 | 16;
        packed.extend([3, 0, 1, 2, 3]);
        packed.extend(b"name\0comment\0\xaa\xbb");
        packed.extend(&plain[10..]);
        assert_eq!(unpack(&packed, 100).as_deref(), Ok(&b"hello"[..]));
        packed[10] = 0xff;
        packed[11] = 0xff;
        assert_eq!(unpack(&packed, 100), Err(GunzipError::Header));
    }
}
