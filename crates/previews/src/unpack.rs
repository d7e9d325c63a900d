//! What was packed for the way: at most so many bytes of it, however much a few packed ones would become.

use std::io::Read;

/// The first bytes of what was packed with gzip, as far as it reads: a page is often cut off.
pub fn gzip(packed: &[u8], most: usize) -> Vec<u8> {
    let mut plain = Vec::new();
    // An error keeps what was read before it.
    let _ = flate2::read::MultiGzDecoder::new(packed).take(most as u64).read_to_end(&mut plain);
    plain
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(plain).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_read_up_to_the_limit() {
        let bomb = packed(&vec![0; 64 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(gzip(&bomb, 1 << 20).len(), 1 << 20);
    }

    #[test]
    fn what_is_cut_off_reads_as_far_as_it_goes() {
        let plain: Vec<u8> = (0..100_000_u32).flat_map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let whole = packed(&plain);
        assert_eq!(gzip(&whole, 1 << 20), plain);
        let part = gzip(&whole[..whole.len() / 2], 1 << 20);
        assert!(!part.is_empty() && plain.starts_with(&part));
        assert_eq!(gzip(b"not packed", 1 << 20), Vec::<u8>::new());
    }
}
