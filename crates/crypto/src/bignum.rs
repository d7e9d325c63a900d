//! The few operations on big numbers that the protocol needs, over AWS-LC: constant-time modular
//! exponentiation, and the arithmetic of SRP.

#![allow(unsafe_code, reason = "AWS-LC's big numbers have no safe interface; every pointer is owned here")]

use std::ptr;

use aws_lc_sys as lc;

/// Bytes of every modulus here.
pub(crate) const SIZE: usize = 256;

/// A number owned by AWS-LC, cleared when dropped.
pub(crate) struct Number(*mut lc::BIGNUM);

impl Number {
    /// From big-endian bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        // SAFETY: pointer and length of a live slice; a null result is only possible without memory.
        let raw = unsafe { lc::BN_bin2bn(bytes.as_ptr(), bytes.len(), ptr::null_mut()) };
        assert!(!raw.is_null(), "out of memory");
        Self(raw)
    }

    /// For calls of AWS-LC in sibling modules.
    pub(crate) fn raw(&self) -> *mut lc::BIGNUM {
        self.0
    }

    fn zero() -> Self {
        Self::from_bytes(&[])
    }

    /// As 256 big-endian bytes; the number is below a 2048-bit modulus.
    pub(crate) fn to_bytes(&self) -> [u8; SIZE] {
        let mut out = [0; SIZE];
        // SAFETY: a live number and a buffer of the stated length.
        let done = unsafe { lc::BN_bn2bin_padded(out.as_mut_ptr(), SIZE, self.0) };
        assert_eq!(done, 1, "reduced numbers fit");
        out
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        // SAFETY: owned and freed once.
        unsafe { lc::BN_clear_free(self.0) }
    }
}

struct Context(*mut lc::BN_CTX);

impl Context {
    fn new() -> Self {
        // SAFETY: no arguments; a null result is only possible without memory.
        let raw = unsafe { lc::BN_CTX_new() };
        assert!(!raw.is_null(), "out of memory");
        Self(raw)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: owned and freed once.
        unsafe { lc::BN_CTX_free(self.0) }
    }
}

/// An odd modulus, prepared once for Montgomery arithmetic.
pub(crate) struct Modulus {
    number: Number,
    montgomery: *mut lc::BN_MONT_CTX,
}

// SAFETY: both are only read after construction; AWS-LC documents a BN_MONT_CTX as shareable then.
unsafe impl Send for Modulus {}
// SAFETY: as above.
unsafe impl Sync for Modulus {}

impl Modulus {
    /// Prepares big-endian bytes of an odd number.
    pub(crate) fn new(bytes: &[u8; SIZE]) -> Self {
        let (number, context) = (Number::from_bytes(bytes), Context::new());
        // SAFETY: live number and context.
        let montgomery = unsafe { lc::BN_MONT_CTX_new_for_modulus(number.0, context.0) };
        assert!(!montgomery.is_null(), "the modulus is odd");
        Self { number, montgomery }
    }

    /// `base ^ exponent`, in time that tells nothing about the exponent.
    pub(crate) fn power(&self, base: &Number, exponent: &Number) -> Number {
        let (out, context) = (Number::zero(), Context::new());
        let base = self.reduce(base);
        // SAFETY: live numbers, base below the modulus.
        let done = unsafe {
            lc::BN_mod_exp_mont_consttime(out.0, base.0, exponent.0, self.number.0, context.0, self.montgomery)
        };
        assert_eq!(done, 1, "a reduced base and an odd modulus");
        out
    }

    /// Two powers at once: with AVX-512 IFMA they cost little more than one.
    pub(crate) fn power_pair(&self, one: (&Number, &Number), two: (&Number, &Number)) -> (Number, Number) {
        let (first, second, context) = (Number::zero(), Number::zero(), Context::new());
        let (base1, base2) = (self.wide(one.0), self.wide(two.0));
        // SAFETY: live numbers, bases below the modulus.
        let done = unsafe {
            lc::BN_mod_exp_mont_consttime_x2(
                first.0,
                base1.0,
                one.1.0,
                self.number.0,
                self.montgomery,
                second.0,
                base2.0,
                two.1.0,
                self.number.0,
                self.montgomery,
                context.0,
            )
        };
        assert_eq!(done, 1, "reduced bases and an odd modulus");
        (first, second)
    }

    /// `one * other`.
    pub(crate) fn multiply(&self, one: &Number, other: &Number) -> Number {
        let (out, context) = (Number::zero(), Context::new());
        // SAFETY: live numbers.
        let done = unsafe { lc::BN_mod_mul(out.0, one.0, other.0, self.number.0, context.0) };
        assert_eq!(done, 1, "out of memory");
        out
    }

    /// `one + other`.
    pub(crate) fn add(&self, one: &Number, other: &Number) -> Number {
        let (out, context) = (Number::zero(), Context::new());
        // SAFETY: live numbers.
        let done = unsafe { lc::BN_mod_add(out.0, one.0, other.0, self.number.0, context.0) };
        assert_eq!(done, 1, "out of memory");
        out
    }

    /// `one - other`.
    pub(crate) fn subtract(&self, one: &Number, other: &Number) -> Number {
        let (out, context) = (Number::zero(), Context::new());
        // SAFETY: live numbers.
        let done = unsafe { lc::BN_mod_sub(out.0, one.0, other.0, self.number.0, context.0) };
        assert_eq!(done, 1, "out of memory");
        out
    }

    /// A reduced number that is as many words long as the modulus: AWS-LC computes two powers at once only
    /// for such, and a small generator by itself is one word.
    fn wide(&self, it: &Number) -> Number {
        Number::from_bytes(&self.reduce(it).to_bytes())
    }

    fn reduce(&self, it: &Number) -> Number {
        let (out, context) = (Number::zero(), Context::new());
        // SAFETY: live numbers.
        let done = unsafe { lc::BN_nnmod(out.0, it.0, self.number.0, context.0) };
        assert_eq!(done, 1, "out of memory");
        out
    }
}

impl Drop for Modulus {
    fn drop(&mut self) {
        // SAFETY: owned and freed once.
        unsafe { lc::BN_MONT_CTX_free(self.montgomery) }
    }
}

/// `one * other + third`, of any size: an exponent of SRP, which must not be reduced by the modulus.
pub(crate) fn multiply_add(one: &Number, other: &Number, third: &Number) -> Number {
    let (product, sum, context) = (Number::zero(), Number::zero(), Context::new());
    // SAFETY: live numbers.
    let done = unsafe { lc::BN_mul(product.0, one.0, other.0, context.0) & lc::BN_add(sum.0, product.0, third.0) };
    assert_eq!(done, 1, "out of memory");
    sum
}
