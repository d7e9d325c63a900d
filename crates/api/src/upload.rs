//! `upload.*`: the bytes of files, as they come and as they are asked for.

use bytes::Bytes;
use domain::files::{Part, save_part};
use tl::functions::upload::{SaveBigFilePart, SaveFilePart};

use crate::{Cx, RpcError, methods, table::Row};

mod get;

const ROWS: &[Row] = methods![
    SaveFilePart, UserOrBot, Transfer => |cx: Cx, it: SaveFilePart| async move {
        save(cx, it.file_id, (it.file_part, None), it.bytes).await
    };
    SaveBigFilePart, UserOrBot, Transfer => |cx: Cx, it: SaveBigFilePart| async move {
        save(cx, it.file_id, (it.file_part, Some(it.file_total_parts)), it.bytes).await
    };
];

/// The namespace's methods.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS, get::ROWS, get::RAW]
}

async fn save(cx: Cx, upload: i64, (number, total): (i32, Option<i32>), bytes: Vec<u8>) -> Result<bool, RpcError> {
    let part = Part::new(number, bytes.len(), total)?;
    save_part(&cx.domain, cx.user()?, upload, part, Bytes::from(bytes)).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use domain::{
        files::{Claim, complete, read},
        testing::{Hall, ready},
    };

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
