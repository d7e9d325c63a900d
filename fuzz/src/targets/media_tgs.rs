//! Animated stickers: the packing as it comes, and the JSON in it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use media::tgs::{check, read};

/// One input: as a file, and as the JSON in one.
pub fn run(data: &[u8]) {
    let _ = check(data);
    let whole = packed(data);
    if let Ok(lottie) = check(&whole) {
        assert_eq!(read(&whole), Ok(lottie));
        assert!(lottie.width == 512.0 && !lottie.duration.is_zero());
    }
}

fn packed(json: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(json).and_then(|()| packing.finish()).expect("memory takes what is written")
}

/// An animation that passes, packed and as it is.
pub fn seeds() -> Vec<Vec<u8>> {
    let json = br#"{"tgs":1,"v":"5.5.2","fr":60,"ip":0,"op":120,"w":512,"h":512,"nm":"x","ddd":0,"assets":[],
        "layers":[{"ty":4,"ks":{"o":{"a":0,"k":100}},"shapes":[{"ty":"rc","p":{"k":[0,-1.5e2]}},{"n":null}]}]}"#;
    assert!(check(&packed(json)).is_ok());
    vec![json.to_vec(), packed(json)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_animations_pass_or_are_refused() {
        mutations(&seeds(), 73, 5000, run);
    }
}
