//! The static table of every constructor and method of every known layer.
//!
//! One table holds them all: each declaration carries the layers it holds in, so a layer is a
//! filter ([`View`]) over it and an older layer is only rows. The rows are `layers/history.tsv`
//! (declarations that differ from the newest), `layers/since.tsv` (when the newest ids appeared) and
//! `layers/ahead.tsv` (what is known to differ in layers newer than ours); `build.rs` adds the newest
//! schema text and writes the binary form read here.
//!
//! The next newest layer is: a newer `grammers-tl-types`, rows for what changed since, told against
//! its text, and `make layers`, which prints what has no rule yet: rules by name are in
//! `transcode::rules`; what is lost on purpose is a row of `layers/gaps.tsv` with its reason.

mod steps;

use crate::layer::{KNOWN, Layer, NEWEST};
use std::sync::{LazyLock, OnceLock};
pub(crate) use steps::{Act, Slot, Step};

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/schema.bin"));

/// No such declaration.
pub(crate) const NONE: u16 = u16::MAX;
/// A field that is always there.
pub(crate) const NO_FLAG: u8 = 0xff;
/// Flags words of one declaration.
pub(crate) const MAX_WORDS: usize = 2;
/// Fields of one declaration.
pub(crate) const MAX_FIELDS: usize = 128;
/// Slots of the id map: a power of two, at least twice the declarations.
const SLOTS: usize = 8192;

/// What a type expression is; numbered as `build/blob.rs` writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Int = 0,
    Long = 1,
    Double = 2,
    Int128 = 3,
    Int256 = 4,
    Str = 5,
    Bytes = 6,
    Bool = 7,
    True = 8,
    Flags = 9,
    Vector = 10,
    BareVector = 11,
    Boxed = 12,
    Any = 13,
}

const KINDS: [Kind; 14] = {
    use Kind::*;
    [Int, Long, Double, Int128, Int256, Str, Bytes, Bool, True, Flags, Vector, BareVector, Boxed, Any]
};

impl Kind {
    /// Size of the kinds that have one size.
    #[inline]
    pub(crate) fn fixed(self) -> Option<usize> {
        match self {
            Kind::Int => Some(4),
            Kind::Long | Kind::Double => Some(8),
            Kind::Int128 => Some(16),
            Kind::Int256 => Some(32),
            _ => None,
        }
    }
}

/// A type expression. `arg` is the element's expression of a vector, the boxed type's index, or
/// the number of a flags word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ty {
    pub(crate) kind: Kind,
    pub(crate) arg: u16,
}

/// A field. `flag` is word * 32 + bit, or [`NO_FLAG`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: u16,
    pub(crate) ty: Ty,
    pub(crate) flag: u8,
}

/// A constructor or a method.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decl {
    pub(crate) id: u32,
    pub(crate) name: u16,
    pub(crate) function: bool,
    pub(crate) mtproto: bool,
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) result: Ty,
    first: u16,
    count: u16,
}

/// Every declaration of every known layer.
pub(crate) struct Schema {
    names: Vec<&'static str>,
    exprs: Vec<Ty>,
    boxed: Vec<u16>,
    pub(crate) decls: Vec<Decl>,
    fields: Vec<Field>,
    slots: Box<[Slot]>,
    pub(crate) steps: Vec<Step>,
    /// Declaration indices sorted by (name, function, first layer).
    by_name: Vec<u16>,
}

/// Reads the blob that our own build script wrote, hence the `expect`s.
struct Blob(&'static [u8]);

impl Blob {
    fn take(&mut self, n: usize) -> &'static [u8] {
        let (a, b) = self.0.split_at_checked(n).expect("the build script wrote it whole");
        self.0 = b;
        a
    }
    fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }
    fn u16(&mut self) -> u16 {
        let b = self.take(2);
        u16::from_le_bytes([b[0], b[1]])
    }
    fn u32(&mut self) -> u32 {
        u32::from(self.u16()) | u32::from(self.u16()) << 16
    }
}

/// The table, read once per process.
pub(crate) fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(Blob(BLOB)));
    &SCHEMA
}

