//! The walk's cursor, which the transcoder and the wrapper parser move too.

use super::run::{Span, Stopped};
use super::{Limits, WalkError};
use crate::schema::{Kind, MAX_WORDS, NO_FLAG, Schema, Slot, Ty, View};

pub(crate) const BOOL_TRUE: u32 = 0x9972_75b5;
pub(crate) const BOOL_FALSE: u32 = 0xbc79_9737;
pub(crate) const VECTOR: u32 = 0x1cb5_c415;

/// For [`Reader::count`] where the caller reads the elements itself.
pub(crate) const VECTOR_OF_OBJECTS: Ty = Ty { kind: Kind::Vector, arg: 0 };

/// The flags words read so far of one object.
pub(crate) type Words = [u32; MAX_WORDS];

/// Whether a field with this flag is present.
#[inline]
pub(crate) fn on(words: &Words, flag: u8) -> bool {
    flag == NO_FLAG || words[usize::from(flag >> 5)] >> (flag & 31) & 1 == 1
}

pub(crate) struct Reader<'a> {
    pub(crate) view: &'static View,
    pub(crate) schema: &'static Schema,
    pub(crate) buf: &'a [u8],
    pub(crate) pos: usize,
    pub(crate) depth: u32,
    pub(super) elements: u32,
    pub(super) limits: Limits,
    /// Why the walk stopped, if it did.
    pub(super) fault: WalkError,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(view: &'static View, buf: &'a [u8], limits: Limits) -> Result<Reader<'a>, WalkError> {
        if buf.len() > limits.bytes {
            return Err(WalkError::Bytes { got: buf.len(), limit: limits.bytes });
        }
        let (schema, fault) = (view.schema, WalkError::End { at: 0 });
        Ok(Reader { view, schema, buf, pos: 0, depth: 0, elements: limits.elements, limits, fault })
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> Result<u32, WalkError> {
        let id = self.peek()?;
        self.pos += 4;
        Ok(id)
    }

    #[inline]
    pub(crate) fn peek(&self) -> Result<u32, WalkError> {
        match self.buf.get(self.pos..).and_then(<[u8]>::first_chunk) {
            Some(b) => Ok(u32::from_le_bytes(*b)),
            None => Err(WalkError::End { at: self.pos }),
        }
    }

    #[inline]
    pub(crate) fn i64(&mut self) -> Result<i64, WalkError> {
        match self.buf.get(self.pos..).and_then(<[u8]>::first_chunk) {
            Some(b) => {
                self.pos += 8;
                Ok(i64::from_le_bytes(*b))
            }
            None => Err(WalkError::End { at: self.pos }),
        }
    }

    /// Reads a `string` or `bytes` with its padding.
    pub(crate) fn blob(&mut self, limit: usize) -> Result<&'a [u8], WalkError> {
        match self.span(self.pos, limit) {
            Ok(Span { start, end, next }) => {
                self.pos = next;
                Ok(&self.buf[start..end])
            }
            Err(Stopped) => Err(self.fault),
        }
    }

    pub(crate) fn string(&mut self) -> Result<&'a str, WalkError> {
        let at = self.pos;
        let text = self.blob(self.limits.string)?;
        std::str::from_utf8(text).map_err(|_| WalkError::Utf8 { at })
    }

    pub(crate) fn bool(&mut self) -> Result<bool, WalkError> {
        let at = self.pos;
        match self.u32()? {
            BOOL_TRUE => Ok(true),
            BOOL_FALSE => Ok(false),
            id => Err(WalkError::NotABool { id, at }),
        }
    }

    /// Reads the id of a constructor of a boxed type.
    #[inline]
    pub(crate) fn boxed(&mut self, want: u16) -> Result<u16, WalkError> {
        let at = self.pos;
        let slot = self.known()?;
        if slot.ty != want {
            return Err(WalkError::WrongType { id: slot.id, at });
        }
        Ok(slot.index)
    }

    /// Reads the id of any declaration of the layer.
    #[inline]
    pub(crate) fn any(&mut self) -> Result<u16, WalkError> {
        self.known().map(|slot| slot.index)
    }

    #[inline]
    fn known(&mut self) -> Result<&'static Slot, WalkError> {
        let at = self.pos;
        let id = self.u32()?;
        self.view.slot(id).ok_or(WalkError::UnknownConstructor { id, at })
    }

    /// Reads the header of a vector and checks its count against the bytes there are.
    pub(crate) fn count(&mut self, ty: Ty) -> Result<u32, WalkError> {
        match self.counted(ty.kind, self.pos) {
            Ok((n, pos)) => {
                self.pos = pos;
                Ok(n)
            }
            Err(Stopped) => Err(self.fault),
        }
    }

    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), WalkError> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(WalkError::Depth { limit: self.limits.depth });
        }
        Ok(())
    }
}
