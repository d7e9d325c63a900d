//! Objects that get another id or other fields: the steps of their plan.

use super::convert::{Converter, Step, Stop};
use super::plan::{Conv, Map, Op};
use super::record::{Record, Run};
use crate::schema::{NO_FLAG, Ty};
use crate::walk::{BOOL_FALSE, BOOL_TRUE, on};

impl Converter<'_, '_> {
    /// Converts an object whose id was read.
    pub(super) fn map(&mut self, map: &Map, index: u16) -> Step {
        let outer = self.inline;
        self.inline = map.inline.unwrap_or(outer);
        let mut run = Run { index, body: self.r.pos, ..Run::default() };
        // The id is written last, where the source's stands.
        let place = self.place() - 4;
        match map.reordered {
            true => self.reordered(map, &mut run)?,
            false => {
                let table = self.table;
                for op in table.ops(map) {
                    self.step(op, &mut run, None)?;
                }
            }
        }
        self.flush();
        self.inline = outer;
        for (target, (source, keep)) in run.target.iter_mut().zip(run.source.iter().zip(map.keep)) {
            *target |= source & keep;
        }
        for (source, target) in self.table.moved(map) {
            if on(&run.source, *source) {
                run.set(*target);
            }
        }
        run.finish(self.out);
        self.out[place..place + 4].copy_from_slice(&self.schema.decl(map.target).id.to_le_bytes());
        Ok(())
    }

    /// Fields whose order differs are found before they are written.
    #[inline(never)]
    fn reordered(&mut self, map: &Map, run: &mut Run) -> Step {
        self.flush();
        let record = self.record(run.index)?;
        run.source = self.words(&record)?;
        let table = self.table;
        for op in table.ops(map) {
            self.step(op, run, Some(&record))?;
        }
        self.r.pos = record.end;
        self.drop_read();
        Ok(())
    }

    fn step(&mut self, op: &Op, run: &mut Run, record: Option<&Record>) -> Step {
        match *op {
            Op::Read(word) => {
                self.flush();
                run.source[usize::from(word)] = self.r.u32()?;
                self.drop_read();
            }
            Op::Reserve(word) => {
                self.flush();
                run.places[usize::from(word)] = self.out.len();
                self.put(0);
            }
            Op::Word { source, target } => {
                run.places[usize::from(target)] = self.place();
                run.source[usize::from(source)] = self.r.u32()?;
            }
            Op::Skip(field) => {
                let f = self.schema.field(field);
                if on(&run.source, f.flag) {
                    self.flush();
                    self.r.value(f.ty)?;
                    self.drop_read();
                }
            }
            Op::Walk(steps) => self.r.steps(self.table.steps(steps), &mut run.source)?,
            Op::Drop(steps) => {
                let before = self.r.pos;
                self.r.steps(self.table.steps(steps), &mut run.source)?;
                if self.r.pos != before {
                    self.flush_to(before);
                    self.drop_read();
                }
            }
            Op::Field { .. } => self.field_op(op, run, record)?,
            Op::Zero { flag, when, zero, .. } => {
                if when.holds(&run.source) {
                    self.zero(zero);
                    run.set(flag);
                }
            }
            Op::TrueToBool { source, flag, .. } => {
                let value = on(&run.source, source);
                if value || flag == NO_FLAG {
                    self.flush();
                    self.put(if value { BOOL_TRUE } else { BOOL_FALSE });
                    run.set(flag);
                }
            }
            Op::BoolToTrue { field, flag, .. } => {
                if on(&run.source, self.schema.field(field).flag) {
                    self.go_to(record, field, run.index);
                    self.flush();
                    if self.r.bool()? {
                        run.set(flag);
                    }
                    self.drop_read();
                }
            }
            Op::Fail => return Err(Stop::NoForm(self.schema.decl(run.index).id)),
        }
        Ok(())
    }

    fn field_op(&mut self, op: &Op, run: &mut Run, record: Option<&Record>) -> Step {
        let Op::Field { field, flag, when, alone, conv, zero, .. } = *op else {
            return Ok(());
        };
        if !when.holds(&run.source) {
            return Ok(());
        }
        let f = self.schema.field(field);
        if !on(&run.source, f.flag) {
            let id = self.schema.decl(run.index).id;
            self.zero(zero.ok_or(Stop::NoForm(id))?);
            run.set(flag);
            return Ok(());
        }
        self.go_to(record, field, run.index);
        let optional = flag != NO_FLAG && alone;
        if self.field(f.ty, conv, run, optional)? {
            run.set(flag);
        }
        if record.is_some() {
            self.flush();
        }
        Ok(())
    }

    /// Moves to a field where the order differs; elsewhere the reader is there already.
    fn go_to(&mut self, record: Option<&Record>, field: u16, index: u16) {
        let Some(record) = record else { return };
        let at = usize::from(field - self.schema.decl(index).first());
        if let Some(start) = record.start(at) {
            self.r.pos = start;
            self.drop_read();
        }
    }

    /// Converts one field; false if it was left out.
    fn field(&mut self, ty: Ty, conv: Conv, run: &Run, optional: bool) -> Result<bool, Stop> {
        let convert = |c: &mut Self| match conv {
            Conv::Gather { target, empty } => c.gather(ty, target, empty, run),
            Conv::Answers => c.answers(ty, run),
            _ => c.convert(conv, ty),
        };
        // An empty vector says as little as an absent field, in requests, too.
        let thin = !self.table.strict || conv == Conv::First;
        let fails = conv != Conv::Keep || self.table.may_fail(ty);
        if !(optional && thin && fails) {
            convert(self)?;
            return Ok(true);
        }
        self.attempt(ty, convert)
    }
}
