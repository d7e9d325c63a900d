//! The plans of one pair of layers, derived from the two schemas.

use super::derive::Builder;
use super::rules;
use crate::layer::Layer;
use crate::schema::{Decl, Field, Kind, NO_FLAG, Ty, View, schema};
use crate::walk::Words;

/// How a value of one type becomes one of another. The rules are generic: they hold wherever a
/// field's type changed in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conv {
    /// The same type: its content is converted.
    Keep,
    LongToInt,
    IntToLong,
    DoubleToInt,
    IntToDouble,
    StringToText,
    /// `Vector<T>` to `T`: the first, if any.
    First,
    /// `T` to `Vector<T>`.
    Wrap,
    /// The field of this name of a constructor; `size` zero bytes if absent, no form if 0.
    Extract {
        name: u16,
        size: u8,
    },
    /// The id of a peer of any kind.
    PeerId,
    /// Whether it is the constructor of this name.
    Is {
        name: u16,
    },
    /// Another constructor with the same fields, by this rule.
    Cast(u8),
    /// Each element of a vector, to one of this type.
    Each(Ty),
    /// A constructor made from fields of the object itself; `empty` where the first is an empty
    /// string.
    Gather {
        target: u16,
        empty: u16,
    },
    /// A quiz's right answers, once told by their bytes, now by their places.
    Answers,
    Fail,
}

/// A value that says "nothing" in a field that must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zero {
    Bytes(u8),
    False,
    EmptyVector,
    /// Four bytes: a number, or a constructor without fields.
    Word(u32),
}

/// When a target field is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// Any bit of this mask in this flags word of the source.
    Any {
        word: u8,
        mask: u32,
    },
}

impl When {
    pub(super) fn flag(flag: u8) -> When {
        match flag {
            NO_FLAG => When::Always,
            f => When::Any { word: f >> 5, mask: 1 << (f & 31) },
        }
    }

    #[inline]
    pub(super) fn holds(self, words: &Words) -> bool {
        match self {
            When::Always => true,
            When::Any { word, mask } => words[usize::from(word)] & mask != 0,
        }
    }
}

/// One step of a plan. Fields are indices into the schema's table of fields.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    /// Reads a flags word of the source.
    Read(u8),
    /// Leaves room for a flags word of the target.
    Reserve(u8),
    /// Walks over a source field that the target lacks.
    Skip(u16),
    /// Converts a source field into a target field.
    Field { field: u16, target: u16, flag: u8, when: When, alone: bool, conv: Conv, zero: Option<Zero> },
    /// Writes nothing in particular, since the target must have something.
    Zero { target: u16, flag: u8, when: When, zero: Zero },
    /// `true` to `Bool`.
    TrueToBool { target: u16, source: u8, flag: u8 },
    /// `Bool` to `true`.
    BoolToTrue { field: u16, target: u16, flag: u8 },
    /// The target needs what the source cannot give.
    Fail,
}

/// How a declaration of the source becomes one of the target.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plan {
    /// The same id and fields; only contents may change.
    Same,
    Map(Map),
    /// Two constructors of the target, by the table's list.
    Split(u16),
    /// A 229 button, whose `type` says which of the older constructors it was.
    ButtonDown,
    /// A type of a 229 button: the older constructor that stands for both.
    ButtonType(u16),
    /// An older button: the 229 type it has in an inline and in a reply keyboard.
    ButtonUp {
        inline: u16,
        reply: u16,
    },
    /// A row of older buttons: in an inline keyboard it has another constructor since 229.
    RowUp(u16),
    Missing,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Map {
    pub(super) target: u16,
    pub(super) first: u32,
    pub(super) count: u32,
    /// The fields' order differs, so they are found before they are written.
    pub(super) reordered: bool,
    /// Fields after this constructor's id belong to an inline keyboard (upgrades).
    pub(super) inline: Option<bool>,
}

/// Two constructors of the target, told apart by a bit of the source's first word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) mask: u32,
    pub(super) with: Map,
    pub(super) without: Map,
}

/// What replaces a value of a type whose constructor the target cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fallback {
    /// Nothing: the nearest optional field or vector element around it goes.
    None,
    /// A constructor of which the type's others have every field.
    StandIn(u16),
    /// An update with the same `pts` and `pts_count`, or `qts`.
    Update,
}

/// Everything needed to convert from one layer to another.
pub(super) struct Table {
    pub(super) source: &'static View,
    pub(super) target: &'static View,
    /// Requests are never thinned out: what cannot be said is refused.
    pub(super) strict: bool,
    plans: Vec<Plan>,
    splits: Vec<Split>,
    ops: Vec<Op>,
    trues: Vec<(u16, u8, u8)>,
    clean: Vec<bool>,
    may_fail: Vec<bool>,
    fallback: Vec<Fallback>,
}

impl Table {
    pub(super) fn new(from: Layer, to: Layer) -> Table {
        let schema = schema();
        let types = schema.boxed_count();
        let mut table = Table {
            source: View::of(from),
            target: View::of(to),
            strict: to.is_newest(),
            plans: vec![Plan::Missing; schema.decls.len()],
            splits: Vec::new(),
            ops: Vec::new(),
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
        &self.ops[map.first as usize..][..map.count as usize]
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
        self.ops.push(op);
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
        let first = u32::try_from(self.ops.len()).expect("a few thousand steps");
        let inline = match self.strict && rules::buttons_differ(self.source, self.target) {
            true => rules::keyboard(schema.name(schema.decl(target).name)),
            false => None,
        };
        let reordered = Builder::build(self, index, target);
        let count = u32::try_from(self.ops.len()).expect("a few thousand steps") - first;
        Map { target, first, count, reordered, inline }
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
            Plan::RowUp(_) => false,
            Plan::Same => false,
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

    /// A declaration that keeps its id needs no steps unless an optional field may go.
    fn simplify(&mut self) {
        let schema = self.source.schema;
        for index in self.source.all() {
            if !self.target.holds(index) || !matches!(self.plan_of(index), Plan::Map(_)) {
                continue;
            }
            let fields = schema.fields(schema.decl(index));
            let may_go = |f: &Field| f.flag != NO_FLAG && self.may_fail(f.ty);
            let keyboard = matches!(self.plan_of(index), Plan::Map(Map { inline: Some(_), .. }));
            let thins = !self.strict && fields.iter().any(may_go);
            if !keyboard && !thins {
                self.plans[usize::from(index)] = Plan::Same;
            }
        }
    }
}
