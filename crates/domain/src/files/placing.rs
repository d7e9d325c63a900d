//! Where a part of an upload goes, by its number and length alone. Parts come in any order, and until two have come
//! nobody knows which length is the common one and which the last part's: so the first of them may have to wait in a
//! row of its own. Nothing is written for a part that changes nothing of what is known.
//! Source: core.telegram.org/api/files, "Uploading files".

use super::rows::{SMALL, UploadRow};
use crate::refusal::Refusal;

/// Bytes of the longest part.
pub const PART_MAX: u32 = vault::pieces::PIECE_MAX;

/// Parts of one file: 2,000 MiB of the longest ones. Source: `upload_max_fileparts_default` of clients.
pub const PARTS_MAX: u32 = 4_000;

/// Lengths are multiples of this.
const PART_STEP: u32 = 1 << 10;

/// A part as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// From 0 on.
    pub number: u32,
    /// Bytes.
    pub len: u32,
    /// How many there will be, where the client says so.
    pub total: Option<u32>,
}

/// Where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into the blob.
    Blob,
    /// Into a row of its own.
    Row,
    /// The upload has ended, and has this part.
    Done,
}

impl Part {
    /// Takes the numbers of a request.
    pub fn new(number: i32, len: usize, total: Option<i32>) -> Result<Self, Refusal> {
        let total = match total {
            // Some clients learn of the end as they send.
            None | Some(-1) => None,
            Some(total) => {
                let total = u32::try_from(total).ok().filter(|it| (1..=PARTS_MAX).contains(it));
                Some(total.ok_or(Refusal::FilePartsInvalid)?)
            }
        };
        let number = u32::try_from(number).ok().filter(|it| *it < total.unwrap_or(PARTS_MAX));
        let number = number.ok_or(Refusal::FilePartInvalid)?;
        let len = u32::try_from(len).ok().filter(|it| *it <= PART_MAX).ok_or(Refusal::FilePartTooBig)?;
        if len == 0 { Err(Refusal::FilePartEmpty) } else { Ok(Self { number, len, total }) }
    }
}

/// Notes in the row what a part tells, and says where it goes.
pub(super) fn place(row: &mut UploadRow, part: Part) -> Result<Place, Refusal> {
    if row.done > 0 {
        let same = part.number < row.done && part.len == done_len(row, part.number);
        return if same { Ok(Place::Done) } else { Err(Refusal::FilePartSizeChanged) };
    }
    if let Some(total) = part.total {
        if row.total != 0 && row.total != total {
            return Err(Refusal::FilePartsInvalid);
        }
        row.total = total;
    }
    let place = match (row.part, row.held) {
        (0, 0) => first(row, part),
        (0, held) if held == part.number + 1 => hold(row, part),
        (0, _) => second(row, part)?,
        _ => further(row, part)?,
    };
    reserve(row, part);
    Ok(place)
}

fn first(row: &mut UploadRow, part: Part) -> Place {
    let is_common = part.number == 0 || part.number + 1 < row.total;
    if !is_common || row.total <= 1 && u64::from(part.len) <= SMALL {
        return hold(row, part);
    }
    row.part = part.len;
    Place::Blob
}

fn hold(row: &mut UploadRow, part: Part) -> Place {
    (row.held, row.held_len) = (part.number + 1, part.len);
    Place::Row
}

/// The part of the lower number is no last one, so the common length is its.
fn second(row: &mut UploadRow, part: Part) -> Result<Place, Refusal> {
    let (new, held) = ((part.number, part.len), (row.held - 1, row.held_len));
    let (lower, higher) = if new < held { (new, held) } else { (held, new) };
    if higher.1 > lower.1 {
        return Err(Refusal::FilePartSizeChanged);
    }
    row.part = common(lower.1)?;
    if higher.1 < lower.1 {
        set_last(row, higher)?;
    }
    Ok(Place::Blob)
}

fn further(row: &mut UploadRow, part: Part) -> Result<Place, Refusal> {
    if part.number > 0 {
        common(row.part)?;
    }
    if part.len == row.part {
        if row.last != 0 && part.number + 1 >= row.last {
            return Err(Refusal::FilePartSizeChanged);
        }
    } else {
        if part.len > row.part || part.number == 0 {
            return Err(Refusal::FilePartSizeChanged);
        }
        set_last(row, (part.number, part.len))?;
    }
    Ok(if row.held == part.number + 1 { hold(row, part) } else { Place::Blob })
}

