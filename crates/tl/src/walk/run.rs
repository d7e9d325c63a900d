//! The walk itself: runs a declaration's steps over the bytes.
//!
//! Offsets are passed and returned and why it stopped stays in the reader, so that what a step
//! returns fits registers. Lengths are checked before anything is read by them.

use super::WalkError;
use super::reader::{BOOL_FALSE, BOOL_TRUE, Reader, VECTOR, Words, on};
use super::text::ascii;
use crate::schema::{Act, Kind, MAX_WORDS, Slot, Step, Ty};

/// The walk ends here; why is in [`Reader::fault`].
pub(super) struct Stopped;

/// The offset to go on at.
type Next = Result<usize, Stopped>;

impl Reader<'_> {
    /// Walks over a value.
    pub(crate) fn value(&mut self, ty: Ty) -> Result<(), WalkError> {
        let next = self.walk(ty, self.pos, self.depth);
        self.go(next)
    }

    /// Walks over the fields of a declaration whose id was read.
    pub(crate) fn fields(&mut self, index: u16) -> Result<(), WalkError> {
        let slot = self.schema.slot_of(index);
        let next = self.body(slot, self.pos, self.depth);
        self.go(next)
    }

    /// Goes on after so many bytes.
    #[inline]
    pub(crate) fn skip_over(&mut self, n: usize) -> Result<(), WalkError> {
        let next = self.skip(self.pos, n);
        self.go(next)
    }

    /// Takes some of an object's steps.
    pub(crate) fn steps(&mut self, steps: &[Step], words: &mut Words) -> Result<(), WalkError> {
        let next = self.run(steps, words, self.pos, self.depth);
        self.go(next)
    }

    #[inline]
    fn go(&mut self, next: Next) -> Result<(), WalkError> {
        match next {
            Ok(pos) => {
                self.pos = pos;
                Ok(())
            }
            Err(Stopped) => Err(self.fault),
        }
    }

    #[cold]
    #[inline(never)]
    fn stop(&mut self, why: WalkError) -> Stopped {
        self.fault = why;
        Stopped
    }

    fn walk(&mut self, ty: Ty, at: usize, depth: u32) -> Next {
        match ty.kind {
            // A flags word is read only by its declaration's own step.
            Kind::Int | Kind::Flags => self.skip(at, 4),
            Kind::Long | Kind::Double => self.skip(at, 8),
            Kind::Int128 => self.skip(at, 16),
            Kind::Int256 => self.skip(at, 32),
            Kind::Str => self.text(at),
            Kind::Bytes => self.bytes(at),
            Kind::Bool => self.truth(at),
            Kind::True => Ok(at),
            Kind::Vector | Kind::BareVector => self.vector(ty, at, depth),
            Kind::Boxed => self.object(ty.arg, at, depth),
            Kind::Any => match self.word(at)? {
                BOOL_TRUE | BOOL_FALSE => Ok(at + 4),
                _ => {
                    let slot = self.slot(at)?;
                    self.body(slot, at + 4, depth)
                }
            },
        }
    }

    fn object(&mut self, ty: u16, at: usize, depth: u32) -> Next {
        let slot = self.slot(at)?;
        if slot.ty != ty {
            return Err(self.stop(WalkError::WrongType { id: slot.id, at }));
        }
        self.body(slot, at + 4, depth)
    }

    #[inline]
    fn body(&mut self, slot: &Slot, at: usize, depth: u32) -> Next {
        self.charge(1)?;
        let depth = self.deeper(depth)?;
        let at = self.skip(at, slot.lead.into())?;
        let mut words: Words = [0; MAX_WORDS];
        self.run(&self.schema.steps[slot.steps()], &mut words, at, depth)
    }

    fn run(&mut self, steps: &[Step], words: &mut Words, mut at: usize, depth: u32) -> Next {
        for step in steps {
            if !on(words, step.flag) {
                continue;
            }
            at = match step.act {
                Act::Flags(n) => {
                    words[usize::from(n)] = self.word(at)?;
                    at + 4
                }
                Act::Skip(n) => self.skip(at, n.into())?,
                Act::Text => self.text(at)?,
                Act::Blob => self.bytes(at)?,
                Act::Bool => self.truth(at)?,
                Act::Object(ty) => self.object(ty, at, depth)?,
                Act::Objects(ty) => self.objects(ty, at, depth)?,
                Act::Value(ty) => self.walk(ty, at, depth)?,
            };
        }
        Ok(at)
    }

    fn objects(&mut self, ty: u16, at: usize, depth: u32) -> Next {
        let (n, mut at) = self.counted(Kind::Vector, at)?;
        let depth = self.deeper(depth)?;
        for _ in 0..n {
            at = self.object(ty, at, depth)?;
        }
        Ok(at)
    }

    fn vector(&mut self, ty: Ty, at: usize, depth: u32) -> Next {
        let (n, mut at) = self.counted(ty.kind, at)?;
        let element = self.schema.element(ty);
        if let Some(size) = element.kind.fixed() {
            let bytes = (n as usize).checked_mul(size);
            return self.skip(at, bytes.unwrap_or(usize::MAX));
        }
        let depth = self.deeper(depth)?;
        for _ in 0..n {
            at = self.walk(element, at, depth)?;
        }
        Ok(at)
    }

    /// Reads the header of a vector and checks its count against the bytes there are.
    #[inline]
    pub(super) fn counted(&mut self, kind: Kind, at: usize) -> Result<(u32, usize), Stopped> {
        let mut at = at;
        if kind == Kind::Vector {
            let id = self.word(at)?;
            if id != VECTOR {
                return Err(self.stop(WalkError::NotAVector { id, at }));
            }
            at += 4;
        }
        let n = self.word(at)?;
        at += 4;
        // No value is shorter than four bytes.
        if n as usize > (self.buf.len() - at) / 4 {
            return Err(self.stop(WalkError::End { at }));
        }
        self.charge(1)?;
        Ok((n, at))
    }

    #[inline]
    pub(super) fn slot(&mut self, at: usize) -> Result<&'static Slot, Stopped> {
        let id = self.word(at)?;
        match self.view.slot(id) {
            Some(slot) => Ok(slot),
            None => Err(self.stop(WalkError::UnknownConstructor { id, at })),
        }
    }

    #[inline]
    pub(super) fn word(&mut self, at: usize) -> Result<u32, Stopped> {
        match self.buf.get(at..).and_then(<[u8]>::first_chunk) {
            Some(four) => Ok(u32::from_le_bytes(*four)),
            None => Err(self.stop(WalkError::End { at })),
        }
    }

    #[inline]
    fn skip(&mut self, at: usize, n: usize) -> Next {
        if n > self.buf.len() - at {
            return Err(self.stop(WalkError::End { at }));
        }
        Ok(at + n)
    }

    #[inline]
    pub(super) fn charge(&mut self, n: u32) -> Result<(), Stopped> {
        match self.elements.checked_sub(n) {
            Some(left) => {
                self.elements = left;
                Ok(())
            }
            None => Err(self.stop(WalkError::Elements { limit: self.limits.elements })),
        }
    }

    #[inline]
    fn deeper(&mut self, depth: u32) -> Result<u32, Stopped> {
        if depth >= self.limits.depth {
            return Err(self.stop(WalkError::Depth { limit: self.limits.depth }));
        }
        Ok(depth + 1)
    }

    #[inline]
    fn truth(&mut self, at: usize) -> Next {
        match self.word(at)? {
            BOOL_TRUE | BOOL_FALSE => Ok(at + 4),
            id => Err(self.stop(WalkError::NotABool { id, at })),
        }
    }

    fn bytes(&mut self, at: usize) -> Next {
        self.charge(1)?;
        let span = self.span(at, self.limits.blob)?;
        Ok(span.next)
    }

    fn text(&mut self, at: usize) -> Next {
        self.charge(1)?;
        let span = self.span(at, self.limits.string)?;
        // Padding that is no ASCII says nothing about the text.
        if ascii(&self.buf[span.start..span.next]) || std::str::from_utf8(&self.buf[span.start..span.end]).is_ok() {
            return Ok(span.next);
        }
        Err(self.stop(WalkError::Utf8 { at }))
    }

    /// Where the content of a `string` or `bytes` is.
    #[inline]
    pub(super) fn span(&mut self, at: usize, limit: usize) -> Result<Span, Stopped> {
        let head = self.word(at)?;
        let (header, len) = match head & 0xff {
            255 => return Err(self.stop(WalkError::StringHeader { at })),
            254 => (4, (head >> 8) as usize),
            n => (1, n as usize),
        };
        if len > limit {
            return Err(self.stop(WalkError::String { got: len, limit }));
        }
        let next = self.skip(at, (header + len + 3) & !3)?;
        Ok(Span { start: at + header, end: at + header + len, next })
    }
}

/// The content of a `string` or `bytes`, and what follows its padding.
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) next: usize,
}
