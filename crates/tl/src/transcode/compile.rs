//! The derived steps of a plan as they are run: what a field is called no longer matters, so fields
//! that stay as they are become one walk, and fields that go one walk that is not copied.

use super::plan::{Conv, Map, Op, Plan, Split, When};
use super::table::Table;
use crate::schema::{MAX_WORDS, NO_FLAG, Step};
use crate::walk::Words;

/// What the maps of one table run.
#[derive(Default)]
pub(super) struct Code {
    pub(super) ops: Vec<Op>,
    pub(super) steps: Vec<Step>,
    /// (source flag, target flag) of each `true` that moved.
    pub(super) moved: Vec<(u8, u8)>,
}

fn place(n: usize) -> u16 {
    u16::try_from(n).expect("some ten thousand steps")
}

impl Table {
    /// Compiles every map; the derived steps are dropped.
    pub(super) fn compile(mut self) -> Table {
        let mut code = Code::default();
        for index in self.source.all() {
            match self.plan_of(index) {
                Plan::Map(map) => self.plans[usize::from(index)] = Plan::Map(self.compiled(index, map, &mut code)),
                Plan::Split(at) => {
                    let Split { mask, with, without } = self.split(at);
                    let with = self.compiled(index, with, &mut code);
                    let without = self.compiled(index, without, &mut code);
                    self.splits[usize::from(at)] = Split { mask, with, without };
                }
                _ => {}
            }
        }
        self.code = code;
        self.trues = Vec::new();
        self
    }

    fn compiled(&self, index: u16, map: Map, code: &mut Code) -> Map {
        let first = code.ops.len();
        let mut keep: Words = [0; MAX_WORDS];
        let mut kept = |flag: u8| keep[usize::from(flag >> 5)] |= 1 << (flag & 31);
        let ops = self.ops(&map);
        let mut rest = ops;
        while let Some(op) = rest.first() {
            let run = |same: &dyn Fn(&Op) -> bool| rest.iter().take_while(|op| same(op)).count();
            let taken = match op {
                Op::Read(_) => code.words(rest),
                Op::Skip(_) => {
                    let n = run(&|op| matches!(op, Op::Skip(_)));
                    let steps = self.steps_of(&rest[..n], code);
                    code.ops.push(Op::Drop(steps));
                    n
                }
                Op::Field { .. } if !map.reordered && self.stays(op) => {
                    let n = run(&|op| self.stays(op));
                    let steps = self.steps_of(&rest[..n], code);
                    code.ops.push(Op::Walk(steps));
                    rest[..n].iter().filter_map(Op::flag).for_each(&mut kept);
                    n
                }
                other => {
                    code.ops.push(*other);
                    1
                }
            };
            rest = &rest[taken..];
        }
        let moved = code.moved.len();
        for (source, target) in self.trues(index) {
            match source == target {
                true => kept(source),
                false => code.moved.push((source, target)),
            }
        }
        Map {
            first: u32::from(place(first)),
            count: u32::from(place(code.ops.len() - first)),
            keep,
            moved: (place(moved), place(code.moved.len())),
            ..map
        }
    }

    /// Whether a field is the same on both sides, with all that is in it.
    fn stays(&self, op: &Op) -> bool {
        let Op::Field { field, flag, when, conv: Conv::Keep, .. } = *op else {
            return false;
        };
        let own = self.source.schema.field(field);
        own.flag == flag && when == When::flag(flag) && self.clean(own.ty)
    }

    fn steps_of(&self, ops: &[Op], code: &mut Code) -> (u16, u16) {
        let schema = self.source.schema;
        let first = code.steps.len();
        for op in ops {
            if let Op::Skip(field) | Op::Field { field, .. } = op {
                Step::append(schema, schema.field(*field), first, &mut code.steps);
            }
        }
        (place(first), place(code.steps.len()))
    }
}

impl Code {
    /// Flags words that stand next in both: their room is the same.
    fn words(&mut self, ops: &[Op]) -> usize {
        let reads = ops.iter().take_while(|op| matches!(op, Op::Read(_))).count();
        let reserves = ops[reads..].iter().take_while(|op| matches!(op, Op::Reserve(_))).count();
        for (read, reserve) in ops.iter().zip(&ops[reads..reads + reserves]).take(reads) {
            if let (Op::Read(source), Op::Reserve(target)) = (*read, *reserve) {
                self.ops.push(Op::Word { source, target });
            }
        }
        let both = reads.min(reserves);
        self.ops.extend(&ops[both..reads]);
        self.ops.extend(&ops[reads + both..reads + reserves]);
        reads + reserves
    }
}

impl Op {
    /// The target flag of a field.
    fn flag(&self) -> Option<u8> {
        match self {
            Op::Field { flag, .. } if *flag != NO_FLAG => Some(*flag),
            _ => None,
        }
    }
}
