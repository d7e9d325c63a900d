//! Derives the steps of a conversion from a source and a target declaration.

use super::plan::{Conv, Op, When, Zero};
use super::rules;
use super::table::Table;
use crate::schema::{Field, Kind, NO_FLAG, NONE, Schema, Ty};

/// Derives the steps from a source and a target declaration.
pub(super) struct Builder<'t> {
    table: &'t mut Table,
    schema: &'static Schema,
    index: u16,
    source_name: &'static str,
    source: &'static [Field],
    first: u16,
    target_name: &'static str,
    target: &'static [Field],
    target_first: u16,
    /// Next source field to read.
    next: usize,
    reordered: bool,
}

impl Builder<'_> {
    /// Appends the steps to the table; whether the order differs.
    pub(super) fn build(table: &mut Table, index: u16, target: u16) -> bool {
        let schema = table.source.schema;
        let d = schema.decl(index);
        let mut b = Builder {
            schema,
            index,
            source_name: schema.name(d.name),
            source: schema.fields(d),
            first: d.first(),
            target_name: schema.name(schema.decl(target).name),
            target: schema.fields(schema.decl(target)),
            target_first: schema.decl(target).first(),
            next: 0,
            reordered: false,
            table,
        };
        b.reordered = b.order_differs();
        let target = b.target;
        for f in target {
            b.step(f);
        }
        b.read_up_to(b.source.len());
        b.reordered
    }

    fn source_of(&self, name: u16) -> Option<usize> {
        self.source.iter().position(|f| f.name == name && f.ty.kind != Kind::Flags)
    }

    fn order_differs(&self) -> bool {
        let mut last = 0;
        self.target.iter().any(|f| {
            let at = self.data_source(f).unwrap_or(last);
            let back = at < last;
            last = last.max(at);
            back
        })
    }

    /// Where a target field's bytes come from, if it has any there.
    fn data_source(&self, f: &Field) -> Option<usize> {
        let at = self.found(f)?.0;
        (!matches!(self.source[at].ty.kind, Kind::True | Kind::Flags)).then_some(at)
    }

    /// The source field of a target field: of the same name, or by the rules; and then how its value
    /// is made, where the types do not say it.
    fn found(&self, f: &Field) -> Option<(usize, Option<Conv>)> {
        if let Some(at) = self.source_of(f.name) {
            // The same name may have become a part of what is now made of several fields.
            let fails = rules::conversion(self.source[at].ty, f.ty, self.schema.name(f.name)) == Conv::Fail;
            let made = (fails && self.table.strict).then(|| self.gathered(f)).flatten();
            return Some(made.unwrap_or((at, None)));
        }
        let newest = if self.table.strict { self.target_name } else { self.source_name };
        let other = rules::other_names(newest, self.schema.name(f.name), self.table.strict);
        let fits = |at: &usize| {
            let s = &self.source[*at];
            let taken = self.target.iter().any(|g| g.name == s.name);
            let flags = (s.ty.kind, f.ty.kind);
            let bits = matches!(flags, (Kind::True, Kind::Bool) | (Kind::Bool, Kind::True));
            !taken && (bits || rules::conversion(s.ty, f.ty, self.schema.name(f.name)) != Conv::Fail)
        };
        let named = |name: &str| self.source.iter().position(|s| self.schema.name(s.name) == name);
        if let Some(at) = other.filter_map(named).find(fits) {
            return Some((at, None));
        }
        if !self.table.strict {
            return None;
        }
        self.gathered(f)
    }

    /// The first of the source's own fields that the newest layer put into a constructor.
    fn gathered(&self, f: &Field) -> Option<(usize, Option<Conv>)> {
        let schema = self.schema;
        let (made, empty) = rules::gathered(self.target_name, schema.name(f.name))?;
        let target = self.table.target.named(made, false)?;
        let d = schema.decl(target);
        let inner = schema.fields(d).iter().find(|g| g.ty.kind != Kind::Flags)?;
        let at = self.source_of(inner.name)?;
        let empty = self.table.target.named(empty, false).unwrap_or(NONE);
        (d.result == f.ty).then_some((at, Some(Conv::Gather { target, empty })))
    }

    fn field_index(&self, at: usize) -> u16 {
        self.first + u16::try_from(at).expect("fewer than 256 fields")
    }

    fn target_index(&self, f: &Field) -> u16 {
        let at = self.target.iter().position(|g| g.name == f.name).expect("a field of the target");
        self.target_first + u16::try_from(at).expect("fewer than 256 fields")
    }

    /// Reads or skips the source fields before `end`.
    fn read_up_to(&mut self, end: usize) {
        if self.reordered {
            return;
        }
        while self.next < end {
            let ty = self.source[self.next].ty;
            match ty.kind {
                Kind::Flags => self.table.push(Op::Read(flags_word(ty))),
                Kind::True => {}
                _ => self.table.push(Op::Skip(self.field_index(self.next))),
            }
            self.next += 1;
        }
    }

    /// Reads the flags words that stand next in the source.
    fn read_words(&mut self) {
        while !self.reordered && self.next < self.source.len() {
            match self.source[self.next].ty.kind {
                Kind::Flags | Kind::True => self.read_up_to(self.next + 1),
                _ => return,
            }
        }
    }

    fn step(&mut self, f: &Field) {
        if f.ty.kind == Kind::Flags {
            self.read_words();
            self.table.push(Op::Reserve(flags_word(f.ty)));
            return;
        }
        let Some((at, conv)) = self.found(f) else {
            return self.without_source(f);
        };
        let s = self.source[at];
        match (s.ty.kind, f.ty.kind) {
            (Kind::True, Kind::True) => {
                // A `true` on the bit of a data field stands or falls with that field.
                let data = self.siblings(f).find(|g| self.data_source(g).is_some());
                if data.is_none() {
                    self.table.push_true(self.index, s.flag, f.flag);
                }
            }
            (Kind::True, Kind::Bool) => {
                self.table.push(Op::TrueToBool { target: self.target_index(f), source: s.flag, flag: f.flag });
            }
            (Kind::True, _) => self.without_source(f),
            (Kind::Bool, Kind::True) => {
                self.read_up_to(at);
                self.next = at + 1;
                let field = self.field_index(at);
                self.table.push(Op::BoolToTrue { field, target: self.target_index(f), flag: f.flag });
            }
            (_, Kind::True) => {}
            _ => self.data(f, at, conv),
        }
    }

    fn data(&mut self, f: &Field, at: usize, made: Option<Conv>) {
        let s = self.source[at];
        self.read_up_to(at);
        self.next = at + 1;
        let conv = made.unwrap_or_else(|| rules::conversion(s.ty, f.ty, self.schema.name(f.name)));
        let siblings = self.siblings(f).count();
        let when = if f.flag == NO_FLAG { When::Always } else { self.presence(f, s.flag) };
        let stands = when == When::flag(s.flag) || !rules::may_be_empty(self.target_name, self.schema.name(f.name));
        let zero = if stands { None } else { zero(f.ty) };
        let field = self.field_index(at);
        let alone = siblings == 0;
        self.table.push(Op::Field { field, target: self.target_index(f), flag: f.flag, when, alone, conv, zero });
    }

    /// Other data fields of the target on the same bit.
    fn siblings<'s>(&'s self, f: &'s Field) -> impl Iterator<Item = &'static Field> + 's {
        let same = |g: &&Field| g.flag != NO_FLAG && g.flag == f.flag && g.name != f.name;
        self.target.iter().filter(same).filter(|g| g.ty.kind != Kind::True)
    }

    /// When the target's bit is set: if any field on it has something to say. The fields' source
    /// flags stand in one word in every known pair; the check in `settle` covers the rest.
    fn presence(&self, f: &Field, own: u8) -> When {
        let sources = self.siblings(f).filter_map(|g| self.data_source(g));
        let flags = sources.map(|at| self.source[at].flag);
        let mut all = When::flag(own);
        for flag in flags {
            all = match (all, When::flag(flag)) {
                (When::Any { word, mask }, When::Any { word: other, mask: more }) if word == other => {
                    When::Any { word, mask: mask | more }
                }
                (When::Any { .. }, When::Any { .. }) => all,
                _ => When::Always,
            };
        }
        all
    }

    fn without_source(&mut self, f: &Field) {
        if f.ty.kind == Kind::True {
            return;
        }
        let given = rules::default(self.table.target, self.target_name, self.schema.name(f.name));
        let nothing = given.or_else(|| zero(f.ty));
        if f.flag == NO_FLAG {
            let target = self.target_index(f);
            let always = |zero| Op::Zero { target, flag: NO_FLAG, when: When::Always, zero };
            self.table.push(nothing.map_or(Op::Fail, always));
            return;
        }
        // Something else on the bit may have a source, and then this field must be there, too.
        let on_bit = |g: &&Field| g.flag == f.flag && g.name != f.name;
        let other = self.target.iter().filter(on_bit).find_map(|g| self.source_of(g.name));
        let Some(at) = other else { return };
        let s = self.source[at];
        let when = self.presence(f, s.flag);
        match nothing {
            Some(zero) => self.table.push(Op::Zero { target: self.target_index(f), flag: f.flag, when, zero }),
            None if s.ty.kind != Kind::True => self.table.push(Op::Fail),
            // A lone `true` goes rather than the object.
            None => self.table.drop_true(self.index, f.flag),
        }
    }
}

fn flags_word(ty: Ty) -> u8 {
    u8::try_from(ty.arg).expect("at most MAX_WORDS")
}

/// What says "nothing" for a type, where there is such a thing.
pub(super) fn zero(ty: Ty) -> Option<Zero> {
    match ty.kind {
        Kind::Int => Some(Zero::Bytes(4)),
        Kind::Long | Kind::Double => Some(Zero::Bytes(8)),
        Kind::Int128 => Some(Zero::Bytes(16)),
        Kind::Int256 => Some(Zero::Bytes(32)),
        // An empty string is its length byte and padding.
        Kind::Str | Kind::Bytes => Some(Zero::Bytes(4)),
        Kind::Bool => Some(Zero::False),
        Kind::Vector => Some(Zero::EmptyVector),
        _ => None,
    }
}
