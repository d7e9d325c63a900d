//! Random values of any constructor or method of a layer: for tests, fuzzing, benches, and for the
//! suite in which real libraries read what the transcoder wrote. Nothing else calls it.

use crate::layer::Layer;
use crate::schema::{Decl, Field, Kind, MAX_WORDS, NO_FLAG, Ty, View};
use crate::transcode::rules;
use crate::walk::{BOOL_FALSE, BOOL_TRUE, VECTOR, Words, on};

/// Deeper than any finite value of the schema.
const ENDLESS: u32 = 1000;
/// Past this depth values are made as small as they can be.
const DEEP: u32 = 6;
/// Past this many objects, too.
const MANY: u32 = 300;

/// Makes values; the same seed makes the same ones.
pub struct Generator {
    view: &'static View,
    dice: Dice,
    /// The least depth of a value of each boxed type.
    least: Vec<u32>,
    /// Constructors of each boxed type.
    members: Vec<Vec<u16>>,
    made: u32,
    /// Whether a keyboard around is an inline one, whose buttons others have not.
    inline: bool,
}

/// SplitMix64: fast, seeded, and no dependency of a crate that has no randomness otherwise.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    fn below(&mut self, n: u32) -> u32 {
        let high = ((self.roll() & 0xffff_ffff) * u64::from(n)) >> 32;
        u32::try_from(high).expect("below n")
    }
}

/// Every constructor or every method of a layer as (id, name), those of MTProto left out.
pub fn declarations(layer: Layer, methods: bool) -> impl Iterator<Item = (u32, &'static str)> {
    let view = View::of(layer);
    let all = view.all().map(|i| view.schema.decl(i));
    all.filter(move |d| d.function == methods && !d.mtproto).map(|d| (d.id, view.schema.name(d.name)))
}

impl Generator {
    /// A generator for a layer.
    pub fn of(layer: Layer, seed: u64) -> Generator {
        Generator::new(View::of(layer), seed)
    }

    /// A value of the constructor or method with this id, or nothing if there is no finite one.
    pub fn value_of(&mut self, id: u32) -> Option<Vec<u8>> {
        self.make(self.view.find(id)?)
    }

