//! The validation walk: reads untrusted TL bytes by the schema, without decoding or allocating.
//!
//! It comes before every typed decode. A walk that succeeds proves that the bytes are values of
//! one layer's schema within [`Limits`], so that a typed decode can neither overflow the stack nor
//! take much memory.

mod reader;
mod run;
mod text;

use crate::layer::Layer;
use crate::schema::{Kind, Ty, View};
pub(crate) use reader::{BOOL_FALSE, BOOL_TRUE, Reader, VECTOR, VECTOR_OF_OBJECTS, Words, on};

/// Limits of one walk. They bound what a later typed decode can cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nesting of objects and vectors.
    pub depth: u32,
    /// Objects, strings and vectors in all, and elements of vectors of them: decoded, one takes up
    /// to some 300 bytes, so this is what bounds memory.
    pub elements: u32,
    /// Bytes in all.
    pub bytes: usize,
    /// Bytes of one `string`, which is text.
    pub string: usize,
    /// Bytes of one `bytes`.
    pub blob: usize,
}

impl Limits {
    /// For what a client sends. The deepest real requests (rich messages) nest some twenty levels;
    /// the longest vectors are address books of a few thousand contacts with four elements each;
    /// a container holds 1 MiB; the longest blob is a file part of 512 KiB.
    pub const REQUEST: Limits =
        Limits { depth: 64, elements: 32_768, bytes: 1 << 20, string: 256 << 10, blob: 640 << 10 };

    /// For what this server made itself: only what the format can carry.
    pub(crate) const OWN: Limits =
        Limits { depth: 128, elements: u32::MAX, bytes: usize::MAX, string: usize::MAX, blob: usize::MAX };
}

/// Why the walk refused the bytes, and at which offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// The bytes end inside a value, or a vector claims more elements than there are bytes for.
    #[error("ends inside a value at {at}")]
    End {
        /// Offset in bytes.
        at: usize,
    },
    /// The outermost id is not a method of the layer.
    #[error("no method {id:#010x}")]
    UnknownMethod {
        /// The id found.
        id: u32,
    },
    /// No such constructor in the layer.
    #[error("no constructor {id:#010x} at {at}")]
    UnknownConstructor {
        /// The id found.
        id: u32,
        /// Offset in bytes.
        at: usize,
    },
    /// A constructor of another type than the field's.
    #[error("constructor {id:#010x} of another type at {at}")]
    WrongType {
        /// The id found.
        id: u32,
        /// Offset in bytes.
        at: usize,
    },
    /// Neither `boolTrue` nor `boolFalse`.
    #[error("{id:#010x} is no Bool at {at}")]
    NotABool {
        /// The id found.
        id: u32,
        /// Offset in bytes.
        at: usize,
    },
    /// No `vector` id where one belongs.
    #[error("{id:#010x} is no vector at {at}")]
    NotAVector {
        /// The id found.
        id: u32,
        /// Offset in bytes.
        at: usize,
    },
    /// A string is not UTF-8.
    #[error("text is not UTF-8 at {at}")]
    Utf8 {
        /// Offset of the string in bytes.
        at: usize,
    },
    /// A string's length byte is 255.
    #[error("bad string header at {at}")]
    StringHeader {
        /// Offset in bytes.
        at: usize,
    },
    /// Nested too deep.
    #[error("nested more than {limit} levels")]
    Depth {
        /// The limit.
        limit: u32,
    },
    /// Too many elements.
    #[error("more than {limit} elements")]
    Elements {
        /// The limit.
        limit: u32,
    },
    /// Too many bytes.
    #[error("{got} bytes, more than {limit}")]
    Bytes {
        /// The size.
        got: usize,
        /// The limit.
        limit: usize,
    },
    /// A string or blob is too long.
    #[error("a string of {got} bytes, more than {limit}")]
    String {
        /// The size.
        got: usize,
        /// The limit.
        limit: usize,
    },
    /// Bytes follow the value.
    #[error("{count} bytes after the value")]
    Trailing {
        /// How many.
        count: usize,
    },
}

/// What a walk found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walked {
    /// Constructor id of the outermost value.
    pub id: u32,
    /// Offset of the first byte after the value.
    pub end: usize,
}

/// Walks one request (a method call) of `layer` at the start of `bytes`. What follows it is for
/// the caller to judge; [`crate::upgrade`] refuses it.
pub fn request(layer: Layer, bytes: &[u8], limits: &Limits) -> Result<Walked, WalkError> {
    let mut reader = Reader::new(View::of(layer), bytes, *limits)?;
    let id = reader.peek()?;
    let known = reader.view.find(id).filter(|i| reader.schema.decl(*i).function);
    if known.is_none() {
        return Err(WalkError::UnknownMethod { id });
    }
    reader.value(Ty { kind: Kind::Any, arg: 0 })?;
    Ok(Walked { id, end: reader.pos })
}

/// Walks one boxed object (or method call) of any type of `layer` at the start of `bytes`; bare
/// vectors and bare values are not objects.
pub fn object(layer: Layer, bytes: &[u8], limits: &Limits) -> Result<Walked, WalkError> {
    let mut reader = Reader::new(View::of(layer), bytes, *limits)?;
    let id = reader.peek()?;
    reader.value(Ty { kind: Kind::Any, arg: 0 })?;
    Ok(Walked { id, end: reader.pos })
}

/// Walks the result of the method with id `method` of `layer` at the start of `bytes`.
pub fn result(layer: Layer, method: u32, bytes: &[u8], limits: &Limits) -> Result<Walked, WalkError> {
    let mut reader = Reader::new(View::of(layer), bytes, *limits)?;
    let id = reader.peek()?;
    let known = reader.view.find(method).map(|i| reader.schema.decl(i)).filter(|d| d.function);
    let ty = known.ok_or(WalkError::UnknownMethod { id: method })?.result;
    reader.value(ty)?;
    Ok(Walked { id, end: reader.pos })
}

#[cfg(test)]
mod tests;
