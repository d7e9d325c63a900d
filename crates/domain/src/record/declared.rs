//! The two declarations, and the stored form that each gives its type.

/// Declares a struct with a tagged stored form. Tags never change and are never used again.
///
/// ```text
/// record! {
///     /// What it is.
///     pub struct Dialog { 1 => read_inbox: MessageId, 2 => unread: u32 }
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* $tag:literal => $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[allow(missing_docs, reason = "a field's name says it, or it has a comment")]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $ty,)*
            /// Fields of a newer build, kept.
            pub unknown: $crate::record::Unknown,
        }

        impl $crate::record::Field for $name {
            #[allow(unused_mut, unused_variables)]
            fn put(&self, out: &mut Vec<u8>) {
                let mut scratch = Vec::new();
                $(if !$crate::record::Field::is_default(&self.$field) {
                    scratch.clear();
                    $crate::record::Field::put(&self.$field, &mut scratch);
                    $crate::record::put_field(out, $tag, &scratch);
                })*
                self.unknown.put(out);
            }

            #[allow(unused_mut)]
            fn take(mut bytes: &[u8]) -> Result<Self, $crate::record::Malformed> {
                let mut it = Self::default();
                while !bytes.is_empty() {
                    let (tag, body) = $crate::record::take_field(&mut bytes)?;
                    match tag {
                        $($tag => it.$field = $crate::record::Field::take(body)?,)*
                        _ => it.unknown.keep(tag, body),
                    }
                }
                Ok(it)
            }

            fn is_default(&self) -> bool {
                *self == Self::default()
            }
        }

        impl $crate::record::Record for $name {}
    };
}

/// Declares an enum whose variants are records: stored as one field whose tag is the variant's number.
///
/// ```text
/// variants! {
///     /// What happened.
///     pub enum Change { 1 => Read { 1 => peer: Peer, 2 => up_to: MessageId }, 2 => Reset {} }
/// }
/// ```
/// The first variant, with defaults, is the enum's default.
#[macro_export]
macro_rules! variants {
    (@default $first:ident { $($field:ident),* } $($rest:tt)*) => {
        Self::$first { $($field: Default::default()),* }
    };
    ($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$vdoc:meta])* $vtag:literal => $variant:ident { $($(#[$fdoc:meta])* $tag:literal => $field:ident : $ty:ty),* $(,)? }),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs, reason = "a field's name says it, or it has a comment")]
        pub enum $name { $($(#[$vdoc])* $variant { $($(#[$fdoc])* $field: $ty),* }),* }

        impl Default for $name {
            fn default() -> Self {
                $crate::variants!(@default $($variant { $($field),* })*)
            }
        }

        impl $crate::record::Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                #[allow(unused_mut)]
                let mut body: Vec<u8> = Vec::new();
                #[allow(unused_mut)]
                let mut scratch: Vec<u8> = Vec::new();
                let tag: u64 = match self {
                    $(Self::$variant { $($field),* } => {
                        $(if !$crate::record::Field::is_default($field) {
                            scratch.clear();
                            $crate::record::Field::put($field, &mut scratch);
                            $crate::record::put_field(&mut body, $tag, &scratch);
                        })*
                        $vtag
                    })*
                };
                let _ = &mut scratch;
                $crate::record::put_field(out, tag, &body);
            }

            fn take(mut bytes: &[u8]) -> Result<Self, $crate::record::Malformed> {
                #[allow(unused_mut, unused_variables)]
                let (vtag, mut body) = $crate::record::take_field(&mut bytes)?;
                match vtag {
                    $($vtag => {
                        $(let mut $field: $ty = Default::default();)*
                        while !body.is_empty() {
                            let (tag, _bytes) = $crate::record::take_field(&mut body)?;
                            match tag {
                                $($tag => $field = $crate::record::Field::take(_bytes)?,)*
                                _ => {}
                            }
                        }
                        Ok(Self::$variant { $($field),* })
                    })*
                    _ => Err($crate::record::Malformed::Field),
                }
            }

            fn is_default(&self) -> bool {
                false
            }
        }

        impl $crate::record::Record for $name {}
    };
}
