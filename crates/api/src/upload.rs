//! `upload.*`: the bytes of files, as they come and as they are asked for.

use bytes::{Buf, Bytes};
use domain::files::{Part, save_part};
use tl::{
    Identifiable, Serializable,
    functions::upload::{GetFile, SaveBigFilePart, SaveFilePart},
};

use crate::{
    Cx, RpcError,
    dispatch::GZIP_PACKED,
    table::{Cost, Gate, Handled, Row, handle_raw, unread},
};

mod get;

const ROWS: &[Row] = &[
    row(SaveFilePart::CONSTRUCTOR_ID, |cx, bytes| handle_raw(cx, bytes, |cx, it| save(cx, it, false))),
    row(SaveBigFilePart::CONSTRUCTOR_ID, |cx, bytes| handle_raw(cx, bytes, |cx, it| save(cx, it, true))),
];

const fn row(id: u32, call: fn(Cx, &Bytes) -> Handled) -> Row {
    Row { id, gate: Gate::UserOrBot, cost: Cost::Transfer, call }
}

/// Whether the answer to a request, at any layer and wrappers included, may have hundreds of kilobytes. One that is
/// packed within its wrappers may; nobody packs so little.
pub fn answers_long(request: &[u8]) -> bool {
    let Ok(peeled) = tl::wrappers::peel(request) else { return false };
    // The method has had one id for as long as any layer that is served.
    matches!(tl::request_id(peeled.query), Some(GetFile::CONSTRUCTOR_ID | GZIP_PACKED))
}

/// The namespace's methods.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS, get::ROWS, get::RAW]
}

async fn save(cx: Cx, request: Bytes, is_big: bool) -> Result<Vec<u8>, RpcError> {
    let Sent { upload, number, total, bytes } = Sent::read(request, is_big).ok_or_else(unread)?;
    let part = Part::new(number, bytes.len(), total)?;
    save_part(&cx.domain, cx.user()?, upload, part, bytes).await?;
    Ok(true.to_bytes())
}

/// A part as a request brings it.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    upload: i64,
    number: i32,
    total: Option<i32>,
    /// Of the request's own bytes.
    bytes: Bytes,
}

impl Sent {
    /// Reads `upload.saveFilePart` or `upload.saveBigFilePart`, whose bytes come last.
    fn read(mut request: Bytes, is_big: bool) -> Option<Self> {
        let _method = request.try_get_u32_le().ok()?;
        let (upload, number) = (request.try_get_i64_le().ok()?, request.try_get_i32_le().ok()?);
        let total = if is_big { Some(request.try_get_i32_le().ok()?) } else { None };
        let (head, len) = match *request.first()? {
            0xfe => (4, u32::from_le_bytes(*request.first_chunk()?) >> 8),
            short => (1, short.into()),
        };
        let end = head + usize::try_from(len).ok()?;
        (request.len() >= end).then(|| Self { upload, number, total, bytes: request.slice(head..end) })
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        files::{Claim, complete, read},
        testing::{Hall, ready},
    };

    use tl::functions;

    use super::*;
    use crate::testing::{call, refused};

    fn small(file_part: i32, bytes: &[u8]) -> SaveFilePart {
        SaveFilePart { file_id: -7, file_part, bytes: bytes.to_vec() }
    }

    fn big(file_part: i32, file_total_parts: i32, len: usize) -> SaveBigFilePart {
        SaveBigFilePart { file_id: 8, file_part, file_total_parts, bytes: vec![file_part as u8; len] }
    }

    #[test]
    fn parts_are_taken_in_any_order_and_are_the_file_together() {
        let hall = Hall::new();
        let alice = hall.sign_up(1, "Alice", "9996621001");
        for part in [2, 0, 1] {
            assert_eq!(call(&hall, alice, &big(part, 3, if part == 2 { 5 } else { 512 << 10 })), Ok(true));
        }
        let claim = Claim { upload: 8, parts: 3, md5: None };
        let stored = ready(complete(&hall.domain, alice.user, claim)).unwrap();
        assert_eq!(ready(read(&hall.domain, &stored, (1 << 20) - 2, 9)).unwrap(), [1, 1, 2, 2, 2, 2, 2]);
    }

