//! The declarations as the walk takes them: flat steps, made once per process.
//!
//! What the bytes do not show has no step (`true` fields), neighbours of one size are one step, and
//! what stands first in an object is told with its id.

use super::{Decl, Field, Kind, NO_FLAG, NONE, Schema, Ty};
use std::ops::Range;

/// What a step reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// This flags word.
    Flags(u8),
    /// So many bytes of whatever content.
    Skip(u16),
    Text,
    Blob,
    Bool,
    /// A constructor of this boxed type.
    Object(u16),
    /// A vector of them.
    Objects(u16),
    /// Any other type.
    Value(Ty),
}

/// One step; `flag` as in [`Field`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) act: Act,
    pub(crate) flag: u8,
}

/// An id, its declaration, and where that one's steps are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    pub(crate) id: u32,
    pub(crate) index: u16,
    /// The boxed type it makes, or [`NONE`]: a method, or a constructor of nothing boxed.
    pub(crate) ty: u16,
    /// Bytes after the id that are always there, before the first step.
    pub(crate) lead: u16,
    first: u16,
    count: u16,
}

impl Slot {
    /// No id.
    pub(super) const FREE: Slot = Slot { id: 0, index: NONE, ty: NONE, lead: 0, first: 0, count: 0 };

    /// Appends the steps of a declaration.
    pub(super) fn of(schema: &Schema, index: u16, steps: &mut Vec<Step>) -> Slot {
        let d = schema.decl(index);
        let mut first = steps.len();
        for f in schema.fields(d) {
            Step::append(schema, f, first, steps);
        }
        let lead = match steps.get(first) {
            Some(&Step { act: Act::Skip(n), flag: NO_FLAG }) => n,
            _ => 0,
        };
        first += usize::from(lead > 0);
        let place = |n: usize| u16::try_from(n).expect("some ten thousand steps");
        Slot { id: d.id, index, ty: Slot::ty(d), lead, first: place(first), count: place(steps.len() - first) }
    }

    fn ty(d: &Decl) -> u16 {
        match (d.function, d.result.kind) {
            (false, Kind::Boxed) => d.result.arg,
            _ => NONE,
        }
    }

    /// Where the steps are among all.
    #[inline]
    pub(crate) fn steps(&self) -> Range<usize> {
        let first = usize::from(self.first);
        first..first + usize::from(self.count)
    }
}

impl Step {
    /// Appends the step of a field to those that begin at `first`.
    pub(crate) fn append(schema: &Schema, f: &Field, first: usize, steps: &mut Vec<Step>) {
        if f.ty.kind == Kind::True {
            return;
        }
        let act = Act::of(schema, f);
        match (act, steps[first..].last_mut()) {
            (Act::Skip(n), Some(Step { act: Act::Skip(sum), flag })) if *flag == f.flag => *sum += n,
            _ => steps.push(Step { act, flag: f.flag }),
        }
    }
}

impl Act {
    /// The type of what may hold objects.
    pub(crate) fn ty(self, schema: &Schema) -> Option<Ty> {
        match self {
            Act::Object(arg) => Some(Ty { kind: Kind::Boxed, arg }),
            Act::Objects(arg) => Some(schema.vector_of(arg)),
            Act::Value(ty) => Some(ty),
            Act::Flags(_) | Act::Skip(_) | Act::Text | Act::Blob | Act::Bool => None,
        }
    }

    fn of(schema: &Schema, f: &Field) -> Act {
        match f.ty.kind {
            Kind::Flags => Act::Flags(f.ty.arg.to_le_bytes()[0]),
            Kind::Str => Act::Text,
            Kind::Bytes => Act::Blob,
            Kind::Bool => Act::Bool,
            Kind::Boxed => Act::Object(f.ty.arg),
            Kind::Vector if schema.element(f.ty).kind == Kind::Boxed => Act::Objects(schema.element(f.ty).arg),
            kind => match kind.fixed() {
                Some(size) => Act::Skip(u16::try_from(size).expect("32 at most")),
                None => Act::Value(f.ty),
            },
        }
    }
}
