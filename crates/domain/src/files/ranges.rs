//! Which ranges of a file clients may ask for. Source: core.telegram.org/api/files, "Downloading files".

use super::reading::READ_MAX;
use crate::refusal::Refusal;

/// What an offset and a limit are multiples of.
const STEP: u64 = 4 << 10;

/// The same for who asks precisely.
const PRECISE_STEP: u64 = 1 << 10;

/// The offset and length of a request. A range lies within one megabyte; without `precise` its length divides that.
pub fn check(offset: i64, limit: i32, is_precise: bool) -> Result<(u64, u64), Refusal> {
    let step = if is_precise { PRECISE_STEP } else { STEP };
    let offset = u64::try_from(offset).ok().filter(|it| it.is_multiple_of(step)).ok_or(Refusal::OffsetInvalid)?;
    let fits = |it: &u64| {
        (1..=READ_MAX).contains(it) && it.is_multiple_of(step) && (is_precise || READ_MAX.is_multiple_of(*it))
    };
    let limit = u64::try_from(limit).ok().filter(fits).ok_or(Refusal::LimitInvalid)?;
    if offset / READ_MAX == (offset + limit - 1) / READ_MAX { Ok((offset, limit)) } else { Err(Refusal::LimitInvalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_telegrams() {
        let mb = 1 << 20;
        for (offset, limit) in
            [(0, mb), (0, 4096), (4096, 4096), (3 << 20, mb), (i64::MAX - 4095, 4096), (mb / 2, mb / 2)]
        {
            let ok = Ok((offset as u64, limit as u64));
            assert_eq!(check(offset, limit as i32, false), ok);
            assert_eq!(check(offset, limit as i32, true), ok);
        }
        assert_eq!(check(1024, 3 << 10, true), Ok((1024, 3072)));
        for offset in [-4096, -1, 1, 1024, 2048] {
            assert_eq!(check(offset, 4096, false), Err(Refusal::OffsetInvalid), "{offset}");
        }
        assert_eq!(check(512, 1024, true), Err(Refusal::OffsetInvalid));
        for limit in [i32::MIN, -4096, 0, 1, 1024, 12 << 10, (1 << 20) + 4096, 2 << 20] {
            assert_eq!(check(0, limit, false), Err(Refusal::LimitInvalid), "{limit}");
        }
        for (offset, limit) in [(0, 1000), (0, 0), (0, (1 << 20) + 1024), ((1 << 20) - 1024, 2048)] {
            assert_eq!(check(offset, limit, true), Err(Refusal::LimitInvalid), "{limit} from {offset}");
        }
        assert_eq!(check(512 << 10, 1 << 20, false), Err(Refusal::LimitInvalid));
    }
}