impl Schema {
    fn read(mut b: Blob) -> Schema {
        let [names, exprs, boxed, decls, fields] = std::array::from_fn(|_| usize::from(b.u16()));
        let name = |b: &mut Blob| {
            let n = usize::from(b.u8());
            std::str::from_utf8(b.take(n)).expect("names are ASCII")
        };
        let names: Vec<&str> = (0..names).map(|_| name(&mut b)).collect();
        let ty = |b: &mut Blob| Ty { kind: KINDS[usize::from(b.u8())], arg: b.u16() };
        let exprs: Vec<Ty> = (0..exprs).map(|_| ty(&mut b)).collect();
        let boxed: Vec<u16> = (0..boxed).map(|_| b.u16()).collect();
        let mut first = 0;
        let decls: Vec<Decl> = (0..decls).map(|_| Decl::read(&mut b, &exprs, &mut first)).collect();
        let field = |b: &mut Blob| Field { name: b.u16(), ty: exprs[usize::from(b.u16())], flag: b.u8() };
        let fields: Vec<Field> = (0..fields).map(|_| field(&mut b)).collect();
        let slots = vec![Slot::FREE; SLOTS].into();
        let mut all = Schema { names, exprs, boxed, decls, fields, slots, steps: Vec::new(), by_name: Vec::new() };
        all.index();
        all
    }

    fn index(&mut self) {
        assert!(self.decls.len() * 2 <= SLOTS, "the id map is too small");
        let mut steps = Vec::new();
        for (i, d) in (0u16..).zip(&self.decls) {
            let mut at = slot(d.id);
            while self.slots[at].index != NONE {
                assert!(self.slots[at].id != d.id, "id {:08x} twice", d.id);
                at = (at + 1) % SLOTS;
            }
            self.slots[at] = Slot::of(self, i, &mut steps);
        }
        self.steps = steps;
        let mut by_name: Vec<u16> = (0u16..).take(self.decls.len()).collect();
        by_name.sort_unstable_by_key(|i| {
            let d = &self.decls[usize::from(*i)];
            (self.name(d.name), d.function, d.from)
        });
        self.by_name = by_name;
    }

    /// The declaration with this id, of whatever layer.
    #[inline]
    pub(crate) fn find(&self, id: u32) -> Option<u16> {
        self.slot(id).map(|it| it.index)
    }

    #[inline]
    fn slot(&self, id: u32) -> Option<&Slot> {
        let mut at = slot(id);
        loop {
            let have = &self.slots[at];
            if have.index == NONE {
                return None;
            }
            if have.id == id {
                return Some(have);
            }
            at = (at + 1) % SLOTS;
        }
    }

    /// What the walk knows of a declaration.
    pub(crate) fn slot_of(&self, index: u16) -> &Slot {
        self.slot(self.decl(index).id).expect("every declaration has one")
    }

    #[inline]
    pub(crate) fn decl(&self, index: u16) -> &Decl {
        &self.decls[usize::from(index)]
    }

    #[inline]
    pub(crate) fn fields(&self, d: &Decl) -> &[Field] {
        &self.fields[usize::from(d.first)..][..usize::from(d.count)]
    }

    /// Index of a declaration's first field in the table of fields.
    #[inline]
    pub(crate) fn field(&self, index: u16) -> &Field {
        &self.fields[usize::from(index)]
    }

    pub(crate) fn name(&self, name: u16) -> &'static str {
        self.names[usize::from(name)]
    }

    /// The element type of a vector.
    #[inline]
    pub(crate) fn element(&self, ty: Ty) -> Ty {
        self.exprs[usize::from(ty.arg)]
    }

    /// The type of a vector of this boxed type, which some field has.
    fn vector_of(&self, boxed: u16) -> Ty {
        let at = self.exprs.iter().position(|it| (it.kind, it.arg) == (Kind::Boxed, boxed));
        let arg = at.and_then(|n| u16::try_from(n).ok()).expect("a field's element has an expression");
        Ty { kind: Kind::Vector, arg }
    }

    pub(crate) fn boxed_count(&self) -> usize {
        self.boxed.len()
    }

    /// The boxed type of this name.
    pub(crate) fn boxed_named(&self, name: &str) -> Option<u16> {
        let at = self.boxed.iter().position(|n| self.name(*n) == name)?;
        u16::try_from(at).ok()
    }

    /// The index of a name.
    pub(crate) fn name_id(&self, name: &str) -> Option<u16> {
        let at = self.names.iter().position(|n| *n == name)?;
        u16::try_from(at).ok()
    }

    /// The text of a type expression, as declared.
    pub(crate) fn text(&self, ty: Ty) -> String {
        match ty.kind {
            Kind::Int => "int".into(),
            Kind::Long => "long".into(),
            Kind::Double => "double".into(),
            Kind::Int128 => "int128".into(),
            Kind::Int256 => "int256".into(),
            Kind::Str => "string".into(),
            Kind::Bytes => "bytes".into(),
            Kind::Bool => "Bool".into(),
            Kind::True => "true".into(),
            Kind::Flags => "#".into(),
            Kind::Vector => format!("Vector<{}>", self.text(self.element(ty))),
            Kind::BareVector => format!("vector<{}>", self.text(self.element(ty))),
            Kind::Boxed => self.name(self.boxed[usize::from(ty.arg)]).into(),
            Kind::Any => "!X".into(),
        }
    }

    /// All declarations of a name, oldest first.
    fn named(&self, name: &str, function: bool) -> impl Iterator<Item = u16> {
        let key = |i: &u16| {
            let d = self.decl(*i);
            (self.name(d.name), d.function)
        };
        let start = self.by_name.partition_point(|i| key(i) < (name, function));
        let rest = self.by_name[start..].iter().copied();
        rest.take_while(move |i| key(i) == (name, function))
    }

    /// Newest API methods, sorted by name.
    pub(crate) fn methods(&'static self) -> impl Iterator<Item = (u32, &'static str)> {
        let decls = self.by_name.iter().map(|i| self.decl(*i));
        decls.filter(|d| d.function && !d.mtproto && d.to == NEWEST).map(|d| (d.id, self.name(d.name)))
    }
}

