//! Where the fields of one source object are, and what is known of the target one being written.

use super::convert::{Converter, Stop};
use crate::schema::{Field, Kind, MAX_FIELDS, MAX_WORDS, NO_FLAG, Schema};
use crate::walk::{WalkError, Words, on};

/// Where the fields of one object are.
pub(super) struct Record {
    pub(super) index: u16,
    starts: [u32; MAX_FIELDS],
    pub(super) end: usize,
}

const ABSENT: u32 = u32::MAX;

impl Record {
    /// Offset of a field by its place in the declaration.
    pub(super) fn start(&self, at: usize) -> Option<usize> {
        match self.starts[at] {
            ABSENT => None,
            n => Some(n as usize),
        }
    }

    /// A present field by its name.
    pub(super) fn find(&self, schema: &'static Schema, name: u16) -> Option<(usize, &'static Field)> {
        let fields = schema.fields(schema.decl(self.index));
        let at = fields.iter().position(|f| f.name == name && f.ty.kind != Kind::Flags)?;
        self.start(at).map(|start| (start, &fields[at]))
    }

    /// Offset of a present field by its name's text.
    pub(super) fn offset(&self, schema: &'static Schema, name: &str) -> Option<usize> {
        let fields = schema.fields(schema.decl(self.index));
        let at = fields.iter().position(|f| schema.name(f.name) == name)?;
        self.start(at)
    }
}

/// What one object's conversion knows so far.
#[derive(Default)]
pub(super) struct Run {
    pub(super) index: u16,
    /// Offset of the source's first field.
    pub(super) body: usize,
    pub(super) source: Words,
    pub(super) target: Words,
    /// Where the target's flags words are to be written.
    pub(super) places: [usize; MAX_WORDS],
}

impl Run {
    #[inline]
    pub(super) fn set(&mut self, flag: u8) {
        if flag != NO_FLAG {
            self.target[usize::from(flag >> 5)] |= 1 << (flag & 31);
        }
    }

    pub(super) fn reserve(&mut self, word: u16, out: &mut Vec<u8>) {
        self.places[usize::from(word)] = out.len();
        out.extend_from_slice(&[0; 4]);
    }

    /// Writes the flags words, last because a bit may move between words and fields may go.
    pub(super) fn finish(&self, out: &mut [u8]) {
        for (place, word) in self.places.iter().zip(&self.target) {
            if *place != 0 {
                out[*place..*place + 4].copy_from_slice(&word.to_le_bytes());
            }
        }
    }
}

impl Converter<'_, '_> {
    /// Finds the fields of an object whose id was read; the reader stays there.
    pub(super) fn record(&mut self, index: u16) -> Result<Record, Stop> {
        let body = self.r.pos;
        let mut record = Record { index, starts: [ABSENT; MAX_FIELDS], end: 0 };
        let mut words: Words = [0; MAX_WORDS];
        let fields = self.schema.fields(self.schema.decl(index));
        for (f, start) in fields.iter().zip(&mut record.starts) {
            if !on(&words, f.flag) {
                continue;
            }
            *start = u32::try_from(self.r.pos).map_err(|_| WalkError::End { at: body })?;
            if f.ty.kind == Kind::Flags {
                words[usize::from(f.ty.arg)] = self.r.u32()?;
            } else {
                self.r.value(f.ty)?;
            }
        }
        record.end = self.r.pos;
        self.r.pos = body;
        Ok(record)
    }

    pub(super) fn words(&mut self, record: &Record) -> Result<Words, Stop> {
        let mut words: Words = [0; MAX_WORDS];
        let pos = self.r.pos;
        for (i, f) in self.schema.fields(self.schema.decl(record.index)).iter().enumerate() {
            if let (Kind::Flags, Some(start)) = (f.ty.kind, record.start(i)) {
                self.r.pos = start;
                words[usize::from(f.ty.arg)] = self.r.u32()?;
            }
        }
        self.r.pos = pos;
        Ok(words)
    }
}
