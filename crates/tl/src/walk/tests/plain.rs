//! The walk as its rules say it, field by field from the declarations, against the one that is run.

use super::super::reader::on;
use super::*;
use crate::generate::Generator;
use crate::schema::MAX_WORDS;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ANY: Ty = Ty { kind: Kind::Any, arg: 0 };

struct Plain<'a> {
    view: &'static View,
    rest: &'a [u8],
    left: Limits,
}

/// What a value costs: nothing where it is refused.
type Done = Option<()>;

impl Plain<'_> {
    fn take(&mut self, n: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    fn word(&mut self) -> Option<u32> {
        self.take(4).and_then(<[u8]>::first_chunk).map(|it| u32::from_le_bytes(*it))
    }

    fn spend(&mut self) -> Done {
        self.left.elements = self.left.elements.checked_sub(1)?;
        Some(())
    }

    fn inside(&mut self, what: impl FnOnce(&mut Self) -> Done) -> Done {
        self.left.depth = self.left.depth.checked_sub(1)?;
        what(self)?;
        self.left.depth += 1;
        Some(())
    }

    fn blob(&mut self, limit: usize, text: bool) -> Done {
        self.spend()?;
        let first = self.rest[..4.min(self.rest.len())].try_into().map(u32::from_le_bytes).ok()?;
        let (header, len) = match first & 0xff {
            255 => return None,
            254 => (4, first >> 8),
            n => (1, n),
        };
        let len = usize::try_from(len).ok().filter(|n| *n <= limit)?;
        let whole = self.take((header + len).next_multiple_of(4))?;
        (!text || std::str::from_utf8(&whole[header..header + len]).is_ok()).then_some(())
    }

    fn value(&mut self, ty: Ty) -> Done {
        let left = self.left;
        match ty.kind {
            Kind::Int | Kind::Long | Kind::Double | Kind::Int128 | Kind::Int256 => {
                self.take(ty.kind.fixed()?).map(|_| ())
            }
            Kind::Str => self.blob(left.string, true),
            Kind::Bytes => self.blob(left.blob, false),
            Kind::Bool => [BOOL_TRUE, BOOL_FALSE].contains(&self.word()?).then_some(()),
            Kind::True => Some(()),
            Kind::Flags => unreachable!("an object reads its own"),
            Kind::Vector | Kind::BareVector => self.vector(ty),
            Kind::Boxed | Kind::Any => self.object(ty),
        }
    }

    fn vector(&mut self, ty: Ty) -> Done {
        if ty.kind == Kind::Vector && self.word()? != VECTOR {
            return None;
        }
        let n = self.word()? as usize;
        self.spend()?;
        let element = self.view.schema.element(ty);
        if n > self.rest.len() / 4 {
            return None;
        }
        match element.kind.fixed() {
            Some(size) => self.take(n * size).map(|_| ()),
            None => self.inside(|it| (0..n).try_for_each(|_| it.value(element).ok_or(())).ok()),
        }
    }

    fn object(&mut self, ty: Ty) -> Done {
        let id = self.word()?;
        if ty == ANY && [BOOL_TRUE, BOOL_FALSE].contains(&id) {
            return Some(());
        }
        let schema = self.view.schema;
        let d = self.view.find(id).map(|i| schema.decl(i)).filter(|d| ty == ANY || d.result == ty && !d.function)?;
        self.spend()?;
        self.inside(|it| {
            let mut words = [0; MAX_WORDS];
            for f in schema.fields(d) {
                match f.ty.kind {
                    Kind::Flags => words[usize::from(f.ty.arg)] = it.word()?,
                    _ if on(&words, f.flag) => it.value(f.ty)?,
                    _ => {}
                }
            }
            Some(())
        })
    }
}

/// Where a value ends, if it is one within the limits.
fn plain(layer: Layer, bytes: &[u8], limits: Limits) -> Option<usize> {
    let mut it = Plain { view: View::of(layer), rest: bytes, left: limits };
    it.object(ANY).map(|()| bytes.len() - it.rest.len())
}

/// Limits that some of the values are within.
fn narrow(rng: &mut ChaCha8Rng) -> Limits {
    let mut below = |n: usize| rng.random_range(0..n);
    Limits {
        depth: u32::try_from(below(8)).unwrap(),
        elements: u32::try_from(below(24)).unwrap(),
        bytes: usize::MAX,
        string: below(24),
        blob: below(24),
    }
}

#[test]
fn the_walk_takes_what_the_declarations_say_and_each_limit_to_the_last() {
    let mut rng = ChaCha8Rng::seed_from_u64(29);
    for layer in [152, 158, 181, 201, 223, 228, 229, 230, 232].map(|n| Layer::serving(n).unwrap()) {
        let view = View::of(layer);
        let mut generator = Generator::new(view, 23);
        let (mut taken, mut refused) = (0, 0);
        for bytes in view.all().filter_map(|index| generator.make(index)) {
            assert_eq!(plain(layer, &bytes, Limits::REQUEST), Some(bytes.len()));
            for limits in [Limits::REQUEST, narrow(&mut rng), narrow(&mut rng), narrow(&mut rng)] {
                let mut bad = bytes.clone();
                for _ in 0..rng.random_range(0..3) {
                    let at = rng.random_range(0..bad.len() * 8);
                    bad[at / 8] ^= 1 << (at % 8);
                }
                bad.truncate(bad.len() - [0, 0, 0, 4][rng.random_range(0..4)]);
                let walked = object(layer, &bad, &limits);
                assert_eq!(walked.ok().map(|w| w.end), plain(layer, &bad, limits), "{layer:?} {limits:?} {bad:?}");
                *if walked.is_ok() { &mut taken } else { &mut refused } += 1;
            }
        }
        assert!(taken > 1_000 && refused > 1_000, "{layer:?}: {taken} {refused}");
    }
}