fn set_last(row: &mut UploadRow, (number, len): (u32, u32)) -> Result<(), Refusal> {
    let known = row.last != 0 && (row.last, row.last_len) != (number + 1, len);
    if known || row.total != 0 && number + 1 != row.total {
        return Err(Refusal::FilePartSizeChanged);
    }
    (row.last, row.last_len) = (number + 1, len);
    Ok(())
}

/// A length that more than one part may have.
fn common(len: u32) -> Result<u32, Refusal> {
    if len.is_multiple_of(PART_STEP) && PART_MAX.is_multiple_of(len) {
        Ok(len)
    } else {
        Err(Refusal::FilePartSizeInvalid)
    }
}

/// What the whole may come to. Where nobody has said, twice as much each time, so that it is written a few times only.
fn reserve(row: &mut UploadRow, part: Part) {
    let parts = if row.total > 0 { row.total } else { (part.number + 1).next_power_of_two().min(PARTS_MAX) };
    let bytes = u64::from(parts) * u64::from(row.part.max(part.len));
    row.reserved = row.reserved.max(bytes);
}

fn done_len(row: &UploadRow, number: u32) -> u32 {
    let from = u64::from(number) * u64::from(row.piece);
    u32::try_from(row.size.saturating_sub(from).min(row.piece.into())).unwrap_or(u32::MAX)
}

