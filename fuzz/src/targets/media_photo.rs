//! Pictures as they are uploaded, made into photos and thumbnails.

use media::{expand, photo, thumb};

/// Pictures of more bytes than this are not tried: their pixels would take all the time.
const LONGEST: usize = 16 << 10;

/// One picture.
pub fn run(data: &[u8]) {
    if data.len() > LONGEST {
        return;
    }
    let message = photo::of_message(data);
    if let Ok(photo) = &message {
        let last = photo.sizes.last().expect("a photo has a size");
        assert!(last.width.max(last.height) <= 2560);
        assert!(expand(&photo.stripped).is_some());
    }
    let _ = photo::of_profile(data);
    let thumb = thumb::webp(data);
    assert!(message.is_err() || thumb.is_ok(), "what is a photo has a thumbnail");
}

/// Small pictures of each format, one of them in scans.
pub fn seeds() -> Vec<Vec<u8>> {
    let files: [&[u8]; 5] = [
        include_bytes!("../../../crates/media/samples/still.jpg"),
        include_bytes!("../../../crates/media/samples/lossy.webp"),
        include_bytes!("../../../crates/media/samples/moving.gif"),
        include_bytes!("../../../crates/media/samples/moving.png"),
        include_bytes!("../../../crates/media/samples/moving.webp"),
    ];
    let mut seeds: Vec<Vec<u8>> = files.iter().map(|it| it.to_vec()).collect();
    let still = thumb::webp(files[0]).expect("the sample is a picture");
    seeds.push(still.bytes);
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_pictures_become_photos_or_errors() {
        mutations(&seeds(), 72, 1500, run);
    }
}
