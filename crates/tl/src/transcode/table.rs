//! The plans of one pair of layers, derived from the two schemas.

use super::compile::Code;
use super::derive::Builder;
use super::parts::{Part, Same};
use super::plan::{Conv, Fallback, Map, Op, Plan, Split, When};
use super::rules;
use crate::layer::Layer;
use crate::schema::{Decl, Kind, NO_FLAG, Step, Ty, View, schema};
use crate::walk::Words;

/// Everything needed to convert from one layer to another.
pub(super) struct Table {
    pub(super) source: &'static View,
    pub(super) target: &'static View,
    /// Requests are never thinned out: what cannot be said is refused.
    pub(super) strict: bool,
    pub(super) plans: Vec<Plan>,
    pub(super) splits: Vec<Split>,
    pub(super) code: Code,
    parts: Vec<Part>,
    pub(super) trues: Vec<(u16, u8, u8)>,
    clean: Vec<bool>,
    may_fail: Vec<bool>,
    fallback: Vec<Fallback>,
}

impl Table {
    /// As it is run.
    pub(super) fn new(from: Layer, to: Layer) -> Table {
        Table::derived(from, to).compile()
    }

    /// As it is audited: a step says which fields it is of.
    pub(super) fn derived(from: Layer, to: Layer) -> Table {
        let schema = schema();
        let types = schema.boxed_count();
        let mut table = Table {
            source: View::of(from),
            target: View::of(to),
            strict: to.is_newest(),
            plans: vec![Plan::Missing; schema.decls.len()],
            splits: Vec::new(),
            code: Code::default(),
            parts: Vec::new(),
            trues: Vec::new(),
            clean: vec![true; types],
            may_fail: vec![false; types],
            fallback: vec![Fallback::None; types],
        };
        for index in table.source.all() {
            table.plans[usize::from(index)] = table.plan(index);
        }
        rules::fallbacks(schema, table.target, &mut table.fallback);
        table.settle();
        table.simplify();
        table
    }

    #[inline]
    pub(super) fn plan_of(&self, index: u16) -> Plan {
        self.plans[usize::from(index)]
    }

    pub(super) fn split(&self, at: u16) -> Split {
        self.splits[usize::from(at)]
    }

    #[inline]
    pub(super) fn ops(&self, map: &Map) -> &[Op] {
        &self.code.ops[map.first as usize..][..map.count as usize]
    }

    /// Steps over source fields.
    #[inline]
    pub(super) fn steps(&self, (first, end): (u16, u16)) -> &[Step] {
        &self.code.steps[usize::from(first)..usize::from(end)]
    }

    /// (source flag, target flag) of each `true` that moved.
    #[inline]
    pub(super) fn moved(&self, map: &Map) -> &[(u8, u8)] {
        &self.code.moved[usize::from(map.moved.0)..usize::from(map.moved.1)]
    }

    #[inline]
    pub(super) fn parts(&self, (first, end): (u16, u16)) -> &[Part] {
        &self.parts[usize::from(first)..usize::from(end)]
    }

    /// (source flag, target flag) of each `true` that both sides have.
    pub(super) fn trues(&self, index: u16) -> impl Iterator<Item = (u8, u8)> {
        let start = self.trues.partition_point(|t| t.0 < index);
        let own = self.trues[start..].iter().take_while(move |t| t.0 == index);
        own.map(|t| (t.1, t.2))
    }

    /// Whether nothing reachable from this type changes.
    #[inline]
    pub(super) fn clean(&self, ty: Ty) -> bool {
        match ty.kind {
            Kind::Boxed => self.clean[usize::from(ty.arg)],
            Kind::Vector | Kind::BareVector => self.clean(self.source.schema.element(ty)),
            Kind::Any => false,
            _ => true,
        }
    }

    /// Whether a value of this type may have no form in the target.
    #[inline]
    pub(super) fn may_fail(&self, ty: Ty) -> bool {
        ty.kind == Kind::Boxed && self.may_fail[usize::from(ty.arg)]
    }

    #[inline]
    pub(super) fn fallback(&self, ty: Ty) -> Fallback {
        match ty.kind {
            Kind::Boxed => self.fallback[usize::from(ty.arg)],
            _ => Fallback::None,
        }
    }

    /// Whether a `true` on this flag of the source is written as something else.
    pub(super) fn true_used(&self, map: &Map, flag: u8) -> bool {
        self.ops(map).iter().any(|op| matches!(op, Op::TrueToBool { source, .. } if *source == flag))
    }

    pub(super) fn push(&mut self, op: Op) {
        self.code.ops.push(op);
    }