/// The size and the pieces' length of a file of so many parts, or what is wrong.
pub(super) fn shape(row: &UploadRow, parts: u32) -> Result<(u64, u32), Refusal> {
    if parts == 0 || parts > PARTS_MAX || row.total != 0 && row.total != parts {
        return Err(Refusal::FilePartsInvalid);
    }
    if row.part == 0 {
        // One part has come, and waits in its row.
        return match (row.held, parts) {
            (1, 1) => Ok((row.held_len.into(), row.held_len)),
            (1, _) => Err(Refusal::FilePartMissing(1)),
            _ => Err(Refusal::FilePartMissing(0)),
        };
    }
    if row.last != 0 && row.last != parts {
        return Err(Refusal::FilePartsInvalid);
    }
    let last = if row.last == 0 { row.part } else { row.last_len };
    Ok((u64::from(parts - 1) * u64::from(row.part) + u64::from(last), row.part))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KB: u32 = 1 << 10;

    /// Parts as `number*length`, a `/` before the total; where each went.
    fn check(parts: &str) -> (String, UploadRow) {
        let mut row = UploadRow::default();
        let mut places = Vec::new();
        for word in parts.split_whitespace() {
            let (part, total) = word.split_once('/').map_or((word, None), |(part, total)| (part, total.parse().ok()));
            let (number, len) = part.split_once('*').unwrap();
            let len =
                len.strip_suffix('k').map_or_else(|| len.parse().unwrap(), |it| it.parse::<usize>().unwrap() << 10);
            let mut next = row.clone();
            let placed = Part::new(number.parse().unwrap(), len, total).and_then(|it| place(&mut next, it));
            match placed {
                Ok(place) => {
                    row = next;
                    places.push(format!("{place:?}"));
                }
                Err(refusal) => places.push(format!("{refusal:?}")),
            }
        }
        (places.join(" "), row)
    }

    fn places(parts: &str) -> String {
        check(parts).0
    }

    fn size(parts: &str, count: u32) -> Result<(u64, u32), Refusal> {
        shape(&check(parts).1, count)
    }

    #[test]
    fn parts_in_their_order_go_into_the_blob() {
        assert_eq!(places("0*128k 1*128k 2*5"), "Blob Blob Blob");
        assert_eq!(size("0*128k 1*128k 2*5", 3), Ok((262_149, 128 * KB)));
        assert_eq!(size("0*128k 1*128k", 2), Ok((262_144, 128 * KB)));
    }

    #[test]
    fn a_small_file_waits_in_a_row() {
        assert_eq!(places("0*10"), "Row");
        assert_eq!(places("0*64k/1"), "Row");
        assert_eq!((size("0*10", 1), size("0*64k", 1)), (Ok((10, 10)), Ok((65_536, 65_536))));
        assert_eq!(places("0*65537"), "Blob");
        assert_eq!(size("0*65537", 1), Ok((65_537, 65_537)));
    }

    #[test]
    fn the_last_part_may_come_first() {
        assert_eq!(places("2*5 0*32k 1*32k"), "Row Blob Blob");
        assert_eq!(size("2*5 0*32k 1*32k", 3), Ok((65_541, 32 * KB)));
        assert_eq!(places("7*512k/8 3*512k/8"), "Row Blob");
        assert_eq!(places("3*512k/8 7*1/8"), "Blob Blob");
        assert_eq!(places("3*4k 0*8k"), "Row Blob");
        assert_eq!(size("3*4k 0*8k", 4), Ok((28 << 10, 8 * KB)));
        assert_eq!(places("2*5 2*6 0*32k 2*6 2*7"), "Row Row Blob Row FilePartSizeChanged");
    }

    #[test]
    fn lengths_are_telegrams() {
        assert_eq!(places("0*0 0*524289 -1*1 4000*1"), "FilePartEmpty FilePartTooBig FilePartInvalid FilePartInvalid");
        assert_eq!(places("0*1k/0 0*1k/4001 0*1k/-2 5*1k/5"), ["FilePartsInvalid"; 3].join(" ") + " FilePartInvalid");
        assert_eq!(places("0*100k 1*100k"), "Blob FilePartSizeInvalid");
        assert_eq!(places("0*65537 1*5"), "Blob FilePartSizeInvalid");
        assert_eq!(places("0*1000 1*1000"), "Row FilePartSizeInvalid");
        assert_eq!(places("0*3k 1*3k"), "Row FilePartSizeInvalid");
        for len in [1, 2, 4, 8, 16, 32, 64] {
            assert_eq!(places(&format!("0*{len}k 1*{len}k 2*1")), "Row Blob Blob");
        }
        for len in [128, 256, 512] {
            assert_eq!(places(&format!("3999*{len}k 0*{len}k")), "Row Blob");
        }
    }

    #[test]
    fn only_the_last_part_is_shorter() {
        assert_eq!(places("0*128k 1*64k 2*128k"), "Blob Blob FilePartSizeChanged");
        assert_eq!(places("0*128k 1*64k 1*32k"), "Blob Blob FilePartSizeChanged");
        assert_eq!(places("0*128k 1*64k 2*64k"), "Blob Blob FilePartSizeChanged");
        assert_eq!(places("0*128k 1*256k"), "Blob FilePartSizeChanged");
        assert_eq!(places("0*128k 0*64k"), "Blob FilePartSizeChanged");
        assert_eq!(places("0*64k 1*128k"), "Row FilePartSizeChanged");
        assert_eq!(places("0*128k/5 1*64k/5"), "Blob FilePartSizeChanged");
        assert_eq!(places("0*128k/5 1*128k/6"), "Blob FilePartsInvalid");
    }

    #[test]
    fn a_claim_must_name_the_parts_that_came() {
        assert_eq!(size("0*128k 1*5", 1), Err(Refusal::FilePartsInvalid));
        assert_eq!(size("0*128k 1*5", 3), Err(Refusal::FilePartsInvalid));
        assert_eq!(size("0*128k/9", 8), Err(Refusal::FilePartsInvalid));
        assert_eq!(size("0*5", 2), Err(Refusal::FilePartMissing(1)));
        assert_eq!(size("3*5", 4), Err(Refusal::FilePartMissing(0)));
        assert_eq!(
            (size("0*5", 0), size("0*5", 4001)),
            (Err(Refusal::FilePartsInvalid), Err(Refusal::FilePartsInvalid))
        );
    }

    /// So that nothing is committed for them.
    #[test]
    fn most_parts_change_nothing_of_what_is_known() {
        let changes = |total: Option<i32>| {
            let (mut row, mut changes) = (UploadRow::default(), 0);
            for number in 0..4000 {
                let before = row.clone();
                assert_eq!(place(&mut row, Part::new(number, 512 << 10, total).unwrap()), Ok(Place::Blob));
                changes += usize::from(row != before);
            }
            (changes, row.reserved)
        };
        assert_eq!(changes(Some(4000)), (1, 4000 << 19));
        assert_eq!(changes(None), (13, 4000 << 19));
    }

    #[test]
    fn what_has_ended_knows_its_parts_again_and_takes_no_others() {
        let done = UploadRow { done: 3, size: 262_149, piece: 128 * KB, ..UploadRow::default() };
        let again = |number, len| place(&mut done.clone(), Part { number, len, total: None });
        assert_eq!((again(0, 128 * KB), again(2, 5)), (Ok(Place::Done), Ok(Place::Done)));
        for (number, len) in [(2, 6), (0, 5), (3, 1), (3999, 128 * KB)] {
            assert_eq!(again(number, len), Err(Refusal::FilePartSizeChanged), "{number}");
        }
    }
}
