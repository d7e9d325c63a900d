//! Typed decoding that reports trailing bytes, on top of `grammers-tl-types`.
//!
//! grammers is asymmetric: a function's `serialize` writes its constructor id, its `deserialize`
//! does not read it. The functions here take the bytes *with* the id and check it. They must run
//! only on bytes that the walk has accepted: grammers recurses without a limit (a nested JSON
//! value of 60 kB overflows the stack) and keeps up to 66 times the memory of its input.

use grammers_tl_types::{Cursor, Deserializable, Identifiable, deserialize};

/// Why validated bytes did not decode.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// Fewer than the four bytes of a constructor id.
    #[error("no constructor id")]
    NoId,
    /// The bytes are of another function.
    #[error("constructor {got:#010x} where {expected:#010x} was expected")]
    WrongId {
        /// The id found.
        got: u32,
        /// The id of the type asked for.
        expected: u32,
    },
    /// The typed reader refused the bytes.
    #[error(transparent)]
    Read(#[from] deserialize::Error),
    /// The value ended before its bytes did.
    #[error("{0} bytes after the value")]
    Trailing(usize),
}

/// The constructor id at the start of `bytes`.
pub fn request_id(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|b| u32::from_le_bytes(*b))
}

/// Decodes a function from its bytes, id included, to the last byte.
pub fn decode_request<F: Deserializable + Identifiable>(bytes: &[u8]) -> Result<F, DecodeError> {
    let got = request_id(bytes).ok_or(DecodeError::NoId)?;
    let expected = F::CONSTRUCTOR_ID;
    if got != expected {
        return Err(DecodeError::WrongId { got, expected });
    }
    decode_object(&bytes[4..])
}

/// Decodes a value (a boxed enum with its id, or a bare struct without one) to the last byte.
pub fn decode_object<T: Deserializable>(bytes: &[u8]) -> Result<T, DecodeError> {
    let mut cursor = Cursor::from_slice(bytes);
    let value = T::deserialize(&mut cursor)?;
    match bytes.len() - cursor.pos() {
        0 => Ok(value),
        n => Err(DecodeError::Trailing(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_tl_types::{Serializable, functions};

    #[test]
    fn a_request_decodes_to_the_last_byte_and_only_as_itself() {
        let mut bytes = functions::auth::LogOut {}.to_bytes();
        assert!(decode_request::<functions::auth::LogOut>(&bytes).is_ok());
        let got = request_id(&bytes).unwrap();
        let expected = functions::help::GetConfig::CONSTRUCTOR_ID;
        assert_eq!(decode_request::<functions::help::GetConfig>(&bytes), Err(DecodeError::WrongId { got, expected }));
        bytes.extend([0; 4]);
        assert_eq!(decode_request::<functions::auth::LogOut>(&bytes), Err(DecodeError::Trailing(4)));
        assert_eq!(decode_request::<functions::auth::LogOut>(&[1, 2]), Err(DecodeError::NoId));
    }
}
