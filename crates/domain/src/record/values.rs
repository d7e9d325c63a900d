//! How numbers, texts, bytes and lists stand in a field.

use bytes::Bytes;

use super::{Field, Malformed, put_varint, take_sized, take_varint};

macro_rules! number_fields {
    ($($ty:ty),*) => {$(
        impl Field for $ty {
            fn put(&self, out: &mut Vec<u8>) {
                // zigzag, so that small negative numbers stay small
                let wide = i128::from(*self);
                put_varint(out, ((wide << 1) ^ (wide >> 127)) as u64);
            }
            fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
                let raw = take_varint(&mut bytes)?;
                let value = ((raw >> 1) as i64) ^ -((raw & 1) as i64);
                <$ty>::try_from(value).map_err(|_| Malformed::Field)
            }
            fn is_default(&self) -> bool {
                *self == 0
            }
        }
    )*};
}

number_fields!(i32, u32, u8, i64, u16);

impl Field for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, *self);
    }
    fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
        take_varint(&mut bytes)
    }
    fn is_default(&self) -> bool {
        *self == 0
    }
}

impl Field for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bits().to_be_bytes());
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        bytes.try_into().map(|it| Self::from_bits(u64::from_be_bytes(it))).map_err(|_| Malformed::Field)
    }
    fn is_default(&self) -> bool {
        self.to_bits() == 0
    }
}

impl Field for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        Ok(bytes != [0])
    }
    fn is_default(&self) -> bool {
        !self
    }
}

impl Field for String {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Malformed::Field)
    }
    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

impl Field for Bytes {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        Ok(Bytes::copy_from_slice(bytes))
    }
    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

/// `Some` of a default is written as an empty field, so it stays apart from `None`.
impl<T: Field> Field for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        if let Some(it) = self
            && !it.is_default()
        {
            it.put(out);
        }
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.is_empty() { Ok(Some(T::default())) } else { T::take(bytes).map(Some) }
    }
    fn is_default(&self) -> bool {
        self.is_none()
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        let mut scratch = Vec::new();
        for it in self {
            scratch.clear();
            it.put(&mut scratch);
            put_varint(out, scratch.len() as u64);
            out.extend_from_slice(&scratch);
        }
    }
    fn take(mut bytes: &[u8]) -> Result<Self, Malformed> {
        let mut all = Vec::new();
        while !bytes.is_empty() {
            let body = take_sized(&mut bytes)?;
            all.push(T::take(body)?);
        }
        Ok(all)
    }
    fn is_default(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Field> Field for Box<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (**self).put(out);
    }
    fn take(bytes: &[u8]) -> Result<Self, Malformed> {
        T::take(bytes).map(Box::new)
    }
    fn is_default(&self) -> bool {
        (**self).is_default()
    }
}