impl Decl {
    fn read(b: &mut Blob, exprs: &[Ty], first: &mut u16) -> Decl {
        let (id, name, kind) = (b.u32(), b.u16(), b.u8());
        let (from, to, result) = (b.u16(), b.u16(), exprs[usize::from(b.u16())]);
        let count = u16::from(b.u8());
        let (function, mtproto) = (kind & 1 != 0, kind & 2 != 0);
        let d = Decl { id, name, function, mtproto, from, to, result, first: *first, count };
        *first += count;
        d
    }

    /// Index of the first field in the table of fields.
    #[inline]
    pub(crate) fn first(&self) -> u16 {
        self.first
    }
}

#[inline]
fn slot(id: u32) -> usize {
    // Fibonacci hashing; ids are CRCs, but neighbours in the table should not cluster.
    (id.wrapping_mul(0x9e37_79b1) >> 19) as usize % SLOTS
}

/// One layer of the table.
pub(crate) struct View {
    pub(crate) schema: &'static Schema,
    valid: Vec<u64>,
}

impl View {
    /// The view of a layer, built once per process.
    pub(crate) fn of(layer: Layer) -> &'static View {
        static VIEWS: [OnceLock<View>; KNOWN] = [const { OnceLock::new() }; KNOWN];
        VIEWS[layer.index()].get_or_init(|| View::new(layer.get()))
    }

    fn new(layer: u16) -> View {
        let schema = schema();
        let mut valid = vec![0u64; schema.decls.len().div_ceil(64)];
        for i in 0..schema.decls.len() {
            let d = &schema.decls[i];
            // The newest form holds ahead of it, too, unless a row says otherwise.
            let covers = |d: &Decl| d.from <= layer && (layer <= d.to || d.to == NEWEST);
            // A form that went away and came back holds at both ends of its range, not between.
            let replaced = d.to == NEWEST
                && schema
                    .named(schema.name(d.name), d.function)
                    .map(|o| schema.decl(o))
                    .any(|o| o.to != NEWEST && covers(o));
            if covers(d) && !replaced {
                valid[i / 64] |= 1 << (i % 64);
            }
        }
        View { schema, valid }
    }

    #[inline]
    pub(crate) fn holds(&self, index: u16) -> bool {
        self.valid[usize::from(index) / 64] >> (index % 64) & 1 == 1
    }

    /// The declaration with this id, if the layer has it.
    #[inline]
    pub(crate) fn find(&self, id: u32) -> Option<u16> {
        self.slot(id).map(|it| it.index)
    }

    /// The same, with what the walk knows of it.
    #[inline]
    pub(crate) fn slot(&self, id: u32) -> Option<&'static Slot> {
        self.schema.slot(id).filter(|it| self.holds(it.index))
    }

    /// The layer's declaration of this name.
    pub(crate) fn named(&self, name: &str, function: bool) -> Option<u16> {
        self.schema.named(name, function).find(|i| self.holds(*i))
    }

    /// Every declaration of the layer.
    pub(crate) fn all(&self) -> impl Iterator<Item = u16> {
        (0u16..).take(self.schema.decls.len()).filter(|i| self.holds(*i))
    }
}

#[cfg(test)]
mod tests;
