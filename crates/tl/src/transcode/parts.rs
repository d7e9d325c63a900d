//! A declaration that keeps its id and fields: what of it is only walked, and where something may
//! change or go.

use super::convert::{Converter, Step};
use super::table::Table;
use crate::schema::{Act, MAX_WORDS, NO_FLAG, Ty};
use crate::walk::{Words, on};

/// Steps of the schema, and the parts among them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Same {
    lead: u16,
    /// Places among the schema's steps.
    steps: (u16, u16),
    /// Places among the table's parts.
    parts: (u16, u16),
}

/// A step that is more than walked over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Its place among the schema's steps.
    at: u16,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// A flags word of which a bit may go.
    Word(u8),
    /// A value with something in it that changes; `goes` if it is left out where it has no form.
    Value { ty: Ty, flag: u8, goes: bool },
}

impl Same {
    /// Appends the parts of a declaration.
    pub(super) fn of(table: &Table, index: u16, parts: &mut Vec<Part>) -> Same {
        let schema = table.source.schema;
        let slot = schema.slot_of(index);
        let steps = &schema.steps[slot.steps()];
        let place = |n: usize| u16::try_from(n).expect("some ten thousand steps and parts");
        let first = parts.len();
        // A field that shares its bit with another takes the whole object along.
        let alone = |flag| steps.iter().filter(|it| it.flag == flag).count() == 1;
        let goes = |ty, flag| !table.strict && flag != NO_FLAG && table.may_fail(ty) && alone(flag);
        let thins = steps.iter().any(|it| it.act.ty(schema).is_some_and(|ty| goes(ty, it.flag)));
        for (at, step) in slot.steps().zip(steps) {
            let what = match (step.act, step.act.ty(schema)) {
                (Act::Flags(n), _) if thins => What::Word(n),
                (_, Some(ty)) if !table.clean(ty) => What::Value { ty, flag: step.flag, goes: goes(ty, step.flag) },
                _ => continue,
            };
            parts.push(Part { at: place(at), what });
        }
        let steps = slot.steps();
        Same {
            lead: slot.lead,
            steps: (place(steps.start), place(steps.end)),
            parts: (place(first), place(parts.len())),
        }
    }
}

impl Converter<'_, '_> {
    /// Converts the fields of an object that keeps its id, which was read.
    pub(super) fn same(&mut self, same: &Same) -> Step {
        let mut words: Words = [0; MAX_WORDS];
        let mut places = [0; MAX_WORDS];
        let mut gone: Option<Words> = None;
        self.r.skip_over(same.lead.into())?;
        let mut next = usize::from(same.steps.0);
        for part in self.table.parts(same.parts) {
            let at = usize::from(part.at);
            self.r.steps(&self.schema.steps[next..at], &mut words)?;
            next = at + 1;
            match part.what {
                What::Word(n) => {
                    places[usize::from(n)] = self.place();
                    words[usize::from(n)] = self.r.u32()?;
                }
                What::Value { flag, .. } if !on(&words, flag) => {}
                What::Value { ty, goes: false, .. } => self.value(ty)?,
                What::Value { ty, flag, .. } => {
                    if !self.attempt(ty, |c| c.value(ty))? {
                        gone.get_or_insert_default()[usize::from(flag >> 5)] |= 1 << (flag & 31);
                    }
                }
            }
        }
        self.r.steps(&self.schema.steps[next..usize::from(same.steps.1)], &mut words)?;
        if let Some(gone) = gone {
            self.flush();
            for ((place, word), gone) in places.into_iter().zip(words).zip(gone).filter(|it| it.1 != 0) {
                self.out[place..place + 4].copy_from_slice(&(word & !gone).to_le_bytes());
            }
        }
        Ok(())
    }
}