    pub(super) fn push_true(&mut self, index: u16, source: u8, target: u8) {
        self.trues.push((index, source, target));
    }

    pub(super) fn drop_true(&mut self, index: u16, target: u8) {
        self.trues.retain(|t| t.0 != index || t.2 != target);
    }

    fn plan(&mut self, index: u16) -> Plan {
        let schema = self.source.schema;
        let d = schema.decl(index);
        let name = schema.name(d.name);
        if let Some(plan) = rules::buttons(self.source, self.target, name) {
            return plan;
        }
        let wanted = rules::renamed(self.target, name, d.function);
        let Some(target) = self.target.named(wanted, d.function) else {
            return Plan::Missing;
        };
        let without = self.map(index, target);
        let Some((field, other)) = rules::split(self.target, name) else {
            return Plan::Map(without);
        };
        let with = self.map(index, other);
        let found = schema.fields(d).iter().find(|f| schema.name(f.name) == field);
        let flag = found.map_or(NO_FLAG, |f| f.flag);
        assert!(flag < 32, "{name}.{field} is told by the first word");
        let at = u16::try_from(self.splits.len()).expect("a few");
        self.splits.push(Split { mask: 1 << flag, with, without });
        Plan::Split(at)
    }

    /// Derives the steps from the two declarations.
    fn map(&mut self, index: u16, target: u16) -> Map {
        let schema = self.source.schema;
        let first = u32::try_from(self.code.ops.len()).expect("a few thousand steps");
        let inline = match self.strict && rules::buttons_differ(self.source, self.target) {
            true => rules::keyboard(schema.name(schema.decl(target).name)),
            false => None,
        };
        let reordered = Builder::build(self, index, target);
        let count = u32::try_from(self.code.ops.len()).expect("a few thousand steps") - first;
        Map { target, first, count, reordered, inline, keep: Words::default(), moved: (0, 0) }
    }

    /// Finds what is clean and what may fail: both spread from a type to those that contain it.
    fn settle(&mut self) {
        let schema = self.source.schema;
        let all: Vec<u16> = self.source.all().filter(|i| schema.decl(*i).result.kind == Kind::Boxed).collect();
        loop {
            let mut changed = false;
            for &index in &all {
                let d = schema.decl(index);
                if d.function {
                    continue;
                }
                let ty = usize::from(d.result.arg);
                if self.clean[ty] && !self.decl_is_clean(index, d) {
                    self.clean[ty] = false;
                    changed = true;
                }
                if !self.may_fail[ty] && self.decl_may_fail(index, d) {
                    self.may_fail[ty] = true;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn decl_is_clean(&self, index: u16, d: &Decl) -> bool {
        self.target.holds(index) && self.source.schema.fields(d).iter().all(|f| self.clean(f.ty))
    }

    fn decl_may_fail(&self, index: u16, d: &Decl) -> bool {
        let schema = self.source.schema;
        // A stand-in catches every failure inside, too.
        if matches!(self.fallback(d.result), Fallback::StandIn(_)) {
            return false;
        }
        match self.plan_of(index) {
            Plan::Missing | Plan::Split(_) | Plan::ButtonDown | Plan::ButtonType(_) | Plan::ButtonUp { .. } => true,
            // Only upgrades, which thin nothing out.
            Plan::RowUp { .. } | Plan::Same(_) => false,
            Plan::Map(map) => self.ops(&map).iter().any(|op| match op {
                Op::Fail => true,
                Op::Field { field, flag, alone, conv, when, zero, .. } => {
                    let own = schema.field(*field);
                    let held = *flag == NO_FLAG || !*alone;
                    let absent = *when != When::flag(own.flag) && zero.is_none();
                    let fails = !matches!(conv, Conv::Keep | Conv::Wrap | Conv::Is { .. } | Conv::PeerId)
                        || self.may_fail(own.ty);
                    held && (absent || fails)
                }
                _ => false,
            }),
        }
    }

    /// A declaration that keeps its id needs no steps, unless it is what tells buttons apart.
    fn simplify(&mut self) {
        let mut parts = Vec::new();
        for index in self.source.all() {
            let same = match self.plan_of(index) {
                Plan::Map(Map { inline: None, .. }) if self.target.holds(index) => {
                    Plan::Same(Same::of(self, index, &mut parts))
                }
                Plan::RowUp { target, .. } => Plan::RowUp { target, same: Same::of(self, index, &mut parts) },
                _ => continue,
            };
            self.plans[usize::from(index)] = same;
        }
        self.parts = parts;
    }
}