    #[test]
    fn a_part_is_read_as_the_type_reads_it_and_cut_off_anywhere_it_is_refused() {
        for len in [0, 1, 253, 254, 255, 256, 70_000] {
            let part = big(3, 9, len);
            let whole = Bytes::from(part.to_bytes());
            let sent = Sent::read(whole.clone(), true).unwrap();
            assert_eq!((sent.upload, sent.number, sent.total), (8, 3, Some(9)));
            assert_eq!(sent.bytes, part.bytes);
            let part = small(3, &vec![5; len]);
            let sent = Sent::read(part.to_bytes().into(), false).unwrap();
            assert_eq!((sent.upload, sent.number, sent.total, sent.bytes.len()), (-7, 3, None, len));
            let padding = (4 - (if len < 254 { 1 } else { 4 } + len) % 4) % 4;
            for cut in (0..whole.len() - padding).rev().take(300).chain(0..30) {
                if cut < whole.len() - padding {
                    assert_eq!(Sent::read(whole.slice(..cut), true), None, "{cut} of {len} bytes");
                }
            }
        }
    }

    #[test]
    fn who_asks_for_bytes_of_a_file_is_told_at_any_layer_and_through_wrappers() {
        // `invokeWithLayer`.
        let wrapped = |id: u32| [0xda9b_0d0d, 105, id].map(u32::to_le_bytes).concat();
        for layer in tl::Layer::all() {
            let mut methods = tl::generate::declarations(layer, true);
            let (id, _) = methods.find(|(_, name)| *name == "upload.getFile").unwrap();
            assert!(answers_long(&id.to_le_bytes()) && answers_long(&wrapped(id)), "{id:08x}");
        }
        assert!(answers_long(&wrapped(GZIP_PACKED)));
        for id in [SaveFilePart::CONSTRUCTOR_ID, functions::help::GetConfig::CONSTRUCTOR_ID, 7] {
            assert!(!answers_long(&id.to_le_bytes()) && !answers_long(&wrapped(id)), "{id:08x}");
        }
        assert!(!answers_long(b"ab"));
    }

    #[test]
    fn parts_that_cannot_be_are_refused_by_name() {
        let hall = Hall::new();
        let alice = hall.sign_up(1, "Alice", "9996621001");
        assert_eq!(refused(&hall, alice, &small(0, b"")), "400 FILE_PART_EMPTY");
        assert_eq!(refused(&hall, alice, &small(-1, b"x")), "400 FILE_PART_INVALID");
        assert_eq!(refused(&hall, alice, &small(4000, b"x")), "400 FILE_PART_INVALID");
        assert_eq!(refused(&hall, alice, &big(0, 3, (512 << 10) + 1)), "400 FILE_PART_TOO_BIG");
        assert_eq!(refused(&hall, alice, &big(0, 4001, 1024)), "400 FILE_PARTS_INVALID");
        assert_eq!(refused(&hall, alice, &big(3, 3, 1024)), "400 FILE_PART_INVALID");
        assert_eq!(call(&hall, alice, &big(0, 3, 1024)), Ok(true));
        assert_eq!(refused(&hall, alice, &big(1, 3, 2048)), "400 FILE_PART_SIZE_CHANGED");
        assert_eq!(refused(&hall, alice, &big(1, 4, 1024)), "400 FILE_PARTS_INVALID");
        assert_eq!(call(&hall, alice, &small(0, &[1; 3000])), Ok(true));
        assert_eq!(refused(&hall, alice, &small(1, &[1; 3000])), "400 FILE_PART_SIZE_INVALID");
    }
}