    pub(crate) fn new(view: &'static View, seed: u64) -> Generator {
        let schema = view.schema;
        let mut members = vec![Vec::new(); schema.boxed_count()];
        for i in view.all() {
            let d = schema.decl(i);
            if !d.function && d.result.kind == Kind::Boxed {
                members[usize::from(d.result.arg)].push(i);
            }
        }
        let mut least = vec![ENDLESS; schema.boxed_count()];
        loop {
            let mut changed = false;
            for i in view.all() {
                let d = schema.decl(i);
                if d.function || d.result.kind != Kind::Boxed {
                    continue;
                }
                let need = need(view, d, &least);
                let have = &mut least[usize::from(d.result.arg)];
                if need < *have {
                    *have = need;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        Generator { view, dice: Dice(seed), least, members, made: 0, inline: false }
    }

    /// A value of this declaration, or nothing if there is no finite one.
    pub(crate) fn make(&mut self, index: u16) -> Option<Vec<u8>> {
        let d = self.view.schema.decl(index);
        if need(self.view, d, &self.least) >= ENDLESS {
            return None;
        }
        self.made = 0;
        let mut out = Vec::new();
        self.decl(&mut out, index, 0);
        Some(out)
    }

    /// A value of a type expression.
    #[cfg(test)]
    pub(crate) fn make_value(&mut self, ty: Ty) -> Option<Vec<u8>> {
        if depth_of(ty, &self.least) >= ENDLESS {
            return None;
        }
        self.made = 0;
        let mut out = Vec::new();
        self.value(&mut out, ty, 0);
        Some(out)
    }

    fn small(&self, depth: u32) -> bool {
        depth > DEEP || self.made > MANY
    }

    fn decl(&mut self, out: &mut Vec<u8>, index: u16, depth: u32) {
        let schema = self.view.schema;
        let d = schema.decl(index);
        self.made += 1;
        let outer = self.inline;
        self.inline = rules::keyboard(schema.name(d.name)).unwrap_or(outer);
        out.extend(d.id.to_le_bytes());
        let fields = schema.fields(d);
        let mut words: Words = [0; MAX_WORDS];
        for f in fields.iter().filter(|f| f.flag != NO_FLAG) {
            if !self.small(depth) && self.possible(f) && self.dice.below(5) < 2 {
                words[usize::from(f.flag / 32)] |= 1 << (f.flag % 32);
            }
        }
        // A bit shared with a field that has no finite value stays off.
        for f in fields.iter().filter(|f| f.flag != NO_FLAG && !self.possible(f)) {
            words[usize::from(f.flag / 32)] &= !(1 << (f.flag % 32));
        }
        for f in fields {
            if f.ty.kind == Kind::Flags {
                out.extend(words[usize::from(f.ty.arg)].to_le_bytes());
            } else if on(&words, f.flag) {
                self.value(out, f.ty, depth);
            }
        }
        self.inline = outer;
    }

    fn possible(&self, f: &Field) -> bool {
        depth_of(f.ty, &self.least) < ENDLESS
    }

    fn value(&mut self, out: &mut Vec<u8>, ty: Ty, depth: u32) {
        match ty.kind {
            Kind::Int => out.extend(self.dice.below(2_000_000).to_le_bytes()),
            Kind::Double => out.extend(f64::from(self.dice.below(1000)).to_le_bytes()),
            // Ids stay exact as doubles, which is how JavaScript's libraries hold them.
            Kind::Long => out.extend((self.dice.roll() >> 12).to_le_bytes()),
            Kind::Int128 | Kind::Int256 => {
                let words = ty.kind.fixed().unwrap_or(8) / 8;
                (0..words).for_each(|_| out.extend(self.dice.roll().to_le_bytes()));
            }
            Kind::Str | Kind::Bytes => {
                let n = self.dice.below(24);
                out.extend(&n.to_le_bytes()[..1]);
                for _ in 0..n {
                    let letter = self.dice.below(26) + u32::from(b'a');
                    out.extend(&letter.to_le_bytes()[..1]);
                }
                out.extend(&[0; 3][..3 - n as usize % 4]);
            }
            Kind::Bool => {
                let v = if self.dice.below(2) == 0 { BOOL_TRUE } else { BOOL_FALSE };
                out.extend(v.to_le_bytes());
            }
            Kind::True | Kind::Flags | Kind::Any => {}
            Kind::Vector | Kind::BareVector => {
                if ty.kind == Kind::Vector {
                    out.extend(VECTOR.to_le_bytes());
                }
                let element = self.view.schema.element(ty);
                let possible = depth_of(element, &self.least) < ENDLESS;
                let n = if self.small(depth) || !possible { 0 } else { self.dice.below(3) };
                out.extend(u32::to_le_bytes(n));
                for _ in 0..n {
                    self.value(out, element, depth + 1);
                }
            }
            Kind::Boxed => self.boxed(out, ty.arg, depth + 1),
        }
    }

    fn boxed(&mut self, out: &mut Vec<u8>, ty: u16, depth: u32) {
        let view = self.view;
        let least = self.least[usize::from(ty)];
        let small = self.small(depth);
        let fits = |i: &u16| {
            let need = need(view, view.schema.decl(*i), &self.least);
            let misplaced = rules::misplaced(view.schema.name(view.schema.decl(*i).name), self.inline);
            view.holds(*i) && !misplaced && need < ENDLESS && (!small || need == least)
        };
        let choices: Vec<u16> = self.members[usize::from(ty)].iter().copied().filter(fits).collect();
        let count = u32::try_from(choices.len()).unwrap_or(u32::MAX);
        let pick = choices[self.dice.below(count) as usize];
        self.decl(out, pick, depth);
    }
}

fn need(view: &View, d: &Decl, least: &[u32]) -> u32 {
    let required = view.schema.fields(d).iter().filter(|f| f.flag == NO_FLAG);
    let deepest = required.map(|f| depth_of(f.ty, least)).max();
    (1 + deepest.unwrap_or(0)).min(ENDLESS)
}

fn depth_of(ty: Ty, least: &[u32]) -> u32 {
    match ty.kind {
        Kind::Boxed => least[usize::from(ty.arg)],
        Kind::Any => ENDLESS,
        _ => 0,
    }
}
