//! What the tables and rules of a layer leave unsaid: for whoever adds the next layer, and for the
//! test that holds this list against `layers/gaps.tsv`.

use super::plan::{Conv, Fallback, Op, Plan, When, Zero};
use super::rules;
use super::table::Table;
use crate::layer::Layer;
use crate::schema::{Decl, Field, Kind, NO_FLAG, Ty, View, schema};
use std::collections::BTreeSet;

/// What is lost or refused between a layer and the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gap {
    /// A method of the older layer is refused: the newest has none like it.
    NoMethod,
    /// A method's answer changed its type and no rule says how.
    NoResult,
    /// An older constructor in a request is refused.
    NoConstructorUp,
    /// A constructor that both layers have is never written to the older one.
    NoConstructorDown,
    /// A field of an older request is refused.
    RefusedUp,
    /// A field of an older request is ignored.
    IgnoredUp,
    /// A field that the newest layer requires of a request is zero or empty.
    EmptyUp,
    /// A constructor is not written to the older layer where an optional field is absent.
    AbsentDown,
    /// An optional field of the older layer is never set.
    NeverDown,
    /// A field that the older layer requires is zero or empty.
    EmptyDown,
}

impl Gap {
    /// As `layers/gaps.tsv` spells it.
    pub fn text(self) -> &'static str {
        match self {
            Gap::NoMethod => "no-method",
            Gap::NoResult => "no-result",
            Gap::NoConstructorUp => "no-constructor-up",
            Gap::NoConstructorDown => "no-constructor-down",
            Gap::RefusedUp => "refused-up",
            Gap::IgnoredUp => "ignored-up",
            Gap::EmptyUp => "empty-up",
            Gap::AbsentDown => "absent-down",
            Gap::NeverDown => "never-down",
            Gap::EmptyDown => "empty-down",
        }
    }
}

/// Gaps, each with its constructor or method and the field.
pub type Gaps = BTreeSet<(Gap, String)>;

/// Each gap with the first and the last served layer that has it, as `layers/gaps.tsv` has them.
pub fn all() -> Vec<(Gap, String, u16, u16)> {
    let mut found = std::collections::BTreeMap::<(Gap, String), (u16, u16)>::new();
    for layer in Layer::all() {
        let n = layer.get();
        for gap in gaps(layer) {
            found.entry(gap).or_insert((n, n)).1 = n;
        }
    }
    found.into_iter().map(|((gap, name), (first, last))| (gap, name, first, last)).collect()
}

/// The lines of `layers/gaps.tsv`, without the reasons, and whether each has one.
pub fn known() -> impl Iterator<Item = (&'static str, bool)> {
    let lines = include_str!("../../layers/gaps.tsv").lines().filter(|l| !l.starts_with('#'));
    lines.map(|l| l.rsplit_once('\t').map_or((l, false), |(line, reason)| (line, reason.len() > 10)))
}

/// A gap as a line of `layers/gaps.tsv`, without its reason.
pub fn line((gap, name, first, last): &(Gap, String, u16, u16)) -> String {
    format!("{}\t{name}\t{first}\t{last}", gap.text())
}

/// Every gap between this layer and the newest, with the constructor or method and the field.
pub fn gaps(layer: Layer) -> Gaps {
    let mut found = BTreeSet::new();
    if layer.is_newest() {
        return found;
    }
    let (up, down) = (Table::derived(layer, Layer::NEWEST), Table::derived(Layer::NEWEST, layer));
    let (up, down) = (&up, &down);
    let asked = reachable(up.source);
    for index in up.source.all() {
        let d = schema().decl(index);
        if d.mtproto {
            continue;
        }
        if d.function {
            result_gap(d, &mut found);
        }
        if d.function || asked.contains(&index) {
            gaps_up(up, index, &mut found);
        }
    }
    let told = reachable_down(down);
    for index in told {
        gaps_down(down, index, &mut found);
    }
    found
}

/// Constructors that a request of this layer can hold.
fn reachable(view: &View) -> BTreeSet<u16> {
    let methods = view.all().filter(|i| schema().decl(*i).function && !schema().decl(*i).mtproto);
    let types = methods.flat_map(|i| schema().fields(schema().decl(i)).iter().map(|f| f.ty));
    closure(view, types.collect())
}

/// Constructors of the newest layer that an answer or an update can hold.
fn reachable_down(table: &Table) -> BTreeSet<u16> {
    let methods = table.source.all().map(|i| schema().decl(i)).filter(|d| d.function && !d.mtproto);
    let mut types: Vec<Ty> = methods.map(|d| d.result).collect();
    types.extend(schema().boxed_named("Updates").map(|arg| Ty { kind: Kind::Boxed, arg }));
    closure(table.source, types)
}

