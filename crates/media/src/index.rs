//! An MP4 whose index lies behind its data is seen only by who can jump about in it. For a decoder that reads from a
//! pipe the index is put in front, as far as the file is at hand.

/// The boxes that lead from the index to the places of its chunks.
const PATH: [&[u8; 4]; 4] = [b"trak", b"mdia", b"minf", b"stbl"];

/// Boxes before the data: a brand, and perhaps room that was left.
const BOXES_MAX: usize = 16;

/// A video that begins with its index: of the beginning of a file, and of the index (`moov`) as a whole, which lies
/// somewhere behind it. `None`: they are no such parts, or the chunks would lie beyond what their numbers can say.
pub fn index_first(beginning: &[u8], index: &[u8]) -> Option<Vec<u8>> {
    let data = data(beginning)?;
    let mut moved = index.to_vec();
    let (name, body) = split(&mut moved)?.0;
    if name != *b"moov" {
        return None;
    }
    shift(body, &PATH, u64::try_from(index.len()).ok()?)?;
    Some([&beginning[..data], &moved, &beginning[data..]].concat())
}

/// Where the data (`mdat`) begins.
fn data(beginning: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    for _ in 0..BOXES_MAX {
        let head = beginning.get(at..)?;
        if head.get(4..8)? == b"mdat" {
            return Some(at);
        }
        let length = u32::from_be_bytes(*head.first_chunk()?);
        at = at.checked_add(usize::try_from(length).ok().filter(|it| *it >= 8)?)?;
    }
    None
}

type Named<'a> = ([u8; 4], &'a mut [u8]);

/// The first box, its name and body, and what follows it.
fn split(boxes: &mut [u8]) -> Option<(Named<'_>, &mut [u8])> {
    let length = u32::from_be_bytes(*boxes.first_chunk()?);
    let (head, whole) = match length {
        // To the end of what it lies in.
        0 => (8, boxes.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(boxes.get(8..16)?.try_into().ok()?)).ok()?),
        short => (8, usize::try_from(short).ok()?),
    };
    let (one, rest) = boxes.split_at_mut_checked(whole)?;
    let (head, body) = one.split_at_mut_checked(head)?;
    Some(((head.get(4..8)?.try_into().ok()?, body), rest))
}

/// Moves the places of all chunks below these boxes, which are as deep as the path is long.
fn shift(mut boxes: &mut [u8], path: &[&[u8; 4]], by: u64) -> Option<()> {
    // What is too short for a head is filling.
    while boxes.len() >= 8 {
        let ((name, body), rest) = split(std::mem::take(&mut boxes))?;
        match (path.split_first(), &name) {
            (Some((next, path)), name) if name == *next => shift(body, path, by)?,
            (None, b"stco") => places::<4>(body, by)?,
            (None, b"co64") => places::<8>(body, by)?,
            _ => {}
        }
        boxes = rest;
    }
    Some(())
}

/// Moves each place of a table: version and flags, how many, and numbers of so many bytes.
fn places<const BYTES: usize>(table: &mut [u8], by: u64) -> Option<()> {
    let count = usize::try_from(u32::from_be_bytes(table.get(4..8)?.try_into().ok()?)).ok()?;
    let numbers = table.get_mut(8..)?.get_mut(..count.checked_mul(BYTES)?)?;
    for number in numbers.chunks_exact_mut(BYTES) {
        let place = number.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        let moved = place.checked_add(by).filter(|it| BYTES == 8 || u32::try_from(*it).is_ok())?;
        number.copy_from_slice(&moved.to_be_bytes()[8 - BYTES..]);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, probe};

    fn slow() -> Vec<u8> {
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/slow.mov")).unwrap()
    }

    fn late(file: &[u8]) -> Option<(u64, u64)> {
        let mut source = file;
        match probe(&mut source).unwrap().kind {
            Kind::Video(it) => it.late_index,
            other => panic!("a video: {other:?}"),
        }
    }

    fn atom(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
    }

    /// An index with one table of places.
    fn index(table: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let inner = atom(b"minf", &atom(b"stbl", &[atom(b"stsd", b"x"), atom(table, body)].concat()));
        atom(b"moov", &[atom(b"mvhd", b"head"), atom(b"trak", &atom(b"mdia", &inner))].concat())
    }

    fn table(numbers: &[u8]) -> Vec<u8> {
        [&[0, 0, 0, 0, 0, 0, 0, 2][..], numbers].concat()
    }

    #[test]
    fn an_index_is_put_before_the_data_and_leads_to_the_same_bytes() {
        let file = slow();
        let (from, to) = late(&file).expect("it is behind");
        let (from, to) = (from as usize, to as usize);
        let moved = index_first(&file[..from], &file[from..to]).unwrap();
        assert_eq!((late(&moved), moved.len()), (None, file.len()));
        // The first chunk: the table's only tag of this name, its head, the place.
        let first = |of: &[u8]| {
            let at = of.windows(4).position(|it| it == b"stco").unwrap() + 12;
            let place = u32::from_be_bytes(of[at..at + 4].try_into().unwrap()) as usize;
            of[place..place + 16].to_vec()
        };
        assert_eq!(first(&moved), first(&file));
        assert_eq!(index_first(&moved, &file[from..to]).map(|it| late(&it)), Some(None), "one more is no harm");
    }

    #[test]
    fn places_of_both_widths_move_and_those_that_cannot_are_refused() {
        let begins = [atom(b"ftyp", b"isom"), atom(b"wide", b""), b"\0\0\0\0mdat...".to_vec()].concat();
        let narrow = index(b"stco", &table(&[0, 0, 0, 28, 0, 0, 1, 0]));
        let by = narrow.len() as u32;
        let moved = index_first(&begins, &narrow).unwrap();
        let numbers = [(28 + by).to_be_bytes(), (256 + by).to_be_bytes()].concat();
        assert!(moved.windows(8).any(|it| it == numbers) && moved.ends_with(b"mdat..."));
        let wide = index(b"co64", &table(&[[0, 0, 0, 9, 0, 0, 0, 0], [0; 8]].concat()));
        let place = (9_u64 << 32) + wide.len() as u64;
        assert!(index_first(&begins, &wide).unwrap().windows(8).any(|it| it == place.to_be_bytes()));
        let full = index(b"stco", &table(&[0, 0, 0, 28, 255, 255, 255, 255]));
        assert_eq!(index_first(&begins, &full), None);
        let short = index(b"stco", &table(&[0, 0, 0, 28]));
        assert_eq!(index_first(&begins, &short), None, "it says two");
    }

    #[test]
    fn what_is_no_video_is_refused_wherever_it_is_cut() {
        let (file, begins) = (slow(), [atom(b"ftyp", b"isom"), b"\0\0\0\0mdat".to_vec()].concat());
        let (from, to) = late(&file).unwrap();
        let whole = &file[from as usize..to as usize];
        assert_eq!(index_first(&begins, &file[..from as usize]), None, "no index");
        assert_eq!(index_first(b"RIFF....WEBP", whole), None);
        assert_eq!(index_first(&[], whole), None);
        for cut in 0..whole.len() {
            assert_eq!(index_first(&begins, &whole[..cut]), None, "{cut} bytes");
        }
        let deep = (0..100_000).fold(Vec::new(), |all: Vec<u8>, _| [&all[..], b"\0\0\0\0trak"].concat());
        assert!(index_first(&begins, &atom(b"moov", &deep)).is_some(), "boxes in boxes cost no stack");
    }
}
