//! One conversion: reads the source once and writes the target; spans that stay as they are are
//! copied whole.

use super::plan::{Fallback, Plan, Zero};
use super::table::Table;
use crate::schema::{Kind, Schema, Ty};
use crate::walk::{BOOL_FALSE, BOOL_TRUE, Limits, Reader, VECTOR, WalkError};

/// Why a step could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The source bytes are broken.
    Walk(WalkError),
    /// The target has no form for this constructor; something around it may take the blow.
    NoForm(u32),
}

impl From<WalkError> for Stop {
    fn from(e: WalkError) -> Stop {
        Stop::Walk(e)
    }
}

pub(super) type Step = Result<(), Stop>;

/// Where to go back to when a value turns out to have no form.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    out: usize,
    copied: usize,
    pub(super) pos: usize,
    depth: u32,
    inline: bool,
}

pub(super) struct Converter<'a, 'o> {
    pub(super) table: &'a Table,
    pub(super) r: Reader<'a>,
    pub(super) schema: &'static Schema,
    pub(super) out: &'o mut Vec<u8>,
    /// Source bytes before this are written or dropped.
    pub(super) copied: usize,
    /// Inside an inline keyboard (upgrades).
    pub(super) inline: bool,
}

impl<'a, 'o> Converter<'a, 'o> {
    pub(super) fn new(table: &'a Table, bytes: &'a [u8], out: &'o mut Vec<u8>) -> Result<Self, WalkError> {
        let r = Reader::new(table.source, bytes, Limits::OWN)?;
        Ok(Converter { table, schema: r.schema, r, out, copied: 0, inline: false })
    }

    /// The bytes end with the value.
    pub(super) fn at_end(&self) -> Step {
        match self.r.buf.len() - self.r.pos {
            0 => Ok(()),
            count => Err(WalkError::Trailing { count }.into()),
        }
    }

    /// Copies everything read and not yet copied.
    #[inline]
    pub(super) fn flush(&mut self) {
        self.flush_to(self.r.pos);
    }

    #[inline]
    pub(super) fn flush_to(&mut self, end: usize) {
        self.out.extend_from_slice(&self.r.buf[self.copied..end]);
        self.copied = end;
    }

    /// Where in the output the next byte read will be, unless it is dropped.
    #[inline]
    pub(super) fn place(&self) -> usize {
        self.out.len() + (self.r.pos - self.copied)
    }

    /// Forgets everything read and not yet copied.
    #[inline]
    pub(super) fn drop_read(&mut self) {
        self.copied = self.r.pos;
    }

    #[inline]
    pub(super) fn put(&mut self, n: u32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    #[inline]
    pub(super) fn mark(&self) -> Mark {
        Mark { out: self.out.len(), copied: self.copied, pos: self.r.pos, depth: self.r.depth, inline: self.inline }
    }

    pub(super) fn rewind(&mut self, mark: Mark) {
        self.out.truncate(mark.out);
        self.copied = mark.copied;
        self.r.pos = mark.pos;
        self.r.depth = mark.depth;
        self.inline = mark.inline;
    }

    /// Converts a value of a source type.
    pub(super) fn value(&mut self, ty: Ty) -> Step {
        if self.table.clean(ty) {
            return Ok(self.r.value(ty)?);
        }
        match ty.kind {
            Kind::Vector | Kind::BareVector => self.vector(ty),
            Kind::Boxed => self.object(ty),
            Kind::Any => match self.r.peek()? {
                BOOL_TRUE | BOOL_FALSE => Ok(self.r.value(ty)?),
                _ => self.any(),
            },
            _ => Ok(self.r.value(ty)?),
        }
    }

    fn any(&mut self) -> Step {
        let at = self.r.pos;
        let index = self.r.any()?;
        let d = self.schema.decl(index);
        if d.function {
            return self.planned(index, at);
        }
        self.r.pos = at;
        self.object(d.result)
    }

    fn object(&mut self, ty: Ty) -> Step {
        let mark = self.mark();
        let index = self.r.boxed(ty.arg)?;
        let stop = match self.planned(index, mark.pos) {
            Err(Stop::NoForm(id)) if !self.table.strict => Stop::NoForm(id),
            done => return done,
        };
        match self.table.fallback(ty) {
            Fallback::None => Err(stop),
            Fallback::StandIn(target) => self.stand_in(mark, ty, target),
            Fallback::Update => self.update_stand_in(mark, ty, stop),
        }
    }

    /// Converts an object whose id, at `at`, was read.
    fn planned(&mut self, index: u16, at: usize) -> Step {
        self.r.enter()?;
        match self.table.plan_of(index) {
            Plan::Same(same) => self.same(&same)?,
            Plan::Map(map) => self.map(&map, index)?,
            Plan::Split(split) => {
                let split = self.table.split(split);
                let map = if self.r.peek()? & split.mask == 0 { split.without } else { split.with };
                self.map(&map, index)?;
            }
            Plan::ButtonDown => self.button_down(index, at)?,
            Plan::ButtonUp { inline, reply } => match self.inline {
                true => self.button_up(index, at, "keyboardInlineButton", inline)?,
                false => self.button_up(index, at, "keyboardButton", reply)?,
            },
            Plan::RowUp { target, same } => {
                if self.inline {
                    self.flush_to(at);
                    self.put(self.schema.decl(target).id);
                    self.drop_read();
                }
                self.same(&same)?;
            }
            Plan::ButtonType(_) | Plan::Missing => {
                return Err(Stop::NoForm(self.schema.decl(index).id));
            }
        }
        self.r.depth -= 1;
        Ok(())
    }

    /// Tries to convert a value; if it has no form it is left out, and that is false.
    pub(super) fn attempt(&mut self, ty: Ty, f: impl FnOnce(&mut Self) -> Step) -> Result<bool, Stop> {
        let mark = self.mark();
        match f(self) {
            Ok(()) => Ok(true),
            Err(Stop::NoForm(_)) => {
                self.rewind(mark);
                self.flush();
                self.r.value(ty)?;
                self.drop_read();
                Ok(false)
            }
            Err(e) => Err(e),
        }
    }

    fn vector(&mut self, ty: Ty) -> Step {
        let element = self.schema.element(ty);
        let n = self.r.count(ty)?;
        self.r.enter()?;
        if self.table.strict || !self.table.may_fail(element) {
            for _ in 0..n {
                self.value(element)?;
            }
        } else {
            self.thinned(n, element, |c| c.value(element))?;
        }
        self.r.depth -= 1;
        Ok(())
    }

    /// Converts the elements that have a form, then corrects the count just read.
    pub(super) fn thinned(&mut self, n: u32, element: Ty, mut f: impl FnMut(&mut Self) -> Step) -> Step {
        let place = self.place() - 4;
        let mut kept = 0u32;
        for _ in 0..n {
            kept += u32::from(self.attempt(element, &mut f)?);
        }
        // The first that goes has everything before it written.
        if kept != n {
            self.out[place..place + 4].copy_from_slice(&kept.to_le_bytes());
        }
        Ok(())
    }

    pub(super) fn zero(&mut self, zero: Zero) {
        self.flush();
        self.put_zero(zero);
    }

    pub(super) fn put_zero(&mut self, zero: Zero) {
        match zero {
            Zero::Bytes(n) => self.out.extend_from_slice(&[0; 32][..usize::from(n)]),
            Zero::False => self.put(BOOL_FALSE),
            Zero::Word(word) => self.put(word),
            Zero::EmptyVector => {
                self.put(VECTOR);
                self.put(0);
            }
        }
    }
}
