//! Conversions of values whose type changes.

use super::convert::{Converter, Step, Stop};
use super::record::Run;
use super::table::Conv;
use crate::schema::{NONE, Ty};
use crate::walk::VECTOR;

impl Converter<'_, '_> {
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
            Conv::Extract { name, size } => self.extract(ty, name, size)?,
            Conv::ExtractEach { name, size } => {
                let element = self.schema.element(ty);
                let n = self.r.count(ty)?;
                return self.thinned(n, element, |c| {
                    c.flush();
                    c.extract(element, name, size)?;
                    c.drop_read();
                    Ok(())
                });
            }
            Conv::Reply { .. } | Conv::Fail => {
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

    /// Writes one plain field of an object in place of the object.
    fn extract(&mut self, ty: Ty, name: u16, size: u8) -> Step {
        let index = self.r.boxed(ty.arg)?;
        let record = self.record(index)?;
        self.r.pos = record.end;
        match record.find(self.schema, name) {
            Some((start, f)) => {
                self.r.pos = start;
                self.r.value(f.ty)?;
                let end = self.r.pos;
                self.out.extend_from_slice(&self.r.buf[start..end]);
                self.r.pos = record.end;
            }
            None if size > 0 => self.out.extend_from_slice(&[0; 32][..usize::from(size)]),
            None => return Err(Stop::NoForm(self.schema.decl(index).id)),
        }
        Ok(())
    }

    /// `reply_to_msg_id`, with the topic's id from elsewhere in the request, as `reply_to`.
    pub(super) fn reply(&mut self, ty: Ty, top: u16, run: &Run) -> Step {
        self.flush();
        let id = self.r.pos;
        self.r.value(ty)?;
        let after = self.r.pos;
        let mut topic = None;
        if top != NONE {
            self.r.pos = run.body;
            let record = self.record(run.index)?;
            topic = record.start(usize::from(top - self.schema.decl(run.index).first()));
            self.r.pos = after;
        }
        self.put_reply(id, topic)?;
        self.drop_read();
        Ok(())
    }
}
