//! Conversions of values whose type changes.

use super::convert::{Converter, Step, Stop};
use super::plan::Conv;
use super::record::Run;
use super::rules;
use crate::schema::{NONE, Ty};
use crate::walk::{BOOL_FALSE, BOOL_TRUE, VECTOR, VECTOR_OF_OBJECTS};

impl<'a> Converter<'a, '_> {
    /// Converts a value whose type changes.
    pub(super) fn convert(&mut self, conv: Conv, ty: Ty) -> Step {
        if conv == Conv::Keep {
            return self.value(ty);
        }
        self.flush();
        match conv {
            Conv::Keep => {}
            Conv::LongToInt => {
                let v = self.r.i64()?.clamp(i32::MIN.into(), i32::MAX.into());
                self.out.extend_from_slice(&v.to_le_bytes()[..4]);
            }
            Conv::IntToLong => {
                let v = i64::from(self.r.u32()?.cast_signed());
                self.out.extend_from_slice(&v.to_le_bytes());
            }
            Conv::DoubleToInt => {
                // A float cast saturates and makes NaN zero, which is what is wanted.
                let v = f64::from_bits(self.r.i64()?.cast_unsigned()) as i32;
                self.out.extend_from_slice(&v.to_le_bytes());
            }
            Conv::IntToDouble => {
                let v = f64::from(self.r.u32()?.cast_signed());
                self.out.extend_from_slice(&v.to_le_bytes());
            }
            Conv::StringToText => {
                let found = self.table.target.named("textWithEntities", false);
                let index = found.ok_or(Stop::NoForm(0))?;
                self.put(self.schema.decl(index).id);
                self.r.value(ty)?;
                self.flush();
                self.put(VECTOR);
                self.put(0);
            }
            Conv::First => return self.first(ty),
            Conv::Wrap => {
                self.put(VECTOR);
                self.put(1);
                return self.value(ty);
            }
            Conv::Extract { name, size } => return self.extract(ty, name, size),
            Conv::PeerId => {
                self.r.boxed(ty.arg)?;
                let id = self.r.i64()?;
                self.out.extend_from_slice(&id.to_le_bytes());
            }
            Conv::Is { name } => {
                let index = self.r.boxed(ty.arg)?;
                self.r.fields(index)?;
                let yes = self.schema.decl(index).name == name;
                self.put(if yes { BOOL_TRUE } else { BOOL_FALSE });
            }
            Conv::Cast(rule) => return self.cast(ty, rule),
            Conv::Each(to) => return self.each(ty, to),
            Conv::Gather { .. } | Conv::Answers | Conv::Fail => {
                return Err(Stop::NoForm(self.r.peek()?));
            }
        }
        self.drop_read();
        Ok(())
    }

    fn first(&mut self, ty: Ty) -> Step {
        let element = self.schema.element(ty);
        let n = self.r.count(ty)?;
        if n == 0 {
            return Err(Stop::NoForm(VECTOR));
        }
        self.drop_read();
        self.value(element)?;
        self.flush();
        for _ in 1..n {
            self.r.value(element)?;
        }
        self.drop_read();
        Ok(())
    }

    /// Writes one field of an object in place of the object.
    fn extract(&mut self, ty: Ty, name: u16, size: u8) -> Step {
        let index = self.r.boxed(ty.arg)?;
        let record = self.record(index)?;
        match record.find(self.schema, name) {
            Some((start, f)) => {
                self.r.pos = start;
                self.drop_read();
                self.value(f.ty)?;
                self.flush();
            }
            None if size > 0 => self.out.extend_from_slice(&[0; 32][..usize::from(size)]),
            None => return Err(Stop::NoForm(self.schema.decl(index).id)),
        }
        self.r.pos = record.end;
        self.drop_read();
        Ok(())
    }

    fn cast(&mut self, ty: Ty, rule: u8) -> Step {
        let index = self.r.boxed(ty.arg)?;
        let d = self.schema.decl(index);
        let name = rules::cast(rule, self.schema.name(d.name));
        let target = name.and_then(|n| self.table.target.named(n, false));
        let target = target.ok_or(Stop::NoForm(d.id))?;
        let record = self.record(index)?;
        self.emit(target, &[&record], NONE)?;
        self.r.pos = record.end;
        self.drop_read();
        Ok(())
    }

    fn each(&mut self, ty: Ty, to: Ty) -> Step {
        let element = self.schema.element(ty);
        let conv = rules::conversion(element, to, "");
        let n = self.r.count(ty)?;
        self.r.enter()?;
        if self.table.strict {
            for _ in 0..n {
                self.convert(conv, element)?;
            }
        } else {
            self.thinned(n, element, |c| c.convert(conv, element))?;
        }
        self.r.depth -= 1;
        Ok(())
    }

    /// A constructor made from fields of the object itself, of which the reader is at the first.
    pub(super) fn gather(&mut self, ty: Ty, target: u16, empty: u16, run: &Run) -> Step {
        self.flush();
        let start = self.r.pos;
        self.r.value(ty)?;
        let after = self.r.pos;
        if empty != NONE && self.r.buf[start..after] == [0; 4] {
            self.put(self.schema.decl(empty).id);
        } else {
            self.r.pos = run.body;
            let own = self.record(run.index)?;
            self.emit(target, &[&own], NONE)?;
        }
        self.r.pos = after;
        self.drop_read();
        Ok(())
    }

    /// A quiz's right answers by their places among its answers.
    pub(super) fn answers(&mut self, ty: Ty, run: &Run) -> Step {
        self.flush();
        let at = self.r.pos;
        self.r.value(ty)?;
        let after = self.r.pos;
        self.r.pos = run.body;
        let media = self.record(run.index)?;
        let no_form = Stop::NoForm(self.schema.decl(run.index).id);
        let options = self.options(media.offset(self.schema, "poll").ok_or(no_form)?)?;
        self.r.pos = at;
        let n = self.r.count(ty)?;
        self.put(VECTOR);
        self.put(n);
        for _ in 0..n {
            let right = self.r.blob(usize::MAX)?;
            let place = options.iter().position(|it| *it == right);
            let place = place.and_then(|it| u32::try_from(it).ok());
            self.put(place.ok_or(no_form)?);
        }
        self.r.pos = after;
        self.drop_read();
        Ok(())
    }

    /// The options of the poll at this offset, in the order of its answers.
    fn options(&mut self, poll: usize) -> Result<Vec<&'a [u8]>, Stop> {
        self.r.pos = poll;
        let index = self.r.any()?;
        let poll = self.record(index)?;
        let no_form = Stop::NoForm(self.schema.decl(index).id);
        self.r.pos = poll.offset(self.schema, "answers").ok_or(no_form)?;
        let n = self.r.count(VECTOR_OF_OBJECTS)?;
        let mut options = Vec::new();
        for _ in 0..n {
            let index = self.r.any()?;
            let answer = self.record(index)?;
            self.r.pos = answer.offset(self.schema, "option").ok_or(no_form)?;
            options.push(self.r.blob(usize::MAX)?);
            self.r.pos = answer.end;
        }
        Ok(options)
    }
}
