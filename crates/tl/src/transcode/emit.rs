//! The conversions that build an object by field name: buttons, stand-ins for updates.

use super::convert::{Converter, Mark, Step, Stop};
use super::derive;
use super::plan::Plan;
use super::record::{Record, Run};
use super::rules;
use crate::schema::{Field, Kind, NO_FLAG, NONE, Ty};
use crate::walk::VECTOR;
use grammers_tl_types::{Identifiable, types};

impl Converter<'_, '_> {
    /// A 229 button as the older constructor for its type.
    pub(super) fn button_down(&mut self, index: u16, at: usize) -> Step {
        self.flush_to(at);
        let button = self.record(index)?;
        let no_form = Stop::NoForm(self.schema.decl(index).id);
        self.r.pos = button.offset(self.schema, "type").ok_or(no_form)?;
        let ty = self.r.any()?;
        let Plan::ButtonType(target) = self.table.plan_of(ty) else {
            return Err(Stop::NoForm(self.schema.decl(ty).id));
        };
        let detail = self.record(ty)?;
        self.emit(target, &[&button, &detail], NONE)?;
        self.r.pos = button.end;
        self.drop_read();
        Ok(())
    }

    /// An older button as a 229 one of this name; `ty` is its type in the keyboard it stands in.
    pub(super) fn button_up(&mut self, index: u16, at: usize, name: &str, ty: u16) -> Step {
        let no_form = Stop::NoForm(self.schema.decl(index).id);
        if ty == NONE {
            return Err(no_form);
        }
        let target = self.table.target.named(name, false).ok_or(no_form)?;
        self.flush_to(at);
        let button = self.record(index)?;
        self.emit(target, &[&button], ty)?;
        self.r.pos = button.end;
        self.drop_read();
        Ok(())
    }

    /// Writes a target constructor from the source fields of the same names. A field that must be
    /// there and has no source is `nested`, made from the same fields.
    pub(super) fn emit(&mut self, target: u16, from: &[&Record], nested: u16) -> Step {
        let d = self.schema.decl(target);
        self.put(d.id);
        let mut run = Run::default();
        for f in self.schema.fields(d) {
            if f.ty.kind == Kind::Flags {
                run.reserve(f.ty.arg, self.out);
                continue;
            }
            let found = from.iter().find_map(|r| r.find(self.schema, f.name));
            let own = found.filter(|(_, s)| self.schema.name(s.name) != "type");
            match own {
                Some(_) if f.ty.kind == Kind::True => run.set(f.flag),
                Some((start, s)) => {
                    self.copy_field(start, s.ty, f)?;
                    run.set(f.flag);
                }
                None if f.flag != NO_FLAG => {}
                None if nested != NONE => self.emit(nested, from, NONE)?,
                None => {
                    let given = rules::default(self.table.target, self.schema.name(d.name), self.schema.name(f.name));
                    self.put_zero(given.or_else(|| derive::zero(f.ty)).ok_or(Stop::NoForm(d.id))?);
                }
            }
        }
        run.finish(self.out);
        Ok(())
    }

    fn copy_field(&mut self, start: usize, from: Ty, to: &Field) -> Step {
        self.r.pos = start;
        self.drop_read();
        let conv = rules::conversion(from, to.ty, self.schema.name(to.name));
        self.convert(conv, from)?;
        self.flush();
        Ok(())
    }

    fn put_empty_vector(&mut self) {
        self.put(VECTOR);
        self.put(0);
    }

    fn put_span(&mut self, start: usize, len: usize) {
        self.out.extend_from_slice(&self.r.buf[start..start + len]);
    }

    /// Replaces a value that has no form by a constructor that says less.
    pub(super) fn stand_in(&mut self, mark: Mark, ty: Ty, target: u16) -> Step {
        self.rewind(mark);
        self.flush();
        let index = self.r.boxed(ty.arg)?;
        let source = self.record(index)?;
        self.emit(target, &[&source], NONE)?;
        self.r.pos = source.end;
        self.drop_read();
        Ok(())
    }

    /// Replaces an update that has no form by one that says nothing but moves the same counter:
    /// a dropped `pts` or `qts` would be a gap to the client.
    pub(super) fn update_stand_in(&mut self, mark: Mark, ty: Ty, stop: Stop) -> Step {
        self.rewind(mark);
        self.flush();
        let index = self.r.boxed(ty.arg)?;
        let update = self.record(index)?;
        let field = |name| update.offset(self.schema, name);
        match (field("pts"), field("pts_count"), field("qts")) {
            (Some(pts), Some(count), _) => match self.channel_of(&update)? {
                Some(channel) => {
                    self.put(types::UpdateDeleteChannelMessages::CONSTRUCTOR_ID);
                    self.put_span(channel, 8);
                    self.put_empty_vector();
                    self.put_span(pts, 4);
                    self.put_span(count, 4);
                }
                None => {
                    self.put(types::UpdateDeleteMessages::CONSTRUCTOR_ID);
                    self.put_empty_vector();
                    self.put_span(pts, 4);
                    self.put_span(count, 4);
                }
            },
            (_, _, Some(qts)) => {
                self.put(types::UpdateNewEncryptedMessage::CONSTRUCTOR_ID);
                self.put(types::EncryptedMessageService::CONSTRUCTOR_ID);
                // random_id, chat_id, date, bytes: a message of no chat, which clients ignore.
                self.out.extend_from_slice(&[0; 8 + 4 + 4 + 4]);
                self.put_span(qts, 4);
            }
            _ => return Err(stop),
        }
        self.r.pos = update.end;
        self.drop_read();
        Ok(())
    }

    /// Offset of the channel's id, if the update counts in a channel's log.
    fn channel_of(&mut self, update: &Record) -> Result<Option<usize>, Stop> {
        if let Some(at) = update.offset(self.schema, "channel_id") {
            return Ok(Some(at));
        }
        let name = self.schema.name(self.schema.decl(update.index).name);
        if !name.contains("Channel") {
            return Ok(None);
        }
        let Some(message) = update.offset(self.schema, "message") else {
            return Ok(None);
        };
        self.r.pos = message;
        let index = self.r.any()?;
        let message = self.record(index)?;
        let Some(peer) = message.offset(self.schema, "peer_id") else {
            return Ok(None);
        };
        self.r.pos = peer;
        let channel = self.r.u32()? == types::PeerChannel::CONSTRUCTOR_ID;
        Ok(channel.then_some(peer + 4))
    }
}
