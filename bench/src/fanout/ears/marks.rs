//! Which posts somebody has seen: each has a number in its text.

/// A set of numbers close to each other, and how many came again.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    /// The number of the first bit.
    from: u32,
    bits: Vec<u64>,
    /// Numbers that were there already.
    pub(super) again: u64,
}

impl Marks {
    /// From now on numbers from this one on are counted.
    pub(super) fn begin(&mut self, from: u32) {
        *self = Self { from, ..Self::default() };
    }

    pub(super) fn add(&mut self, mark: u32) {
        let Some(at) = mark.checked_sub(self.from) else { return };
        let (word, bit) = ((at / 64) as usize, 1_u64 << (at % 64));
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.again += u64::from(self.bits[word] & bit != 0);
        self.bits[word] |= bit;
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.bits.iter().map(|it| u64::from(it.count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_once_from_where_it_began() {
        let mut marks = Marks::default();
        marks.begin(100);
        [99, 100, 163, 164, 1000, 164].into_iter().for_each(|it| marks.add(it));
        assert_eq!((marks.count(), marks.again), (4, 1));
    }
}
