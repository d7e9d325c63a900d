//! The walk's cursor, which the transcoder and the wrapper parser move too.

use super::{Limits, WalkError};
use crate::schema::{Kind, MAX_WORDS, NO_FLAG, Schema, Ty, View};

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
    elements: u32,
    limits: Limits,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(view: &'static View, buf: &'a [u8], limits: Limits) -> Result<Reader<'a>, WalkError> {
        if buf.len() > limits.bytes {
            return Err(WalkError::Bytes { got: buf.len(), limit: limits.bytes });
        }
        let schema = view.schema;
        Ok(Reader { view, schema, buf, pos: 0, depth: 0, elements: limits.elements, limits })
    }

    fn end(&self) -> WalkError {
        WalkError::End { at: self.pos }
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
            None => Err(self.end()),
        }
    }

    #[inline]
    pub(crate) fn i64(&mut self) -> Result<i64, WalkError> {
        match self.buf.get(self.pos..).and_then(<[u8]>::first_chunk) {
            Some(b) => {
                self.pos += 8;
                Ok(i64::from_le_bytes(*b))
            }
            None => Err(self.end()),
        }
    }

    #[inline]
    fn advance(&mut self, n: usize) -> Result<(), WalkError> {
        if n > self.buf.len() - self.pos {
            return Err(self.end());
        }
        self.pos += n;
        Ok(())
    }

    #[inline]
    pub(crate) fn spend(&mut self, n: u32) -> Result<(), WalkError> {
        match self.elements.checked_sub(n) {
            Some(left) => {
                self.elements = left;
                Ok(())
            }
            None => Err(WalkError::Elements { limit: self.limits.elements }),
        }
    }

    /// Reads a `string` or `bytes` with its padding.
    #[inline]
    pub(crate) fn blob(&mut self, limit: usize) -> Result<&'a [u8], WalkError> {
        let at = self.pos;
        let rest = &self.buf[at..];
        let (header, len) = match rest.first_chunk::<4>() {
            None => return Err(self.end()),
            Some([255, ..]) => return Err(WalkError::StringHeader { at }),
            Some([254, a, b, c]) => (4, u32::from_le_bytes([*a, *b, *c, 0]) as usize),
            Some([n, ..]) => (1, usize::from(*n)),
        };
        if len > limit {
            return Err(WalkError::String { got: len, limit });
        }
        self.advance((header + len + 3) & !3)?;
        Ok(&rest[header..header + len])
    }

    #[inline]
    pub(crate) fn string(&mut self) -> Result<&'a str, WalkError> {
        let at = self.pos;
        let text = self.blob(self.limits.string)?;
        std::str::from_utf8(text).map_err(|_| WalkError::Utf8 { at })
    }

    /// Walks over a value.
    pub(crate) fn value(&mut self, ty: Ty) -> Result<(), WalkError> {
        match ty.kind {
            Kind::Int => self.advance(4),
            Kind::Long | Kind::Double => self.advance(8),
            Kind::Int128 => self.advance(16),
            Kind::Int256 => self.advance(32),
            Kind::Str => {
                self.spend(1)?;
                self.string().map(|_| ())
            }
            Kind::Bytes => {
                self.spend(1)?;
                self.blob(self.limits.blob).map(|_| ())
            }
            Kind::Bool => self.bool().map(|_| ()),
            Kind::True => Ok(()),
            // Reached only through a declaration, which reads its own words.
            Kind::Flags => self.advance(4),
            Kind::Vector | Kind::BareVector => self.vector(ty),
            Kind::Boxed => {
                let index = self.boxed(ty.arg)?;
                self.fields(index)
            }
            Kind::Any => match self.peek()? {
                BOOL_TRUE | BOOL_FALSE => self.advance(4),
                _ => {
                    let index = self.any()?;
                    self.fields(index)
                }
            },
        }
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
        let index = self.any()?;
        let d = self.schema.decl(index);
        if d.function || d.result.kind != Kind::Boxed || d.result.arg != want {
            return Err(WalkError::WrongType { id: d.id, at });
        }
        Ok(index)
    }

    /// Reads the id of any declaration of the layer.
    #[inline]
    pub(crate) fn any(&mut self) -> Result<u16, WalkError> {
        let at = self.pos;
        let id = self.u32()?;
        self.view.find(id).ok_or(WalkError::UnknownConstructor { id, at })
    }

    /// Reads the header of a vector and checks its count against the bytes there are.
    pub(crate) fn count(&mut self, ty: Ty) -> Result<u32, WalkError> {
        if ty.kind == Kind::Vector {
            let at = self.pos;
            let id = self.u32()?;
            if id != VECTOR {
                return Err(WalkError::NotAVector { id, at });
            }
        }
        let n = self.u32()?;
        // No value is shorter than four bytes.
        if n as usize > (self.buf.len() - self.pos) / 4 {
            return Err(self.end());
        }
        self.spend(1)?;
        Ok(n)
    }

    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), WalkError> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(WalkError::Depth { limit: self.limits.depth });
        }
        Ok(())
    }

    fn vector(&mut self, ty: Ty) -> Result<(), WalkError> {
        let n = self.count(ty)?;
        let element = self.schema.element(ty);
        if let Some(size) = element.kind.fixed() {
            let bytes = (n as usize).checked_mul(size);
            return self.advance(bytes.ok_or(WalkError::End { at: self.pos })?);
        }
        self.enter()?;
        for _ in 0..n {
            self.value(element)?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// Walks over the fields of a declaration whose id was read.
    pub(crate) fn fields(&mut self, index: u16) -> Result<(), WalkError> {
        self.spend(1)?;
        self.enter()?;
        let schema = self.schema;
        let mut words: Words = [0; MAX_WORDS];
        for f in schema.fields(schema.decl(index)) {
            if !on(&words, f.flag) {
                continue;
            }
            if f.ty.kind == Kind::Flags {
                words[usize::from(f.ty.arg)] = self.u32()?;
            } else {
                self.value(f.ty)?;
            }
        }
        self.depth -= 1;
        Ok(())
    }
}