fn closure(view: &View, mut types: Vec<Ty>) -> BTreeSet<u16> {
    let mut seen = vec![false; schema().boxed_count()];
    let mut found = BTreeSet::new();
    while let Some(ty) = types.pop() {
        match ty.kind {
            Kind::Vector | Kind::BareVector => types.push(schema().element(ty)),
            Kind::Boxed if !std::mem::replace(&mut seen[usize::from(ty.arg)], true) => {
                for i in view.all() {
                    let d = schema().decl(i);
                    if !d.function && d.result == ty {
                        found.insert(i);
                        types.extend(schema().fields(d).iter().map(|f| f.ty));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn spell(d: &Decl, f: Option<&Field>) -> String {
    let name = schema().name(d.name);
    f.map_or_else(|| name.to_owned(), |f| format!("{name}.{}", schema().name(f.name)))
}

fn result_gap(older: &Decl, found: &mut Gaps) {
    let view = View::of(Layer::NEWEST);
    let name = rules::renamed(view, schema().name(older.name), true);
    let Some(newest) = view.named(name, true).map(|i| schema().decl(i)) else { return };
    if rules::conversion(newest.result, older.result, "") == Conv::Fail {
        found.insert((Gap::NoResult, spell(older, None)));
    }
}

/// Whether both have this `true` and data of the target stand on its bit, which tell it.
fn told_by_data(source: &Decl, target: &Decl, name: u16) -> bool {
    let own = |d: &Decl| schema().fields(d).iter().find(|f| f.name == name && f.ty.kind == Kind::True);
    let data = |f: &Field| schema().fields(target).iter().any(|g| g.flag == f.flag && g.ty.kind != Kind::True);
    own(source).is_some() && own(target).is_some_and(data)
}

fn gaps_up(up: &Table, index: u16, found: &mut Gaps) {
    let d = schema().decl(index);
    let Plan::Map(map) = up.plan_of(index) else {
        if matches!(up.plan_of(index), Plan::Missing) {
            let gap = if d.function { Gap::NoMethod } else { Gap::NoConstructorUp };
            found.insert((gap, spell(d, None)));
        }
        return;
    };
    let newest = schema().decl(map.target);
    let mut used = BTreeSet::new();
    for op in up.ops(&map) {
        match *op {
            Op::Field { field, conv, .. } => {
                used.insert(field);
                if let Conv::Gather { target, .. } = conv {
                    used.extend(gathered(d, schema().decl(target)));
                }
                if conv == Conv::Fail {
                    found.insert((Gap::RefusedUp, spell(d, Some(schema().field(field)))));
                }
            }
            Op::BoolToTrue { field, .. } => {
                used.insert(field);
            }
            Op::Zero { target, flag, zero, .. } if flag == NO_FLAG && !matches!(zero, Zero::Word(_)) => {
                found.insert((Gap::EmptyUp, spell(newest, Some(schema().field(target)))));
            }
            Op::Fail => {
                found.insert((Gap::RefusedUp, spell(d, None)));
            }
            _ => {}
        }
    }
    let carried: BTreeSet<u8> = up.trues(index).map(|t| t.0).collect();
    for (at, f) in (d.first()..).zip(schema().fields(d)) {
        let ignored = match f.ty.kind {
            Kind::Flags => false,
            Kind::True => !carried.contains(&f.flag) && !up.true_used(&map, f.flag) && !told_by_data(d, newest, f.name),
            _ => !used.contains(&at),
        };
        if ignored {
            found.insert((Gap::IgnoredUp, spell(d, Some(f))));
        }
    }
}

/// The older method's fields that go into a constructor of theirs.
fn gathered(d: &Decl, into: &Decl) -> impl Iterator<Item = u16> {
    let fields = (d.first()..).zip(schema().fields(d));
    let named = move |f: &&Field| schema().fields(into).iter().any(|g| g.name == f.name && g.ty.kind != Kind::Flags);
    fields.filter(move |(_, f)| named(f)).map(|(at, _)| at)
}

fn gaps_down(down: &Table, index: u16, found: &mut Gaps) {
    let d = schema().decl(index);
    let Plan::Map(map) = down.plan_of(index) else { return };
    let older = schema().decl(map.target);
    let mut written = BTreeSet::new();
    for op in down.ops(&map) {
        match *op {
            Op::Field { target, flag, alone, conv, when, zero, field } => {
                let sure = when == When::flag(schema().field(field).flag) || zero.is_some();
                let stands = matches!(down.fallback(d.result), Fallback::StandIn(_));
                if !sure && !stands && (flag == NO_FLAG || !alone) {
                    found.insert((Gap::AbsentDown, spell(older, Some(schema().field(target)))));
                }
                if conv != Conv::Fail {
                    written.insert(target);
                } else if flag == NO_FLAG || !alone {
                    found.insert((Gap::NoConstructorDown, spell(older, Some(schema().field(target)))));
                }
            }
            Op::Zero { target, flag, zero, .. } => {
                written.insert(target);
                if flag == NO_FLAG && !matches!(zero, Zero::Word(_)) {
                    found.insert((Gap::EmptyDown, spell(older, Some(schema().field(target)))));
                }
            }
            Op::TrueToBool { target, .. } => {
                written.insert(target);
            }
            Op::BoolToTrue { target, .. } => {
                written.insert(target);
            }
            Op::Fail => {
                found.insert((Gap::NoConstructorDown, spell(older, None)));
            }
            Op::Read(_) | Op::Reserve(_) | Op::Skip(_) | Op::Walk(_) | Op::Drop(_) | Op::Word { .. } => {}
        }
    }
    let carried: BTreeSet<u8> = down.trues(index).map(|t| t.1).collect();
    for (at, f) in (older.first()..).zip(schema().fields(older)) {
        let never = match f.ty.kind {
            Kind::Flags => false,
            Kind::True => !carried.contains(&f.flag) && !written.contains(&at) && !told_by_data(d, older, f.name),
            _ => f.flag != NO_FLAG && !written.contains(&at),
        };
        if never {
            found.insert((Gap::NeverDown, spell(older, Some(f))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gap_is_listed_with_its_reason_and_none_is_listed_that_is_closed() {
        let found: BTreeSet<String> = all().iter().map(line).collect();
        let known: BTreeSet<&str> =
            known().inspect(|(line, reason)| assert!(reason, "why {line}")).map(|k| k.0).collect();
        let new: Vec<_> = found.iter().filter(|l| !known.contains(&l[..])).collect();
        assert!(new.is_empty(), "no rule and no reason:\n{new:#?}");
        let closed: Vec<_> = known.iter().filter(|l| !found.contains(**l)).collect();
        assert!(closed.is_empty(), "take off layers/gaps.tsv:\n{closed:#?}");
    }
}
