//! Links to wallpapers as anybody may write them: read or not, and what was read is written the same.

use domain::kept::wallpapers::slug;

/// One input: what a link ends with.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some((wallpaper, proof)) = slug::read(&text) {
        assert_eq!(slug::write(wallpaper, proof), text);
    }
}

/// Links that were written.
pub fn seeds() -> Vec<Vec<u8>> {
    [0, 1, u64::MAX / 3, u64::MAX].map(|it| slug::write(it, it.to_le_bytes()).into_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_links_are_refused_or_written_the_same() {
        mutations(&seeds(), 121, 20_000, run);
    }
}
